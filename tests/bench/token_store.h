/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_TOKEN_STORE_H
#define ONEM2M_BENCH_TOKEN_STORE_H

#include <openssl/kdf.h>
#include <openssl/params.h>
#include "bench.h"
#include "keystore/store.h"
#include "names.h"
#include "store_files.h"
#include "token_raw.h"

/* A store whose keys, all of them Ke, are in a token, and all that is measured of it. */

/* The key that derivations have at hand is the first that was drawn. */
#define BENCH_HELD 0

/* Of one layer: the library that the provider is made of, without the provider. */
typedef struct {
    ONEM2M_STORE *store;
    ONEM2M_STORE_READER *reader;
} BENCH_LIBRARY;

typedef struct {
    char section[96];
    BENCH_STORE_FILES files, software; /* software: the same keys without a token */
    EVP_MD *sha256;
    BENCH_NAME *names; /* drawn of all, in turns */
    size_t count, length;
    ONEM2M_TOKEN_KEY held;
    unsigned char *references; /* those of names, of reference_length each */
    size_t reference_length;
    BENCH_RAW raw;
    BENCH_LIBRARY library, in_software;
    OSSL_LIB_CTX *libctx; /* with the provider and this store */
} BENCH_TOKEN_STORE;

/* What each key is derived to: a Km for this MAF. */
#define BENCH_MAF "maf.example.com"

/* Makes the files, and those of the same keys in software; in new processes. */
int bench_token_store_make(BENCH_TOKEN_STORE *store, const char *token, int has_records_in_token,
                           size_t keys);

/* Opens it at every layer, and compares what they derive. */
int bench_token_store_open(BENCH_TOKEN_STORE *store);
void bench_token_store_close(BENCH_TOKEN_STORE *store);

/* Custody and reference of the key that was drawn at that place. */
void bench_token_store_key(const BENCH_TOKEN_STORE *store, size_t at, ONEM2M_TOKEN_KEY *key);

/* A look-up by name that does nothing with the key, or derives of it. */
int bench_library_look_up(const BENCH_LIBRARY *library, const BENCH_NAME *name, size_t length);
int bench_library_derive(const BENCH_TOKEN_STORE *store, const BENCH_NAME *name,
                         unsigned char *out);

/* ---- The provider ---- */

/* ONEM2M-KM by name; the context and the method of one thread. */
typedef struct {
    EVP_KDF *kdf;
    EVP_KDF_CTX *context;
    OSSL_PARAM params[3]; /* maf-id, key-id */
} BENCH_TOKEN_KDF;

/* at: of the key that the context keeps the name of. */
int bench_token_kdf_new(BENCH_TOKEN_KDF *kdf, const BENCH_TOKEN_STORE *store, size_t at);
void bench_token_kdf_free(BENCH_TOKEN_KDF *kdf);

/* name: NULL for that which the context has kept. */
int bench_token_kdf_derive(BENCH_TOKEN_KDF *kdf, BENCH_NAME *name, unsigned char *out);

/* A key object of the store, a context that derives octets of it, and one that derives keys. */
typedef struct {
    EVP_PKEY *key;
    EVP_PKEY_CTX *derivation, *generation;
} BENCH_TOKEN_OBJECT;

int bench_token_object_new(BENCH_TOKEN_OBJECT *object, const BENCH_TOKEN_STORE *store);
void bench_token_object_free(BENCH_TOKEN_OBJECT *object);
int bench_token_object_derive(const BENCH_TOKEN_OBJECT *object, unsigned char *out);
int bench_token_object_generate(const BENCH_TOKEN_OBJECT *object);

/* ONEM2M-HMAC with a key for MICs, which is added. */
typedef struct {
    EVP_MAC *mac;
    EVP_MAC_CTX *context;
    ONEM2M_SLICE message;
} BENCH_TOKEN_MAC;

int bench_token_mac_new(BENCH_TOKEN_MAC *mac, const BENCH_TOKEN_STORE *store);
void bench_token_mac_free(BENCH_TOKEN_MAC *mac);
int bench_token_mac_compute(const BENCH_TOKEN_MAC *mac, unsigned char *out);

#endif
