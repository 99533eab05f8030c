/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include "registry.h"

/* Who may retrieve, update and de-register a key that a MEF or MAF holds, and who not. */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static ENTRY saef_entry(const REGISTRY *registry)
{
    return (ENTRY){ .kind = "kc",
                    .suid = registry->role->saef,
                    .source = SOURCE,
                    .targets = TARGET,
                    .admin = ADMIN };
}

static ENTRY esdata_entry(const REGISTRY *registry)
{
    return (ENTRY){ .kind = "esdata",
                    .suid = registry->role->esdata_sign,
                    .source = SOURCE,
                    .targets = TARGET " " OTHER " c.example.com",
                    .admin = ADMIN };
}

/* Those who are authenticated and may not, and identities that nobody can have. */
typedef struct {
    const char *requester;
    ONEM2M_REASON reason;
} STRANGER;

static const STRANGER no_targets[] = {
    { NULL, ONEM2M_R_REQUESTER_MISSING },
    { "", ONEM2M_R_EMPTY },
    { SOURCE, ONEM2M_R_NOT_A_TARGET },
    { ADMIN, ONEM2M_R_NOT_A_TARGET },
    { "//sp.example.com/Target", ONEM2M_R_NOT_A_TARGET },
    { "//sp.example.com/TARGET", ONEM2M_R_NOT_A_TARGET },
    { "//sp.example.com/targe", ONEM2M_R_NOT_A_TARGET },
    { "//sp.example.com/target2", ONEM2M_R_NOT_A_TARGET },
    { "//other.example.com/target", ONEM2M_R_NOT_A_TARGET },
    { "sp.example.com", ONEM2M_R_NOT_A_TARGET },
    { "//SP.example.com/target", ONEM2M_R_UPPER_CASE },
    { "/target", ONEM2M_R_NOT_A_TARGET },
};

static const STRANGER no_sources[] = {
    { NULL, ONEM2M_R_REQUESTER_MISSING },
    { "", ONEM2M_R_EMPTY },
    { TARGET, ONEM2M_R_NOT_THE_SOURCE },
    { OTHER, ONEM2M_R_NOT_THE_SOURCE },
    { "//sp.example.com/SOURCE", ONEM2M_R_NOT_THE_SOURCE },
    { "//sp.example.com/Source", ONEM2M_R_NOT_THE_SOURCE },
    { "example.com", ONEM2M_R_NOT_THE_SOURCE },
    { "Admin.example.com", ONEM2M_R_UPPER_CASE },
};

static void must_retrieve(const REGISTRY *registry, const char *key_id, const char *requester)
{
    unsigned char octets[32];

    assert_true(retrieve(registry, key_id, requester, 0, octets));
    assert_memory_equal(octets, given_octets, 32);
    check_quiet();
}

static void must_not_retrieve(const REGISTRY *registry, const char *key_id, const char *requester,
                              ONEM2M_REASON reason)
{
    static const unsigned char nothing[32];
    unsigned char octets[32];

    assert_false(retrieve(registry, key_id, requester, 0, octets));
    check_refused(reason, NULL);
    assert_memory_equal(octets, nothing, 32);
}

static void targets_retrieve_and_nobody_else(void **state)
{
    const REGISTRY *registry = *state;
    const ENTRY saef = saef_entry(registry), esdata = esdata_entry(registry);
    char kc[NAME_SIZE], data[NAME_SIZE];

    EVP_PKEY_free(must_enter(registry, &saef, kc));
    EVP_PKEY_free(must_enter(registry, &esdata, data));
    must_retrieve(registry, kc, TARGET);
    must_retrieve(registry, data, TARGET);
    must_retrieve(registry, data, OTHER);
    must_retrieve(registry, data, "c.example.com");
    must_not_retrieve(registry, kc, OTHER, ONEM2M_R_NOT_A_TARGET);
    for (size_t i = 0; i < COUNT(no_targets); i++) {
        print_message("%s\n", no_targets[i].requester != NULL ? no_targets[i].requester : "nobody");
        must_not_retrieve(registry, kc, no_targets[i].requester, no_targets[i].reason);
        must_not_retrieve(registry, data, no_targets[i].requester, no_targets[i].reason);
    }
    must_not_retrieve(registry, spelt("kc1@%s", registry->role->fqdn), TARGET,
                      ONEM2M_R_KEY_NOT_FOUND);
}

