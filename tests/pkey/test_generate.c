/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys that are made, at random or of others.
 */
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include "objects.h"

/* ONEM2M-KM of the same octets by EVP_KDF. */
static void derive_km(OSSL_LIB_CTX *libctx, unsigned char km[32])
{
    const OSSL_PARAM params[] = { OCTETS(ONEM2M_PARAM_KEY, octets_of_ke),
                                  TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), END };
    EVP_KDF *kdf = EVP_KDF_fetch(libctx, ONEM2M_KDF_KM, ONEM2M_PROPERTY_QUERY);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);

    assert_int_equal(EVP_KDF_derive(ctx, km, 32, params), 1);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

static void keys_are_made_of_keys(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"),
                                  TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                                  number(ONEM2M_PARAM_EXTRACTABLE, 1),
                                  TEXT(ONEM2M_PARAM_KEY_ID, "km1@maf.example.com"),
                                  number(ONEM2M_PARAM_STORE, 1),
                                  END };
    const OSSL_PARAM unstored[] = { params[0], params[1], params[2], END };
    unsigned char octets[512], km[32];

    derive_km(libctx, km);
    for (int stored = 0; stored < 2; stored++) {
        EVP_PKEY *ke = import_ke(libctx, 1, stored);
        EVP_PKEY *child = generate(libctx, ke, stored ? params : unstored);

        assert_non_null(child);
        check_quiet();
        assert_string_equal(attribute(child, ONEM2M_PARAM_KIND), "km");
        assert_string_equal(attribute(child, ONEM2M_PARAM_PARENT_KEY_ID), KE_ID);
        assert_int_equal(octets_of(child, octets), 32);
        assert_memory_equal(octets, km, 32);
        EVP_PKEY_free(child);
        EVP_PKEY_free(ke);
    }
    assert_int_equal(count_names(libctx, "onem2m:"), 2);
    ERR_clear_error();
}

static void a_child_has_no_more_than_its_parent(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    const OSSL_PARAM end[] = { TEXT(ONEM2M_PARAM_NOT_AFTER, "20400101T000000"), END };
    const OSSL_PARAM past[] = { TEXT(ONEM2M_PARAM_NOT_AFTER, "20200101T000000"), END };
    const OSSL_PARAM base[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                                TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), END };
    const OSSL_PARAM later[] = { base[0], base[1], TEXT(ONEM2M_PARAM_NOT_AFTER, "20500101T000000"),
                                 END };
    const OSSL_PARAM open[] = { base[0], base[1], number(ONEM2M_PARAM_EXTRACTABLE, 1), END };
    EVP_PKEY *ke = import_ke(libctx, 0, 1), *child;

    assert_true(EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)end));
    assert_null(generate(libctx, ke, open));
    check_refused(ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_KDF_KM);
    assert_null(generate(libctx, ke, later));
    check_refused(ONEM2M_R_OUTLIVES_PARENT, "not-after");
    child = generate(libctx, ke, base);
    assert_non_null(child);
    assert_string_equal(attribute(child, ONEM2M_PARAM_NOT_AFTER), "20400101T000000Z");
    assert_false(EVP_PKEY_set_params(child, (OSSL_PARAM *)(uintptr_t)(later + 2)));
    check_refused(ONEM2M_R_OUTLIVES_PARENT, "not-after");
    assert_true(EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)past));
    assert_string_equal(attribute(child, ONEM2M_PARAM_STATE), "expired");
    assert_null(generate(libctx, ke, base));
    check_refused(ONEM2M_R_EXPIRED, "not-after");
    EVP_PKEY_free(child);
    EVP_PKEY_free(ke);
}

