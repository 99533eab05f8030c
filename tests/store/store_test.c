/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/wait.h>
#include "store_test.h"

const ONEM2M_BACKEND_FUNCTIONS *store_functions = &onem2m_backend_lmdb;
_Thread_local ONEM2M_ERROR store_error;
static unsigned int random_state = 1;

_Noreturn void store_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: failed: %s (last refusal %d: %s)\n", file, line, what,
            store_error.reason, store_error.detail);
    abort();
}

int store_long_run(void)
{
    const char *wanted = getenv("ONEM2M_LONG");

    return wanted != NULL && strcmp(wanted, "1") == 0;
}

void store_directory(char path[PATH_MAX])
{
    char here[PATH_MAX - 32];

    STORE_CHECK(getcwd(here, sizeof(here)) != NULL);
    snprintf(path, PATH_MAX, "%s/store-XXXXXX", here);
    STORE_CHECK(mkdtemp(path) != NULL);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

void store_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

ONEM2M_SLICE store_text(const char *text)
{
    return (ONEM2M_SLICE){ (const unsigned char *)text, strlen(text) };
}

int store_equal(ONEM2M_SLICE a, ONEM2M_SLICE b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static ONEM2M_REASON reason(int ok)
{
    if (ok)
        return ONEM2M_R_NONE;
    STORE_CHECK(store_error.reason != ONEM2M_R_NONE);
    return store_error.reason;
}

ONEM2M_REASON store_try_open(ONEM2M_BACKEND **backend, const char *location)
{
    *backend = NULL;
    store_error.reason = ONEM2M_R_NONE;
    return reason(store_functions->open(backend, location, &store_error));
}

static int fill(ONEM2M_TRANSACTION *transaction, void *argument, ONEM2M_ERROR *error)
{
    (void)argument;
    return store_functions->put(transaction, ONEM2M_TABLE_META, store_text("header"),
                                store_text("first"), error);
}

ONEM2M_REASON store_try_create(ONEM2M_BACKEND *backend)
{
    store_error.reason = ONEM2M_R_NONE;
    return reason(store_functions->create(backend, fill, NULL, &store_error));
}

ONEM2M_REASON store_try_begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION **transaction,
                              ONEM2M_TRANSACTION_KIND kind)
{
    *transaction = NULL;
    store_error.reason = ONEM2M_R_NONE;
    return reason(store_functions->begin(backend, transaction, kind, &store_error));
}

ONEM2M_REASON store_try_put(ONEM2M_BACKEND *backend, const char *name, ONEM2M_SLICE value)
{
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_REASON why = store_try_begin(backend, &transaction, ONEM2M_WRITE);

    if (why != ONEM2M_R_NONE)
        return why;
    if (store_functions->put(transaction, ONEM2M_TABLE_KEYS, store_text(name), value, &store_error))
        return reason(store_functions->commit(transaction, &store_error));
    store_functions->abort(transaction);
    return reason(0);
}

ONEM2M_BACKEND *store_open(const char *location)
{
    ONEM2M_BACKEND *backend;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_REASON why;

    STORE_CHECK(store_try_open(&backend, location) == ONEM2M_R_NONE);
    if (store_try_begin(backend, &transaction, ONEM2M_READ) == ONEM2M_R_NONE) {
        store_functions->abort(transaction);
        return backend;
    }
    STORE_CHECK(store_error.reason == ONEM2M_R_STORE_MISSING);
    why = store_try_create(backend);
    STORE_CHECK(why == ONEM2M_R_NONE || why == ONEM2M_R_STORE_EXISTS);
    return backend;
}

ONEM2M_TRANSACTION *store_begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION_KIND kind)
{
    ONEM2M_TRANSACTION *transaction;

    STORE_CHECK(store_try_begin(backend, &transaction, kind) == ONEM2M_R_NONE);
    return transaction;
}

void store_commit(ONEM2M_TRANSACTION *transaction)
{
    STORE_CHECK(store_functions->commit(transaction, &store_error));
}

void store_put(ONEM2M_TRANSACTION *transaction, const char *name, const char *value)
{
    STORE_CHECK(store_functions->put(transaction, ONEM2M_TABLE_KEYS, store_text(name),
                                     store_text(value), &store_error));
}

int store_has(ONEM2M_TRANSACTION *transaction, const char *name, const char *value)
{
    ONEM2M_SLICE found;
    const int result = store_functions->get(transaction, ONEM2M_TABLE_KEYS, store_text(name),
                                            &found, &store_error);

    STORE_CHECK(result >= 0);
    if (value == NULL)
        return result == 0;
    return result == 1 && store_equal(found, store_text(value));
}

int store_holds(ONEM2M_BACKEND *backend, const char *name, const char *value)
{
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_READ);
    const int has = store_has(transaction, name, value);

    store_functions->abort(transaction);
    return has;
}

size_t store_count(ONEM2M_TRANSACTION *transaction)
{
    unsigned char next[ONEM2M_BACKEND_NAME_MAX + 1];
    ONEM2M_SLICE from = { next, 0 }, name, value;
    size_t count = 0;
    int found;

    while ((found = store_functions->seek(transaction, ONEM2M_TABLE_KEYS, from, &name, &value,
                                          &store_error)) == 1) {
        memcpy(next, name.data, name.length);
        next[name.length] = 0;
        from.length = name.length + 1;
        count++;
    }
    STORE_CHECK(found == 0);
    return count;
}

pid_t store_fork(void (*run)(void *argument), void *argument)
{
    pid_t child;

    fflush(NULL);
    child = fork();
    STORE_CHECK(child >= 0);
    if (child > 0)
        return child;
    run(argument);
    _exit(0);
}

void store_join(pid_t child)
{
    int status;

    STORE_CHECK(waitpid(child, &status, 0) == child);
    STORE_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

double store_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

unsigned int store_random(unsigned int limit)
{
    random_state = random_state * 1664525U + 1013904223U;
    return (unsigned int)(((unsigned long long)random_state * limit) >> 32);
}

void store_seed(void)
{
    const char *wanted = getenv("ONEM2M_SEED");

    random_state = wanted != NULL ? (unsigned int)strtoul(wanted, NULL, 10)
                                  : (unsigned int)time(NULL) ^ ((unsigned int)getpid() << 16);
    printf("ONEM2M_SEED=%u\n", random_state);
}
