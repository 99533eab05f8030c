/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/store.h>
#include <onem2m/params.h>
#include "token_store.h"

/* What programs call. */

static char maf[] = BENCH_MAF;

/* ---- By name ---- */

int bench_token_kdf_new(BENCH_TOKEN_KDF *kdf, const BENCH_TOKEN_STORE *store, size_t at)
{
    kdf->params[0] = OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_MAF_ID, maf, sizeof(maf) - 1);
    kdf->params[1] =
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID, store->names[at].text, store->length);
    kdf->params[2] = OSSL_PARAM_construct_end();
    kdf->kdf = EVP_KDF_fetch(store->libctx, ONEM2M_KDF_KM, ONEM2M_PROPERTY_QUERY);
    kdf->context = EVP_KDF_CTX_new(kdf->kdf);
    return (kdf->context != NULL && EVP_KDF_CTX_set_params(kdf->context, kdf->params) > 0) ||
           bench_failed(ONEM2M_KDF_KM);
}

void bench_token_kdf_free(BENCH_TOKEN_KDF *kdf)
{
    EVP_KDF_CTX_free(kdf->context);
    EVP_KDF_free(kdf->kdf);
}

int bench_token_kdf_derive(BENCH_TOKEN_KDF *kdf, BENCH_NAME *name, unsigned char *out)
{
    if (name != NULL)
        kdf->params[1].data = name->text;
    return EVP_KDF_derive(kdf->context, out, BENCH_MAC_OCTETS, name != NULL ? kdf->params : NULL) >
               0 ||
           bench_failed(ONEM2M_KDF_KM);
}

/* ---- A key object ---- */

static EVP_PKEY *load(const BENCH_TOKEN_STORE *store)
{
    char uri[sizeof(ONEM2M_STORE_SCHEME) + sizeof(BENCH_NAME)];
    OSSL_STORE_CTX *loader;
    OSSL_STORE_INFO *info = NULL;
    EVP_PKEY *key = NULL;

    snprintf(uri, sizeof(uri), "%s:%s", ONEM2M_STORE_SCHEME, store->names[BENCH_HELD].text);
    ERR_set_mark(); /* "unregistered scheme", which is OpenSSL's own and would stay there */
    loader =
        OSSL_STORE_open_ex(uri, store->libctx, ONEM2M_PROPERTY_QUERY, NULL, NULL, NULL, NULL, NULL);
    ERR_pop_to_mark();
    if (loader != NULL)
        info = OSSL_STORE_load(loader);
    if (info != NULL)
        key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
    OSSL_STORE_close(loader);
    return key;
}

int bench_token_object_new(BENCH_TOKEN_OBJECT *object, const BENCH_TOKEN_STORE *store)
{
    static char km[] = ONEM2M_KDF_KM;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_DERIVATION, km, sizeof(km) - 1),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_MAF_ID, maf, sizeof(maf) - 1),
        OSSL_PARAM_construct_end()
    };

    object->key = load(store);
    if (object->key == NULL)
        return bench_failed("loading a key object");
    object->derivation =
        EVP_PKEY_CTX_new_from_pkey(store->libctx, object->key, ONEM2M_PROPERTY_QUERY);
    object->generation =
        EVP_PKEY_CTX_new_from_pkey(store->libctx, object->key, ONEM2M_PROPERTY_QUERY);
    return (object->derivation != NULL && object->generation != NULL &&
            EVP_PKEY_derive_init_ex(object->derivation, params) > 0 &&
            EVP_PKEY_keygen_init(object->generation) > 0 &&
            EVP_PKEY_CTX_set_params(object->generation, params) > 0) ||
           bench_failed("a context of a key object");
}

void bench_token_object_free(BENCH_TOKEN_OBJECT *object)
{
    EVP_PKEY_CTX_free(object->derivation);
    EVP_PKEY_CTX_free(object->generation);
    EVP_PKEY_free(object->key);
}

int bench_token_object_derive(const BENCH_TOKEN_OBJECT *object, unsigned char *out)
{
    size_t length = BENCH_MAC_OCTETS;

    return EVP_PKEY_derive(object->derivation, out, &length) > 0 || bench_failed("EVP_PKEY_derive");
}

int bench_token_object_generate(const BENCH_TOKEN_OBJECT *object)
{
    EVP_PKEY *child = NULL;
    const int ok = EVP_PKEY_generate(object->generation, &child) > 0;

    EVP_PKEY_free(child);
    return ok || bench_failed("EVP_PKEY_generate");
}

/* ---- A MAC ---- */

/* A key for MICs. */
static int add_mac_key(const BENCH_TOKEN_STORE *store, char *key_id)
{
    char kind[] = ONEM2M_KIND_NAME_ESDATA;
    unsigned char octets[BENCH_MAC_OCTETS] = { 1 };
    unsigned int suid = 25, yes = 1;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID, key_id, 0),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KIND, kind, 0),
        OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &suid),
        OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_PRIV, octets, sizeof(octets)),
        OSSL_PARAM_construct_uint(ONEM2M_PARAM_STORE, &yes),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *context =
        EVP_PKEY_CTX_new_from_name(store->libctx, ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY);
    EVP_PKEY *key = NULL;
    const int ok = context != NULL && EVP_PKEY_fromdata_init(context) > 0 &&
                   EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, params) > 0;

    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(context);
    return ok || bench_failed("adding a key for MICs");
}

int bench_token_mac_new(BENCH_TOKEN_MAC *mac, const BENCH_TOKEN_STORE *store)
{
    char key_id[] = "00112233445566778899AABBCCDDEEFF@" BENCH_MAF;
    const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID, key_id, 0),
                                  OSSL_PARAM_construct_end() };

    if (!add_mac_key(store, key_id))
        return 0;
    mac->message = store->raw.message;
    mac->mac = EVP_MAC_fetch(store->libctx, ONEM2M_MAC_HMAC, ONEM2M_PROPERTY_QUERY);
    mac->context = EVP_MAC_CTX_new(mac->mac);
    return (mac->context != NULL && EVP_MAC_init(mac->context, NULL, 0, params) > 0) ||
           bench_failed(ONEM2M_MAC_HMAC);
}

void bench_token_mac_free(BENCH_TOKEN_MAC *mac)
{
    EVP_MAC_CTX_free(mac->context);
    EVP_MAC_free(mac->mac);
}

int bench_token_mac_compute(const BENCH_TOKEN_MAC *mac, unsigned char *out)
{
    size_t length;

    return (EVP_MAC_init(mac->context, NULL, 0, NULL) > 0 &&
            EVP_MAC_update(mac->context, mac->message.data, mac->message.length) > 0 &&
            EVP_MAC_final(mac->context, out, &length, BENCH_MAC_OCTETS) > 0) ||
           bench_failed(ONEM2M_MAC_HMAC);
}
