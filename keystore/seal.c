/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <sys/stat.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include "seal_file.h"
#include "seal_token.h"

#define FILE_SCHEME "file:"
#define TOKEN_SCHEME "pkcs11:"
#define IV_OCTETS 12
#define TAG_OCTETS 16

static int is_token(const char *uri)
{
    return strncmp(uri, TOKEN_SCHEME, strlen(TOKEN_SCHEME)) == 0;
}

static const char *seal_path(const char *uri, ONEM2M_ERROR *error)
{
    char described[ONEM2M_QUOTED_MAX];

    if (strncmp(uri, FILE_SCHEME, strlen(FILE_SCHEME)) == 0 && uri[strlen(FILE_SCHEME)] != '\0')
        return uri + strlen(FILE_SCHEME);
    onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                  "seal = %s: file:PATH or a pkcs11: URI is needed", onem2m_quote(described, uri));
    return NULL;
}

int onem2m_seal_check_uri(const char *uri, ONEM2M_ERROR *error)
{
    return is_token(uri) ? onem2m_seal_token_check(uri, error) : seal_path(uri, error) != NULL;
}

int onem2m_seal_open(ONEM2M_SEAL *seal, const char *uri, const ONEM2M_WRAPPED_SEAL *wrapped,
                     OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    const char *path;

    seal->wrapped.length = 0;
    if (is_token(uri))
        return onem2m_seal_token_open(seal, uri, wrapped, libctx, error);
    path = seal_path(uri, error);
    if (path == NULL)
        return 0;
    if (wrapped != NULL && wrapped->length > 0)
        return onem2m_wrapped_seal_refuse(wrapped, "the configured file", error);
    return onem2m_seal_file_open(seal, path, error);
}

int onem2m_seal_is_there(const char *uri, int *is_there, ONEM2M_ERROR *error)
{
    struct stat status;
    const char *path;

    if (is_token(uri))
        return onem2m_seal_token_is_there(uri, is_there, error);
    path = seal_path(uri, error);
    if (path == NULL)
        return 0;
    *is_there = lstat(path, &status) == 0;
    return 1;
}

int onem2m_seal_create(const char *uri, OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    const char *path;

    if (is_token(uri))
        return onem2m_seal_token_create(uri, error);
    path = seal_path(uri, error);
    return path != NULL && onem2m_seal_file_create(path, libctx, error);
}

int onem2m_seal_random(ONEM2M_SEAL *seal, OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    if (!onem2m_secret_reserve(&seal->secret, ONEM2M_SEAL_OCTETS))
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    if (RAND_priv_bytes_ex(libctx, seal->secret.octets, ONEM2M_SEAL_OCTETS, 0) <= 0)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                             "no random octets for a seal");
    seal->secret.length = ONEM2M_SEAL_OCTETS;
    return 1;
}

void onem2m_seal_clear(ONEM2M_SEAL *seal)
{
    onem2m_secret_clear(&seal->secret);
}

static int transform(EVP_CIPHER_CTX *context, const ONEM2M_SEAL *seal, OSSL_LIB_CTX *libctx,
                     const unsigned char *iv, ONEM2M_SLICE bound, ONEM2M_SLICE in,
                     unsigned char *out, unsigned char *tag, int encrypt)
{
    EVP_CIPHER *aes = EVP_CIPHER_fetch(libctx, "AES-256-GCM", NULL);
    int written, ok;

    ok = aes != NULL && EVP_CipherInit_ex2(context, aes, seal->secret.octets, iv, encrypt, NULL) &&
         EVP_CipherUpdate(context, NULL, &written, bound.data, (int)bound.length) &&
         EVP_CipherUpdate(context, out, &written, in.data, (int)in.length) &&
         (encrypt || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_OCTETS, tag)) &&
         EVP_CipherFinal_ex(context, out + in.length, &written) &&
         (!encrypt || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_OCTETS, tag));
    EVP_CIPHER_free(aes);
    return ok;
}

int onem2m_seal_protect(const ONEM2M_SEAL *seal, OSSL_LIB_CTX *libctx, ONEM2M_SLICE bound,
                        ONEM2M_SLICE plaintext, unsigned char *out, ONEM2M_ERROR *error)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int ok = context != NULL && RAND_bytes_ex(libctx, out, IV_OCTETS, 0) > 0 &&
             transform(context, seal, libctx, out, bound, plaintext, out + IV_OCTETS,
                       out + IV_OCTETS + plaintext.length, 1);

    EVP_CIPHER_CTX_free(context);
    if (!ok)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                             "AES-256-GCM under the seal failed");
    return 1;
}

int onem2m_seal_unprotect(const ONEM2M_SEAL *seal, OSSL_LIB_CTX *libctx, ONEM2M_SLICE bound,
                          ONEM2M_SLICE sealed, unsigned char *out, ONEM2M_ERROR *error)
{
    EVP_CIPHER_CTX *context;
    unsigned char tag[TAG_OCTETS];
    ONEM2M_SLICE ciphertext;
    int ok;

    if (sealed.length < ONEM2M_SEAL_OVERHEAD)
        return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET,
                             "the sealed keys are cut short");
    ciphertext.data = sealed.data + IV_OCTETS;
    ciphertext.length = sealed.length - ONEM2M_SEAL_OVERHEAD;
    memcpy(tag, ciphertext.data + ciphertext.length, sizeof(tag));
    context = EVP_CIPHER_CTX_new();
    ok = context != NULL &&
         transform(context, seal, libctx, sealed.data, bound, ciphertext, out, tag, 0);
    EVP_CIPHER_CTX_free(context);
    if (ok)
        return 1;
    OPENSSL_cleanse(out, ciphertext.length);
    return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET,
                         "the store's keys do not open: another seal, or the header was changed");
}
