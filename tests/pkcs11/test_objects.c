/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys that are objects of a token: made with their records, destroyed with them, and what a write
 * that was cut off leaves.
 */
#include <pthread.h>
#include <sys/wait.h>
#include "objects.h"

/* ---- What is made ---- */

static void keys_are_objects_that_stay_inside(void **state)
{
    CK_BBOOL is_sensitive, is_extractable, is_private;
    CK_ATTRIBUTE asked[] = { { CKA_SENSITIVE, &is_sensitive, 1 },
                             { CKA_EXTRACTABLE, &is_extractable, 1 },
                             { CKA_PRIVATE, &is_private, 1 } };
    ONEM2M_TOKEN_KEY key;

    (void)state;
    add_ke();
    must_work(KE_ID);
    key = token_key_of(KE_ID);
    assert_int_equal(key.custody, ONEM2M_CUSTODY_OBJECT);
    assert_int_equal(keeper.raw.module->C_GetAttributeValue(keeper.raw.handle, raw_find(&key),
                                                            asked, COUNT_OF(asked)),
                     CKR_OK);
    assert_true(is_sensitive && is_private && !is_extractable);
    assert_int_equal(objects_of_store(), 1);
    must_be_clean();
}

/* By name: the mirror in memory, and one search for the object at its first use. */
static void a_look_up_does_not_search_the_token(void **state)
{
    const _Atomic(unsigned long) *searches = &tokens.shim->calls[SHIM_C_FindObjectsInit];
    unsigned long before;

    (void)state;
    add_ke();
    must_work(KE_ID);
    before = *searches;
    for (int i = 0; i < 10; i++)
        must_work(KE_ID);
    assert_int_equal(*searches, before);
}

static int destroy_ke(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE_CHANGE change = { .change_state = 1, .state = ONEM2M_STATE_DESTROYED };

    (void)argument;
    return onem2m_store_change(writer, KE_ID, strlen(KE_ID), ONEM2M_KINDS_ALL, &change,
                               (ONEM2M_SLICE){ NULL, 0 }, NOW, error);
}

static void a_removed_key_is_destroyed(void **state)
{
    ONEM2M_ERROR error;

    (void)state;
    add_ke();
    assert_true(onem2m_store_write(objects_fixture.store, destroy_ke, NULL, &error));
    assert_int_equal(objects_of_store(), 0);
    must_be_clean();
}

/* ---- Writes that fail ---- */

static void what_is_refused_leaves_no_object(void **state)
{
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KE, 0, KE_ID);
    ONEM2M_ERROR error;

    (void)state;
    let_fail(SHIM_C_CreateObject, CKR_DEVICE_MEMORY, 1); /* the record's */
    assert_false(try_add(&objects_fixture, &a, &error));
    assert_int_equal(error.reason, ONEM2M_R_STORE_FULL);
    reset_shim();
    assert_int_equal(objects_of_store(), 0);
    must_be_clean();
}

static void objects_without_a_record_are_found_and_destroyed(void **state)
{
    ONEM2M_STORE_FINDINGS findings;

    (void)state;
    leave_an_object();
    add_kpm(0);
    findings = must_verify();
    assert_int_equal(findings.unrecorded, 1);
    assert_int_equal(findings.missing + findings.unfit + findings.destroyed, 0);
    assert_int_equal(findings.first.reason, ONEM2M_R_TOKEN_KEY);
    assert_non_null(strstr(findings.first.detail, "no record names"));
    findings = must_tidy();
    assert_int_equal(findings.unrecorded, 1);
    assert_int_equal(findings.destroyed, 1);
    assert_int_equal(findings.first.reason, ONEM2M_R_NONE);
    assert_int_equal(objects_of_store(), 1);
    must_be_clean();
    must_work(KPM_ID);
}

static void all_objects_of_an_id_are_destroyed(void **state)
{
    ONEM2M_TOKEN_KEY key;

    (void)state;
    if (keeper.is_nss) /* makes one object of two that have the same id */
        skip();
    add_kpm(0);
    key = token_key_of(KPM_ID);
    key.reference[0] ^= 1;
    raw_make(&key, CKK_GENERIC_SECRET, 1, 0);
    raw_make(&key, CKK_GENERIC_SECRET, 1, 0);
    raw_make(&key, CKK_GENERIC_SECRET, 1, 0);
    assert_int_equal(must_tidy().destroyed, 1);
    assert_int_equal(objects_of_store(), 1);
    must_be_clean();
    must_work(KPM_ID);
}

