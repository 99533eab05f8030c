/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include "support.h"

const unsigned char octets_of_ke[32] = { 0x11, 0x22, 0x33, 0x44 };

OSSL_PARAM number(const char *name, unsigned int value)
{
    static unsigned int values[16];
    static size_t next;
    unsigned int *place = &values[next++ % 16];

    *place = value;
    return OSSL_PARAM_construct_uint(name, place);
}

EVP_PKEY *import(OSSL_LIB_CTX *libctx, const OSSL_PARAM params[])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(libctx, ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY);
    EVP_PKEY *key = NULL;

    assert_non_null(ctx);
    assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
    if (EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, (OSSL_PARAM *)(uintptr_t)params) <= 0)
        assert_null(key);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

EVP_PKEY *generate(OSSL_LIB_CTX *libctx, EVP_PKEY *parent, const OSSL_PARAM params[])
{
    EVP_PKEY_CTX *ctx =
        parent != NULL ? EVP_PKEY_CTX_new_from_pkey(libctx, parent, ONEM2M_PROPERTY_QUERY)
                       : EVP_PKEY_CTX_new_from_name(libctx, ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY);
    EVP_PKEY *key = NULL;

    assert_non_null(ctx);
    if (EVP_PKEY_keygen_init(ctx) <= 0 || EVP_PKEY_CTX_set_params(ctx, params) <= 0 ||
        EVP_PKEY_generate(ctx, &key) <= 0)
        assert_null(key);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

OSSL_STORE_CTX *open_uri(OSSL_LIB_CTX *libctx, const char *uri)
{
    return OSSL_STORE_open_ex(uri, libctx, ONEM2M_PROPERTY_QUERY, NULL, NULL, NULL, NULL, NULL);
}

EVP_PKEY *load_key(OSSL_LIB_CTX *libctx, const char *uri)
{
    OSSL_STORE_CTX *store = open_uri(libctx, uri);
    OSSL_STORE_INFO *info;
    EVP_PKEY *key;

    if (store == NULL)
        return NULL;
    ERR_clear_error(); /* "unregistered scheme", which is OpenSSL's own and stays there */
    assert_false(OSSL_STORE_eof(store));
    info = OSSL_STORE_load(store);
    assert_non_null(info);
    assert_true(OSSL_STORE_eof(store));
    key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
    assert_int_equal(OSSL_STORE_close(store), 1);
    return key;
}

int count_names(OSSL_LIB_CTX *libctx, const char *uri)
{
    OSSL_STORE_CTX *store = open_uri(libctx, uri);
    int count = 0;

    if (store == NULL)
        return -1;
    while (!OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);

        if (info == NULL)
            break;
        assert_int_equal(OSSL_STORE_INFO_get_type(info), OSSL_STORE_INFO_NAME);
        OSSL_STORE_INFO_free(info);
        count++;
    }
    if (OSSL_STORE_error(store))
        count = -1;
    OSSL_STORE_close(store);
    return count;
}

const char *attribute(EVP_PKEY *key, const char *name)
{
    static char text[1024];

    return EVP_PKEY_get_utf8_string_param(key, name, text, sizeof(text), NULL) ? text : "";
}

size_t octets_of(EVP_PKEY *key, unsigned char octets[512])
{
    OSSL_PARAM *params = NULL;
    const OSSL_PARAM *priv;
    size_t length = 0;

    if (!EVP_PKEY_todata(key, EVP_PKEY_KEYPAIR, &params))
        return 0;
    priv = OSSL_PARAM_locate_const(params, ONEM2M_PARAM_PRIV);
    assert_non_null(priv);
    length = priv->data_size;
    memcpy(octets, priv->data, length);
    OSSL_PARAM_free(params);
    return length;
}

void check_refused_by(const char *library, ONEM2M_REASON reason, const char *detail)
{
    const char *data = "", *name;
    unsigned long code;

    do {
        code = ERR_get_error_all(NULL, NULL, NULL, &data, NULL);
        name = ERR_lib_error_string(code);
    } while (code != 0 && (name == NULL || strcmp(name, library) != 0));
    if (code == 0 || ERR_GET_REASON(code) != (int)reason)
        fail_msg("reason %d instead of %d: %s", ERR_GET_REASON(code), (int)reason, data);
    if (detail != NULL && strstr(data, detail) == NULL)
        fail_msg("\"%s\" does not say %s", data, detail);
    assert_non_null(ERR_reason_error_string(code));
    ERR_clear_error();
}

void check_refused(ONEM2M_REASON reason, const char *detail)
{
    check_refused_by(ONEM2M_PROVIDER_NAME, reason, detail);
}

void check_quiet(void)
{
    const char *data = "";
    const unsigned long code = ERR_get_error_all(NULL, NULL, NULL, &data, NULL);

    if (code != 0)
        fail_msg("on the queue: %s: %s", ERR_reason_error_string(code), data);
}
