/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Limits of files and address space, and readers that were killed.
 */
#include <signal.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "store_lmdb.h"

static void write_to_the_limit(unsigned int *written)
{
    static unsigned char octets[3000];
    struct rlimit limit = { (rlim_t)size_of("data.mdb") + 100000, RLIM_INFINITY };
    char name[32];

    STORE_CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    for (*written = 0;; ++*written) {
        ONEM2M_REASON why;

        snprintf(name, sizeof(name), "n%u", *written);
        why = store_try_put(backend, name, (ONEM2M_SLICE){ octets, sizeof(octets) });
        if (why == ONEM2M_R_STORE_FULL)
            break;
        STORE_CHECK(why == ONEM2M_R_NONE && *written < 1000);
    }
    STORE_CHECK(*written > 5);
    STORE_CHECK(store_try_put(backend, name, (ONEM2M_SLICE){ octets, sizeof(octets) }) ==
                ONEM2M_R_STORE_FULL);
    limit.rlim_cur = RLIM_INFINITY;
    STORE_CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void run_limited(void *argument)
{
    static unsigned char octets[3000];
    unsigned int *written = argument;
    char name[32];

    write_to_the_limit(written);
    for (unsigned int i = 0; i <= *written; i++) {
        ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);

        snprintf(name, sizeof(name), "n%u", i);
        STORE_CHECK(store_has(reader, name, NULL) == (i == *written));
        store_functions->abort(reader);
    }
    STORE_CHECK(store_try_put(backend, name, (ONEM2M_SLICE){ octets, sizeof(octets) }) ==
                ONEM2M_R_NONE);
}

/* Without that the program ignores SIGXFSZ. */
static void file_size_limit(void **state)
{
    unsigned int written;

    (void)state;
    assert_true(signal(SIGXFSZ, SIG_DFL) != SIG_ERR);
    store_join(store_fork(run_limited, &written));
    assert_true(store_holds(backend, "a", "1"));
    assert_int_equal(store_try_put(backend, "b", store_text("2")), ONEM2M_R_NONE);
}

static void tiny_address_space(void *argument)
{
    const struct rlimit limit = { (rlim_t)1 << 30, (rlim_t)1 << 30 };

    (void)argument;
    STORE_CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    STORE_CHECK(store_holds(backend, "a", "1"));
    STORE_CHECK(store_try_put(backend, "b", store_text("2")) == ONEM2M_R_NONE);
}

static void address_space(void **state)
{
    (void)state;
#ifndef STORE_SANITIZED
    store_join(store_fork(tiny_address_space, NULL));
#else
    (void)tiny_address_space;
#endif
    assert_true(store_holds(backend, "a", "1"));
}

/* A reader that was killed keeps its pages until somebody who writes looks for it. */
static void read_and_stop(void *argument)
{
    const int *ready = argument;

    store_begin(backend, ONEM2M_READ);
    STORE_CHECK(write(ready[1], "r", 1) == 1);
    for (;;)
        pause();
}

static void rewrite(unsigned int times)
{
    for (unsigned int i = 0; i < times; i++)
        fill_store(20, 2500);
}

static void killed_reader(void **state)
{
    int ready[2];
    char octet;
    pid_t reader;
    off_t pinned, after;

    (void)state;
    rewrite(5);
    assert_int_equal(pipe(ready), 0);
    reader = store_fork(read_and_stop, ready);
    assert_int_equal(read(ready[0], &octet, 1), 1);
    rewrite(50);
    pinned = size_of("data.mdb");
    assert_true(pinned > 2500000);
    assert_int_equal(kill(reader, SIGKILL), 0);
    assert_int_equal(waitpid(reader, NULL, 0), reader);
    sleep(1);
    rewrite(50);
    after = size_of("data.mdb");
    assert_true(after < pinned + pinned / 4);
    close(ready[0]);
    close(ready[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(file_size_limit),
        WITH_STORE(address_space),
        WITH_STORE(killed_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
