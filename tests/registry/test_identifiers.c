/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include "registry.h"

/* The names under which a MEF or MAF registers keys, and what it does not register. */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define RELATIVE_DIGITS 32

static int is_assigned(const char *key_id, const char *fqdn)
{
    for (size_t i = 0; i < RELATIVE_DIGITS; i++) {
        if (!isdigit((unsigned char)key_id[i]) && (key_id[i] < 'A' || key_id[i] > 'F'))
            return 0;
    }
    return key_id[RELATIVE_DIGITS] == '@' && strcmp(key_id + RELATIVE_DIGITS + 1, fqdn) == 0;
}

/* Of a key value that the request brings, and of one that is made here (8.3.5.2.7, 8.8.2.7). */
static void an_unused_identifier_is_assigned(void **state)
{
    const REGISTRY *registry = *state;
    const ROLE *role = registry->role;
    const ENTRY entries[] = {
        { .kind = "kc", .suid = role->saef, .source = SOURCE, .targets = TARGET },
        { .kind = "esprim", .suid = role->esprim, .source = SOURCE, .targets = TARGET },
        { .kind = "esdata", .suid = role->esdata_encrypt, .source = SOURCE, .targets = TARGET },
        { .kind = "esdata",
          .suid = role->esdata_sign,
          .source = SOURCE,
          .targets = TARGET " " OTHER " a.example.com" },
    };
    char names[2 * COUNT(entries)][NAME_SIZE];

    for (size_t i = 0; i < COUNT(names); i++) {
        EVP_PKEY *key = enter(registry, &entries[i / 2], (int)(i % 2)), *same;

        assert_non_null(key);
        check_quiet();
        name_of(key, names[i]);
        assert_true(is_assigned(names[i], role->fqdn));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(names[i], names[j]);
        same = load_key(registry->place.libctx, spelt("onem2m:%s", names[i]));
        assert_non_null(same);
        assert_string_equal(attribute(same, ONEM2M_PARAM_SOURCE_ID), SOURCE);
        assert_string_equal(attribute(same, ONEM2M_PARAM_TARGET_IDS), entries[i / 2].targets);
        EVP_PKEY_free(same);
        EVP_PKEY_free(key);
    }
    assert_int_equal(count_names(registry->place.libctx, "onem2m:"), COUNT(names));
    ERR_clear_error();
}

static void without_an_fqdn_none_is_assigned(void **state)
{
    ENTRY entry = { .kind = "kc", .suid = 32, .source = SOURCE, .targets = TARGET };
    REGISTRY nameless;

    (void)state;
    place_make_at(&nameless.place, "memory", NULL);
    for (int is_given = 0; is_given < 2; is_given++) {
        assert_null(enter(&nameless, &entry, is_given));
        check_refused(ONEM2M_R_MISSING_PARAMETER, "fqdn");
    }
    assert_int_equal(count_names(nameless.place.libctx, "onem2m:"), 0);
    entry.key_id = "kc1@maf.example.com";
    EVP_PKEY_free(must_enter(&nameless, &entry, (char[NAME_SIZE]){ "" }));
    place_remove(&nameless.place);
}

/* ---- KmID: TS-0003 10.6 ---- */

static const ENTRY km = { .kind = "km", .suid = 21, .is_own = 1 };

static void a_km_is_named_by_the_maf(void **state)
{
    const REGISTRY *registry = *state;
    OSSL_LIB_CTX *libctx = registry->place.libctx;
    const ENTRY ke = { .kind = "ke", .is_own = 1 };
    const OSSL_PARAM derivation[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_USAGE_KEY),
                                      number(ONEM2M_PARAM_SUID, 21),
                                      TEXT(ONEM2M_PARAM_TARGET_ID, registry->role->fqdn),
                                      number(ONEM2M_PARAM_STORE, 1), END };
    char first[NAME_SIZE], second[NAME_SIZE], ke_id[NAME_SIZE];
    EVP_PKEY *parent = must_enter(registry, &ke, ke_id);
    EVP_PKEY *one = must_enter(registry, &km, first);
    EVP_PKEY *derived = generate(libctx, parent, derivation);

    assert_non_null(derived);
    name_of(derived, second);
    assert_true(is_assigned(first, registry->role->fqdn));
    assert_true(is_assigned(second, registry->role->fqdn));
    assert_string_not_equal(first, second);
    assert_string_equal(attribute(derived, ONEM2M_PARAM_PARENT_KEY_ID), ke_id);
    EVP_PKEY_free(derived);
    EVP_PKEY_free(one);
    EVP_PKEY_free(parent);
}

