/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_TOKEN_ROWS_H
#define ONEM2M_BENCH_TOKEN_ROWS_H

#include "token_store.h"

/* Derivations with a key at hand, to octets and to keys. Returns 0 when something failed. */
int bench_token_held(BENCH *bench, BENCH_TOKEN_STORE *store);

/* The same derivation to octets by one thread and by four. */
int bench_token_threads(BENCH *bench, BENCH_TOKEN_STORE *store);

/* Making the store, and what a new process finds: before anything is opened. first: the row that
 * memory is compared with, set by the first store. */
int bench_token_processes(BENCH *bench, const BENCH_TOKEN_STORE *store, const BENCH_ROW **first);

/* Look-ups by names at random, and derivations. */
int bench_token_look_ups(BENCH *bench, BENCH_TOKEN_STORE *store);

#endif
