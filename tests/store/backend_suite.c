/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The same tests over each backend.
 */
#include <pthread.h>
#include <stdlib.h>
#include "backend_suite.h"

static const BACKEND_TESTED *tested;

static int set_up(void **state)
{
    tested = *state;
    store_functions = tested->functions;
    store_directory(directory);
    assert_int_equal(store_try_open(&backend, tested->make_place(directory)), ONEM2M_R_NONE);
    return 0;
}

static int set_up_store(void **state)
{
    set_up(state);
    assert_int_equal(store_try_create(backend), ONEM2M_R_NONE);
    return 0;
}

static int put(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
               ONEM2M_SLICE value)
{
    return store_functions->put(transaction, table, name, value, &store_error);
}

static int get(ONEM2M_TRANSACTION *transaction, ONEM2M_TABLE table, ONEM2M_SLICE name,
               ONEM2M_SLICE *value)
{
    return store_functions->get(transaction, table, name, value, &store_error);
}

static int drop(ONEM2M_TRANSACTION *transaction, const char *name)
{
    return store_functions->remove(transaction, ONEM2M_TABLE_KEYS, store_text(name), &store_error);
}

static void no_store_yet(void **state)
{
    ONEM2M_TRANSACTION *transaction;

    (void)state;
    assert_int_equal(store_try_begin(backend, &transaction, ONEM2M_READ), ONEM2M_R_STORE_MISSING);
    assert_int_equal(store_try_begin(backend, &transaction, ONEM2M_WRITE), ONEM2M_R_STORE_MISSING);
    assert_int_equal(store_try_create(backend), ONEM2M_R_NONE);
    assert_int_equal(store_try_create(backend), ONEM2M_R_STORE_EXISTS);
    assert_true(store_holds(backend, "a", NULL));
}

static int fill_nothing(ONEM2M_TRANSACTION *transaction, void *argument, ONEM2M_ERROR *error)
{
    (void)transaction;
    (void)argument;
    return onem2m_refuse(error, ONEM2M_R_MISMATCH, ONEM2M_NO_OFFSET, "no");
}

static void creation_that_fails(void **state)
{
    ONEM2M_TRANSACTION *transaction;

    (void)state;
    assert_int_equal(store_functions->create(backend, fill_nothing, NULL, &store_error), 0);
    assert_int_equal(store_error.reason, ONEM2M_R_MISMATCH);
    assert_int_equal(store_try_begin(backend, &transaction, ONEM2M_READ), ONEM2M_R_STORE_MISSING);
    assert_int_equal(store_try_create(backend), ONEM2M_R_NONE);
}

static void what_was_filled(void **state)
{
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_READ);
    ONEM2M_SLICE value;

    (void)state;
    assert_int_equal(get(transaction, ONEM2M_TABLE_META, store_text("header"), &value), 1);
    assert_true(store_equal(value, store_text("first")));
    assert_int_equal(store_count(transaction), 0);
    store_functions->abort(transaction);
}

static void put_get_remove(void **state)
{
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);

    (void)state;
    store_put(transaction, "b", "1");
    store_put(transaction, "a", "");
    store_put(transaction, "b", "22");
    assert_true(store_has(transaction, "b", "22"));
    assert_true(store_has(transaction, "a", ""));
    assert_true(store_has(transaction, "c", NULL));
    store_commit(transaction);
    assert_true(store_holds(backend, "b", "22"));
    transaction = store_begin(backend, ONEM2M_WRITE);
    assert_int_equal(drop(transaction, "b"), 1);
    assert_int_equal(drop(transaction, "b"), 1);
    assert_true(store_has(transaction, "b", NULL));
    store_commit(transaction);
    assert_true(store_holds(backend, "b", NULL));
    assert_true(store_holds(backend, "a", ""));
}

static void abort_leaves_all(void **state)
{
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);

    (void)state;
    store_put(transaction, "a", "1");
    store_put(transaction, "b", "1");
    store_commit(transaction);
    transaction = store_begin(backend, ONEM2M_WRITE);
    store_put(transaction, "a", "2");
    store_put(transaction, "c", "2");
    assert_int_equal(drop(transaction, "b"), 1);
    store_functions->abort(transaction);
    assert_true(store_holds(backend, "a", "1"));
    assert_true(store_holds(backend, "b", "1"));
    assert_true(store_holds(backend, "c", NULL));
}

