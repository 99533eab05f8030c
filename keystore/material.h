/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_MATERIAL_H
#define ONEM2M_KEYSTORE_MATERIAL_H

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

/* Octets of the key, wherever they are. */
static inline size_t onem2m_material_length(const ONEM2M_MATERIAL *material)
{
    return material->token != NULL ? material->key->key_length : material->octets.length;
}

#endif
