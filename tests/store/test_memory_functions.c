/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * An application may give OpenSSL memory functions of its own: what the backends free by them,
 * they allocated by them.
 */
#include <stdlib.h>
#include <openssl/crypto.h>
#include "store_backend.h"

#define MARK 0x6F6E654D324D6B65U

/* Before each block. */
typedef union {
    uint64_t mark;
    max_align_t alignment;
} BEFORE;

static void *marked_malloc(size_t size, const char *file, int line)
{
    BEFORE *before = malloc(sizeof(*before) + size);

    (void)file;
    (void)line;
    if (before == NULL)
        return NULL;
    before->mark = MARK;
    return before + 1;
}

static BEFORE *before_of(void *block)
{
    BEFORE *before = (BEFORE *)block - 1;

    STORE_CHECK(before->mark == MARK);
    return before;
}

static void *marked_realloc(void *block, size_t size, const char *file, int line)
{
    BEFORE *before;

    if (block == NULL)
        return marked_malloc(size, file, line);
    before = realloc(before_of(block), sizeof(*before) + size);
    if (before == NULL)
        return NULL;
    return before + 1;
}

static void marked_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    if (block != NULL)
        free(before_of(block));
}

static int set_up_memory(void **state)
{
    (void)state;
    store_functions = &onem2m_backend_memory;
    store_directory(directory);
    backend = store_open("");
    return 0;
}

static int set_up_lmdb(void **state)
{
    store_functions = &onem2m_backend_lmdb;
    return set_up_filled(state);
}

static void put_replace_remove(void **state)
{
    ONEM2M_TRANSACTION *transaction;

    (void)state;
    assert_int_equal(store_try_put(backend, "b", store_text("1")), ONEM2M_R_NONE);
    assert_int_equal(store_try_put(backend, "b", store_text("2")), ONEM2M_R_NONE);
    assert_true(store_holds(backend, "b", "2"));
    transaction = store_begin(backend, ONEM2M_WRITE);
    assert_true(
        store_functions->remove(transaction, ONEM2M_TABLE_KEYS, store_text("b"), &store_error));
    store_commit(transaction);
    assert_true(store_holds(backend, "b", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(put_replace_remove, set_up_memory, tear_down),
        cmocka_unit_test_setup_teardown(put_replace_remove, set_up_lmdb, tear_down),
    };

    if (!CRYPTO_set_mem_functions(marked_malloc, marked_realloc, marked_free))
        return EXIT_FAILURE;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
