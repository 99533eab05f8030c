/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "token_internal.h"

/* A key that is to be made; key is the caller's, written to in the end. */
typedef struct {
    ONEM2M_TOKEN_KEY made;
    ONEM2M_SLICE octets;            /* of what is brought */
    const ONEM2M_TOKEN_KEY *source; /* what is settled */
} MAKING;

/* How an object of the token is made: sensitive but when its octets may be read. */
static ONEM2M_TOKEN_PLACE place_of(const ONEM2M_TOKEN_KEY *key)
{
    return (ONEM2M_TOKEN_PLACE){ .is_sensitive = !key->extractable,
                                 .is_extractable = key->extractable,
                                 .id = key->reference };
}

/* The id is drawn once: what a first try may have left behind when the token was lost is found. */
static int begin_object(ONEM2M_TOKEN_CALL *call, MAKING *making)
{
    ONEM2M_TOKEN_KEY *key = &making->made;
    CK_OBJECT_HANDLE left;
    CK_RV value;
    int found;

    if (key->length > 0) {
        found = onem2m_token_find(call, key->reference, &left);
        return found == 0 || (found > 0 && onem2m_token_dispose(call, left, 1));
    }
    value = call->module->C_GenerateRandom(call->session, key->reference, ONEM2M_TOKEN_ID_OCTETS);
    if (value != CKR_OK)
        return onem2m_token_failed(call, "C_GenerateRandom", value);
    key->length = ONEM2M_TOKEN_ID_OCTETS;
    return 1;
}

/* ---- Import ---- */

/* An object of these octets, perhaps with zeros behind them; *stored: how many it has then. */
static int make_padded(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_PLACE *place,
                       ONEM2M_SLICE octets, size_t *stored, CK_OBJECT_HANDLE *object)
{
    unsigned char padded[ONEM2M_TOKEN_PADDED_MAX] = { 0 };
    int ok;

    if (!onem2m_token_choose_stored(call, place->id == NULL, octets.length, stored))
        return 0;
    if (*stored == octets.length)
        return onem2m_token_make(call, place, octets, object);
    memcpy(padded, octets.data, octets.length);
    ok = onem2m_token_make(call, place, (ONEM2M_SLICE){ padded, *stored }, object);
    OPENSSL_cleanse(padded, sizeof(padded));
    return ok;
}

int onem2m_token_wrap_octets(ONEM2M_TOKEN_CALL *call, ONEM2M_SLICE octets, ONEM2M_TOKEN_KEY *key)
{
    CK_OBJECT_HANDLE object;
    size_t stored;

    return make_padded(call, &onem2m_token_for_wrapping, octets, &stored, &object) &&
           onem2m_token_wrap_new(call, object, stored, key);
}

static int import(ONEM2M_TOKEN_CALL *call, void *argument)
{
    MAKING *making = argument;
    const ONEM2M_TOKEN_PLACE place = place_of(&making->made);
    CK_OBJECT_HANDLE object;
    size_t stored;

    if (making->made.custody == ONEM2M_CUSTODY_WRAPPED)
        return onem2m_token_wrap_octets(call, making->octets, &making->made);
    return begin_object(call, making) &&
           make_padded(call, &place, making->octets, &stored, &object);
}

/* A token may have made an object and yet say that it failed: nobody would know of it. */
static void destroy_left(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key)
{
    if (key->custody == ONEM2M_CUSTODY_OBJECT && key->length > 0)
        onem2m_token_destroy(token, key, NULL);
}

static int run(ONEM2M_TOKEN *token, onem2m_token_operation_fn *operation, MAKING *making,
               ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    if (!onem2m_token_check_length(making->made.key_length, error))
        return 0;
    if (making->made.custody == ONEM2M_CUSTODY_SOFTWARE)
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                             "a key in software is none of a PKCS#11 token");
    if (!onem2m_token_run(token, NULL, operation, making, error)) {
        destroy_left(token, &making->made);
        return 0;
    }
    *key = making->made;
    return 1;
}

int onem2m_token_import(ONEM2M_TOKEN *token, ONEM2M_CUSTODY custody, int extractable,
                        ONEM2M_SLICE octets, ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    MAKING making = { .made = { .custody = custody,
                                .birth = ONEM2M_BIRTH_IMPORTED,
                                .extractable = extractable != 0,
                                .key_length = octets.length },
                      .octets = octets };

    return run(token, import, &making, key, error);
}

/* ---- Generate ---- */

int onem2m_token_generate_object(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_PLACE *place,
                                 size_t length, CK_OBJECT_HANDLE *object)
{
    CK_MECHANISM mechanism = { CKM_GENERIC_SECRET_KEY_GEN, NULL, 0 };
    const CK_ULONG octets = length;
    ONEM2M_PKCS11_TEMPLATE template;
    CK_RV value;

    onem2m_token_describe(call, &template, place);
    onem2m_pkcs11_add(&template, CKA_VALUE_LEN, &octets, sizeof(octets));
    value = call->module->C_GenerateKey(call->session, &mechanism, template.attributes,
                                        template.count, object);
    if (value == CKR_MECHANISM_INVALID)
        return onem2m_token_cannot(call, "has no CKM_GENERIC_SECRET_KEY_GEN");
    return value == CKR_OK || onem2m_token_failed(call, "C_GenerateKey", value);
}

