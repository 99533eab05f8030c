/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Records in a token, and what is the token's alone: what a call costs, a token
 * that is full, taken away or written to by others, objects that are not what
 * was written.
 */
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>
#include "keystore/backend_pkcs11_internal.h"
#include "records.h"

#define MANY 1000

static int set_up(void **state)
{
    (void)state;
    reset_shim();
    backend = store_open(records_new_location());
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    reset_shim();
    return 0;
}

static int tear_down_store(void **state)
{
    (void)state;
    store_functions->close(backend);
    records_wipe();
    return 0;
}

/* Another user of the store in this process. */
static ONEM2M_BACKEND *open_other(void)
{
    ONEM2M_BACKEND *other = store_open(records_location());

    STORE_CHECK(other->is_known);
    return other;
}

static void assert_calls(SHIM_FUNCTION function, unsigned long expected)
{
    assert_int_equal(records_shim->calls[function], expected);
}

/* Cost */

static void reading_asks_one_anchor(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_true(store_holds(backend, "a", "1"));
    assert_calls(SHIM_C_GetAttributeValue, 10);
    assert_int_equal(records_shim->all_calls, 10);
}

static void only_new_objects_are_read(void **state)
{
    ONEM2M_BACKEND *other = open_other();
    char name[16];

    (void)state;
    for (unsigned int i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "n%u", i);
        assert_int_equal(store_try_put(backend, name, store_text("1")), ONEM2M_R_NONE);
    }
    assert_true(store_holds(other, "a", "1"));
    assert_int_equal(store_try_put(backend, "a", store_text("2")), ONEM2M_R_NONE);
    reset_shim();
    assert_true(store_holds(other, "a", "2"));
    assert_calls(SHIM_C_FindObjectsInit, 1);
    assert_calls(SHIM_C_GetAttributeValue, 4); /* the anchor; the new one and both anchors */
    store_functions->close(other);
}

static void what_is_aborted_calls_nothing(void **state)
{
    ONEM2M_TRANSACTION *transaction;

    (void)state;
    assert_int_equal(store_try_begin(backend, &transaction, ONEM2M_WRITE), ONEM2M_R_NONE);
    reset_shim();
    store_put(transaction, "a", "2");
    store_functions->abort(transaction);
    transaction = store_begin(backend, ONEM2M_WRITE);
    reset_shim();
    store_commit(transaction);
    assert_int_equal(records_shim->all_calls, 0);
}

static void put_many(unsigned int from, unsigned int count)
{
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);
    char name[32], value[300];

    memset(value, 'v', sizeof(value));
    value[sizeof(value) - 1] = '\0';
    for (unsigned int i = from; i < from + count; i++) {
        snprintf(name, sizeof(name), "name-%u@mef.example.com", i);
        store_put(transaction, name, value);
    }
    store_commit(transaction);
}

static void cost_of_many(void **state)
{
    ONEM2M_BACKEND *other;
    double start = store_seconds();

    (void)state;
    put_many(0, MANY);
    printf("%d entries in one transaction: %.2f ms each\n", MANY,
           1e3 * (store_seconds() - start) / MANY);
    start = store_seconds();
    put_many(MANY, 1);
    printf("one more: %.2f ms\n", 1e3 * (store_seconds() - start));
    start = store_seconds();
    for (int i = 0; i < 100; i++)
        assert_true(store_holds(backend, "a", "1"));
    printf("begin and get: %.1f us\n", 1e6 * (store_seconds() - start) / 100);
    start = store_seconds();
    other = open_other();
    printf("the first begin of another: %.2f ms\n", 1e3 * (store_seconds() - start));
    put_many(MANY + 1, 1);
    start = store_seconds();
    assert_true(store_holds(other, "a", "1"));
    printf("a begin after a write of another: %.2f ms\n", 1e3 * (store_seconds() - start));
    store_functions->close(other);
}

/* A token that cannot */

static void full_token(void **state)
{
    static const CK_RV values[] = { CKR_DEVICE_MEMORY, CKR_ATTRIBUTE_VALUE_INVALID,
                                    CKR_DATA_LEN_RANGE };

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);

        store_put(transaction, "b", "2");
        store_put(transaction, "c", "2");
        let_fail(SHIM_C_CreateObject, values[i], 1);
        assert_false(store_functions->commit(transaction, &store_error));
        assert_int_equal(store_error.reason, ONEM2M_R_STORE_FULL);
        assert_calls(SHIM_C_DestroyObject, 1);
        assert_int_equal(records_objects(), 4); /* header, a, anchors */
        assert_true(store_holds(backend, "b", NULL));
    }
    assert_int_equal(store_try_put(backend, "b", store_text("1")), ONEM2M_R_NONE);
    assert_int_equal(records_objects(), 5);
}

