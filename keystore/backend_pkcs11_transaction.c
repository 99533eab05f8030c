/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <time.h>
#include <openssl/err.h>
#include "backend_pkcs11_internal.h"

#define BUSY_NAP_MS 5

/* Beginning */

static ONEM2M_TRANSACTION *new_transaction(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION_KIND kind)
{
    ONEM2M_TRANSACTION *made = calloc(1, sizeof(*made));

    if (made == NULL)
        return NULL;
    made->backend = backend;
    made->kind = kind;
    made->generation = onem2m_process_generation();
    made->random = (uint64_t)(uintptr_t)made | 1;
    return made;
}

static void take_root(ONEM2M_TRANSACTION *transaction)
{
    const ONEM2M_BACKEND *backend = transaction->backend;

    transaction->root = onem2m_tree_hold(backend->root);
    transaction->number = backend->number;
    transaction->sum = backend->sum;
    transaction->openings = backend->openings;
    transaction->snapshot = (ONEM2M_SNAPSHOT){ backend->opening, backend->roots };
    if (transaction->kind == ONEM2M_WRITE)
        transaction->base = onem2m_tree_hold(backend->root);
}

static ONEM2M_UPDATE update_root(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *backend = transaction->backend;
    ONEM2M_UPDATE result = ONEM2M_UPDATE_DONE;

    pthread_mutex_lock(&backend->token);
    if (backend->uri != NULL)
        result = onem2m_records_update(backend, transaction->kind == ONEM2M_WRITE, error);
    if (result == ONEM2M_UPDATE_DONE)
        take_root(transaction);
    pthread_mutex_unlock(&backend->token);
    return result;
}

/* The name of the lock is the token's. */
static int open_session(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error)
{
    int ok;

    pthread_mutex_lock(&backend->token);
    ok = onem2m_records_open_session(backend, error);
    pthread_mutex_unlock(&backend->token);
    return ok;
}

static int lock_out(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error)
{
    pthread_mutex_lock(&backend->writer);
    if (open_session(backend, error) && onem2m_records_lock(backend, error))
        return 1;
    pthread_mutex_unlock(&backend->writer);
    return 0;
}

static void let_in(ONEM2M_BACKEND *backend)
{
    onem2m_records_unlock(backend);
    pthread_mutex_unlock(&backend->writer);
}

/*
 * Others write so fast that what a search finds is never of one moment: they
 * are held for that moment. When this process writes itself there is none.
 */
static ONEM2M_UPDATE update_alone(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *backend = transaction->backend;
    const struct timespec pause = { .tv_nsec = BUSY_NAP_MS * 1000000L };
    ONEM2M_UPDATE result = ONEM2M_UPDATE_FAILED;

    if (pthread_mutex_trylock(&backend->writer) != 0) {
        nanosleep(&pause, NULL);
        return update_root(transaction, error);
    }
    if (open_session(backend, error) && onem2m_records_lock(backend, error)) {
        result = update_root(transaction, error);
        onem2m_records_unlock(backend);
    }
    pthread_mutex_unlock(&backend->writer);
    return result;
}

static int begin_reading(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_UPDATE result = update_root(transaction, error);

    while (result == ONEM2M_UPDATE_BUSY)
        result = update_alone(transaction, error);
    return result == ONEM2M_UPDATE_DONE;
}

static int check_writable(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error)
{
    int is_protected;

    pthread_mutex_lock(&backend->token);
    is_protected = (backend->session.token.flags & CKF_WRITE_PROTECTED) != 0;
    pthread_mutex_unlock(&backend->token);
    return !is_protected || onem2m_refuse(error, ONEM2M_R_STORE_READ_ONLY, ONEM2M_NO_OFFSET,
                                          "the PKCS#11 token is write protected "
                                          "(CKF_WRITE_PROTECTED)");
}

/* With all others locked out. */
static int begin_writing(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_UPDATE result;

    if (!check_writable(transaction->backend, error))
        return 0;
    result = update_root(transaction, error);
    return result == ONEM2M_UPDATE_DONE ||
           (result == ONEM2M_UPDATE_BUSY &&
            onem2m_refuse(error, ONEM2M_R_STORE_LOCKED, ONEM2M_NO_OFFSET,
                          "another host writes to the records of the PKCS#11 token all the time; "
                          "one host may"));
}

static void free_transaction(ONEM2M_TRANSACTION *transaction)
{
    onem2m_tree_drop(transaction->root);
    onem2m_tree_drop(transaction->base);
    onem2m_tree_drop(transaction->changed);
    onem2m_titled_clear(&transaction->made);
    free(transaction);
}

