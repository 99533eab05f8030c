/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <openssl/crypto.h>
#include "token_rows.h"

#define THREADS 4
#define SLICE_NS 20e6
#define FOUR_THREADS_LEAST 1.5

/* What one thread has of its own: a key, and a session or a context. Threads that use one key wait
 * for each other in softokn, whoever calls it. */
typedef struct {
    const BENCH_TOKEN_STORE *store;
    ONEM2M_TOKEN_KEY key;
    BENCH_RAW raw;
    CK_OBJECT_HANDLE handle;
    BENCH_TOKEN_KDF kdf;
    bench_fn *run;
    double end;
    size_t operations;
    int ok;
} WORK;

static int raw_sign(void *state)
{
    const WORK *own = state;
    unsigned char out[BENCH_MAC_OCTETS];

    return bench_raw_sign(&own->raw, own->handle, out);
}

static int library_mac(void *state)
{
    const WORK *own = state;
    unsigned char out[BENCH_MAC_OCTETS];
    ONEM2M_ERROR error;

    return onem2m_token_mac(onem2m_store_token(own->store->library.store), &own->key,
                            own->store->sha256, &own->store->raw.message, 1, out, &error) ||
           bench_failed(error.detail);
}

static int provider_kdf(void *state)
{
    WORK *own = state;
    unsigned char out[BENCH_MAC_OCTETS];

    return bench_token_kdf_derive(&own->kdf, NULL, out);
}

static const struct {
    const char *name;
    bench_fn *run;
} layers[] = { { "raw C_SignInit and C_Sign", raw_sign },
               { "onem2m_token_mac", library_mac },
               { "ONEM2M-KM, contexts", provider_kdf } };
enum { RAW, LAYERS = sizeof(layers) / sizeof(layers[0]) };

static void *work(void *argument)
{
    WORK *own = argument;

    own->ok = 1;
    for (own->operations = 0; own->ok && bench_now() < own->end; own->operations++)
        own->ok = own->run(own);
    OPENSSL_thread_stop();
    return NULL;
}

static int sample(BENCH_ROW *row, WORK *works, size_t count, bench_fn *run)
{
    const double start = bench_now();
    pthread_t thread[THREADS];
    size_t all = 0, i;
    int ok = 1;

    for (i = 0; ok && i < count; i++) {
        works[i].end = start + SLICE_NS;
        works[i].run = run;
        ok = pthread_create(&thread[i], NULL, work, &works[i]) == 0;
    }
    while (i-- > 0) {
        pthread_join(thread[i], NULL);
        ok = ok && works[i].ok;
        all += works[i].operations;
    }
    if (!ok)
        return bench_failed("a thread");
    bench_sample(row, (double)all * 1e9 / (bench_now() - start));
    return 1;
}

static int begin(WORK *works, const BENCH_TOKEN_STORE *store)
{
    for (size_t i = 0; i < THREADS; i++) {
        works[i].store = store;
        works[i].key = store->held;
        bench_token_store_key(store, i, &works[i].key);
        if (!(bench_raw_open_another(&works[i].raw, &store->raw) ||
              bench_failed("C_OpenSession")) ||
            !bench_raw_get(&works[i].raw, &works[i].key, &works[i].handle) ||
            !bench_token_kdf_new(&works[i].kdf, store, i))
            return 0;
    }
    return 1;
}

static int measure(BENCH *bench, WORK *works, BENCH_ROW *rows[LAYERS][2])
{
    for (size_t round = 0; round < bench->rounds; round++) {
        for (size_t i = 0; i < LAYERS; i++) {
            if (!sample(rows[i][0], works, 1, layers[i].run) ||
                !sample(rows[i][1], works, THREADS, layers[i].run))
                return 0;
        }
    }
    return 1;
}

int bench_token_threads(BENCH *bench, BENCH_TOKEN_STORE *store)
{
    static const char section[] = "the same by threads, each with a key, a session and a context";
    WORK works[THREADS] = { { .store = NULL } };
    BENCH_ROW *rows[LAYERS][2];
    int ok;

    for (size_t i = 0; i < LAYERS; i++) {
        rows[i][0] = bench_add(bench, section, "/s", "%s, one thread", layers[i].name);
        rows[i][1] = bench_add(bench, section, "/s", "%s, %d threads", layers[i].name, THREADS);
        rows[i][1]->reference = rows[i][0];
        rows[i][1]->at_least = i == RAW ? 0 : FOUR_THREADS_LEAST;
    }
    ok = begin(works, store) && measure(bench, works, rows);
    for (size_t i = 0; i < THREADS; i++)
        bench_token_kdf_free(&works[i].kdf);
    return ok;
}
