/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each derivation with the n-th allocation failing, for all n, once and from
 * then on: an error or the right octets, nothing lost, and the context still
 * good for a derivation.
 *
 * The calls under test are those of EVP_KDF: new, set_params, derive, dup,
 * reset, and the provider's private context, which is made at their first use.
 * OpenSSL itself loses memory when it runs out of it while it makes a library
 * context or fetches (3.0: all allocated beneath OSSL_LIB_CTX_new and
 * EVP_MD_fetch; a method that it forgets keeps a whole provider alive). So where
 * a call under test does that, nothing that the provider's own files allocated
 * may be lost, and no library context; everywhere else nothing at all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include "support.h"

/* The allocator that OpenSSL, and so the provider, is given. One thread uses it. */
typedef struct {
    long live;        /* allocations not yet freed */
    long ours;        /* those of them for which the provider answers */
    size_t countdown; /* 1: the next one fails; 0: none */
    int persistent;   /* all later ones fail, too */
    size_t failed;
} ALLOCATOR;

static ALLOCATOR allocator;

/* Before each allocation: whose it is. */
typedef union {
    int is_ours;
    max_align_t alignment;
} HEADER;

/* The provider's own, and library contexts, which here nobody else makes. OpenSSL's files are in
 * crypto/ and providers/. */
static int is_file_of_ours(const char *file)
{
    return file != NULL &&
           (strstr(file, "keystore/") != NULL || strstr(file, "provider/") != NULL ||
            strstr(file, "crypto/context.c") != NULL);
}

static int fails_now(void)
{
    if (allocator.countdown == 0 || --allocator.countdown > 0)
        return 0;
    if (allocator.persistent)
        allocator.countdown = 1;
    allocator.failed++;
    return 1;
}

static void *test_allocate(size_t size, const char *file, int line)
{
    HEADER *header;

    (void)line;
    if (size == 0 || fails_now())
        return NULL;
    header = malloc(sizeof(*header) + size);
    if (header == NULL)
        return NULL;
    header->is_ours = is_file_of_ours(file);
    allocator.live++;
    allocator.ours += header->is_ours;
    return header + 1;
}

static void test_release(void *memory, const char *file, int line)
{
    HEADER *header = memory;

    (void)file;
    (void)line;
    if (memory == NULL)
        return;
    header--;
    allocator.live--;
    allocator.ours -= header->is_ours;
    free(header);
}

static void *test_resize(void *memory, size_t size, const char *file, int line)
{
    HEADER *header = memory;

    if (memory == NULL)
        return test_allocate(size, file, line);
    if (size == 0) {
        test_release(memory, file, line);
        return NULL;
    }
    if (fails_now())
        return NULL;
    header = realloc(header - 1, sizeof(*header) + size);
    return header != NULL ? header + 1 : NULL;
}

static void fail_from(size_t n, int persistent)
{
    /* The thread's error queue, which is also made when it is first asked for. */
    ERR_clear_error();
    allocator.countdown = n;
    allocator.persistent = persistent;
    allocator.failed = 0;
}

/* Returns whether an allocation failed. */
static int stop_failing(void)
{
    allocator.countdown = 0;
    return allocator.failed > 0;
}

/* What is alive, but for the error queue of the thread, which keeps the room for its texts. */
typedef struct {
    long live;
    long ours;
} BALANCE;

static BALANCE balance(void)
{
    OPENSSL_thread_stop();
    return (BALANCE){ allocator.live, allocator.ours };
}

static void check_nothing_lost(BALANCE before)
{
    const BALANCE after = balance();

    CHECK(after.ours == before.ours);
    CHECK(after.live == before.live);
}

/* Where OpenSSL loses some itself. */
static void check_ours_not_lost(BALANCE before)
{
    CHECK(balance().ours == before.ours);
}

/*
 * Whether the last error is one of the provider for want of memory. Not by its
 * library: OpenSSL numbers the libraries of providers from 128, one more for
 * each load, and keeps 8 bits of it, so that the numbers wrap in a test like
 * this one.
 */
static int is_refusal(void)
{
    switch (ERR_GET_REASON(ERR_peek_last_error())) {
    case ONEM2M_R_OUT_OF_MEMORY:
    case ONEM2M_R_CRYPTO_UNAVAILABLE:
    case ONEM2M_R_CRYPTO_FAILED:
    case ONEM2M_R_BAD_DIGEST:
        return 1;
    default:
        return 0;
    }
}