/* The SUID that limits the key is the one it was registered with. */
static void the_suid_is_that_of_the_registration(void **state)
{
    const REGISTRY *registry = *state;
    const ENTRY saef = saef_entry(registry);
    unsigned char octets[32];
    char kc[NAME_SIZE];

    EVP_PKEY_free(must_enter(registry, &saef, kc));
    assert_true(retrieve(registry, kc, TARGET, registry->role->saef, octets));
    assert_false(retrieve(registry, kc, TARGET, registry->role->esprim, octets));
    check_refused(ONEM2M_R_BAD_SUID, "suid");
}

static void states_and_expiry_end_retrieval(void **state)
{
    static const struct {
        const char *name, *value;
        ONEM2M_REASON reason;
    } ends[] = {
        { ONEM2M_PARAM_STATE, "suspended", ONEM2M_R_SUSPENDED },
        { ONEM2M_PARAM_STATE, "revoked", ONEM2M_R_REVOKED },
        { ONEM2M_PARAM_STATE, "destroyed", ONEM2M_R_DESTROYED },
        { ONEM2M_PARAM_NOT_AFTER, "20200101T000000", ONEM2M_R_EXPIRED },
    };
    const REGISTRY *registry = *state;
    const ENTRY saef = saef_entry(registry);
    char kc[NAME_SIZE];

    for (size_t i = 0; i < COUNT(ends); i++) {
        EVP_PKEY *key = must_enter(registry, &saef, kc);

        must_retrieve(registry, kc, TARGET);
        assert_true(update(key, ends[i].name, ends[i].value, SOURCE));
        must_not_retrieve(registry, kc, TARGET, ends[i].reason);
        EVP_PKEY_free(key);
    }
}

/* By the source, and by the administrating FQDN (8.3.5.2.9, 8.8.2.9); requesters change nothing. */
static void source_and_administrator_update(void **state)
{
    static const char *const allowed[] = { SOURCE, ADMIN };
    const REGISTRY *registry = *state;
    const ENTRY esdata = esdata_entry(registry);
    char data[NAME_SIZE];

    for (size_t i = 0; i < COUNT(allowed); i++) {
        EVP_PKEY *key = must_enter(registry, &esdata, data);

        for (size_t j = 0; j < COUNT(no_sources); j++) {
            assert_false(update(key, ONEM2M_PARAM_LABELS, "stranger", no_sources[j].requester));
            check_refused(no_sources[j].reason, "requester");
            assert_false(update(key, ONEM2M_PARAM_TARGET_IDS, OTHER, no_sources[j].requester));
            check_refused(no_sources[j].reason, "requester");
        }
        assert_string_equal(attribute(key, ONEM2M_PARAM_LABELS), "");
        must_retrieve(registry, data, TARGET);
        assert_true(update(key, ONEM2M_PARAM_LABELS, "lamps hall", allowed[i]));
        assert_true(update(key, ONEM2M_PARAM_NOT_AFTER, "20991231T235959", allowed[i]));
        assert_true(update(key, ONEM2M_PARAM_TARGET_IDS, OTHER " d.example.com", allowed[i]));
        check_quiet();
        assert_string_equal(attribute(key, ONEM2M_PARAM_LABELS), "lamps hall");
        assert_string_equal(attribute(key, ONEM2M_PARAM_NOT_AFTER), "20991231T235959Z");
        must_not_retrieve(registry, data, TARGET, ONEM2M_R_NOT_A_TARGET);
        must_retrieve(registry, data, OTHER);
        must_retrieve(registry, data, "d.example.com");
        EVP_PKEY_free(key);
    }
}

