/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_LOADING_H
#define ONEM2M_BENCH_LOADING_H

#include "bench.h"

/*
 * What it costs to load the provider into a fresh library context, to fetch
 * its first method and to derive for the first time: first for the first time
 * in a process (a forked one each; so nothing of OpenSSL may have been used in
 * this one before), then with the module in memory already.
 */
int bench_loading_cold(BENCH *bench);
int bench_loading_warm(BENCH *bench);

#endif
