/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_STORE_INTERNAL_H
#define ONEM2M_BENCH_STORE_INTERNAL_H

#include <openssl/kdf.h>
#include <openssl/params.h>
#include "bench.h"
#include "lmdb_bare.h"
#include "record_parts.h"
#include "store_files.h"

/* The parts of the benchmark of a store, for the files store*.c. */

/* How many names are drawn from all of a store: more than any cache holds the records of. */
#define BENCH_NAMES_MAX ((size_t)131072)

/* A list of names of one kind, read in turns. */
typedef struct {
    BENCH_NAME *names;
    size_t count;
    size_t length; /* of each */
} BENCH_NAMES;

/* A derivation by key-id, the method fetched once, of another key each time. */
typedef struct {
    const BENCH_NAMES *names;
    size_t next;
    EVP_KDF *kdf;
    EVP_KDF_CTX *context;
    OSSL_PARAM params[4]; /* key-id, and the algorithm's own */
    unsigned char out[32];
} BENCH_BY_NAME;

/* A bare look-up, of another key each time. */
typedef struct {
    const BENCH_LMDB *lmdb;
    const BENCH_NAMES *keys;
    MDB_txn *txn;
    size_t next;
} BENCH_BARE;

enum { BENCH_PSK_MEF, BENCH_PSK_MAF, BENCH_PSK_SAEF, BENCH_USAGE_KEY, BENCH_BY_NAMES };

/* Loading a key object, or asking a loaded one. */
typedef struct {
    OSSL_LIB_CTX *libctx;
    const BENCH_NAMES *names;
    size_t next;
    EVP_PKEY *key;
} BENCH_OBJECT;

/* A store and all that is measured of it. */
typedef struct {
    BENCH_STORE_FILES files;
    char section[80];
    OSSL_LIB_CTX *libctx;
    BENCH_LMDB lmdb;
    BENCH_NAMES names[BENCH_KINDS];
    BENCH_NAMES keys; /* those of names[BENCH_KPSA], as LMDB has them */
    BENCH_BARE bare;
    BENCH_RECORD_PARTS parts;
    BENCH_BY_NAME by_name[BENCH_BY_NAMES];
    BENCH_OBJECT object;
    size_t inserted, inserted_bare;
} BENCH_STORE;

/* A context of its own for one of them; the other one may be another thread's. */
int bench_by_name_init(BENCH_BY_NAME *by_name, const BENCH_STORE *store, int which);
void bench_by_name_clear(BENCH_BY_NAME *by_name);
bench_fn bench_by_name_reused, bench_by_name_new_context;

int bench_bare_init(BENCH_BARE *bare, const BENCH_STORE *store);
void bench_bare_clear(BENCH_BARE *bare);
bench_fn bench_bare_run;

/* OSSL_STORE_open, _load and _close; EVP_PKEY_get_params of five attributes. */
int bench_object_init(BENCH_OBJECT *object, const BENCH_STORE *store);
void bench_object_clear(BENCH_OBJECT *object);
bench_fn bench_object_load, bench_object_ask;

/* One more key: with OSSL_PARAM "store", and a record of the same size in the copy. */
bench_fn bench_insert, bench_insert_bare;

#endif
