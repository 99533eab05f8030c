/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_EXPORTS_H
#define ONEM2M_BENCH_EXPORTS_H

#include "bench.h"
#include "psk.h"

/* Adds and measures the rows of exports to key objects. libctx: that of psk. */
int bench_exports(BENCH *bench, const char *section, const BENCH_PSK *psk, OSSL_LIB_CTX *libctx);

#endif
