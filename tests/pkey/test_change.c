/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys that are changed, and what was derived of them with them.
 */
#include <stdio.h>
#include <openssl/err.h>
#include "objects.h"

static void attributes_change_as_policy_allows(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    const OSSL_PARAM kind[] = { TEXT(ONEM2M_PARAM_KIND, "km"), END };
    const OSSL_PARAM good[] = { TEXT(ONEM2M_PARAM_LABELS, "x y"),
                                TEXT(ONEM2M_PARAM_STATE, "suspended"),
                                TEXT(ONEM2M_PARAM_NOT_AFTER, "20300101T000000"), END };
    const OSSL_PARAM revoke[] = { TEXT(ONEM2M_PARAM_STATE, "revoked"), END };
    const OSSL_PARAM unknown[] = { TEXT("nothing-of-ours", "x"), END };

    for (int stored = 0; stored < 2; stored++) {
        EVP_PKEY *ke = import_ke(libctx, 1, stored);
        unsigned char octets[512];

        assert_false(EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)kind));
        check_refused(ONEM2M_R_NOT_CHANGEABLE, ONEM2M_PARAM_KIND);
        assert_true(EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)unknown));
        assert_true(EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)good));
        check_quiet();
        assert_string_equal(attribute(ke, ONEM2M_PARAM_LABELS), "x y");
        assert_string_equal(attribute(ke, ONEM2M_PARAM_STATE), "suspended");
        assert_string_equal(attribute(ke, ONEM2M_PARAM_NOT_AFTER), "20300101T000000Z");
        assert_int_equal(octets_of(ke, octets), 0);
        check_refused(ONEM2M_R_SUSPENDED, "state");
        assert_true(EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)revoke));
        assert_false(EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)good));
        check_refused(ONEM2M_R_REVOKED, "state");
        EVP_PKEY_free(ke);
    }
}

/* Octets of a Km by EVP_PKEY_derive: 1 when they come. */
static int derives_octets(OSSL_LIB_CTX *libctx, EVP_PKEY *ke)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                                  TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"), END };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(libctx, ke, ONEM2M_PROPERTY_QUERY);
    unsigned char km[32];
    size_t length = sizeof(km);
    const int ok =
        EVP_PKEY_derive_init_ex(ctx, params) > 0 && EVP_PKEY_derive(ctx, km, &length) > 0;

    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static void octets_are_turned_off_for_good(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    unsigned char octets[512];

    for (int stored = 0; stored < 2; stored++) {
        EVP_PKEY *ke = import_ke(libctx, 1, stored);

        assert_true(set_number(ke, ONEM2M_PARAM_EXTRACTABLE, 1)); /* as it is */
        assert_true(derives_octets(libctx, ke));
        assert_false(set_number(ke, ONEM2M_PARAM_EXTRACTABLE, 2));
        check_refused(ONEM2M_R_BAD_ATTRIBUTE, ONEM2M_PARAM_EXTRACTABLE);
        assert_true(set_number(ke, ONEM2M_PARAM_EXTRACTABLE, 0));
        check_quiet();
        assert_int_equal(octets_of(ke, octets), 0);
        check_refused(ONEM2M_R_NOT_EXTRACTABLE, "extractable");
        assert_false(set_number(ke, ONEM2M_PARAM_EXTRACTABLE, 1));
        check_refused(ONEM2M_R_NOT_CHANGEABLE, "extractable: can be turned off");
        assert_int_equal(number_of(ke, ONEM2M_PARAM_EXTRACTABLE), 0);
        assert_int_equal(number_of(ke, ONEM2M_PARAM_DERIVE_OCTETS), 1);
        assert_true(derives_octets(libctx, ke));
        assert_true(set_number(ke, ONEM2M_PARAM_DERIVE_OCTETS, 0));
        check_quiet();
        assert_false(derives_octets(libctx, ke));
        check_refused(ONEM2M_R_DERIVE_OCTETS_OFF, "derive-octets");
        assert_false(set_number(ke, ONEM2M_PARAM_DERIVE_OCTETS, 1));
        check_refused(ONEM2M_R_NOT_CHANGEABLE, "derive-octets: can be turned off");
        assert_int_equal(number_of(ke, ONEM2M_PARAM_DERIVE_OCTETS), 0);
        EVP_PKEY_free(ke);
    }
}

/* What was derived before has no more than its parent has now, in the store or not. */
static void children_lose_octets_too(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                            TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"),
                            number(ONEM2M_PARAM_EXTRACTABLE, 1), number(ONEM2M_PARAM_STORE, 0),
                            END };
    EVP_PKEY *ke = import_ke(libctx, 1, 1), *held = generate(libctx, ke, params), *stored;
    unsigned char octets[512];

    params[3] = number(ONEM2M_PARAM_STORE, 1);
    stored = generate(libctx, ke, params);
    assert_int_equal(octets_of(held, octets), 32);
    assert_int_equal(octets_of(stored, octets), 32);
    assert_true(set_number(ke, ONEM2M_PARAM_EXTRACTABLE, 0));
    check_quiet();
    assert_int_equal(octets_of(held, octets), 0);
    check_refused(ONEM2M_R_NOT_EXTRACTABLE, "extractable");
    assert_int_equal(octets_of(stored, octets), 0);
    check_refused(ONEM2M_R_NOT_EXTRACTABLE, "extractable");
    assert_int_equal(number_of(stored, ONEM2M_PARAM_DERIVE_OCTETS), 1);
    assert_true(set_number(ke, ONEM2M_PARAM_DERIVE_OCTETS, 0));
    assert_int_equal(number_of(held, ONEM2M_PARAM_DERIVE_OCTETS), 0);
    assert_int_equal(number_of(stored, ONEM2M_PARAM_DERIVE_OCTETS), 0);
    EVP_PKEY_free(stored);
    EVP_PKEY_free(held);
    EVP_PKEY_free(ke);
}

