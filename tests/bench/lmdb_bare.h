/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_LMDB_BARE_H
#define ONEM2M_BENCH_LMDB_BARE_H

#include <lmdb.h>
#include "names.h"

/* LMDB without this project: the records of a store in the unnamed database, and nothing else. */
typedef struct {
    MDB_env *env;
    MDB_dbi entries;
} BENCH_LMDB;

/* Makes it in a new directory out of the copy of a store of so many keys; removes nothing when it
 * fails. */
int bench_lmdb_make(BENCH_LMDB *lmdb, const char *directory, const char *copy, size_t keys);
void bench_lmdb_close(BENCH_LMDB *lmdb);

/* What LMDB finds a key of that kind by: length octets. */
size_t bench_lmdb_key(BENCH_NAME *key, size_t number);

/* One look-up: renew, get, reset. txn: reset. *value is valid no longer. */
int bench_lmdb_look_up(const BENCH_LMDB *lmdb, MDB_txn *txn, BENCH_NAME *key, size_t length,
                       MDB_val *value);

/* A transaction for it. */
MDB_txn *bench_lmdb_reader(const BENCH_LMDB *lmdb);

/* One durable insert. */
int bench_lmdb_insert(const BENCH_LMDB *lmdb, BENCH_NAME *key, size_t length, MDB_val *value);

#endif
