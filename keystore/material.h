/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_MATERIAL_H
#define ONEM2M_KEYSTORE_MATERIAL_H

#include "secret.h"
#include "token.h"

/*
 * What a key is computed with: its octets, or the token that has them. It is
 * borrowed of whoever holds the key, and no octets of a token key are in it.
 */
typedef struct {
    ONEM2M_SLICE octets; /* of a key in software; of length 0 otherwise, or of a tombstone */
    ONEM2M_TOKEN *token; /* NULL: in software */
    const ONEM2M_TOKEN_KEY *key;
} ONEM2M_MATERIAL;

static inline ONEM2M_MATERIAL onem2m_material_of(ONEM2M_SLICE octets)
{
    return (ONEM2M_MATERIAL){ .octets = octets };
}

static inline ONEM2M_MATERIAL onem2m_material_of_secret(const ONEM2M_SECRET *secret)
{
    return (ONEM2M_MATERIAL){ .octets = { secret->octets, secret->length } };
}

/* Whether there is any: that of a tombstone is, and has no octets. */
static inline int onem2m_material_is_set(const ONEM2M_MATERIAL *material)
{
    return material->token != NULL || material->octets.data != NULL;
}

/* Octets of the key, wherever they are. */
static inline size_t onem2m_material_length(const ONEM2M_MATERIAL *material)
{
    return material->token != NULL ? material->key->key_length : material->octets.length;
}

/*
 * For what octets alone can do. use names it in the refusal of a key that is in
 * a token: ONEM2M_R_NOT_EXTRACTABLE, or ONEM2M_R_TOKEN_CANNOT of one that is.
 */
int onem2m_material_octets(const ONEM2M_MATERIAL *material, const char *use, ONEM2M_SLICE *octets,
                           ONEM2M_ERROR *error);

#endif
