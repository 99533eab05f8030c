/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_MATERIAL_H
#define ONEM2M_KEYSTORE_MATERIAL_H

#include "hmac.h"
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

/* Whether a key of such a birth had its octets outside of the token. */
static inline int onem2m_birth_exposes(ONEM2M_BIRTH birth)
{
    return birth == ONEM2M_BIRTH_UNKNOWN || birth == ONEM2M_BIRTH_IMPORTED ||
           birth == ONEM2M_BIRTH_SIGNED;
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
 * For what octets alone can do: out has onem2m_material_length of them, and the
 * caller cleanses it. A key that its token does not give out is refused,
 * ONEM2M_R_NOT_EXTRACTABLE.
 */
int onem2m_material_read(const ONEM2M_MATERIAL *material, unsigned char *out, ONEM2M_ERROR *error);

/*
 * HMAC of parts[0] || parts[1] || ..., where the key is. hmac: of a key in
 * software. out: EVP_MD_get_size(digest) octets, untouched on failure.
 */
int onem2m_material_mac(const ONEM2M_MATERIAL *material, ONEM2M_HMAC *hmac, const EVP_MD *digest,
                        const ONEM2M_SLICE *parts, size_t count, unsigned char *out,
                        ONEM2M_ERROR *error);

#endif
