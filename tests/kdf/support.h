/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_KDF_SUPPORT_H
#define ONEM2M_TESTS_KDF_SUPPORT_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/provider.h>
#include <onem2m/params.h>
#include <onem2m/reasons.h>
#include "sample.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What the checks that follow are about: printed when one fails. */
void subject(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *current_subject(void);

/* An assertion that says what it was about, in loops over tables. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("%s: %s", current_subject(), #condition);                                     \
    } while (0)

/* A library context in which nothing but the onem2m provider is activated. */
typedef struct {
    OSSL_LIB_CTX *libctx;
    OSSL_PROVIDER *provider;
} LOADED;

void load(LOADED *loaded);
void unload(LOADED *loaded);

/* Group setup and teardown: *state is a SUITE. */
typedef struct {
    SAMPLES samples;
    LOADED loaded;
} SUITE;

int suite_setup(void **state);
int suite_teardown(void **state);

/* A test that begins with an empty error queue, whatever the one before left. */
#define QUEUE_TEST(test) cmocka_unit_test_setup(test, empty_queue)
int empty_queue(void **state);

/* A context of a derivation; fails the test when there is none. */
EVP_KDF_CTX *new_context(OSSL_LIB_CTX *libctx, const char *kdf);

/* Queues an error as an application could have, before the call under test. */
void queue_own_error(void);

/*
 * That the queue holds the application's error, when one was queued, one error
 * of the provider with that reason and with parameter and detail (each may be
 * NULL) in its text, and nothing else. Empties it.
 */
void check_error(ONEM2M_REASON reason, const char *parameter, const char *detail);

/* That the queue holds the application's error and nothing else. Empties it. */
void check_own_error_only(void);

/* That the queue is empty; what is on it is printed. */
void check_no_error(void);

#endif
