/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lmdb_internal.h"

/* Opening an environment: its files, the mark by which a store is known, and where records are. */

#define TRIES 16 /* to begin, when others grow the store meanwhile */

static unsigned long mark_version(const MDB_val *value)
{
    static const char mark[] = ONEM2M_LMDB_MARK;
    char number[8] = "";
    const size_t length = sizeof(mark) - 1;

    if (value->mv_size <= length || value->mv_size >= length + sizeof(number) ||
        memcmp(value->mv_data, mark, length) != 0)
        return 0;
    memcpy(number, (const char *)value->mv_data + length, value->mv_size - length);
    return strtoul(number, NULL, 10);
}

/* In version 1 the records are in the unnamed database, where the header is. */
static int open_entries(ONEM2M_LMDB_ENVIRONMENT *environment, MDB_txn *txn, unsigned long version,
                        ONEM2M_ERROR *error)
{
    unsigned int flags = 0;
    int rc = 0;

    environment->entries = environment->meta;
    if (version >= ONEM2M_LMDB_MARK_VERSION)
        rc = mdb_dbi_open(txn, ONEM2M_LMDB_ENTRIES, 0, &environment->entries);
    if (rc == 0)
        rc = mdb_dbi_flags(txn, environment->entries, &flags);
    if (rc == MDB_NOTFOUND || rc == MDB_INCOMPATIBLE || flags != 0)
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_DAMAGED, environment->directory,
                                  "data.mdb is damaged: it has no database of records");
    return rc == 0 ||
           onem2m_lmdb_refuse_code(environment, rc, "opening the database of records", error);
}

/* Whether it is a store of ours, of a version that we know. */
static int check_mark(ONEM2M_LMDB_ENVIRONMENT *environment, MDB_txn *txn, ONEM2M_ERROR *error)
{
    char name[] = ONEM2M_LMDB_MARK_NAME;
    MDB_val key = { sizeof(name) - 1, name }, value = { 0, NULL };
    unsigned int flags = 0;
    unsigned long version = 0;
    int rc = mdb_dbi_open(txn, NULL, 0, &environment->meta);

    if (rc == 0)
        rc = mdb_dbi_flags(txn, environment->meta, &flags);
    if (rc == 0 && flags == 0 && environment->purpose == ONEM2M_LMDB_USE)
        rc = mdb_get(txn, environment->meta, &key, &value);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return onem2m_lmdb_refuse_code(environment, rc, "looking for the store's mark", error);
    if (environment->purpose == ONEM2M_LMDB_MAKE)
        return 1;
    if (rc == 0 && flags == 0)
        version = mark_version(&value);
    if (version == 0)
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_NOT_OURS, environment->directory,
                                  "data.mdb belongs to another program that uses LMDB");
    if (version > ONEM2M_LMDB_MARK_VERSION)
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_NEWER, environment->directory,
                                  "the key store is of version %lu; this program knows %d", version,
                                  ONEM2M_LMDB_MARK_VERSION);
    return open_entries(environment, txn, version, error);
}

/* Another process may grow the store again and again between its opening and this. */
static int begin_first(MDB_env *mdb, MDB_txn **txn)
{
    int rc = mdb_txn_begin(mdb, NULL, MDB_RDONLY, txn);

    for (int i = 0; i < TRIES && rc == MDB_MAP_RESIZED; i++) {
        rc = mdb_env_set_mapsize(mdb, 0); /* what the last commit says */
        if (rc == 0)
            rc = mdb_txn_begin(mdb, NULL, MDB_RDONLY, txn);
    }
    return rc;
}

/* All that needs the environment's files opened. */
static int finish_open(ONEM2M_LMDB_ENVIRONMENT *environment, MDB_env *mdb, ONEM2M_ERROR *error)
{
    MDB_txn *txn;
    int data, dead, rc;

    mdb_env_get_fd(mdb, &data);
    fcntl(data, F_SETFD, FD_CLOEXEC);
    if (environment->purpose == ONEM2M_LMDB_USE) {
        (void)fstat(data, &environment->files.data); /* LMDB has opened it anew */
        onem2m_lmdb_share_lock(environment->directory, &environment->files.data);
    }
    mdb_reader_check(mdb, &dead);
    rc = begin_first(mdb, &txn);
    if (rc != 0)
        return onem2m_lmdb_refuse_code(environment, rc, "a transaction", error);
    rc = check_mark(environment, txn, error);
    mdb_txn_commit(txn); /* keeps the handle of the table */
    return rc;
}

static int open_files(ONEM2M_LMDB_ENVIRONMENT *environment, MDB_env *mdb, ONEM2M_ERROR *error)
{
    const unsigned int flags =
        MDB_NOTLS | MDB_NORDAHEAD | (environment->files.read_only ? MDB_RDONLY : 0);
    const size_t map = onem2m_lmdb_choose_map(environment->files.used, environment->wish);
    ONEM2M_LMDB_SIGNAL held;
    int rc;

    if (map == 0)
        return onem2m_lmdb_refuse_code(environment, ENOMEM, "address space for its map", error);
    mdb_env_set_mapsize(mdb, map);
    mdb_env_set_maxreaders(mdb, ONEM2M_LMDB_READERS);
    mdb_env_set_maxdbs(mdb, 1);
    onem2m_lmdb_hold_signal(&held);
    rc = mdb_env_open(mdb, environment->directory, flags, 0600);
    onem2m_lmdb_let_signal_go(&held);
    if (rc != 0)
        return onem2m_lmdb_refuse_code(environment, rc, "opening it", error);
    return finish_open(environment, mdb, error);
}

static int prepare_files(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_ERROR *error)
{
    return onem2m_lmdb_check_files(&environment->files, environment->directory, error) &&
           onem2m_lmdb_take_guard(environment, error) &&
           onem2m_lmdb_allocate_lock(environment->directory, error);
}

void onem2m_lmdb_close_mdb(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    if (environment->mdb == NULL)
        return;
    for (unsigned int i = 0; i < ONEM2M_LMDB_SLOTS; i++) {
        onem2m_lmdb_drop_txns(&environment->slots[i]);
    }
    mdb_env_close(environment->mdb);
    environment->mdb = NULL;
    onem2m_lmdb_release_guard(environment);
}

uint64_t onem2m_lmdb_opening(const ONEM2M_TRANSACTION *transaction)
{
    return transaction->environment->opening;
}

int onem2m_lmdb_open_mdb(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_ERROR *error)
{
    static _Atomic(uint64_t) openings;
    MDB_env *mdb;
    int rc;

    mdb_env_close(environment->inherited);
    environment->inherited = NULL;
    rc = mdb_env_create(&mdb);
    if (rc != 0)
        return onem2m_lmdb_refuse_code(environment, rc, "opening it", error);
    if ((environment->purpose == ONEM2M_LMDB_USE && !prepare_files(environment, error)) ||
        !open_files(environment, mdb, error)) {
        mdb_env_close(mdb);
        onem2m_lmdb_release_guard(environment);
        return 0;
    }
    if (environment->purpose == ONEM2M_LMDB_MAKE)
        environment->files.page_size = (size_t)sysconf(_SC_PAGESIZE);
    environment->mdb = mdb;
    environment->opening = atomic_fetch_add(&openings, 1) + 1;
    return 1;
}