static void assert_names_token(const char *function)
{
    char expected[128];

    snprintf(expected, sizeof(expected), "PKCS#11 token %s: %s returned CKR_FUNCTION_FAILED",
             records_is_nss() ? "our token" : "seals", function);
    assert_int_equal(store_error.reason, ONEM2M_R_TOKEN_FAILED);
    if (strncmp(store_error.detail, expected, strlen(expected)) != 0)
        fail_msg("%s, not %s", store_error.detail, expected);
}

static void refusals_name_the_token(void **state)
{
    ONEM2M_BACKEND *other;
    ONEM2M_TRANSACTION *reader;

    (void)state;
    let_fail(SHIM_C_CreateObject, CKR_FUNCTION_FAILED, 0);
    assert_int_equal(store_try_put(backend, "a", store_text("2")), ONEM2M_R_TOKEN_FAILED);
    assert_names_token("C_CreateObject");
    assert_int_equal(store_try_open(&other, records_location()), ONEM2M_R_NONE);
    let_fail(SHIM_C_OpenSession, CKR_FUNCTION_FAILED, 0);
    assert_int_equal(store_try_begin(other, &reader, ONEM2M_READ), ONEM2M_R_TOKEN_FAILED);
    assert_names_token("C_OpenSession");
    let_fail(SHIM_C_OpenSession, CKR_FUNCTION_FAILED, 0);
    assert_int_equal(store_try_create(other), ONEM2M_R_TOKEN_FAILED);
    assert_names_token("C_OpenSession");
    reset_shim();
    store_functions->close(other);
}

static void read_only(void **state)
{
    static const CK_RV values[] = { CKR_TOKEN_WRITE_PROTECTED, CKR_SESSION_READ_ONLY };
    ONEM2M_TRANSACTION *transaction;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        transaction = store_begin(backend, ONEM2M_WRITE);
        store_put(transaction, "b", "2");
        let_fail(SHIM_C_CreateObject, values[i], 0);
        assert_false(store_functions->commit(transaction, &store_error));
        assert_int_equal(store_error.reason, ONEM2M_R_STORE_READ_ONLY);
    }
    store_functions->close(backend);
    assert_int_equal(store_try_open(&backend, records_location()), ONEM2M_R_NONE);
    let_fail(SHIM_C_OpenSession, CKR_TOKEN_WRITE_PROTECTED, 0);
    records_shim->token_flags = CKF_WRITE_PROTECTED;
    assert_int_equal(store_try_begin(backend, &transaction, ONEM2M_WRITE),
                     ONEM2M_R_STORE_READ_ONLY);
    assert_true(store_holds(backend, "a", "1"));
    assert_int_equal(store_try_create(backend), ONEM2M_R_STORE_READ_ONLY);
}

static void title_that_is_not_kept(void **state)
{
    (void)state;
    let_fail(SHIM_C_SetAttributeValue, CKR_ATTRIBUTE_READ_ONLY, 0);
    assert_int_equal(store_try_put(backend, "b", store_text("1")), ONEM2M_R_TOKEN_FAILED);
    assert_non_null(strstr(store_error.detail, "CKR_ATTRIBUTE_READ_ONLY"));
    reset_shim();
    assert_true(store_holds(backend, "b", NULL));
    assert_int_equal(store_try_put(backend, "b", store_text("1")), ONEM2M_R_NONE);
}

/* A token that is taken away */

static void close_all_sessions(void)
{
    const ONEM2M_PKCS11_SESSION *session = &backend->session;

    assert_int_equal(session->module->C_CloseAllSessions(session->slot), CKR_OK);
}

static void session_lost(void **state)
{
    ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ), *writer;

    (void)state;
    writer = store_begin(backend, ONEM2M_WRITE);
    store_put(writer, "a", "2");
    close_all_sessions();
    assert_false(store_functions->commit(writer, &store_error));
    assert_int_equal(store_error.reason, ONEM2M_R_TOKEN_FAILED);
    assert_non_null(strstr(store_error.detail, "CKR_SESSION_HANDLE_INVALID"));
    assert_true(store_has(reader, "a", "1"));
    store_functions->abort(reader);
    assert_true(store_holds(backend, "a", "1"));
    close_all_sessions();
    assert_true(store_holds(backend, "a", "1"));
    close_all_sessions();
    assert_int_equal(store_try_put(backend, "a", store_text("2")), ONEM2M_R_NONE);
    assert_int_equal(records_objects(), 4);
}

