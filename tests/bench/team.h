/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_TEAM_H
#define ONEM2M_BENCH_TEAM_H

#include "bench.h"

/*
 * What is done by one thread and by two, each with a state of its own, and the
 * two rows of it. The thread that uses a state makes it, so that it lies in that
 * thread's memory.
 */
typedef struct {
    const char *title;
    void *(*new_state)(const void *shared); /* NULL when it failed */
    bench_fn *run;
    void (*free_state)(void *state); /* NULL is allowed */
    const void *shared;
    double at_least; /* of two threads to one; 0: no target */
    size_t operations;
    BENCH_ROW *rows[2];
} BENCH_CONTEST;

/* Adds the rows of all contests and measures them in turns, and a row of how often it was done
 * again because something else had a CPU. */
int bench_contests(BENCH *bench, const char *section, BENCH_CONTEST *contests, size_t count);

#endif
