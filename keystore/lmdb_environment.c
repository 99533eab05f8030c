/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lmdb_internal.h"

#define OWN_LOCK ((off_t)1 << 60) /* in data.mdb, plus the process's id */
#define TRIES 16                  /* to begin, when others grow the store meanwhile */

static ONEM2M_LMDB_ENVIRONMENT *environments; /* under the process's lock */

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

/* In a child, too, where it is the parent's: that one's lock stays. */
static void drop_guard(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    if (environment->guard >= 0)
        close(environment->guard);
    environment->guard = -1;
}

static int lock_guard(const ONEM2M_LMDB_ENVIRONMENT *environment, short type)
{
    struct flock own = { 0 };

    own.l_type = type;
    own.l_whence = SEEK_SET;
    own.l_start = OWN_LOCK + getpid();
    own.l_len = 1;
    return fcntl(environment->guard, F_OFD_SETLK, &own);
}

/* A child that was forked meanwhile has the descriptor as well, until it closes it: closing alone
 * would leave the lock there, and this process could not open the store again. */
static void release_guard(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    if (environment->guard >= 0)
        lock_guard(environment, F_UNLCK);
    drop_guard(environment);
}

/*
 * A second environment of one store in one process corrupts it, and another
 * copy of this code (a second module file) has a list of its own: so each
 * process locks, for one open file, an octet of data.mdb that bears its number.
 * Before lock.mdb is opened: closing that would drop the other's locks.
 */
static int take_guard(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_ERROR *error)
{
    environment->guard = open(environment->data, O_RDWR | O_CLOEXEC);
    if (environment->guard < 0 || lock_guard(environment, F_WRLCK) == 0 ||
        (errno != EAGAIN && errno != EACCES))
        return 1;
    drop_guard(environment);
    return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_LOCKED, environment->directory,
                              "open already in this process by another copy of the provider, or "
                              "by its like in another PID namespace");
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
           take_guard(environment, error) &&
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
    release_guard(environment);
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
        release_guard(environment);
        return 0;
    }
    if (environment->purpose == ONEM2M_LMDB_MAKE)
        environment->files.page_size = (size_t)sysconf(_SC_PAGESIZE);
    environment->mdb = mdb;
    environment->opening = atomic_fetch_add(&openings, 1) + 1;
    return 1;
}

/* Forks */

/* Returns whether nobody was busy with it. */
static int slot_after_fork(ONEM2M_LMDB_SLOT *slot)
{
    const int was_busy = atomic_load(&slot->state) == ONEM2M_LMDB_BUSY;

    onem2m_lmdb_leave_txns(slot);
    if (was_busy && atomic_load(&slot->owner) == (uintptr_t)pthread_self())
        atomic_store(&slot->state, ONEM2M_LMDB_STALE);
    else if (atomic_load(&slot->state) != ONEM2M_LMDB_STALE)
        atomic_store(&slot->state, ONEM2M_LMDB_FREE);
    return !was_busy;
}

/*
 * The parent's environment must not be used, and its transactions not be
 * ended: their slots are in memory shared with the parent. What nobody was
 * busy with is closed before the store is opened again, so that no lock of
 * this process goes with it; the rest is left as it is.
 */
static void init_writer(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    pthread_mutexattr_t kind;

    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&environment->writer, &kind);
    pthread_mutexattr_destroy(&kind);
}

static void after_fork(void *argument)
{
    ONEM2M_LMDB_ENVIRONMENT *environment = argument;
    int quiet = !atomic_load(&environment->writing);

    for (unsigned int i = 0; i < ONEM2M_LMDB_SLOTS; i++)
        quiet &= slot_after_fork(&environment->slots[i]);
    if (environment->mdb != NULL)
        *(quiet ? &environment->inherited : &environment->abandoned) = environment->mdb;
    environment->mdb = NULL;
    drop_guard(environment);
    if (environment->write != NULL)
        environment->write->transaction.txn = NULL;
    environment->write = NULL;
    atomic_store(&environment->writing, 0);
    atomic_store(&environment->barring, 0);
    init_writer(environment);
}

/* The registry */

static void environment_free(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    mdb_env_close(environment->inherited);
    onem2m_lmdb_close_mdb(environment);
    pthread_mutex_destroy(&environment->writer);
    free(environment->data);
    free(environment->directory);
    free(environment);
}

