/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "backend_pkcs11.h"
#include "backend_pkcs11_internal.h"

#define SCHEME "pkcs11:"
#define DEFAULT_OBJECT "onem2m"
#define FAMILY "oneM2M "
#define FORK_PATIENCE 2 /* seconds */

/* Forks */

/* One whose thread is told that it holds it already, instead of waiting for itself. */
static void init_token(ONEM2M_BACKEND *backend)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&backend->token, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

/* p11-kit forks for some modules, in the thread that holds the mutex; and who holds it may wait for
 * somebody who types a PIN. */
static void before_fork(void *argument)
{
    ONEM2M_BACKEND *backend = argument;
    struct timespec end;

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += FORK_PATIENCE;
    /* ThreadSanitizer of gcc 12 sees the first of them alone. */
    backend->is_held = pthread_mutex_trylock(&backend->token) == 0 ||
                       pthread_mutex_clocklock(&backend->token, CLOCK_MONOTONIC, &end) == 0;
}

static void after_fork_in_parent(void *argument)
{
    ONEM2M_BACKEND *backend = argument;

    if (backend->is_held)
        pthread_mutex_unlock(&backend->token);
}

/* What a call that went on in the parent may have left half done, so it is not freed either. */
static void abandon(ONEM2M_BACKEND *backend)
{
    backend->root = NULL;
    backend->is_known = 0;
    backend->garbage = (ONEM2M_TITLED_LIST){ NULL, 0, 0 };
}

/* A writer of the parent does not go on in the child, which has neither its lock nor its session.
 */
static void after_fork_in_child(void *argument)
{
    ONEM2M_BACKEND *backend = argument;

    if (!backend->is_held)
        abandon(backend);
    else /* EPERM, since the child's thread is another; but ThreadSanitizer sees it */
        (void)pthread_mutex_unlock(&backend->token);
    init_token(backend);
    pthread_mutex_init(&backend->writer, NULL);
    onem2m_records_leave_lock(backend);
    backend->is_open = 0;
}

static int watch_forks(ONEM2M_BACKEND *backend)
{
    backend->watch = (ONEM2M_PROCESS_WATCH){ before_fork, after_fork_in_parent, after_fork_in_child,
                                             backend, NULL };
    return onem2m_process_lock_and_watch(&backend->watch);
}

/* Opening */

static int set_family(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error)
{
    const CK_ATTRIBUTE *object = p11_kit_uri_get_attribute(backend->uri, CKA_LABEL);
    const size_t room = sizeof(backend->family) - strlen(FAMILY);

    if (object->ulValueLen == 0 || object->ulValueLen > room)
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "PKCS#11 URI (RFC 7512): object= has 1 to %zu octets", room);
    memcpy(backend->family, FAMILY, strlen(FAMILY));
    memcpy(backend->family + strlen(FAMILY), object->pValue, object->ulValueLen);
    backend->family_length = strlen(FAMILY) + object->ulValueLen;
    return 1;
}

static int parse_location(ONEM2M_BACKEND *backend, const char *location, ONEM2M_ERROR *error)
{
    char *text = NULL;
    int ok;

    if (asprintf(&text, SCHEME "%s", location) < 0)
        return onem2m_records_out_of_memory(error);
    ok = onem2m_pkcs11_parse_token_uri(&backend->uri, text, DEFAULT_OBJECT, error) &&
         set_family(backend, error);
    free(text);
    return ok;
}

static ONEM2M_BACKEND *new_backend(ONEM2M_TREE *root)
{
    ONEM2M_BACKEND *backend = calloc(1, sizeof(*backend));

    if (backend == NULL)
        return NULL;
    backend->root = onem2m_tree_hold(root);
    backend->lock_file = backend->lock_socket = -1;
    backend->random = (uint64_t)(uintptr_t)backend | 1;
    pthread_mutex_init(&backend->writer, NULL);
    init_token(backend);
    return backend;
}

static void free_backend(ONEM2M_BACKEND *backend)
{
    if (backend->is_open)
        onem2m_pkcs11_close(&backend->session);
    onem2m_titled_clear(&backend->garbage);
    onem2m_tree_drop(backend->root);
    p11_kit_uri_free(backend->uri);
    pthread_mutex_destroy(&backend->writer);
    pthread_mutex_destroy(&backend->token);
    free(backend);
}

static uint64_t next_opening(void)
{
    static _Atomic(uint64_t) openings;

    return atomic_fetch_add(&openings, 1) + 1;
}

/* Calls no module: that waits for the first transaction. */
static int records_open(ONEM2M_BACKEND **backend, const char *location, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *opened = new_backend(NULL);

    if (opened == NULL)
        return onem2m_records_out_of_memory(error);
    opened->opening = next_opening();
    if (parse_location(opened, location, error) &&
        (watch_forks(opened) || onem2m_records_out_of_memory(error))) {
        *backend = opened;
        return 1;
    }
    free_backend(opened);
    return 0;
}

