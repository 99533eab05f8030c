/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include "token_internal.h"
#include "token_mechanisms.h"

/* ---- The key ---- */

static int find_by_label(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE *object)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    const ONEM2M_TOKEN_LABEL *label = &call->token->wrap_label;

    onem2m_pkcs11_add_secret_key(&template, NULL);
    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 1);
    onem2m_pkcs11_add(&template, CKA_LABEL, label->octets, label->length);
    return onem2m_token_find_one(call, &template, "label that wraps", object);
}

/* Whoever may log in could read a key that is not sensitive, and with it all that it wrapped. */
static int check_wrap_key(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key)
{
    CK_BBOOL is_sensitive = CK_FALSE;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_ATTRIBUTE attributes[] = { { CKA_KEY_TYPE, &type, sizeof(type) },
                                  { CKA_SENSITIVE, &is_sensitive, sizeof(is_sensitive) } };
    const CK_RV value = call->module->C_GetAttributeValue(call->session, key, attributes, 2);

    if (value != CKR_OK)
        return onem2m_token_failed(call, "C_GetAttributeValue", value);
    if (type == CKK_AES && is_sensitive)
        return 1;
    return onem2m_refuse(
        call->error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET, "the key of the token that wraps: %s",
        type != CKK_AES ? "it is no AES key" : "it is not sensitive, so its octets can be read");
}

/*
 * A copy for this login's sessions, as sensitive as the key: NSS's softokn decrypts a key of its
 * database anew for every use, which takes it 10 ms. A token that makes no copies needs none.
 */
static CK_OBJECT_HANDLE copy_for_session(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_OBJECT_HANDLE copy;

    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 0);
    return call->module->C_CopyObject(call->session, key, template.attributes, template.count,
                                      &copy) == CKR_OK
               ? copy
               : key;
}

/* Of two threads that found it one keeps its copy. */
static void keep_wrap_key(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE *key)
{
    const CK_OBJECT_HANDLE copy = copy_for_session(call, *key);
    CK_OBJECT_HANDLE known = CK_INVALID_HANDLE;

    if (!atomic_compare_exchange_strong(&call->login->wrap_key, &known, copy)) {
        if (copy != *key)
            (void)onem2m_token_dispose(call, copy, 0);
        *key = known;
        return;
    }
    *key = copy;
}

int onem2m_token_find_wrap_key(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE *object)
{
    int found;

    *object = atomic_load(&call->login->wrap_key);
    if (*object != CK_INVALID_HANDLE)
        return 1;
    found = find_by_label(call, object);
    if (found <= 0)
        return found;
    if (!check_wrap_key(call, *object))
        return -1;
    keep_wrap_key(call, object);
    return 1;
}

static int need_wrap_key(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE *object)
{
    const int found = onem2m_token_find_wrap_key(call, object);
    char token[ONEM2M_QUOTED_MAX], name[ONEM2M_QUOTED_MAX];

    if (found != 0)
        return found > 0;
    return onem2m_refuse(call->error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                         "PKCS#11 token %s has no key \"%s wrap\"",
                         onem2m_pkcs11_quote_token(token, call->token->uri),
                         onem2m_pkcs11_quote_key(name, call->token->uri));
}

static int generate_wrap_key(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE *key)
{
    CK_MECHANISM mechanism = { CKM_AES_KEY_GEN, NULL, 0 };
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    const ONEM2M_TOKEN_LABEL *label = &call->token->wrap_label;
    CK_RV value;

    onem2m_pkcs11_add_aes_key(&template, 1);
    onem2m_pkcs11_add(&template, CKA_LABEL, label->octets, label->length);
    value = call->module->C_GenerateKey(call->session, &mechanism, template.attributes,
                                        template.count, key);
    return value == CKR_OK || onem2m_token_failed(call, "C_GenerateKey", value);
}

static int create(ONEM2M_TOKEN_CALL *call, void *argument)
{
    CK_OBJECT_HANDLE key, found;
    char name[ONEM2M_QUOTED_MAX];
    const int is_there = find_by_label(call, &key);

    (void)argument;
    if (is_there > 0)
        return onem2m_refuse(call->error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                             "the token has a key \"%s wrap\" already",
                             onem2m_pkcs11_quote_key(name, call->token->uri));
    if (is_there < 0 || !generate_wrap_key(call, &key))
        return 0;
    if (find_by_label(call, &found) > 0) /* no other process made one meanwhile */
        return 1;
    return onem2m_token_dispose(call, key, 0);
}

int onem2m_token_create(ONEM2M_TOKEN *token, ONEM2M_ERROR *error)
{
    return onem2m_token_run(token, NULL, create, NULL, error);
}

static int look(ONEM2M_TOKEN_CALL *call, void *argument)
{
    CK_OBJECT_HANDLE key;
    int *found = argument;

    *found = find_by_label(call, &key);
    return *found == 0 || (*found > 0 && check_wrap_key(call, key));
}

