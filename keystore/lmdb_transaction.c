/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include "lmdb_internal.h"

/* How long to wait for transactions of this process before something is refused. */
#ifndef ONEM2M_LMDB_PATIENCE_MS
#define ONEM2M_LMDB_PATIENCE_MS 10000
#endif

/* The same, to grow in time, before it is needed. */
#ifndef ONEM2M_LMDB_EAGER_MS
#define ONEM2M_LMDB_EAGER_MS 20
#endif

#define RENEWALS 1000000
#define TRIES 16 /* to begin, when maps grow and processes fork meanwhile */
#define CHECK_READERS_MS 1000
#define NO_ENVIRONMENT 1 /* beside LMDB's return codes, which are 0, errno or negative */

static void nap(void)
{
    static const struct timespec nap_time = { 0, 50000 };

    nanosleep(&nap_time, NULL);
}

static int64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int take(ONEM2M_LMDB_SLOT *slot, unsigned int state)
{
    unsigned int expected = ONEM2M_LMDB_FREE;

    return atomic_load_explicit(&slot->state, memory_order_relaxed) == ONEM2M_LMDB_FREE &&
           atomic_compare_exchange_strong_explicit(&slot->state, &expected, state,
                                                   memory_order_acquire, memory_order_relaxed);
}

static void give_back(ONEM2M_LMDB_SLOT *slot)
{
    atomic_store_explicit(&slot->state, ONEM2M_LMDB_FREE, memory_order_release);
}

/* The slot where a thread begins to look: the same one each time, another thread's elsewhere. */
static unsigned int home(void)
{
    const uint64_t thread = (uint64_t)(uintptr_t)pthread_self();

    return (unsigned int)(((thread >> 6) * UINT64_C(0x9E3779B97F4A7C15)) >>
                          (64 - ONEM2M_LMDB_SLOT_BITS));
}

/* only_made: one that has a transaction already. NULL when all are taken. */
static ONEM2M_LMDB_SLOT *claim(ONEM2M_LMDB_ENVIRONMENT *environment, int only_made)
{
    const unsigned int first = home();

    if (atomic_load_explicit(&environment->barring, memory_order_relaxed))
        return NULL;
    for (unsigned int i = 0; i < ONEM2M_LMDB_SLOTS; i++) {
        ONEM2M_LMDB_SLOT *slot = &environment->slots[(first + i) % ONEM2M_LMDB_SLOTS];

        if (!take(slot, ONEM2M_LMDB_BUSY))
            continue;
        if (!only_made || slot->transaction.txn != NULL) {
            atomic_store_explicit(&slot->owner, (uintptr_t)pthread_self(), memory_order_relaxed);
            return slot;
        }
        give_back(slot);
    }
    return NULL;
}

static ONEM2M_LMDB_SLOT *claim_patiently(ONEM2M_LMDB_ENVIRONMENT *environment, int only_made)
{
    const int64_t end = milliseconds() + ONEM2M_LMDB_PATIENCE_MS;
    ONEM2M_LMDB_SLOT *slot = NULL;

    while (slot == NULL && milliseconds() < end) {
        nap();
        slot = claim(environment, only_made);
    }
    return slot;
}

static void open_slots(ONEM2M_LMDB_ENVIRONMENT *environment, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        if (atomic_load(&environment->slots[i].state) == ONEM2M_LMDB_BARRED)
            give_back(&environment->slots[i]);
    }
    atomic_store(&environment->barring, 0);
}

static int is_own(const ONEM2M_LMDB_SLOT *slot)
{
    return atomic_load(&slot->state) == ONEM2M_LMDB_BUSY &&
           atomic_load_explicit(&slot->owner, memory_order_relaxed) == (uintptr_t)pthread_self();
}

static int bar(ONEM2M_LMDB_SLOT *slot)
{
    return take(slot, ONEM2M_LMDB_BARRED) || atomic_load(&slot->state) == ONEM2M_LMDB_STALE;
}

/* Waits for this process's transactions that read to end, and lets none begin. */
static int bar_slots(ONEM2M_LMDB_ENVIRONMENT *environment, int patience, ONEM2M_ERROR *error)
{
    const int64_t end = milliseconds() + patience;

    atomic_store(&environment->barring, 1);
    for (unsigned int i = 0; i < ONEM2M_LMDB_SLOTS; i++) {
        while (!bar(&environment->slots[i])) {
            if (milliseconds() >= end || is_own(&environment->slots[i])) {
                open_slots(environment, i);
                return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_LOCKED, environment->directory,
                                          "must grow or be opened again, but a transaction of "
                                          "this process does not stop reading");
            }
            nap();
        }
    }
    return 1;
}

