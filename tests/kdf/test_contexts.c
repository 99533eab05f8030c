/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where the provider lives: library contexts, loading and unloading, forks.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include "support.h"

#define LOADS 200
#define FORKS 20
#define CHILD_SECONDS 60

/* Two library contexts. */

static void test_two_contexts(void **state)
{
    const SUITE *suite = *state;
    const SAMPLE *sample = sample_of(&suite->samples, ONEM2M_KDF_E2E_KEY);
    LOADED a, b;
    EVP_KDF_CTX *ctx_a, *ctx_b;

    subject("two library contexts");
    load(&a);
    load(&b);
    ctx_a = new_context(a.libctx, sample->kdf);
    ctx_b = new_context(b.libctx, sample->kdf);
    CHECK(sample_derives(sample, ctx_a, sample->params) == 1);
    CHECK(sample_derives(sample, ctx_b, sample->params) == 1);
    EVP_KDF_CTX_free(ctx_a);
    unload(&a);
    CHECK(sample_derives(sample, ctx_b, NULL) == 1);
    CHECK(all_samples_work(&suite->samples, b.libctx, ONEM2M_PROPERTY_QUERY));
    load(&a);
    CHECK(all_samples_work(&suite->samples, a.libctx, ONEM2M_PROPERTY_QUERY));
    EVP_KDF_CTX_free(ctx_b);
    unload(&b);
    CHECK(all_samples_work(&suite->samples, a.libctx, ONEM2M_PROPERTY_QUERY));
    unload(&a);
    check_no_error();
}

typedef struct {
    const SAMPLES *samples;
    OSSL_LIB_CTX *libctx;
    atomic_int stop;
    atomic_size_t rounds;
    int ok;
} DERIVER;

/* Outlives a test that fails while its thread runs. */
static DERIVER deriver;

static void *derive_until_stopped(void *argument)
{
    (void)argument;
    deriver.ok = 1;
    while (deriver.ok && !atomic_load(&deriver.stop)) {
        deriver.ok = all_samples_work(deriver.samples, deriver.libctx, ONEM2M_PROPERTY_QUERY);
        atomic_fetch_add(&deriver.rounds, 1);
    }
    return NULL;
}

static void start_deriving(pthread_t *thread, const SUITE *suite)
{
    deriver.samples = &suite->samples;
    deriver.libctx = suite->loaded.libctx;
    atomic_init(&deriver.stop, 0);
    atomic_init(&deriver.rounds, 0);
    assert_int_equal(pthread_create(thread, NULL, derive_until_stopped, NULL), 0);
    while (atomic_load(&deriver.rounds) == 0)
        usleep(100);
}

