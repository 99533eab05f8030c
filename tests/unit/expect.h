/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_UNIT_EXPECT_H
#define ONEM2M_TESTS_UNIT_EXPECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <onem2m/id.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NO_OFFSET SIZE_MAX

/* How an output looks that nobody wrote to. */
#define UNTOUCHED 0x5A

typedef struct {
    ONEM2M_REASON reason;
    size_t offset;
    const char *detail; /* occurs in error->detail */
} REFUSAL;

static inline void assert_untouched(const void *output, size_t size)
{
    const unsigned char *octets = output;

    for (size_t i = 0; i < size; i++)
        assert_int_equal(octets[i], UNTOUCHED);
}

static inline void assert_printable(const char *text)
{
    for (; *text != '\0'; text++)
        assert_true(*text >= 0x20 && *text < 0x7F);
}

/* what: names the case when it fails. */
static inline void assert_refused(const ONEM2M_ERROR *error, const REFUSAL *expected,
                                  const char *what)
{
    assert_non_null(memchr(error->detail, '\0', sizeof(error->detail)));
    if (error->reason != expected->reason || error->offset != expected->offset ||
        strstr(error->detail, expected->detail) == NULL)
        fail_msg("%s: reason %d offset %zd \"%s\"; expected %d, %zd, \"%s\"", what, error->reason,
                 (ssize_t)error->offset, error->detail, expected->reason, (ssize_t)expected->offset,
                 expected->detail);
    assert_printable(error->detail);
}

/* A copy without a NUL, so that a sanitizer sees a read beyond length. Freed by the caller. */
static inline char *exact_copy(const char *text, size_t length)
{
    char *copy = malloc(length == 0 ? 1 : length);

    assert_non_null(copy);
    memcpy(copy, text, length);
    return copy;
}

/* count times text, NUL-terminated. Freed by the caller. */
static inline char *repeated(const char *text, size_t count)
{
    size_t length = strlen(text);
    char *out = malloc(length * count + 1);

    assert_non_null(out);
    for (size_t i = 0; i < count; i++)
        memcpy(out + i * length, text, length);
    out[length * count] = '\0';
    return out;
}

#endif