int onem2m_token_is_there(ONEM2M_TOKEN *token, ONEM2M_ERROR *error)
{
    int found;

    return onem2m_token_run(token, NULL, look, &found, error) ? found : -1;
}

/* ---- Wrapping ---- */

/* RFC 3394 is for two or more blocks of 8 octets, RFC 5649 for everything. 1, 0; -1 with the error.
 */
static int find_mechanism(ONEM2M_TOKEN_CALL *call, size_t stored, CK_MECHANISM *mechanism)
{
    static const struct {
        ONEM2M_TOKEN_ABILITY ability;
        CK_MECHANISM_TYPE type;
    } padded[] = { { ONEM2M_TOKEN_WRAPS_KWP, ONEM2M_CKM_AES_KEY_WRAP_KWP },
                   { ONEM2M_TOKEN_WRAPS_PAD, CKM_AES_KEY_WRAP_PAD } };

    *mechanism = (CK_MECHANISM){ CKM_AES_KEY_WRAP, NULL, 0 };
    if (stored % 8 == 0 && stored >= 16)
        return 1;
    for (size_t i = 0; i < sizeof(padded) / sizeof(padded[0]); i++) {
        const int can = onem2m_token_can(call, padded[i].ability, ONEM2M_CUSTODY_WRAPPED);

        mechanism->mechanism = padded[i].type;
        if (can != 0)
            return can;
    }
    return 0;
}

int onem2m_token_can_wrap(ONEM2M_TOKEN_CALL *call, size_t stored)
{
    CK_MECHANISM mechanism;

    return find_mechanism(call, stored, &mechanism);
}

static int choose(ONEM2M_TOKEN_CALL *call, size_t stored, CK_MECHANISM *mechanism)
{
    const int found = find_mechanism(call, stored, mechanism);
    char what[96];

    if (found != 0)
        return found > 0;
    snprintf(what, sizeof(what), "cannot wrap a key of %zu octets: it has no mechanism of RFC 5649",
             stored);
    return onem2m_token_cannot(call, what);
}

CK_RV onem2m_token_wrap_by(const ONEM2M_TOKEN_CALL *call, CK_MECHANISM_TYPE type,
                           CK_OBJECT_HANDLE wrap_key, CK_OBJECT_HANDLE object, unsigned char *out,
                           CK_ULONG *length)
{
    CK_MECHANISM mechanism = { type, NULL, 0 };

    return call->module->C_WrapKey(call->session, &mechanism, wrap_key, object, out, length);
}

int onem2m_token_wrap(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE object, size_t stored,
                      ONEM2M_TOKEN_KEY *key)
{
    CK_ULONG length = sizeof(key->reference);
    CK_OBJECT_HANDLE wrap_key;
    CK_MECHANISM mechanism;
    CK_RV value;

    if (!need_wrap_key(call, &wrap_key) || !choose(call, stored, &mechanism))
        return 0;
    value =
        onem2m_token_wrap_by(call, mechanism.mechanism, wrap_key, object, key->reference, &length);
    if (value != CKR_OK)
        return onem2m_token_failed(call, "C_WrapKey", value);
    if (length != onem2m_token_wrapped_length(stored))
        return onem2m_refuse(call->error, ONEM2M_R_TOKEN_FAILED, ONEM2M_NO_OFFSET,
                             "PKCS#11 module: C_WrapKey gave %lu octets for a key of %zu", length,
                             stored);
    key->length = length;
    key->custody = ONEM2M_CUSTODY_WRAPPED;
    return 1;
}

int onem2m_token_unwrap(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *wrapped,
                        const ONEM2M_TOKEN_PLACE *place, CK_OBJECT_HANDLE *object)
{
    unsigned char reference[ONEM2M_TOKEN_REFERENCE_MAX];
    ONEM2M_PKCS11_TEMPLATE template;
    CK_OBJECT_HANDLE wrap_key;
    CK_MECHANISM mechanism;
    CK_RV value;

    if (!need_wrap_key(call, &wrap_key) ||
        !choose(call, onem2m_token_stored_length(wrapped), &mechanism))
        return 0;
    onem2m_token_describe(call, &template, place);
    memcpy(reference, wrapped->reference, wrapped->length); /* a module could write to it */
    value = call->module->C_UnwrapKey(call->session, &mechanism, wrap_key, reference,
                                      wrapped->length, template.attributes, template.count, object);
    return value == CKR_OK || onem2m_token_failed(call, "C_UnwrapKey", value);
}

/* NSS's softokn wraps keys of more than 256 octets and does not unwrap them. */
static int comes_back(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key)
{
    CK_OBJECT_HANDLE object;

    return key->key_length <= EVP_MAX_MD_SIZE ||
           (onem2m_token_unwrap(call, key, &onem2m_token_for_use, &object) &&
            onem2m_token_dispose(call, object, 1));
}

int onem2m_token_wrap_new(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE object, size_t stored,
                          ONEM2M_TOKEN_KEY *key)
{
    const int ok = onem2m_token_wrap(call, object, stored, key) && comes_back(call, key);

    return onem2m_token_dispose(call, object, ok);
}
