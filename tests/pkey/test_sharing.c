/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One key for several contexts, processes and threads.
 */
#include <string.h>
#include <sys/wait.h>
#include <pthread.h>
#include <unistd.h>
#include "objects.h"

static void a_change_is_seen_in_another_context(void **state)
{
    const OSSL_PARAM revoke[] = { TEXT(ONEM2M_PARAM_STATE, "revoked"), END };
    OSSL_LIB_CTX *other = place_context(*state);
    EVP_PKEY *ke = import_ke(libctx_of(state), 1, 1);
    EVP_PKEY *same = load_key(other, "onem2m:" KE_ID);
    unsigned char octets[512];

    assert_non_null(same);
    assert_int_equal(octets_of(same, octets), 32);
    assert_true(EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)revoke));
    assert_int_equal(octets_of(same, octets), 0);
    check_refused(ONEM2M_R_REVOKED, "state");
    EVP_PKEY_free(same);
    EVP_PKEY_free(ke);
    OSSL_LIB_CTX_free(other);
}

static void a_child_process_uses_and_revokes(void **state)
{
    const OSSL_PARAM revoke[] = { TEXT(ONEM2M_PARAM_STATE, "revoked"), END };
    EVP_PKEY *ke = import_ke(libctx_of(state), 1, 1);
    unsigned char octets[512];
    int status = -1;
    pid_t child = fork();

    if (child == 0)
        _exit(octets_of(ke, octets) == 32 &&
                      EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)revoke)
                  ? 0
                  : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(octets_of(ke, octets), 0);
    check_refused(ONEM2M_R_REVOKED, "state");
    EVP_PKEY_free(ke);
}

#define THREADS 4
#define ROUNDS 50

static void *change_and_read(void *argument)
{
    static const char *const labels[] = { "a", "b c" };
    EVP_PKEY *key = argument;
    size_t failed = 0;

    for (size_t i = 0; i < ROUNDS; i++) {
        const OSSL_PARAM change[] = { TEXT(ONEM2M_PARAM_LABELS, labels[i % 2]), END };
        char text[16] = "";

        failed += !EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)change);
        failed +=
            !EVP_PKEY_get_utf8_string_param(key, ONEM2M_PARAM_LABELS, text, sizeof(text), NULL);
        failed += strcmp(text, labels[0]) != 0 && strcmp(text, labels[1]) != 0;
    }
    return failed == 0 ? argument : NULL;
}

static void share_a_key(EVP_PKEY *ke)
{
    pthread_t threads[THREADS];
    void *result;

    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, change_and_read, ke), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_non_null(result);
    }
    EVP_PKEY_free(ke);
}

static void threads_share_a_key(void **state)
{
    share_a_key(import_ke(libctx_of(state), 0, 0));
}

static void threads_share_a_stored_key(void **state)
{
    share_a_key(import_ke(libctx_of(state), 0, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(a_change_is_seen_in_another_context, lmdb),
        PLACE_TEST(a_child_process_uses_and_revokes, lmdb),
        PLACE_TEST(threads_share_a_key, memory),
        BOTH(threads_share_a_stored_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
