/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lmdb_environment.h"
#include "lmdb_file.h"

#define CACHE_LINE 64
#define FETCHED_AHEAD_MAX 1024

/*
 * An entry's key is the table's octet and the name. Header and mark are in the
 * unnamed database, whose one page has beside them where the other begins, of
 * records and children: so a header costs a commit that page, and not another
 * path through all of them. A look-up goes by that page, some 50 ns. A store of
 * version 1 has everything in the unnamed one.
 */
typedef struct {
    MDB_val val;
    char octets[1 + ONEM2M_BACKEND_NAME_MAX + 1];
} KEY;

struct onem2m_backend_st {
    char *directory;
    _Atomic(ONEM2M_LMDB_ENVIRONMENT *) environment; /* NULL until there is a store */
};

static char *find_directory(const char *location, ONEM2M_ERROR *error)
{
    char *directory = NULL;
    struct stat found;

    if (location[0] == '\0')
        onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                      "keystore = lmdb: must be followed by a directory");
    else if ((directory = realpath(location, NULL)) == NULL)
        onem2m_lmdb_refuse_errno(error, errno, location, "the directory");
    else if (stat(directory, &found) == 0 && S_ISDIR(found.st_mode))
        return directory;
    else
        onem2m_lmdb_refuse(error, ONEM2M_R_STORE_MISSING, location, "this is not a directory");
    free(directory);
    return NULL;
}

/* NULL when there is no store yet, too. */
static ONEM2M_LMDB_ENVIRONMENT *attach(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_ENVIRONMENT *none = NULL;
    ONEM2M_LMDB_ENVIRONMENT *environment =
        onem2m_lmdb_acquire(backend->directory, ONEM2M_LMDB_USE, error);

    if (environment == NULL ||
        atomic_compare_exchange_strong(&backend->environment, &none, environment))
        return environment;
    onem2m_lmdb_release(environment); /* another thread was faster */
    return none;
}

static void lmdb_close(ONEM2M_BACKEND *backend)
{
    if (backend == NULL)
        return;
    onem2m_lmdb_release(backend->environment);
    free(backend->directory);
    free(backend);
}

static int lmdb_open(ONEM2M_BACKEND **backend, const char *location, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *opened = calloc(1, sizeof(*opened));
    ONEM2M_ERROR why = { .reason = ONEM2M_R_NONE };

    if (opened == NULL)
        return onem2m_lmdb_refuse_errno(error, ENOMEM, location, "opening it");
    opened->directory = find_directory(location, &why);
    if (opened->directory != NULL &&
        (onem2m_lmdb_check_place(opened->directory, &why) == 0 ||
         (attach(opened, &why) == NULL && why.reason != ONEM2M_R_STORE_MISSING))) {
        free(opened->directory);
        opened->directory = NULL;
    }
    if (opened->directory == NULL) {
        free(opened);
        if (error != NULL)
            *error = why;
        return 0;
    }
    *backend = opened;
    return 1;
}

static int lmdb_create(ONEM2M_BACKEND *backend, onem2m_fill_fn *fill, void *argument,
                       ONEM2M_ERROR *error)
{
    return onem2m_lmdb_make(backend->directory, fill, argument, error);
}

static int lmdb_begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION **transaction,
                      ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_ENVIRONMENT *environment =
        atomic_load_explicit(&backend->environment, memory_order_acquire);

    if (environment == NULL)
        environment = attach(backend, error);
    return environment != NULL && onem2m_lmdb_begin(environment, transaction, kind, error);
}

static int lmdb_commit(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    return onem2m_lmdb_end(transaction, 1, error);
}

static void lmdb_abort(ONEM2M_TRANSACTION *transaction)
{
    if (transaction != NULL)
        onem2m_lmdb_end(transaction, 0, NULL);
}

static ONEM2M_SNAPSHOT lmdb_snapshot(const ONEM2M_TRANSACTION *transaction)
{
    if (transaction->txn == NULL)
        return (ONEM2M_SNAPSHOT){ 0, 0 };
    return (ONEM2M_SNAPSHOT){ onem2m_lmdb_opening(transaction), mdb_txn_id(transaction->txn) };
}

