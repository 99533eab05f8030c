/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "deprecated.h"

#include <string.h>
#include <libp11.h>
#include <openssl/x509v3.h>
#include "engine.h"
#include "keystore/error.h"
#include "keystore/pkcs11_object.h"
#include "token.h"

/* A path longer than this is none (TS-0003 10.1.1 speaks of one root and its CAs). */
#define CHAIN_MAX 8
/* Keys of one CKA_ID that are looked at. */
#define KEYS_MAX 8

/* ---- Names ---- */

typedef struct {
    const char *label;
    const unsigned char *id;
    size_t id_length;
} NAMES;

static int has_name(const CK_ATTRIBUTE *wanted, const void *octets, size_t length)
{
    return wanted == NULL || (wanted->ulValueLen == length &&
                              (length == 0 || memcmp(wanted->pValue, octets, length) == 0));
}

static int fits(P11KitUri *uri, const NAMES *names)
{
    const char *label = names->label != NULL ? names->label : "";

    return has_name(p11_kit_uri_get_attribute(uri, CKA_LABEL), label, strlen(label)) &&
           has_name(p11_kit_uri_get_attribute(uri, CKA_ID), names->id, names->id_length);
}

static int has_id(const ONEM2M_TOKEN_ID *id, const NAMES *names)
{
    return id->length > 0 && id->length == names->id_length &&
           memcmp(id->octets, names->id, id->length) == 0;
}

static int refuse_count(ONEM2M_ERROR *error, P11KitUri *uri, const char *what, unsigned int count)
{
    char name[ONEM2M_QUOTED_MAX], token[ONEM2M_QUOTED_MAX];

    onem2m_pkcs11_quote_key(name, uri);
    if (count > 1)
        return onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                             "several %ss of the token are named %s; object= and id= together say "
                             "which",
                             what, name);
    return onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                         "PKCS#11 token %.40s has no %s %s", onem2m_pkcs11_quote_token(token, uri),
                         what, name);
}

/* ---- Certificates ---- */

static X509 *copy(const X509 *certificate, OSSL_LIB_CTX *libctx)
{
    X509 *made = X509_new_ex(libctx, NULL);
    unsigned char *octets = NULL;
    const int length = i2d_X509(certificate, &octets);
    const unsigned char *next = octets;

    if (made == NULL || length <= 0 || d2i_X509(&made, &next, length) == NULL) {
        X509_free(made);
        made = NULL;
    }
    OPENSSL_free(octets);
    return made;
}

static int list_certificates(const ONEM2M_TOKEN_LOGIN *login, PKCS11_CERT **list,
                             unsigned int *count, ONEM2M_ERROR *error)
{
    return PKCS11_enumerate_certs(onem2m_token_login_token(login), list, count) == 0 ||
           onem2m_token_refuse(error, "PKCS11_enumerate_certs");
}

X509 *onem2m_token_certificate(const ONEM2M_TOKEN_LOGIN *login, P11KitUri *uri,
                               OSSL_LIB_CTX *libctx, ONEM2M_TOKEN_ID *id, ONEM2M_ERROR *error)
{
    const PKCS11_CERT *found = NULL;
    unsigned int count, fitting = 0;
    PKCS11_CERT *list;
    X509 *certificate;

    if (!list_certificates(login, &list, &count, error))
        return NULL;
    for (unsigned int i = 0; i < count; i++) {
        const NAMES names = { list[i].label, list[i].id, list[i].id_len };

        if (list[i].x509 != NULL && fits(uri, &names) && fitting++ == 0)
            found = &list[i];
    }
    if (fitting != 1) {
        refuse_count(error, uri, "certificate", fitting);
        return NULL;
    }
    id->length = found->id_len <= sizeof(id->octets) ? found->id_len : 0;
    memcpy(id->octets, found->id, id->length);
    certificate = copy(found->x509, libctx);
    if (certificate == NULL)
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    return certificate;
}

static X509 *find_issuer(X509 *certificate, const PKCS11_CERT *list, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        if (list[i].x509 != NULL && X509_check_issued(list[i].x509, certificate) == X509_V_OK)
            return list[i].x509;
    }
    return NULL;
}

STACK_OF(X509) * onem2m_token_chain(const ONEM2M_TOKEN_LOGIN *login, X509 *certificate,
                                    OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error)
{
    STACK_OF(X509) * chain;
    PKCS11_CERT *list;
    unsigned int count;
    X509 *issuer;

    if (!list_certificates(login, &list, &count, error))
        return NULL;
    chain = sk_X509_new_null();
    issuer = find_issuer(certificate, list, count);
    while (chain != NULL && issuer != NULL && sk_X509_num(chain) < CHAIN_MAX &&
           X509_self_signed(issuer, 0) == 0) {
        X509 *made = copy(issuer, libctx);

        if (made == NULL || !sk_X509_push(chain, made)) {
            X509_free(made);
            sk_X509_pop_free(chain, X509_free);
            chain = NULL;
        }
        issuer = find_issuer(issuer, list, count);
    }
    if (chain == NULL)
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    return chain;
}