static void bad_updates_change_nothing(void **state)
{
    static const struct {
        const char *name, *value;
        ONEM2M_REASON reason;
    } bad[] = {
        { ONEM2M_PARAM_TARGET_IDS, "", ONEM2M_R_BAD_TARGETS },
        { ONEM2M_PARAM_TARGET_IDS, TARGET " " OTHER, ONEM2M_R_BAD_TARGETS },
        { ONEM2M_PARAM_TARGET_IDS, "/relative", ONEM2M_R_BAD_FORM },
        { ONEM2M_PARAM_NOT_AFTER, "20270230T000000", ONEM2M_R_BAD_TIME },
        { ONEM2M_PARAM_STATE, "expired", ONEM2M_R_BAD_STATE },
        { ONEM2M_PARAM_SOURCE_ID, OTHER, ONEM2M_R_NOT_CHANGEABLE },
        { ONEM2M_PARAM_ADMIN_FQDN, "b.example.com", ONEM2M_R_NOT_CHANGEABLE },
        { ONEM2M_PARAM_KEY_ID, "kc1@maf.example.com", ONEM2M_R_NOT_CHANGEABLE },
        { ONEM2M_PARAM_KIND, "kpsa", ONEM2M_R_NOT_CHANGEABLE },
    };
    const REGISTRY *registry = *state;
    const ENTRY saef = saef_entry(registry);
    char kc[NAME_SIZE];
    EVP_PKEY *key = must_enter(registry, &saef, kc);

    for (size_t i = 0; i < COUNT(bad); i++) {
        print_message("%s = %s\n", bad[i].name, bad[i].value);
        assert_false(update(key, bad[i].name, bad[i].value, SOURCE));
        check_refused(bad[i].reason, bad[i].name);
    }
    must_retrieve(registry, kc, TARGET);
    assert_string_equal(attribute(key, ONEM2M_PARAM_SOURCE_ID), SOURCE);
    /* "The key registration is not expired" (8.3.5.2.9, 8.8.2.9). */
    assert_true(update(key, ONEM2M_PARAM_NOT_AFTER, "20200101T000000", SOURCE));
    assert_false(update(key, ONEM2M_PARAM_NOT_AFTER, "20991231T235959", SOURCE));
    check_refused(ONEM2M_R_EXPIRED, "not-after");
    EVP_PKEY_free(key);
}

/* Leaves a name that nobody gets again (8.3.5.2.10, 8.8.2.10). */
static void deregistration_leaves_a_tombstone(void **state)
{
    static const char *const allowed[] = { SOURCE, ADMIN };
    const REGISTRY *registry = *state;
    OSSL_LIB_CTX *libctx = registry->place.libctx;
    ENTRY saef = saef_entry(registry);
    char kc[NAME_SIZE];

    for (size_t i = 0; i < COUNT(allowed); i++) {
        EVP_PKEY *key = must_enter(registry, &saef, kc);

        for (size_t j = 0; j < COUNT(no_sources); j++) {
            assert_false(update(key, ONEM2M_PARAM_STATE, "destroyed", no_sources[j].requester));
            check_refused(no_sources[j].reason, "requester");
        }
        must_retrieve(registry, kc, TARGET);
        assert_true(update(key, ONEM2M_PARAM_STATE, "destroyed", allowed[i]));
        check_quiet();
        assert_false(update(key, ONEM2M_PARAM_LABELS, "x", allowed[i]));
        check_refused(ONEM2M_R_DESTROYED, "state");
        must_not_retrieve(registry, kc, TARGET, ONEM2M_R_DESTROYED);
        assert_null(load_key(libctx, spelt("onem2m:%s?requester=%s", kc, ADMIN)));
        check_refused(ONEM2M_R_DESTROYED, "state");
        assert_int_equal(count_names(libctx, "onem2m:"), 0);
        ERR_clear_error();
        saef.key_id = kc;
        assert_null(enter(registry, &saef, 1));
        check_refused(ONEM2M_R_NAME_IN_USE, "key-id");
        saef.key_id = NULL;
        EVP_PKEY_free(key);
    }
}

