/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "allocations.h"

long until_failure = -1;
long own_allocations;

static const char *const *watched;

/* A clone may be in a directory of any name: the last one before the file's name counts. */
static int is_in(const char *file, const char *directory)
{
    const char *end = strrchr(file, '/');
    const size_t length = strlen(directory);

    return end != NULL && (size_t)(end - file) >= length &&
           memcmp(end - length, directory, length) == 0 &&
           ((size_t)(end - file) == length || end[-(ptrdiff_t)length - 1] == '/');
}

static int is_own(const char *file)
{
    for (const char *const *directory = watched; file != NULL && *directory != NULL; directory++) {
        if (is_in(file, *directory))
            return 1;
    }
    return 0;
}

static int fails(const char *file)
{
    if (!is_own(file))
        return 0;
    own_allocations++;
    return until_failure >= 0 && until_failure-- == 0;
}

static void *failing_malloc(size_t size, const char *file, int line)
{
    (void)line;
    return fails(file) ? NULL : malloc(size);
}

static void *failing_realloc(void *old, size_t size, const char *file, int line)
{
    (void)line;
    return fails(file) ? NULL : realloc(old, size);
}

static void failing_free(void *old, const char *file, int line)
{
    (void)file;
    (void)line;
    free(old);
}

int watch_allocations(const char *const directories[])
{
    watched = directories;
    return CRYPTO_set_mem_functions(failing_malloc, failing_realloc, failing_free);
}
