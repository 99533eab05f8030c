/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Eight threads at once with one key object of the store, each with contexts of
 * its own, the first use of the store among them. Also for ThreadSanitizer.
 */
#include <pthread.h>
#include <string.h>
#include "keys.h"

#define THREADS 8
#define ROUNDS 100

typedef struct {
    const PLACE *store;
    EVP_PKEY *key;
    const unsigned char *expected;
    int ok;
} WORKER;

static int sign(const WORKER *worker, EVP_MD_CTX *ctx)
{
    unsigned char mic[EVP_MAX_MD_SIZE];
    size_t length = sizeof(mic);

    return EVP_DigestSignInit_ex(ctx, NULL, NULL, worker->store->libctx, NULL, worker->key, NULL) ==
               1 &&
           EVP_DigestSign(ctx, mic, &length, (const unsigned char *)MESSAGE, MESSAGE_LENGTH) == 1 &&
           length == 32 && memcmp(mic, worker->expected, length) == 0;
}

static int mac(const WORKER *worker, EVP_MAC_CTX *ctx)
{
    char key_id[] = "k1@maf.example.com";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID, key_id, 0),
        OSSL_PARAM_construct_end(),
    };
    unsigned char mic[EVP_MAX_MD_SIZE];
    size_t length;

    return EVP_MAC_init(ctx, NULL, 0, params) == 1 &&
           EVP_MAC_update(ctx, (const unsigned char *)MESSAGE, MESSAGE_LENGTH) == 1 &&
           EVP_MAC_final(ctx, mic, &length, sizeof(mic)) == 1 && length == 32 &&
           memcmp(mic, worker->expected, length) == 0;
}

static void *work(void *argument)
{
    WORKER *worker = argument;
    EVP_MAC *method = EVP_MAC_fetch(worker->store->libctx, ONEM2M_MAC_HMAC, ONEM2M_PROPERTY_QUERY);
    EVP_MAC_CTX *mac_ctx = EVP_MAC_CTX_new(method);
    EVP_MD_CTX *sign_ctx = EVP_MD_CTX_new();
    int i;

    worker->ok = mac_ctx != NULL && sign_ctx != NULL;
    for (i = 0; worker->ok && i < ROUNDS; i++)
        worker->ok = sign(worker, sign_ctx) && mac(worker, mac_ctx);
    EVP_MD_CTX_free(sign_ctx);
    EVP_MAC_CTX_free(mac_ctx);
    EVP_MAC_free(method);
    return NULL;
}

static void run(const PLACE *store)
{
    static const KEY_SPEC spec = { .key_id = "k1@maf.example.com", .kind = "esdata", .suid = 25 };
    unsigned char expected[EVP_MAX_MD_SIZE];
    EVP_PKEY *key = import_key(store->libctx, &spec);
    pthread_t threads[THREADS];
    WORKER workers[THREADS];
    size_t i;

    reference_hmac("SHA2-256", 32, MESSAGE, MESSAGE_LENGTH, expected);
    for (i = 0; i < THREADS; i++) {
        workers[i] = (WORKER){ store, key, expected, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (i = 0; i < THREADS; i++) {
        subject("thread %zu", i);
        CHECK(workers[i].ok);
    }
    EVP_PKEY_free(key);
}

static void test_in_memory(void **state)
{
    PLACE store;

    (void)state;
    place_make(&store, "memory");
    run(&store);
    place_remove(&store);
}

static void test_on_disk(void **state)
{
    PLACE store;

    (void)state;
    place_make(&store, "lmdb");
    run(&store);
    place_remove(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_on_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