/* Another thread has found out, and gone on in a session of its own. */
static void session_changed(void **state)
{
    ONEM2M_TRANSACTION *writer = store_begin(backend, ONEM2M_WRITE);

    (void)state;
    store_put(writer, "a", "2");
    close_all_sessions();
    assert_true(store_holds(backend, "a", "1"));
    assert_false(store_functions->commit(writer, &store_error));
    assert_int_equal(store_error.reason, ONEM2M_R_TOKEN_FAILED);
    assert_true(store_holds(backend, "a", "1"));
}

static void logged_out(void **state)
{
    const ONEM2M_PKCS11_SESSION *session = &backend->session;

    (void)state;
    assert_int_equal(session->module->C_Logout(session->handle), CKR_OK);
    assert_true(store_holds(backend, "a", "1"));
    assert_int_equal(store_try_put(backend, "a", store_text("2")), ONEM2M_R_NONE);
}

static void removed(void **state)
{
    ONEM2M_TRANSACTION *transaction;

    (void)state;
    let_fail(SHIM_C_GetTokenInfo, CKR_DEVICE_REMOVED, 0);
    records_shim->fails_any = records_shim->fails_always = 1;
    assert_int_equal(store_try_begin(backend, &transaction, ONEM2M_READ), ONEM2M_R_TOKEN_MISSING);
    assert_int_equal(store_try_begin(backend, &transaction, ONEM2M_WRITE), ONEM2M_R_TOKEN_MISSING);
    reset_shim();
    assert_true(store_holds(backend, "a", "1"));
}

/* Others who write */

static void write_as_other_host(void *argument)
{
    ONEM2M_BACKEND *store = store_open(argument);

    STORE_CHECK(store_try_put(store, "a", store_text("theirs")) == ONEM2M_R_NONE);
    store_functions->close(store);
}

/* In a network name space and with a PIN file of its own, as in another container. */
static void fork_other_host(void *argument)
{
    char location[600], command[700], *pin;

    snprintf(location, sizeof(location), "%s2", (const char *)argument);
    pin = strstr(location, "file:") + strlen("file:");
    snprintf(command, sizeof(command), "cp -p %.*s %s", (int)strlen(pin) - 1, pin, pin);
    /* NOLINTNEXTLINE(cert-env33-c): a name made here */
    STORE_CHECK(system(command) == 0);
    STORE_CHECK(unshare(CLONE_NEWNET) == 0);
    write_as_other_host(location);
}

static void write_beside_other_host(void *argument)
{
    ONEM2M_BACKEND *store = store_open(argument);
    ONEM2M_TRANSACTION *transaction = store_begin(store, ONEM2M_WRITE);

    store_put(transaction, "a", "ours");
    store_put(transaction, "b", "ours");
    store_join(store_fork(fork_other_host, argument));
    STORE_CHECK(!store_functions->commit(transaction, &store_error));
    STORE_CHECK(store_error.reason == ONEM2M_R_STORE_LOCKED);
    STORE_CHECK(store_holds(store, "a", "theirs") && store_holds(store, "b", NULL));
    STORE_CHECK(store_try_put(store, "a", store_text("ours")) == ONEM2M_R_NONE);
    STORE_CHECK(records_objects() == 4);
    store_functions->close(store);
}

static void other_host(void **state)
{
    (void)state;
    if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0)
        skip();
    store_join(store_fork(write_beside_other_host, (void *)(uintptr_t)records_location()));
}

/* Somebody announces a write while this one makes its objects: this one destroys them. */
static void announced_meanwhile(void **state)
{
    ONEM2M_BACKEND *other = open_other();
    ONEM2M_TITLE title = { .kind = ONEM2M_TITLE_WRITING, .number = 3, .id = 7 };
    const ONEM2M_TITLE_TEXT text = onem2m_title_text(&title);
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);

    (void)state;
    store_put(transaction, "b", "1");
    assert_true(onem2m_object_retitle(other, other->spare.handle, &text, &store_error));
    assert_false(store_functions->commit(transaction, &store_error));
    assert_int_equal(store_error.reason, ONEM2M_R_STORE_LOCKED);
    store_functions->close(other);
    assert_int_equal(store_try_put(backend, "b", store_text("2")), ONEM2M_R_NONE);
    assert_int_equal(records_objects(), 5);
}

