/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include "pkcs11.h"
#include "pkcs11_turn.h"
#include "seal_rsa.h"
#include "seal_token.h"

#define WRAPPED_OCTETS (ONEM2M_SEAL_OCTETS + ONEM2M_PKCS11_TAG_OCTETS)

/* The token's key, found, in a session. */
typedef struct {
    P11KitUri *uri;
    ONEM2M_PKCS11_SESSION session;
    CK_OBJECT_HANDLE key;
    CK_MECHANISM_TYPE mechanism; /* by the key's type: CKM_AES_GCM or CKM_RSA_PKCS_OAEP */
    unsigned char label[ONEM2M_TOKEN_NAME_MAX], id[ONEM2M_TOKEN_NAME_MAX];
    size_t label_length, id_length;
} TOKEN_KEY;

/* type=: whether the key is an AES or an RSA key, without it what is found. */
#define ANY_CLASS ((CK_OBJECT_CLASS)-1)

static int parse(P11KitUri **uri, const char *text, ONEM2M_ERROR *error)
{
    CK_OBJECT_CLASS class;

    if (!onem2m_pkcs11_parse_uri_of_any(uri, text, error))
        return 0;
    class = onem2m_pkcs11_class(*uri, ANY_CLASS);
    if (class == ANY_CLASS || class == CKO_SECRET_KEY || class == CKO_PRIVATE_KEY)
        return 1;
    p11_kit_uri_free(*uri);
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "PKCS#11 URI (RFC 7512): type= must be secret-key (AES) or private (RSA)");
}

int onem2m_seal_token_check(const char *uri, ONEM2M_ERROR *error)
{
    P11KitUri *parsed;

    if (!parse(&parsed, uri, error))
        return 0;
    p11_kit_uri_free(parsed);
    return 1;
}

/* Until end a fork waits, so that what the module holds is not held in the child. */
static int begin(TOKEN_KEY *key, const char *uri, CK_FLAGS flags, ONEM2M_ERROR *error)
{
    memset(key, 0, sizeof(*key));
    if (!parse(&key->uri, uri, error))
        return 0;
    onem2m_pkcs11_enter();
    if (onem2m_pkcs11_open(&key->session, key->uri, flags, error))
        return 1;
    onem2m_pkcs11_leave();
    onem2m_pkcs11_say_which(error, key->uri);
    p11_kit_uri_free(key->uri);
    return 0;
}

/* ok: whether all was well until here, which is returned; if not, *error says of which token. */
static int end(TOKEN_KEY *key, int ok, ONEM2M_ERROR *error)
{
    onem2m_pkcs11_close(&key->session);
    onem2m_pkcs11_leave();
    if (!ok)
        onem2m_pkcs11_say_which(error, key->uri);
    p11_kit_uri_free(key->uri);
    return ok;
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

/* 1, 0 when there is none, -1 with *error. */
static int find_of(TOKEN_KEY *key, CK_MECHANISM_TYPE mechanism, ONEM2M_ERROR *error)
{
    key->mechanism = mechanism;
    if (mechanism == CKM_RSA_PKCS_OAEP)
        return onem2m_pkcs11_find_rsa_key(&key->session, key->uri, &key->key, error);
    return onem2m_pkcs11_find_aes_key(&key->session, key->uri, &key->key, error);
}

/* first: of which type one is looked for first, where the URI leaves that open. */
static int look_for_key(TOKEN_KEY *key, CK_MECHANISM_TYPE first, ONEM2M_ERROR *error)
{
    const CK_OBJECT_CLASS class = onem2m_pkcs11_class(key->uri, ANY_CLASS);
    int found;

    if (class != ANY_CLASS)
        return find_of(key, class == CKO_PRIVATE_KEY ? CKM_RSA_PKCS_OAEP : CKM_AES_GCM, error);
    found = find_of(key, first, error);
    if (found != 0)
        return found;
    return find_of(key, first == CKM_AES_GCM ? CKM_RSA_PKCS_OAEP : CKM_AES_GCM, error);
}

static int find_key(TOKEN_KEY *key, const ONEM2M_WRAPPED_SEAL *wrapped, ONEM2M_ERROR *error)
{
    CK_MECHANISM_TYPE first = CKM_AES_GCM;
    ONEM2M_WRAPPED_PARTS parts;
    int found;

    if (wrapped != NULL) {
        if (!onem2m_wrapped_seal_decode(wrapped, &parts, error))
            return 0;
        first = parts.mechanism == CKM_RSA_PKCS_OAEP ? CKM_RSA_PKCS_OAEP : CKM_AES_GCM;
    }
    found = look_for_key(key, first, error);
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
        .mechanism = key->mechanism,
        .token = padded(token->label, sizeof(token->label)),
        .serial = padded(token->serialNumber, sizeof(token->serialNumber)),
        .key = { key->label, key->label_length },
        .key_id = { key->id, key->id_length },
    };
}

static int wrap_aes(const ONEM2M_SEAL *seal, const TOKEN_KEY *key, OSSL_LIB_CTX *libctx,
                    unsigned char *iv, unsigned char *ciphertext, ONEM2M_WRAPPED_PARTS *parts,
                    ONEM2M_ERROR *error)
{
    if (RAND_bytes_ex(libctx, iv, ONEM2M_PKCS11_IV_OCTETS, 0) <= 0)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                             "no random octets for an IV");
    parts->iv = (ONEM2M_SLICE){ iv, ONEM2M_PKCS11_IV_OCTETS };
    parts->ciphertext = (ONEM2M_SLICE){ ciphertext, WRAPPED_OCTETS };
    return onem2m_pkcs11_encrypt(&key->session, key->key, iv, seal->secret.octets,
                                 ONEM2M_SEAL_OCTETS, ciphertext, error);
}