/* What is done while allocations fail: 1 right, 0 refused, -1 wrong. */
typedef int attempt_fn(const SAMPLE *sample, EVP_KDF *kdf);

static int derive_in_one_call(const SAMPLE *sample, EVP_KDF *kdf)
{
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    int result = ctx != NULL ? sample_derives(sample, ctx, sample->params) : 0;

    EVP_KDF_CTX_free(ctx);
    return result;
}

static int set_and_derive(const SAMPLE *sample, EVP_KDF *kdf)
{
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    int result = 0;

    if (ctx != NULL && EVP_KDF_CTX_set_params(ctx, sample->params) == 1)
        result = sample_derives(sample, ctx, NULL);
    EVP_KDF_CTX_free(ctx);
    return result;
}

static int dup_and_derive(const SAMPLE *sample, EVP_KDF *kdf)
{
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf), *copy = NULL;
    int result = 0;

    if (ctx != NULL && EVP_KDF_CTX_set_params(ctx, sample->params) == 1)
        copy = EVP_KDF_CTX_dup(ctx);
    if (copy != NULL)
        result = sample_derives(sample, copy, NULL);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_CTX_free(copy);
    return result;
}

/* With an own digest, which a context keeps. */
static int derive_with_properties(const SAMPLE *sample, EVP_KDF *kdf)
{
    static char properties[] = "provider=default";
    const OSSL_PARAM chosen[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_PROPERTIES, properties, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf), *copy = NULL;
    int result = 0;

    if (ctx != NULL && EVP_KDF_CTX_set_params(ctx, chosen) == 1 &&
        EVP_KDF_CTX_set_params(ctx, sample->params) == 1)
        copy = EVP_KDF_CTX_dup(ctx);
    if (copy != NULL)
        result = sample_derives(sample, copy, NULL);
    EVP_KDF_CTX_free(copy);
    EVP_KDF_CTX_free(ctx);
    return result;
}

/* From the second derivation on a context prepares its key. */
static int derive_thrice(const SAMPLE *sample, EVP_KDF *kdf)
{
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    int result = ctx != NULL ? sample_derives(sample, ctx, sample->params) : 0;

    if (result == 1)
        result = sample_derives(sample, ctx, NULL);
    if (result == 1)
        result = sample_derives(sample, ctx, sample->params);
    EVP_KDF_CTX_free(ctx);
    return result;
}

typedef struct {
    attempt_fn *call;
    int fetches; /* a digest */
} ATTEMPT;

static const ATTEMPT attempts[] = {
    { derive_in_one_call, 0 }, { set_and_derive, 0 },         { dup_and_derive, 0 },
    { derive_thrice, 0 },      { derive_with_properties, 1 },
};

static int names_a_digest(const SAMPLE *sample)
{
    return OSSL_PARAM_locate_const(sample->params, ONEM2M_PARAM_DIGEST) != NULL;
}

/* The provider keeps one wiped HMAC for the next context; one that failed may have used it up. */
static void fill_spare(const SAMPLE *sample, EVP_KDF *kdf)
{
    CHECK(derive_in_one_call(sample, kdf) == 1);
}

/* One attempt whose n-th allocation fails; returns whether there was an n-th. */
static int attempt_failing(const ATTEMPT *attempt, const SAMPLE *sample, EVP_KDF *kdf, size_t n,
                           int persistent)
{
    BALANCE before;
    int result, failed;

    subject("%s, allocation %zu%s", sample->name, n, persistent ? " and later" : "");
    fill_spare(sample, kdf);
    before = balance();
    fail_from(n, persistent);
    result = attempt->call(sample, kdf);
    failed = stop_failing();
    fill_spare(sample, kdf);
    CHECK(result == 1 || (failed && result == 0));
    if (result == 1)
        check_no_error();
    if (attempt->fetches || names_a_digest(sample))
        check_ours_not_lost(before);
    else
        check_nothing_lost(before);
    return failed;
}

static EVP_KDF *fetch(OSSL_LIB_CTX *libctx, const char *kdf)
{
    EVP_KDF *method = EVP_KDF_fetch(libctx, kdf, ONEM2M_PROPERTY_QUERY);

    CHECK(method != NULL);
    return method;
}

