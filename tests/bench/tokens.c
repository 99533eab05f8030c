/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include "report.h"
#include "token_rows.h"

#define MILLISECONDS_DEFAULT 400
#define MILLISECONDS_MAX 60000
#define KEYS_MIN 10
#define KEYS_MAX 10000000
#define STORES_MAX 4
#define ROUNDS_MIN 3
#define SLICE_NS 4e6

static const char usage[] =
    "Usage: onem2m-bench-tokens [--milliseconds N] [--keys N[,N]...] [--objects] [--json] URI\n"
    "\n"
    "Measures what keys of a PKCS#11 token cost beside the token's own raw calls, in one process\n"
    "and one run: derivations with a key at hand, by the library and by the provider, one thread\n"
    "and four; and look-ups in stores of many keys. URI is that of a keystore, of a token that is\n"
    "there for trying: its keys that wrap and seal are made and stay.\n"
    "\n"
    "  --milliseconds N  time for each row (default 400)\n"
    "  --keys N[,N]...   sizes of the stores (default 10000,100000; at most 4), made in TMPDIR or\n"
    "                    /tmp and removed\n"
    "  --objects         keys and records are objects of the token, and stay there\n"
    "  --json            prints one JSON object instead of the table\n"
    "  --help            prints this\n"
    "\n"
    "The module is taken from OPENSSL_MODULES, else from where it was built.\n";

typedef struct {
    unsigned long milliseconds;
    size_t keys[STORES_MAX];
    size_t stores;
    int has_records_in_token, json;
    const char *uri;
} OPTIONS;

static void refuse_usage(void)
{
    fputs(usage, stderr);
    exit(2);
}

/* *end: behind the number. */
static unsigned long read_number(const char *text, char **end, unsigned long least,
                                 unsigned long most)
{
    const unsigned long number = strtoul(text, end, 10);

    if (*text < '0' || *text > '9' || number < least || number > most)
        refuse_usage();
    return number;
}

static void read_keys(OPTIONS *options, const char *text)
{
    char *end;

    for (options->stores = 0; options->stores < STORES_MAX; text = end + 1) {
        options->keys[options->stores++] = read_number(text, &end, KEYS_MIN, KEYS_MAX);
        if (*end == '\0')
            return;
        if (*end != ',')
            break;
    }
    refuse_usage();
}

static void read_option(OPTIONS *options, int option)
{
    char *end;

    if (option == 'm') {
        options->milliseconds = read_number(optarg, &end, 1, MILLISECONDS_MAX);
        if (*end != '\0')
            refuse_usage();
    } else if (option == 'k') {
        read_keys(options, optarg);
    } else if (option == 'o') {
        options->has_records_in_token = 1;
    } else if (option == 'j') {
        options->json = 1;
    } else if (option == 'h') {
        fputs(usage, stdout);
        exit(0);
    } else {
        refuse_usage();
    }
}

static OPTIONS read_options(int argc, char **argv)
{
    static const struct option options[] = { { "milliseconds", required_argument, NULL, 'm' },
                                             { "keys", required_argument, NULL, 'k' },
                                             { "objects", no_argument, NULL, 'o' },
                                             { "json", no_argument, NULL, 'j' },
                                             { "help", no_argument, NULL, 'h' },
                                             { NULL, 0, NULL, 0 } };
    OPTIONS chosen = { .milliseconds = MILLISECONDS_DEFAULT,
                       .keys = { 10000, 100000 },
                       .stores = 2 };
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        read_option(&chosen, option);
    if (optind != argc - 1)
        refuse_usage();
    chosen.uri = argv[optind];
    return chosen;
}

/* Other processes come first: not every module bears one that writes beside one that reads. */
static int measure(BENCH *bench, BENCH_TOKEN_STORE *stores, const OPTIONS *options)
{
    const BENCH_ROW *memory = NULL;
    int ok = 1;

    for (size_t i = 0; ok && i < options->stores; i++)
        ok = bench_token_store_make(&stores[i], options->uri, options->has_records_in_token,
                                    options->keys[i]);
    for (size_t i = 0; ok && i < options->stores; i++)
        ok = bench_token_processes(bench, &stores[i], &memory);
    for (size_t i = 0; ok && i < options->stores; i++)
        ok = bench_token_store_open(&stores[i]) &&
             (i > 0 ||
              (bench_token_held(bench, &stores[i]) && bench_token_threads(bench, &stores[i]))) &&
             bench_token_look_ups(bench, &stores[i]);
    return ok;
}

int main(int argc, char *argv[])
{
    static BENCH bench;
    static BENCH_TOKEN_STORE stores[STORES_MAX];
    const OPTIONS options = read_options(argc, argv);
    int ok;

    bench.slice_ns = SLICE_NS;
    bench.rounds = (size_t)((double)options.milliseconds * 1e6 / SLICE_NS);
    if (bench.rounds < ROUNDS_MIN)
        bench.rounds = ROUNDS_MIN;
    ok = measure(&bench, stores, &options);
    if (ok && options.json)
        bench_print_json(&bench);
    else if (ok)
        bench_print_table(&bench);
    for (size_t i = 0; i < options.stores; i++)
        bench_token_store_close(&stores[i]);
    bench_free(&bench);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