static void tables_are_apart(void **state)
{
    static const ONEM2M_TABLE tables[] = { ONEM2M_TABLE_META, ONEM2M_TABLE_KEYS,
                                           ONEM2M_TABLE_CHILDREN };
    static const char *const values[] = { "m", "k", "c" };
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);
    ONEM2M_SLICE value, name;

    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_true(put(transaction, tables[i], store_text("zz"), store_text(values[i])));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(get(transaction, tables[i], store_text("zz"), &value), 1);
        assert_true(store_equal(value, store_text(values[i])));
        assert_int_equal(store_functions->seek(transaction, tables[i], store_text("zza"), &name,
                                               &value, &store_error),
                         0);
    }
    store_commit(transaction);
}

static void snapshot_of_readers(void **state)
{
    ONEM2M_TRANSACTION *reader, *writer = store_begin(backend, ONEM2M_WRITE);

    (void)state;
    store_put(writer, "a", "1");
    assert_true(store_holds(backend, "a", NULL));
    store_commit(writer);
    reader = store_begin(backend, ONEM2M_READ);
    for (int i = 0; i < 20; i++) {
        writer = store_begin(backend, ONEM2M_WRITE);
        store_put(writer, "a", "2");
        store_put(writer, i % 2 == 0 ? "b" : "c", "2");
        store_commit(writer);
    }
    assert_true(store_has(reader, "a", "1"));
    assert_true(store_has(reader, "b", NULL));
    assert_int_equal(store_count(reader), 1);
    store_functions->abort(reader);
    assert_true(store_holds(backend, "a", "2"));
}

static void readers_do_not_write(void **state)
{
    ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);

    (void)state;
    assert_int_equal(put(reader, ONEM2M_TABLE_KEYS, store_text("a"), store_text("1")), 0);
    assert_int_equal(store_error.reason, ONEM2M_R_STORE_READ_ONLY);
    assert_int_equal(drop(reader, "a"), 0);
    assert_int_equal(store_error.reason, ONEM2M_R_STORE_READ_ONLY);
    store_commit(reader);
}

static void sizes_of_names(void **state)
{
    unsigned char octets[600];
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);
    ONEM2M_SLICE name, found, value;

    (void)state;
    memset(octets, 'x', sizeof(octets));
    for (size_t length = 0; length < sizeof(octets); length++) {
        const int fits = length >= 1 && length <= ONEM2M_BACKEND_NAME_MAX;

        name = (ONEM2M_SLICE){ octets, length };
        assert_int_equal(put(transaction, ONEM2M_TABLE_KEYS, name, store_text("1")), fits);
        assert_int_equal(get(transaction, ONEM2M_TABLE_KEYS, name, &value), fits ? 1 : -1);
        if (!fits)
            assert_int_equal(store_error.reason, ONEM2M_R_BAD_LENGTH);
        assert_int_equal(store_functions->seek(transaction, ONEM2M_TABLE_KEYS, name, &found, &value,
                                               &store_error),
                         fits || length == 0 ? (length > 0)
                                             : (length == ONEM2M_BACKEND_NAME_MAX + 1 ? 0 : -1));
    }
    assert_int_equal(store_count(transaction), ONEM2M_BACKEND_NAME_MAX);
    store_commit(transaction);
}

static void sizes_of_values(void **state)
{
    static const size_t sizes[] = { 0,    1,     255,   1999,  2030,  2040,   4096,
                                    8192, 16384, 65535, 65536, 70000, 1048576 };
    unsigned char *octets = malloc(ONEM2M_BACKEND_VALUE_MAX + 1);
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE value;
    char name[16];

    (void)state;
    assert_non_null(octets);
    for (size_t i = 0; i <= ONEM2M_BACKEND_VALUE_MAX; i++)
        octets[i] = (unsigned char)(i * 7 >> 3);
    transaction = store_begin(backend, ONEM2M_WRITE);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        snprintf(name, sizeof(name), "v%zu", sizes[i]);
        assert_true(put(transaction, ONEM2M_TABLE_KEYS, store_text(name),
                        (ONEM2M_SLICE){ octets, sizes[i] }));
    }
    assert_false(put(transaction, ONEM2M_TABLE_KEYS, store_text("v"),
                     (ONEM2M_SLICE){ octets, ONEM2M_BACKEND_VALUE_MAX + 1 }));
    assert_int_equal(store_error.reason, ONEM2M_R_BAD_LENGTH);
    store_commit(transaction);
    transaction = store_begin(backend, ONEM2M_READ);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        snprintf(name, sizeof(name), "v%zu", sizes[i]);
        assert_int_equal(get(transaction, ONEM2M_TABLE_KEYS, store_text(name), &value), 1);
        assert_true(store_equal(value, (ONEM2M_SLICE){ octets, sizes[i] }));
    }
    store_functions->abort(transaction);
    free(octets);
}

