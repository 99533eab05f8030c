/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/crypto.h>
#include "derivations.h"
#include "team.h"
#include "threads.h"

#define SECTION "threads, each with a context of its own; ratio: to one thread"
#define TWO_THREADS_LEAST 1.8

static void free_kdf(void *state)
{
    BENCH_KDF *kdf = state;

    if (kdf != NULL)
        EVP_KDF_CTX_free(kdf->context);
    OPENSSL_free(kdf);
}

/* The same method and parameters with a context of its own, keyed once. */
static void *new_kdf(const void *shared)
{
    BENCH_KDF *kdf = OPENSSL_memdup(shared, sizeof(*kdf));

    if (kdf == NULL)
        return NULL;
    kdf->context = EVP_KDF_CTX_new(kdf->kdf);
    if (kdf->context != NULL && bench_kdf_run(BENCH_REUSED)(kdf))
        return kdf;
    free_kdf(kdf);
    return NULL;
}

int bench_threads(BENCH *bench, OSSL_LIB_CTX *libctx)
{
    static const struct {
        const char *title;
        double at_least;
        BENCH_CONDITION condition;
        int is_hkdf;
    } rows[] = {
        { "ONEM2M-KM, reused", TWO_THREADS_LEAST, BENCH_REUSED, 0 },
        { "HKDF EXPAND_ONLY, reused", 0, BENCH_REUSED, 1 },
        { "ONEM2M-KM, new context", 0, BENCH_NEW_CONTEXT, 0 },
        { "HKDF EXPAND_ONLY, new context", 0, BENCH_NEW_CONTEXT, 1 },
    };
    enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
    BENCH_KDF km = { 0 }, hkdf = { 0 };
    BENCH_CONTEST contests[ROWS];
    int ok = bench_km_init(&km, libctx) && bench_hkdf_expand_init(&hkdf, libctx);

    for (size_t i = 0; i < ROWS; i++)
        contests[i] = (BENCH_CONTEST){ .title = rows[i].title,
                                       .new_state = new_kdf,
                                       .run = bench_kdf_run(rows[i].condition),
                                       .free_state = free_kdf,
                                       .shared = rows[i].is_hkdf ? &hkdf : &km,
                                       .at_least = rows[i].at_least };
    ok = ok && bench_contests(bench, SECTION, contests, ROWS);
    bench_kdf_clear(&km);
    bench_kdf_clear(&hkdf);
    return ok;
}