static int begin_either(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *backend = transaction->backend;

    if (transaction->kind == ONEM2M_READ)
        return begin_reading(transaction, error);
    if (backend->uri == NULL)
        return onem2m_refuse(error, ONEM2M_R_STORE_READ_ONLY, ONEM2M_NO_OFFSET,
                             "a backup is read only");
    if (!lock_out(backend, error))
        return 0;
    if (begin_writing(transaction, error))
        return 1;
    let_in(backend);
    return 0;
}

/* A candidate has no token. */
static int refuse_for(const ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    if (transaction->backend->uri != NULL)
        (void)onem2m_pkcs11_say_which(error, transaction->backend->uri);
    return 0;
}

/* A module that uses OpenSSL itself leaves errors, which are none of the application's. */
static int begin(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    int ok;

    ERR_set_mark();
    ok = begin_either(transaction, error);
    ERR_pop_to_mark();
    return ok || refuse_for(transaction, error);
}

int onem2m_records_begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION **transaction,
                         ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error)
{
    ONEM2M_TRANSACTION *begun = new_transaction(backend, kind);

    if (begun == NULL)
        return onem2m_records_out_of_memory(error);
    if (!begin(begun, error)) {
        free_transaction(begun);
        return 0;
    }
    *transaction = begun;
    return 1;
}

/* Ending */

static void end(ONEM2M_TRANSACTION *transaction)
{
    if (transaction->kind == ONEM2M_WRITE && transaction->generation == onem2m_process_generation())
        let_in(transaction->backend);
    free_transaction(transaction);
}

static int commit(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    if (transaction->failed)
        return onem2m_refuse(error, ONEM2M_R_STORE_FAILED, ONEM2M_NO_OFFSET,
                             "pkcs11: a write of this transaction failed before");
    if (transaction->generation != onem2m_process_generation())
        return onem2m_refuse(error, ONEM2M_R_STORE_FAILED, ONEM2M_NO_OFFSET,
                             "pkcs11: the transaction was begun before a fork");
    return transaction->kind == ONEM2M_READ || onem2m_records_write(transaction, error);
}

int onem2m_records_commit(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    int ok;

    ERR_set_mark();
    ok = commit(transaction, error) || refuse_for(transaction, error);
    ERR_pop_to_mark();
    end(transaction);
    return ok;
}

void onem2m_records_abort(ONEM2M_TRANSACTION *transaction)
{
    if (transaction != NULL)
        end(transaction);
}

/* Creating */

/* With all others locked out: 1 when there is none, and what is left of one is known. */
static int check_missing(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *backend = transaction->backend;
    ONEM2M_ERROR why;

    if (!check_writable(backend, error))
        return 0;
    switch (update_root(transaction, &why)) {
    case ONEM2M_UPDATE_DONE:
        return onem2m_refuse(error, ONEM2M_R_STORE_EXISTS, ONEM2M_NO_OFFSET,
                             "there is a key store in the PKCS#11 token already");
    case ONEM2M_UPDATE_BUSY:
        return onem2m_refuse(error, ONEM2M_R_STORE_LOCKED, ONEM2M_NO_OFFSET,
                             "another host writes to the PKCS#11 token");
    default:
        break;
    }
    if (why.reason == ONEM2M_R_STORE_MISSING) {
        transaction->openings = backend->openings;
        return 1;
    }
    if (error != NULL)
        *error = why;
    return 0;
}

static int begin_creation(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_BACKEND *backend = transaction->backend;

    transaction->is_creation = 1;
    if (!lock_out(backend, error))
        return 0;
    if (check_missing(transaction, error))
        return 1;
    let_in(backend);
    return 0;
}

int onem2m_records_create(ONEM2M_BACKEND *backend, onem2m_fill_fn *fill, void *argument,
                          ONEM2M_ERROR *error)
{
    ONEM2M_TRANSACTION *transaction = new_transaction(backend, ONEM2M_WRITE);
    int ok;

    if (transaction == NULL)
        return onem2m_records_out_of_memory(error);
    ERR_set_mark();
    ok = begin_creation(transaction, error) || refuse_for(transaction, error);
    ERR_pop_to_mark();
    if (!ok) {
        free_transaction(transaction);
        return 0;
    }
    if (fill(transaction, argument, error))
        return onem2m_records_commit(transaction, error);
    end(transaction);
    return 0;
}
