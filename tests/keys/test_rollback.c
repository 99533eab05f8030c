/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_fixture.h"

#include <sys/wait.h>

/* A store that is put back, or exchanged, under a process that uses it. */

/* A header as somebody who can write the file keeps it. */
typedef struct {
    unsigned char octets[ONEM2M_HEADER_MAX];
    size_t length;
} KEPT;

static void keep_header(const ONEM2M_STORE *store, KEPT *kept)
{
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE value;

    assert_true(store->functions->begin(store->backend, &transaction, ONEM2M_READ, NULL));
    assert_int_equal(
        store->functions->get(transaction, ONEM2M_TABLE_META, onem2m_header_name, &value, NULL), 1);
    assert_true(value.length <= sizeof(kept->octets));
    memcpy(kept->octets, value.data, kept->length = value.length);
    store->functions->abort(transaction);
}

static void put_back(const ONEM2M_STORE *store, const KEPT *kept)
{
    const ONEM2M_SLICE value = { kept->octets, kept->length };
    ONEM2M_TRANSACTION *transaction;

    assert_true(store->functions->begin(store->backend, &transaction, ONEM2M_WRITE, NULL));
    assert_true(
        store->functions->put(transaction, ONEM2M_TABLE_META, onem2m_header_name, value, NULL));
    assert_true(store->functions->commit(transaction, NULL));
}

static void add_key(FIXTURE *fixture, const char *key_id)
{
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, key_id);

    must_add(fixture, &a);
}

static void renew_reader(FIXTURE *fixture)
{
    onem2m_store_reader_free(fixture->reader);
    fixture->reader = onem2m_store_reader_new(fixture->store, NULL);
}

static void assert_refused(const ONEM2M_ERROR *error, const char *text)
{
    if (error->reason != ONEM2M_R_STORE_DAMAGED || strstr(error->detail, text) == NULL)
        fail_msg("reason %d: %s", (int)error->reason, error->detail);
}

/* Whatever reads the header. */
static void must_refuse_all(FIXTURE *fixture, const char *text)
{
    const ONEM2M_ATTRIBUTES another = attributes(ONEM2M_KIND_KPM, 10, "z@mef.example.com");
    ONEM2M_STORE_FINDINGS findings;
    FOUND found;
    ONEM2M_ERROR error;

    assert_false(try_add(fixture, &another, &error));
    assert_refused(&error, text);
    assert_false(onem2m_store_rotate(fixture->store, NULL, NULL, &error));
    assert_refused(&error, text);
    assert_false(onem2m_store_verify(fixture->reader, &findings, NULL, NULL, &error));
    assert_refused(&error, text);
    renew_reader(fixture);
    assert_false(look_up(fixture, KPM_ID, ONEM2M_KINDS_ALL, &found, &error));
    assert_refused(&error, text);
    assert_false(onem2m_store_each(fixture->reader, visit, &found, &error));
    assert_refused(&error, text);
}

static void a_header_that_counts_back_is_refused(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_STORE_FINDINGS findings;
    KEPT older, newer;
    ONEM2M_ERROR error;

    add_key(fixture, KPM_ID);
    keep_header(fixture->store, &older);
    add_key(fixture, "enrolee2@mef.example.com");
    keep_header(fixture->store, &newer);
    put_back(fixture->store, &older);
    must_refuse_all(fixture, "its header counts 1 writes, and this process has seen 2");
    put_back(fixture->store, &newer);
    assert_true(onem2m_store_verify(fixture->reader, &findings, NULL, NULL, &error));
    assert_int_equal(findings.first.reason, ONEM2M_R_NONE);
    assert_int_equal(findings.records, 2);
}

/* Whoever wrote the header, and need not authenticate it again, sees that another stands there. */
static void a_changed_header_is_refused_by_its_writer(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES another = attributes(ONEM2M_KIND_KPM, 10, "z@mef.example.com");
    KEPT header;
    ONEM2M_ERROR error;

    add_key(fixture, KPM_ID);
    keep_header(fixture->store, &header);
    for (size_t i = 0; i < header.length; i++) {
        header.octets[i] ^= 1;
        put_back(fixture->store, &header);
        assert_false(try_add(fixture, &another, &error));
        header.octets[i] ^= 1;
    }
    header.octets[header.length - 1] ^= 1;
    put_back(fixture->store, &header);
    assert_false(try_add(fixture, &another, &error));
    assert_int_equal(error.reason, ONEM2M_R_HEADER_DAMAGED);
    assert_non_null(strstr(error.detail, "its MAC does not fit"));
    header.octets[header.length - 1] ^= 1;
    put_back(fixture->store, &header);
    must_add(fixture, &another);
}

