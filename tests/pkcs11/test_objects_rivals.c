/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tidying while another host adds a key, which no lock keeps out: whoever commits later is refused.
 */
#include "objects.h"

/* The same store with another PIN file, and a lock of another name. */
static FIXTURE elsewhere;

static void copy_pin(void)
{
    char command[256];

    snprintf(command, sizeof(command), "cp -p %s %s-elsewhere", tokens.pin_path, tokens.pin_path);
    /* NOLINTNEXTLINE(cert-env33-c): names made here */
    assert_int_equal(system(command), 0);
}

static int rivals_set_up(void **state)
{
    ONEM2M_STORE_FINDINGS findings;

    objects_set_up(state);
    copy_pin();
    elsewhere = objects_fixture;
    assert_true(snprintf(elsewhere.keystore, sizeof(elsewhere.keystore), "%s-elsewhere",
                         objects_fixture.keystore) < (int)sizeof(elsewhere.keystore));
    tokens.shim->is_elsewhere = 1;
    elsewhere.store = open_store(&elsewhere);
    elsewhere.reader = onem2m_store_reader_new(elsewhere.store, NULL);
    assert_non_null(elsewhere.reader);
    assert_true(onem2m_store_verify(elsewhere.reader, &findings, NULL, NULL, NULL));
    reset_shim();
    return 0;
}

static int rivals_tear_down(void **state)
{
    onem2m_store_reader_free(elsewhere.reader);
    onem2m_store_close(elsewhere.store);
    return objects_tear_down(state);
}

/* ---- The tidier is first ---- */

static int add_while_tidied(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KE, 0, KE_ID);
    const ONEM2M_MATERIAL material = onem2m_material_of((ONEM2M_SLICE){ octets, 32 });
    ONEM2M_STORE_FINDINGS *findings = argument;

    return onem2m_store_add(writer, &a, &material, NULL, error) &&
           onem2m_store_tidy(elsewhere.reader, findings, NULL, NULL, error);
}

static void a_key_that_is_tidied_away_is_not_stored(void **state)
{
    ONEM2M_STORE_FINDINGS findings = { .destroyed = 0 };
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };

    (void)state;
    add_kpm(0);
    assert_false(onem2m_store_write(objects_fixture.store, add_while_tidied, &findings, &error));
    assert_int_equal(findings.destroyed, 1);
    assert_int_equal(error.reason, ONEM2M_R_STORE_LOCKED);
    must_be_clean();
    must_work(KPM_ID);
    assert_int_equal(objects_of_store(), 1);
    add_ke();
    must_work(KE_ID);
}

/* ---- The other one is first ---- */

/* How often a verification searches the token; the last of them is the one for keys. */
static unsigned long searches_of_verification(void)
{
    ONEM2M_STORE_FINDINGS findings;

    assert_true(onem2m_store_verify(elsewhere.reader, &findings, NULL, NULL, NULL));
    reset_shim();
    assert_true(onem2m_store_verify(elsewhere.reader, &findings, NULL, NULL, NULL));
    return tokens.shim->calls[SHIM_C_FindObjectsInit];
}

static void add_meanwhile(void)
{
    add_kpm(0);
}

/* Its object is found, in a transaction that does not see its record. */
static void a_key_that_is_stored_first_is_not_destroyed(void **state)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };
    unsigned long searches;

    (void)state;
    leave_an_object();
    searches = searches_of_verification();
    reset_shim();
    tokens.shim->failing = SHIM_C_FindObjectsInit;
    tokens.shim->skip = 2 * searches - 1; /* in the second of its verifications */
    tokens.shim->meanwhile = add_meanwhile;
    assert_false(onem2m_store_tidy(elsewhere.reader, &findings, NULL, NULL, &error));
    assert_null(tokens.shim->meanwhile);
    reset_shim();
    assert_int_equal(error.reason, ONEM2M_R_STORE_LOCKED);
    assert_int_equal(findings.unrecorded, 2);
    assert_int_equal(findings.destroyed, 0);
    must_work(KPM_ID);
    findings = must_verify();
    assert_int_equal(findings.missing, 0);
    assert_int_equal(findings.unrecorded, 1);
    assert_int_equal(must_tidy().destroyed, 1);
    must_be_clean();
    must_work(KPM_ID);
}

#define RIVALS_TEST(test) cmocka_unit_test_setup_teardown(test, rivals_set_up, rivals_tear_down)

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        RIVALS_TEST(a_key_that_is_tidied_away_is_not_stored),
        RIVALS_TEST(a_key_that_is_stored_first_is_not_destroyed),
    };

    return run_with_keeper(argc, argv, tests, COUNT_OF(tests));
}