static const char *const spellings[] = { "ALPHA-1.X_", "alpha-1.x_", "aLPHA-1.x_" };

static void km_ids_differ_by_more_than_case(void **state)
{
    const REGISTRY *registry = *state;
    const char *fqdn = registry->role->fqdn;
    ENTRY entry = km;
    char key_id[NAME_SIZE];
    EVP_PKEY *key;

    entry.key_id = spelt("Alpha-1.x_@%s", fqdn);
    key = must_enter(registry, &entry, key_id);
    for (size_t i = 0; i < COUNT(spellings); i++) {
        entry.key_id = spelt("%s@%s", spellings[i], fqdn);
        for (int is_given = 0; is_given < 2; is_given++) {
            assert_null(enter(registry, &entry, is_given));
            check_refused(ONEM2M_R_NAME_IN_USE, "key-id");
        }
    }
    /* Destroyed, it is given to nobody else. */
    assert_true(update(key, ONEM2M_PARAM_STATE, "destroyed", NULL));
    for (size_t i = 0; i < COUNT(spellings); i++) {
        entry.key_id = spelt("%s@%s", spellings[i], fqdn);
        assert_null(enter(registry, &entry, 1));
        check_refused(ONEM2M_R_NAME_IN_USE, "key-id");
    }
    EVP_PKEY_free(key);
    entry.key_id = spelt("Alpha-2@%s", fqdn);
    EVP_PKEY_free(must_enter(registry, &entry, key_id));
}

static void a_km_is_found_in_any_case(void **state)
{
    const REGISTRY *registry = *state;
    OSSL_LIB_CTX *libctx = registry->place.libctx;
    ENTRY entry = km;
    char key_id[NAME_SIZE];
    EVP_PKEY *key;

    entry.key_id = spelt("Alpha-1.x_@%s", registry->role->fqdn);
    EVP_PKEY_free(must_enter(registry, &entry, key_id));
    for (size_t i = 0; i < COUNT(spellings); i++) {
        key = load_key(libctx, spelt("onem2m:%s@%s", spellings[i], registry->role->fqdn));
        assert_non_null(key);
        assert_string_equal(attribute(key, ONEM2M_PARAM_KEY_ID), key_id);
        EVP_PKEY_free(key);
    }
}

/* Other relative parts keep their case: two names that differ in it are two keys. */
static void other_names_differ_by_case(void **state)
{
    const REGISTRY *registry = *state;
    ENTRY entry = { .kind = "kpsa", .suid = 12, .is_own = 1 };
    char key_id[NAME_SIZE];

    entry.key_id = spelt("Lamp@%s", registry->role->fqdn);
    EVP_PKEY_free(must_enter(registry, &entry, key_id));
    entry.key_id = spelt("lamp@%s", registry->role->fqdn);
    EVP_PKEY_free(must_enter(registry, &entry, key_id));
    assert_null(enter(registry, &entry, 1));
    check_refused(ONEM2M_R_NAME_IN_USE, "key-id");
    assert_null(load_key(registry->place.libctx, spelt("onem2m:LAMP@%s", registry->role->fqdn)));
    check_refused(ONEM2M_R_KEY_NOT_FOUND, NULL);
}

/* ---- What is not registered ---- */

#define HUNDRED                                                                                    \
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmn" \
    "opqrstuv"

