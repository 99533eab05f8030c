/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "bench.h"
#include "keystore/backend.h"
#include "keystore/lookup.h"
#include "lmdb_bare.h"

#define MAP ((size_t)64 << 30)

static int open_entries(BENCH_LMDB *lmdb)
{
    MDB_txn *txn;
    const int ok = mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn) == 0;

    if (!ok || mdb_dbi_open(txn, NULL, 0, &lmdb->entries) != 0)
        return 0;
    mdb_txn_abort(txn);
    return 1;
}

int bench_lmdb_open(BENCH_LMDB *lmdb, const char *directory)
{
    return (mdb_env_create(&lmdb->env) == 0 && mdb_env_set_mapsize(lmdb->env, MAP) == 0 &&
            mdb_env_open(lmdb->env, directory, MDB_NOTLS | MDB_NORDAHEAD, 0600) == 0 &&
            open_entries(lmdb)) ||
           bench_failed("opening the copy of a store");
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
