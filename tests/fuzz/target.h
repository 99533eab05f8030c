/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_FUZZ_TARGET_H
#define ONEM2M_TESTS_FUZZ_TARGET_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What every fuzz target is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise: the target aborts when it is broken. */
#define HOLDS(condition) ((condition) ? (void)0 : target_broken(#condition, __FILE__, __LINE__))

static inline void target_broken(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: %s does not hold\n", file, line, condition);
    abort();
}

/* How an output looks that nobody wrote to. */
#define UNTOUCHED 0x5A

static inline int is_untouched(const void *output, size_t size)
{
    const unsigned char *octets = output;

    for (size_t i = 0; i < size; i++) {
        if (octets[i] != UNTOUCHED)
            return 0;
    }
    return 1;
}

/* Reads what follows the first octet as that says, of a copy, so that a sanitizer sees a read
 * behind it. 0: what a target returns. */
static inline int target_choose(const uint8_t *data, size_t size,
                                void (*read_as)(uint8_t choice, const uint8_t *octets,
                                                size_t length))
{
    uint8_t *octets;

    if (size == 0)
        return 0;
    octets = malloc(size); /* one more than needed: malloc(0) may be NULL */
    if (octets == NULL)
        return 0;
    memmove(octets + 1, data + 1, size - 1);
    read_as(data[0], octets + 1, size - 1);
    free(octets);
    return 0;
}

#endif