static const struct {
    ENTRY entry;
    ONEM2M_REASON reason;
    const char *detail;
} refused[] = {
    { { .kind = "kc", .suid = 32, .targets = TARGET }, ONEM2M_R_MISSING_PARAMETER, "source-id" },
    { { .kind = "kc", .suid = 32, .source = SOURCE }, ONEM2M_R_BAD_TARGETS, "target-ids" },
    { { .kind = "kc", .suid = 32, .source = SOURCE, .targets = TARGET " " OTHER },
      ONEM2M_R_BAD_TARGETS,
      "target-ids" },
    { { .kind = "kpsa", .suid = 22, .source = SOURCE, .targets = TARGET " " OTHER },
      ONEM2M_R_BAD_TARGETS,
      "target-ids" },
    { { .kind = "km", .suid = 21, .source = SOURCE, .targets = TARGET " " OTHER },
      ONEM2M_R_BAD_TARGETS,
      "target-ids" },
    { { .kind = "esprim", .suid = 33, .source = SOURCE, .targets = TARGET " " OTHER },
      ONEM2M_R_BAD_TARGETS,
      "target-ids" },
    { { .kind = "esdata", .suid = 34, .source = SOURCE }, ONEM2M_R_BAD_TARGETS, "target-ids" },
    { { .kind = "esdata", .suid = 34, .source = SOURCE, .targets = TARGET " " TARGET },
      ONEM2M_R_BAD_TARGETS,
      "target-ids" },
    { { .kind = "esdata", .suid = 34, .source = SOURCE, .targets = "/relative" },
      ONEM2M_R_BAD_FORM,
      "target-ids" },
    { { .kind = "esdata", .suid = 34, .source = SOURCE, .targets = "Upper.example.com" },
      ONEM2M_R_UPPER_CASE,
      "target-ids" },
    { { .kind = "esdata", .suid = 34, .source = "a b", .targets = TARGET },
      ONEM2M_R_BAD_CHARACTER,
      "source-id" },
    { { .kind = "esdata", .suid = 34, .source = SOURCE, .targets = TARGET, .admin = SOURCE },
      ONEM2M_R_BAD_CHARACTER,
      "admin-fqdn" },
    { { .kind = "esdata", .suid = 31, .source = SOURCE, .targets = TARGET },
      ONEM2M_R_BAD_SUID,
      "suid" },
    { { .kind = "kc", .suid = 33, .source = SOURCE, .targets = TARGET },
      ONEM2M_R_BAD_SUID,
      "suid" },
    { { .kind = "kc", .suid = 32, .source = SOURCE, .targets = TARGET, .allowed_suids = "22" },
      ONEM2M_R_BAD_ATTRIBUTE,
      "allowed-suids" },
    { { .kind = "ke", .source = SOURCE, .targets = TARGET },
      ONEM2M_R_MISSING_PARAMETER,
      "allowed-suids" },
    { { .kind = "ke", .source = SOURCE, .targets = TARGET, .allowed_suids = "22 32" },
      ONEM2M_R_BAD_SUID,
      "allowed-suids" },
    { { .kind = "kpm", .suid = 10, .source = SOURCE, .targets = TARGET },
      ONEM2M_R_BAD_KIND,
      "kind" },
    { { .kind = "e2e-master", .source = SOURCE, .targets = TARGET }, ONEM2M_R_BAD_KIND, "kind" },
    { { .kind = "pairwise-e2e", .source = SOURCE, .targets = TARGET }, ONEM2M_R_BAD_KIND, "kind" },
    { { .kind = "half", .suid = 34, .source = SOURCE, .targets = TARGET },
      ONEM2M_R_BAD_KIND,
      "kind" },
    { { .kind = "kc",
        .suid = 32,
        .source = SOURCE,
        .targets = TARGET,
        .not_after = "20270230T000000" },
      ONEM2M_R_BAD_TIME,
      "not-after" },
    { { .kind = "kc", .suid = 32, .source = SOURCE, .targets = TARGET, .key_id = "a/b@c.example" },
      ONEM2M_R_BAD_CHARACTER,
      "key-id" },
    { { .kind = "kc", .suid = 32, .source = SOURCE, .targets = TARGET, .key_id = "a@b@c.example" },
      ONEM2M_R_BAD_FORM,
      "key-id" },
    { { .kind = "kc", .suid = 32, .source = SOURCE, .targets = TARGET, .key_id = "@c.example" },
      ONEM2M_R_EMPTY,
      "key-id" },
    { { .kind = "kc",
        .suid = 32,
        .source = SOURCE,
        .targets = TARGET,
        .key_id = HUNDRED HUNDRED HUNDRED "@c.example" },
      ONEM2M_R_NAME_TOO_LONG,
      "key-id" },
};

static void bad_registrations_change_nothing(void **state)
{
    const REGISTRY *registry = *state;

    for (size_t i = 0; i < 2 * COUNT(refused); i++) {
        print_message("registration %zu\n", i / 2);
        assert_null(enter(registry, &refused[i / 2].entry, (int)(i % 2)));
        check_refused(refused[i / 2].reason, refused[i / 2].detail);
    }
    assert_int_equal(count_names(registry->place.libctx, "onem2m:"), 0);
    ERR_clear_error();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEF(an_unused_identifier_is_assigned),
        MAF(an_unused_identifier_is_assigned),
        cmocka_unit_test(without_an_fqdn_none_is_assigned),
        MAF(a_km_is_named_by_the_maf),
        MAF(km_ids_differ_by_more_than_case),
        MEF(km_ids_differ_by_more_than_case),
        MAF(a_km_is_found_in_any_case),
        MEF(other_names_differ_by_case),
        MAF(other_names_differ_by_case),
        MEF(bad_registrations_change_nothing),
        MAF(bad_registrations_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
