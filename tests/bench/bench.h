/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_H
#define ONEM2M_BENCH_H

#include <stddef.h>
#include <openssl/types.h>

#define BENCH_ROWS_MAX 192

/* One operation of a row. Returns 0 when it failed. */
typedef int bench_fn(void *state);

/*
 * A row of the table. One slice of operations gives one sample in each round.
 * With a reference, ratios are those of the samples of the same round.
 */
typedef struct bench_row_st {
    const char *section;
    char name[64];
    const char *unit;
    int block;            /* rows of one block stand beside each other in a round */
    OSSL_LIB_CTX *libctx; /* the thread's default while the row is measured */
    bench_fn *run;        /* NULL: the samples come from elsewhere */
    void *state;
    size_t operations; /* in a slice */
    double *samples;
    size_t count;
    const struct bench_row_st *reference;
    double at_least, at_most; /* of the ratio, without a reference of the median; 0: no target */
} BENCH_ROW;

/* The whole run. */
typedef struct {
    double slice_ns;
    size_t rounds;
    int last_block;
    size_t count;
    BENCH_ROW rows[BENCH_ROWS_MAX];
} BENCH;

/* Nanoseconds of the monotonic clock. */
double bench_now(void);

/* Appends a row without a reference or target, with room for samples; ends the program when
 * there is no more room. name: a format of printf(3). */
BENCH_ROW *bench_add(BENCH *bench, const char *section, const char *unit, const char *name, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds a sample to a row that is measured elsewhere. */
void bench_sample(BENCH_ROW *row, double value);

/* Measures all rows that have a function and no samples yet, in rounds. Returns 0 when one failed.
 */
int bench_measure(BENCH *bench);

/* How many operations make a slice of so many nanoseconds; 0 when one failed. */
size_t bench_calibrate(bench_fn *run, void *state, double slice_ns);

/* Says on standard error what failed, with OpenSSL's errors. Returns 0. */
int bench_failed(const char *what);

/* A library context of its own and what is loaded into it; zeroed when it is not there. */
typedef struct {
    OSSL_LIB_CTX *libctx;
    OSSL_PROVIDER *default_provider;
    OSSL_PROVIDER *onem2m;
} BENCH_LIBCTX;

/* A fresh one with the default provider. */
int bench_libctx_init(BENCH_LIBCTX *context);

/* Loads onem2m into it, from OPENSSL_MODULES or else from where it was built. */
int bench_libctx_load_onem2m(BENCH_LIBCTX *context);

void bench_libctx_clear(BENCH_LIBCTX *context);

void bench_free(BENCH *bench);

#endif
