/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/param_build.h>
#include "keys.h"

const unsigned char key_octets[KEY_MAX] = {
    0x51, 0x25, 0x13, 0x37, [31] = 0xCF, [64] = 7, [128] = 9, [511] = 0xFF
};

LOADED loaded;

int load_group(void **state)
{
    (void)state;
    load(&loaded);
    return 0;
}

int unload_group(void **state)
{
    (void)state;
    unload(&loaded);
    return 0;
}

static void push_text(OSSL_PARAM_BLD *builder, const char *name, const char *text)
{
    if (text != NULL)
        CHECK(OSSL_PARAM_BLD_push_utf8_string(builder, name, text, 0) == 1);
}

static OSSL_PARAM *params_of(const KEY_SPEC *spec)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params;

    push_text(builder, "kind", spec->kind);
    push_text(builder, "purpose", spec->purpose);
    push_text(builder, "state", spec->state);
    push_text(builder, "not-after", spec->not_after);
    push_text(builder, "key-id", spec->key_id);
    if (spec->key_id != NULL)
        OSSL_PARAM_BLD_push_uint(builder, "store", 1);
    if (spec->suid != 0)
        OSSL_PARAM_BLD_push_uint(builder, "suid", spec->suid);
    if (spec->extractable)
        OSSL_PARAM_BLD_push_uint(builder, "extractable", 1);
    if (spec->no_derive_octets)
        OSSL_PARAM_BLD_push_uint(builder, "derive-octets", 0);
    OSSL_PARAM_BLD_push_octet_string(builder, "priv", key_octets,
                                     spec->length != 0 ? spec->length : 32);
    params = OSSL_PARAM_BLD_to_param(builder);
    OSSL_PARAM_BLD_free(builder);
    return params;
}

EVP_PKEY *import_key(OSSL_LIB_CTX *libctx, const KEY_SPEC *spec)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(libctx, "ONEM2M", ONEM2M_PROPERTY_QUERY);
    OSSL_PARAM *params = params_of(spec);
    EVP_PKEY *key = NULL;
    const int ok = ctx != NULL && EVP_PKEY_fromdata_init(ctx) > 0 &&
                   EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) > 0;

    OSSL_PARAM_free(params);
    EVP_PKEY_CTX_free(ctx);
    check_no_error();
    CHECK(ok);
    return key;
}

size_t reference_hmac(const char *digest, size_t key_length, const void *message, size_t length,
                      unsigned char out[EVP_MAX_MD_SIZE])
{
    size_t size = 0;

    CHECK(EVP_Q_mac(NULL, "HMAC", NULL, digest, NULL, key_octets, key_length, message, length, out,
                    EVP_MAX_MD_SIZE, &size) != NULL);
    return size;
}

int set_text(EVP_PKEY *key, const char *name, const char *value)
{
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)value, 0),
        OSSL_PARAM_construct_end(),
    };

    return EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)params);
}