static void stop_deriving(pthread_t thread)
{
    atomic_store(&deriver.stop, 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    CHECK(deriver.ok);
}

static void test_freed_while_other_works(void **state)
{
    const SUITE *suite = *state;
    pthread_t thread;
    LOADED loaded;
    int i;

    subject("a library context freed while another works");
    start_deriving(&thread, suite);
    for (i = 0; i < 20; i++) {
        load(&loaded);
        CHECK(all_samples_work(&suite->samples, loaded.libctx, ONEM2M_PROPERTY_QUERY));
        unload(&loaded);
    }
    stop_deriving(thread);
}

/* Loading and unloading. */

static void test_load_unload(void **state)
{
    LOADED loaded;
    int i;

    (void)state;
    for (i = 0; i < LOADS; i++) {
        subject("load %d", i);
        load(&loaded);
        unload(&loaded);
        check_no_error();
    }
}

static void test_load_derive_unload(void **state)
{
    const SUITE *suite = *state;
    LOADED loaded;
    int i;

    for (i = 0; i < LOADS; i++) {
        subject("load %d", i);
        load(&loaded);
        CHECK(all_samples_work(&suite->samples, loaded.libctx, ONEM2M_PROPERTY_QUERY));
        unload(&loaded);
        check_no_error();
    }
}

static void test_reload_in_one_context(void **state)
{
    const SUITE *suite = *state;
    LOADED loaded;
    int i;

    subject("loaded again into one library context");
    load(&loaded);
    for (i = 0; i < LOADS; i++) {
        CHECK(OSSL_PROVIDER_unload(loaded.provider));
        CHECK(!OSSL_PROVIDER_available(loaded.libctx, ONEM2M_PROVIDER_NAME));
        loaded.provider = OSSL_PROVIDER_load(loaded.libctx, ONEM2M_PROVIDER_NAME);
        CHECK(loaded.provider != NULL);
        CHECK(all_samples_work(&suite->samples, loaded.libctx, ONEM2M_PROPERTY_QUERY));
    }
    unload(&loaded);
    check_no_error();
}

/* A context of a derivation may outlive the caller's hold on the provider. */
static void test_context_outlives_unload(void **state)
{
    const SUITE *suite = *state;
    const SAMPLE *sample = sample_of(&suite->samples, ONEM2M_KDF_KM);
    LOADED loaded;
    EVP_KDF_CTX *ctx;

    subject("context freed after unload");
    load(&loaded);
    ctx = new_context(loaded.libctx, sample->kdf);
    CHECK(sample_derives(sample, ctx, sample->params) == 1);
    CHECK(OSSL_PROVIDER_unload(loaded.provider));
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    EVP_KDF_CTX_free(ctx);
    OSSL_LIB_CTX_free(loaded.libctx);
    check_no_error();
}

/* What a library context offers. */

static void test_property_queries(void **state)
{
    static const char *const queries[] = { ONEM2M_PROPERTY_QUERY, "", NULL, "?provider=onem2m",
                                           "provider!=default" };
    const SUITE *suite = *state;
    size_t i;

    for (i = 0; i < COUNT(queries); i++) {
        subject("property query %s", queries[i] != NULL ? queries[i] : "NULL");
        CHECK(all_samples_work(&suite->samples, suite->loaded.libctx, queries[i]));
        check_no_error();
    }
    subject("property query of another provider");
    CHECK(!all_samples_work(&suite->samples, suite->loaded.libctx, "provider=default"));
    ERR_clear_error();
}

/* The provider does not lean on the application's providers, nor add to them. */
static void test_default_provider_absent(void **state)
{
    const SUITE *suite = *state;
    EVP_MD *digest = EVP_MD_fetch(suite->loaded.libctx, "SHA2-256", NULL);

    subject("default provider absent");
    CHECK(digest == NULL);
    ERR_clear_error();
    CHECK(!OSSL_PROVIDER_available(suite->loaded.libctx, "default"));
    CHECK(all_samples_work(&suite->samples, suite->loaded.libctx, ONEM2M_PROPERTY_QUERY));
    CHECK(!OSSL_PROVIDER_available(suite->loaded.libctx, "default"));
}

static void test_default_provider_beside(void **state)
{
    const SUITE *suite = *state;
    LOADED loaded;
    OSSL_PROVIDER *other;
    EVP_MD *digest;

    subject("default provider beside");
    load(&loaded);
    other = OSSL_PROVIDER_load(loaded.libctx, "default");
    CHECK(other != NULL);
    CHECK(all_samples_work(&suite->samples, loaded.libctx, NULL));
    digest = EVP_MD_fetch(loaded.libctx, "SHA2-256", NULL);
    CHECK(digest != NULL);
    EVP_MD_free(digest);
    CHECK(OSSL_PROVIDER_unload(other));
    CHECK(all_samples_work(&suite->samples, loaded.libctx, NULL));
    unload(&loaded);
}

/* Forks. A child ends by _exit and says by its status whether all was right. */

static void check_child(pid_t child)
{
    int status;

    CHECK(child > 0);
    CHECK(waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s: child ended with status 0x%X", current_subject(), (unsigned int)status);
}

static pid_t fork_deriving(const SUITE *suite, OSSL_LIB_CTX *libctx)
{
    pid_t child = fork();

    if (child == 0) {
        alarm(CHILD_SECONDS);
        _exit(all_samples_work(&suite->samples, libctx, ONEM2M_PROPERTY_QUERY) ? 0 : 1);
    }
    return child;
}

static void test_fork_before_first_use(void **state)
{
    const SUITE *suite = *state;
    LOADED loaded;
    pid_t child;

    subject("fork after load, before the first use");
    load(&loaded);
    child = fork_deriving(suite, loaded.libctx);
    CHECK(all_samples_work(&suite->samples, loaded.libctx, ONEM2M_PROPERTY_QUERY));
    check_child(child);
    unload(&loaded);
}

static void test_fork_after_first_use(void **state)
{
    const SUITE *suite = *state;
    LOADED loaded;
    pid_t first, second;

    subject("fork after the first use");
    load(&loaded);
    CHECK(all_samples_work(&suite->samples, loaded.libctx, ONEM2M_PROPERTY_QUERY));
    first = fork_deriving(suite, loaded.libctx);
    second = fork_deriving(suite, loaded.libctx);
    CHECK(all_samples_work(&suite->samples, loaded.libctx, ONEM2M_PROPERTY_QUERY));
    check_child(first);
    check_child(second);
    CHECK(all_samples_work(&suite->samples, loaded.libctx, ONEM2M_PROPERTY_QUERY));
    unload(&loaded);
}

/* A context that was set before the fork is the child's, too. */
static void test_fork_with_context(void **state)
{
    const SUITE *suite = *state;
    const SAMPLE *sample = sample_of(&suite->samples, ONEM2M_KDF_E2E_KEY);
    EVP_KDF_CTX *ctx = new_context(suite->loaded.libctx, sample->kdf);
    pid_t child;

    subject("fork with a context");
    CHECK(EVP_KDF_CTX_set_params(ctx, sample->params) == 1);
    child = fork();
    if (child == 0) {
        alarm(CHILD_SECONDS);
        _exit(sample_derives(sample, ctx, NULL) == 1 ? 0 : 1);
    }
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    check_child(child);
    EVP_KDF_CTX_free(ctx);
}

/*
 * What the other thread had is lost in a child, so this one ends by an exec:
 * tools that count at exit have nothing to say of it.
 */
static void derive_and_exec(const SUITE *suite, EVP_KDF_CTX *const contexts[])
{
    int ok = 1;
    size_t i;

    alarm(CHILD_SECONDS);
    for (i = 0; derivations[i] != NULL; i++) {
        const SAMPLE *sample = sample_of(&suite->samples, derivations[i]);

        ok = ok && sample_derives(sample, contexts[i], sample->params) == 1;
    }
    execl(ok ? "/bin/true" : "/bin/false", "child", (char *)NULL);
    _exit(1);
}

/* No lock of ours can be held by a thread that the child does not have. */
static void test_fork_beside_thread(void **state)
{
    const SUITE *suite = *state;
    EVP_KDF_CTX *contexts[7];
    pthread_t thread;
    pid_t child;
    size_t i;
    int k;

    subject("fork while a thread derives");
    for (i = 0; i < COUNT(contexts); i++)
        contexts[i] = new_context(suite->loaded.libctx, derivations[i]);
    start_deriving(&thread, suite);
    for (k = 0; k < FORKS; k++) {
        child = fork();
        if (child == 0)
            derive_and_exec(suite, contexts);
        check_child(child);
    }
    stop_deriving(thread);
    for (i = 0; i < COUNT(contexts); i++)
        EVP_KDF_CTX_free(contexts[i]);
}

/* A child that ends as a program does, with what it inherited still loaded. */
static void test_fork_and_exit(void **state)
{
    const SUITE *suite = *state;
    pid_t child;

    subject("child that exits without unloading");
    fflush(NULL);
    child = fork();
    if (child == 0) {
        LOADED loaded = { OSSL_LIB_CTX_new(), NULL };

        alarm(CHILD_SECONDS);
        loaded.provider = OSSL_PROVIDER_load(NULL, ONEM2M_PROVIDER_NAME);
        OSSL_LIB_CTX_free(loaded.libctx);
        exit(loaded.provider != NULL &&
                     all_samples_work(&suite->samples, NULL, ONEM2M_PROPERTY_QUERY)
                 ? 0
                 : 1);
    }
    check_child(child);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(test_two_contexts),
        QUEUE_TEST(test_freed_while_other_works),
        QUEUE_TEST(test_property_queries),
        QUEUE_TEST(test_default_provider_absent),
        QUEUE_TEST(test_default_provider_beside),
        QUEUE_TEST(test_context_outlives_unload),
        QUEUE_TEST(test_fork_before_first_use),
        QUEUE_TEST(test_fork_after_first_use),
        QUEUE_TEST(test_fork_with_context),
        QUEUE_TEST(test_fork_beside_thread),
        QUEUE_TEST(test_fork_and_exit),
        /* Last: OpenSSL's numbers for the errors of providers wrap in these. */
        QUEUE_TEST(test_load_unload),
        QUEUE_TEST(test_load_derive_unload),
        QUEUE_TEST(test_reload_in_one_context),
    };

    return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
