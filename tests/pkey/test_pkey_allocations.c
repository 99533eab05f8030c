/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include "allocations.h"
#include "support.h"

/*
 * Every allocation of the project's own code fails once, in turn: the call is
 * refused, nothing is lost (the sanitized run looks), nothing is stored, and
 * the same call succeeds afterwards. OpenSSL's own allocations do not fail.
 * And there are none where a key is used again and again.
 */

typedef int call_fn(OSSL_LIB_CTX *libctx, EVP_PKEY *key);

static int done(EVP_PKEY *key)
{
    const int ok = key != NULL;

    EVP_PKEY_free(key);
    return ok;
}

static int call_import(OSSL_LIB_CTX *libctx, EVP_PKEY *key)
{
    const OSSL_PARAM params[] = { KE, TEXT(ONEM2M_PARAM_LABELS, "a b"), END };

    (void)key;
    return done(import(libctx, params));
}

static int call_store(OSSL_LIB_CTX *libctx, EVP_PKEY *key)
{
    const OSSL_PARAM params[] = { KE, number(ONEM2M_PARAM_STORE, 1), END };

    (void)key;
    return done(import(libctx, params));
}

static int call_derive(OSSL_LIB_CTX *libctx, EVP_PKEY *key)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_USAGE_KEY),
                                  number(ONEM2M_PARAM_SUID, 24),
                                  TEXT(ONEM2M_PARAM_TARGET_ID, "b.example.com"), END };

    return done(generate(libctx, key, params));
}

static int call_load(OSSL_LIB_CTX *libctx, EVP_PKEY *key)
{
    (void)key;
    return done(load_key(libctx, "onem2m:" KE_ID "?kind=ke&requester=a.example.com"));
}

static int call_list(OSSL_LIB_CTX *libctx, EVP_PKEY *key)
{
    (void)key;
    return count_names(libctx, "onem2m:?kind=ke") > 0;
}

static int call_change(OSSL_LIB_CTX *libctx, EVP_PKEY *key)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_LABELS, "x"), END };
    EVP_PKEY *copy = EVP_PKEY_dup(key);
    const int ok = copy != NULL && EVP_PKEY_set_params(copy, (OSSL_PARAM *)(uintptr_t)params);

    (void)libctx;
    EVP_PKEY_free(copy);
    return ok;
}

static int call_print(OSSL_LIB_CTX *libctx, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    const int ok = EVP_PKEY_print_private(bio, key, 0, NULL) > 0;

    (void)libctx;
    BIO_free(bio);
    return ok;
}

static int call_export(OSSL_LIB_CTX *libctx, EVP_PKEY *key)
{
    OSSL_PARAM *params = NULL;
    const int ok = EVP_PKEY_todata(key, OSSL_KEYMGMT_SELECT_ALL_PARAMETERS, &params);

    (void)libctx;
    OSSL_PARAM_free(params);
    return ok;
}

static EVP_PKEY *make_key(OSSL_LIB_CTX *libctx, unsigned int store)
{
    const OSSL_PARAM params[] = { KE, TEXT(ONEM2M_PARAM_KEY_ID, KE_ID),
                                  number(ONEM2M_PARAM_STORE, store), END };

    return import(libctx, params);
}

static void every_allocation_may_fail(void **state)
{
    static const struct {
        const char *name;
        call_fn *call;
    } calls[] = {
        { "import", call_import }, { "store", call_store },   { "derive", call_derive },
        { "load", call_load },     { "list", call_list },     { "change", call_change },
        { "print", call_print },   { "export", call_export },
    };
    OSSL_LIB_CTX *libctx = ((PLACE *)*state)->libctx;
    EVP_PKEY *keys[] = { make_key(libctx, 1), make_key(libctx, 0) };

    for (size_t i = 0; i < 2 * sizeof(calls) / sizeof(calls[0]); i++) {
        long failed = 0;
        int ok = 0;

        assert_true(calls[i / 2].call(libctx, keys[i % 2]));
        while (!ok) {
            const int names = count_names(libctx, "onem2m:");

            until_failure = failed;
            ok = calls[i / 2].call(libctx, keys[i % 2]);
            failed += until_failure < 0;
            ok = ok && until_failure >= 0;
            until_failure = -1;
            if (!ok)
                assert_int_equal(count_names(libctx, "onem2m:"), names);
            ERR_clear_error();
        }
        print_message("%s: %ld allocations\n", calls[i / 2].name, failed);
    }
    EVP_PKEY_free(keys[0]);
    EVP_PKEY_free(keys[1]);
}

