/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The vectors of kdf.txt in every way in which a program may call EVP_KDF.
 */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include "support.h"

#define HUGE_OUTPUT ((size_t)1 << 24)

typedef void sample_test_fn(const SAMPLE *sample, OSSL_LIB_CTX *libctx);

static void with_each(const SUITE *suite, sample_test_fn *test)
{
    const SAMPLES *samples = &suite->samples;
    size_t i, tested = 0;

    for (i = 0; i < samples->count; i++) {
        if (samples->all[i].refused)
            continue;
        subject("%s", samples->all[i].name);
        test(&samples->all[i], suite->loaded.libctx);
        check_no_error();
        tested++;
    }
    assert_true(tested > 0);
}

static EVP_KDF_CTX *new_set_context(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);

    CHECK(EVP_KDF_CTX_set_params(ctx, sample->params) == 1);
    return ctx;
}

static void check_set_then_derive(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_set_context(sample, libctx);

    CHECK(sample_derives(sample, ctx, NULL) == 1);
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    EVP_KDF_CTX_free(ctx);
}

static void check_params_at_derive(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);

    CHECK(sample_derives(sample, ctx, sample->params) == 1);
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    EVP_KDF_CTX_free(ctx);
}

static void check_params_one_by_one(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);
    size_t i;

    for (i = 0; sample->params[i].key != NULL; i++) {
        const OSSL_PARAM one[] = { sample->params[i], OSSL_PARAM_construct_end() };

        CHECK(EVP_KDF_CTX_set_params(ctx, one) == 1);
    }
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    EVP_KDF_CTX_free(ctx);
}

/* A context keeps nothing of the parameters' memory. */
static void check_params_are_copied(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);
    OSSL_PARAM *copy = OSSL_PARAM_dup(sample->params);
    size_t i;

    CHECK(copy != NULL && EVP_KDF_CTX_set_params(ctx, copy) == 1);
    for (i = 0; copy[i].key != NULL; i++)
        memset(copy[i].data, 0xFF, copy[i].data_size);
    OSSL_PARAM_free(copy);
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    EVP_KDF_CTX_free(ctx);
}

static void check_reuse_after(const SAMPLE *sample, const SAMPLE *other, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);

    CHECK(sample_derives(other, ctx, other->params) == 1);
    EVP_KDF_CTX_reset(ctx);
    CHECK(sample_derives(sample, ctx, sample->params) == 1);
    EVP_KDF_CTX_free(ctx);
}

/* Without a reset only what the other derivation set and this one does not may show. */
static int sets_as_much(const SAMPLE *sample, const SAMPLE *other)
{
    size_t i;

    for (i = 0; other->params[i].key != NULL; i++) {
        if (OSSL_PARAM_locate_const(sample->params, other->params[i].key) == NULL)
            return 0;
    }
    return 1;
}

static void check_reuse_without_reset(const SAMPLE *sample, const SAMPLE *other,
                                      OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);

    CHECK(sample_derives(other, ctx, other->params) == 1);
    CHECK(sample_derives(sample, ctx, sample->params) == 1);
    EVP_KDF_CTX_free(ctx);
}

static void test_context_reused(void **state)
{
    const SUITE *suite = *state;
    const SAMPLE *all = suite->samples.all;
    size_t i, k;

    for (i = 0; i < suite->samples.count; i++) {
        for (k = 0; k < suite->samples.count; k++) {
            if (all[i].refused || all[k].refused || strcmp(all[i].kdf, all[k].kdf) != 0)
                continue;
            subject("%s after line %zu", all[i].name, all[k].line);
            check_reuse_after(&all[i], &all[k], suite->loaded.libctx);
            if (sets_as_much(&all[i], &all[k]))
                check_reuse_without_reset(&all[i], &all[k], suite->loaded.libctx);
            check_no_error();
        }
    }
}

static void check_dup(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_set_context(sample, libctx);
    EVP_KDF_CTX *before = EVP_KDF_CTX_dup(ctx), *after;

    CHECK(before != NULL);
    CHECK(sample_derives(sample, before, NULL) == 1);
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    after = EVP_KDF_CTX_dup(ctx);
    CHECK(after != NULL);
    EVP_KDF_CTX_free(ctx);
    CHECK(sample_derives(sample, after, NULL) == 1);
    EVP_KDF_CTX_reset(after);
    CHECK(sample_derives(sample, before, NULL) == 1);
    CHECK(sample_derives(sample, after, sample->params) == 1);
    EVP_KDF_CTX_free(before);
    EVP_KDF_CTX_free(after);
}

static void check_dup_of_empty(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);
    EVP_KDF_CTX *copy = EVP_KDF_CTX_dup(ctx);

    CHECK(copy != NULL);
    CHECK(sample_derives(sample, copy, sample->params) == 1);
    CHECK(sample_derives(sample, ctx, NULL) == 0);
    check_error(ONEM2M_R_MISSING_KEY, ONEM2M_PARAM_KEY, NULL);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_CTX_free(copy);
}

static void check_reset(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_set_context(sample, libctx);

    CHECK(sample_derives(sample, ctx, NULL) == 1);
    EVP_KDF_CTX_reset(ctx);
    check_no_error();
    CHECK(sample_derives(sample, ctx, NULL) == 0);
    check_error(ONEM2M_R_MISSING_KEY, ONEM2M_PARAM_KEY, "TS-0003");
    CHECK(sample_derives(sample, ctx, sample->params) == 1);
    EVP_KDF_CTX_free(ctx);
}