static void records_close(ONEM2M_BACKEND *backend)
{
    if (backend == NULL)
        return;
    onem2m_process_lock_and_unwatch(&backend->watch);
    free_backend(backend);
}

/* Entries */

static int records_get(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                       ONEM2M_SLICE *value, ONEM2M_ERROR *error)
{
    return onem2m_tree_value(transaction->root, table, name, value, error);
}

static int records_seek(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE from,
                        ONEM2M_SLICE *name, ONEM2M_SLICE *value, ONEM2M_ERROR *error)
{
    return onem2m_tree_next(transaction->root, table, from, name, value, error);
}

static int check_writes(const ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    if (transaction->kind == ONEM2M_WRITE)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_STORE_READ_ONLY, ONEM2M_NO_OFFSET,
                         "pkcs11: a write in a transaction that reads");
}

/* The token hears of it when the transaction is committed. */
static int change(ONEM2M_TRANSACTION *transaction, ONEM2M_ENTRY *entry, ONEM2M_ERROR *error)
{
    uint64_t *random = &transaction->random;
    int ok =
        entry != NULL && onem2m_tree_put(&transaction->changed, entry, onem2m_tree_random(random));

    if (ok && entry->is_removal)
        ok = onem2m_tree_remove(&transaction->root, entry->table, onem2m_entry_name(entry));
    else if (ok)
        ok = onem2m_tree_put(&transaction->root, entry, onem2m_tree_random(random));
    if (entry != NULL)
        onem2m_entry_drop(entry);
    if (ok)
        return 1;
    transaction->failed = 1;
    return onem2m_records_out_of_memory(error);
}

static int records_put(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                       ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return check_writes(transaction, error) && onem2m_backend_check_name(name, error) &&
           onem2m_backend_check_value(value, error) &&
           change(transaction, onem2m_entry_new(table, name, value), error);
}

static int records_remove(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
                          ONEM2M_ERROR *error)
{
    ONEM2M_ENTRY *removal;

    if (!check_writes(transaction, error) || !onem2m_backend_check_name(name, error))
        return 0;
    removal = onem2m_entry_new(table, name, (ONEM2M_SLICE){ NULL, 0 });
    if (removal != NULL)
        removal->is_removal = 1;
    return change(transaction, removal, error);
}

/* Of a restore's candidate, whose opening is 0, nobody knows. */
static ONEM2M_SNAPSHOT records_snapshot(const ONEM2M_TRANSACTION *transaction)
{
    return transaction->snapshot;
}

/* Backups */

static int records_copy(ONEM2M_BACKEND *backend, const char *path, ONEM2M_ERROR *error)
{
    ONEM2M_TRANSACTION *transaction;
    int ok;

    if (!onem2m_records_begin(backend, &transaction, ONEM2M_READ, error))
        return 0;
    ok = onem2m_records_save(transaction->root, path, error);
    onem2m_records_abort(transaction);
    return ok;
}

typedef struct {
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_ERROR *error;
} FILLING;

static int fill_entry(ONEM2M_ENTRY *entry, void *argument)
{
    const FILLING *filling = argument;

    return records_put(filling->transaction, entry->table, onem2m_entry_name(entry),
                       onem2m_entry_value(entry), filling->error);
}

static int fill_from_tree(ONEM2M_TRANSACTION *transaction, void *argument, ONEM2M_ERROR *error)
{
    FILLING filling = { transaction, error };

    return onem2m_tree_each(argument, fill_entry, &filling);
}

static int check_root(ONEM2M_TREE *root, onem2m_check_fn *check, void *argument,
                      ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *candidate = new_backend(root);
    int ok;

    if (candidate == NULL)
        return onem2m_records_out_of_memory(error);
    ok = check(candidate, argument, error);
    free_backend(candidate);
    return ok;
}

static int records_restore(ONEM2M_BACKEND *backend, const char *path, onem2m_check_fn *check,
                           void *argument, ONEM2M_ERROR *error)
{
    ONEM2M_TREE *root;
    int ok;

    if (!onem2m_records_load(&root, path, error))
        return 0;
    ok = check_root(root, check, argument, error) &&
         onem2m_records_create(backend, fill_from_tree, root, error);
    onem2m_tree_drop(root);
    return ok;
}

const ONEM2M_BACKEND_FUNCTIONS onem2m_backend_pkcs11 = { "pkcs11",
                                                         records_open,
                                                         onem2m_records_create,
                                                         records_close,
                                                         onem2m_records_begin,
                                                         onem2m_records_commit,
                                                         onem2m_records_abort,
                                                         records_get,
                                                         records_put,
                                                         records_remove,
                                                         records_seek,
                                                         records_copy,
                                                         records_restore,
                                                         records_snapshot };
