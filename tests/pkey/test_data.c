/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys in and out: import, export, copies, and what is refused.
 */
#include <openssl/err.h>
#include "objects.h"

static void imported_key_has_its_attributes(void **state)
{
    EVP_PKEY *key = import_ke(libctx_of(state), 0, 0);
    int value = -1;

    assert_string_equal(attribute(key, ONEM2M_PARAM_KIND), "ke");
    assert_string_equal(attribute(key, ONEM2M_PARAM_KEY_ID), KE_ID);
    assert_string_equal(attribute(key, ONEM2M_PARAM_STATE), "active");
    assert_string_equal(attribute(key, ONEM2M_PARAM_NOT_AFTER), "");
    assert_true(EVP_PKEY_get_int_param(key, ONEM2M_PARAM_PROTECTION_LEVEL, &value));
    assert_int_equal(value, 1);
    assert_int_equal(EVP_PKEY_get_bits(key), 256);
    assert_int_equal(EVP_PKEY_get_security_bits(key), 256);
    assert_int_equal(EVP_PKEY_get_size(key), 64);
    assert_true(EVP_PKEY_is_a(key, ONEM2M_KEY_TYPE));
    check_quiet();
    EVP_PKEY_free(key);
}

static void octets_leave_when_extractable_only(void **state)
{
    EVP_PKEY *open = import_ke(libctx_of(state), 1, 0);
    EVP_PKEY *closed = import_ke(libctx_of(state), 0, 0);
    unsigned char octets[512];
    OSSL_PARAM *params = NULL;

    assert_int_equal(octets_of(open, octets), 32);
    assert_memory_equal(octets, octets_of_ke, 32);
    check_quiet();
    assert_int_equal(octets_of(closed, octets), 0);
    check_refused(ONEM2M_R_NOT_EXTRACTABLE, "extractable");
    assert_int_equal(EVP_PKEY_get_octet_string_param(closed, ONEM2M_PARAM_PRIV, octets, 512, NULL),
                     0);
    check_refused(ONEM2M_R_NOT_EXTRACTABLE, "priv");
    assert_true(EVP_PKEY_todata(closed, OSSL_KEYMGMT_SELECT_ALL_PARAMETERS, &params));
    assert_null(OSSL_PARAM_locate_const(params, ONEM2M_PARAM_PRIV));
    OSSL_PARAM_free(params);
    EVP_PKEY_free(open);
    EVP_PKEY_free(closed);
}

static void exported_key_can_be_imported(void **state)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KIND, "ke"),
                                  OCTETS(ONEM2M_PARAM_PRIV, octets_of_ke),
                                  TEXT(ONEM2M_PARAM_KEY_ID, KE_ID),
                                  number(ONEM2M_PARAM_EXTRACTABLE, 1),
                                  number(ONEM2M_PARAM_REGISTRATION, 0),
                                  TEXT(ONEM2M_PARAM_SOURCE_ID, "//sp.example.com/cse"),
                                  TEXT(ONEM2M_PARAM_NOT_AFTER, "20991231T235959"),
                                  TEXT(ONEM2M_PARAM_LABELS, "a b"),
                                  TEXT(ONEM2M_PARAM_PARENT_KEY_ID, ID("kpm1")),
                                  TEXT(ONEM2M_PARAM_PARENT_KIND, "kpm"),
                                  END };
    EVP_PKEY *key = import(libctx_of(state), params), *copy;
    OSSL_PARAM *exported = NULL;

    assert_non_null(key);
    assert_true(EVP_PKEY_todata(key, EVP_PKEY_KEYPAIR, &exported));
    copy = import(libctx_of(state), exported);
    assert_non_null(copy);
    assert_int_equal(EVP_PKEY_eq(key, copy), 1);
    assert_string_equal(attribute(copy, ONEM2M_PARAM_LABELS), "a b");
    assert_string_equal(attribute(copy, ONEM2M_PARAM_NOT_AFTER), "20991231T235959Z");
    assert_string_equal(attribute(copy, ONEM2M_PARAM_PARENT_KIND), "kpm");
    check_quiet();
    OSSL_PARAM_free(exported);
    EVP_PKEY_free(copy);
    EVP_PKEY_free(key);
}

