/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys of the store by their URIs.
 */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include "objects.h"

static void stored_key_is_found_and_listed(void **state)
{
    OSSL_LIB_CTX *libctx = libctx_of(state);
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KIND, "km"), number(ONEM2M_PARAM_SUID, 11),
                                  TEXT(ONEM2M_PARAM_LABELS, "one two"), STORED, END };
    EVP_PKEY *ke = import_ke(libctx, 0, 1), *found;
    EVP_PKEY *km = generate(libctx, NULL, params);
    char uri[600];

    assert_non_null(km);
    check_quiet();
    assert_string_equal(strchr(attribute(km, ONEM2M_PARAM_KEY_ID), '@'), "@" FQDN);
    snprintf(uri, sizeof(uri), "onem2m:%s?usage=maf", attribute(km, ONEM2M_PARAM_KEY_ID));
    found = load_key(libctx, uri);
    assert_non_null(found);
    assert_int_equal(EVP_PKEY_eq(found, km), 1);
    assert_int_equal(EVP_PKEY_eq(found, ke), 0);
    EVP_PKEY_free(found);
    found = load_key(libctx, "onem2m:00112233445566778899aabbccddeeff%40MEF.example.com?kind=ke");
    assert_non_null(found);
    assert_int_equal(EVP_PKEY_eq(found, ke), 1);
    check_quiet();
    assert_int_equal(count_names(libctx, "onem2m:"), 2);
    assert_int_equal(count_names(libctx, "onem2m:?suid=11"), 1);
    assert_int_equal(count_names(libctx, "onem2m:?suid=21"), 0);
    assert_int_equal(count_names(libctx, "onem2m:?kind=ke"), 1);
    assert_int_equal(count_names(libctx, "onem2m:?label=two&kind=km"), 1);
    assert_int_equal(count_names(libctx, "onem2m:?label=tw"), 0);
    ERR_clear_error();
    EVP_PKEY_free(found);
    EVP_PKEY_free(ke);
    EVP_PKEY_free(km);
}

static void bad_uris_are_refused(void **state)
{
    static const struct {
        const char *uri;
        ONEM2M_REASON reason;
    } bad[] = {
        { "onem2m:nobody@mef.example.com", ONEM2M_R_KEY_NOT_FOUND },
        { "onem2m:" KE_ID "?colour=red", ONEM2M_R_BAD_FORM },
        { "onem2m:" KE_ID "?suid=21", ONEM2M_R_BAD_FORM },
        { "onem2m:" KE_ID "?kind=ke&kind=ke", ONEM2M_R_BAD_FORM },
        { "onem2m:" KE_ID "?kind=", ONEM2M_R_BAD_FORM },
        { "onem2m:" KE_ID "?", ONEM2M_R_BAD_FORM },
        { "onem2m:" KE_ID "#x", ONEM2M_R_BAD_FORM },
        { "onem2m:%", ONEM2M_R_BAD_FORM },
        { "onem2m:%4", ONEM2M_R_BAD_FORM },
        { "onem2m:%zz", ONEM2M_R_BAD_FORM },
        { "onem2m:%00", ONEM2M_R_BAD_FORM },
        { "onem2m:" KE_ID "?kind=kx", ONEM2M_R_BAD_KIND },
        { "onem2m:?suid=20", ONEM2M_R_BAD_SUID },
        { "onem2m:?suid=021", ONEM2M_R_BAD_SUID },
        { "onem2m:?requester=a.example.com", ONEM2M_R_BAD_FORM },
        { "onem2m:" KE_ID "?usage=maf", ONEM2M_R_NOT_ALLOWED_BY_USAGE },
        { "onem2m:" KE_ID "?kind=km", ONEM2M_R_KEY_NOT_FOUND },
    };
    EVP_PKEY *ke = import_ke(libctx_of(state), 0, 1);

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        print_message("%s\n", bad[i].uri);
        assert_null(load_key(libctx_of(state), bad[i].uri));
        check_refused(bad[i].reason, NULL);
    }
    EVP_PKEY_free(ke);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(stored_key_is_found_and_listed),
        BOTH(bad_uris_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
