/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * backend_bench [KEYS]: the LMDB backend beside bare LMDB, and the
 * memory backend. Prints a table and asserts nothing.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <lmdb.h>
#include "keystore/lmdb_environment.h"
#include "store_test.h"

#define ROUNDS 7
#define RECORD 350
#define LOOKUPS 200000
#define COMMITS 100

static unsigned int keys = 100000;
static char directory[PATH_MAX];
static ONEM2M_BACKEND *backend;
static MDB_env *bare;
static MDB_dbi entries;

static size_t name_of(char out[64], unsigned int number)
{
    return (size_t)snprintf(out, 64, "kkey-%08x@mef.example.com", number * 2654435761U);
}

/* A run of one thread: its names are made before the clock starts. */
typedef struct {
    void (*look_up)(char (*names)[64], size_t length);
    char (*names)[64];
    size_t length;
} RUN;

static void look_up_bare(char (*names)[64], size_t length)
{
    MDB_txn *txn;
    MDB_val name, value;

    STORE_CHECK(mdb_txn_begin(bare, NULL, MDB_RDONLY, &txn) == 0);
    mdb_txn_reset(txn);
    for (size_t i = 0; i < LOOKUPS; i++) {
        name.mv_data = names[i];
        name.mv_size = length;
        STORE_CHECK(mdb_txn_renew(txn) == 0 && mdb_get(txn, entries, &name, &value) == 0);
        mdb_txn_reset(txn);
    }
    mdb_txn_abort(txn);
}

static void look_up(char (*names)[64], size_t length)
{
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE value;

    for (size_t i = 0; i < LOOKUPS; i++) {
        const ONEM2M_SLICE name = { (const unsigned char *)names[i] + 1, length - 1 };

        STORE_CHECK(store_functions->begin(backend, &transaction, ONEM2M_READ, &store_error));
        STORE_CHECK(
            store_functions->get(transaction, ONEM2M_TABLE_KEYS, name, &value, &store_error) == 1);
        store_functions->abort(transaction);
    }
}

static void *run_thread(void *argument)
{
    RUN *run = argument;

    run->look_up(run->names, run->length);
    return NULL;
}

/* Nanoseconds for each look-up of each thread. */
static double measure(void (*what)(char (*names)[64], size_t length), unsigned int threads)
{
    RUN runs[2];
    pthread_t ids[2];
    double start;

    for (unsigned int t = 0; t < threads; t++) {
        runs[t].look_up = what;
        runs[t].names = malloc(LOOKUPS * sizeof(*runs[t].names));
        STORE_CHECK(runs[t].names != NULL);
        for (size_t i = 0; i < LOOKUPS; i++)
            runs[t].length = name_of(runs[t].names[i], store_random(keys));
    }
    start = store_seconds();
    for (unsigned int t = 0; t < threads; t++)
        STORE_CHECK(pthread_create(&ids[t], NULL, run_thread, &runs[t]) == 0);
    for (unsigned int t = 0; t < threads; t++)
        pthread_join(ids[t], NULL);
    start = store_seconds() - start;
    for (unsigned int t = 0; t < threads; t++)
        free(runs[t].names);
    return start * 1e9 / LOOKUPS;
}

static double commit_bare(unsigned int from)
{
    char name[64], record[RECORD] = { 0 };
    const double start = store_seconds();

    for (unsigned int i = 0; i < COMMITS; i++) {
        MDB_val key = { name_of(name, from + i), name }, value = { RECORD, record };
        MDB_txn *txn;

        STORE_CHECK(mdb_txn_begin(bare, NULL, 0, &txn) == 0);
        STORE_CHECK(mdb_put(txn, entries, &key, &value, 0) == 0);
        STORE_CHECK(mdb_txn_commit(txn) == 0);
    }
    return (store_seconds() - start) * 1e9 / COMMITS;
}

static double commit(unsigned int from)
{
    unsigned char record[RECORD] = { 0 };
    char name[64];
    const double start = store_seconds();

    for (unsigned int i = 0; i < COMMITS; i++) {
        name_of(name, from + i);
        STORE_CHECK(store_try_put(backend, name + 1, (ONEM2M_SLICE){ record, RECORD }) ==
                    ONEM2M_R_NONE);
    }
    return (store_seconds() - start) * 1e9 / COMMITS;
}

