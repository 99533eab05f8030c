/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_LMDB_ENVIRONMENT_H
#define ONEM2M_KEYSTORE_LMDB_ENVIRONMENT_H

#include <lmdb.h>
#include "backend.h"

/*
 * The one LMDB environment that a process has of a store, however many ask for
 * it by whatever path, and its transactions. It is opened again by itself
 * after a fork and after a fatal error, and its map grows by itself.
 */
typedef struct onem2m_lmdb_environment_st ONEM2M_LMDB_ENVIRONMENT;

struct onem2m_transaction_st {
    ONEM2M_LMDB_ENVIRONMENT *environment;
    ONEM2M_TRANSACTION_KIND kind;
    int failed;
    MDB_dbi meta, entries;
    MDB_txn *txn;          /* NULL in the child of a process that had it open */
    MDB_cursor *cursor;    /* of a reader: kept for the next transaction */
    int cursor_is_current; /* not one before's */
};

/* What an environment is opened for. */
typedef enum {
    ONEM2M_LMDB_USE,
    ONEM2M_LMDB_MAKE /* in an empty directory that nobody else knows: the first transaction marks
                        it as a store */
} ONEM2M_LMDB_PURPOSE;

/* directory: absolute. NULL with *error; ONEM2M_R_STORE_MISSING when there is no data file. */
ONEM2M_LMDB_ENVIRONMENT *onem2m_lmdb_acquire(const char *directory, ONEM2M_LMDB_PURPOSE purpose,
                                             ONEM2M_ERROR *error);
void onem2m_lmdb_release(ONEM2M_LMDB_ENVIRONMENT *environment);

int onem2m_lmdb_begin(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_TRANSACTION **transaction,
                      ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error);
/* Ends it. do_commit 0: aborts, and returns 1. */
int onem2m_lmdb_end(ONEM2M_TRANSACTION *transaction, int do_commit, ONEM2M_ERROR *error);

/* Which of this process's openings of LMDB files a transaction belongs to; from 1 on. */
uint64_t onem2m_lmdb_opening(const ONEM2M_TRANSACTION *transaction);

/* Refuses because of what LMDB returned for an entry; tells the next transaction that writes to
 * make more room when this one needed it. Returns 0. */
int onem2m_lmdb_refuse_entry(ONEM2M_TRANSACTION *transaction, int rc, const char *what,
                             ONEM2M_ERROR *error);

/* Makes the store in a directory that exists and is empty. ONEM2M_R_STORE_EXISTS when there is
 * one. */
int onem2m_lmdb_make(const char *directory, onem2m_fill_fn *fill, void *argument,
                     ONEM2M_ERROR *error);

/* Makes it of a file that onem2m_lmdb_copy wrote, which check sees in a directory of its own. */
typedef int onem2m_lmdb_check_fn(const char *directory, void *argument, ONEM2M_ERROR *error);
int onem2m_lmdb_remake(const char *directory, const char *path, onem2m_lmdb_check_fn *check,
                       void *argument, ONEM2M_ERROR *error);

/* Writes a snapshot into a new file. */
int onem2m_lmdb_copy(ONEM2M_LMDB_ENVIRONMENT *environment, const char *path, ONEM2M_ERROR *error);

/* The entry that says that a store is one of ours: ONEM2M_TABLE_META and this name. */
#define ONEM2M_LMDB_MARK_NAME "mformat"
#define ONEM2M_LMDB_MARK "onem2m-provider key store "
#define ONEM2M_LMDB_MARK_VERSION 2

/* The database of records and children; in a store of version 1 they are beside the header. */
#define ONEM2M_LMDB_ENTRIES "entries"

#endif
