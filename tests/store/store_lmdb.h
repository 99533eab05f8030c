/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_STORE_LMDB_H
#define ONEM2M_TESTS_STORE_LMDB_H

#include "store_backend.h"

/* The files of an LMDB store in a test's directory. */

/* A directory with nothing in it, and no backend. */
int set_up_empty(void **state);
void close_store(void);

/* The path of a file there; static, until the next call. */
const char *file(const char *name);
void write_file(const char *name, const void *octets, size_t length);
/* -1: it is not there. */
off_t size_of(const char *name);

/* Opening is refused, with that text. */
void assert_refused(ONEM2M_REASON reason, const char *text);
/* It opens, as the backend, and holds what set_up_filled put there. */
void assert_opens(void);

/* One transaction that puts "fill-0" and so on, each of so many octets. */
void fill_store(unsigned int count, size_t length);

#define WHEN_EMPTY(function) cmocka_unit_test_setup_teardown(function, set_up_empty, tear_down)
#define WITH_STORE(function) cmocka_unit_test_setup_teardown(function, set_up_filled, tear_down)

#endif
