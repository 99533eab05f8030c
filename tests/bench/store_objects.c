/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/store.h>
#include <onem2m/params.h>
#include "store_internal.h"

#define KEY_OCTETS 32

static EVP_PKEY *load(BENCH_OBJECT *object)
{
    char uri[sizeof(ONEM2M_STORE_SCHEME) + sizeof(BENCH_NAME) + sizeof("?kind=kpsa")];
    OSSL_STORE_CTX *store;
    OSSL_STORE_INFO *info = NULL;
    EVP_PKEY *key = NULL;

    object->next = (object->next + 1) % object->names->count;
    snprintf(uri, sizeof(uri), "%s:%s?kind=kpsa", ONEM2M_STORE_SCHEME,
             object->names->names[object->next].text);
    ERR_set_mark(); /* "unregistered scheme", which is OpenSSL's own and would stay there */
    store = OSSL_STORE_open_ex(uri, object->libctx, ONEM2M_PROPERTY_QUERY, NULL, NULL, NULL, NULL,
                               NULL);
    ERR_pop_to_mark();
    if (store != NULL)
        info = OSSL_STORE_load(store);
    if (info != NULL)
        key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
    OSSL_STORE_close(store);
    return key;
}

int bench_object_init(BENCH_OBJECT *object, const BENCH_STORE *store)
{
    object->libctx = store->libctx;
    object->names = &store->names[BENCH_KPSA];
    object->key = load(object);
    return object->key != NULL;
}

void bench_object_clear(BENCH_OBJECT *object)
{
    EVP_PKEY_free(object->key);
}

int bench_object_load(void *state)
{
    EVP_PKEY *key = load(state);

    EVP_PKEY_free(key);
    return key != NULL;
}

int bench_object_ask(void *state)
{
    const BENCH_OBJECT *object = state;
    char key_id[sizeof(BENCH_NAME)], kind[16], key_state[16], not_after[24];
    unsigned int suid = 0;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID, key_id, sizeof(key_id)),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KIND, kind, sizeof(kind)),
        OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &suid),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_STATE, key_state, sizeof(key_state)),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_NOT_AFTER, not_after, sizeof(not_after)),
        OSSL_PARAM_construct_end(),
    };

    return EVP_PKEY_get_params(object->key, params) > 0 && suid == 12;
}

int bench_insert(void *state)
{
    BENCH_STORE *store = state;
    char kind[] = ONEM2M_KIND_NAME_KPSA, admin[] = "admin.example.com",
         entity[] = "//sp.example.com/cse-0000007", not_after[] = "20991231T235959",
         labels[] = "meter building-7 floor-3 commissioned-by-contractor-12 tariff-night-and-day";
    unsigned char octets[KEY_OCTETS] = { 1 };
    unsigned int suid = 12, yes = 1;
    BENCH_NAME name;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID, name.text, 0),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KIND, kind, 0),
        OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &suid),
        OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_PRIV, octets, sizeof(octets)),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_NOT_AFTER, not_after, 0),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_ADMIN_FQDN, admin, 0),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_ENTITY_ID, entity, 0),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_LABELS, labels, 0),
        OSSL_PARAM_construct_uint(ONEM2M_PARAM_STORE, &yes),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *context =
        EVP_PKEY_CTX_new_from_name(store->libctx, ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY);
    EVP_PKEY *key = NULL;
    int ok;

    bench_name(&name, store->files.keys + store->inserted++);
    params[0].data_size = strlen(name.text);
    ok = context != NULL && EVP_PKEY_fromdata_init(context) > 0 &&
         EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, params) > 0;
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(context);
    return ok;
}

int bench_insert_bare(void *state)
{
    BENCH_STORE *store = state;
    MDB_val value = { store->parts.length, store->parts.record };
    const size_t number = store->files.keys + store->inserted_bare++;
    BENCH_NAME key;
    const size_t length = bench_lmdb_key(&key, number);

    return length > 0 && bench_lmdb_insert(&store->lmdb, &key, length, &value);
}
