/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_REPORT_H
#define ONEM2M_BENCH_REPORT_H

#include "bench.h"

/* Prints the machine and all rows, as a table or as one JSON object. */
void bench_print_table(const BENCH *bench);
void bench_print_json(const BENCH *bench);

#endif