static int set_paths(ONEM2M_LMDB_ENVIRONMENT *environment, const char *directory)
{
    const size_t length = strlen(directory);

    environment->directory = strdup(directory);
    environment->data = malloc(length + sizeof("/" ONEM2M_LMDB_DATA));
    if (environment->directory == NULL || environment->data == NULL)
        return 0;
    memcpy(environment->data, directory, length);
    memcpy(environment->data + length, "/" ONEM2M_LMDB_DATA, sizeof("/" ONEM2M_LMDB_DATA));
    return 1;
}

static ONEM2M_LMDB_ENVIRONMENT *environment_new(const char *directory, ONEM2M_LMDB_PURPOSE purpose)
{
    ONEM2M_LMDB_ENVIRONMENT *environment =
        aligned_alloc(_Alignof(ONEM2M_LMDB_ENVIRONMENT), sizeof(*environment));

    if (environment == NULL)
        return NULL;
    memset(environment, 0, sizeof(*environment));
    if (!set_paths(environment, directory)) {
        free(environment->data);
        free(environment->directory);
        free(environment);
        return NULL;
    }
    environment->purpose = purpose;
    environment->references = 1;
    environment->guard = -1;
    environment->watch.child = after_fork;
    environment->watch.argument = environment;
    for (unsigned int i = 0; i < ONEM2M_LMDB_SLOTS; i++)
        environment->slots[i].transaction.environment = environment;
    init_writer(environment);
    return environment;
}

static int same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The open environment of a directory: 1 found, 0 not, -1 with *error when the data file is open
 * by another directory, or another one in the same. */
static int find(ONEM2M_LMDB_ENVIRONMENT **found, const char *directory, ONEM2M_ERROR *error)
{
    char path[PATH_MAX];
    struct stat place, data;

    snprintf(path, sizeof(path), "%s/" ONEM2M_LMDB_DATA, directory);
    if (stat(directory, &place) != 0 || stat(path, &data) != 0)
        return 0;
    for (ONEM2M_LMDB_ENVIRONMENT *at = environments; at != NULL; at = at->next) {
        const int same_place = same_file(&place, &at->files.directory);
        const int same_data = same_file(&data, &at->files.data);

        *found = at;
        if (same_place && (same_data || at->mdb == NULL))
            return 1;
        if ((same_place || same_data) && at->mdb != NULL) {
            onem2m_lmdb_refuse(error, ONEM2M_R_STORE_LOCKED, directory,
                               same_place ? "data.mdb was replaced while this process has it open"
                                          : "this process has its data.mdb open elsewhere");
            return -1;
        }
    }
    return 0;
}

static ONEM2M_LMDB_ENVIRONMENT *open_new(const char *directory, ONEM2M_LMDB_PURPOSE purpose,
                                         ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_ENVIRONMENT *environment = environment_new(directory, purpose);

    if (environment == NULL) {
        onem2m_lmdb_refuse_errno(error, ENOMEM, directory, "opening it");
        return NULL;
    }
    if (!onem2m_lmdb_open_mdb(environment, error)) {
        environment_free(environment);
        return NULL;
    }
    if (!onem2m_process_watch(&environment->watch)) {
        onem2m_lmdb_refuse_errno(error, ENOMEM, directory, "opening it");
        environment_free(environment);
        return NULL;
    }
    environment->next = environments;
    environments = environment;
    return environment;
}

ONEM2M_LMDB_ENVIRONMENT *onem2m_lmdb_acquire(const char *directory, ONEM2M_LMDB_PURPOSE purpose,
                                             ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_ENVIRONMENT *environment = NULL;
    int found;

    onem2m_process_lock();
    found = find(&environment, directory, error);
    if (found > 0)
        environment->references++;
    else if (found == 0)
        environment = open_new(directory, purpose, error);
    else
        environment = NULL;
    onem2m_process_unlock();
    return environment;
}

void onem2m_lmdb_release(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    ONEM2M_LMDB_ENVIRONMENT **link = &environments;

    if (environment == NULL)
        return;
    onem2m_process_lock();
    if (--environment->references == 0) {
        while (*link != environment)
            link = &(*link)->next;
        *link = environment->next;
        onem2m_process_unwatch(&environment->watch);
        environment_free(environment);
    }
    onem2m_process_unlock();
}