static void order_of_names(void **state)
{
    static const ONEM2M_SLICE names[] = {
        { (const unsigned char *)"\0", 1 },   { (const unsigned char *)"\0\0", 2 },
        { (const unsigned char *)"\0a", 2 },  { (const unsigned char *)"A", 1 },
        { (const unsigned char *)"a", 1 },    { (const unsigned char *)"a\0", 2 },
        { (const unsigned char *)"a\0b", 3 }, { (const unsigned char *)"aa", 2 },
        { (const unsigned char *)"b", 1 },    { (const unsigned char *)"\x7F", 1 },
        { (const unsigned char *)"\x80", 1 }, { (const unsigned char *)"\xC3\xBC", 2 },
        { (const unsigned char *)"\xFF", 1 }, { (const unsigned char *)"\xFF\xFF", 2 },
    };
    const size_t count = sizeof(names) / sizeof(names[0]);
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);
    ONEM2M_SLICE name, value;

    (void)state;
    for (size_t i = 0; i < count; i++)
        assert_true(put(transaction, ONEM2M_TABLE_KEYS, names[i * 5 % count], store_text("")));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(store_functions->seek(transaction, ONEM2M_TABLE_KEYS, names[i], &name,
                                               &value, &store_error),
                         1);
        assert_true(store_equal(name, names[i]));
    }
    assert_int_equal(store_count(transaction), count);
    store_commit(transaction);
}

/* A thousand random changes in transactions of random size, some aborted, against a plain list. */
#define MODEL_NAMES 300

static void change_model(ONEM2M_TRANSACTION *transaction, unsigned int model[MODEL_NAMES])
{
    const unsigned int which = store_random(MODEL_NAMES);
    char name[32], value[64];

    snprintf(name, sizeof(name), "name-%u", which);
    if (store_random(3) == 0) {
        model[which] = 0;
        assert_int_equal(drop(transaction, name), 1);
        return;
    }
    model[which] = 1 + store_random(1000000);
    snprintf(value, sizeof(value), "%u", model[which]);
    store_put(transaction, name, value);
}

static void assert_model(ONEM2M_TRANSACTION *transaction, const unsigned int model[MODEL_NAMES])
{
    char name[32], value[64];
    size_t count = 0;

    for (unsigned int i = 0; i < MODEL_NAMES; i++) {
        snprintf(name, sizeof(name), "name-%u", i);
        snprintf(value, sizeof(value), "%u", model[i]);
        assert_true(store_has(transaction, name, model[i] == 0 ? NULL : value));
        count += model[i] != 0;
    }
    assert_int_equal(store_count(transaction), count);
}

static void against_a_model(void **state)
{
    static unsigned int model[MODEL_NAMES], changed[MODEL_NAMES];
    ONEM2M_TRANSACTION *transaction;

    (void)state;
    memset(model, 0, sizeof(model));
    for (int round = 0; round < 60; round++) {
        transaction = store_begin(backend, ONEM2M_WRITE);
        memcpy(changed, model, sizeof(model));
        for (unsigned int i = store_random(40); i > 0; i--)
            change_model(transaction, changed);
        assert_model(transaction, changed);
        if (store_random(4) == 0) {
            store_functions->abort(transaction);
        } else {
            store_commit(transaction);
            memcpy(model, changed, sizeof(model));
        }
        transaction = store_begin(backend, ONEM2M_READ);
        assert_model(transaction, model);
        store_commit(transaction);
    }
}

/* Two entries that always change together, seen together by those who read meanwhile. */
#define THREAD_ROUNDS 200
static int writers_left;

static void *write_pairs(void *argument)
{
    char value[32];

    for (int i = 0; i < THREAD_ROUNDS; i++) {
        ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);

        snprintf(value, sizeof(value), "%s-%d", (const char *)argument, i);
        store_put(transaction, "first", value);
        store_put(transaction, "second", value);
        if (i % 5 == 4)
            store_functions->abort(transaction);
        else
            store_commit(transaction);
    }
    __atomic_fetch_sub(&writers_left, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void *read_pairs(void *argument)
{
    ONEM2M_SLICE first = { NULL, 0 }, second = { NULL, 0 };
    size_t *rounds = argument;
    int has_first, has_second;

    while (__atomic_load_n(&writers_left, __ATOMIC_SEQ_CST) > 0) {
        ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_READ);

        has_first = get(transaction, ONEM2M_TABLE_KEYS, store_text("first"), &first);
        has_second = get(transaction, ONEM2M_TABLE_KEYS, store_text("second"), &second);
        STORE_CHECK(has_first == has_second && has_first >= 0);
        STORE_CHECK(has_first == 0 || store_equal(first, second));
        store_functions->abort(transaction);
        ++*rounds;
    }
    return NULL;
}

