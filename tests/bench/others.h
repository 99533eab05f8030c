/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_OTHERS_H
#define ONEM2M_BENCH_OTHERS_H

#include "bench.h"

/*
 * What a program does besides: each thing in a library context with onem2m and
 * in one without, and in a second one without, which shows how far two equal
 * contexts differ. Frees everything in bench_others_clear.
 */
int bench_others_add(BENCH *bench);
void bench_others_clear(void);

#endif