/* ---- Keys ---- */

/* How a key can be meant; the first that exactly one key answers to decides. */
typedef enum { BY_NAME, BY_NAME_AND_ID, BY_ID, WAYS } WAY;

static int is_meant(WAY way, P11KitUri *uri, const ONEM2M_TOKEN_ID *id, const PKCS11_KEY *key)
{
    const NAMES names = { key->label, key->id, key->id_len };

    switch (way) {
    case BY_NAME:
        return fits(uri, &names);
    case BY_NAME_AND_ID:
        return fits(uri, &names) && has_id(id, &names);
    default:
        return has_id(id, &names);
    }
}

static PKCS11_KEY *find_key(PKCS11_KEY *list, unsigned int count, P11KitUri *uri,
                            const ONEM2M_TOKEN_ID *id, ONEM2M_ERROR *error)
{
    unsigned int named = 0;

    for (WAY way = BY_NAME; way < WAYS; way++) {
        PKCS11_KEY *found = NULL;
        unsigned int meant = 0;

        for (unsigned int i = 0; i < count; i++) {
            if (is_meant(way, uri, id, &list[i]) && meant++ == 0)
                found = &list[i];
        }
        if (meant == 1)
            return found;
        named = way == BY_NAME ? meant : named;
    }
    refuse_count(error, uri, "private key", named);
    return NULL;
}

static int refuse_always(P11KitUri *uri, ONEM2M_ERROR *error)
{
    char name[ONEM2M_QUOTED_MAX];

    return onem2m_refuse(error, ONEM2M_R_TOKEN_CANNOT, ONEM2M_NO_OFFSET,
                         "key %s of the token wants a PIN for each signature "
                         "(CKA_ALWAYS_AUTHENTICATE), and no handshake has one",
                         onem2m_pkcs11_quote_key(name, uri));
}

/* Whether an object has the attribute set; a token that does not know it has it not. */
static int is_always_asked(const ONEM2M_PKCS11_SESSION *session, CK_OBJECT_HANDLE object,
                           CK_RV *value)
{
    CK_BBOOL is_set = CK_FALSE;
    CK_ATTRIBUTE attribute = { CKA_ALWAYS_AUTHENTICATE, &is_set, sizeof(is_set) };

    *value = session->module->C_GetAttributeValue(session->handle, object, &attribute, 1);
    if (*value == CKR_ATTRIBUTE_TYPE_INVALID)
        *value = CKR_OK;
    return *value == CKR_OK && is_set;
}

/* At a PIN pad somebody can be asked, by the token itself. */
static int check_always(const ONEM2M_PKCS11_SESSION *session, const PKCS11_KEY *key, P11KitUri *uri,
                        ONEM2M_ERROR *error)
{
    static const CK_OBJECT_CLASS private_key = CKO_PRIVATE_KEY;
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    const char *function = "C_GetAttributeValue";
    CK_OBJECT_HANDLE found[KEYS_MAX];
    CK_ULONG count = KEYS_MAX;
    CK_RV value;

    if ((session->token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0)
        return 1;
    onem2m_pkcs11_add(&template, CKA_CLASS, &private_key, sizeof(private_key));
    onem2m_pkcs11_add(&template, CKA_ID, key->id, key->id_len);
    value =
        onem2m_pkcs11_find(session->module, session->handle, &template, found, &count, &function);
    for (CK_ULONG i = 0; value == CKR_OK && i < count; i++) {
        if (is_always_asked(session, found[i], &value))
            return refuse_always(uri, error);
    }
    if (value == CKR_OK)
        return 1;
    onem2m_pkcs11_refuse(error, function, value);
    return onem2m_pkcs11_say_which(error, uri);
}

EVP_PKEY *onem2m_token_private_key(const ONEM2M_TOKEN_LOGIN *login, P11KitUri *uri,
                                   const ONEM2M_TOKEN_ID *id, ONEM2M_ERROR *error)
{
    PKCS11_KEY *list, *found;
    unsigned int count;
    EVP_PKEY *key;

    if (PKCS11_enumerate_keys(onem2m_token_login_token(login), &list, &count) != 0) {
        onem2m_token_refuse(error, "PKCS11_enumerate_keys");
        return NULL;
    }
    found = find_key(list, count, uri, id, error);
    if (found == NULL || !check_always(onem2m_token_login_session(login), found, uri, error))
        return NULL;
    key = PKCS11_get_private_key(found);
    if (key == NULL)
        onem2m_token_refuse(error, "PKCS11_get_private_key");
    return key;
}
