/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Eight threads that derive at once, each with contexts of its own; also when
 * all of them make the first use of the provider together. Meant to be run
 * under ThreadSanitizer as well.
 */
#include <pthread.h>
#include <openssl/err.h>
#include "support.h"

#define THREADS 8
#define ROUNDS 200
#define FIRST_USES 100
#define SHARED_FETCHES 20

typedef struct {
    const SAMPLES *samples;
    OSSL_LIB_CTX *libctx;
    pthread_barrier_t *barrier;
    EVP_KDF_CTX *shared; /* to be duplicated, never derived from */
    size_t number;
    int rounds;
    int ok;
} WORKER;

typedef void *worker_fn(void *argument);

static void run_workers(const SUITE *suite, OSSL_LIB_CTX *libctx, worker_fn *work, int rounds,
                        EVP_KDF_CTX *shared)
{
    pthread_t threads[THREADS];
    WORKER workers[THREADS];
    pthread_barrier_t barrier;
    size_t i;

    assert_int_equal(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    for (i = 0; i < THREADS; i++) {
        workers[i] = (WORKER){ &suite->samples, libctx, &barrier, shared, i, rounds, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&barrier);
    for (i = 0; i < THREADS; i++) {
        subject("thread %zu", i);
        CHECK(workers[i].ok);
    }
}

static const SAMPLE *sample_at(const SAMPLES *samples, size_t i)
{
    return &samples->all[i % samples->count];
}

/* Every vector, the threads at different ones; an error is seen by its own thread alone. */
static int derive_one(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    int result = sample_works(sample, libctx, ONEM2M_PROPERTY_QUERY);

    if (!sample->refused)
        return result == 1 && ERR_peek_error() == 0;
    result = result == 0 && ERR_get_error() != 0 && ERR_peek_error() == 0;
    ERR_clear_error();
    return result;
}

static void *derive_vectors(void *argument)
{
    WORKER *worker = argument;
    size_t i;

    pthread_barrier_wait(worker->barrier);
    worker->ok = 1;
    for (i = 0; worker->ok && i < (size_t)worker->rounds; i++) {
        const SAMPLE *sample = sample_at(worker->samples, i + 5 * worker->number);

        /* A refused vector asks for the length of the first. */
        worker->ok = sample->refused || derive_one(sample, worker->libctx);
    }
    return NULL;
}

static void *derive_in_own_context(void *argument)
{
    WORKER *worker = argument;
    const SAMPLE *sample =
        sample_of(worker->samples, derivations[worker->number % 7]); /* as many as there are */
    EVP_KDF_CTX *ctx = kdf_context_new(worker->libctx, sample->kdf, ONEM2M_PROPERTY_QUERY);
    int i;

    pthread_barrier_wait(worker->barrier);
    worker->ok = ctx != NULL && sample_derives(sample, ctx, sample->params) == 1;
    for (i = 0; worker->ok && i < 10 * worker->rounds; i++)
        worker->ok = sample_derives(sample, ctx, NULL) == 1;
    EVP_KDF_CTX_free(ctx);
    return NULL;
}

static void *derive_from_copy(void *argument)
{
    WORKER *worker = argument;
    const SAMPLE *sample = sample_of(worker->samples, ONEM2M_KDF_E2E_KEY);
    EVP_KDF_CTX *ctx;
    int i;

    pthread_barrier_wait(worker->barrier);
    worker->ok = 1;
    for (i = 0; worker->ok && i < worker->rounds; i++) {
        ctx = EVP_KDF_CTX_dup(worker->shared);
        worker->ok = ctx != NULL && sample_derives(sample, ctx, NULL) == 1;
        EVP_KDF_CTX_free(ctx);
    }
    return NULL;
}

static void test_all_vectors(void **state)
{
    const SUITE *suite = *state;

    run_workers(suite, suite->loaded.libctx, derive_vectors, ROUNDS, NULL);
}

static void test_own_contexts(void **state)
{
    const SUITE *suite = *state;

    run_workers(suite, suite->loaded.libctx, derive_in_own_context, ROUNDS, NULL);
}

static void test_copies_of_one_context(void **state)
{
    const SUITE *suite = *state;
    const SAMPLE *sample = sample_of(&suite->samples, ONEM2M_KDF_E2E_KEY);
    EVP_KDF_CTX *ctx = new_context(suite->loaded.libctx, sample->kdf);

    assert_int_equal(EVP_KDF_CTX_set_params(ctx, sample->params), 1);
    run_workers(suite, suite->loaded.libctx, derive_from_copy, ROUNDS, ctx);
    EVP_KDF_CTX_free(ctx);
}

/* The private context is made by whoever comes first: here by all. */
static void test_first_use(void **state)
{
    const SUITE *suite = *state;
    LOADED loaded;
    int i;

    for (i = 0; i < FIRST_USES; i++) {
        load(&loaded);
        run_workers(suite, loaded.libctx, i % 2 == 0 ? derive_in_own_context : derive_vectors, 1,
                    NULL);
        unload(&loaded);
    }
}

/* Threads that load, derive and unload in library contexts of their own. */
static void *load_and_derive(void *argument)
{
    WORKER *worker = argument;
    int i;

    pthread_barrier_wait(worker->barrier);
    worker->ok = 1;
    for (i = 0; worker->ok && i < worker->rounds; i++) {
        OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
        OSSL_PROVIDER *provider = OSSL_PROVIDER_load(libctx, ONEM2M_PROVIDER_NAME);

        worker->ok =
            provider != NULL && all_samples_work(worker->samples, libctx, ONEM2M_PROPERTY_QUERY);
        OSSL_PROVIDER_unload(provider);
        OSSL_LIB_CTX_free(libctx);
    }
    return NULL;
}

static void test_library_contexts(void **state)
{
    run_workers(*state, NULL, load_and_derive, SHARED_FETCHES, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_vectors),           cmocka_unit_test(test_own_contexts),
        cmocka_unit_test(test_copies_of_one_context), cmocka_unit_test(test_first_use),
        cmocka_unit_test(test_library_contexts),
    };

    return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
