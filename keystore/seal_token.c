/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include "pkcs11.h"
#include "seal_token.h"

#define WRAPPED_OCTETS (ONEM2M_SEAL_OCTETS + ONEM2M_PKCS11_TAG_OCTETS)

/* The token's key, found, in a session. */
typedef struct {
    P11KitUri *uri;
    ONEM2M_PKCS11_SESSION session;
    CK_OBJECT_HANDLE key;
    unsigned char label[ONEM2M_TOKEN_NAME_MAX], id[ONEM2M_TOKEN_NAME_MAX];
    size_t label_length, id_length;
} TOKEN_KEY;

int onem2m_seal_token_check(const char *uri, ONEM2M_ERROR *error)
{
    P11KitUri *parsed;

    if (!onem2m_pkcs11_parse_uri(&parsed, uri, error))
        return 0;
    p11_kit_uri_free(parsed);
    return 1;
}

static int begin(TOKEN_KEY *key, const char *uri, CK_FLAGS flags, ONEM2M_ERROR *error)
{
    memset(key, 0, sizeof(*key));
    if (!onem2m_pkcs11_parse_uri(&key->uri, uri, error))
        return 0;
    if (onem2m_pkcs11_open(&key->session, key->uri, flags, error))
        return 1;
    p11_kit_uri_free(key->uri);
    return 0;
}

static void end(TOKEN_KEY *key)
{
    onem2m_pkcs11_close(&key->session);
    p11_kit_uri_free(key->uri);
}

static int read_names(TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    key->label_length = sizeof(key->label);
    key->id_length = sizeof(key->id);
    return onem2m_pkcs11_get_octets(&key->session, key->key, CKA_LABEL, key->label,
                                    &key->label_length, error) &&
           onem2m_pkcs11_get_octets(&key->session, key->key, CKA_ID, key->id, &key->id_length,
                                    error);
}

static int refuse_absent(const TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    char name[ONEM2M_QUOTED_MAX], token[ONEM2M_QUOTED_MAX];

    return onem2m_refuse(
        error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET, "PKCS#11 token %s has no key %s",
        onem2m_pkcs11_quote_token(token, key->uri), onem2m_pkcs11_quote_key(name, key->uri));
}

static int find_key(TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    const int found = onem2m_pkcs11_find_aes_key(&key->session, key->uri, &key->key, error);

    if (found == 0)
        return refuse_absent(key, error);
    return found > 0 && read_names(key, error);
}

/* The fields of CK_TOKEN_INFO are padded with blanks. */
static ONEM2M_SLICE padded(const unsigned char *octets, size_t length)
{
    while (length > 0 && (octets[length - 1] == ' ' || octets[length - 1] == 0))
        length--;
    return (ONEM2M_SLICE){ octets, length };
}

static ONEM2M_WRAPPED_PARTS describe(const TOKEN_KEY *key)
{
    const CK_TOKEN_INFO *token = &key->session.token;

    return (ONEM2M_WRAPPED_PARTS){
        .mechanism = CKM_AES_GCM,
        .token = padded(token->label, sizeof(token->label)),
        .serial = padded(token->serialNumber, sizeof(token->serialNumber)),
        .key = { key->label, key->label_length },
        .key_id = { key->id, key->id_length },
    };
}

static int wrap(ONEM2M_SEAL *seal, const TOKEN_KEY *key, OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    unsigned char iv[ONEM2M_PKCS11_IV_OCTETS], ciphertext[WRAPPED_OCTETS];
    ONEM2M_WRAPPED_PARTS parts = describe(key);

    if (RAND_bytes_ex(libctx, iv, sizeof(iv), 0) <= 0)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                             "no random octets for an IV");
    if (!onem2m_pkcs11_encrypt(&key->session, key->key, iv, seal->secret.octets, ONEM2M_SEAL_OCTETS,
                               ciphertext, error))
        return 0;
    parts.iv = (ONEM2M_SLICE){ iv, sizeof(iv) };
    parts.ciphertext = (ONEM2M_SLICE){ ciphertext, sizeof(ciphertext) };
    return onem2m_wrapped_seal_encode(&seal->wrapped, &parts) ||
           onem2m_refuse(error, ONEM2M_R_TOKEN_FAILED, ONEM2M_NO_OFFSET,
                         "the wrapped seal is too long");
}

