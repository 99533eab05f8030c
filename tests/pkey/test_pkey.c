/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <pthread.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include "support.h"

#define STORED number(ONEM2M_PARAM_STORE, 1)

static OSSL_LIB_CTX *libctx_of(void **state)
{
    return ((PLACE *)*state)->libctx;
}

static EVP_PKEY *import_ke(OSSL_LIB_CTX *libctx, int extractable, int store)
{
    const OSSL_PARAM params[] = { KE, TEXT(ONEM2M_PARAM_KEY_ID, KE_ID),
                                  number(ONEM2M_PARAM_EXTRACTABLE, (unsigned int)extractable),
                                  number(ONEM2M_PARAM_STORE, (unsigned int)store), END };
    EVP_PKEY *key = import(libctx, params);

    assert_non_null(key);
    check_quiet();
    return key;
}

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

static int set_number(EVP_PKEY *key, const char *name, unsigned int value)
{
    const OSSL_PARAM params[] = { number(name, value), END };

    return EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)params);
}

static int number_of(EVP_PKEY *key, const char *name)
{
    int value = -1;

    assert_true(EVP_PKEY_get_int_param(key, name, &value));
    return value;
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

static void a_change_is_seen_in_another_context(void **state)
{
    const OSSL_PARAM revoke[] = { TEXT(ONEM2M_PARAM_STATE, "revoked"), END };
    OSSL_LIB_CTX *other = place_context(*state);
    EVP_PKEY *ke = import_ke(libctx_of(state), 1, 1);
    EVP_PKEY *same = load_key(other, "onem2m:" KE_ID);
    unsigned char octets[512];

    assert_non_null(same);
    assert_int_equal(octets_of(same, octets), 32);
    assert_true(EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)revoke));
    assert_int_equal(octets_of(same, octets), 0);
    check_refused(ONEM2M_R_REVOKED, "state");
    EVP_PKEY_free(same);
    EVP_PKEY_free(ke);
    OSSL_LIB_CTX_free(other);
}

static void a_child_process_uses_and_revokes(void **state)
{
    const OSSL_PARAM revoke[] = { TEXT(ONEM2M_PARAM_STATE, "revoked"), END };
    EVP_PKEY *ke = import_ke(libctx_of(state), 1, 1);
    unsigned char octets[512];
    int status = -1;
    pid_t child = fork();

    if (child == 0)
        _exit(octets_of(ke, octets) == 32 &&
                      EVP_PKEY_set_params(ke, (OSSL_PARAM *)(uintptr_t)revoke)
                  ? 0
                  : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(octets_of(ke, octets), 0);
    check_refused(ONEM2M_R_REVOKED, "state");
    EVP_PKEY_free(ke);
}

#define THREADS 4
#define ROUNDS 50

static void *change_and_read(void *argument)
{
    static const char *const labels[] = { "a", "b c" };
    EVP_PKEY *key = argument;
    size_t failed = 0;

    for (size_t i = 0; i < ROUNDS; i++) {
        const OSSL_PARAM change[] = { TEXT(ONEM2M_PARAM_LABELS, labels[i % 2]), END };
        char text[16] = "";

        failed += !EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)change);
        failed +=
            !EVP_PKEY_get_utf8_string_param(key, ONEM2M_PARAM_LABELS, text, sizeof(text), NULL);
        failed += strcmp(text, labels[0]) != 0 && strcmp(text, labels[1]) != 0;
    }
    return failed == 0 ? argument : NULL;
}

static void share_a_key(EVP_PKEY *ke)
{
    pthread_t threads[THREADS];
    void *result;

    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, change_and_read, ke), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_non_null(result);
    }
    EVP_PKEY_free(ke);
}

static void threads_share_a_key(void **state)
{
    share_a_key(import_ke(libctx_of(state), 0, 0));
}

static void threads_share_a_stored_key(void **state)
{
    share_a_key(import_ke(libctx_of(state), 0, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(imported_key_has_its_attributes),
        BOTH(octets_leave_when_extractable_only),
        BOTH(exported_key_can_be_imported),
        BOTH(a_copy_is_another_key),
        BOTH(stored_key_is_found_and_listed),
        BOTH(bad_uris_are_refused),
        BOTH(bad_keys_are_refused),
        BOTH(a_name_is_given_once),
        BOTH(keys_are_made_of_keys),
        BOTH(a_child_has_no_more_than_its_parent),
        BOTH(wrong_generations_are_refused),
        BOTH(attributes_change_as_policy_allows),
        BOTH(octets_are_turned_off_for_good),
        BOTH(children_lose_octets_too),
        BOTH(a_parent_that_is_not_stored_limits_too),
        BOTH(a_destroyed_key_is_gone),
        BOTH(a_registration_is_changed_by_its_source),
        BOTH(a_target_derives_of_a_registration),
        PLACE_TEST(a_change_is_seen_in_another_context, lmdb),
        PLACE_TEST(a_child_process_uses_and_revokes, lmdb),
        PLACE_TEST(threads_share_a_key, memory),
        BOTH(threads_share_a_stored_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
