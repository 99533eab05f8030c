/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include "pkcs11.h"

#define RSA_OCTETS_MIN 256 /* 2048 bits */

static const struct {
    const char *name;
    CK_MECHANISM_TYPE hash;
    CK_ULONG mgf;
} hashes[] = { { "SHA-256", CKM_SHA256, CKG_MGF1_SHA256 }, { "SHA-1", CKM_SHA_1, CKG_MGF1_SHA1 } };

/* ---- Outside the token ---- */

typedef struct {
    unsigned char modulus[ONEM2M_PKCS11_RSA_OCTETS_MAX], exponent[8];
    size_t modulus_length, exponent_length;
} PUBLIC_KEY;

static int read_public_key(PUBLIC_KEY *key, const ONEM2M_PKCS11_SESSION *session,
                           CK_OBJECT_HANDLE handle, ONEM2M_ERROR *error)
{
    static const unsigned char f4[] = { 1, 0, 1 };

    key->modulus_length = sizeof(key->modulus);
    key->exponent_length = sizeof(key->exponent);
    if (!onem2m_pkcs11_get_octets(session, handle, CKA_MODULUS, key->modulus, &key->modulus_length,
                                  error) ||
        !onem2m_pkcs11_get_octets(session, handle, CKA_PUBLIC_EXPONENT, key->exponent,
                                  &key->exponent_length, error))
        return 0;
    if (key->modulus_length < RSA_OCTETS_MIN)
        return onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                             "the token's RSA key: 2048 to 4096 bits are needed");
    if (key->exponent_length > 0)
        return 1;
    /* Private keys of some tokens do not tell; that it is another one is seen at once. */
    memcpy(key->exponent, f4, sizeof(f4));
    key->exponent_length = sizeof(f4);
    return 1;
}

static EVP_PKEY *from_params(OSSL_LIB_CTX *libctx, const OSSL_PARAM params[])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(libctx, "RSA", NULL);
    EVP_PKEY *key = NULL;

    if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) > 0 && params != NULL)
        (void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM *)(uintptr_t)params);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static EVP_PKEY *make_public_key(const PUBLIC_KEY *key, OSSL_LIB_CTX *libctx)
{
    BIGNUM *n = BN_bin2bn(key->modulus, (int)key->modulus_length, NULL);
    BIGNUM *e = BN_bin2bn(key->exponent, (int)key->exponent_length, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY *made;

    if (n != NULL && e != NULL && builder != NULL &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e))
        params = OSSL_PARAM_BLD_to_param(builder);
    made = from_params(libctx, params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return made;
}

static int encrypt(EVP_PKEY *key, const char *hash, OSSL_LIB_CTX *libctx, ONEM2M_SLICE in,
                   unsigned char *out, size_t *out_length)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(libctx, key, NULL);
    const int ok = ctx != NULL && EVP_PKEY_encrypt_init(ctx) > 0 &&
                   EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
                   EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, hash, NULL) > 0 &&
                   EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, hash, NULL) > 0 &&
                   EVP_PKEY_encrypt(ctx, out, out_length, in.data, in.length) > 0;

    EVP_PKEY_CTX_free(ctx);
    return ok;
}

int onem2m_pkcs11_encrypt_oaep(const ONEM2M_PKCS11_RSA_KEY *key, const char *hash,
                               OSSL_LIB_CTX *libctx, ONEM2M_SLICE in, unsigned char *out,
                               size_t *out_length, ONEM2M_ERROR *error)
{
    PUBLIC_KEY public_key;
    EVP_PKEY *made;
    int ok;

    if (!read_public_key(&public_key, key->session, key->handle, error))
        return 0;
    made = make_public_key(&public_key, libctx);
    ok = made != NULL && encrypt(made, hash, libctx, in, out, out_length);
    EVP_PKEY_free(made);
    return ok || onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                               "RSA-OAEP with %s by the token's public key failed", hash);
}

/* ---- In the token ---- */

static void set_up(CK_RSA_PKCS_OAEP_PARAMS *parameters, const char *hash)
{
    size_t i = 0;

    while (i + 1 < sizeof(hashes) / sizeof(hashes[0]) && strcmp(hashes[i].name, hash) != 0)
        i++;
    memset(parameters, 0, sizeof(*parameters));
    parameters->hashAlg = hashes[i].hash;
    parameters->mgf = hashes[i].mgf;
    parameters->source = CKZ_DATA_SPECIFIED;
}

/* Of a token that has no such keys every one is none. */
static int always_authenticates(const ONEM2M_PKCS11_RSA_KEY *key)
{
    const ONEM2M_PKCS11_SESSION *session = key->session;
    CK_BBOOL flag = CK_FALSE;
    CK_ATTRIBUTE attribute = { CKA_ALWAYS_AUTHENTICATE, &flag, sizeof(flag) };
    const CK_RV value =
        session->module->C_GetAttributeValue(session->handle, key->handle, &attribute, 1);

    return value == CKR_OK && flag != CK_FALSE;
}

static CK_RV begin_decryption(const ONEM2M_PKCS11_RSA_KEY *key, CK_MECHANISM *mechanism,
                              ONEM2M_ERROR *error)
{
    const int authenticates = always_authenticates(key);
    CK_RV value = key->session->module->C_DecryptInit(key->session->handle, mechanism, key->handle);

    if (value != CKR_OK) {
        onem2m_pkcs11_refuse(error, "C_DecryptInit with CKM_RSA_PKCS_OAEP", value);
        return value;
    }
    if (!authenticates || onem2m_pkcs11_authenticate(key->session, key->uri, &value, error))
        return CKR_OK;
    return value != CKR_OK ? value : CKR_USER_NOT_LOGGED_IN;
}

CK_RV onem2m_pkcs11_decrypt_oaep(const ONEM2M_PKCS11_RSA_KEY *key, const char *hash,
                                 ONEM2M_SLICE in, unsigned char *out, size_t *out_length,
                                 ONEM2M_ERROR *error)
{
    unsigned char wrapped[ONEM2M_PKCS11_RSA_OCTETS_MAX], text[ONEM2M_PKCS11_RSA_OCTETS_MAX];
    const size_t room = *out_length;
    CK_RSA_PKCS_OAEP_PARAMS parameters;
    CK_MECHANISM mechanism = { CKM_RSA_PKCS_OAEP, &parameters, sizeof(parameters) };
    CK_ULONG length = sizeof(text);
    CK_RV value;

    *out_length = 0;
    set_up(&parameters, hash);
    memcpy(wrapped, in.data, in.length);
    value = begin_decryption(key, &mechanism, error);
    if (value != CKR_OK)
        return value;
    value =
        key->session->module->C_Decrypt(key->session->handle, wrapped, in.length, text, &length);
    if (value != CKR_OK) {
        onem2m_pkcs11_refuse(error, "C_Decrypt with CKM_RSA_PKCS_OAEP", value);
    } else if (length == room) {
        memcpy(out, text, room);
        *out_length = room;
    }
    OPENSSL_cleanse(text, sizeof(text));
    return value;
}
