/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "support.h"

/* Lists of names (`onem2m:`): read in batches of 256 records, see keystore/store_each.c. */

#define KEYS 300  /* more than a batch */
#define SLACK 512 /* octets that OpenSSL keeps of errors, and names of other lengths */

static long live;          /* octets allocated through OpenSSL */
static int fails_next_uri; /* the next URI that is formed finds no memory */

static void *counting_malloc(size_t size, const char *file, int line)
{
    void *made;

    (void)line;
    if (fails_next_uri && file != NULL && strstr(file, "store_uri.c") != NULL) {
        fails_next_uri = 0;
        return NULL;
    }
    made = malloc(size);
    live += (long)malloc_usable_size(made);
    return made;
}

static void *counting_realloc(void *old, size_t size, const char *file, int line)
{
    void *made;

    (void)file;
    (void)line;
    live -= (long)malloc_usable_size(old);
    made = realloc(old, size);
    live += (long)malloc_usable_size(made);
    return made;
}

static void counting_free(void *old, const char *file, int line)
{
    (void)file;
    (void)line;
    live -= (long)malloc_usable_size(old);
    free(old);
}

static EVP_PKEY *add_key(OSSL_LIB_CTX *libctx, const char *key_id)
{
    const OSSL_PARAM params[] = { KE, TEXT(ONEM2M_PARAM_KEY_ID, key_id),
                                  number(ONEM2M_PARAM_STORE, 1), END };
    EVP_PKEY *key = import(libctx, params);

    assert_non_null(key);
    return key;
}

/* Even numbers, so that there are names in between. */
static void add_keys(OSSL_LIB_CTX *libctx, unsigned int first, unsigned int count)
{
    char key_id[64];

    for (unsigned int i = first; i < first + count; i++) {
        snprintf(key_id, sizeof(key_id), "%032X@" FQDN, 2 * i);
        EVP_PKEY_free(add_key(libctx, key_id));
    }
}

/* The number in the name that is loaded; -1 at the end. */
static long load_number(OSSL_STORE_CTX *list)
{
    OSSL_STORE_INFO *info = OSSL_STORE_load(list);
    const char *uri = info != NULL ? OSSL_STORE_INFO_get0_NAME(info) : NULL;
    const long number = uri != NULL ? strtol(uri + strlen("onem2m:"), NULL, 16) : -1;

    assert_true(info == NULL || uri != NULL);
    OSSL_STORE_INFO_free(info);
    return number;
}

static OSSL_STORE_CTX *open_list(OSSL_LIB_CTX *libctx)
{
    OSSL_STORE_CTX *list = open_uri(libctx, "onem2m:");

    assert_non_null(list);
    ERR_clear_error(); /* "unregistered scheme", which is OpenSSL's own and stays there */
    return list;
}

static void pass(OSSL_STORE_CTX *list, unsigned int count)
{
    while (count-- > 0)
        assert_true(load_number(list) >= 0);
}

/* The rest of a list in which all even numbers follow last: how many there were. */
static unsigned int count_rest(OSSL_STORE_CTX *list, long last)
{
    unsigned int count = 0;

    while (!OSSL_STORE_eof(list)) {
        const long next = load_number(list);

        assert_true(next > last);
        last = next;
        count++;
    }
    assert_false(OSSL_STORE_error(list));
    check_quiet();
    return count;
}

static void each_name_comes_once_and_in_order(void **state)
{
    OSSL_LIB_CTX *libctx = ((PLACE *)*state)->libctx;
    OSSL_STORE_CTX *list;

    add_keys(libctx, 0, KEYS);
    list = open_list(libctx);
    assert_int_equal(count_rest(list, -1), KEYS);
    assert_int_equal(load_number(list), -1);
    assert_false(OSSL_STORE_error(list));
    assert_int_equal(OSSL_STORE_close(list), 1);
}

