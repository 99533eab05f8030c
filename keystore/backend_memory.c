/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdlib.h>
#include "process.h"
#include "tree.h"

struct onem2m_backend_st {
    pthread_mutex_t writer;   /* held by the transaction that writes */
    pthread_mutex_t snapshot; /* guards the next three; held for a few instructions */
    ONEM2M_TREE *root;
    int created;
    uint64_t random;
    ONEM2M_PROCESS_WATCH watch;
};

struct onem2m_transaction_st {
    ONEM2M_BACKEND *backend;
    ONEM2M_TRANSACTION_KIND kind;
    unsigned int generation; /* of the process that began it */
    int failed;
    ONEM2M_TREE *root;
};

static int out_of_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET,
                         "no memory for the key store memory:");
}

/* The backend */

static void before_fork(void *argument)
{
    pthread_mutex_lock(&((ONEM2M_BACKEND *)argument)->snapshot);
}

static void after_fork_in_parent(void *argument)
{
    pthread_mutex_unlock(&((ONEM2M_BACKEND *)argument)->snapshot);
}

/* A writer of the parent does not go on in the child. */
static void after_fork_in_child(void *argument)
{
    ONEM2M_BACKEND *backend = argument;

    pthread_mutex_unlock(&backend->snapshot);
    pthread_mutex_init(&backend->writer, NULL);
}

static int watch_forks(ONEM2M_BACKEND *backend)
{
    backend->watch = (ONEM2M_PROCESS_WATCH){ before_fork, after_fork_in_parent, after_fork_in_child,
                                             backend, NULL };
    return onem2m_process_lock_and_watch(&backend->watch);
}

static int memory_open(ONEM2M_BACKEND **backend, const char *location, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *opened;

    if (location[0] != '\0')
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "keystore = memory: is followed by nothing");
    opened = calloc(1, sizeof(*opened));
    if (opened == NULL)
        return out_of_memory(error);
    pthread_mutex_init(&opened->writer, NULL);
    pthread_mutex_init(&opened->snapshot, NULL);
    if (!watch_forks(opened)) {
        free(opened);
        return out_of_memory(error);
    }
    opened->random = (uint64_t)(uintptr_t)opened | 1;
    *backend = opened;
    return 1;
}

static void memory_close(ONEM2M_BACKEND *backend)
{
    if (backend == NULL)
        return;
    onem2m_process_lock_and_unwatch(&backend->watch);
    onem2m_tree_drop(backend->root);
    pthread_mutex_destroy(&backend->writer);
    pthread_mutex_destroy(&backend->snapshot);
    free(backend);
}

/* Transactions */

static int begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION **transaction,
                 ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error)
{
    ONEM2M_TRANSACTION *begun = calloc(1, sizeof(*begun));

    if (begun == NULL)
        return out_of_memory(error);
    if (kind == ONEM2M_WRITE)
        pthread_mutex_lock(&backend->writer);
    begun->backend = backend;
    begun->kind = kind;
    begun->generation = onem2m_process_generation();
    pthread_mutex_lock(&backend->snapshot);
    begun->root = onem2m_tree_hold(backend->root);
    pthread_mutex_unlock(&backend->snapshot);
    *transaction = begun;
    return 1;
}

static int is_created(ONEM2M_BACKEND *backend)
{
    int created;

    pthread_mutex_lock(&backend->snapshot);
    created = backend->created;
    pthread_mutex_unlock(&backend->snapshot);
    return created;
}

static int memory_begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION **transaction,
                        ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error)
{
    if (!is_created(backend))
        return onem2m_refuse(error, ONEM2M_R_STORE_MISSING, ONEM2M_NO_OFFSET,
                             "memory: there is no key store yet");
    return begin(backend, transaction, kind, error);
}

static void end(ONEM2M_TRANSACTION *transaction)
{
    if (transaction->kind == ONEM2M_WRITE && transaction->generation == onem2m_process_generation())
        pthread_mutex_unlock(&transaction->backend->writer);
    onem2m_tree_drop(transaction->root);
    free(transaction);
}

