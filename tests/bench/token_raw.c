/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <string.h>
#include "bench.h"
#include "keystore/token_mechanisms.h"
#include "tests/pkcs11/shim.h"
#include "token_raw.h"

#define OBJECT "onem2m"
#define WRAP_SUFFIX " wrap"
#define MESSAGE_MAX 256

static int failed(const char *function, CK_RV value)
{
    ONEM2M_ERROR error;

    onem2m_pkcs11_refuse(&error, function, value);
    return bench_failed(error.detail);
}

/* ---- A session, and the key that wraps ---- */

static CK_OBJECT_HANDLE find(const BENCH_RAW *raw, CK_ATTRIBUTE_TYPE type, const void *octets,
                             size_t length)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
    CK_ULONG count = 1;
    const char *function;

    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 1);
    onem2m_pkcs11_add(&template, type, octets, length);
    (void)onem2m_pkcs11_find(raw->session.module, raw->session.handle, &template, &found, &count,
                             &function);
    return found;
}

static CK_OBJECT_HANDLE copy(const BENCH_RAW *raw, CK_OBJECT_HANDLE key)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_OBJECT_HANDLE made;

    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 0);
    return raw->session.module->C_CopyObject(raw->session.handle, key, template.attributes,
                                             template.count, &made) == CKR_OK
               ? made
               : key;
}

static int find_wrap_key(BENCH_RAW *raw, P11KitUri *uri)
{
    const CK_ATTRIBUTE *object = p11_kit_uri_get_attribute(uri, CKA_LABEL);
    char label[MESSAGE_MAX];
    CK_OBJECT_HANDLE found;

    if (object->ulValueLen > sizeof(label) - sizeof(WRAP_SUFFIX))
        return 0;
    memcpy(label, object->pValue, object->ulValueLen);
    memcpy(label + object->ulValueLen, WRAP_SUFFIX, strlen(WRAP_SUFFIX));
    found = find(raw, CKA_LABEL, label, object->ulValueLen + strlen(WRAP_SUFFIX));
    raw->wrap_key = found != CK_INVALID_HANDLE ? copy(raw, found) : found;
    return 1;
}

int bench_raw_open(BENCH_RAW *raw, const char *uri)
{
    ONEM2M_ERROR error;
    P11KitUri *parsed;
    int ok;

    if (!onem2m_pkcs11_parse_token_uri(&parsed, uri, OBJECT, &error))
        return bench_failed(error.detail);
    ok = onem2m_pkcs11_open(&raw->session, parsed, CKF_RW_SESSION, &error) ||
         bench_failed(error.detail);
    ok = ok && (find_wrap_key(raw, parsed) || bench_failed("the label of the key that wraps"));
    p11_kit_uri_free(parsed);
    return ok;
}

int bench_raw_open_another(BENCH_RAW *raw, const BENCH_RAW *first)
{
    *raw = *first;
    return raw->session.module->C_OpenSession(raw->session.slot,
                                              CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
                                              &raw->session.handle) == CKR_OK;
}

/* ---- Calls ---- */

int bench_raw_sign(const BENCH_RAW *raw, CK_OBJECT_HANDLE key, unsigned char *out)
{
    const ONEM2M_PKCS11_SESSION *with = &raw->session;
    CK_MECHANISM mechanism = { CKM_SHA256_HMAC, NULL, 0 };
    unsigned char in[MESSAGE_MAX];
    CK_ULONG length = BENCH_MAC_OCTETS;
    CK_RV value;

    memcpy(in, raw->message.data, raw->message.length);
    value = with->module->C_SignInit(with->handle, &mechanism, key);
    if (value != CKR_OK)
        return failed("C_SignInit", value);
    value = with->module->C_Sign(with->handle, in, raw->message.length, out, &length);
    return value == CKR_OK || failed("C_Sign", value);
}

/* A secret key of the session, for MACs and derivations. */
static void describe(ONEM2M_PKCS11_TEMPLATE *template, int is_extractable)
{
    static const CK_KEY_TYPE generic = CKK_GENERIC_SECRET;

    template->count = 0;
    onem2m_pkcs11_add_secret_key(template, &generic);
    onem2m_pkcs11_add_flag(template, CKA_TOKEN, 0);
    onem2m_pkcs11_add_flag(template, CKA_PRIVATE, 1);
    onem2m_pkcs11_add_flag(template, CKA_SENSITIVE, 1);
    onem2m_pkcs11_add_flag(template, CKA_EXTRACTABLE, is_extractable);
    onem2m_pkcs11_add_flag(template, CKA_SIGN, 1);
    onem2m_pkcs11_add_flag(template, CKA_DERIVE, 1);
}

static int unwrap(const BENCH_RAW *raw, const ONEM2M_TOKEN_KEY *key, int is_extractable,
                  CK_OBJECT_HANDLE *object)
{
    CK_MECHANISM mechanism = { CKM_AES_KEY_WRAP, NULL, 0 };
    unsigned char in[ONEM2M_TOKEN_REFERENCE_MAX];
    ONEM2M_PKCS11_TEMPLATE template;
    CK_RV value;

    memcpy(in, key->reference, key->length);
    describe(&template, is_extractable);
    value =
        raw->session.module->C_UnwrapKey(raw->session.handle, &mechanism, raw->wrap_key, in,
                                         key->length, template.attributes, template.count, object);
    return value == CKR_OK || failed("C_UnwrapKey", value);
}

