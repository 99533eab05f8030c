/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_DERIVATIONS_H
#define ONEM2M_BENCH_DERIVATIONS_H

#include <openssl/kdf.h>
#include <openssl/params.h>
#include "bench.h"

/* What is done with the context of a derivation. */
typedef enum {
    BENCH_NEW_CONTEXT, /* EVP_KDF_CTX_new, EVP_KDF_derive with all parameters, EVP_KDF_CTX_free */
    BENCH_REUSED,      /* EVP_KDF_derive with all parameters, the same each time */
    BENCH_REKEYED,     /* the same with another key each time */
    BENCH_KEYED_ONCE,  /* EVP_KDF_derive without parameters */
    BENCH_CONDITIONS
} BENCH_CONDITION;

#define BENCH_KEYS 2
#define BENCH_PARAMS_MAX 8

/* A derivation by a method that was fetched once, from one key or from two in turns. */
typedef struct {
    EVP_KDF *kdf;
    EVP_KDF_CTX *context;
    OSSL_PARAM params[BENCH_KEYS][BENCH_PARAMS_MAX];
    unsigned int turn;
    size_t size;
    unsigned char out[32];
} BENCH_KDF;

/* The two that are compared most: ONEM2M-KM, and the default provider's HKDF in EXPAND_ONLY mode
 * with a key, an info and an output of the same lengths. */
int bench_km_init(BENCH_KDF *kdf, OSSL_LIB_CTX *libctx);
int bench_hkdf_expand_init(BENCH_KDF *kdf, OSSL_LIB_CTX *libctx);
void bench_kdf_clear(BENCH_KDF *kdf);

/* The function of one condition, for a BENCH_KDF. */
bench_fn *bench_kdf_run(BENCH_CONDITION condition);

/*
 * Adds the rows of all derivations, and of the default provider's HKDF, KBKDF
 * and HMAC beside them. They use libctx until bench_derivations_clear.
 */
int bench_derivations_add(BENCH *bench, OSSL_LIB_CTX *libctx);
void bench_derivations_clear(void);

#endif