static int same(ONEM2M_SLICE a, ONEM2M_SLICE b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static int is_by(const ONEM2M_WRAPPED_PARTS *parts, const TOKEN_KEY *key)
{
    const ONEM2M_WRAPPED_PARTS own = describe(key);

    return same(parts->serial, own.serial) && same(parts->token, own.token) &&
           same(parts->key, own.key) && same(parts->key_id, own.key_id);
}

/* Modules return various values for a wrong tag, so whose it is decides what is said. */
static int refuse_wrapped(const ONEM2M_WRAPPED_SEAL *wrapped, const ONEM2M_WRAPPED_PARTS *parts,
                          const TOKEN_KEY *key, const ONEM2M_ERROR *why, ONEM2M_ERROR *error)
{
    char name[ONEM2M_QUOTED_MAX];

    if (!is_by(parts, key))
        return onem2m_wrapped_seal_refuse(wrapped, "the configured key", error);
    return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET,
                         "key %.40s of the token does not open the store's seal: %s",
                         onem2m_pkcs11_quote_key(name, key->uri), why->detail);
}

static int unwrap(ONEM2M_SEAL *seal, const TOKEN_KEY *key, const ONEM2M_WRAPPED_SEAL *wrapped,
                  ONEM2M_ERROR *error)
{
    unsigned char ciphertext[WRAPPED_OCTETS];
    ONEM2M_WRAPPED_PARTS parts;
    ONEM2M_ERROR why;

    if (!onem2m_wrapped_seal_decode(wrapped, &parts, error))
        return 0;
    if (parts.mechanism != CKM_AES_GCM || parts.iv.length != ONEM2M_PKCS11_IV_OCTETS ||
        parts.ciphertext.length != sizeof(ciphertext))
        return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET,
                             "the store's seal is wrapped by mechanism 0x%llX; this version knows "
                             "CKM_AES_GCM",
                             (unsigned long long)parts.mechanism);
    memcpy(ciphertext, parts.ciphertext.data, sizeof(ciphertext));
    if (!onem2m_pkcs11_decrypt(&key->session, key->key, parts.iv.data, ciphertext,
                               sizeof(ciphertext), seal->secret.octets, &why))
        return refuse_wrapped(wrapped, &parts, key, &why, error);
    seal->secret.length = ONEM2M_SEAL_OCTETS;
    seal->wrapped = *wrapped;
    return 1;
}

static int open_with(ONEM2M_SEAL *seal, TOKEN_KEY *key, const ONEM2M_WRAPPED_SEAL *wrapped,
                     OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    if (!find_key(key, error))
        return 0;
    if (!onem2m_secret_reserve(&seal->secret, WRAPPED_OCTETS)) /* what unwrapping takes */
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    if (!onem2m_seal_random(seal, libctx, error)) {
        onem2m_seal_clear(seal);
        return 0;
    }
    if (wrapped != NULL ? unwrap(seal, key, wrapped, error) : wrap(seal, key, libctx, error))
        return 1;
    onem2m_seal_clear(seal);
    return 0;
}

int onem2m_seal_token_open(ONEM2M_SEAL *seal, const char *uri, const ONEM2M_WRAPPED_SEAL *wrapped,
                           OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    TOKEN_KEY key;
    int ok;

    if (wrapped != NULL && wrapped->length == 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET,
                             "the store is sealed by a file, not by a PKCS#11 token; onem2m-key "
                             "reseal moves it");
    ERR_set_mark(); /* of a module that uses OpenSSL itself */
    ok = begin(&key, uri, 0, error);
    if (ok) {
        ok = open_with(seal, &key, wrapped, libctx, error);
        end(&key);
    }
    ERR_pop_to_mark();
    return ok;
}

int onem2m_seal_token_is_there(const char *uri, int *is_there, ONEM2M_ERROR *error)
{
    TOKEN_KEY key;
    int found;

    if (!begin(&key, uri, 0, error))
        return 0;
    found = onem2m_pkcs11_find_aes_key(&key.session, key.uri, &key.key, error);
    end(&key);
    *is_there = found > 0;
    return found >= 0;
}

static int make_key(TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    const int found = onem2m_pkcs11_find_aes_key(&key->session, key->uri, &key->key, error);
    char name[ONEM2M_QUOTED_MAX];

    if (found > 0)
        return onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                             "the token has a key %s already",
                             onem2m_pkcs11_quote_key(name, key->uri));
    return found == 0 && onem2m_pkcs11_make_aes_key(&key->session, key->uri, error);
}

int onem2m_seal_token_create(const char *uri, ONEM2M_ERROR *error)
{
    TOKEN_KEY key;
    int ok;

    if (!begin(&key, uri, CKF_RW_SESSION, error))
        return 0;
    ok = make_key(&key, error);
    end(&key);
    return ok;
}
