/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_fixture.h"

/*
 * A look-up that finds nothing takes the path of one that is refused (RFC 4279
 * 7.2). The linker puts the counters here before the functions that are
 * counted.
 */

#define NOBODY_ID "nobody@mef.example.com"

static unsigned int opened, contexts;

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
int __real_EVP_DecryptFinal_ex(EVP_CIPHER_CTX *context, unsigned char *out, int *length);
int __wrap_EVP_DecryptFinal_ex(EVP_CIPHER_CTX *context, unsigned char *out, int *length);
EVP_CIPHER_CTX *__real_EVP_CIPHER_CTX_new(void);
EVP_CIPHER_CTX *__wrap_EVP_CIPHER_CTX_new(void);

/* Records that open; one that does not is no decoy. */
int __wrap_EVP_DecryptFinal_ex(EVP_CIPHER_CTX *context, unsigned char *out, int *length)
{
    const int ok = __real_EVP_DecryptFinal_ex(context, out, length);

    opened += ok ? 1 : 100;
    return ok;
}

/* Two when a reader is keyed. */
EVP_CIPHER_CTX *__wrap_EVP_CIPHER_CTX_new(void)
{
    contexts++;
    return __real_EVP_CIPHER_CTX_new();
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

/* A server's policy, that refuses the key it is shown. */
static int refuse_key(void *argument, const ONEM2M_ATTRIBUTES *a, const ONEM2M_MATERIAL *material,
                      ONEM2M_ERROR *error)
{
    const ONEM2M_USE use = { .kind = ONEM2M_USE_PSK, .usage = ONEM2M_USAGE_MAF, .now = NOW };

    (void)argument;
    (void)material;
    return onem2m_policy_allows(a, &use, error);
}

static void must_not_find(FIXTURE *fixture, const char *key_id, unsigned int kinds,
                          ONEM2M_REASON reason, unsigned int records, unsigned int made)
{
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };

    opened = contexts = 0;
    assert_false(onem2m_store_look_up(fixture->reader, key_id, strlen(key_id), kinds, refuse_key,
                                      NULL, &error));
    if (error.reason != reason)
        fail_msg("%s: reason %d: %s", key_id, (int)error.reason, error.detail);
    assert_int_equal(opened, records);
    assert_int_equal(contexts, made);
}

static void renew_reader(FIXTURE *fixture)
{
    onem2m_store_reader_free(fixture->reader);
    fixture->reader = onem2m_store_reader_new(fixture->store, NULL);
}

/* A key that is not for this usage, and none; the store's keys are opened already. */
static void not_found_is_as_refused(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    ONEM2M_STORE_FINDINGS findings;

    must_add(fixture, &a);
    for (int i = 0; i < 2; i++) {
        /* So that this process has opened the header, which is another after a rotation. */
        assert_true(onem2m_store_verify(fixture->reader, &findings, NULL, NULL, NULL));
        /* With a fresh reader, that has to key a cipher; with one that has it. */
        renew_reader(fixture);
        must_not_find(fixture, KPM_ID, ONEM2M_KINDS_ALL, ONEM2M_R_NOT_ALLOWED_BY_USAGE, 1, 2);
        must_not_find(fixture, KPM_ID, ONEM2M_KINDS_ALL, ONEM2M_R_NOT_ALLOWED_BY_USAGE, 1, 0);
        must_not_find(fixture, NOBODY_ID, ONEM2M_KINDS_ALL, ONEM2M_R_KEY_NOT_FOUND, 1, 0);
        renew_reader(fixture);
        must_not_find(fixture, NOBODY_ID, ONEM2M_KINDS_ALL, ONEM2M_R_KEY_NOT_FOUND, 1, 2);
        must_not_find(fixture, NOBODY_ID, ONEM2M_KINDS_ALL, ONEM2M_R_KEY_NOT_FOUND, 1, 0);
        must_not_find(fixture, KPM_ID, ONEM2M_KINDS_ALL, ONEM2M_R_NOT_ALLOWED_BY_USAGE, 1, 0);
        assert_true(onem2m_store_rotate(fixture->store, NULL, NULL, NULL));
    }
}

/* A name that keys of other kinds have, or of two of those that may be. */
static void nor_is_another_kind_quicker(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES ke = attributes(ONEM2M_KIND_KE, 0, KE_ID);
    const ONEM2M_ATTRIBUTES km = attributes(ONEM2M_KIND_KM, 21, KE_ID);

    must_add(fixture, &ke);
    must_add(fixture, &km);
    must_not_find(fixture, KE_ID, ONEM2M_KIND_BIT(ONEM2M_KIND_KPM), ONEM2M_R_KEY_NOT_FOUND, 1, 2);
    must_not_find(fixture, KE_ID, ONEM2M_KINDS_ALL, ONEM2M_R_AMBIGUOUS_NAME, 1, 0);
    must_not_find(fixture, KE_ID, 0, ONEM2M_R_KEY_NOT_FOUND, 1, 0);
}

/* Without a store, and without a key in it. */
static void an_empty_store_takes_its_time(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    FOUND found;
    ONEM2M_ERROR error;

    must_not_find(fixture, KPM_ID, ONEM2M_KINDS_ALL, ONEM2M_R_KEY_NOT_FOUND, 1, 2 + 2);
    must_not_find(fixture, KPM_ID, ONEM2M_KINDS_ALL, ONEM2M_R_KEY_NOT_FOUND, 1, 0);
    renew_reader(fixture);
    must_not_find(fixture, KPM_ID, ONEM2M_KINDS_ALL, ONEM2M_R_KEY_NOT_FOUND, 1, 2);
    /* With it the seal is opened, and a decoy made. */
    assert_true(onem2m_store_create(fixture->store, &error));
    must_not_find(fixture, KPM_ID, ONEM2M_KINDS_ALL, ONEM2M_R_KEY_NOT_FOUND, 1, 1 + 2 + 2);
    must_not_find(fixture, KPM_ID, ONEM2M_KINDS_ALL, ONEM2M_R_KEY_NOT_FOUND, 1, 0);
    must_add(fixture, &a);
    assert_true(look_up(fixture, KPM_ID, ONEM2M_KINDS_ALL, &found, &error));
    onem2m_key_clear(&found.key);
}

/* Where no record could be opened, the reason is that. */
static void another_seal_is_told_first(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    FIXTURE other = *fixture;
    ONEM2M_ERROR error;

    must_add(fixture, &a);
    snprintf(other.seal, sizeof(other.seal), "file:%s/other", fixture->directory);
    assert_true(onem2m_seal_create(other.seal, NULL, &error));
    other.store = open_store(&other);
    other.reader = onem2m_store_reader_new(other.store, NULL);
    must_not_find(&other, NOBODY_ID, ONEM2M_KINDS_ALL, ONEM2M_R_BAD_SEAL, 0, 1);
    must_not_find(&other, KPM_ID, ONEM2M_KINDS_ALL, ONEM2M_R_BAD_SEAL, 0, 1);
    onem2m_store_reader_free(other.reader);
    onem2m_store_close(other.store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(not_found_is_as_refused),
        BOTH(nor_is_another_kind_quicker),
        BOTH(an_empty_store_takes_its_time),
        cmocka_unit_test_setup_teardown(another_seal_is_told_first, set_up_lmdb, tear_down),
    };

    return cmocka_run_group_tests_name("decoy", tests, NULL, NULL);
}