static int lock_writer(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_ERROR *error)
{
    if (pthread_mutex_lock(&environment->writer) != 0)
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_LOCKED, environment->directory,
                                  "this thread has a transaction that writes already");
    atomic_store(&environment->writing, 1);
    return 1;
}

static void unlock_writer(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    atomic_store(&environment->writing, 0);
    pthread_mutex_unlock(&environment->writer);
}

/* Puts right what kept a transaction from beginning; with the writers' mutex held. */
static int repair(ONEM2M_LMDB_ENVIRONMENT *environment, int rc, int patience, ONEM2M_ERROR *error)
{
    int ok;

    if (rc != MDB_MAP_RESIZED && rc != NO_ENVIRONMENT && rc != MDB_PANIC && rc != MDB_BAD_RSLOT)
        return onem2m_lmdb_refuse_code(environment, rc, "a transaction", error);
    if (!bar_slots(environment, patience, error))
        return 0;
    onem2m_process_lock();
    if (rc == MDB_MAP_RESIZED && environment->mdb != NULL) {
        ok = onem2m_lmdb_resize(environment, error);
    } else {
        if (rc != NO_ENVIRONMENT)
            onem2m_lmdb_close_mdb(environment);
        ok = environment->mdb != NULL || onem2m_lmdb_open_mdb(environment, error);
    }
    onem2m_process_unlock();
    open_slots(environment, ONEM2M_LMDB_SLOTS);
    return ok;
}

/* Reading */

void onem2m_lmdb_drop_txns(ONEM2M_LMDB_SLOT *slot)
{
    if (slot->transaction.cursor != NULL)
        mdb_cursor_close(slot->transaction.cursor);
    slot->transaction.cursor = NULL;
    mdb_txn_abort(slot->transaction.txn);
    mdb_txn_abort(slot->probe);
    slot->transaction.txn = NULL;
    slot->probe = NULL;
}

void onem2m_lmdb_leave_txns(ONEM2M_LMDB_SLOT *slot)
{
    if (slot->transaction.txn != NULL)
        slot->inherited[0] = slot->transaction.txn;
    if (slot->probe != NULL)
        slot->inherited[1] = slot->probe;
    if (slot->transaction.cursor != NULL)
        slot->inherited_cursor = slot->transaction.cursor;
    slot->transaction.cursor = NULL;
    slot->transaction.txn = NULL;
    slot->probe = NULL;
}

static int make_txn(ONEM2M_LMDB_ENVIRONMENT *environment, MDB_txn **txn)
{
    int dead, rc = mdb_txn_begin(environment->mdb, NULL, MDB_RDONLY, txn);

    if (rc == MDB_READERS_FULL) {
        mdb_reader_check(environment->mdb, &dead);
        rc = mdb_txn_begin(environment->mdb, NULL, MDB_RDONLY, txn);
    }
    if (rc == 0)
        mdb_txn_reset(*txn);
    else
        *txn = NULL;
    return rc;
}

static int make_txns(ONEM2M_LMDB_SLOT *slot)
{
    ONEM2M_TRANSACTION *transaction = &slot->transaction;
    int rc;

    if (transaction->environment->mdb == NULL)
        return NO_ENVIRONMENT;
    transaction->meta = transaction->environment->meta;
    transaction->entries = transaction->environment->entries;
    rc = make_txn(transaction->environment, &transaction->txn);
    if (rc == 0)
        rc = make_txn(transaction->environment, &slot->probe);
    if (rc != 0)
        onem2m_lmdb_drop_txns(slot);
    return rc;
}

/* gcc's ThreadSanitizer knows no fences. */
static void order_reads(void)
{
#ifndef __SANITIZE_THREAD__
    atomic_thread_fence(memory_order_acquire);
#endif
}

/*
 * LMDB reads the number of the last commit, and then copies that commit's meta
 * page; a thread that is stopped in between, until the next commit but one
 * writes that page, sees what is not committed yet. It cannot have happened
 * when, after the copy, the number is still the same; a second transaction is
 * the way to read it.
 */