static void fill(void)
{
    unsigned char record[RECORD] = { 0 };
    ONEM2M_TRANSACTION *transaction = NULL;
    char name[64];

    for (unsigned int i = 0; i < keys; i++) {
        if (transaction == NULL)
            transaction = store_begin(backend, ONEM2M_WRITE);
        name_of(name, i);
        STORE_CHECK(store_functions->put(transaction, ONEM2M_TABLE_KEYS, store_text(name + 1),
                                         (ONEM2M_SLICE){ record, RECORD }, &store_error));
        if (i % 10000 == 9999 || i + 1 == keys) {
            store_commit(transaction);
            transaction = NULL;
        }
    }
}

/* A copy of the store's file: one process must not open a store twice. */
static void open_bare(const char *copy)
{
    char from[PATH_MAX + 16], to[PATH_MAX + 16], command[2 * PATH_MAX + 64];
    MDB_txn *txn;

    snprintf(from, sizeof(from), "%s/data.mdb", directory);
    snprintf(to, sizeof(to), "%s/data.mdb", copy);
    snprintf(command, sizeof(command), "cp '%s' '%s'", from, to);
    STORE_CHECK(system(command) == 0); // NOLINT(cert-env33-c)
    STORE_CHECK(mdb_env_create(&bare) == 0);
    STORE_CHECK(mdb_env_set_mapsize(bare, (size_t)16 << 30) == 0);
    STORE_CHECK(mdb_env_set_maxdbs(bare, 1) == 0);
    STORE_CHECK(mdb_env_open(bare, copy, MDB_NOTLS | MDB_NORDAHEAD, 0600) == 0);
    STORE_CHECK(mdb_txn_begin(bare, NULL, MDB_RDONLY, &txn) == 0);
    STORE_CHECK(mdb_dbi_open(txn, ONEM2M_LMDB_ENTRIES, 0, &entries) == 0);
    STORE_CHECK(mdb_txn_commit(txn) == 0);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double samples[ROUNDS])
{
    qsort(samples, ROUNDS, sizeof(samples[0]), compare);
    return samples[ROUNDS / 2];
}

static void row(const char *what, double of_bare[ROUNDS], double of_backend[ROUNDS])
{
    const double a = median(of_bare), b = median(of_backend);

    printf("%-28s %12.0f %12.0f %10.0f %8.2f\n", what, a, b, b - a, b / a);
}

/* The two take turns, so that both see the same weather. */
static void measure_lmdb(void)
{
    double samples[6][ROUNDS];
    unsigned int next = keys;

    measure(look_up_bare, 1);
    measure(look_up, 1);
    for (int round = 0; round < ROUNDS; round++) {
        samples[0][round] = measure(look_up_bare, 1);
        samples[3][round] = measure(look_up, 1);
        samples[1][round] = measure(look_up_bare, 2);
        samples[4][round] = measure(look_up, 2);
        samples[2][round] = commit_bare(next);
        samples[5][round] = commit(next);
        next += COMMITS;
    }
    row("look-up, 1 thread", samples[0], samples[3]);
    row("look-up, 2 threads, each", samples[1], samples[4]);
    row("durable put, one by one", samples[2], samples[5]);
}

static double measure_open(void)
{
    double start = store_seconds();

    backend = store_open(directory);
    start = store_seconds() - start;
    store_functions->close(backend);
    return start * 1e9;
}

static void measure_memory(void)
{
    store_functions = &onem2m_backend_memory;
    backend = store_open("");
    fill();
    printf("%-28s %12s %12.0f\n", "memory: look-up, 1 thread", "", measure(look_up, 1));
    printf("%-28s %12s %12.0f\n", "memory: look-up, 2 threads", "", measure(look_up, 2));
    printf("%-28s %12s %12.0f\n", "memory: put", "", commit(keys));
    store_functions->close(backend);
}

int main(int argc, char **argv)
{
    char copy[PATH_MAX];
    double start;

    if (argc > 1)
        keys = (unsigned int)strtoul(argv[1], NULL, 10);
    store_directory(directory);
    store_directory(copy);
    backend = store_open(directory);
    start = store_seconds();
    fill();
    start = store_seconds() - start;
    printf("%u records of %d octets, filled in %.2f s; ns, median of %d\n", keys, RECORD, start,
           ROUNDS);
    printf("%-28s %12s %12s %10s %8s\n", "", "bare LMDB", "backend", "more", "ratio");
    open_bare(copy);
    measure_lmdb();
    mdb_env_close(bare);
    store_functions->close(backend);
    printf("%-28s %12s %12.0f\n", "open and close", "", measure_open());
    store_remove(directory);
    store_remove(copy);
    measure_memory();
    return 0;
}
