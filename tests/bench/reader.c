/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * onem2m-bench-reader KEYS LOOK-UPS [ke]: a process that opens the store of
 * OPENSSL_CONF for the first time and looks keys up, every fourth, or in a store
 * of nothing but Ke any and derives of it. It prints how many
 * nanoseconds the first look-up took, and its resident kilobytes, anonymous
 * and of files, after that and in the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "names.h"

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* A release of a Km; or a derivation of a Ke, which keys in a token allow, too. */
static int of_ke;

static int look_up(EVP_KDF_CTX *context, size_t number)
{
    char usage[] = ONEM2M_USAGE_NAME_MAF, maf[] = "maf.example.com";
    unsigned char out[32];
    BENCH_NAME name;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID, name.text, 0),
        of_ke ? OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_MAF_ID, maf, 0)
              : OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_USAGE, usage, 0),
        OSSL_PARAM_construct_end(),
    };

    bench_name(&name, number);
    params[0].data_size = strlen(name.text);
    return EVP_KDF_derive(context, out, sizeof(out), params) > 0;
}

static int print_resident(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    unsigned long anonymous = 0, of_files = 0;
    char line[256];

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "RssAnon:", strlen("RssAnon:")) == 0)
            anonymous = strtoul(line + strlen("RssAnon:"), NULL, 10);
        if (strncmp(line, "RssFile:", strlen("RssFile:")) == 0)
            of_files = strtoul(line + strlen("RssFile:"), NULL, 10);
    }
    if (file != NULL)
        fclose(file);
    printf(" %lu %lu", anonymous, of_files);
    return anonymous > 0;
}

static size_t draw(unsigned long long *state, size_t keys)
{
    return of_ke ? bench_random(state, keys) : bench_random_key(state, keys, BENCH_KM);
}

static int read_keys(EVP_KDF_CTX *context, size_t keys, size_t lookups)
{
    unsigned long long state = 1;
    double start = now();
    int ok = look_up(context, draw(&state, keys));

    printf("%.0f", now() - start);
    ok = ok && print_resident();
    for (size_t i = 0; ok && i < lookups; i++)
        ok = look_up(context, draw(&state, keys));
    return ok && print_resident();
}

int main(int argc, char **argv)
{
    EVP_KDF *kdf;
    EVP_KDF_CTX *context;
    int ok;

    of_ke = argc == 4 && strcmp(argv[3], "ke") == 0;
    kdf = EVP_KDF_fetch(NULL, of_ke ? ONEM2M_KDF_KM : ONEM2M_KDF_PSK, ONEM2M_PROPERTY_QUERY);
    context = EVP_KDF_CTX_new(kdf);
    ok = argc >= 3 && context != NULL &&
         read_keys(context, strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10));
    printf("\n");
    if (!ok)
        ERR_print_errors_fp(stderr);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
