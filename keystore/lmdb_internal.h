/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_LMDB_INTERNAL_H
#define ONEM2M_KEYSTORE_LMDB_INTERNAL_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include "lmdb_environment.h"
#include "lmdb_file.h"
#include "process.h"

/* What lmdb_environment.c, lmdb_open.c, lmdb_guard.c, lmdb_map.c and lmdb_transaction.c share. */

/* Readers of all processes, two for each transaction; set by whoever comes first to a store. 64
 * octets each. */
#ifndef ONEM2M_LMDB_READERS
#define ONEM2M_LMDB_READERS 2046
#endif

#define ONEM2M_LMDB_SLOT_BITS 7
#define ONEM2M_LMDB_SLOTS (1U << ONEM2M_LMDB_SLOT_BITS)

/*
 * Transactions that read are made once and renewed. A slot is claimed by one
 * atomic exchange in a cache line that, mostly, no other thread uses. Who holds
 * all slots and the writers' mutex has the environment for itself.
 */
enum {
    ONEM2M_LMDB_FREE,
    ONEM2M_LMDB_BUSY,
    ONEM2M_LMDB_BARRED,
    ONEM2M_LMDB_STALE /* in a child: what its one thread had open when it was forked; for ever */
};

typedef struct {
    _Alignas(64) atomic_uint state;
    atomic_uintptr_t owner; /* the thread, while busy */
    ONEM2M_TRANSACTION transaction;
    MDB_txn *probe;        /* see renew() */
    MDB_txn *inherited[2]; /* must be left alone, and not be taken for leaks */
    MDB_cursor *inherited_cursor;
} ONEM2M_LMDB_SLOT;

/* SIGXFSZ while this process writes: a file that may grow no more is an error, not the end. */
typedef struct {
    sigset_t mask;
    int was_pending;
} ONEM2M_LMDB_SIGNAL;

typedef struct {
    ONEM2M_TRANSACTION transaction;
    ONEM2M_LMDB_SIGNAL signal;
} ONEM2M_LMDB_WRITE;

struct onem2m_lmdb_environment_st {
    ONEM2M_LMDB_ENVIRONMENT *next;
    ONEM2M_PROCESS_WATCH watch;
    unsigned int references; /* under the process's lock, as is what follows */
    char *directory;
    char *data; /* the path of data.mdb */
    ONEM2M_LMDB_FILES files;
    ONEM2M_LMDB_PURPOSE purpose;

    pthread_mutex_t writer; /* what follows is changed under it; mdb with all slots held, too */
    atomic_int writing;
    int guard;        /* data.mdb, locked for this process; -1 for none */
    MDB_env *mdb;     /* NULL: to be opened again */
    uint64_t opening; /* what onem2m_lmdb_opening says */
    MDB_env *inherited, *abandoned;
    MDB_dbi meta, entries; /* the unnamed database; and where records are, the same or another */
    size_t wish;           /* a map that a transaction would have needed */
    int64_t readers_checked;
    ONEM2M_LMDB_WRITE *write;

    atomic_int barring; /* readers are asked to wait, so that the slots become free */
    ONEM2M_LMDB_SLOT slots[ONEM2M_LMDB_SLOTS];
};

void onem2m_lmdb_hold_signal(ONEM2M_LMDB_SIGNAL *held);
void onem2m_lmdb_let_signal_go(const ONEM2M_LMDB_SIGNAL *held);

/* Refuses because of an errno or what LMDB returned. Returns 0. */
int onem2m_lmdb_refuse_code(const ONEM2M_LMDB_ENVIRONMENT *environment, int rc, const char *what,
                            ONEM2M_ERROR *error);

/* Ends a slot's transactions; or leaves them alone, because their readers are not ours any more. */
void onem2m_lmdb_drop_txns(ONEM2M_LMDB_SLOT *slot);
void onem2m_lmdb_leave_txns(ONEM2M_LMDB_SLOT *slot);

/* Opening and closing what is under an environment, of which the caller holds everything. */
int onem2m_lmdb_open_mdb(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_ERROR *error);
void onem2m_lmdb_close_mdb(ONEM2M_LMDB_ENVIRONMENT *environment);

/*
 * The lock that keeps this process from opening a store a second time. Take: 1, or 0 with *error.
 * Drop it in a child, too, where it is the parent's: that one's lock stays.
 */
int onem2m_lmdb_take_guard(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_ERROR *error);
void onem2m_lmdb_release_guard(ONEM2M_LMDB_ENVIRONMENT *environment);
void onem2m_lmdb_drop_guard(ONEM2M_LMDB_ENVIRONMENT *environment);

/* Whether a map has room for one more transaction after so many octets. */
int onem2m_lmdb_has_room(size_t map, size_t used);

/* How large a map is good for so many octets, at least `least`; smaller when there is no address
 * space, 0 when there is none even for what is there. */
size_t onem2m_lmdb_choose_map(size_t used, size_t least);

/* With everything held: to what the newest snapshot, or a transaction that failed, needs. */
int onem2m_lmdb_resize(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_ERROR *error);

#endif