static void a_copy_is_another_key(void **state)
{
    const OSSL_PARAM change[] = { TEXT(ONEM2M_PARAM_LABELS, "changed"), END };
    EVP_PKEY *key = import_ke(libctx_of(state), 0, 0);
    EVP_PKEY *copy = EVP_PKEY_dup(key);

    assert_non_null(copy);
    assert_int_equal(EVP_PKEY_eq(key, copy), 1);
    assert_true(EVP_PKEY_set_params(copy, (OSSL_PARAM *)(uintptr_t)change));
    assert_string_equal(attribute(copy, ONEM2M_PARAM_LABELS), "changed");
    assert_string_equal(attribute(key, ONEM2M_PARAM_LABELS), "");
    check_quiet();
    EVP_PKEY_free(key);
    assert_string_equal(attribute(copy, ONEM2M_PARAM_KIND), "ke");
    EVP_PKEY_free(copy);
}

static void bad_keys_are_refused(void **state)
{
    static const unsigned char short_ke[31] = { 1 };
    OSSL_LIB_CTX *libctx = libctx_of(state);
    const struct {
        OSSL_PARAM params[6];
        ONEM2M_REASON reason;
    } bad[] = {
        { { OCTETS(ONEM2M_PARAM_PRIV, octets_of_ke), STORED, END }, ONEM2M_R_MISSING_PARAMETER },
        { { TEXT(ONEM2M_PARAM_KIND, "ke"), STORED, END }, ONEM2M_R_MISSING_KEY },
        { { TEXT(ONEM2M_PARAM_KIND, "ke"), OCTETS(ONEM2M_PARAM_PRIV, short_ke), STORED, END },
          ONEM2M_R_BAD_KEY_LENGTH },
        { { KE, number(ONEM2M_PARAM_KIND, 2), STORED, END }, ONEM2M_R_WRONG_TYPE },
        { { KE, TEXT(ONEM2M_PARAM_EXTRACTABLE, "1"), STORED, END }, ONEM2M_R_WRONG_TYPE },
        { { KE, number(ONEM2M_PARAM_EXTRACTABLE, 2), STORED, END }, ONEM2M_R_BAD_ATTRIBUTE },
        { { KE, number(ONEM2M_PARAM_SUID, 21), STORED, END }, ONEM2M_R_BAD_SUID },
        { { KE, number(ONEM2M_PARAM_SUID, 20), STORED, END }, ONEM2M_R_BAD_SUID },
        { { KE, TEXT(ONEM2M_PARAM_NOT_AFTER, "20270230T000000"), STORED, END }, ONEM2M_R_BAD_TIME },
        { { KE, TEXT(ONEM2M_PARAM_STATE, "expired"), STORED, END }, ONEM2M_R_BAD_STATE },
        { { KE, TEXT(ONEM2M_PARAM_STATE, "destroyed"), STORED, END }, ONEM2M_R_BAD_STATE },
        { { KE, TEXT(ONEM2M_PARAM_KEY_ID, "a@b@" FQDN), STORED, END }, ONEM2M_R_BAD_FORM },
        { { KE, TEXT(ONEM2M_PARAM_PARENT_KEY_ID, ID("no")), STORED, END }, ONEM2M_R_KEY_NOT_FOUND },
        { { KE, number(ONEM2M_PARAM_REGISTRATION, 1), STORED, END }, ONEM2M_R_MISSING_PARAMETER },
    };
    EVP_PKEY *other = import_ke(libctx, 0, 1); /* makes the store */

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        print_message("bad key %zu\n", i);
        assert_null(import(libctx, bad[i].params));
        check_refused(bad[i].reason, NULL);
        assert_int_equal(count_names(libctx, "onem2m:"), 1);
        ERR_clear_error();
    }
    EVP_PKEY_free(other);
}

static void a_name_is_given_once(void **state)
{
    const OSSL_PARAM params[] = { KE, TEXT(ONEM2M_PARAM_KEY_ID, KE_ID), STORED, END };
    EVP_PKEY *ke = import_ke(libctx_of(state), 0, 1);

    assert_null(import(libctx_of(state), params));
    check_refused(ONEM2M_R_NAME_IN_USE, "key-id");
    EVP_PKEY_free(ke);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(imported_key_has_its_attributes),
        BOTH(octets_leave_when_extractable_only),
        BOTH(exported_key_can_be_imported),
        BOTH(a_copy_is_another_key),
        BOTH(bad_keys_are_refused),
        BOTH(a_name_is_given_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