/* What others wrote counts when it was read. */
static void what_was_read_is_remembered(void **state)
{
    FIXTURE *fixture = *state;
    FIXTURE other = *fixture;
    KEPT older;
    FOUND found;
    ONEM2M_ERROR error;

    add_key(fixture, KPM_ID);
    keep_header(fixture->store, &older);
    other.store = open_store(fixture);
    add_key(&other, "enrolee2@mef.example.com");
    assert_true(look_up(fixture, KPM_ID, ONEM2M_KINDS_ALL, &found, &error));
    onem2m_key_clear(&found.key);
    put_back(fixture->store, &older);
    must_refuse_all(fixture, "counts 1 writes, and this process has seen 2");
    onem2m_store_close(other.store);
}

/* Nobody can know it who has not seen the store before: the threat model says so. */
static void another_process_believes_it(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_STORE *fresh;
    ONEM2M_STORE_READER *reader;
    KEPT older;
    FOUND found = { 0 };
    ONEM2M_ERROR error;

    add_key(fixture, KPM_ID);
    keep_header(fixture->store, &older);
    add_key(fixture, "enrolee2@mef.example.com");
    put_back(fixture->store, &older);
    fresh = open_store(fixture);
    reader = onem2m_store_reader_new(fresh, NULL);
    assert_true(onem2m_store_look_up(reader, KPM_ID, strlen(KPM_ID), ONEM2M_KINDS_ALL, visit,
                                     &found, &error));
    onem2m_key_clear(&found.key);
    onem2m_store_reader_free(reader);
    onem2m_store_close(fresh);
}

static void a_child_knows_what_its_parent_has_seen(void **state)
{
    FIXTURE *fixture = *state;
    KEPT older;
    pid_t child;
    int status;

    add_key(fixture, KPM_ID);
    keep_header(fixture->store, &older);
    add_key(fixture, "enrolee2@mef.example.com");
    put_back(fixture->store, &older);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        FOUND found;
        ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };

        renew_reader(fixture);
        look_up(fixture, KPM_ID, ONEM2M_KINDS_ALL, &found, &error);
        _exit(error.reason == ONEM2M_R_STORE_DAMAGED ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A snapshot is as old as its transaction, whatever was written since. */
static void an_older_snapshot_is_none_that_was_put_back(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_HEADER header;
    ONEM2M_STORE_KEYS keys;
    ONEM2M_ERROR error;

    add_key(fixture, KPM_ID);
    assert_true(onem2m_store_begin(fixture->reader, &transaction, ONEM2M_READ, &error));
    add_key(fixture, "enrolee2@mef.example.com");
    if (!onem2m_store_read_header(fixture->reader, transaction, &header, &keys, &error))
        fail_msg("%s", error.detail);
    assert_int_equal(header.writes, 1);
    onem2m_store_keys_clear(&keys);
    fixture->store->functions->abort(transaction);
    assert_int_equal(fixture->store->writes_seen, 2);
}

/* A store under the same seal, so that its header opens. */
static void another_store_is_refused(void **state)
{
    FIXTURE *fixture = *state;
    FIXTURE other = *fixture;
    KEPT of_other;
    char path[80];

    snprintf(path, sizeof(path), "%s/other", fixture->directory);
    assert_int_equal(mkdir(path, 0700), 0);
    set_keystore(&other, path);
    other.store = open_store(&other);
    for (char id[] = "a@mef.example.com"; id[0] < 'e'; id[0]++)
        add_key(&other, id);
    keep_header(other.store, &of_other);
    onem2m_store_close(other.store);
    add_key(fixture, KPM_ID);
    put_back(fixture->store, &of_other);
    must_refuse_all(fixture, "another store stands where the one is that this process uses");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_header_that_counts_back_is_refused),
        BOTH(a_changed_header_is_refused_by_its_writer),
        BOTH(an_older_snapshot_is_none_that_was_put_back),
        BOTH(a_child_knows_what_its_parent_has_seen),
        cmocka_unit_test_setup_teardown(what_was_read_is_remembered, set_up_lmdb, tear_down),
        cmocka_unit_test_setup_teardown(another_process_believes_it, set_up_lmdb, tear_down),
        cmocka_unit_test_setup_teardown(another_store_is_refused, set_up_lmdb, tear_down),
    };

    return cmocka_run_group_tests_name("rollback", tests, NULL, NULL);
}
