/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <openssl/crypto.h>
#include "keymgmt.h"

/* One key, copied, so that the other can be looked up after it and not within. */
typedef struct {
    ONEM2M_KIND kind;
    unsigned int suid;
    ONEM2M_PURPOSE purpose;
    ONEM2M_SECRET octets;
    int is_equal;
} COMPARED;

static int take_first(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                      const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    COMPARED *compared = argument;
    ONEM2M_SLICE secret;

    if (!onem2m_material_octets(material, "comparing keys", &secret, error))
        return 0;
    compared->kind = attributes->kind;
    compared->suid = attributes->suid;
    compared->purpose = attributes->purpose;
    if (!onem2m_secret_reserve(&compared->octets, secret.length))
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    onem2m_secret_assign(&compared->octets, secret.data, secret.length);
    return 1;
}

static int compare_second(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                          const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    COMPARED *compared = argument;
    ONEM2M_SLICE secret;

    if (!onem2m_material_octets(material, "comparing keys", &secret, error))
        return 0;
    compared->is_equal = compared->kind == attributes->kind && compared->suid == attributes->suid &&
                         compared->purpose == attributes->purpose &&
                         compared->octets.length == secret.length &&
                         (secret.length == 0 ||
                          CRYPTO_memcmp(compared->octets.octets, secret.data, secret.length) == 0);
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
    ok = onem2m_key_object_visit(first, take_first, &compared, &error) &&
         onem2m_key_object_visit(second, compare_second, &compared, &error);
    onem2m_secret_clear(&compared.octets);
    if (!ok)
        return ONEM2M_RAISE(first->provider, "match", &error);
    return compared.is_equal;
}
