/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include "names.h"

#define FQDN "maf.example.com"

/* SplitMix64: neighbouring numbers give unlike ones. */
static unsigned long long mix(unsigned long long number)
{
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9ULL;
    number = (number ^ (number >> 27)) * 0x94D049BB133111EBULL;
    return number ^ (number >> 31);
}

void bench_name(BENCH_NAME *name, size_t number)
{
    snprintf(name->text, sizeof(name->text), "%016llX%016llX@" FQDN, mix(2 * number + 1),
             mix(2 * number + 2));
}

size_t bench_random(unsigned long long *state, size_t limit)
{
    *state += 0x9E3779B97F4A7C15ULL;
    return (size_t)(mix(*state) % limit);
}

size_t bench_random_key(unsigned long long *state, size_t keys, int kind)
{
    return bench_random(state, keys / BENCH_KINDS) * BENCH_KINDS + (size_t)kind;
}
