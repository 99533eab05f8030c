/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/err.h>
#include <openssl/rand.h>
#include "derived.h"

ONEM2M_MATERIAL onem2m_derived_material(const ONEM2M_DERIVED *derived)
{
    return (ONEM2M_MATERIAL){ .octets = { derived->octets.octets, derived->octets.length },
                              .token = derived->token,
                              .key = &derived->key };
}

void onem2m_derived_clear(ONEM2M_DERIVED *derived)
{
    onem2m_secret_clear(&derived->octets);
    derived->token = NULL;
}

static int reserve(ONEM2M_DERIVED *derived, size_t size, ONEM2M_ERROR *error)
{
    return onem2m_secret_reserve(&derived->octets, size) ||
           onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

/* Another key with the octets of one in a token: what is wrapped can be copied, an object not. */
static int take_token_key(const ONEM2M_MATERIAL *parent, int extractable, ONEM2M_TOKEN_KEY *key,
                          ONEM2M_ERROR *error)
{
    if (parent->key->custody == ONEM2M_CUSTODY_OBJECT)
        return onem2m_token_slice(parent->token, parent->key, 0, parent->key->key_length,
                                  extractable, key, error);
    *key = *parent->key;
    return !key->extractable || extractable || onem2m_token_restrict(parent->token, key, error);
}

static int derive_in_token(const ONEM2M_DERIVATION_INPUT *input, int extractable,
                           ONEM2M_DERIVED *derived, ONEM2M_ERROR *error)
{
    const int ok = input->derivation == NULL
                       ? take_token_key(&input->key, extractable, &derived->key, error)
                       : onem2m_derive_token_key(input, extractable, &derived->key, error);

    if (ok)
        derived->token = input->key.token;
    return ok;
}

static int derive_octets(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac, size_t size,
                         ONEM2M_DERIVED *derived, ONEM2M_ERROR *error)
{
    if (!reserve(derived, size, error))
        return 0;
    if (input->derivation == NULL)
        onem2m_secret_assign(&derived->octets, input->key.octets.data, size);
    else if (!onem2m_derive(input, hmac, derived->octets.octets, error))
        return 0;
    derived->octets.length = size;
    return 1;
}

int onem2m_derive_child(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac, int extractable,
                        ONEM2M_DERIVED *derived, ONEM2M_ERROR *error)
{
    size_t size = onem2m_material_length(&input->key);

    if (input->derivation != NULL &&
        (!onem2m_derivation_check_key(input->derivation, size, error) ||
         !onem2m_derivation_check_complete(input, error) ||
         !onem2m_derivation_size(input, &size, error)))
        return 0;
    return input->key.token != NULL ? derive_in_token(input, extractable, derived, error)
                                    : derive_octets(input, hmac, size, derived, error);
}

int onem2m_generate_child(ONEM2M_TOKEN *token, OSSL_LIB_CTX *libctx, int extractable, size_t size,
                          ONEM2M_DERIVED *derived, ONEM2M_ERROR *error)
{
    int ok;

    if (token != NULL) {
        ok = onem2m_token_generate(token, ONEM2M_CUSTODY_WRAPPED, extractable, size, &derived->key,
                                   error);
        derived->token = ok ? token : NULL;
        return ok;
    }
    if (!reserve(derived, size, error))
        return 0;
    ERR_set_mark();
    ok = RAND_priv_bytes_ex(libctx, derived->octets.octets, size, 0) > 0;
    ERR_pop_to_mark();
    if (!ok)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET, "no random octets");
    derived->octets.length = size;
    return 1;
}