static int renew_txns(ONEM2M_LMDB_SLOT *slot, MDB_txn *txn)
{
    int rc, is_same;

    for (int i = 0; i < RENEWALS; i++) {
        rc = mdb_txn_renew(txn);
        if (rc != 0)
            return rc;
        order_reads();
        rc = mdb_txn_renew(slot->probe);
        is_same = rc == 0 && mdb_txn_id(slot->probe) == mdb_txn_id(txn);
        if (rc == 0)
            mdb_txn_reset(slot->probe);
        if (is_same)
            return 0;
        mdb_txn_reset(txn);
        if (rc != 0)
            return rc;
    }
    return EBUSY;
}

static int renew(ONEM2M_LMDB_SLOT *slot)
{
    int rc = slot->transaction.txn == NULL ? make_txns(slot) : 0;

    if (rc == 0)
        rc = renew_txns(slot, slot->transaction.txn);
    /* Somebody took this process for dead; the readers may be another's now. */
    if (rc == MDB_BAD_RSLOT)
        onem2m_lmdb_leave_txns(slot);
    return rc;
}

static int repair_for_reader(ONEM2M_LMDB_ENVIRONMENT *environment, int rc, ONEM2M_ERROR *error)
{
    int ok;

    if (!lock_writer(environment, error))
        return 0;
    ok = repair(environment, rc, ONEM2M_LMDB_PATIENCE_MS, error);
    unlock_writer(environment);
    return ok;
}

static int begin_reading(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_TRANSACTION **transaction,
                         ONEM2M_ERROR *error)
{
    const char *directory = environment->directory;
    ONEM2M_LMDB_SLOT *slot;
    int rc, only_made = 0;

    for (int i = 0; i < TRIES; i++) {
        slot = claim(environment, only_made);
        if (slot == NULL)
            slot = claim_patiently(environment, only_made);
        if (slot == NULL)
            break;
        rc = renew(slot);
        if (rc == 0) {
            *transaction = &slot->transaction;
            return 1;
        }
        give_back(slot);
        if (rc == MDB_READERS_FULL && !only_made)
            only_made = 1;
        else if (!repair_for_reader(environment, rc, error))
            return 0;
    }
    return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_LOCKED, directory,
                              "too many transactions are reading it");
}

/* Writing */

/* Pages that a killed reader saw last are not used again until its slot is cleared. */
static void clear_dead_readers(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    const int64_t now = milliseconds();
    int dead;

    if (now - environment->readers_checked < CHECK_READERS_MS)
        return;
    environment->readers_checked = now;
    mdb_reader_check(environment->mdb, &dead);
}

static int begin_txn(ONEM2M_LMDB_ENVIRONMENT *environment, MDB_txn **txn)
{
    if (environment->mdb == NULL)
        return NO_ENVIRONMENT;
    if (environment->files.read_only)
        return EROFS;
    clear_dead_readers(environment);
    return mdb_txn_begin(environment->mdb, NULL, 0, txn);
}

static int has_enough_room(const ONEM2M_LMDB_ENVIRONMENT *environment)
{
    MDB_envinfo info;

    mdb_env_info(environment->mdb, &info);
    return environment->wish == 0 &&
           onem2m_lmdb_has_room(info.me_mapsize,
                                (info.me_last_pgno + 1) * environment->files.page_size);
}

/* Grows in time: a transaction that has begun cannot. When it is not needed yet, it may fail. */
static int grow(ONEM2M_LMDB_ENVIRONMENT *environment, MDB_txn **txn, ONEM2M_ERROR *error)
{
    const int needed = environment->wish != 0;

    mdb_txn_abort(*txn);
    *txn = NULL;
    return repair(environment, MDB_MAP_RESIZED,
                  needed ? ONEM2M_LMDB_PATIENCE_MS : ONEM2M_LMDB_EAGER_MS, error) ||
           !needed;
}

/* What is committed to a file that stands there no more is on disk, and nobody finds it. */
static int check_in_place(const ONEM2M_LMDB_ENVIRONMENT *environment, MDB_txn **txn,
                          ONEM2M_ERROR *error)
{
    if (environment->purpose != ONEM2M_LMDB_USE ||
        onem2m_lmdb_is_in_place(environment->data, &environment->files.data))
        return 1;
    mdb_txn_abort(*txn);
    *txn = NULL;
    return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_LOCKED, environment->directory,
                              "data.mdb was moved away, removed or replaced while this process has "
                              "it open; start the program again");
}

