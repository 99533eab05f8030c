/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "names.h"
#include "store_files.h"

#define OPENINGS_MAX 21
#define LOOKUPS 100000
#define LOOKUPS_FEW 1000 /* in short runs */
#define OPENING_MOST_NS 2e6
#define GROWTH_MOST 1.05

enum { OPENING, ANON_BEFORE, FILE_BEFORE, ANON_AFTER, FILE_AFTER, VALUES };

static int read_values(double values[VALUES], int in)
{
    char line[128] = "", *at = line;
    const ssize_t length = read(in, line, sizeof(line) - 1);

    for (int i = 0; i < VALUES; i++) {
        char *end = at;

        values[i] = length > 0 ? strtod(at, &end) : 0;
        if (end == at)
            return bench_failed("reading what a new process found");
        at = end;
    }
    return 1;
}

static int run_reader(const BENCH_STORE_FILES *files, size_t lookups, double values[VALUES])
{
    char program[] = ONEM2M_BENCH_READER, keys[24], count[24], ke[] = "ke";
    char *const arguments[] = { program, keys, count, files->is_all_ke ? ke : NULL, NULL };
    int ends[2], ok;

    snprintf(keys, sizeof(keys), "%zu", files->keys);
    snprintf(count, sizeof(count), "%zu", lookups);
    if (pipe(ends) != 0)
        return bench_failed("pipe");
    ok = bench_run_program(arguments, files->config, ends[1]);
    close(ends[1]);
    ok = ok && read_values(values, ends[0]);
    close(ends[0]);
    return ok;
}

static int measure_opening(BENCH *bench, const char *section, const BENCH_STORE_FILES *files)
{
    BENCH_ROW *row = bench_add(bench, section, "ns", "opening, the first look-up included");
    double values[VALUES] = { 0 };

    row->at_most = files->token == NULL ? OPENING_MOST_NS : 0; /* a token logs in */
    for (size_t i = 0; i < bench->rounds && i < OPENINGS_MAX; i++) {
        if (!run_reader(files, 0, values))
            return 0;
        bench_sample(row, values[OPENING]);
    }
    return 1;
}

int bench_store_processes(BENCH *bench, const char *section, const BENCH_STORE_FILES *files,
                          const BENCH_ROW **smallest)
{
    static const char *const names[VALUES] = {
        [ANON_BEFORE] = "RssAnon, the store just opened",
        [FILE_BEFORE] = "RssFile, the store just opened",
        [ANON_AFTER] = "RssAnon, after random look-ups",
        [FILE_AFTER] = "RssFile, after random look-ups",
    };
    const size_t lookups = bench->rounds < OPENINGS_MAX ? LOOKUPS_FEW : LOOKUPS;
    double values[VALUES] = { 0 };
    BENCH_ROW *row;

    if (!measure_opening(bench, section, files) || !run_reader(files, lookups, values))
        return 0;
    for (int i = ANON_BEFORE; i < VALUES; i++) {
        row = bench_add(bench, section, "kB", "%s", names[i]);
        bench_sample(row, values[i]);
        if (i != ANON_AFTER)
            continue;
        row->reference = *smallest;
        row->at_most = *smallest != NULL && files->token == NULL ? GROWTH_MOST : 0;
        if (*smallest == NULL)
            *smallest = row;
    }
    return 1;
}