/* What was there all the time is listed, whatever comes and goes beside it. */
static void keys_come_and_go_meanwhile(void **state)
{
    const OSSL_PARAM destroy[] = { TEXT(ONEM2M_PARAM_STATE, "destroyed"), END };
    OSSL_LIB_CTX *libctx = ((PLACE *)*state)->libctx;
    unsigned int permanent = 0, others = 0;
    OSSL_STORE_CTX *list;
    EVP_PKEY *early = add_key(libctx, "00000000000000000000000000000001@" FQDN);
    EVP_PKEY *late = add_key(libctx, "0000000000000000000000000000FFF1@" FQDN);

    add_keys(libctx, 0, KEYS);
    list = open_list(libctx);
    pass(list, 3);
    assert_true(EVP_PKEY_set_params(early, (OSSL_PARAM *)(uintptr_t)destroy));
    assert_true(EVP_PKEY_set_params(late, (OSSL_PARAM *)(uintptr_t)destroy));
    EVP_PKEY_free(add_key(libctx, "00000000000000000000000000000003@" FQDN));
    EVP_PKEY_free(add_key(libctx, "0000000000000000000000000000FFF3@" FQDN));
    while (!OSSL_STORE_eof(list)) {
        const long number = load_number(list);

        permanent += number % 2 == 0;
        others += number % 2 != 0;
        assert_int_not_equal(number, 0xFFF1); /* removed before its batch was read */
    }
    assert_int_equal(permanent, KEYS - 2);
    assert_int_equal(others, 1); /* the one that came into a batch not read yet */
    check_quiet();
    OSSL_STORE_close(list);
    EVP_PKEY_free(early);
    EVP_PKEY_free(late);
}

/* What a list holds after some names, and whether closing it there gives all back. */
static long octets_held(OSSL_LIB_CTX *libctx, unsigned int names)
{
    const long before = live;
    OSSL_STORE_CTX *list = open_list(libctx);
    long held;

    pass(list, names);
    held = live - before;
    assert_int_equal(OSSL_STORE_close(list), 1);
    ERR_clear_error();
    assert_true(labs(live - before) < SLACK);
    return held;
}

static void a_list_holds_as_much_of_a_large_store(void **state)
{
    OSSL_LIB_CTX *libctx = ((PLACE *)*state)->libctx;
    long small;

    add_keys(libctx, 0, KEYS);
    assert_int_equal(count_names(libctx, "onem2m:"), KEYS); /* what is made once */
    ERR_clear_error();
    small = octets_held(libctx, 10);
    add_keys(libctx, KEYS, 9 * KEYS);
    assert_true(labs(octets_held(libctx, 10) - small) < SLACK);
    assert_true(labs(octets_held(libctx, 9 * KEYS) - small) < SLACK);
    assert_true(small < 256L * 1024);
}

static void a_list_goes_on_in_parent_and_child(void **state)
{
    OSSL_LIB_CTX *libctx = ((PLACE *)*state)->libctx;
    int status = -1;
    OSSL_STORE_CTX *list;
    pid_t child;

    add_keys(libctx, 0, KEYS);
    list = open_list(libctx);
    pass(list, 10);
    child = fork();
    if (child == 0)
        _exit(count_rest(list, -1) == KEYS - 10 && OSSL_STORE_close(list) ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(count_rest(list, -1), KEYS - 10);
    OSSL_STORE_close(list);
}

/* A failure in the middle is no end: it is said once, then the list is over. */
static void a_failure_is_no_end(void **state)
{
    OSSL_LIB_CTX *libctx = ((PLACE *)*state)->libctx;
    OSSL_STORE_CTX *list;

    add_keys(libctx, 0, 5);
    list = open_list(libctx);
    fails_next_uri = 1;
    assert_int_equal(load_number(list), 0);
    check_quiet();
    assert_false(OSSL_STORE_eof(list));
    assert_false(OSSL_STORE_error(list));
    assert_int_equal(load_number(list), -1);
    assert_true(OSSL_STORE_error(list));
    assert_false(OSSL_STORE_eof(list));
    check_refused(ONEM2M_R_OUT_OF_MEMORY, NULL);
    assert_int_equal(load_number(list), -1);
    assert_true(OSSL_STORE_eof(list));
    check_quiet();
    OSSL_STORE_close(list);
}

static void a_failure_at_first_does_not_open(void **state)
{
    OSSL_LIB_CTX *libctx = ((PLACE *)*state)->libctx;

    add_keys(libctx, 0, 1);
    fails_next_uri = 1;
    assert_null(open_uri(libctx, "onem2m:"));
    check_refused(ONEM2M_R_OUT_OF_MEMORY, NULL);
    assert_int_equal(count_names(libctx, "onem2m:"), 1);
    ERR_clear_error();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(each_name_comes_once_and_in_order),
        BOTH(keys_come_and_go_meanwhile),
        PLACE_TEST(a_list_holds_as_much_of_a_large_store, memory),
        PLACE_TEST(a_list_goes_on_in_parent_and_child, lmdb),
        BOTH(a_failure_is_no_end),
        BOTH(a_failure_at_first_does_not_open),
    };

    if (!CRYPTO_set_mem_functions(counting_malloc, counting_realloc, counting_free))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