/* An object that was loaded for somebody acts in that name, and no other call of it has to. */
static void an_object_is_of_its_requester(void **state)
{
    const REGISTRY *registry = *state;
    OSSL_LIB_CTX *libctx = registry->place.libctx;
    const ENTRY saef = saef_entry(registry);
    EVP_PKEY *of_target, *of_source;
    char kc[NAME_SIZE];

    EVP_PKEY_free(must_enter(registry, &saef, kc));
    of_target = load_key(libctx, spelt("onem2m:%s?requester=%s", kc, TARGET));
    of_source = load_key(libctx, spelt("onem2m:%s?requester=%s", kc, SOURCE));
    assert_non_null(of_target);
    assert_non_null(of_source);
    assert_false(update(of_target, ONEM2M_PARAM_LABELS, "x", NULL));
    check_refused(ONEM2M_R_NOT_THE_SOURCE, "requester");
    assert_true(update(of_source, ONEM2M_PARAM_LABELS, "x", NULL));
    assert_string_equal(attribute(of_target, ONEM2M_PARAM_LABELS), "x");
    assert_null(load_key(libctx, spelt("onem2m:%s?requester=%s", kc, "//SP.example.com/target")));
    check_refused(ONEM2M_R_UPPER_CASE, NULL);
    EVP_PKEY_free(of_source);
    EVP_PKEY_free(of_target);
}

static int psk(const REGISTRY *registry, const char *key_id, unsigned char octets[32])
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KEY_ID, key_id),
                                  TEXT(ONEM2M_PARAM_USAGE, "saef"), END };
    EVP_KDF *kdf = EVP_KDF_fetch(registry->place.libctx, ONEM2M_KDF_PSK, ONEM2M_PROPERTY_QUERY);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    const int ok = EVP_KDF_derive(ctx, octets, 32, params) > 0;

    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok;
}

static int makes_mic(const REGISTRY *registry, EVP_PKEY *key)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const int ok = EVP_DigestSignInit_ex(ctx, NULL, NULL, registry->place.libctx,
                                         ONEM2M_PROPERTY_QUERY, key, NULL) > 0;

    EVP_MD_CTX_free(ctx);
    return ok;
}

/* What is held for others serves no use of this entity's own, whatever it says of itself. */
static void a_registration_is_no_own_key(void **state)
{
    const REGISTRY *registry = *state;
    ENTRY saef = saef_entry(registry), esdata = esdata_entry(registry);
    unsigned char octets[512];
    char kc[NAME_SIZE], data[NAME_SIZE];
    EVP_PKEY *key, *of_target;

    saef.is_extractable = esdata.is_extractable = 1;
    EVP_PKEY_free(must_enter(registry, &saef, kc));
    key = must_enter(registry, &esdata, data);
    of_target = load_key(registry->place.libctx, spelt("onem2m:%s?requester=%s", data, TARGET));
    assert_non_null(of_target);
    assert_false(psk(registry, kc, octets));
    check_refused(ONEM2M_R_REGISTRATION, "registration");
    assert_int_equal(octets_of(key, octets), 0);
    check_refused(ONEM2M_R_REGISTRATION, "registration");
    assert_int_equal(octets_of(of_target, octets), 0);
    check_refused(ONEM2M_R_REGISTRATION, "registration");
    assert_false(makes_mic(registry, key));
    check_refused(ONEM2M_R_REGISTRATION, "registration");
    assert_false(makes_mic(registry, of_target));
    check_refused(ONEM2M_R_REGISTRATION, "registration");
    EVP_PKEY_free(of_target);
    EVP_PKEY_free(key);
}

static void an_own_key_is_not_retrieved(void **state)
{
    const REGISTRY *registry = *state;
    const ENTRY own = { .kind = "kpsa", .suid = 12, .is_own = 1, .is_extractable = 1 };
    char key_id[NAME_SIZE];

    EVP_PKEY_free(must_enter(registry, &own, key_id));
    must_not_retrieve(registry, key_id, TARGET, ONEM2M_R_REGISTRATION);
    must_not_retrieve(registry, key_id, registry->role->fqdn, ONEM2M_R_REGISTRATION);
}

