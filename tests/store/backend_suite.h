/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_BACKEND_SUITE_H
#define ONEM2M_TESTS_BACKEND_SUITE_H

#include "store_backend.h"

typedef struct {
    const ONEM2M_BACKEND_FUNCTIONS *functions;
    /* Makes room for a new store; returns its location. directory: one that a test may use. */
    const char *(*make_place)(const char *directory);
    int outlives_process;   /* one process sees what another wrote */
    int refuses_after_fork; /* to go on reading in a transaction of the parent */
} BACKEND_TESTED;

/* Runs all tests; returns how many failed. */
int backend_suite(const BACKEND_TESTED *backend_tested);

#endif