static int generate(ONEM2M_TOKEN_CALL *call, void *argument)
{
    MAKING *making = argument;
    ONEM2M_TOKEN_KEY *key = &making->made;
    const ONEM2M_TOKEN_PLACE place = place_of(key);
    CK_OBJECT_HANDLE object;
    size_t stored;

    if (!onem2m_token_choose_stored(call, key->custody == ONEM2M_CUSTODY_WRAPPED, key->key_length,
                                    &stored))
        return 0;
    if (stored != key->key_length) /* zeros cannot be put behind what is made in the token */
        return onem2m_token_cannot(call, "generates no key of this length that it makes HMACs "
                                         "with, or wraps");
    if (key->custody == ONEM2M_CUSTODY_WRAPPED)
        return onem2m_token_generate_object(call, &onem2m_token_for_wrapping, key->key_length,
                                            &object) &&
               onem2m_token_wrap_new(call, object, key->key_length, key);
    return begin_object(call, making) &&
           onem2m_token_generate_object(call, &place, key->key_length, &object);
}

int onem2m_token_generate(ONEM2M_TOKEN *token, ONEM2M_CUSTODY custody, int extractable,
                          size_t length, ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    MAKING making = { .made = { .custody = custody,
                                .birth = ONEM2M_BIRTH_GENERATED,
                                .extractable = extractable != 0,
                                .key_length = length } };

    return run(token, generate, &making, key, error);
}

/* ---- Settle ---- */

static int settle(ONEM2M_TOKEN_CALL *call, void *argument)
{
    MAKING *making = argument;
    const ONEM2M_TOKEN_PLACE place = place_of(&making->made);
    CK_OBJECT_HANDLE object;

    return begin_object(call, making) && onem2m_token_unwrap(call, making->source, &place, &object);
}

int onem2m_token_settle(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *wrapped,
                        ONEM2M_TOKEN_KEY *object, ONEM2M_ERROR *error)
{
    MAKING making = { .made = { .custody = ONEM2M_CUSTODY_OBJECT,
                                .birth = wrapped->birth,
                                .extractable = wrapped->extractable,
                                .key_length = wrapped->key_length },
                      .source = wrapped };

    if (!onem2m_token_check_key(wrapped, error))
        return 0;
    if (wrapped->custody != ONEM2M_CUSTODY_WRAPPED)
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                             "a key that is an object of the token is not wrapped");
    return run(token, settle, &making, object, error);
}

/* ---- Destroy ---- */

static int destroy(ONEM2M_TOKEN_CALL *call, void *argument)
{
    const ONEM2M_TOKEN_KEY *key = argument;
    CK_OBJECT_HANDLE object;
    CK_RV value;
    int found;

    onem2m_token_forget(call, key);
    if (key->custody == ONEM2M_CUSTODY_WRAPPED)
        return 1;
    found = onem2m_token_find(call, key->reference, &object);
    if (found <= 0)
        return found == 0;
    value = call->module->C_DestroyObject(call->session, object);
    return value == CKR_OK || onem2m_token_failed(call, "C_DestroyObject", value);
}

int onem2m_token_destroy(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY copy = *key;

    return onem2m_token_check_key(key, error) &&
           onem2m_token_run(token, NULL, destroy, &copy, error);
}

/* ---- What of it may be read ---- */

typedef struct {
    CK_BBOOL is_sensitive, is_extractable;
} PROTECTION;

static int get_protection(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE object, PROTECTION *protection)
{
    CK_ATTRIBUTE attributes[] = {
        { CKA_SENSITIVE, &protection->is_sensitive, sizeof(protection->is_sensitive) },
        { CKA_EXTRACTABLE, &protection->is_extractable, sizeof(protection->is_extractable) }
    };
    const CK_RV value = call->module->C_GetAttributeValue(call->session, object, attributes, 2);

    return value == CKR_OK || onem2m_token_failed(call, "C_GetAttributeValue", value);
}

/* Both can be turned this way only, and modules refuse to set what is set. */
static int restrict_object(ONEM2M_TOKEN_CALL *call, void *argument)
{
    const ONEM2M_TOKEN_KEY *key = argument;
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_OBJECT_HANDLE object;
    PROTECTION protection;
    CK_RV value;

    if (!onem2m_token_hold(call, key, &object) || !get_protection(call, object, &protection))
        return 0;
    if (protection.is_extractable)
        onem2m_pkcs11_add_flag(&template, CKA_EXTRACTABLE, 0);
    if (!protection.is_sensitive)
        onem2m_pkcs11_add_flag(&template, CKA_SENSITIVE, 1);
    if (template.count == 0)
        return 1;
    value = call->module->C_SetAttributeValue(call->session, object, template.attributes,
                                              template.count);
    return value == CKR_OK || onem2m_token_failed(call, "C_SetAttributeValue", value);
}