/* Fills what OpenSSL keeps: caches of fetches. */
static void warm_up(const SAMPLE *sample, EVP_KDF *kdf)
{
    size_t i;

    for (i = 0; i < COUNT(attempts); i++)
        CHECK(attempts[i].call(sample, kdf) == 1);
}

static void try_all(const ATTEMPT *attempt, const SAMPLE *sample, EVP_KDF *kdf)
{
    int persistent;
    size_t n;

    for (persistent = 0; persistent <= 1; persistent++) {
        n = 1;
        while (attempt_failing(attempt, sample, kdf, n, persistent))
            n++;
        CHECK(n > 1);
    }
}

static void test_derivations(void **state)
{
    const SUITE *suite = *state;
    size_t i, k;

    for (i = 0; derivations[i] != NULL; i++) {
        const SAMPLE *sample = sample_of(&suite->samples, derivations[i]);
        EVP_KDF *kdf = fetch(suite->loaded.libctx, sample->kdf);

        warm_up(sample, kdf);
        for (k = 0; k < COUNT(attempts); k++)
            try_all(&attempts[k], sample, kdf);
        EVP_KDF_free(kdf);
    }
}

/* A longer value for each text and octet string, so that the context needs new memory for it. */
static void lengthen(OSSL_PARAM *longer, const SAMPLE *sample)
{
    static char fqdn[] = "a-much-longer-name-than-before.of-many-labels.in-this.example.com";
    static unsigned char octets[512];
    size_t i;

    for (i = 0; sample->params[i].key != NULL; i++) {
        const char *name = sample->params[i].key;

        longer[i] = sample->params[i];
        if (strcmp(name, ONEM2M_PARAM_SALT) == 0 || strstr(name, "-rand") != NULL)
            longer[i] = OSSL_PARAM_construct_octet_string(name, octets, sizeof(octets));
        else if (strstr(name, "-id") != NULL || strcmp(name, ONEM2M_PARAM_NAF_FQDN) == 0 ||
                 strcmp(name, ONEM2M_PARAM_IMPI) == 0)
            longer[i] = OSSL_PARAM_construct_utf8_string(name, fqdn, 0);
    }
    longer[i] = OSSL_PARAM_construct_end();
}

/*
 * A call that runs out of memory leaves what the context had: it derives what
 * it did before, and after one more call without failure what that call says.
 */
static int replace_failing(const SAMPLE *sample, EVP_KDF *kdf, size_t n)
{
    const BALANCE before = balance();
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM longer[SAMPLE_PARAMS_MAX + 1];
    int result, failed;

    subject("%s, longer, allocation %zu", sample->name, n);
    CHECK(ctx != NULL && EVP_KDF_CTX_set_params(ctx, sample->params) == 1);
    lengthen(longer, sample);
    fail_from(n, 0);
    result = EVP_KDF_CTX_set_params(ctx, longer);
    failed = stop_failing();
    CHECK(result == 1 || (failed && is_refusal()));
    CHECK(result == 1 || sample_derives(sample, ctx, NULL) == 1);
    CHECK(EVP_KDF_CTX_set_params(ctx, longer) == 1);
    CHECK(sample_derives(sample, ctx, sample->params) == 1);
    EVP_KDF_CTX_free(ctx);
    if (names_a_digest(sample))
        check_ours_not_lost(before);
    else
        check_nothing_lost(before);
    return failed;
}

/* The vector of a derivation with the most octets: one with a salt. */
static const SAMPLE *richest_sample(const SAMPLES *samples, const char *kdf)
{
    const SAMPLE *richest = sample_of(samples, kdf);
    size_t i;

    for (i = 0; i < samples->count; i++) {
        if (strcmp(samples->all[i].kdf, kdf) == 0 && !samples->all[i].refused &&
            OSSL_PARAM_locate_const(samples->all[i].params, ONEM2M_PARAM_SALT) != NULL)
            richest = &samples->all[i];
    }
    return richest;
}

static void test_replacing(void **state)
{
    const SUITE *suite = *state;
    size_t i, n;

    for (i = 0; derivations[i] != NULL; i++) {
        const SAMPLE *sample = richest_sample(&suite->samples, derivations[i]);
        EVP_KDF *kdf = fetch(suite->loaded.libctx, sample->kdf);

        warm_up(sample, kdf);
        for (n = 1; replace_failing(sample, kdf, n); n++)
            continue;
        EVP_KDF_free(kdf);
    }
}

