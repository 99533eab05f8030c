/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_KEY_DRAFT_H
#define ONEM2M_PROVIDER_KEY_DRAFT_H

#include "key_text.h"
#include "provider.h"

/* What a caller can say of a key. Those of ONEM2M_TEXT come last, in its order. */
typedef enum {
    ONEM2M_FIELD_KIND,
    ONEM2M_FIELD_SUID,
    ONEM2M_FIELD_PURPOSE,
    ONEM2M_FIELD_PRIV,
    ONEM2M_FIELD_NOT_AFTER,
    ONEM2M_FIELD_STATE,
    ONEM2M_FIELD_EXTRACTABLE,
    ONEM2M_FIELD_DERIVE_OCTETS,
    ONEM2M_FIELD_REGISTRATION,
    ONEM2M_FIELD_ALLOWED_SUIDS,
    ONEM2M_FIELD_PARENT_KIND,
    ONEM2M_FIELD_STORE,
    ONEM2M_FIELD_SIZE,
    ONEM2M_FIELD_REQUESTER,
    ONEM2M_FIELD_TEXT
} ONEM2M_FIELD;
#define ONEM2M_FIELD_COUNT (ONEM2M_FIELD_TEXT + ONEM2M_TEXT_COUNT)
#define ONEM2M_FIELD_BIT(field) (1U << (field))

/* A key that is to be, as OSSL_PARAMs give it; it points into them. */
typedef struct {
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_SLICE secret; /* priv */
    ONEM2M_SLICE requester;
    char requester_text[ONEM2M_ID_MAX];
    int store;
    unsigned int size;
    unsigned int given; /* the fields that were, as bits */
} ONEM2M_KEY_DRAFT;

/* What a key is when nothing is said. */
void onem2m_key_draft_begin(ONEM2M_KEY_DRAFT *draft, ONEM2M_TIME now);

/*
 * Takes the parameters; unknown ones are somebody else's. Returns 0 with an
 * error on the queue that names the parameter. params: NULL is allowed.
 */
int onem2m_key_draft_take(ONEM2M_KEY_DRAFT *draft, const ONEM2M_PROVIDER *provider,
                          const OSSL_PARAM params[]);

/* The kind of the parent that is named, where the caller does not say it: that of the store's. */
int onem2m_key_draft_find_parent(ONEM2M_KEY_DRAFT *draft, ONEM2M_PROVIDER *provider,
                                 ONEM2M_ERROR *error);

/* The name of a field's parameter. Static. */
const char *onem2m_field_name(ONEM2M_FIELD field);

/* What of a key is settable whatever else is given, for static tables. */
#define ONEM2M_KEY_DRAFT_SETTABLE ONEM2M_KEY_ATTRIBUTES, OSSL_PARAM_uint(ONEM2M_PARAM_STORE, NULL)

#endif
