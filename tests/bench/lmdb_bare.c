/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <sys/stat.h>
#include "bench.h"
#include "keystore/lmdb_environment.h"
#include "keystore/lookup.h"
#include "lmdb_bare.h"

#define MAP ((size_t)64 << 30)
#define BATCH 4096 /* as onem2m-key import */

static int open_environment(BENCH_LMDB *lmdb, const char *directory, unsigned int flags,
                            const char *database)
{
    MDB_txn *txn;

    if (mdb_env_create(&lmdb->env) != 0 || mdb_env_set_mapsize(lmdb->env, MAP) != 0 ||
        mdb_env_set_maxdbs(lmdb->env, 1) != 0 ||
        mdb_env_open(lmdb->env, directory, MDB_NOTLS | MDB_NORDAHEAD | flags, 0600) != 0 ||
        mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn) != 0)
        return 0;
    if (mdb_dbi_open(txn, database, 0, &lmdb->entries) == 0)
        return mdb_txn_commit(txn) == 0; /* which keeps the handle */
    mdb_txn_abort(txn);
    return 0;
}

/* Record after record as they were imported, in transactions of as many, so that pages are as full
 * and as many free as the store's. */
static int put_records(const BENCH_LMDB *lmdb, const BENCH_LMDB *from, MDB_txn *reader,
                       size_t first, size_t end)
{
    MDB_txn *txn;
    int ok = mdb_txn_begin(lmdb->env, NULL, 0, &txn) == 0;

    for (size_t i = first; ok && i < end; i++) {
        BENCH_NAME key;
        MDB_val name = { bench_lmdb_key(&key, i), key.text }, value;

        ok = name.mv_size > 0 && mdb_get(reader, from->entries, &name, &value) == 0 &&
             mdb_put(txn, lmdb->entries, &name, &value, 0) == 0;
    }
    if (ok)
        return mdb_txn_commit(txn) == 0;
    mdb_txn_abort(txn);
    return 0;
}

static int fill(BENCH_LMDB *lmdb, const BENCH_LMDB *from, size_t keys)
{
    MDB_txn *reader;
    size_t done = 0;

    if (mdb_txn_begin(from->env, NULL, MDB_RDONLY, &reader) != 0)
        return 0;
    for (size_t end; done < keys; done = end) {
        end = keys - done < BATCH ? keys : done + BATCH;
        if (!put_records(lmdb, from, reader, done, end))
            break;
    }
    mdb_txn_abort(reader);
    return done == keys && mdb_env_sync(lmdb->env, 1) == 0 &&
           mdb_env_set_flags(lmdb->env, MDB_NOSYNC, 0) == 0;
}

int bench_lmdb_make(BENCH_LMDB *lmdb, const char *directory, const char *copy, size_t keys)
{
    BENCH_LMDB from = { .env = NULL };
    const int ok = mkdir(directory, S_IRWXU) == 0 &&
                   open_environment(&from, copy, 0, ONEM2M_LMDB_ENTRIES) &&
                   open_environment(lmdb, directory, MDB_NOSYNC, NULL) && fill(lmdb, &from, keys);

    if (from.env != NULL)
        mdb_env_close(from.env);
    return ok || bench_failed("making a bare LMDB of the copy of a store");
}

void bench_lmdb_close(BENCH_LMDB *lmdb)
{
    mdb_env_close(lmdb->env);
}

size_t bench_lmdb_key(BENCH_NAME *key, size_t number)
{
    static const ONEM2M_KIND kinds[BENCH_KINDS] = { ONEM2M_KIND_KPM, ONEM2M_KIND_KE, ONEM2M_KIND_KM,
                                                    ONEM2M_KIND_KPSA };
    ONEM2M_LOOKUP lookup;

    bench_name(key, number);
    if (!onem2m_lookup_form(&lookup, kinds[number % BENCH_KINDS], key->text, strlen(key->text),
                            NULL))
        return 0;
    key->text[0] = ONEM2M_TABLE_KEYS;
    memcpy(key->text + 1, lookup.octets, lookup.length);
    return 1 + lookup.length;
}

MDB_txn *bench_lmdb_reader(const BENCH_LMDB *lmdb)
{
    MDB_txn *txn;

    if (mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn) != 0) {
        bench_failed("a transaction");
        return NULL;
    }
    mdb_txn_reset(txn);
    return txn;
}

int bench_lmdb_look_up(const BENCH_LMDB *lmdb, MDB_txn *txn, BENCH_NAME *key, size_t length,
                       MDB_val *value)
{
    MDB_val name = { length, key->text };
    int rc = mdb_txn_renew(txn);

    if (rc == 0) {
        rc = mdb_get(txn, lmdb->entries, &name, value);
        mdb_txn_reset(txn);
    }
    return rc == 0;
}

int bench_lmdb_insert(const BENCH_LMDB *lmdb, BENCH_NAME *key, size_t length, MDB_val *value)
{
    MDB_val name = { length, key->text };
    MDB_txn *txn;

    if (mdb_txn_begin(lmdb->env, NULL, 0, &txn) != 0)
        return 0;
    if (mdb_put(txn, lmdb->entries, &name, value, 0) == 0)
        return mdb_txn_commit(txn) == 0;
    mdb_txn_abort(txn);
    return 0;
}