int onem2m_token_restrict(ONEM2M_TOKEN *token, ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    if (!onem2m_token_check_key(key, error))
        return 0;
    if (key->extractable && key->custody == ONEM2M_CUSTODY_OBJECT &&
        !onem2m_token_run(token, key, restrict_object, key, error))
        return 0;
    key->extractable = 0; /* of a wrapped key it says what it is unwrapped for */
    return 1;
}

static int refuse_value(ONEM2M_TOKEN_CALL *call)
{
    return onem2m_refuse(call->error, ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_NO_OFFSET,
                         "the key is in a PKCS#11 token and not extractable");
}

/* As onem2m_token_failed, with the reason that a key has which does not leave. */
static void refuse_sensitive(ONEM2M_TOKEN_CALL *call)
{
    onem2m_refuse(call->error, ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_NO_OFFSET,
                  "PKCS#11 module: C_GetAttributeValue returned CKR_ATTRIBUTE_SENSITIVE (0x%lX)",
                  CKR_ATTRIBUTE_SENSITIVE);
    onem2m_pkcs11_say_which(call->error, call->token->uri);
}

/* Zeros may be behind the key: see onem2m_token_choose_stored. */
static int is_value(const unsigned char *octets, CK_ULONG count, size_t length)
{
    if (count != length && count != onem2m_token_padded_length(length))
        return 0;
    while (count > length && octets[count - 1] == 0)
        count--;
    return count == length;
}

static int get_value(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE object, size_t length,
                     unsigned char *out)
{
    unsigned char octets[ONEM2M_TOKEN_KEY_MAX] = { 0 };
    CK_ATTRIBUTE attribute = { CKA_VALUE, octets, sizeof(octets) };
    const CK_RV value = call->module->C_GetAttributeValue(call->session, object, &attribute, 1);
    int ok = 0;

    if (value == CKR_ATTRIBUTE_SENSITIVE)
        refuse_sensitive(call);
    else if (value != CKR_OK)
        onem2m_token_failed(call, "C_GetAttributeValue", value);
    else if (!is_value(octets, attribute.ulValueLen, length))
        onem2m_refuse(call->error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                      "the key in the token has %lu octets and should have %zu",
                      attribute.ulValueLen, length);
    else
        ok = 1;
    if (ok)
        memcpy(out, octets, length);
    OPENSSL_cleanse(octets, sizeof(octets));
    return ok;
}

static int get_wrapped(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key, unsigned char *out)
{
    CK_OBJECT_HANDLE object;

    return onem2m_token_unwrap(call, key, &onem2m_token_for_reading, &object) &&
           onem2m_token_dispose(call, object, get_value(call, object, key->key_length, out));
}

/*
 * NSS's softokn gives no octets of an object of the token, whatever its attributes: an extractable
 * one is read by way of its wrapped form. It wraps others too, so they are told apart here.
 */
static int get_object(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key, unsigned char *out)
{
    ONEM2M_TOKEN_KEY wrapped = *key;
    CK_OBJECT_HANDLE object;
    PROTECTION protection;

    if (!onem2m_token_hold(call, key, &object) || !get_protection(call, object, &protection))
        return 0;
    if (!protection.is_extractable)
        return refuse_value(call);
    if (get_value(call, object, key->key_length, out))
        return 1;
    if (call->error->reason != ONEM2M_R_NOT_EXTRACTABLE)
        return 0;
    return onem2m_token_wrap(call, object, key->key_length, &wrapped) &&
           get_wrapped(call, &wrapped, out);
}

int onem2m_token_get_octets(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key,
                            unsigned char *out)
{
    if (!key->extractable)
        return refuse_value(call);
    return key->custody == ONEM2M_CUSTODY_OBJECT ? get_object(call, key, out)
                                                 : get_wrapped(call, key, out);
}

typedef struct {
    const ONEM2M_TOKEN_KEY *key;
    unsigned char octets[ONEM2M_TOKEN_KEY_MAX];
} READING;

static int read_octets(ONEM2M_TOKEN_CALL *call, void *argument)
{
    READING *reading = argument;

    return onem2m_token_get_octets(call, reading->key, reading->octets);
}

int onem2m_token_read(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key, unsigned char *out,
                      ONEM2M_ERROR *error)
{
    READING reading = { .key = key };
    int ok;

    if (!onem2m_token_check_key(key, error))
        return 0;
    ok = onem2m_token_run(token, key, read_octets, &reading, error);
    if (ok)
        memcpy(out, reading.octets, key->key_length);
    OPENSSL_cleanse(reading.octets, sizeof(reading.octets));
    return ok;
}
