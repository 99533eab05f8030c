/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "keymgmt.h"

#define CHALLENGE_OCTETS 32

/* One key, copied, so that the other can be looked up after it and not within. */
typedef struct {
    ONEM2M_CRYPTO *crypto;
    ONEM2M_KEY key;
    int is_equal;
} COMPARED;

static int take_first(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                      const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    COMPARED *compared = argument;

    return onem2m_key_copy(&compared->key, attributes, material) ||
           onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

/* Where a token has one of them, what it computes is compared: HMACs of octets that nobody knew. */
static int compare_macs(COMPARED *compared, const ONEM2M_MATERIAL *first,
                        const ONEM2M_MATERIAL *second, ONEM2M_ERROR *error)
{
    const EVP_MD *sha256 = onem2m_crypto_sha256(compared->crypto, error);
    unsigned char random[CHALLENGE_OCTETS], macs[2][EVP_MAX_MD_SIZE];
    const ONEM2M_SLICE challenge = { random, sizeof(random) };
    ONEM2M_HMAC *hmac;
    int ok;

    if (sha256 == NULL)
        return 0;
    if (RAND_bytes_ex(onem2m_crypto_libctx(compared->crypto), random, sizeof(random), 0) <= 0)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET, "no random octets");
    hmac = onem2m_crypto_take_hmac(compared->crypto);
    if (hmac == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    ok = onem2m_material_mac(first, hmac, sha256, &challenge, 1, macs[0], error) &&
         onem2m_material_mac(second, hmac, sha256, &challenge, 1, macs[1], error);
    onem2m_crypto_give_hmac(compared->crypto, hmac);
    compared->is_equal =
        ok && CRYPTO_memcmp(macs[0], macs[1], (size_t)EVP_MD_get_size(sha256)) == 0;
    return ok;
}

static int compare_second(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                          const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    COMPARED *compared = argument;
    const ONEM2M_ATTRIBUTES *first = &compared->key.attributes;
    const ONEM2M_MATERIAL own = onem2m_key_material(&compared->key);
    const size_t length = onem2m_material_length(&own);

    compared->is_equal = first->kind == attributes->kind && first->suid == attributes->suid &&
                         first->purpose == attributes->purpose &&
                         length == onem2m_material_length(material);
    if (!compared->is_equal || length == 0)
        return 1;
    if (own.token != NULL || material->token != NULL)
        return compare_macs(compared, &own, material, error);
    compared->is_equal = CRYPTO_memcmp(own.octets.data, material->octets.data, length) == 0;
    return 1;
}

/*
 * Keys are equal that serve the same with the same octets, under whatever
 * names. Octets are compared also of keys that may not leave. Parameters that
 * keys could share there are none.
 */
int onem2m_keymgmt_match(const void *keydata1, const void *keydata2, int selection)
{
    ONEM2M_KEY_OBJECT *first = (ONEM2M_KEY_OBJECT *)(uintptr_t)keydata1;
    ONEM2M_KEY_OBJECT *second = (ONEM2M_KEY_OBJECT *)(uintptr_t)keydata2;
    COMPARED compared = { .is_equal = 0 };
    ONEM2M_ERROR error;
    int ok;

    if ((selection & OSSL_KEYMGMT_SELECT_KEYPAIR) == 0)
        return 1;
    if (first == NULL || second == NULL)
        return 0;
    compared.crypto = &first->provider->crypto;
    ok = onem2m_key_object_visit(first, take_first, &compared, &error) &&
         onem2m_key_object_visit(second, compare_second, &compared, &error);
    onem2m_key_clear(&compared.key);
    if (!ok)
        return ONEM2M_RAISE(first->provider, "match", &error);
    return compared.is_equal;
}
