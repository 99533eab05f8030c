/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_STORE_TEST_H
#define ONEM2M_TESTS_STORE_TEST_H

#include <limits.h>
#include <sys/types.h>
#include "keystore/backend.h"

/*
 * What the tests of the backends have in common. Without "try_" in its name a
 * function ends the program with a message when something fails, so that
 * programs of several processes can use them.
 */
#define STORE_CHECK(condition)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            store_failed(__FILE__, __LINE__, #condition);                                          \
    } while (0)
_Noreturn void store_failed(const char *file, int line, const char *what);

/* Sanitizers need more address space than a limit would leave. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STORE_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define STORE_SANITIZED
#endif
#endif

/* The backend that the functions below use: onem2m_backend_lmdb, unless it is changed. */
extern const ONEM2M_BACKEND_FUNCTIONS *store_functions;

/* Whether the variants are wanted that take minutes. */
int store_long_run(void);

/* A new directory below the working directory, and its removal with all that is in it. */
void store_directory(char path[PATH_MAX]);
void store_remove(const char *path);

ONEM2M_SLICE store_text(const char *text);
int store_equal(ONEM2M_SLICE a, ONEM2M_SLICE b);

/* The reason of a refusal, ONEM2M_R_NONE when it works. On 0 *backend is NULL. */
ONEM2M_REASON store_try_open(ONEM2M_BACKEND **backend, const char *location);
ONEM2M_REASON store_try_create(ONEM2M_BACKEND *backend);
ONEM2M_REASON store_try_begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION **transaction,
                              ONEM2M_TRANSACTION_KIND kind);
/* One transaction with one put. */
ONEM2M_REASON store_try_put(ONEM2M_BACKEND *backend, const char *name, ONEM2M_SLICE value);

/* The thread's last refusal. */
extern _Thread_local ONEM2M_ERROR store_error;

/* Opens, and creates when there is nothing yet. */
ONEM2M_BACKEND *store_open(const char *location);
ONEM2M_TRANSACTION *store_begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION_KIND kind);
void store_commit(ONEM2M_TRANSACTION *transaction);
void store_put(ONEM2M_TRANSACTION *transaction, const char *name, const char *value);

/* Whether ONEM2M_TABLE_KEYS has the name with that value; NULL: has not got the name. */
int store_has(ONEM2M_TRANSACTION *transaction, const char *name, const char *value);
/* The same in a transaction of its own. */
int store_holds(ONEM2M_BACKEND *backend, const char *name, const char *value);
/* How many entries ONEM2M_TABLE_KEYS has. */
size_t store_count(ONEM2M_TRANSACTION *transaction);

/* Forks; the child calls run and exits 0. */
pid_t store_fork(void (*run)(void *argument), void *argument);
/* Waits for a child that must exit 0. */
void store_join(pid_t child);

double store_seconds(void);
unsigned int store_random(unsigned int limit);
/* Seeds store_random from the clock, or from ONEM2M_SEED, and says with what. */
void store_seed(void);

#endif
