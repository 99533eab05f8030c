/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_NAMES_H
#define ONEM2M_BENCH_NAMES_H

#include <stddef.h>

/* The names in a store: key number n is of kind n % BENCH_KINDS. */
enum { BENCH_KPM, BENCH_KE, BENCH_KM, BENCH_KPSA, BENCH_KINDS };

/* As long as a cache line: in a list that begins with one, each costs the same. */
typedef struct {
    char text[64];
} BENCH_NAME;

/* A key identifier like a random one: 32 hexadecimal digits of the number, and an FQDN. */
void bench_name(BENCH_NAME *name, size_t number);

/* A pseudo-random number below limit; *state is any number at first. */
size_t bench_random(unsigned long long *state, size_t limit);

/* The number of a random key of one kind among so many keys, at least BENCH_KINDS. */
size_t bench_random_key(unsigned long long *state, size_t keys, int kind);

#endif