static const char *end_of(EVP_PKEY *key)
{
    return attribute(key, ONEM2M_PARAM_NOT_AFTER);
}

/* Neither a parent that is not stored nor one that the application has freed is outlived. */
static void a_parent_that_is_not_stored_limits_too(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    const OSSL_PARAM to_km[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                                 TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com"),
                                 number(ONEM2M_PARAM_EXTRACTABLE, 1), END };
    const OSSL_PARAM to_master[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_E2E_KEY),
                                     TEXT(ONEM2M_PARAM_PURPOSE, ONEM2M_PURPOSE_MASTER),
                                     number(ONEM2M_PARAM_EXTRACTABLE, 1), END };
    EVP_PKEY *ke = import_ke(libctx, 1, 0), *km = generate(libctx, ke, to_km);
    EVP_PKEY *master = generate(libctx, km, to_master), *copy;
    unsigned char octets[512];

    assert_true(EVP_PKEY_set_utf8_string_param(ke, ONEM2M_PARAM_NOT_AFTER, "20500101T000000Z"));
    assert_string_equal(end_of(km), "20500101T000000Z");
    assert_string_equal(end_of(master), "20500101T000000Z");
    assert_true(EVP_PKEY_set_utf8_string_param(km, ONEM2M_PARAM_NOT_AFTER, "20450101T000000Z"));
    assert_false(EVP_PKEY_set_utf8_string_param(km, ONEM2M_PARAM_NOT_AFTER, "20550101T000000Z"));
    check_refused(ONEM2M_R_OUTLIVES_PARENT, "not-after");
    EVP_PKEY_free(km);
    assert_string_equal(end_of(master), "20450101T000000Z");
    copy = EVP_PKEY_dup(master);
    assert_int_equal(octets_of(copy, octets), 32);
    assert_true(set_number(ke, ONEM2M_PARAM_EXTRACTABLE, 0));
    assert_int_equal(octets_of(master, octets), 0);
    check_refused(ONEM2M_R_NOT_EXTRACTABLE, "extractable");
    assert_true(EVP_PKEY_set_utf8_string_param(ke, ONEM2M_PARAM_NOT_AFTER, "20200101T000000Z"));
    EVP_PKEY_free(ke);
    assert_string_equal(attribute(master, ONEM2M_PARAM_STATE), "expired");
    EVP_PKEY_free(master);
    assert_string_equal(attribute(copy, ONEM2M_PARAM_STATE), "expired");
    EVP_PKEY_free(copy);
    check_quiet();
}

static void a_destroyed_key_is_gone(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    const OSSL_PARAM destroy[] = { TEXT(ONEM2M_PARAM_STATE, "destroyed"), END };
    EVP_PKEY *ke = import_ke(libctx, 1, 1), *held = import_ke(libctx, 1, 0);
    unsigned char octets[512];

    assert_true(EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)destroy));
    assert_int_equal(octets_of(ke, octets), 0);
    check_refused(ONEM2M_R_DESTROYED, "state");
    assert_null(load_key(libctx, "onem2m:" KE_ID));
    check_refused(ONEM2M_R_DESTROYED, "state");
    assert_int_equal(count_names(libctx, "onem2m:"), 0);
    ERR_clear_error();
    assert_false(EVP_PKEY_set_params(held, (OSSL_PARAM *)(uintptr_t)destroy));
    check_refused(ONEM2M_R_BAD_STATE, "state");
    EVP_PKEY_free(held);
    EVP_PKEY_free(ke);
}

static EVP_PKEY *register_key(OSSL_LIB_CTX *libctx)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KIND, "kc"),
                                  number(ONEM2M_PARAM_SUID, 32),
                                  number(ONEM2M_PARAM_REGISTRATION, 1),
                                  TEXT(ONEM2M_PARAM_SOURCE_ID, "//sp.example.com/a"),
                                  TEXT(ONEM2M_PARAM_TARGET_IDS, "//sp.example.com/b"),
                                  STORED,
                                  END };

    return generate(libctx, NULL, params);
}

static void a_registration_is_changed_by_its_source(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    const OSSL_PARAM change[] = { TEXT(ONEM2M_PARAM_LABELS, "x"), END };
    const OSSL_PARAM by_b[] = { change[0], TEXT(ONEM2M_PARAM_REQUESTER, "//sp.example.com/b"),
                                END };
    const OSSL_PARAM by_a[] = { change[0], TEXT(ONEM2M_PARAM_REQUESTER, "//sp.example.com/a"),
                                END };
    EVP_PKEY *key = register_key(libctx), *of_a;
    char uri[600];

    assert_non_null(key);
    assert_false(EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)change));
    check_refused(ONEM2M_R_REQUESTER_MISSING, "requester");
    assert_false(EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)by_b));
    check_refused(ONEM2M_R_NOT_THE_SOURCE, "requester");
    assert_true(EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)by_a));
    snprintf(uri, sizeof(uri), "onem2m:%s?requester=%%2F%%2Fsp.example.com%%2Fa",
             attribute(key, ONEM2M_PARAM_KEY_ID));
    of_a = load_key(libctx, uri);
    assert_non_null(of_a);
    assert_true(EVP_PKEY_set_params(of_a, (OSSL_PARAM *)(uintptr_t)change));
    check_quiet();
    EVP_PKEY_free(of_a);
    EVP_PKEY_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(attributes_change_as_policy_allows),
        BOTH(octets_are_turned_off_for_good),
        BOTH(children_lose_octets_too),
        BOTH(a_parent_that_is_not_stored_limits_too),
        BOTH(a_destroyed_key_is_gone),
        BOTH(a_registration_is_changed_by_its_source),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
