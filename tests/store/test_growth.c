/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Maps that grow and readers that are too many, with a first map of 1 MiB, three
 * seconds of patience and room for 8 transactions that read (see CMakeLists.txt).
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "store_backend.h"

#define MIB 1048576U

static unsigned char octets[MIB];

static ONEM2M_REASON put_large(const char *prefix, unsigned int number, size_t length)
{
    char name[32];

    snprintf(name, sizeof(name), "%s-%u", prefix, number);
    return store_try_put(backend, name, (ONEM2M_SLICE){ octets, length });
}

static void grows(void **state)
{
    ONEM2M_TRANSACTION *reader;

    (void)state;
    for (unsigned int i = 0; i < 200; i++)
        assert_int_equal(put_large("large", i, 100000), ONEM2M_R_NONE);
    reader = store_begin(backend, ONEM2M_READ);
    assert_int_equal(store_count(reader), 201);
    store_functions->abort(reader);
    store_functions->close(backend);
    backend = store_open(directory);
    assert_int_equal(put_large("large", 1000, 100000), ONEM2M_R_NONE);
}

/* More in one transaction than the map has room for: refused, and then there is room. */
static void large_transaction(void **state)
{
    int tries = 0;
    char name[32];

    (void)state;
    for (int ok = 0; !ok; tries++) {
        ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);

        ok = 1;
        for (unsigned int i = 0; ok && i < 10; i++) {
            snprintf(name, sizeof(name), "part-%u", i);
            ok = store_functions->put(transaction, ONEM2M_TABLE_KEYS, store_text(name),
                                      (ONEM2M_SLICE){ octets, MIB }, &store_error);
        }
        if (ok) {
            store_commit(transaction);
            continue;
        }
        assert_int_equal(store_error.reason, ONEM2M_R_STORE_TOO_LARGE);
        assert_int_equal(store_functions->commit(transaction, &store_error), 0);
        assert_true(store_holds(backend, "part-0", NULL));
        assert_true(tries < 8);
    }
    assert_true(tries > 1);
    assert_true(store_holds(backend, "a", "1"));
}

/* A reader of this thread is in the way: nothing waits, and what fits goes on. */
static void own_reader(void **state)
{
    ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);
    ONEM2M_REASON why = ONEM2M_R_NONE;
    const double start = store_seconds();

    (void)state;
    for (unsigned int i = 0; i < 50 && why == ONEM2M_R_NONE; i++)
        why = put_large("large", i, 100000);
    assert_int_equal(why, ONEM2M_R_STORE_TOO_LARGE);
    assert_int_equal(put_large("large", 60, 100000), ONEM2M_R_STORE_LOCKED);
    assert_true(store_seconds() - start < 5);
    assert_true(store_has(reader, "a", "1"));
    assert_int_equal(store_count(reader), 1);
    store_functions->abort(reader);
    assert_int_equal(put_large("large", 60, 100000), ONEM2M_R_NONE);
}

static int stop;

static void *read_all_the_time(void *argument)
{
    (void)argument;
    while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST))
        STORE_CHECK(store_holds(backend, "a", "1"));
    return NULL;
}

static void threads_read_meanwhile(void **state)
{
    pthread_t readers[3];

    (void)state;
    stop = 0;
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_all_the_time, NULL), 0);
    for (unsigned int i = 0; i < 100; i++)
        assert_int_equal(put_large("large", i, 200000), ONEM2M_R_NONE);
    __atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 3; i++)
        pthread_join(readers[i], NULL);
}

static void read_until_told(void *argument)
{
    const int *told = argument;
    size_t count = 0, last = 0;
    ONEM2M_TRANSACTION *reader;

    close(told[1]);
    while (!store_holds(backend, "end", "1")) {
        reader = store_begin(backend, ONEM2M_READ);
        count = store_count(reader);
        store_functions->abort(reader);
        STORE_CHECK(count >= last);
        last = count;
    }
    STORE_CHECK(put_large("child", (unsigned int)getpid(), 1000) == ONEM2M_R_NONE);
}

