/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A disk that fails: the commit is refused, nothing of it has happened, what
 * was there is there, and the next works.
 */
#include <errno.h>
#include "file_shim.h"
#include "store_backend.h"

static int put_many(void)
{
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);
    char name[32];

    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof(name), "many-%d", i * 7919 % 1000);
        store_put(transaction, name, "of some length, so that there are several pages of it");
    }
    store_put(transaction, "a", "2");
    return store_functions->commit(transaction, &store_error);
}

static void assert_as_before(void)
{
    ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);

    assert_true(store_has(reader, "a", "1"));
    assert_int_equal(store_count(reader), 1);
    store_functions->abort(reader);
}

static void fail_and_go_on(SHIM_KIND kind, int synchronous, int number, ONEM2M_REASON reason)
{
    shim_fail(kind, synchronous, 0, number);
    assert_int_equal(put_many(), 0);
    assert_true(shim_has_failed());
    assert_int_equal(store_error.reason, reason);
    assert_as_before();
    assert_int_equal(store_try_put(backend, "a", store_text("3")), ONEM2M_R_NONE);
    assert_true(store_holds(backend, "a", "3"));
    store_functions->close(backend);
    backend = store_open(directory);
    assert_true(store_holds(backend, "a", "3"));
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
}

static void pages(void **state)
{
    (void)state;
    fail_and_go_on(SHIM_WRITE, 0, EIO, ONEM2M_R_STORE_FAILED);
    fail_and_go_on(SHIM_WRITE, 0, ENOSPC, ONEM2M_R_STORE_FULL);
    fail_and_go_on(SHIM_WRITE, 0, EDQUOT, ONEM2M_R_STORE_FULL);
    fail_and_go_on(SHIM_WRITE, 0, 0, ONEM2M_R_STORE_FAILED);
}

static void sync_of_pages(void **state)
{
    (void)state;
    fail_and_go_on(SHIM_SYNC, -1, EIO, ONEM2M_R_STORE_FAILED);
    fail_and_go_on(SHIM_SYNC, -1, ENOSPC, ONEM2M_R_STORE_FULL);
}

/* LMDB gives such an environment up: it is opened again. */
static void meta_page(void **state)
{
    (void)state;
    fail_and_go_on(SHIM_WRITE, 1, EIO, ONEM2M_R_STORE_FAILED);
    fail_and_go_on(SHIM_WRITE, 1, ENOSPC, ONEM2M_R_STORE_FULL);
}

static void meta_page_under_a_reader(void **state)
{
    ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);

    (void)state;
    shim_fail(SHIM_WRITE, 1, 0, EIO);
    assert_int_equal(put_many(), 0);
    assert_true(store_has(reader, "a", "1"));
    assert_int_equal(store_try_put(backend, "a", store_text("3")), ONEM2M_R_STORE_LOCKED);
    store_functions->abort(reader);
    assert_int_equal(store_try_put(backend, "a", store_text("3")), ONEM2M_R_NONE);
    assert_true(store_holds(backend, "a", "3"));
}

/* Whatever fails while a store is made, there is none, or it is whole. */
static void creation(void **state)
{
    static const struct {
        SHIM_KIND kind;
        int after;
    } failures[] = {
        { SHIM_WRITE, 0 }, { SHIM_WRITE, 1 }, { SHIM_WRITE, 2 }, { SHIM_SYNC, 0 }, { SHIM_SYNC, 1 }
    };

    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        ONEM2M_BACKEND *other;
        char path[PATH_MAX];

        store_directory(path);
        assert_int_equal(store_try_open(&other, path), ONEM2M_R_NONE);
        shim_fail(failures[i].kind, -1, failures[i].after, EIO);
        assert_int_equal(store_try_create(other), ONEM2M_R_STORE_FAILED);
        assert_true(shim_has_failed());
        assert_int_equal(store_try_create(other), ONEM2M_R_NONE);
        assert_true(store_holds(other, "a", NULL));
        store_functions->close(other);
        store_remove(path);
    }
    (void)state;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up_filled, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages),    TEST(sync_of_pages), TEST(meta_page), TEST(meta_page_under_a_reader),
        TEST(creation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