/* Entries */

static void make_key(KEY *key, ONEM2M_TABLE table, ONEM2M_SLICE name)
{
    key->octets[0] = (char)table;
    if (name.length > 0)
        memcpy(key->octets + 1, name.data, name.length);
    key->val.mv_data = key->octets;
    key->val.mv_size = 1 + name.length;
}

static MDB_dbi database_of(const ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table)
{
    return table == ONEM2M_TABLE_META ? transaction->meta : transaction->entries;
}

static ONEM2M_SLICE slice_of(const MDB_val *val, size_t skipped)
{
    return (ONEM2M_SLICE){ (const unsigned char *)val->mv_data + skipped, val->mv_size - skipped };
}

static int check_alive(const ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    if (transaction->txn != NULL)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_STORE_FAILED, ONEM2M_NO_OFFSET,
                         "lmdb: the transaction was begun before a fork");
}

/*
 * Of what was not read lately every cache line comes from memory: all of them
 * at once, while the first are read.
 */
static void fetch_ahead(const MDB_val *val)
{
    const char *octets = val->mv_data;

    for (size_t i = 0; i < val->mv_size && i < FETCHED_AHEAD_MAX; i += CACHE_LINE)
        __builtin_prefetch(octets + i);
}

static int prepare_cursor(ONEM2M_TRANSACTION *transaction)
{
    int rc = 0;

    if (transaction->cursor == NULL)
        rc = mdb_cursor_open(transaction->txn, transaction->entries, &transaction->cursor);
    else if (!transaction->cursor_is_current)
        rc = mdb_cursor_renew(transaction->txn, transaction->cursor);
    transaction->cursor_is_current = rc == 0;
    return rc;
}

/* A reader that looks for neighbours, as are the kinds of one name, finds the next on the same
 * page. */
static int get_value(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, MDB_val *key,
                     MDB_val *value)
{
    int rc;

    if (transaction->kind == ONEM2M_WRITE || table == ONEM2M_TABLE_META)
        return mdb_get(transaction->txn, database_of(transaction, table), key, value);
    rc = prepare_cursor(transaction);
    return rc == 0 ? mdb_cursor_get(transaction->cursor, key, value, MDB_SET) : rc;
}

static int lmdb_get(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                    ONEM2M_SLICE *value, ONEM2M_ERROR *error)
{
    MDB_val found;
    KEY key;
    int rc;

    if (!onem2m_backend_check_name(name, error) || !check_alive(transaction, error))
        return -1;
    make_key(&key, table, name);
    rc = get_value(transaction, table, &key.val, &found);
    if (rc == MDB_NOTFOUND)
        return 0;
    if (rc != 0) {
        onem2m_lmdb_refuse_entry(transaction, rc, "reading an entry", error);
        return -1;
    }
    fetch_ahead(&found);
    *value = slice_of(&found, 0);
    return 1;
}

/* As LMDB orders keys. */
static int is_before(const MDB_val *key, const MDB_val *other)
{
    const size_t common = key->mv_size < other->mv_size ? key->mv_size : other->mv_size;
    const int order = memcmp(key->mv_data, other->mv_data, common);

    return order < 0 || (order == 0 && key->mv_size < other->mv_size);
}

/* Rare: with a cursor of its own. */
static int seek_meta(ONEM2M_TRANSACTION *transaction, MDB_val *key, MDB_val *value)
{
    const MDB_val from = *key;
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(transaction->txn, transaction->meta, &cursor);

    if (rc != 0)
        return rc;
    rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    mdb_cursor_close(cursor);
    return rc == 0 && is_before(key, &from) ? MDB_CORRUPTED : rc;
}

/* On a damaged page keys may be out of order; whoever goes from one to the next would not end. */
static int seek_key(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, MDB_val *key,
                    MDB_val *value)
{
    const MDB_val from = *key;
    int rc;

    if (table == ONEM2M_TABLE_META)
        return seek_meta(transaction, key, value);
    rc = prepare_cursor(transaction);
    if (rc == 0)
        rc = mdb_cursor_get(transaction->cursor, key, value, MDB_SET_RANGE);
    return rc == 0 && is_before(key, &from) ? MDB_CORRUPTED : rc;
}