static void a_killed_writer_leaves_what_tidy_takes(void **state)
{
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KE, 0, KE_ID);
    pid_t child;
    int status;

    (void)state;
    add_kpm(0);
    objects_close();
    child = fork();
    if (child == 0) {
        objects_open();
        must_work(KPM_ID);
        reset_shim();
        let_fail(SHIM_C_CreateObject, CKR_DEVICE_ERROR, 1);
        tokens.shim->kills = 1;
        try_add(&objects_fixture, &a, NULL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    objects_open();
    assert_int_equal(must_verify().unrecorded, 1);
    assert_int_equal(must_tidy().destroyed, 1);
    must_be_clean();
    must_work(KPM_ID);
}

static int take_away_records(void)
{
    const ONEM2M_BACKEND_FUNCTIONS *functions = objects_fixture.store->functions;
    ONEM2M_TRANSACTION *transaction;
    unsigned char copy[ONEM2M_BACKEND_NAME_MAX];
    ONEM2M_SLICE name, record;

    assert_true(functions->begin(objects_fixture.store->backend, &transaction, ONEM2M_WRITE, NULL));
    while (functions->seek(transaction, ONEM2M_TABLE_KEYS, (ONEM2M_SLICE){ NULL, 0 }, &name,
                           &record, NULL) > 0) {
        memcpy(copy, name.data, name.length);
        assert_true(functions->remove(transaction, ONEM2M_TABLE_KEYS,
                                      (ONEM2M_SLICE){ copy, name.length }, NULL));
    }
    return functions->commit(transaction, NULL);
}

/* The object may be of the record that was taken away, and a backup has that. */
static void nothing_is_destroyed_where_records_are_missing(void **state)
{
    ONEM2M_STORE_FINDINGS findings;

    (void)state;
    add_ke();
    assert_true(take_away_records());
    findings = must_tidy();
    assert_true(findings.set_hash_differs);
    assert_int_equal(findings.unrecorded, 1);
    assert_int_equal(findings.destroyed, 0);
    assert_int_equal(objects_of_store(), 1);
}

/* Of calls that the commit makes, then of the one for the object. */
static void what_fails_destroys_nothing(void **state)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;
    unsigned long calls = 0;

    (void)state;
    leave_an_object();
    for (;; calls++) {
        let_fail(SHIM_C_DestroyObject, CKR_DEVICE_ERROR, calls);
        tokens.shim->fails_from = 1;
        if (onem2m_store_tidy(objects_fixture.reader, &findings, NULL, NULL, &error))
            break;
        assert_int_equal(error.reason, ONEM2M_R_TOKEN_FAILED);
        assert_int_equal(findings.destroyed, 0);
        reset_shim();
        assert_int_equal(objects_of_store(), 1);
    }
    reset_shim();
    assert_true(calls > 0);
    assert_int_equal(findings.destroyed, 1);
    must_be_clean();
}

/* Of some searches: what reads the records searches again in a new session. */
static void what_cannot_be_searched_is_not_destroyed(void **state)
{
    static const SHIM_FUNCTION functions[] = { SHIM_C_FindObjectsInit, SHIM_C_FindObjects,
                                               SHIM_C_FindObjectsFinal, SHIM_C_GetAttributeValue };
    ONEM2M_STORE_FINDINGS findings;
    unsigned int refused = 0;

    (void)state;
    for (unsigned long i = 0; i < 4 * COUNT_OF(functions); i++) {
        int ok;

        if (objects_of_store() == 0)
            leave_an_object();
        let_fail(functions[i % COUNT_OF(functions)], CKR_DEVICE_ERROR, i / COUNT_OF(functions));
        ok = onem2m_store_tidy(objects_fixture.reader, &findings, NULL, NULL, NULL);
        reset_shim();
        refused += !ok;
        assert_int_equal(objects_of_store(), !ok);
    }
    assert_true(refused >= COUNT_OF(functions));
}

/* ---- A key that is being added is none without a record ---- */

typedef struct {
    ONEM2M_STORE *store;
    pthread_barrier_t made;
    int ok;
} SLOW_ADDITION;

static int add_slowly(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    SLOW_ADDITION *slow = argument;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KE, 0, KE_ID);
    const ONEM2M_MATERIAL material = onem2m_material_of((ONEM2M_SLICE){ octets, 32 });
    const int ok = onem2m_store_add(writer, &a, &material, NULL, error);

    pthread_barrier_wait(&slow->made);
    usleep(50000); /* the other one has begun to wait, or soon will: both must go well */
    return ok;
}

static void *add_in_thread(void *argument)
{
    SLOW_ADDITION *slow = argument;

    slow->ok = onem2m_store_write(slow->store, add_slowly, slow, NULL);
    return NULL;
}

static void a_key_that_is_being_added_stays(void **state)
{
    SLOW_ADDITION slow = { .store = open_store(&objects_fixture) };
    pthread_t thread;

    (void)state;
    pthread_barrier_init(&slow.made, NULL, 2);
    assert_int_equal(pthread_create(&thread, NULL, add_in_thread, &slow), 0);
    pthread_barrier_wait(&slow.made);
    assert_int_equal(must_tidy().destroyed, 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(slow.ok);
    pthread_barrier_destroy(&slow.made);
    onem2m_store_close(slow.store);
    must_work(KE_ID);
    must_be_clean();
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        OBJECTS_TEST(keys_are_objects_that_stay_inside),
        OBJECTS_TEST(a_look_up_does_not_search_the_token),
        OBJECTS_TEST(a_removed_key_is_destroyed),
        OBJECTS_TEST(what_is_refused_leaves_no_object),
        OBJECTS_TEST(objects_without_a_record_are_found_and_destroyed),
        OBJECTS_TEST(all_objects_of_an_id_are_destroyed),
        OBJECTS_TEST(a_killed_writer_leaves_what_tidy_takes),
        OBJECTS_TEST(nothing_is_destroyed_where_records_are_missing),
        OBJECTS_TEST(what_fails_destroys_nothing),
        OBJECTS_TEST(what_cannot_be_searched_is_not_destroyed),
        OBJECTS_TEST(a_key_that_is_being_added_stays),
    };

    return run_with_keeper(argc, argv, tests, COUNT_OF(tests));
}