static void publish(ONEM2M_TRANSACTION *transaction)
{
    ONEM2M_BACKEND *backend = transaction->backend;
    ONEM2M_TREE *old;

    pthread_mutex_lock(&backend->snapshot);
    old = backend->root;
    backend->root = transaction->root;
    backend->created = 1;
    pthread_mutex_unlock(&backend->snapshot);
    transaction->root = old;
}

static int memory_commit(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    int ok = 1;

    if (transaction->failed)
        ok = onem2m_refuse(error, ONEM2M_R_STORE_FAILED, ONEM2M_NO_OFFSET,
                           "memory: a write of this transaction failed before");
    else if (transaction->generation != onem2m_process_generation())
        ok = onem2m_refuse(error, ONEM2M_R_STORE_FAILED, ONEM2M_NO_OFFSET,
                           "memory: the transaction was begun before a fork");
    else if (transaction->kind == ONEM2M_WRITE)
        publish(transaction);
    end(transaction);
    return ok;
}

static void memory_abort(ONEM2M_TRANSACTION *transaction)
{
    if (transaction != NULL)
        end(transaction);
}

static int memory_create(ONEM2M_BACKEND *backend, onem2m_fill_fn *fill, void *argument,
                         ONEM2M_ERROR *error)
{
    ONEM2M_TRANSACTION *transaction;

    if (!begin(backend, &transaction, ONEM2M_WRITE, error))
        return 0;
    if (is_created(backend)) {
        onem2m_refuse(error, ONEM2M_R_STORE_EXISTS, ONEM2M_NO_OFFSET,
                      "memory: there is a key store already");
    } else if (fill(transaction, argument, error)) {
        return memory_commit(transaction, error);
    }
    end(transaction);
    return 0;
}

/* Entries */

static int memory_seek(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE from,
                       ONEM2M_SLICE *name, ONEM2M_SLICE *value, ONEM2M_ERROR *error)
{
    return onem2m_tree_next(transaction->root, table, from, name, value, error);
}

static int memory_get(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                      ONEM2M_SLICE *value, ONEM2M_ERROR *error)
{
    return onem2m_tree_value(transaction->root, table, name, value, error);
}

static int check_writes(const ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    if (transaction->kind == ONEM2M_WRITE)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_STORE_READ_ONLY, ONEM2M_NO_OFFSET,
                         "memory: a write in a transaction that reads");
}

static int memory_put(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                      ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    ONEM2M_ENTRY *entry;
    int ok;

    if (!check_writes(transaction, error) || !onem2m_backend_check_name(name, error) ||
        !onem2m_backend_check_value(value, error))
        return 0;
    entry = onem2m_entry_new(table, name, value);
    ok = entry != NULL && onem2m_tree_put(&transaction->root, entry,
                                          onem2m_tree_random(&transaction->backend->random));
    if (entry != NULL)
        onem2m_entry_drop(entry);
    if (ok)
        return 1;
    transaction->failed = 1;
    return out_of_memory(error);
}

static int memory_remove(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                         ONEM2M_ERROR *error)
{
    if (!check_writes(transaction, error) || !onem2m_backend_check_name(name, error))
        return 0;
    if (onem2m_tree_remove(&transaction->root, table, name))
        return 1;
    transaction->failed = 1;
    return out_of_memory(error);
}

/* There is nothing that outlives the process. */

static int memory_copy(ONEM2M_BACKEND *backend, const char *path, ONEM2M_ERROR *error)
{
    (void)backend;
    (void)path;
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "memory: a key store in memory has no backup");
}

static int memory_restore(ONEM2M_BACKEND *backend, const char *path, onem2m_check_fn *check,
                          void *argument, ONEM2M_ERROR *error)
{
    (void)check;
    (void)argument;
    return memory_copy(backend, path, error);
}

const ONEM2M_BACKEND_FUNCTIONS onem2m_backend_memory = {
    "memory",      memory_open,  memory_create,  memory_close, memory_begin,
    memory_commit, memory_abort, memory_get,     memory_put,   memory_remove,
    memory_seek,   memory_copy,  memory_restore, NULL
};
