/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_STORE_H
#define ONEM2M_BENCH_STORE_H

#include "bench.h"

#define BENCH_STORES_MAX 4
#define BENCH_KEYS_MIN 100
#define BENCH_KEYS_MAX 10000000

/*
 * Makes sealed stores of so many keys, and measures what looking keys up, loading
 * and inserting them costs beside bare LMDB; each store in rounds of its own, then
 * two threads beside one.
 */
int bench_stores(BENCH *bench, const size_t keys[], size_t count);

#endif
