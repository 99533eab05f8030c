/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <openssl/crypto.h>
#include "exports.h"
#include "handshakes.h"
#include "psk.h"
#include "store_files.h"
#include "team.h"

/* 0.97 of the handshakes a second, and 0.95 of what a second thread adds. */
#define HANDSHAKE_MAX (1 / 0.97)
#define SCALING_LEAST_PERCENT 95

enum { PLAIN, SERVER, BOTH, WAYS };

/* Handshakes of one thread: the first so many clients in turn. */
typedef struct {
    const BENCH_PSK *psk;
    size_t clients, next;
} HANDSHAKES;

static int shake_hands(void *state)
{
    HANDSHAKES *handshakes = state;
    BENCH_PAIR pair;
    const int ok = bench_pair_connect(
        &pair, handshakes->psk->clients[handshakes->next++ % handshakes->clients],
        handshakes->psk->server);

    bench_pair_free(&pair);
    return ok;
}

/* A row each for the ways, beside the first of them. */
static int measure_ways(BENCH *bench, const char *section, const BENCH_PSK psks[WAYS],
                        size_t clients)
{
    static const char *const names[WAYS] = { "a constant key in callbacks", "the engine's server",
                                             "the engine at both ends" };
    HANDSHAKES handshakes[WAYS];
    BENCH_ROW *rows[WAYS];

    bench->last_block++;
    for (size_t i = 0; i < WAYS; i++) {
        handshakes[i] = (HANDSHAKES){ .psk = &psks[i], .clients = clients };
        rows[i] = bench_add(bench, section, "ns", "%s, %zu client%s", names[i], clients,
                            clients > 1 ? "s" : "");
        rows[i]->block = bench->last_block;
        rows[i]->run = shake_hands;
        rows[i]->state = &handshakes[i];
        if (i != PLAIN) {
            rows[i]->reference = rows[PLAIN];
            rows[i]->at_most = HANDSHAKE_MAX;
        }
    }
    return bench_measure(bench);
}

/*
 * One client and its server; and one server of many, whose contexts in turn push each other out of
 * the processor's caches, which those of many devices do not.
 */
static int measure_handshakes(BENCH *bench, const char *section, const BENCH_PSK psks[WAYS])
{
    return measure_ways(bench, section, psks, 1) &&
           measure_ways(bench, section, psks, BENCH_CLIENTS);
}

static void *new_handshakes(const void *shared)
{
    HANDSHAKES *handshakes = OPENSSL_zalloc(sizeof(*handshakes));

    if (handshakes != NULL) {
        handshakes->psk = shared;
        handshakes->clients = BENCH_CLIENTS;
    }
    return handshakes;
}

static void free_handshakes(void *state)
{
    OPENSSL_free(state);
}

/* What a second thread adds, beside what it adds with a constant key. */
static void compare_scaling(BENCH *bench, const char *section, const BENCH_CONTEST contests[2])
{
    BENCH_ROW *const *plain = contests[0].rows, *const *engine = contests[1].rows;
    BENCH_ROW *row =
        bench_add(bench, section, "%", "a second thread: the engine, to a constant key");

    row->at_least = SCALING_LEAST_PERCENT;
    for (size_t i = 0; i < plain[0]->count; i++)
        bench_sample(row, 100 * engine[1]->samples[i] / engine[0]->samples[i] *
                              plain[0]->samples[i] / plain[1]->samples[i]);
}

static int measure_threads(BENCH *bench, const char *section, const BENCH_PSK psks[WAYS])
{
    BENCH_CONTEST contests[] = { { .title = "a constant key in callbacks", .shared = &psks[PLAIN] },
                                 { .title = "the engine at both ends", .shared = &psks[BOTH] } };
    int ok;

    for (size_t i = 0; i < 2; i++) {
        contests[i].new_state = new_handshakes;
        contests[i].run = shake_hands;
        contests[i].free_state = free_handshakes;
    }
    ok = bench_contests(bench, section, contests, 2);
    if (ok)
        compare_scaling(bench, section, contests);
    return ok;
}

static int measure(BENCH *bench, const BENCH_STORE_FILES *files, OSSL_LIB_CTX *libctx)
{
    static char section[128];
    BENCH_PSK psks[WAYS] = { { .server = NULL } };
    int ok;

    snprintf(section, sizeof(section), "TLS 1.2 PSK handshakes, both ends; %zu keys", files->keys);
    ok = bench_psk_init(&psks[PLAIN], libctx, files, BENCH_PSK_PLAIN) &&
         bench_psk_init(&psks[SERVER], libctx, files, BENCH_PSK_SERVER) &&
         bench_psk_init(&psks[BOTH], libctx, files, BENCH_PSK_BOTH) &&
         measure_handshakes(bench, section, psks) &&
         bench_exports(bench, section, &psks[BOTH], libctx) &&
         measure_threads(bench, section, psks);
    for (size_t i = 0; i < WAYS; i++)
        bench_psk_clear(&psks[i]);
    return ok;
}

int bench_handshakes(BENCH *bench, size_t keys)
{
    BENCH_STORE_FILES files = { .keys = 0 };
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
    int ok = libctx != NULL && bench_store_files_make(&files, keys) &&
             (OSSL_LIB_CTX_load_config(libctx, files.config) || bench_failed(files.config)) &&
             measure(bench, &files, libctx);

    OSSL_LIB_CTX_free(libctx);
    bench_store_files_remove(&files);
    return ok;
}
