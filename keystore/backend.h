/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_BACKEND_H
#define ONEM2M_KEYSTORE_BACKEND_H

#include <stdint.h>
#include "text.h"

/*
 * Where records are: ordered tables of names and octets with transactions,
 * knowing nothing of keys. A backend may be used by many threads at once, a
 * transaction by one; one that writes ends in the thread that began it. After
 * a fork the child goes on with the backend; a transaction that was open then
 * is the parent's: in the child it can only be aborted, which touches nothing.
 *
 * Functions return 1, or 0 with *error, unless said otherwise.
 */
typedef struct onem2m_backend_st ONEM2M_BACKEND;
typedef struct onem2m_transaction_st ONEM2M_TRANSACTION;

/* The tables of a store. The numbers are written into stores: never change one. */
typedef enum {
    ONEM2M_TABLE_META = 'm',    /* "header"; "format" is the backend's own */
    ONEM2M_TABLE_KEYS = 'k',    /* look-up name -> record */
    ONEM2M_TABLE_CHILDREN = 'c' /* a parent's name and a child's: who was derived from whom */
} ONEM2M_TABLE;

/* Octets of a name (at least 1) and of a value (0 is allowed). */
#define ONEM2M_BACKEND_NAME_MAX 510
#define ONEM2M_BACKEND_VALUE_MAX 1048576

typedef enum { ONEM2M_READ, ONEM2M_WRITE } ONEM2M_TRANSACTION_KIND;

/* What a transaction reads: two that read the same have the same one. All zero: nobody knows. */
typedef struct {
    uint64_t opening; /* which of this process's openings of the store; 0 is none */
    uint64_t commit;  /* the last one before it */
} ONEM2M_SNAPSHOT;

/* Puts what a new store begins with. */
typedef int onem2m_fill_fn(ONEM2M_TRANSACTION *transaction, void *argument, ONEM2M_ERROR *error);

/* Whether a candidate for a store, which holds one, is good. */
typedef int onem2m_check_fn(ONEM2M_BACKEND *candidate, void *argument, ONEM2M_ERROR *error);

typedef struct {
    const char *scheme; /* "memory", "lmdb" */
    /* location: what follows the scheme's colon; the place must exist, a store need not yet.
     * Without one begin refuses with ONEM2M_R_STORE_MISSING until somebody made it. */
    int (*open)(ONEM2M_BACKEND **backend, const char *location, ONEM2M_ERROR *error);
    /* Makes the store, in one step with all that fill has put. ONEM2M_R_STORE_EXISTS when there is
     * one, made by another process in this moment perhaps: then begin works. */
    int (*create)(ONEM2M_BACKEND *backend, onem2m_fill_fn *fill, void *argument,
                  ONEM2M_ERROR *error);
    /* NULL is allowed. No transaction of it may be open. */
    void (*close)(ONEM2M_BACKEND *backend);
    /* A reader sees the store as of now until it ends, and never waits for a writer; one writer
     * waits for another, of any process. A thread begins no second one that writes, and ends
     * those that read before it does: a store that must grow waits for them. */
    int (*begin)(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION **transaction,
                 ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error);
    /* Ends it. Durable when it returns 1; on 0 nothing of the transaction has happened. */
    int (*commit)(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error);
    void (*abort)(ONEM2M_TRANSACTION *transaction);
    /* 1 found, 0 not found, -1 with *error. Slices are valid until the transaction ends, in one
     * that writes until the next put or remove. */
    int (*get)(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
               ONEM2M_SLICE *value, ONEM2M_ERROR *error);
    /* Replaces the value that the name had; value is none of this transaction's slices. After a
     * failure but for a name or value of a wrong size the transaction can only be aborted.
     * ONEM2M_R_STORE_TOO_LARGE: begun again it has more room. */
    int (*put)(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
               ONEM2M_SLICE value, ONEM2M_ERROR *error);
    /* 1 also when there is no such name. */
    int (*remove)(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                  ONEM2M_ERROR *error);
    /* The first entry whose name is not below from, as memcmp orders: 1, 0 at the end, -1 with
     * *error. from: 0 to ONEM2M_BACKEND_NAME_MAX + 1 octets, so that a name and a NUL is what
     * comes after it. */
    int (*seek)(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE from,
                ONEM2M_SLICE *name, ONEM2M_SLICE *value, ONEM2M_ERROR *error);
    /* Writes the store as it is at one moment into a new file of mode 0600, which is there and on
     * disk when it returns 1; writers go on. ONEM2M_R_STORE_EXISTS when path is there. */
    int (*copy)(ONEM2M_BACKEND *backend, const char *path, ONEM2M_ERROR *error);
    /* Makes the store of such a file, in one step, when check finds that good; as create does. */
    int (*restore)(ONEM2M_BACKEND *backend, const char *path, onem2m_check_fn *check,
                   void *argument, ONEM2M_ERROR *error);
    /* What a transaction that reads sees. NULL: nobody knows. */
    ONEM2M_SNAPSHOT (*snapshot)(const ONEM2M_TRANSACTION *transaction);
} ONEM2M_BACKEND_FUNCTIONS;

extern const ONEM2M_BACKEND_FUNCTIONS onem2m_backend_memory;
extern const ONEM2M_BACKEND_FUNCTIONS onem2m_backend_lmdb;

/* For backends: whether a name, or the from of a seek, and a value have sizes that are allowed. */
int onem2m_backend_check_name(ONEM2M_SLICE name, ONEM2M_ERROR *error);
int onem2m_backend_check_from(ONEM2M_SLICE from, ONEM2M_ERROR *error);
int onem2m_backend_check_value(ONEM2M_SLICE value, ONEM2M_ERROR *error);

#endif
