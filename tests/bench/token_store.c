/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/hmac.h>
#include "token_store.h"

/* How many names are drawn: more than any cache holds the records of. */
#define NAMES_MAX ((size_t)131072)
#define KEY_OCTETS 32

static const unsigned char message[] =
    "oneM2M Enrolment Key to Master Credential derivation" BENCH_MAF; /* TS-0003 10.3.2 */

int bench_token_store_make(BENCH_TOKEN_STORE *store, const char *token, int has_records_in_token,
                           size_t keys)
{
    store->files.token = token;
    store->files.has_records_in_token = has_records_in_token;
    store->files.is_all_ke = store->software.is_all_ke = 1;
    snprintf(store->section, sizeof(store->section), "%zu keys, %s, and names at random", keys,
             has_records_in_token ? "objects of the token" : "wrapped");
    return bench_store_files_make(&store->software, keys) &&
           bench_store_files_make(&store->files, keys);
}

/* ---- Names, and what a program that uses PKCS#11 itself would keep with them ---- */

static int draw_names(BENCH_TOKEN_STORE *store)
{
    unsigned long long state = 1;

    store->count = NAMES_MAX;
    store->names = aligned_alloc(sizeof(BENCH_NAME), store->count * sizeof(BENCH_NAME));
    if (store->names == NULL)
        return bench_failed("names");
    for (size_t i = 0; i < store->count; i++)
        bench_name(&store->names[i], bench_random(&state, store->files.keys));
    store->length = strlen(store->names[0].text);
    return 1;
}

static int take_reference(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                          const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    (void)attributes;
    (void)error;
    *(ONEM2M_TOKEN_KEY *)argument = *material->key;
    return 1;
}

static int look_up(const BENCH_LIBRARY *library, const BENCH_NAME *name, size_t length,
                   onem2m_store_visit_fn *visit, void *argument)
{
    ONEM2M_ERROR error;

    return onem2m_store_look_up(library->reader, name->text, length, ONEM2M_KINDS_ALL, visit,
                                argument, &error) ||
           bench_failed(error.detail);
}

static int take_references(BENCH_TOKEN_STORE *store)
{
    ONEM2M_TOKEN_KEY key;

    for (size_t i = 0; i < store->count; i++) {
        if (!look_up(&store->library, &store->names[i], store->length, take_reference, &key))
            return 0;
        if (i == 0) {
            store->held = key;
            store->reference_length = key.length;
            store->references = malloc(store->count * key.length);
        }
        if (store->references == NULL || key.length != store->reference_length)
            return bench_failed("references");
        memcpy(store->references + i * key.length, key.reference, key.length);
    }
    return 1;
}

void bench_token_store_key(const BENCH_TOKEN_STORE *store, size_t at, ONEM2M_TOKEN_KEY *key)
{
    key->custody = store->held.custody;
    key->length = store->reference_length;
    memcpy(key->reference, store->references + at * store->reference_length,
           store->reference_length);
}

/* ---- The library ---- */

static int open_library(BENCH_LIBRARY *library, const BENCH_TOKEN_STORE *store,
                        const char *keystore, const char *seal)
{
    const ONEM2M_STORE_CONFIGURATION configuration = { .keystore = keystore,
                                                       .seal = seal,
                                                       .sha256 = store->sha256 };
    ONEM2M_ERROR error;

    if (!onem2m_store_open(&library->store, &configuration, &error))
        return bench_failed(error.detail);
    library->reader = onem2m_store_reader_new(library->store, &error);
    return library->reader != NULL || bench_failed(error.detail);
}

static void close_library(BENCH_LIBRARY *library)
{
    onem2m_store_reader_free(library->reader);
    onem2m_store_close(library->store);
}

/* The copy, since the provider of this process has the store open. */
static int open_libraries(BENCH_TOKEN_STORE *store)
{
    const BENCH_STORE_FILES *files = &store->files;
    char keystore[3 * PATH_MAX];

    if (files->has_records_in_token)
        snprintf(keystore, sizeof(keystore), "%s", files->keystore);
    else
        snprintf(keystore, sizeof(keystore), "%s%cx-records=lmdb:%s", files->token,
                 strchr(files->token, '?') != NULL ? '&' : '?', files->copy);
    return open_library(&store->library, store, keystore, NULL) &&
           open_library(&store->in_software, store, store->software.keystore, store->software.seal);
}

