/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <onem2m/params.h>
#include "bench.h"

#define NS_PER_S 1e9

double bench_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * NS_PER_S + (double)now.tv_nsec;
}

int bench_failed(const char *what)
{
    fprintf(stderr, "onem2m-bench: %s failed\n", what);
    ERR_print_errors_fp(stderr);
    return 0;
}

BENCH_ROW *bench_add(BENCH *bench, const char *section, const char *unit, const char *name, ...)
{
    BENCH_ROW *row = &bench->rows[bench->count];
    va_list arguments;

    if (bench->count == BENCH_ROWS_MAX ||
        (row->samples = calloc(bench->rounds, sizeof(double))) == NULL) {
        fprintf(stderr, "onem2m-bench: no room for another row\n");
        exit(EXIT_FAILURE);
    }
    bench->count++;
    row->section = section;
    row->unit = unit;
    row->block = bench->last_block;
    va_start(arguments, name);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): the line above
    vsnprintf(row->name, sizeof(row->name), name, arguments);
    va_end(arguments);
    return row;
}

void bench_sample(BENCH_ROW *row, double value)
{
    row->samples[row->count++] = value;
}

void bench_free(BENCH *bench)
{
    for (size_t i = 0; i < bench->count; i++)
        free(bench->rows[i].samples);
}

static int repeat(bench_fn *run, void *state, size_t operations)
{
    for (size_t i = 0; i < operations; i++) {
        if (!run(state))
            return 0;
    }
    return 1;
}

/* The least of three times: a program that had to wait meanwhile would seem slow. 0: one failed. */
static double least_time(bench_fn *run, void *state, size_t operations)
{
    double least = 0;

    for (int i = 0; i < 3; i++) {
        const double start = bench_now();
        double ns;

        if (!repeat(run, state, operations))
            return 0;
        ns = bench_now() - start;
        if (i == 0 || ns < least)
            least = ns;
    }
    return least;
}

size_t bench_calibrate(bench_fn *run, void *state, double slice_ns)
{
    size_t operations = 1;
    double ns;

    for (;; operations *= 2) {
        ns = least_time(run, state, operations);
        if (ns <= 0)
            return 0;
        if (ns >= slice_ns / 4)
            break;
    }
    operations = (size_t)((double)operations * slice_ns / ns);
    return operations > 0 ? operations : 1;
}

/* A few operations go before the clock starts: the rows' neighbours in the caches differ. */
static int measure_slice(BENCH_ROW *row)
{
    double start;

    OSSL_LIB_CTX_set0_default(row->libctx);
    if (!repeat(row->run, row->state, row->operations / 8 + 1))
        return bench_failed(row->name);
    start = bench_now();
    if (!repeat(row->run, row->state, row->operations))
        return bench_failed(row->name);
    bench_sample(row, (bench_now() - start) / (double)row->operations);
    return 1;
}

static unsigned int random_below(unsigned int limit)
{
    static unsigned int state = 1;

    state = state * 1664525U + 1013904223U;
    return (state >> 16) % limit;
}

static size_t end_of_block(BENCH_ROW *const *order, size_t start, size_t count)
{
    size_t end = start;

    while (end < count && order[end]->block == order[start]->block)
        end++;
    return end;
}

/* The rows of each block in a random order, so that none gains by its place. */
static void shuffle(BENCH_ROW **order, size_t count)
{
    size_t start, end, i;

    for (start = 0; start < count; start = end) {
        end = end_of_block(order, start, count);
        for (i = start; i < end; i++) {
            const size_t other = i + random_below((unsigned int)(end - i));
            BENCH_ROW *row = order[i];

            order[i] = order[other];
            order[other] = row;
        }
    }
}

static size_t rows_to_measure(BENCH *bench, BENCH_ROW **order)
{
    size_t count = 0;

    for (size_t i = 0; i < bench->count; i++) {
        if (bench->rows[i].run != NULL && bench->rows[i].count == 0)
            order[count++] = &bench->rows[i];
    }
    return count;
}

static int measure_rounds(const BENCH *bench, BENCH_ROW **order, size_t count)
{
    for (size_t round = 0; round < bench->rounds; round++) {
        shuffle(order, count);
        for (size_t i = 0; i < count; i++) {
            if (!measure_slice(order[i]))
                return 0;
        }
    }
    return 1;
}

int bench_measure(BENCH *bench)
{
    BENCH_ROW *order[BENCH_ROWS_MAX];
    const size_t count = rows_to_measure(bench, order);
    int ok = 1;

    for (size_t i = 0; ok && i < count; i++) {
        OSSL_LIB_CTX_set0_default(order[i]->libctx);
        order[i]->operations = bench_calibrate(order[i]->run, order[i]->state, bench->slice_ns);
        ok = order[i]->operations > 0 || bench_failed(order[i]->name);
    }
    ok = ok && measure_rounds(bench, order, count);
    OSSL_LIB_CTX_set0_default(OSSL_LIB_CTX_get0_global_default());
    return ok;
}

int bench_libctx_init(BENCH_LIBCTX *context)
{
    context->onem2m = NULL;
    context->libctx = OSSL_LIB_CTX_new();
    context->default_provider =
        context->libctx != NULL ? OSSL_PROVIDER_load(context->libctx, "default") : NULL;
    return context->default_provider != NULL || bench_failed("a library context");
}

int bench_libctx_load_onem2m(BENCH_LIBCTX *context)
{
    if (getenv("OPENSSL_MODULES") == NULL &&
        !OSSL_PROVIDER_set_default_search_path(context->libctx, ONEM2M_BENCH_MODULES))
        return bench_failed("OSSL_PROVIDER_set_default_search_path");
    context->onem2m = OSSL_PROVIDER_load(context->libctx, ONEM2M_PROVIDER_NAME);
    return context->onem2m != NULL || bench_failed("loading " ONEM2M_PROVIDER_NAME);
}

void bench_libctx_clear(BENCH_LIBCTX *context)
{
    if (context->onem2m != NULL)
        OSSL_PROVIDER_unload(context->onem2m);
    if (context->default_provider != NULL)
        OSSL_PROVIDER_unload(context->default_provider);
    OSSL_LIB_CTX_free(context->libctx);
}
