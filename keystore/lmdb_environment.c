/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lmdb_internal.h"

static ONEM2M_LMDB_ENVIRONMENT *environments; /* under the process's lock */

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

static void init_writer(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    pthread_mutexattr_t kind;

    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&environment->writer, &kind);
    pthread_mutexattr_destroy(&kind);
}

/*
 * The parent's environment must not be used, and its transactions not be
 * ended: their slots are in memory shared with the parent. What nobody was
 * busy with is closed before the store is opened again, so that no lock of
 * this process goes with it; the rest is left as it is.
 */
static void after_fork(void *argument)
{
    ONEM2M_LMDB_ENVIRONMENT *environment = argument;
    int quiet = !atomic_load(&environment->writing);

    for (unsigned int i = 0; i < ONEM2M_LMDB_SLOTS; i++)
        quiet &= slot_after_fork(&environment->slots[i]);
    if (environment->mdb != NULL)
        *(quiet ? &environment->inherited : &environment->abandoned) = environment->mdb;
    environment->mdb = NULL;
    onem2m_lmdb_drop_guard(environment);
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