static void check_size(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_set_context(sample, libctx);
    size_t size = 0;
    unsigned int small = 0;
    OSSL_PARAM params[] = { OSSL_PARAM_construct_size_t(OSSL_KDF_PARAM_SIZE, &size),
                            OSSL_PARAM_construct_uint("unknown", &small),
                            OSSL_PARAM_construct_end() };

    CHECK(EVP_KDF_CTX_get_kdf_size(ctx) == sample->length);
    CHECK(EVP_KDF_CTX_get_params(ctx, params) == 1);
    CHECK(size == sample->length);
    CHECK(OSSL_PARAM_modified(&params[0]) && !OSSL_PARAM_modified(&params[1]));
    params[0] = OSSL_PARAM_construct_uint(OSSL_KDF_PARAM_SIZE, &small);
    CHECK(EVP_KDF_CTX_get_params(ctx, params) == 1);
    CHECK(small == sample->length);
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    EVP_KDF_CTX_free(ctx);
}

static void check_length_refused(const SAMPLE *sample, EVP_KDF_CTX *ctx, size_t length)
{
    unsigned char *output = OPENSSL_malloc(length + 1);

    subject("%s, %zu octets", sample->name, length);
    CHECK(output != NULL);
    memset(output, 0xA5, length + 1);
    queue_own_error();
    CHECK(EVP_KDF_derive(ctx, output, length, NULL) <= 0);
    check_error(ONEM2M_R_BAD_OUTPUT_LENGTH, sample->kdf, NULL);
    CHECK(output[0] == 0xA5 && output[length] == 0xA5);
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    OPENSSL_free(output);
}

static void check_lengths(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_set_context(sample, libctx);

    check_length_refused(sample, ctx, 0);
    check_length_refused(sample, ctx, 1);
    check_length_refused(sample, ctx, sample->length - 1);
    check_length_refused(sample, ctx, sample->length + 1);
    check_length_refused(sample, ctx, HUGE_OUTPUT);
    CHECK(EVP_KDF_derive(ctx, NULL, sample->length, NULL) <= 0);
    check_error(ONEM2M_R_BAD_OUTPUT_LENGTH, sample->kdf, NULL);
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    EVP_KDF_CTX_free(ctx);
}

/* The output may lie where the input was. */
static void check_output_over_key(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);
    const OSSL_PARAM *key = OSSL_PARAM_locate_const(sample->params, ONEM2M_PARAM_KEY);
    unsigned char buffer[SAMPLE_OUTPUT_MAX];
    OSSL_PARAM in_place[2] = { OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_KEY, buffer,
                                                                 key->data_size),
                               OSSL_PARAM_construct_end() };

    CHECK(EVP_KDF_CTX_set_params(ctx, sample->params) == 1);
    memcpy(buffer, key->data, key->data_size);
    CHECK(EVP_KDF_derive(ctx, buffer, sample->length, in_place) == 1);
    CHECK(memcmp(buffer, sample->output, sample->length) == 0);
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    EVP_KDF_CTX_free(ctx);
}

static void test_set_then_derive(void **state)
{
    with_each(*state, check_set_then_derive);
}

static void test_params_at_derive(void **state)
{
    with_each(*state, check_params_at_derive);
}

static void test_params_one_by_one(void **state)
{
    with_each(*state, check_params_one_by_one);
}

static void test_params_are_copied(void **state)
{
    with_each(*state, check_params_are_copied);
}

static void test_dup(void **state)
{
    with_each(*state, check_dup);
    with_each(*state, check_dup_of_empty);
}

static void test_reset(void **state)
{
    with_each(*state, check_reset);
}

static void test_size(void **state)
{
    with_each(*state, check_size);
}

static void test_lengths(void **state)
{
    with_each(*state, check_lengths);
}

static void test_output_over_key(void **state)
{
    with_each(*state, check_output_over_key);
}

static void test_refused_vectors(void **state)
{
    const SUITE *suite = *state;
    unsigned char output[32];
    size_t i, tested = 0;

    for (i = 0; i < suite->samples.count; i++) {
        const SAMPLE *sample = &suite->samples.all[i];
        EVP_KDF_CTX *ctx;

        if (!sample->refused)
            continue;
        subject("%s", sample->name);
        ctx = new_context(suite->loaded.libctx, sample->kdf);
        CHECK(EVP_KDF_derive(ctx, output, sizeof(output), sample->params) <= 0);
        CHECK(strcmp(ERR_lib_error_string(ERR_get_error()), ONEM2M_PROVIDER_NAME) == 0);
        check_no_error();
        EVP_KDF_CTX_free(ctx);
        tested++;
    }
    assert_true(tested > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(test_set_then_derive),
        QUEUE_TEST(test_params_at_derive),
        QUEUE_TEST(test_params_one_by_one),
        QUEUE_TEST(test_params_are_copied),
        QUEUE_TEST(test_context_reused),
        QUEUE_TEST(test_dup),
        QUEUE_TEST(test_reset),
        QUEUE_TEST(test_size),
        QUEUE_TEST(test_lengths),
        QUEUE_TEST(test_output_over_key),
        QUEUE_TEST(test_refused_vectors),
    };

    return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