/* Opening the store, and what is made once to read it. */
static void every_allocation_of_a_first_use_may_fail(void **state)
{
    long failed = 0;
    int ok = 0;

    EVP_PKEY_free(make_key(((PLACE *)*state)->libctx, 1));
    while (!ok) {
        OSSL_LIB_CTX *libctx = place_context(*state);

        until_failure = failed++;
        ok = done(load_key(libctx, "onem2m:" KE_ID)) && until_failure >= 0;
        until_failure = -1;
        ERR_clear_error();
        assert_true(done(load_key(libctx, "onem2m:" KE_ID)));
        OSSL_LIB_CTX_free(libctx);
    }
    print_message("first use: %ld allocations\n", failed - 1);
    assert_true(failed > 3);
}

/* The first finds what it needs, the second keeps the key, and those after it allocate nothing. */
static void a_use_of_a_stored_key_allocates_nothing(void **state)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                                  TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), END };
    OSSL_LIB_CTX *libctx = ((PLACE *)*state)->libctx;
    EVP_PKEY *key = make_key(libctx, 1);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(libctx, key, ONEM2M_PROPERTY_QUERY);
    unsigned char km[32];

    assert_int_equal(EVP_PKEY_derive_init_ex(ctx, params), 1);
    for (int i = 0; i < 4; i++) {
        const long before = own_allocations;
        size_t length = sizeof(km);

        assert_int_equal(EVP_PKEY_derive(ctx, km, &length), 1);
        assert_string_equal(attribute(key, ONEM2M_PARAM_STATE), "active");
        assert_true(i < 2 || own_allocations == before);
    }
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
}

static int use_again(const OSSL_PARAM params[], void *argument)
{
    const long before = own_allocations;

    assert_non_null(OSSL_PARAM_locate_const(params, ONEM2M_PARAM_KIND));
    assert_string_equal(attribute(argument, ONEM2M_PARAM_STATE), "active");
    assert_int_equal(own_allocations, before);
    return 1;
}

/* Whoever takes an export finds the one reader that there is free: the store is not held up. */
static void an_export_is_taken_after_reading(void **state)
{
    EVP_PKEY *key = make_key(((PLACE *)*state)->libctx, 1);

    assert_string_equal(attribute(key, ONEM2M_PARAM_STATE), "active");
    assert_int_equal(EVP_PKEY_export(key, OSSL_KEYMGMT_SELECT_ALL_PARAMETERS, use_again, key), 1);
    EVP_PKEY_free(key);
}

static void a_mic_with_a_stored_key_allocates_nothing(void **state)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KIND, "esdata"), number(ONEM2M_PARAM_SUID, 15),
                                  number(ONEM2M_PARAM_STORE, 1), END };
    OSSL_LIB_CTX *libctx = ((PLACE *)*state)->libctx;
    EVP_PKEY *key = generate(libctx, NULL, params);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned char mic[32];

    assert_int_equal(
        EVP_DigestSignInit_ex(ctx, NULL, NULL, libctx, ONEM2M_PROPERTY_QUERY, key, NULL), 1);
    for (int i = 0; i < 3; i++) {
        const long before = own_allocations;
        size_t length = sizeof(mic);

        assert_int_equal(
            EVP_DigestSignInit_ex(ctx, NULL, NULL, libctx, ONEM2M_PROPERTY_QUERY, NULL, NULL), 1);
        assert_int_equal(EVP_DigestSign(ctx, mic, &length, mic, 0), 1);
        assert_true(i == 0 || own_allocations == before);
    }
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
}

int main(void)
{
    static const char *const own_directories[] = { "keystore", "provider", NULL };
    const struct CMUnitTest tests[] = {
        PLACE_TEST(every_allocation_may_fail, memory),
        PLACE_TEST(every_allocation_of_a_first_use_may_fail, lmdb),
        BOTH(a_use_of_a_stored_key_allocates_nothing),
        BOTH(an_export_is_taken_after_reading),
        BOTH(a_mic_with_a_stored_key_allocates_nothing),
    };

    if (!watch_allocations(own_directories))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