static int start_writing(ONEM2M_LMDB_ENVIRONMENT *environment, MDB_txn **txn, ONEM2M_ERROR *error)
{
    int rc, has_grown = 0;

    for (int i = 0; i < TRIES; i++) {
        rc = begin_txn(environment, txn);
        if (rc == 0 && (has_grown || has_enough_room(environment)))
            return check_in_place(environment, txn, error);
        if (rc == 0) {
            has_grown = 1;
            if (!grow(environment, txn, error))
                return 0;
        } else if (rc == EROFS) {
            return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_READ_ONLY, environment->directory,
                                      "this process may only read it");
        } else if (!repair(environment, rc, ONEM2M_LMDB_PATIENCE_MS, error)) {
            return 0;
        }
    }
    return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_LOCKED, environment->directory,
                              "grows faster than a transaction can begin");
}

static int begin_writing(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_TRANSACTION **transaction,
                         ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_WRITE *write = calloc(1, sizeof(*write));

    if (write == NULL)
        return onem2m_lmdb_refuse_code(environment, ENOMEM, "a transaction", error);
    if (!lock_writer(environment, error)) {
        free(write);
        return 0;
    }
    onem2m_lmdb_hold_signal(&write->signal);
    if (!start_writing(environment, &write->transaction.txn, error)) {
        onem2m_lmdb_let_signal_go(&write->signal);
        unlock_writer(environment);
        free(write);
        return 0;
    }
    write->transaction.environment = environment;
    write->transaction.kind = ONEM2M_WRITE;
    write->transaction.meta = environment->meta;
    write->transaction.entries = environment->entries;
    environment->write = write;
    *transaction = &write->transaction;
    return 1;
}

int onem2m_lmdb_begin(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_TRANSACTION **transaction,
                      ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error)
{
    return kind == ONEM2M_READ ? begin_reading(environment, transaction, error)
                               : begin_writing(environment, transaction, error);
}

/* Ending */

static void end_reading(ONEM2M_TRANSACTION *transaction)
{
    ONEM2M_LMDB_SLOT *slot =
        (void *)((char *)transaction - offsetof(ONEM2M_LMDB_SLOT, transaction));

    if (transaction->txn == NULL)
        return; /* the parent's */
    transaction->cursor_is_current = 0;
    mdb_txn_reset(transaction->txn);
    give_back(slot);
}

static int end_txn(ONEM2M_TRANSACTION *transaction, int do_commit, ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_ENVIRONMENT *environment = transaction->environment;
    int rc;

    if (transaction->cursor != NULL)
        mdb_cursor_close(transaction->cursor);
    if (!do_commit || transaction->failed) {
        mdb_txn_abort(transaction->txn);
        return !do_commit ||
               onem2m_lmdb_refuse(error, ONEM2M_R_STORE_FAILED, environment->directory,
                                  "a write of this transaction failed before");
    }
    rc = mdb_txn_commit(transaction->txn);
    return rc == 0 || onem2m_lmdb_refuse_entry(transaction, rc, "committing", error);
}

static int end_writing(ONEM2M_TRANSACTION *transaction, int do_commit, ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_ENVIRONMENT *environment = transaction->environment;
    ONEM2M_LMDB_WRITE *write =
        (void *)((char *)transaction - offsetof(ONEM2M_LMDB_WRITE, transaction));
    int ok;

    if (transaction->txn == NULL) {
        ok = !do_commit || onem2m_lmdb_refuse(error, ONEM2M_R_STORE_FAILED, environment->directory,
                                              "the transaction was begun before a fork");
        onem2m_lmdb_let_signal_go(&write->signal);
    } else {
        ok = end_txn(transaction, do_commit, error);
        environment->write = NULL;
        onem2m_lmdb_let_signal_go(&write->signal);
        unlock_writer(environment);
    }
    free(write);
    return ok;
}

int onem2m_lmdb_end(ONEM2M_TRANSACTION *transaction, int do_commit, ONEM2M_ERROR *error)
{
    if (transaction->kind == ONEM2M_WRITE)
        return end_writing(transaction, do_commit, error);
    end_reading(transaction);
    return 1;
}