static void wrong_generations_are_refused(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    EVP_PKEY *ke = import_ke(libctx, 0, 0);
    const struct {
        EVP_PKEY *parent;
        OSSL_PARAM params[5];
        ONEM2M_REASON reason;
    } bad[] = {
        { NULL, { END }, ONEM2M_R_MISSING_PARAMETER },
        { NULL, { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM), END }, ONEM2M_R_MISSING_KEY },
        { NULL,
          { TEXT(ONEM2M_PARAM_KIND, "ke"), number(ONEM2M_PARAM_SIZE, 31), END },
          ONEM2M_R_BAD_KEY_LENGTH },
        { NULL,
          { TEXT(ONEM2M_PARAM_KIND, "ke"), number(ONEM2M_PARAM_SIZE, 5000), END },
          ONEM2M_R_BAD_ATTRIBUTE },
        { NULL, { KE, END }, ONEM2M_R_BAD_ATTRIBUTE },
        { ke, { END }, ONEM2M_R_NOT_ALLOWED_BY_KIND },
        { ke,
          { OCTETS(ONEM2M_PARAM_PRIV, octets_of_ke), TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
            TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), END },
          ONEM2M_R_BAD_ATTRIBUTE },
        { ke, { TEXT(ONEM2M_PARAM_DERIVATION, "HKDF"), END }, ONEM2M_R_BAD_CHOICE },
        { ke, { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM), END }, ONEM2M_R_MISSING_PARAMETER },
        { ke,
          { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
            TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), TEXT(ONEM2M_PARAM_KIND, "kpsa"), END },
          ONEM2M_R_BAD_KIND },
        { ke,
          { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
            TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), number(ONEM2M_PARAM_SIZE, 16), END },
          ONEM2M_R_BAD_OUTPUT_LENGTH },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        print_message("generation %zu\n", i);
        assert_null(generate(libctx, bad[i].parent, bad[i].params));
        check_refused(bad[i].reason, NULL);
    }
    EVP_PKEY_free(ke);
}

static void a_target_derives_of_a_registration(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    const OSSL_PARAM of_ke[] = { KE,
                                 number(ONEM2M_PARAM_REGISTRATION, 1),
                                 TEXT(ONEM2M_PARAM_SOURCE_ID, "//sp.example.com/a"),
                                 TEXT(ONEM2M_PARAM_TARGET_IDS, "//sp.example.com/b=b.example.com"),
                                 TEXT(ONEM2M_PARAM_ALLOWED_SUIDS, "22 24"),
                                 STORED,
                                 END };
    OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_USAGE_KEY),
                            TEXT(ONEM2M_PARAM_TARGET_ID, "b.example.com"),
                            number(ONEM2M_PARAM_SUID, 24),
                            TEXT(ONEM2M_PARAM_REQUESTER, "//sp.example.com/b"),
                            END,
                            END };
    EVP_PKEY *ke = import(libctx, of_ke), *child;

    assert_non_null(ke);
    child = generate(libctx, ke, params);
    assert_non_null(child);
    assert_string_equal(attribute(child, ONEM2M_PARAM_KIND), "esdata");
    check_quiet();
    EVP_PKEY_free(child);
    params[3] = TEXT(ONEM2M_PARAM_REQUESTER, "//sp.example.com/c");
    assert_null(generate(libctx, ke, params));
    check_refused(ONEM2M_R_NOT_A_TARGET, "requester");
    params[3] = END;
    assert_null(generate(libctx, ke, params));
    check_refused(ONEM2M_R_REQUESTER_MISSING, "requester");
    params[2] = number(ONEM2M_PARAM_SUID, 25);
    params[3] = TEXT(ONEM2M_PARAM_REQUESTER, "//sp.example.com/b");
    assert_null(generate(libctx, ke, params));
    check_refused(ONEM2M_R_SUID_NOT_ALLOWED, "suid");
    EVP_PKEY_free(ke);
}

static EVP_PKEY *generate_ke(OSSL_LIB_CTX *libctx, unsigned int extractable)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KIND, "ke"),
                                  number(ONEM2M_PARAM_EXTRACTABLE, extractable), END };
    EVP_PKEY *key = generate(libctx, NULL, params);

    assert_non_null(key);
    check_quiet();
    return key;
}