/* The anchor that says whether somebody wrote is that of a write begun since, two later. */
static void announced_two_later(void **state)
{
    ONEM2M_BACKEND *other = open_other();

    (void)state;
    assert_int_equal(store_try_put(backend, "a", store_text("2")), ONEM2M_R_NONE);
    assert_int_equal(store_try_put(backend, "a", store_text("3")), ONEM2M_R_NONE);
    let_fail(SHIM_C_CreateObject, CKR_DEVICE_ERROR, 0);
    assert_int_equal(store_try_put(backend, "a", store_text("4")), ONEM2M_R_TOKEN_FAILED);
    reset_shim();
    assert_true(store_holds(other, "a", "3"));
    store_functions->close(other);
}

/* Objects that are not what was written */

static void lost_anchor(void **state)
{
    ONEM2M_BACKEND *other = open_other();

    (void)state;
    assert_true(onem2m_object_destroy(other, &other->spare, &store_error));
    assert_int_equal(records_objects(), 3);
    assert_true(store_holds(backend, "a", "1"));
    assert_int_equal(store_try_put(backend, "a", store_text("2")), ONEM2M_R_NONE);
    assert_int_equal(records_objects(), 4);
    assert_true(store_holds(other, "a", "2"));
    store_functions->close(other);
}

/* What is there can be read; the header of the store says that something is not. */
static void lost_entry(void **state)
{
    const ONEM2M_TITLE title = { .kind = ONEM2M_TITLE_ENTRY,
                                 .table = ONEM2M_TABLE_KEYS,
                                 .number = 2 };
    ONEM2M_BACKEND *other = open_other();
    ONEM2M_TITLED titled = { 0, onem2m_title_text(&title) };

    (void)state;
    titled.handle = onem2m_tree_get(other->root, ONEM2M_TABLE_KEYS, store_text("a"))->object;
    assert_true(onem2m_object_destroy(other, &titled, &store_error));
    assert_int_equal(records_objects(), 3);
    store_functions->close(other);
    other = open_other();
    assert_true(store_holds(other, "a", NULL));
    assert_int_equal(store_try_put(other, "b", store_text("1")), ONEM2M_R_NONE);
    assert_true(store_holds(backend, "b", "1"));
    assert_true(store_holds(backend, "a", NULL));
    store_functions->close(other);
}

/* An anchor with a higher number, of another program or of a later version of this one. */
static void foreign_anchor(const char *mark, ONEM2M_REASON expected)
{
    const ONEM2M_TITLE title = { .kind = ONEM2M_TITLE_COMMITTED, .number = 99 };
    const ONEM2M_TITLE_TEXT text = onem2m_title_text(&title);
    ONEM2M_OBJECT object = { .title = text };

    object.octets = (unsigned char *)(uintptr_t)mark;
    object.length = strlen(mark);
    assert_int_equal(onem2m_object_check_anchor(&object, &store_error), expected == ONEM2M_R_NONE);
    if (expected != ONEM2M_R_NONE)
        assert_int_equal(store_error.reason, expected);
}

static void foreign_anchors(void **state)
{
    (void)state;
    foreign_anchor("onem2m-provider key store 1", ONEM2M_R_NONE);
    foreign_anchor("onem2m-provider key store 2", ONEM2M_R_STORE_NEWER);
    foreign_anchor("onem2m-provider key store ", ONEM2M_R_STORE_NOT_OURS);
    foreign_anchor("something else, 27 octets..", ONEM2M_R_STORE_NOT_OURS);
    foreign_anchor("", ONEM2M_R_STORE_NOT_OURS);
}

/* An object of the store whose octets have no name in them. */
static void entry_that_is_none(void **state)
{
    static const char *const octets[] = { "", "x", "\0\0x", "\0\5four", "\2\0" };
    static const size_t lengths[] = { 0, 1, 3, 6, 2 };
    const ONEM2M_TITLE title = { .kind = ONEM2M_TITLE_ENTRY,
                                 .table = ONEM2M_TABLE_KEYS,
                                 .number = 1 };

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        const ONEM2M_OBJECT object = { onem2m_title_text(&title),
                                       (unsigned char *)(uintptr_t)octets[i], lengths[i] };

        assert_null(onem2m_object_entry(&object, &title, 1, &store_error));
        assert_int_equal(store_error.reason, ONEM2M_R_STORE_DAMAGED);
    }
}

/* What is found is never of one moment: who reads waits until it is. */
static void change_title(void *argument)
{
    ONEM2M_BACKEND *other = store_open(records_location());
    const ONEM2M_TITLE_TEXT good = other->current.title;
    ONEM2M_TITLE title = onem2m_title_parse(&good);
    ONEM2M_TITLE_TEXT text;

    STORE_CHECK(write(*(int *)argument, "x", 1) == 1);
    for (title.id = 1; title.id < 300; title.id++) {
        title.sum++;
        text = onem2m_title_text(&title);
        STORE_CHECK(onem2m_object_retitle(other, other->current.handle, &text, &store_error));
    }
    STORE_CHECK(onem2m_object_retitle(other, other->current.handle, &good, &store_error));
    store_functions->close(other);
}

