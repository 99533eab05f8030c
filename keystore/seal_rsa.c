/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "seal_rsa.h"

/* SoftHSM wants no label, so what binds a text to its purpose is in the text. */
#define PURPOSE "onem2m-provider seal"
#define PURPOSE_OCTETS (sizeof(PURPOSE) - 1)
#define TEXT_OCTETS (PURPOSE_OCTETS + ONEM2M_SEAL_OCTETS)

static const char *const hashes[] = { "SHA-256", "SHA-1" };
#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

/* Returns what the module returned; CKR_OK also where the text is another: then with *error, and
 * text all zero. */
static CK_RV open_text(unsigned char text[TEXT_OCTETS], const ONEM2M_PKCS11_RSA_KEY *key,
                       const char *hash, ONEM2M_SLICE ciphertext, ONEM2M_ERROR *error)
{
    size_t length = TEXT_OCTETS;
    CK_RV value;

    memset(text, 0, TEXT_OCTETS);
    value = onem2m_pkcs11_decrypt_oaep(key, hash, ciphertext, text, &length, error);
    if (value != CKR_OK ||
        (length == TEXT_OCTETS && CRYPTO_memcmp(text, PURPOSE, PURPOSE_OCTETS) == 0))
        return value;
    OPENSSL_cleanse(text, TEXT_OCTETS);
    onem2m_refuse(error, ONEM2M_R_TOKEN_FAILED, ONEM2M_NO_OFFSET,
                  "PKCS#11 module: C_Decrypt with CKM_RSA_PKCS_OAEP gave no seal");
    return value;
}

/* A token that has OAEP, but not with this hash. */
static int is_other_hash_wanted(CK_RV value)
{
    return value == CKR_MECHANISM_PARAM_INVALID || value == CKR_ARGUMENTS_BAD ||
           value == CKR_MECHANISM_INVALID;
}

/* 1, 0 with *error, or -1: not with this hash. */
static int wrap_with(const char *hash, const ONEM2M_SEAL *seal, const ONEM2M_PKCS11_RSA_KEY *key,
                     OSSL_LIB_CTX *libctx, unsigned char *ciphertext, size_t *length,
                     ONEM2M_ERROR *error)
{
    unsigned char text[TEXT_OCTETS], opened[TEXT_OCTETS];
    const ONEM2M_SLICE plain = { text, sizeof(text) };
    CK_RV value = CKR_OK;
    int ok;

    memcpy(text, PURPOSE, PURPOSE_OCTETS);
    memcpy(text + PURPOSE_OCTETS, seal->secret.octets, ONEM2M_SEAL_OCTETS);
    *length = ONEM2M_PKCS11_RSA_OCTETS_MAX;
    ok = onem2m_pkcs11_encrypt_oaep(key, hash, libctx, plain, ciphertext, length, error);
    if (ok) {
        value = open_text(opened, key, hash, (ONEM2M_SLICE){ ciphertext, *length }, error);
        ok = value == CKR_OK && CRYPTO_memcmp(opened, text, sizeof(text)) == 0;
        OPENSSL_cleanse(opened, sizeof(opened));
    }
    OPENSSL_cleanse(text, sizeof(text));
    return ok || !is_other_hash_wanted(value) ? ok : -1;
}

int onem2m_seal_rsa_wrap(const ONEM2M_SEAL *seal, const ONEM2M_PKCS11_RSA_KEY *key,
                         OSSL_LIB_CTX *libctx, unsigned char *ciphertext,
                         ONEM2M_WRAPPED_PARTS *parts, ONEM2M_ERROR *error)
{
    size_t length = 0;
    int result = -1;

    for (size_t i = 0; i < HASHES && result < 0; i++) {
        result = wrap_with(hashes[i], seal, key, libctx, ciphertext, &length, error);
        parts->iv = (ONEM2M_SLICE){ (const unsigned char *)hashes[i], strlen(hashes[i]) };
    }
    parts->ciphertext = (ONEM2M_SLICE){ ciphertext, length };
    return result > 0;
}

static const char *hash_of(const ONEM2M_WRAPPED_PARTS *parts)
{
    for (size_t i = 0; i < HASHES; i++) {
        if (parts->iv.length == strlen(hashes[i]) &&
            memcmp(parts->iv.data, hashes[i], parts->iv.length) == 0)
            return hashes[i];
    }
    return NULL;
}

int onem2m_seal_rsa_unwrap(ONEM2M_SEAL *seal, const ONEM2M_PKCS11_RSA_KEY *key,
                           const ONEM2M_WRAPPED_PARTS *parts, ONEM2M_ERROR *error)
{
    const char *hash = hash_of(parts);
    unsigned char text[TEXT_OCTETS];
    CK_RV value;
    int ok;

    if (hash == NULL || parts->ciphertext.length > ONEM2M_PKCS11_RSA_OCTETS_MAX)
        return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET,
                             "it is wrapped by RSA-OAEP with another hash than SHA-256 or SHA-1");
    value = open_text(text, key, hash, parts->ciphertext, error);
    ok = value == CKR_OK && memcmp(text, PURPOSE, PURPOSE_OCTETS) == 0;
    if (ok)
        memcpy(seal->secret.octets, text + PURPOSE_OCTETS, ONEM2M_SEAL_OCTETS);
    OPENSSL_cleanse(text, sizeof(text));
    return ok;
}