/* ---- An Enrolment Key that the MEF holds: derived for a target (8.3.2.1, 10.3.7) ---- */

static int fetch(const REGISTRY *registry, const char *key_id, const char *requester,
                 const char *target, unsigned int suid)
{
    OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KEY_ID, key_id), TEXT(ONEM2M_PARAM_TARGET_ID, target),
                            number(ONEM2M_PARAM_SUID, suid), END, END };
    EVP_KDF *kdf =
        EVP_KDF_fetch(registry->place.libctx, ONEM2M_KDF_USAGE_KEY, ONEM2M_PROPERTY_QUERY);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    unsigned char octets[32];
    int ok;

    if (requester != NULL)
        params[3] = TEXT(ONEM2M_PARAM_REQUESTER, requester);
    ok = EVP_KDF_derive(ctx, octets, sizeof(octets), params) > 0;
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok;
}

static void a_ke_serves_targets_and_suids(void **state)
{
    static const struct {
        const char *requester, *target;
        unsigned int suid;
        ONEM2M_REASON reason;
    } refused[] = {
        { NULL, "maf.example.com", 21, ONEM2M_R_REQUESTER_MISSING },
        { SOURCE, "maf.example.com", 21, ONEM2M_R_NOT_A_TARGET },
        { ADMIN, "maf.example.com", 21, ONEM2M_R_NOT_A_TARGET },
        { "maf2.example.com", "maf.example.com", 21, ONEM2M_R_NOT_A_TARGET },
        { "MAF.example.com", "maf.example.com", 21, ONEM2M_R_UPPER_CASE },
        { "maf.example.com", "t.example.com", 21, ONEM2M_R_NOT_A_TARGET },
        { TARGET, "maf.example.com", 22, ONEM2M_R_NOT_A_TARGET },
        { "//sp.example.com/TARGET", "t.example.com", 22, ONEM2M_R_NOT_A_TARGET },
        { OTHER, "t.example.com", 22, ONEM2M_R_NOT_A_TARGET },
        { TARGET, "t.example.com", 23, ONEM2M_R_SUID_NOT_ALLOWED },
    };
    const REGISTRY *registry = *state;
    const ENTRY ke = { .kind = "ke",
                       .source = SOURCE,
                       .targets = "maf.example.com " TARGET "=t.example.com " OTHER,
                       .allowed_suids = "21 22",
                       .admin = ADMIN };
    char ke_id[NAME_SIZE];

    EVP_PKEY_free(must_enter(registry, &ke, ke_id));
    assert_true(fetch(registry, ke_id, "maf.example.com", "maf.example.com", 21));
    assert_true(fetch(registry, ke_id, TARGET, "t.example.com", 22));
    check_quiet();
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("%zu\n", i);
        assert_false(
            fetch(registry, ke_id, refused[i].requester, refused[i].target, refused[i].suid));
        check_refused(refused[i].reason, NULL);
    }
    /* Ke itself goes to nobody. */
    must_not_retrieve(registry, ke_id, "maf.example.com", ONEM2M_R_KEY_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MEF(targets_retrieve_and_nobody_else),     MAF(targets_retrieve_and_nobody_else),
        MEF(the_suid_is_that_of_the_registration), MAF(the_suid_is_that_of_the_registration),
        MEF(states_and_expiry_end_retrieval),      MAF(states_and_expiry_end_retrieval),
        MEF(source_and_administrator_update),      MAF(source_and_administrator_update),
        MEF(bad_updates_change_nothing),           MAF(bad_updates_change_nothing),
        MEF(deregistration_leaves_a_tombstone),    MAF(deregistration_leaves_a_tombstone),
        MEF(an_object_is_of_its_requester),        MAF(an_object_is_of_its_requester),
        MEF(a_registration_is_no_own_key),         MAF(a_registration_is_no_own_key),
        MEF(an_own_key_is_not_retrieved),          MAF(an_own_key_is_not_retrieved),
        MEF(a_ke_serves_targets_and_suids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