static void threads(void **state)
{
    static char names[][4] = { "one", "two" };
    pthread_t writers[2], readers[3];
    size_t rounds[3] = { 0, 0, 0 };

    (void)state;
    writers_left = 2;
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_pairs, &rounds[i]), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&writers[i], NULL, write_pairs, names[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(writers[i], NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(readers[i], NULL);
}

/* More readers at once than a pool may have been made for. */
static void many_readers(void **state)
{
    ONEM2M_TRANSACTION *readers[100];

    (void)state;
    for (size_t i = 0; i < 100; i++)
        readers[i] = store_begin(backend, ONEM2M_READ);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    for (size_t i = 0; i < 100; i++) {
        assert_true(store_has(readers[i], "a", NULL));
        store_functions->abort(readers[i]);
    }
    assert_true(store_holds(backend, "a", "1"));
}

static void in_child(void *argument)
{
    ONEM2M_TRANSACTION *transaction;

    (void)argument;
    STORE_CHECK(store_holds(backend, "a", "1"));
    transaction = store_begin(backend, ONEM2M_WRITE);
    store_put(transaction, "a", "child");
    store_commit(transaction);
    STORE_CHECK(store_holds(backend, "a", "child"));
    store_functions->close(backend);
}

static void fork_after_use(void **state)
{
    (void)state;
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    assert_true(store_holds(backend, "a", "1"));
    store_join(store_fork(in_child, NULL));
    assert_true(store_holds(backend, "a", tested->outlives_process ? "child" : "1"));
    assert_int_equal(store_try_put(backend, "a", store_text("2")), ONEM2M_R_NONE);
}

static void in_child_of_writer(void *argument)
{
    ONEM2M_TRANSACTION **transactions = argument;
    ONEM2M_SLICE value;

    if (tested->refuses_after_fork)
        STORE_CHECK(get(transactions[0], ONEM2M_TABLE_KEYS, store_text("a"), &value) == -1);
    store_functions->abort(transactions[0]);
    STORE_CHECK(!store_functions->commit(transactions[1], &store_error));
    STORE_CHECK(store_error.reason == ONEM2M_R_STORE_FAILED);
    STORE_CHECK(store_holds(backend, "a", "1"));
}

static void fork_in_transactions(void **state)
{
    ONEM2M_TRANSACTION *transactions[2];

    (void)state;
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    transactions[0] = store_begin(backend, ONEM2M_READ);
    transactions[1] = store_begin(backend, ONEM2M_WRITE);
    store_put(transactions[1], "a", "2");
    store_join(store_fork(in_child_of_writer, transactions));
    assert_true(store_has(transactions[0], "a", "1"));
    store_commit(transactions[1]);
    assert_true(store_has(transactions[0], "a", "1"));
    store_functions->abort(transactions[0]);
    assert_true(store_holds(backend, "a", "2"));
}

#define OF(function, before)                                                                       \
    {                                                                                              \
#function, function, before, tear_down, NULL                                               \
    }

int backend_suite(const BACKEND_TESTED *backend_tested)
{
    struct CMUnitTest tests[] = {
        OF(no_store_yet, set_up),
        OF(creation_that_fails, set_up),
        OF(what_was_filled, set_up_store),
        OF(put_get_remove, set_up_store),
        OF(abort_leaves_all, set_up_store),
        OF(tables_are_apart, set_up_store),
        OF(snapshot_of_readers, set_up_store),
        OF(readers_do_not_write, set_up_store),
        OF(sizes_of_names, set_up_store),
        OF(sizes_of_values, set_up_store),
        OF(order_of_names, set_up_store),
        OF(against_a_model, set_up_store),
        OF(threads, set_up_store),
        OF(many_readers, set_up_store),
        OF(fork_after_use, set_up_store),
        OF(fork_in_transactions, set_up_store),
    };

    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        tests[i].initial_state = (void *)(uintptr_t)backend_tested;
    printf("%s\n", backend_tested->functions->scheme);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