static int do_nothing(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                      const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    (void)argument;
    (void)attributes;
    (void)material;
    (void)error;
    return 1;
}

int bench_library_look_up(const BENCH_LIBRARY *library, const BENCH_NAME *name, size_t length)
{
    return look_up(library, name, length, do_nothing, NULL);
}

typedef struct {
    const BENCH_TOKEN_STORE *store;
    unsigned char *out;
} DERIVATION;

static int derive(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                  const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    const DERIVATION *derivation = argument;

    (void)attributes;
    return onem2m_token_mac(material->token, material->key, derivation->store->sha256,
                            &derivation->store->raw.message, 1, derivation->out, error);
}

int bench_library_derive(const BENCH_TOKEN_STORE *store, const BENCH_NAME *name, unsigned char *out)
{
    DERIVATION derivation = { store, out };

    return look_up(&store->library, name, store->length, derive, &derivation);
}

/* ---- That all layers derive the same ---- */

static int compare(const char *layer, const unsigned char *out, const unsigned char *expected)
{
    return memcmp(out, expected, BENCH_MAC_OCTETS) == 0 || bench_failed(layer);
}

static int compare_raw(const BENCH_TOKEN_STORE *store, const unsigned char *expected)
{
    unsigned char out[BENCH_MAC_OCTETS];
    CK_OBJECT_HANDLE object;

    return bench_raw_get(&store->raw, &store->held, &object) &&
           bench_raw_sign(&store->raw, object, out) && compare("C_Sign", out, expected) &&
           bench_raw_drop(&store->raw, &store->held, object);
}

static int compare_provider(const BENCH_TOKEN_STORE *store, const unsigned char *expected)
{
    unsigned char out[BENCH_MAC_OCTETS];
    BENCH_TOKEN_KDF kdf = { .kdf = NULL };
    BENCH_TOKEN_OBJECT object = { .key = NULL };
    const int ok = bench_token_kdf_new(&kdf, store, BENCH_HELD) &&
                   bench_token_kdf_derive(&kdf, &store->names[BENCH_HELD], out) &&
                   compare("ONEM2M-KM", out, expected) && bench_token_object_new(&object, store) &&
                   bench_token_object_derive(&object, out) &&
                   compare("EVP_PKEY_derive", out, expected);

    bench_token_kdf_free(&kdf);
    bench_token_object_free(&object);
    return ok;
}

/* The octets of a key are those of its name, twice the first half: store_files.c. */
static int compare_all(const BENCH_TOKEN_STORE *store)
{
    unsigned char octets[KEY_OCTETS], expected[BENCH_MAC_OCTETS], out[BENCH_MAC_OCTETS];
    char digits[2 * KEY_OCTETS + 1];
    const char *name = store->names[BENCH_HELD].text;
    size_t length;

    snprintf(digits, sizeof(digits), "%.32s%.32s", name, name);
    if (!OPENSSL_hexstr2buf_ex(octets, sizeof(octets), &length, digits, '\0') ||
        HMAC(EVP_sha256(), octets, KEY_OCTETS, store->raw.message.data, store->raw.message.length,
             expected, NULL) == NULL)
        return bench_failed("HMAC");
    return compare_raw(store, expected) &&
           bench_library_derive(store, &store->names[BENCH_HELD], out) &&
           compare("onem2m_token_mac", out, expected) && compare_provider(store, expected);
}

int bench_token_store_open(BENCH_TOKEN_STORE *store)
{
    store->raw.message = (ONEM2M_SLICE){ message, sizeof(message) - 1 };
    store->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    store->libctx = OSSL_LIB_CTX_new();
    if (!OSSL_LIB_CTX_load_config(store->libctx, store->files.config))
        return bench_failed(store->files.config);
    return draw_names(store) && bench_raw_open(&store->raw, store->files.token) &&
           open_libraries(store) && take_references(store) && compare_all(store);
}

void bench_token_store_close(BENCH_TOKEN_STORE *store)
{
    OSSL_LIB_CTX_free(store->libctx);
    close_library(&store->library);
    close_library(&store->in_software);
    EVP_MD_free(store->sha256);
    free(store->references);
    free(store->names);
    bench_store_files_remove(&store->files);
    bench_store_files_remove(&store->software);
}