static int destroy(const BENCH_RAW *raw, CK_OBJECT_HANDLE object)
{
    const CK_RV value = raw->session.module->C_DestroyObject(raw->session.handle, object);

    return value == CKR_OK || failed("C_DestroyObject", value);
}

int bench_raw_get(const BENCH_RAW *raw, const ONEM2M_TOKEN_KEY *key, CK_OBJECT_HANDLE *object)
{
    if (key->custody == ONEM2M_CUSTODY_WRAPPED)
        return unwrap(raw, key, 0, object);
    *object = find(raw, CKA_ID, key->reference, key->length);
    return *object != CK_INVALID_HANDLE || bench_failed("C_FindObjects of a CKA_ID");
}

int bench_raw_drop(const BENCH_RAW *raw, const ONEM2M_TOKEN_KEY *key, CK_OBJECT_HANDLE object)
{
    return key->custody != ONEM2M_CUSTODY_WRAPPED || destroy(raw, object);
}

static int wrap_and_destroy(const BENCH_RAW *raw, CK_OBJECT_HANDLE object)
{
    CK_MECHANISM mechanism = { CKM_AES_KEY_WRAP, NULL, 0 };
    unsigned char out[ONEM2M_TOKEN_REFERENCE_MAX];
    CK_ULONG length = sizeof(out);
    const CK_RV value = raw->session.module->C_WrapKey(raw->session.handle, &mechanism,
                                                       raw->wrap_key, object, out, &length);

    return (value == CKR_OK || failed("C_WrapKey", value)) && destroy(raw, object);
}

int bench_raw_derive_by_host(const BENCH_RAW *raw, CK_OBJECT_HANDLE key)
{
    unsigned char octets[BENCH_MAC_OCTETS];
    ONEM2M_PKCS11_TEMPLATE template;
    CK_OBJECT_HANDLE object;
    CK_RV value;

    if (!bench_raw_sign(raw, key, octets))
        return 0;
    describe(&template, 1);
    onem2m_pkcs11_add(&template, CKA_VALUE, octets, sizeof(octets));
    value = raw->session.module->C_CreateObject(raw->session.handle, template.attributes,
                                                template.count, &object);
    return (value == CKR_OK || failed("C_CreateObject", value)) && wrap_and_destroy(raw, object);
}

static int derive(const BENCH_RAW *raw, CK_OBJECT_HANDLE parent, CK_OBJECT_HANDLE *child)
{
    static const CK_ULONG octets = BENCH_MAC_OCTETS;
    unsigned char in[MESSAGE_MAX];
    ONEM2M_CK_PRF_DATA_PARAM data[] = { { ONEM2M_CK_SP800_108_ITERATION_VARIABLE, NULL, 0 },
                                        { ONEM2M_CK_SP800_108_BYTE_ARRAY, in,
                                          raw->message.length } };
    ONEM2M_CK_SP800_108_FEEDBACK_KDF_PARAMS parameters = { .prfType = CKM_SHA256_HMAC,
                                                           .ulNumberOfDataParams = 2,
                                                           .pDataParams = data };
    CK_MECHANISM mechanism = { ONEM2M_CKM_SP800_108_FEEDBACK_KDF, &parameters, sizeof(parameters) };
    ONEM2M_PKCS11_TEMPLATE template;
    CK_RV value;

    memcpy(in, raw->message.data, raw->message.length);
    describe(&template, 1);
    onem2m_pkcs11_add(&template, CKA_VALUE_LEN, &octets, sizeof(octets));
    value = raw->session.module->C_DeriveKey(raw->session.handle, &mechanism, parent,
                                             template.attributes, template.count, child);
    return value == CKR_OK || failed("C_DeriveKey", value);
}

int bench_raw_derive_in_token(const BENCH_RAW *raw, const ONEM2M_TOKEN_KEY *key)
{
    CK_OBJECT_HANDLE parent, child;

    return unwrap(raw, key, 1, &parent) && derive(raw, parent, &child) &&
           wrap_and_destroy(raw, child) && destroy(raw, parent);
}

long bench_raw_searches(const char *uri)
{
    const SHIM_CONTROL *control = NULL;
    ONEM2M_ERROR error;
    P11KitUri *parsed;
    const char *path;
    void *module;

    if (!onem2m_pkcs11_parse_token_uri(&parsed, uri, OBJECT, &error))
        return -1;
    path = p11_kit_uri_get_module_path(parsed);
    module = path != NULL ? dlopen(path, RTLD_NOW | RTLD_NOLOAD) : NULL;
    if (module != NULL) {
        control = dlsym(module, "shim");
        dlclose(module);
    }
    p11_kit_uri_free(parsed);
    return control != NULL ? (long)control->calls[SHIM_C_FindObjectsInit] : -1;
}