static int lmdb_seek(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE from,
                     ONEM2M_SLICE *name, ONEM2M_SLICE *value, ONEM2M_ERROR *error)
{
    MDB_val found;
    KEY key;
    int rc;

    if (!onem2m_backend_check_from(from, error) || !check_alive(transaction, error))
        return -1;
    make_key(&key, table, from);
    rc = seek_key(transaction, table, &key.val, &found);
    if (rc == MDB_NOTFOUND || (rc == 0 && *(const char *)key.val.mv_data != (char)table))
        return 0;
    if (rc != 0) {
        onem2m_lmdb_refuse_entry(transaction, rc, "looking for an entry", error);
        return -1;
    }
    *name = slice_of(&key.val, 1);
    *value = slice_of(&found, 0);
    return 1;
}

static int check_writes(const ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    if (transaction->kind == ONEM2M_WRITE)
        return check_alive(transaction, error);
    return onem2m_refuse(error, ONEM2M_R_STORE_READ_ONLY, ONEM2M_NO_OFFSET,
                         "lmdb: a write in a transaction that reads");
}

static int lmdb_put(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                    ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    MDB_val place = { value.length, NULL };
    KEY key;
    int rc;

    if (!check_writes(transaction, error) || !onem2m_backend_check_name(name, error) ||
        !onem2m_backend_check_value(value, error))
        return 0;
    make_key(&key, table, name);
    rc = mdb_put(transaction->txn, database_of(transaction, table), &key.val, &place, MDB_RESERVE);
    if (rc == 0) {
        if (value.length > 0)
            memcpy(place.mv_data, value.data, value.length);
        return 1;
    }
    transaction->failed = 1;
    return onem2m_lmdb_refuse_entry(transaction, rc, "writing an entry", error);
}

static int lmdb_remove(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                       ONEM2M_ERROR *error)
{
    KEY key;
    int rc;

    if (!check_writes(transaction, error) || !onem2m_backend_check_name(name, error))
        return 0;
    make_key(&key, table, name);
    rc = mdb_del(transaction->txn, database_of(transaction, table), &key.val, NULL);
    if (rc == 0 || rc == MDB_NOTFOUND)
        return 1;
    transaction->failed = 1;
    return onem2m_lmdb_refuse_entry(transaction, rc, "removing an entry", error);
}

/* Backups */

static int lmdb_copy(ONEM2M_BACKEND *backend, const char *path, ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_ENVIRONMENT *environment = atomic_load(&backend->environment);

    if (environment == NULL)
        environment = attach(backend, error);
    return environment != NULL && onem2m_lmdb_copy(environment, path, error);
}

typedef struct {
    onem2m_check_fn *check;
    void *argument;
} CANDIDATE_CHECK;

static int check_candidate(const char *directory, void *argument, ONEM2M_ERROR *error)
{
    const CANDIDATE_CHECK *check = argument;
    ONEM2M_BACKEND *candidate = NULL;
    int ok;

    if (!lmdb_open(&candidate, directory, error))
        return 0;
    ok = check->check(candidate, check->argument, error);
    lmdb_close(candidate);
    return ok;
}

static int lmdb_restore(ONEM2M_BACKEND *backend, const char *path, onem2m_check_fn *check,
                        void *argument, ONEM2M_ERROR *error)
{
    CANDIDATE_CHECK candidate_check = { check, argument };

    return onem2m_lmdb_remake(backend->directory, path, check_candidate, &candidate_check, error);
}

const ONEM2M_BACKEND_FUNCTIONS onem2m_backend_lmdb = {
    "lmdb",   lmdb_open, lmdb_create, lmdb_close, lmdb_begin, lmdb_commit,  lmdb_abort,
    lmdb_get, lmdb_put,  lmdb_remove, lmdb_seek,  lmdb_copy,  lmdb_restore, lmdb_snapshot
};
