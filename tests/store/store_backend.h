/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_STORE_BACKEND_H
#define ONEM2M_TESTS_STORE_BACKEND_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "store_test.h"

/* A test's own directory, and its one backend there. */
extern char directory[PATH_MAX];
extern ONEM2M_BACKEND *backend;

/* "a" is "1" in it. */
int set_up_filled(void **state);
/* Closes the backend, which may be NULL, and removes the directory. */
int tear_down(void **state);

#endif