/*
 * Not of SoftHSM 2.6.1, which unlocks the file of an object before it has written it (File::unlock,
 * then fclose): who reads then, in another thread or process, finds it empty, and the object, for a
 * moment or for good, without title or gone (ObjectFile::refresh).
 */
static void never_of_one_moment(void **state)
{
    ONEM2M_BACKEND *third;
    int ends[2];
    char begun;
    pid_t child;

    (void)state;
    if (!records_is_nss())
        skip();
    third = open_other();
    assert_int_equal(pipe(ends), 0);
    child = store_fork(change_title, &ends[1]);
    assert_int_equal(read(ends[0], &begun, 1), 1);
    onem2m_records_close_session(third);
    assert_true(store_holds(third, "a", "1"));
    store_join(child);
    store_functions->close(third);
    close(ends[0]);
    close(ends[1]);
}

static void titles(void **state)
{
    const ONEM2M_TITLE all[] = {
        { .kind = ONEM2M_TITLE_ENTRY, .table = ONEM2M_TABLE_KEYS, .number = UINT64_MAX },
        { .kind = ONEM2M_TITLE_REMOVAL, .table = ONEM2M_TABLE_META, .number = 1 },
        { .kind = ONEM2M_TITLE_WRITING, .number = 2, .sum = 3, .id = 4 },
        { .kind = ONEM2M_TITLE_COMMITTED, .number = 5, .sum = UINT64_MAX, .id = UINT64_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        const ONEM2M_TITLE_TEXT text = onem2m_title_text(&all[i]);
        const ONEM2M_TITLE parsed = onem2m_title_parse(&text);

        assert_int_equal(parsed.kind, all[i].kind);
        assert_true(parsed.number == all[i].number && parsed.sum == all[i].sum &&
                    parsed.id == all[i].id);
        for (size_t j = 0; j <= strlen(text.text); j++) {
            ONEM2M_TITLE_TEXT other = text;

            other.text[j] ^= 1;
            other.text[ONEM2M_TITLE_MAX] = '\0';
            /* A table or number may be another's; an anchor has a checksum. */
            if (onem2m_title_parse(&other).kind != ONEM2M_TITLE_UNKNOWN)
                assert_true(i < 2 && j < 18);
        }
    }
}

/* URIs */

static void locations(void **state)
{
    static const char *const bad[] = { "",
                                       "object=x",
                                       "token=t;id=%01",
                                       "token=t;object=",
                                       "token=t?pin-value=1234",
                                       "token=t;what=1" };
    char longest[128] = "token=t;object=";
    ONEM2M_BACKEND *opened;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(store_try_open(&opened, bad[i]), ONEM2M_R_BAD_CONFIGURATION);
    memset(longest + strlen(longest), 'x', ONEM2M_FAMILY_MAX - strlen("oneM2M ") + 1);
    assert_int_equal(store_try_open(&opened, longest), ONEM2M_R_BAD_CONFIGURATION);
    longest[strlen(longest) - 1] = '\0';
    assert_int_equal(store_try_open(&opened, longest), ONEM2M_R_NONE);
    store_functions->close(opened);
    assert_int_equal(store_try_open(&opened, "token=t"), ONEM2M_R_NONE);
    assert_memory_equal(opened->family, "oneM2M onem2m", opened->family_length);
    store_functions->close(opened);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down_store)

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        TEST(reading_asks_one_anchor),
        TEST(only_new_objects_are_read),
        TEST(what_is_aborted_calls_nothing),
        TEST(cost_of_many),
        TEST(full_token),
        TEST(refusals_name_the_token),
        TEST(read_only),
        TEST(title_that_is_not_kept),
        TEST(session_lost),
        TEST(session_changed),
        TEST(logged_out),
        TEST(removed),
        TEST(other_host),
        TEST(announced_meanwhile),
        TEST(announced_two_later),
        TEST(lost_anchor),
        TEST(lost_entry),
        TEST(never_of_one_moment),
        cmocka_unit_test(foreign_anchors),
        cmocka_unit_test(entry_that_is_none),
        cmocka_unit_test(titles),
        cmocka_unit_test(locations),
    };
    int failed;

    records_set_up(argc, argv);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    records_remove();
    return failed;
}