static ONEM2M_PKCS11_RSA_KEY rsa_key(const TOKEN_KEY *key)
{
    return (ONEM2M_PKCS11_RSA_KEY){ &key->session, key->uri, key->key };
}

static int wrap(ONEM2M_SEAL *seal, const TOKEN_KEY *key, OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    unsigned char iv[ONEM2M_PKCS11_IV_OCTETS], ciphertext[ONEM2M_PKCS11_RSA_OCTETS_MAX];
    const ONEM2M_PKCS11_RSA_KEY rsa = rsa_key(key);
    ONEM2M_WRAPPED_PARTS parts = describe(key);
    int ok;

    if (key->mechanism == CKM_RSA_PKCS_OAEP)
        ok = onem2m_seal_rsa_wrap(seal, &rsa, libctx, ciphertext, &parts, error);
    else
        ok = wrap_aes(seal, key, libctx, iv, ciphertext, &parts, error);
    if (!ok)
        return 0;
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
    char name[ONEM2M_QUOTED_MAX], token[ONEM2M_QUOTED_MAX];

    if (why->reason == ONEM2M_R_TOKEN_PIN || why->reason == ONEM2M_R_TOKEN_PIN_LOCKED) {
        if (error != NULL)
            *error = *why;
        return 0;
    }
    if (!is_by(parts, key))
        return onem2m_wrapped_seal_refuse(wrapped, "the configured key", error);
    return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET,
                         "key %.30s of PKCS#11 token %.20s does not open the store's seal: %s",
                         onem2m_pkcs11_quote_key(name, key->uri),
                         onem2m_pkcs11_quote_token(token, key->uri), why->detail);
}

static int unwrap_aes(ONEM2M_SEAL *seal, const TOKEN_KEY *key, const ONEM2M_WRAPPED_PARTS *parts,
                      ONEM2M_ERROR *error)
{
    unsigned char ciphertext[WRAPPED_OCTETS];

    if (parts->iv.length != ONEM2M_PKCS11_IV_OCTETS ||
        parts->ciphertext.length != sizeof(ciphertext))
        return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET,
                             "its IV or its length is not that of CKM_AES_GCM");
    memcpy(ciphertext, parts->ciphertext.data, sizeof(ciphertext));
    return onem2m_pkcs11_decrypt(&key->session, key->key, parts->iv.data, ciphertext,
                                 sizeof(ciphertext), seal->secret.octets, error);
}

static int refuse_mechanism(const ONEM2M_WRAPPED_PARTS *parts, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_SEAL, ONEM2M_NO_OFFSET,
                         "the store's seal is wrapped by mechanism 0x%llX; this version knows "
                         "CKM_AES_GCM and CKM_RSA_PKCS_OAEP",
                         (unsigned long long)parts->mechanism);
}

static int unwrap(ONEM2M_SEAL *seal, const TOKEN_KEY *key, const ONEM2M_WRAPPED_SEAL *wrapped,
                  ONEM2M_ERROR *error)
{
    const ONEM2M_PKCS11_RSA_KEY rsa = rsa_key(key);
    ONEM2M_WRAPPED_PARTS parts;
    ONEM2M_ERROR why;
    int ok;

    if (!onem2m_wrapped_seal_decode(wrapped, &parts, error))
        return 0;
    if (parts.mechanism != CKM_AES_GCM && parts.mechanism != CKM_RSA_PKCS_OAEP)
        return refuse_mechanism(&parts, error);
    if (parts.mechanism != key->mechanism)
        return onem2m_wrapped_seal_refuse(wrapped, "the configured key, of another type,", error);
    ok = key->mechanism == CKM_RSA_PKCS_OAEP ? onem2m_seal_rsa_unwrap(seal, &rsa, &parts, &why)
                                             : unwrap_aes(seal, key, &parts, &why);
    if (!ok)
        return refuse_wrapped(wrapped, &parts, key, &why, error);
    seal->secret.length = ONEM2M_SEAL_OCTETS;
    seal->wrapped = *wrapped;
    return 1;
}

static int open_with(ONEM2M_SEAL *seal, TOKEN_KEY *key, const ONEM2M_WRAPPED_SEAL *wrapped,
                     OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    if (!find_key(key, wrapped, error))
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
    if (ok)
        ok = end(&key, open_with(seal, &key, wrapped, libctx, error), error);
    ERR_pop_to_mark();
    return ok;
}

int onem2m_seal_token_is_there(const char *uri, int *is_there, ONEM2M_ERROR *error)
{
    TOKEN_KEY key;
    int found;

    if (!begin(&key, uri, 0, error))
        return 0;
    found = look_for_key(&key, CKM_AES_GCM, error);
    *is_there = found > 0;
    return end(&key, found >= 0, error);
}

static int make_key(TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    const int found = look_for_key(key, CKM_AES_GCM, error);
    char name[ONEM2M_QUOTED_MAX];

    if (found > 0)
        return onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                             "the token has a key %s already",
                             onem2m_pkcs11_quote_key(name, key->uri));
    if (found < 0)
        return 0;
    return onem2m_pkcs11_class(key->uri, ANY_CLASS) == CKO_PRIVATE_KEY
               ? onem2m_pkcs11_make_rsa_key(&key->session, key->uri, error)
               : onem2m_pkcs11_make_aes_key(&key->session, key->uri, error);
}

int onem2m_seal_token_create(const char *uri, ONEM2M_ERROR *error)
{
    TOKEN_KEY key;

    return begin(&key, uri, CKF_RW_SESSION, error) && end(&key, make_key(&key, error), error);
}