/* A context whose derivation failed for want of memory derives when there is memory again. */
static int derive_again(const SAMPLE *sample, EVP_KDF *kdf, size_t n)
{
    const BALANCE before = balance();
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    int result, failed;

    subject("%s, again, allocation %zu", sample->name, n);
    CHECK(ctx != NULL);
    fail_from(n, 1);
    result = sample_derives(sample, ctx, sample->params);
    failed = stop_failing();
    CHECK(result == 1 || (failed && result == 0 && is_refusal()));
    ERR_clear_error();
    CHECK(sample_derives(sample, ctx, sample->params) == 1);
    check_no_error();
    EVP_KDF_CTX_free(ctx);
    if (names_a_digest(sample))
        check_ours_not_lost(before);
    else
        check_nothing_lost(before);
    return failed;
}

static void test_deriving_again(void **state)
{
    const SUITE *suite = *state;
    size_t i, n;

    for (i = 0; derivations[i] != NULL; i++) {
        const SAMPLE *sample = sample_of(&suite->samples, derivations[i]);
        EVP_KDF *kdf = fetch(suite->loaded.libctx, sample->kdf);

        warm_up(sample, kdf);
        for (n = 1; derive_again(sample, kdf, n); n++)
            continue;
        EVP_KDF_free(kdf);
    }
}

/* The first use, which makes the private context. Returns whether an allocation failed. */
static int first_use_failing(const SAMPLE *sample, size_t n, int persistent)
{
    const BALANCE before = balance();
    LOADED loaded;
    EVP_KDF_CTX *ctx;
    int result, failed;

    subject("%s, first use, allocation %zu%s", sample->name, n, persistent ? " and later" : "");
    load(&loaded);
    ctx = new_context(loaded.libctx, sample->kdf);
    fail_from(n, persistent);
    result = sample_derives(sample, ctx, sample->params);
    failed = stop_failing();
    CHECK(result == 1 || (failed && result == 0 && is_refusal()));
    ERR_clear_error();
    CHECK(sample_derives(sample, ctx, sample->params) == 1);
    check_no_error();
    EVP_KDF_CTX_free(ctx);
    unload(&loaded);
    check_ours_not_lost(before);
    return failed;
}

static void try_first_use(const SUITE *suite, int persistent)
{
    const SAMPLE *sample = sample_of(&suite->samples, ONEM2M_KDF_KM);
    size_t n = 1;

    while (first_use_failing(sample, n, persistent))
        n++;
    print_message("%zu allocations\n", n - 1);
}

static void test_first_use(void **state)
{
    try_first_use(*state, 0);
}

static void test_first_use_without_memory(void **state)
{
    try_first_use(*state, 1);
}

/*
 * Loading and fetching too: no crash and no wrong octets. (When OpenSSL 3.0
 * cannot register the reason strings of a provider that has initialised itself,
 * it does not call its teardown: so nothing is said of what is lost here.)
 */
static int load_failing(const SAMPLE *sample, size_t n)
{
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
    OSSL_PROVIDER *provider;
    int result = 0, failed;

    subject("%s, load, allocation %zu", sample->name, n);
    CHECK(libctx != NULL);
    fail_from(n, 0);
    provider = OSSL_PROVIDER_load(libctx, ONEM2M_PROVIDER_NAME);
    if (provider != NULL)
        result = sample_works(sample, libctx, ONEM2M_PROPERTY_QUERY);
    failed = stop_failing();
    CHECK(result == 1 || (failed && result == 0));
    if (provider != NULL)
        OSSL_PROVIDER_unload(provider);
    OSSL_LIB_CTX_free(libctx);
    return failed;
}

static void test_loading(void **state)
{
    const SUITE *suite = *state;
    const SAMPLE *sample = sample_of(&suite->samples, ONEM2M_KDF_SPLIT_KEY);
    size_t n = 1;

    while (load_failing(sample, n))
        n++;
    print_message("%zu allocations\n", n - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(test_derivations),
        QUEUE_TEST(test_replacing),
        QUEUE_TEST(test_deriving_again),
        QUEUE_TEST(test_first_use),
        QUEUE_TEST(test_first_use_without_memory),
        QUEUE_TEST(test_loading),
    };

    /* Before OpenSSL's first allocation. */
    if (!CRYPTO_set_mem_functions(test_allocate, test_resize, test_release)) {
        fprintf(stderr, "OpenSSL does not take another allocator\n");
        return 1;
    }
    return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