static EVP_PKEY *derive_km_of(OSSL_LIB_CTX *libctx, EVP_PKEY *parent, unsigned int store)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                                  TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"),
                                  number(ONEM2M_PARAM_STORE, store), END };
    EVP_PKEY *key = generate(libctx, parent, params);

    assert_non_null(key);
    check_quiet();
    return key;
}

/* ONEM2M-KM by EVP_PKEY_derive. */
static void derive_octets(OSSL_LIB_CTX *libctx, EVP_PKEY *key, unsigned char km[32])
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                                  TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), END };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(libctx, key, ONEM2M_PROPERTY_QUERY);
    size_t length = 32;

    assert_int_equal(EVP_PKEY_derive_init_ex(ctx, params), 1);
    assert_int_equal(EVP_PKEY_derive(ctx, km, &length), 1);
    EVP_PKEY_CTX_free(ctx);
}

static int is_in_token(EVP_PKEY *key)
{
    return strcmp(attribute(key, ONEM2M_PARAM_CUSTODY), "software") != 0;
}

/* Where the store's keys are, there is a generated key that nobody stores, and what is made of it.
 */
static void generated_keys_are_in_the_token(void **state)
{
    const int has_token = getenv("ONEM2M_TEST_TOKEN") != NULL;
    OSSL_LIB_CTX *libctx = libctx_of(state);
    EVP_PKEY *ke = generate_ke(libctx, 0), *other = generate_ke(libctx, 0);
    EVP_PKEY *copy = EVP_PKEY_dup(ke), *children[2];
    unsigned char octets[512], km[2][32];

    assert_int_equal(is_in_token(ke), has_token);
    assert_string_equal(attribute(ke, ONEM2M_PARAM_BIRTH), has_token ? "generated" : "");
    assert_int_equal(octets_of(ke, octets), 0);
    check_refused(ONEM2M_R_NOT_EXTRACTABLE, "extractable");
    assert_int_equal(EVP_PKEY_eq(ke, copy), 1);
    assert_int_equal(EVP_PKEY_eq(ke, other), 0);
    EVP_PKEY_free(other);
    for (unsigned int i = 0; i < 2; i++) {
        children[i] = derive_km_of(libctx, ke, i);
        assert_int_equal(is_in_token(children[i]), has_token);
    }
    assert_int_equal(EVP_PKEY_eq(children[0], children[1]), 1);
    derive_octets(libctx, ke, km[0]);
    EVP_PKEY_free(ke);
    derive_octets(libctx, copy, km[1]);
    assert_memory_equal(km[0], km[1], 32);
    EVP_PKEY_free(copy);
    EVP_PKEY_free(children[0]);
    EVP_PKEY_free(children[1]);
    ERR_clear_error(); /* of EVP_PKEY_eq, OpenSSL's own */
}

/* Octets that left a token are those that it computes with. */
static void generated_octets_may_leave(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    EVP_PKEY *ke = generate_ke(libctx, 1), *copy;
    unsigned char octets[512], km[2][32];
    OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KIND, "ke"), END, END };

    assert_int_equal(octets_of(ke, octets), 32);
    params[1] = OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_PRIV, octets, 32);
    copy = import(libctx, params);
    assert_non_null(copy);
    assert_string_equal(attribute(copy, ONEM2M_PARAM_CUSTODY), "software");
    assert_int_equal(EVP_PKEY_eq(ke, copy), 1);
    derive_octets(libctx, ke, km[0]);
    derive_octets(libctx, copy, km[1]);
    assert_memory_equal(km[0], km[1], 32);
    assert_true(set_number(ke, ONEM2M_PARAM_EXTRACTABLE, 0));
    assert_int_equal(octets_of(ke, octets), 0);
    check_refused(ONEM2M_R_NOT_EXTRACTABLE, "extractable");
    EVP_PKEY_free(ke);
    EVP_PKEY_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(keys_are_made_of_keys),
        BOTH(a_child_has_no_more_than_its_parent),
        BOTH(wrong_generations_are_refused),
        BOTH(a_target_derives_of_a_registration),
        PLACE_TEST(generated_keys_are_in_the_token, lmdb),
        BOTH(generated_octets_may_leave),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
