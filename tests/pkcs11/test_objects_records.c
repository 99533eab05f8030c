/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Records in a token whose keys are gone or others, and backups of them.
 */
#include "objects.h"

/* ---- Records whose object is gone, or another one ---- */

static void must_find_fault(uint64_t missing, uint64_t unfit, const char *text)
{
    const ONEM2M_STORE_FINDINGS findings = must_verify();

    assert_int_equal(findings.missing, missing);
    assert_int_equal(findings.unfit, unfit);
    assert_int_equal(findings.unrecorded, 0);
    assert_int_equal(findings.first.reason, ONEM2M_R_TOKEN_KEY);
    if (strstr(findings.first.detail, text) == NULL ||
        strstr(findings.first.detail, KPM_ID) == NULL)
        fail_msg("%s", findings.first.detail);
}

static void records_without_their_object_are_found(void **state)
{
    ONEM2M_TOKEN_KEY key;

    (void)state;
    add_kpm(0);
    key = token_key_of(KPM_ID);
    raw_destroy(&key);
    must_find_fault(1, 0, "no object of it");
    assert_int_equal(must_tidy().destroyed, 0);
    raw_make(&key, CKK_AES, 1, 0);
    must_find_fault(0, 1, "no CKK_GENERIC_SECRET");
    raw_destroy(&key);
    raw_make(&key, CKK_GENERIC_SECRET, 1, 1);
    must_find_fault(0, 1, "it is not extractable, and its object");
    raw_destroy(&key);
    raw_make(&key, CKK_GENERIC_SECRET, 1, 0);
    must_be_clean();
    if (keeper.is_nss) /* makes one object of two that have the same id */
        return;
    raw_make(&key, CKK_GENERIC_SECRET, 1, 0);
    must_find_fault(0, 1, "several objects of its CKA_ID");
}

/* As after an update that was cut off, or of a backup from before it. */
static void an_object_may_be_stricter_than_its_record(void **state)
{
    ONEM2M_TOKEN_KEY key;

    (void)state;
    add_kpm(1);
    must_be_clean();
    key = token_key_of(KPM_ID);
    assert_true(key.extractable);
    raw_destroy(&key);
    raw_make(&key, CKK_GENERIC_SECRET, 1, 0);
    must_be_clean();
}

static int add_another_of(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KE, 0, KE_ID);
    const ONEM2M_MATERIAL material = { .token = onem2m_store_token(objects_fixture.store),
                                       .key = argument };

    return onem2m_store_add(writer, &a, &material, NULL, error);
}

/* Whoever destroys one of these keys takes the other along. */
static void two_records_of_one_object_are_found(void **state)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_TOKEN_KEY key;
    ONEM2M_ERROR error;

    (void)state;
    add_kpm(0);
    key = token_key_of(KPM_ID);
    if (!onem2m_store_write(objects_fixture.store, add_another_of, &key, &error))
        fail_msg("%s", error.detail);
    assert_int_equal(objects_of_store(), 1);
    findings = must_verify();
    assert_int_equal(findings.unfit, 1);
    assert_int_equal(findings.missing + findings.unrecorded, 0);
    assert_int_equal(findings.first.reason, ONEM2M_R_TOKEN_KEY);
    assert_non_null(strstr(findings.first.detail, "another record names its object"));
}

/* ---- Backups ---- */

static void wipe_records(void)
{
    const char *object = strstr(objects_fixture.keystore, "object=") + strlen("object=");
    CK_OBJECT_CLASS class = keeper.is_nss ? CKO_SECRET_KEY : CKO_DATA;
    CK_OBJECT_HANDLE found[64];
    CK_ULONG count = 0;
    char family[32];
    CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof(class) },
                              { keeper.is_nss ? CKA_LABEL : CKA_APPLICATION, family, 0 } };
    CK_FUNCTION_LIST *module = keeper.raw.module;
    const CK_SESSION_HANDLE session = keeper.raw.handle;

    wanted[1].ulValueLen = (CK_ULONG)snprintf(family, sizeof(family), "oneM2M %.*s",
                                              (int)strcspn(object, "?"), object);
    assert_int_equal(module->C_FindObjectsInit(session, wanted, COUNT_OF(wanted)), CKR_OK);
    assert_int_equal(module->C_FindObjects(session, found, COUNT_OF(found), &count), CKR_OK);
    assert_int_equal(module->C_FindObjectsFinal(session), CKR_OK);
    assert_true(count > 0);
    for (CK_ULONG i = 0; i < count; i++)
        assert_int_equal(module->C_DestroyObject(session, found[i]), CKR_OK);
}

static void backup(char path[128])
{
    ONEM2M_ERROR error;

    snprintf(path, 128, "%s/backup-%s", tokens.directory, strrchr(objects_fixture.seal, '/') + 1);
    if (!onem2m_store_backup(objects_fixture.store, path, &error))
        fail_msg("%s", error.detail);
}

/* The records are lost, and the process of before with them. */
static void lose_records(void)
{
    objects_close();
    wipe_records();
    objects_open();
}

