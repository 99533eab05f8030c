/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_KEYS_OCTETS_H
#define ONEM2M_TESTS_KEYS_OCTETS_H

#include "expect.h"
#include "keystore/text.h"

static inline unsigned int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef";

    assert_non_null(strchr(digits, digit));
    return (unsigned int)(strchr(digits, digit) - digits);
}

/* The octets of a string of hexadecimal digits, exactly as many as there are. Freed by the caller.
 */
static inline unsigned char *from_hex(const char *digits, size_t *length)
{
    unsigned char *octets = malloc(strlen(digits) / 2 + (digits[0] == '\0'));

    assert_non_null(octets);
    *length = strlen(digits) / 2;
    for (size_t i = 0; i < *length; i++)
        octets[i] = (unsigned char)(hex_value(digits[2 * i]) << 4 | hex_value(digits[2 * i + 1]));
    return octets;
}

static inline ONEM2M_SLICE slice(const void *octets, size_t length)
{
    return (ONEM2M_SLICE){ octets, length };
}

static inline ONEM2M_SLICE text_slice(const char *text)
{
    return slice(text, strlen(text));
}

/* Numbers that are the same in every run. */
static inline unsigned int random_below(unsigned int limit)
{
    static uint64_t state = 88172645463325252U;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned int)((state >> 32) % limit);
}

static inline void random_octets(void *out, size_t length)
{
    unsigned char *octets = out;

    for (size_t i = 0; i < length; i++)
        octets[i] = (unsigned char)random_below(256);
}

#endif
