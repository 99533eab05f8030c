/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_THREADS_H
#define ONEM2M_BENCH_THREADS_H

#include "bench.h"

/*
 * Derivations a second of one thread and of two, each with a context of its
 * own. Measured at once, in rounds of its own: a process that has begun a
 * second thread allocates memory more slowly ever after, so call it last.
 */
int bench_threads(BENCH *bench, OSSL_LIB_CTX *libctx);

#endif
