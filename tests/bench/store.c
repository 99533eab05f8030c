/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "store.h"
#include "store_internal.h"
#include "team.h"

#define PARTS 3
#define NS_PER_S 1e9
#define NS_PER_MS 1e6
/* The targets. */
#define MORE_THAN_PARTS_NS 800
#define LOOKUPS_PER_S_LEAST 250000
#define TWO_THREADS_LEAST 1.8
#define INSERT_MOST 1.3
#define IMPORT_MOST_MS 120000

static int draw_names(BENCH_NAMES *names, const BENCH_STORE *store, int kind, int as_in_lmdb)
{
    unsigned long long state = 1;

    names->count = store->files.keys < BENCH_NAMES_MAX ? store->files.keys : BENCH_NAMES_MAX;
    names->names = aligned_alloc(sizeof(BENCH_NAME), names->count * sizeof(BENCH_NAME));
    if (names->names == NULL)
        return bench_failed("names");
    for (size_t i = 0; i < names->count; i++) {
        const size_t number = bench_random_key(&state, store->files.keys, kind);

        if (as_in_lmdb) {
            names->length = bench_lmdb_key(&names->names[i], number);
        } else {
            bench_name(&names->names[i], number);
            names->length = strlen(names->names[i].text);
        }
    }
    return names->length > 0;
}

/* Takes the record of any key of the store apart. */
static int take_record(BENCH_STORE *store)
{
    MDB_val value;

    return bench_lmdb_look_up(&store->lmdb, store->bare.txn, &store->keys.names[0],
                              store->keys.length, &value) &&
           bench_record_parts_init(&store->parts, (ONEM2M_SLICE){ value.mv_data, value.mv_size },
                                   store->keys.length - 1);
}

static int open_store(BENCH_STORE *store)
{
    for (int kind = 0; kind < BENCH_KINDS; kind++) {
        if (!draw_names(&store->names[kind], store, kind, 0))
            return 0;
    }
    store->libctx = OSSL_LIB_CTX_new();
    if (!OSSL_LIB_CTX_load_config(store->libctx, store->files.config))
        return bench_failed(store->files.config);
    for (int i = 0; i < BENCH_BY_NAMES; i++) {
        if (!bench_by_name_init(&store->by_name[i], store, i))
            return bench_failed("a look-up");
    }
    return draw_names(&store->keys, store, BENCH_KPSA, 1) &&
           bench_lmdb_make(&store->lmdb, store->files.bare, store->files.copy, store->files.keys) &&
           bench_bare_init(&store->bare, store) && take_record(store) &&
           (bench_object_init(&store->object, store) || bench_failed("loading a key object"));
}

static void close_store(BENCH_STORE *store)
{
    bench_object_clear(&store->object);
    bench_bare_clear(&store->bare);
    if (store->lmdb.env != NULL)
        bench_lmdb_close(&store->lmdb);
    bench_record_parts_clear(&store->parts);
    for (int i = 0; i < BENCH_BY_NAMES; i++)
        bench_by_name_clear(&store->by_name[i]);
    OSSL_LIB_CTX_free(store->libctx);
    for (int kind = 0; kind < BENCH_KINDS; kind++)
        free(store->names[kind].names);
    free(store->keys.names);
    bench_store_files_remove(&store->files);
}

static BENCH_ROW *add(BENCH *bench, const BENCH_STORE *store, const char *name, bench_fn *run,
                      void *state)
{
    BENCH_ROW *row = bench_add(bench, store->section, "ns", "%s", name);

    row->run = run;
    row->state = state;
    row->libctx = OSSL_LIB_CTX_get0_global_default();
    return row;
}

/* What a look-up is made of; the row returned is computed of their samples. */
static BENCH_ROW *add_parts(BENCH *bench, BENCH_STORE *store, BENCH_ROW *parts[PARTS])
{
    bench->last_block++;
    parts[0] = add(bench, store, "bare LMDB: renew, get, reset", bench_bare_run, &store->bare);
    parts[1] = add(bench, store, "AES-256-GCM open, keyed", bench_record_decrypt, &store->parts);
    parts[2] = add(bench, store, "decode of the record", bench_record_decode, &store->parts);
    return bench_add(bench, store->section, "ns", "these together and 800 ns");
}

static void add_objects(BENCH *bench, BENCH_STORE *store)
{
    add(bench, store, "ONEM2M-PSK saef, new context", bench_by_name_new_context,
        &store->by_name[BENCH_PSK_SAEF]);
    add(bench, store, "OSSL_STORE open, load, close", bench_object_load, &store->object);
    add(bench, store, "EVP_PKEY_get_params of 5 attributes", bench_object_ask, &store->object);
}

/* Every page that is going to be read is in this process's tables, as in a server that has run for
 * a while. */
static int touch_all(BENCH_STORE *store)
{
    for (size_t i = 0; i < store->keys.count; i++) {
        if (!bench_bare_run(&store->bare))
            return 0;
        for (int k = 0; k < BENCH_BY_NAMES; k++) {
            if (!bench_by_name_reused(&store->by_name[k]))
                return 0;
        }
    }
    return 1;
}