static int restore(const char *path, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_FINDINGS findings;

    return onem2m_store_restore(objects_fixture.store, path, &findings, NULL, NULL, error);
}

static void records_come_back_of_a_backup(void **state)
{
    ONEM2M_ERROR error;
    char path[128];

    (void)state;
    add_ke();
    backup(path);
    add_kpm(0);
    lose_records();
    if (!restore(path, &error))
        fail_msg("%s", error.detail);
    must_work(KE_ID);
    /* A key from after the backup is in the token, and has no record any more. */
    assert_int_equal(must_verify().unrecorded, 1);
    assert_int_equal(must_tidy().destroyed, 1);
    must_be_clean();
    must_work(KE_ID);
    unlink(path);
}

static void records_without_keys_do_not_come_back(void **state)
{
    ONEM2M_TOKEN_KEY key;
    ONEM2M_ERROR error;
    char path[128];

    (void)state;
    add_ke();
    add_kpm(0);
    key = token_key_of(KPM_ID);
    backup(path);
    raw_destroy(&key);
    lose_records();
    assert_false(restore(path, &error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_KEY);
    assert_non_null(strstr(error.detail, KPM_ID));
    raw_make(&key, CKK_GENERIC_SECRET, 1, 0);
    if (!restore(path, &error))
        fail_msg("%s", error.detail);
    must_work(KPM_ID);
    must_be_clean();
    unlink(path);
}

static void another_object_has_not_the_keys(void **state)
{
    FIXTURE other = objects_fixture;
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_STORE *store;
    ONEM2M_ERROR error;
    char path[128];

    (void)state;
    add_ke();
    backup(path);
    snprintf(other.keystore, sizeof(other.keystore), "%s", keeper_uri("another"));
    store = open_store(&other);
    assert_false(onem2m_store_restore(store, path, &findings, NULL, NULL, &error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_KEY);
    onem2m_store_close(store);
    unlink(path);
}

/* ---- Keys that are wrapped ---- */

static void wrapped_keys_are_used_and_become_objects(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    objects_fixture.store->custody = ONEM2M_CUSTODY_WRAPPED;
    add_ke();
    assert_int_equal(token_key_of(KE_ID).custody, ONEM2M_CUSTODY_WRAPPED);
    objects_fixture.store->custody = ONEM2M_CUSTODY_OBJECT;
    must_work(KE_ID);
    must_be_clean();
    assert_int_equal(objects_of_store(), 0);
    if (!onem2m_store_rotate(objects_fixture.store, NULL, NULL, &error))
        fail_msg("%s", error.detail);
    assert_int_equal(token_key_of(KE_ID).custody, ONEM2M_CUSTODY_OBJECT);
    must_work(KE_ID);
    must_be_clean();
    assert_int_equal(objects_of_store(), 1);
    /* And an object stays one. */
    objects_fixture.store->custody = ONEM2M_CUSTODY_WRAPPED;
    if (!onem2m_store_rotate(objects_fixture.store, NULL, NULL, &error))
        fail_msg("%s", error.detail);
    assert_int_equal(token_key_of(KE_ID).custody, ONEM2M_CUSTODY_OBJECT);
    must_work(KE_ID);
    objects_fixture.store->custody = ONEM2M_CUSTODY_OBJECT;
    must_be_clean();
}

/* ---- Tokens that may only be read ---- */

static void what_may_only_be_read_is_verified(void **state)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;

    (void)state;
    leave_an_object();
    add_kpm(0);
    objects_close();
    tokens.shim->token_flags = CKF_WRITE_PROTECTED;
    objects_open();
    findings = must_verify();
    assert_int_equal(findings.records, 1);
    assert_int_equal(findings.unrecorded, 1);
    assert_non_null(strstr(findings.first.detail, "no record names"));
    assert_false(onem2m_store_tidy(objects_fixture.reader, &findings, NULL, NULL, &error));
    assert_int_equal(error.reason, ONEM2M_R_STORE_READ_ONLY);
    assert_int_equal(objects_of_store(), 2);
}

static void where_nothing_is_to_be_tidied_nothing_is_written(void **state)
{
    (void)state;
    add_kpm(0);
    objects_close();
    tokens.shim->token_flags = CKF_WRITE_PROTECTED;
    objects_open();
    assert_int_equal(must_tidy().destroyed, 0);
    must_be_clean();
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        OBJECTS_TEST(records_without_their_object_are_found),
        OBJECTS_TEST(two_records_of_one_object_are_found),
        OBJECTS_TEST(an_object_may_be_stricter_than_its_record),
        OBJECTS_TEST(records_come_back_of_a_backup),
        OBJECTS_TEST(records_without_keys_do_not_come_back),
        OBJECTS_TEST(another_object_has_not_the_keys),
        OBJECTS_TEST(wrapped_keys_are_used_and_become_objects),
        OBJECTS_TEST(what_may_only_be_read_is_verified),
        OBJECTS_TEST(where_nothing_is_to_be_tidied_nothing_is_written),
    };

    return run_with_keeper(argc, argv, tests, COUNT_OF(tests));
}