static void processes_read_meanwhile(void **state)
{
    pid_t readers[3];
    int told[2];

    (void)state;
    assert_int_equal(pipe(told), 0);
    for (int i = 0; i < 3; i++)
        readers[i] = store_fork(read_until_told, told);
    for (unsigned int i = 0; i < 300; i++)
        assert_int_equal(put_large("large", i, 100000), ONEM2M_R_NONE);
    assert_int_equal(store_try_put(backend, "end", store_text("1")), ONEM2M_R_NONE);
    for (int i = 0; i < 3; i++)
        store_join(readers[i]);
    close(told[0]);
    close(told[1]);
}

/* A process that saw a small map writes when another has made it large. */
static void two_processes_grow(void **state)
{
    int told[2];
    pid_t child;

    (void)state;
    assert_int_equal(pipe(told), 0);
    for (int round = 0; round < 4; round++) {
        fflush(NULL);
        child = fork();
        if (child == 0) {
            for (unsigned int i = 0; i < 40; i++)
                STORE_CHECK(put_large("child", (unsigned int)round * 100 + i, 100000) ==
                            ONEM2M_R_NONE);
            _exit(0);
        }
        store_join(child);
        assert_int_equal(put_large("parent", (unsigned int)round, 100000), ONEM2M_R_NONE);
        assert_true(store_holds(backend, "a", "1"));
    }
    close(told[0]);
    close(told[1]);
}

static rlim_t address_space_in_use(void)
{
    FILE *sizes = fopen("/proc/self/statm", "r");
    char line[128] = "";

    if (sizes == NULL)
        abort();
    STORE_CHECK(fgets(line, sizeof(line), sizes) != NULL);
    fclose(sizes);
    return (rlim_t)strtoul(line, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void no_address_space(void *argument)
{
    const struct rlimit limit = { address_space_in_use() + (rlim_t)32 * MIB, RLIM_INFINITY };
    ONEM2M_REASON why = ONEM2M_R_NONE;
    unsigned int written = 0;

    (void)argument;
    STORE_CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    for (; why == ONEM2M_R_NONE && written < 1000; written++)
        why = put_large("large", written, 200000);
    STORE_CHECK(why == ONEM2M_R_STORE_TOO_LARGE);
    STORE_CHECK(put_large("large", written, 200000) == ONEM2M_R_STORE_FULL);
    STORE_CHECK(store_holds(backend, "a", "1"));
    STORE_CHECK(store_try_put(backend, "a", store_text("2")) == ONEM2M_R_NONE);
}

static void address_space(void **state)
{
    (void)state;
#ifndef STORE_SANITIZED
    store_join(store_fork(no_address_space, NULL));
    assert_true(store_holds(backend, "a", "2"));
#else
    (void)no_address_space;
#endif
}

/* Readers */

static void too_many_readers(void **state)
{
    ONEM2M_TRANSACTION *readers[8], *more;
    size_t count = 0;

    (void)state;
    while (count < 8 && store_try_begin(backend, &readers[count], ONEM2M_READ) == ONEM2M_R_NONE)
        count++;
    assert_int_equal(count, 8);
    assert_int_equal(store_try_begin(backend, &more, ONEM2M_READ), ONEM2M_R_STORE_LOCKED);
    store_functions->abort(readers[3]);
    readers[3] = store_begin(backend, ONEM2M_READ);
    for (size_t i = 0; i < 8; i++)
        store_functions->abort(readers[i]);
    assert_true(store_holds(backend, "a", "1"));
}

static void take_all_readers(void *argument)
{
    (void)argument;
    for (size_t i = 0; i < 7; i++)
        store_begin(backend, ONEM2M_READ);
    kill(getpid(), SIGKILL);
}

static void killed_readers_make_room(void **state)
{
    ONEM2M_TRANSACTION *readers[8];
    int status;
    pid_t child;

    (void)state;
    assert_true(store_holds(backend, "a", "1"));
    for (int round = 0; round < 3; round++) {
        child = store_fork(take_all_readers, NULL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
    }
    for (size_t i = 0; i < 8; i++)
        readers[i] = store_begin(backend, ONEM2M_READ);
    for (size_t i = 0; i < 8; i++)
        store_functions->abort(readers[i]);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up_filled, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(grows),
        TEST(large_transaction),
        TEST(own_reader),
        TEST(threads_read_meanwhile),
        TEST(processes_read_meanwhile),
        TEST(two_processes_grow),
        TEST(address_space),
        TEST(too_many_readers),
        TEST(killed_readers_make_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