static int measure_reads(BENCH *bench, BENCH_STORE *store)
{
    static const char *const names[BENCH_BY_NAMES] = { "ONEM2M-PSK mef, by key-id, reused",
                                                       "ONEM2M-PSK maf, by key-id, reused",
                                                       "ONEM2M-PSK saef, by key-id, reused",
                                                       "ONEM2M-USAGE-KEY, by key-id, reused" };
    BENCH_ROW *parts[PARTS], *rows[BENCH_BY_NAMES];
    BENCH_ROW *together = add_parts(bench, store, parts), *rate;

    for (int i = 0; i < BENCH_BY_NAMES; i++) {
        rows[i] = add(bench, store, names[i], bench_by_name_reused, &store->by_name[i]);
        rows[i]->reference = together;
        rows[i]->at_most = i == BENCH_USAGE_KEY ? 0 : 1;
    }
    rate = bench_add(bench, store->section, "/s", "ONEM2M-PSK saef, a second");
    rate->at_least = LOOKUPS_PER_S_LEAST;
    add_objects(bench, store);
    if (!(touch_all(store) || bench_failed("a look-up")) || !bench_measure(bench))
        return 0;
    for (size_t i = 0; i < parts[0]->count; i++) {
        bench_sample(together, parts[0]->samples[i] + parts[1]->samples[i] + parts[2]->samples[i] +
                                   MORE_THAN_PARTS_NS);
        bench_sample(rate, NS_PER_S / rows[BENCH_PSK_SAEF]->samples[i]);
    }
    return 1;
}

/* They change the store, so they come when it has been read. */
static int measure_inserts(BENCH *bench, BENCH_STORE *store)
{
    const BENCH_ROW *bare;
    BENCH_ROW *row;

    bench->last_block++;
    bare = add(bench, store, "durable insert, bare LMDB", bench_insert_bare, store);
    row = add(bench, store, "durable insert", bench_insert, store);
    row->reference = bare;
    row->at_most = INSERT_MOST;
    return bench_measure(bench);
}

static int measure_store(BENCH *bench, BENCH_STORE *store, size_t keys, const BENCH_ROW **smallest)
{
    BENCH_ROW *row;

    snprintf(store->section, sizeof(store->section),
             "a store of %zu keys; ratio: to what stands above it for comparison", keys);
    if (!bench_store_files_make(&store->files, keys))
        return 0;
    row = bench_add(bench, store->section, "ms", "onem2m-key import of all keys");
    row->at_most = IMPORT_MOST_MS;
    bench_sample(row, store->files.import_ns / NS_PER_MS);
    return bench_store_processes(bench, store->section, &store->files, smallest) &&
           open_store(store) && measure_reads(bench, store) && measure_inserts(bench, store);
}

/* Another place in the list of names for each thread and round: none reads what another has just
 * brought into the caches. */
static size_t somewhere(const BENCH_STORE *store)
{
    static atomic_ullong calls;
    unsigned long long state = atomic_fetch_add(&calls, 1);

    return bench_random(&state, store->keys.count);
}

static void free_by_name(void *state)
{
    if (state != NULL)
        bench_by_name_clear(state);
    OPENSSL_free(state);
}

static void *new_by_name(const void *shared)
{
    BENCH_BY_NAME *by_name = OPENSSL_zalloc(sizeof(*by_name));

    if (by_name != NULL && bench_by_name_init(by_name, shared, BENCH_PSK_SAEF)) {
        by_name->next = somewhere(shared);
        return by_name;
    }
    free_by_name(by_name);
    return NULL;
}

static void free_bare(void *state)
{
    if (state != NULL)
        bench_bare_clear(state);
    OPENSSL_free(state);
}

static void *new_bare(const void *shared)
{
    BENCH_BARE *bare = OPENSSL_zalloc(sizeof(*bare));

    if (bare != NULL && bench_bare_init(bare, shared)) {
        bare->next = somewhere(shared);
        return bare;
    }
    free_bare(bare);
    return NULL;
}

static int measure_threads(BENCH *bench, const BENCH_STORE *store)
{
    BENCH_CONTEST contests[] = {
        { .title = "ONEM2M-PSK saef, by key-id",
          .new_state = new_by_name,
          .run = bench_by_name_reused,
          .free_state = free_by_name,
          .shared = store,
          .at_least = TWO_THREADS_LEAST },
        { .title = "bare LMDB look-up",
          .new_state = new_bare,
          .run = bench_bare_run,
          .free_state = free_bare,
          .shared = store },
    };

    return bench_contests(bench, store->section, contests, sizeof(contests) / sizeof(contests[0]));
}

int bench_stores(BENCH *bench, const size_t keys[], size_t count)
{
    static BENCH_STORE stores[BENCH_STORES_MAX];
    const BENCH_ROW *smallest = NULL;
    int ok = 1;

    for (size_t i = 0; ok && i < count; i++)
        ok = measure_store(bench, &stores[i], keys[i], &smallest);
    for (size_t i = 0; ok && i < count; i++)
        ok = measure_threads(bench, &stores[i]);
    for (size_t i = 0; i < count; i++)
        close_store(&stores[i]);
    return ok;
}
