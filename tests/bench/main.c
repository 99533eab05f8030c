/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include "bench.h"
#include "derivations.h"
#include "handshakes.h"
#include "loading.h"
#include "others.h"
#include "report.h"
#include "store.h"
#include "threads.h"

#define MILLISECONDS_DEFAULT 600
#define MILLISECONDS_MAX 60000
#define SLICE_NS 1e6
#define ROUNDS_MIN 3

static const char usage[] =
    "Usage: onem2m-bench [--milliseconds N] [--keys N[,N]...] [--only-stores] [--json]\n"
    "\n"
    "Measures the derivations of the provider beside OpenSSL's own, two threads\n"
    "beside one, what loading the provider costs, whether anything else gets\n"
    "slower by it, and look-ups, loading and inserts in sealed LMDB stores beside\n"
    "bare LMDB. The rows are measured in turns, in rounds of one millisecond\n"
    "each, and a ratio is the median of the ratios of every round, so that what\n"
    "disturbs one row disturbs all.\n"
    "\n"
    "  --milliseconds N  time for each row (default 600: some 2 minutes in all)\n"
    "  --keys N[,N]...   sizes of the stores (default 10000,100000,1000000; at most 4),\n"
    "                    made in TMPDIR or /tmp and removed: 1.5 GB for the largest\n"
    "  --only-stores     leaves out everything else\n"
    "  --only-handshakes leaves out everything else; handshakes are in a store of the second size\n"
    "  --json            prints one JSON object instead of the table\n"
    "  --help            prints this\n"
    "\n"
    "The module is taken from OPENSSL_MODULES, else from where it was built.\n";

typedef struct {
    unsigned long milliseconds;
    size_t keys[BENCH_STORES_MAX];
    size_t stores;
    int only_stores, only_handshakes;
    int json;
} OPTIONS;

static void refuse_usage(void)
{
    fputs(usage, stderr);
    exit(2);
}

/* *end: behind the number. */
static unsigned long read_number(const char *option, const char *text, char **end,
                                 unsigned long least, unsigned long most)
{
    const unsigned long number = strtoul(text, end, 10);

    if (*text < '0' || *text > '9' || number < least || number > most) {
        fprintf(stderr, "onem2m-bench: %s %s: %lu to %lu are allowed\n", option, text, least, most);
        exit(2);
    }
    return number;
}

static unsigned long read_milliseconds(const char *text)
{
    char *end;
    const unsigned long milliseconds =
        read_number("--milliseconds", text, &end, 1, MILLISECONDS_MAX);

    if (*end != '\0')
        refuse_usage();
    return milliseconds;
}

static void read_keys(OPTIONS *options, const char *text)
{
    char *end;

    for (options->stores = 0; options->stores < BENCH_STORES_MAX; text = end + 1) {
        options->keys[options->stores++] =
            read_number("--keys", text, &end, BENCH_KEYS_MIN, BENCH_KEYS_MAX);
        if (*end == '\0')
            return;
        if (*end != ',')
            break;
    }
    refuse_usage();
}

static OPTIONS read_options(int argc, char **argv)
{
    static const struct option options[] = { { "milliseconds", required_argument, NULL, 'm' },
                                             { "keys", required_argument, NULL, 'k' },
                                             { "only-stores", no_argument, NULL, 's' },
                                             { "only-handshakes", no_argument, NULL, 't' },
                                             { "json", no_argument, NULL, 'j' },
                                             { "help", no_argument, NULL, 'h' },
                                             { NULL, 0, NULL, 0 } };
    OPTIONS chosen = { .milliseconds = MILLISECONDS_DEFAULT,
                       .keys = { 10000, 100000, 1000000 },
                       .stores = 3 };
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'm') {
            chosen.milliseconds = read_milliseconds(optarg);
        } else if (option == 'k') {
            read_keys(&chosen, optarg);
        } else if (option == 's') {
            chosen.only_stores = 1;
        } else if (option == 't') {
            chosen.only_handshakes = 1;
        } else if (option == 'j') {
            chosen.json = 1;
        } else if (option == 'h') {
            fputs(usage, stdout);
            exit(0);
        } else {
            refuse_usage();
        }
    }
    if (optind < argc)
        refuse_usage();
    return chosen;
}

static int measure_without_store(BENCH *bench)
{
    BENCH_LIBCTX context = { 0 };
    int ok;

    if (!bench_loading_cold(bench) || !bench_loading_warm(bench))
        return 0;
    ok = bench_libctx_init(&context) && bench_libctx_load_onem2m(&context) &&
         bench_derivations_add(bench, context.libctx) && bench_others_add(bench) &&
         bench_measure(bench) && bench_threads(bench, context.libctx);
    bench_derivations_clear();
    bench_others_clear();
    bench_libctx_clear(&context);
    return ok;
}

/* Handshakes: in a store of the second size, which is 100,000 by default, or of the only one. */
static int measure(BENCH *bench, const OPTIONS *options)
{
    if (!options->only_stores && !options->only_handshakes && !measure_without_store(bench))
        return 0;
    if (!options->only_handshakes && !bench_stores(bench, options->keys, options->stores))
        return 0;
    return options->only_stores ||
           bench_handshakes(bench, options->keys[options->stores > 1 ? 1 : 0]);
}

int main(int argc, char **argv)
{
    static BENCH bench;
    const OPTIONS options = read_options(argc, argv);
    int ok;

    bench.slice_ns = SLICE_NS;
    bench.rounds = options.milliseconds;
    if (bench.rounds < ROUNDS_MIN)
        bench.rounds = ROUNDS_MIN;
    ok = measure(&bench, &options);
    if (ok && options.json)
        bench_print_json(&bench);
    else if (ok)
        bench_print_table(&bench);
    bench_free(&bench);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
