/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_LOOKUP_H
#define ONEM2M_KEYSTORE_LOOKUP_H

#include "key.h"

/*
 * The name under which a store finds a key: the key identifier, folded where
 * the contract's "Key identifiers" says that case does not count, then NUL,
 * then the kind. So one identifier's kinds stand beside each other.
 */
#define ONEM2M_LOOKUP_MAX (ONEM2M_KEY_ID_MAX + 2)

typedef struct {
    size_t length;
    int is_of_any_kind; /* but for its last octet: the relative part is hexadecimal */
    unsigned char octets[ONEM2M_LOOKUP_MAX];
} ONEM2M_LOOKUP;

/* key_id: length octets of UTF-8, refused when it is no identifier of that kind. */
int onem2m_lookup_form(ONEM2M_LOOKUP *lookup, ONEM2M_KIND kind, const char *key_id, size_t length,
                       ONEM2M_ERROR *error);

/* The same where *lookup may be formed of this key_id for another kind already; else
 * is_of_any_kind is 0. */
int onem2m_lookup_form_again(ONEM2M_LOOKUP *lookup, ONEM2M_KIND kind, const char *key_id,
                             size_t length, ONEM2M_ERROR *error);

/* The same for the name of a record's own text, which is canonical already. */
int onem2m_lookup_of(ONEM2M_LOOKUP *lookup, const ONEM2M_ATTRIBUTES *attributes,
                     ONEM2M_ERROR *error);

#endif
