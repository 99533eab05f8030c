/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_fixture.h"

#include <sys/wait.h>

/* A key that is asked for again. The linker puts the counter before what opens records. */

#define OTHER_ID "enrolee2@mef.example.com"

static unsigned int opened;

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
int __real_EVP_DecryptFinal_ex(EVP_CIPHER_CTX *context, unsigned char *out, int *length);
int __wrap_EVP_DecryptFinal_ex(EVP_CIPHER_CTX *context, unsigned char *out, int *length);

int __wrap_EVP_DecryptFinal_ex(EVP_CIPHER_CTX *context, unsigned char *out, int *length)
{
    opened++;
    return __real_EVP_DecryptFinal_ex(context, out, length);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static void add_key(FIXTURE *fixture, const char *key_id)
{
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, key_id);

    must_add(fixture, &a);
}

static int suspend(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE_CHANGE change = { .change_state = 1, .state = ONEM2M_STATE_SUSPENDED };

    (void)argument;
    return onem2m_store_change(writer, KPM_ID, strlen(KPM_ID), ONEM2M_KINDS_ALL, &change,
                               (ONEM2M_SLICE){ NULL, 0 }, NOW, error);
}

static int ask_again(FIXTURE *fixture, ONEM2M_FOUND_KEY *kept, unsigned int kinds, FOUND *found)
{
    memset(found, 0, sizeof(*found));
    return onem2m_store_look_up_again(fixture->reader, kept, KPM_ID, strlen(KPM_ID), kinds, visit,
                                      found, NULL);
}

/* Visits the key, in that state, opening so many records. */
static void must_visit(FIXTURE *fixture, ONEM2M_FOUND_KEY *kept, unsigned int kinds,
                       ONEM2M_STATE state, unsigned int records)
{
    FOUND found;

    opened = 0;
    assert_true(ask_again(fixture, kept, kinds, &found));
    assert_int_equal(opened, records);
    assert_int_equal(found.visits, 1);
    assert_int_equal(found.key.attributes.state, state);
    assert_int_equal(found.key.attributes.text[ONEM2M_TEXT_KEY_ID].length, strlen(KPM_ID));
    assert_int_equal(found.key.secret.length, 32);
    assert_memory_equal(found.key.secret.octets, octets, 32);
    onem2m_key_clear(&found.key);
}

#define ACTIVE ONEM2M_STATE_ACTIVE

static void it_is_opened_once(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_FOUND_KEY kept = { .kinds = 0 };

    add_key(fixture, KPM_ID);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 1);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 0);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 0);
    onem2m_found_key_clear(&kept);
    assert_null(kept.key.secret.octets);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 1);
    onem2m_found_key_clear(&kept);
}

/* A name is one key's among some kinds, and may be two keys' among more. */
static void other_kinds_are_looked_up(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_FOUND_KEY kept = { .kinds = 0 };
    FOUND found;

    add_key(fixture, KPM_ID);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 1);
    must_visit(fixture, &kept, ONEM2M_KIND_BIT(ONEM2M_KIND_KPM), ACTIVE, 1);
    must_visit(fixture, &kept, ONEM2M_KIND_BIT(ONEM2M_KIND_KPM), ACTIVE, 0);
    assert_false(ask_again(fixture, &kept, ONEM2M_KIND_BIT(ONEM2M_KIND_KE), &found));
    assert_int_equal(found.visits, 0);
    assert_null(kept.key.secret.octets);
}

/* Whatever is committed, by whomever. */
static void what_was_committed_since_is_seen(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_FOUND_KEY kept = { .kinds = 0 };
    pid_t child;
    int status;

    add_key(fixture, KPM_ID);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 1);
    add_key(fixture, OTHER_ID);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 1);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 0);
    child = fork();
    if (child == 0)
        _exit(!onem2m_store_write(fixture->store, suspend, NULL, NULL));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ONEM2M_STATE_SUSPENDED, 1);
    assert_true(onem2m_store_rotate(fixture->store, NULL, NULL, NULL));
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ONEM2M_STATE_SUSPENDED, 1);
    onem2m_found_key_clear(&kept);
}

/* A child opens the store anew: whether it is the same one, its number of commits does not say. */
static void a_child_looks_for_itself(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_FOUND_KEY kept = { .kinds = 0 };
    pid_t child;
    int status;

    add_key(fixture, KPM_ID);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 1);
    child = fork();
    if (child == 0) {
        must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 1);
        must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 0);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 0);
    onem2m_found_key_clear(&kept);
}

static int refuse_key(void *argument, const ONEM2M_ATTRIBUTES *a, const ONEM2M_MATERIAL *material,
                      ONEM2M_ERROR *error)
{
    (void)argument;
    (void)a;
    (void)material;
    return onem2m_refuse(error, ONEM2M_R_EXPIRED, ONEM2M_NO_OFFSET, "expired meanwhile");
}

/* Whether a key serves is asked each time; one that does not is not kept. */
static void every_visit_may_refuse(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_FOUND_KEY kept = { .kinds = 0 };
    ONEM2M_ERROR error;

    add_key(fixture, KPM_ID);
    for (int i = 0; i < 2; i++) {
        assert_false(onem2m_store_look_up_again(fixture->reader, &kept, KPM_ID, strlen(KPM_ID),
                                                ONEM2M_KINDS_ALL, refuse_key, NULL, &error));
        assert_int_equal(error.reason, ONEM2M_R_EXPIRED);
        if (i == 0) {
            assert_null(kept.key.secret.octets);
            must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 1);
        }
    }
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 0);
    onem2m_found_key_clear(&kept);
}

/* It does not say which commit a transaction reads. */
static void a_store_in_memory_is_read_each_time(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_FOUND_KEY kept = { .kinds = 0 };

    add_key(fixture, KPM_ID);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 1);
    must_visit(fixture, &kept, ONEM2M_KINDS_ALL, ACTIVE, 1);
    assert_null(kept.key.secret.octets);
}

#define LMDB(test) cmocka_unit_test_setup_teardown(test, set_up_lmdb, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LMDB(it_is_opened_once),
        LMDB(other_kinds_are_looked_up),
        LMDB(what_was_committed_since_is_seen),
        LMDB(a_child_looks_for_itself),
        LMDB(every_visit_may_refuse),
        cmocka_unit_test_setup_teardown(a_store_in_memory_is_read_each_time, set_up_memory,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
