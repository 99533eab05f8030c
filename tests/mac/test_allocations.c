/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every allocation fails once: the call is refused, and the next one works.
 * What is lost is not counted, for OpenSSL loses some itself.
 */
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "keys.h"

#define ALLOCATIONS_MAX 2000

/* The allocation that fails, counted down; 0: none does. */
static long failing;

static int fails(void)
{
    return failing > 0 && --failing == 0;
}

static void *allocate(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : malloc(size);
}

static void *reallocate(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : realloc(memory, size);
}

static void release(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

typedef struct {
    PLACE store;
    EVP_PKEY *signing, *enrolment;
    EVP_MAC *mac;
} WORLD;

typedef int work_fn(const WORLD *world);

static int sign(const WORLD *world)
{
    unsigned char mic[64];
    size_t length = sizeof(mic);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new(), *copy = EVP_MD_CTX_new();
    const int ok = ctx != NULL && copy != NULL &&
                   EVP_DigestSignInit_ex(ctx, NULL, "SHA2-512", world->store.libctx, NULL,
                                         world->signing, NULL) == 1 &&
                   EVP_DigestSignUpdate(ctx, MESSAGE, MESSAGE_LENGTH) == 1 &&
                   EVP_MD_CTX_copy_ex(copy, ctx) == 1 &&
                   EVP_DigestSignFinal(copy, mic, &length) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_MD_CTX_free(copy);
    return ok;
}

static int mac(const WORLD *world)
{
    char key_id[] = "k1@maf.example.com", digest[] = "SHA2-384";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_KEY_ID, key_id, sizeof(key_id) - 1),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_DIGEST, digest, sizeof(digest) - 1),
        OSSL_PARAM_END,
    };
    unsigned char mic[64];
    size_t length;
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(world->mac);
    EVP_MAC_CTX *copy = NULL;
    const int ok = ctx != NULL && EVP_MAC_init(ctx, NULL, 0, params) == 1 &&
                   EVP_MAC_update(ctx, (const unsigned char *)MESSAGE, MESSAGE_LENGTH) == 1 &&
                   (copy = EVP_MAC_CTX_dup(ctx)) != NULL &&
                   EVP_MAC_final(copy, mic, &length, sizeof(mic)) == 1;

    EVP_MAC_CTX_free(ctx);
    EVP_MAC_CTX_free(copy);
    return ok;
}

static int derive(const WORLD *world)
{
    char derivation[] = ONEM2M_KDF_KM, maf_id[] = "maf.example.com";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_DERIVATION, derivation, sizeof(derivation) - 1),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_MAF_ID, maf_id, sizeof(maf_id) - 1),
        OSSL_PARAM_END,
    };
    unsigned char out[32];
    size_t length = sizeof(out);
    EVP_PKEY_CTX *copy = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(world->store.libctx, world->enrolment, NULL);
    const int ok = ctx != NULL && EVP_PKEY_derive_init_ex(ctx, params) == 1 &&
                   (copy = EVP_PKEY_CTX_dup(ctx)) != NULL &&
                   EVP_PKEY_derive(copy, out, &length) == 1;

    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_CTX_free(copy);
    return ok;
}

static void fail_each(const WORLD *world, work_fn *work)
{
    long n;
    int survived = 0;

    CHECK(work(world));
    for (n = 1; n < ALLOCATIONS_MAX && !survived; n++) {
        subject("allocation %ld", n);
        failing = n;
        work(world);
        survived = failing > 0;
        failing = 0;
        ERR_clear_error();
        CHECK(work(world));
        check_no_error();
    }
    CHECK(survived);
}

static void test_sign(void **state)
{
    fail_each(*state, sign);
}

static void test_mac(void **state)
{
    fail_each(*state, mac);
}

static void test_derive(void **state)
{
    fail_each(*state, derive);
}

static int setup(void **state)
{
    static const KEY_SPEC signing = { .key_id = "k1@maf.example.com",
                                      .kind = "esdata",
                                      .suid = 25 };
    static const KEY_SPEC enrolment = { .kind = "ke" };
    static WORLD world;

    place_make(&world.store, "lmdb");
    world.signing = import_key(world.store.libctx, &signing);
    world.enrolment = import_key(world.store.libctx, &enrolment);
    world.mac = EVP_MAC_fetch(world.store.libctx, ONEM2M_MAC_HMAC, ONEM2M_PROPERTY_QUERY);
    *state = &world;
    return 0;
}

static int teardown(void **state)
{
    WORLD *world = *state;

    EVP_MAC_free(world->mac);
    EVP_PKEY_free(world->signing);
    EVP_PKEY_free(world->enrolment);
    place_remove(&world->store);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign),
        cmocka_unit_test(test_mac),
        cmocka_unit_test(test_derive),
    };

    if (!CRYPTO_set_mem_functions(allocate, reallocate, release))
        return EXIT_FAILURE;
    return cmocka_run_group_tests(tests, setup, teardown);
}
