/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <sys/stat.h>
#include "token_rows.h"

/* Stores of many keys: names at random, so that most keys are not at hand. */

#define DERIVATION_MOST 1.5
#define IMPORT_MOST_MS 60000
#define SEARCHES_MOST 0.5 /* none */
#define COUNTED 1000
#define TOGETHER "these, and the look-up in software"
#define NS_PER_MS 1e6
#define OCTETS_PER_KB 1024.0

/* ---- Names in turns ---- */

typedef struct {
    const BENCH_TOKEN_STORE *store;
    size_t next;
    BENCH_TOKEN_KDF kdf;
    unsigned char out[BENCH_MAC_OCTETS];
} TURNS;

static size_t next(TURNS *turns)
{
    if (++turns->next >= turns->store->count)
        turns->next = 0;
    return turns->next;
}

static int raw_derive(void *state)
{
    TURNS *turns = state;
    const BENCH_RAW *raw = &turns->store->raw;
    ONEM2M_TOKEN_KEY key;
    CK_OBJECT_HANDLE object;

    bench_token_store_key(turns->store, next(turns), &key);
    return bench_raw_get(raw, &key, &object) && bench_raw_sign(raw, object, turns->out) &&
           bench_raw_drop(raw, &key, object);
}

static int library_derive(void *state)
{
    TURNS *turns = state;

    return bench_library_derive(turns->store, &turns->store->names[next(turns)], turns->out);
}

static int provider_derive(void *state)
{
    TURNS *turns = state;

    return bench_token_kdf_derive(&turns->kdf, &turns->store->names[next(turns)], turns->out);
}

static int look_up(void *state)
{
    TURNS *turns = state;

    return bench_library_look_up(&turns->store->library, &turns->store->names[next(turns)],
                                 turns->store->length);
}

static int look_up_in_software(void *state)
{
    TURNS *turns = state;

    return bench_library_look_up(&turns->store->in_software, &turns->store->names[next(turns)],
                                 turns->store->length);
}

/* Every page that is going to be read is in this process's tables, as in a server that has run for
 * a while; a few names for each key. */
static int touch_all(TURNS *turns)
{
    const size_t names = 4 * turns->store->files.keys;

    for (size_t i = 0; i < turns->store->count && i < names; i++) {
        if (!look_up(turns) || !look_up_in_software(turns) || !provider_derive(turns))
            return 0;
    }
    return 1;
}

/* ---- Rows ---- */

static BENCH_ROW *add(BENCH *bench, TURNS *turns, const char *name, bench_fn *run,
                      const BENCH_ROW *reference, double at_most)
{
    BENCH_ROW *row = bench_add(bench, turns->store->section, "ns", "%s", name);

    row->run = run;
    row->state = turns;
    row->reference = reference;
    row->at_most = at_most;
    row->libctx = OSSL_LIB_CTX_get0_global_default();
    return row;
}

/* What no program can do without: the row is computed of samples of others. */
static BENCH_ROW *add_together(BENCH *bench, TURNS *turns, const BENCH_ROW *reference)
{
    BENCH_ROW *row = bench_add(bench, turns->store->section, "ns", "%s", TOGETHER);

    row->reference = reference;
    return row;
}

static int measure(BENCH *bench, TURNS *turns)
{
    const int is_wrapped = turns->store->held.custody == ONEM2M_CUSTODY_WRAPPED;
    BENCH_ROW *together;
    const BENCH_ROW *raw, *software;

    bench->last_block++;
    software = add(bench, turns, "look-up, keys in software", look_up_in_software, NULL, 0);
    add(bench, turns, "look-up", look_up, software, 0);
    raw = add(bench, turns, is_wrapped ? "raw unwrap, sign, destroy" : "raw find, sign", raw_derive,
              NULL, 0);
    together = add_together(bench, turns, raw);
    add(bench, turns, "library: look-up, onem2m_token_mac", library_derive, raw, DERIVATION_MOST);
    add(bench, turns, "ONEM2M-KM, key-id with each call", provider_derive, raw, DERIVATION_MOST);
    if (!bench_measure(bench))
        return 0;
    for (size_t i = 0; i < raw->count; i++)
        bench_sample(together, raw->samples[i] + software->samples[i]);
    return 1;
}

/* How often the token is searched for keys that are looked up and derived of: never, when they are
 * wrapped. */
static int count_searches(BENCH *bench, TURNS *turns)
{
    const char *uri = turns->store->files.token;
    const long before = bench_raw_searches(uri);
    BENCH_ROW *row;

    if (before < 0)
        return 1;
    for (size_t i = 0; i < COUNTED; i++) {
        if (!library_derive(turns) || !provider_derive(turns))
            return 0;
    }
    row = bench_add(bench, turns->store->section, "", "C_FindObjectsInit in 1000 of each of these");
    row->at_most = turns->store->held.custody == ONEM2M_CUSTODY_WRAPPED ? SEARCHES_MOST : 0;
    bench_sample(row, (double)(bench_raw_searches(uri) - before));
    return 1;
}

int bench_token_look_ups(BENCH *bench, BENCH_TOKEN_STORE *store)
{
    TURNS turns = { .store = store };
    const int ok = bench_token_kdf_new(&turns.kdf, store, BENCH_HELD) && touch_all(&turns) &&
                   measure(bench, &turns) && count_searches(bench, &turns);

    bench_token_kdf_free(&turns.kdf);
    return ok;
}

/* ---- Processes ---- */

static void add_size(BENCH *bench, const BENCH_TOKEN_STORE *store)
{
    char path[2 * PATH_MAX];
    struct stat file;

    snprintf(path, sizeof(path), "%s/store/data.mdb", store->files.directory);
    if (stat(path, &file) == 0)
        bench_sample(bench_add(bench, store->section, "kB", "size of the records' file"),
                     (double)file.st_size / OCTETS_PER_KB);
}

int bench_token_processes(BENCH *bench, const BENCH_TOKEN_STORE *store, const BENCH_ROW **first)
{
    BENCH_ROW *row =
        bench_add(bench, store->section, "ms", "onem2m-key import of all keys, to software");
    const BENCH_ROW *software = row;

    bench_sample(row, store->software.import_ns / NS_PER_MS);
    row = bench_add(bench, store->section, "ms", "onem2m-key import of all keys");
    row->reference = software;
    bench_sample(row, store->files.import_ns / NS_PER_MS);
    add_size(bench, store);
    return bench_store_processes(bench, store->section, &store->files, first);
}
