/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Several processes and one token: writers that are killed at random, writers
 * beside readers, and stores that two make at once.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>
#include "records.h"
#include "token.h"

#define WRITERS 2
#define READERS 2
#define KILLS 60
#define WRITES 25

static void new_store(void *argument)
{
    store_functions->close(store_open(argument));
}

static const char *make_new_store(void)
{
    const char *location = records_new_location();

    store_join(store_fork(new_store, (void *)(uintptr_t)location));
    return location;
}

/* Killed writers: two entries that are always written together, and what was acknowledged. */

typedef struct {
    pid_t process;
    int acknowledgements; /* pipe */
    unsigned int acknowledged;
} VICTIM;

static void write_pair(ONEM2M_BACKEND *store, unsigned int number)
{
    ONEM2M_TRANSACTION *transaction = store_begin(store, ONEM2M_WRITE);
    char value[16];

    snprintf(value, sizeof(value), "%u", number);
    store_put(transaction, "one", value);
    store_put(transaction, number % 2 == 0 ? "even" : "odd", value);
    STORE_CHECK(store_functions->remove(transaction, ONEM2M_TABLE_KEYS,
                                        store_text(number % 2 == 0 ? "odd" : "even"),
                                        &store_error));
    store_commit(transaction);
}

static void write_pairs(unsigned int next, int acknowledgements)
{
    ONEM2M_BACKEND *store = store_open(records_location());
    const unsigned int ready = 0;

    STORE_CHECK(write(acknowledgements, &ready, sizeof(ready)) == sizeof(ready));
    for (;; next++) {
        write_pair(store, next);
        STORE_CHECK(write(acknowledgements, &next, sizeof(next)) == sizeof(next));
    }
}

static void start_victim(VICTIM *victim)
{
    unsigned int ready;
    int ends[2];

    STORE_CHECK(pipe2(ends, O_CLOEXEC) == 0);
    fflush(NULL);
    victim->process = fork();
    STORE_CHECK(victim->process >= 0);
    if (victim->process == 0) {
        close(ends[0]);
        write_pairs(victim->acknowledged + 1, ends[1]);
    }
    close(ends[1]);
    victim->acknowledgements = ends[0];
    STORE_CHECK(read(ends[0], &ready, sizeof(ready)) == sizeof(ready));
}

static void kill_victim(VICTIM *victim)
{
    unsigned int number;
    int status;

    STORE_CHECK(kill(victim->process, SIGKILL) == 0);
    STORE_CHECK(waitpid(victim->process, &status, 0) == victim->process);
    STORE_CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    while (read(victim->acknowledgements, &number, sizeof(number)) == sizeof(number))
        victim->acknowledged = number;
    close(victim->acknowledgements);
}

static int holds_pair(ONEM2M_TRANSACTION *reader, unsigned int number)
{
    char value[16];

    if (number == 0)
        return store_has(reader, "one", NULL) && store_has(reader, "even", NULL) &&
               store_has(reader, "odd", NULL);
    snprintf(value, sizeof(value), "%u", number);
    return store_has(reader, "one", value) &&
           store_has(reader, number % 2 == 0 ? "even" : "odd", value) &&
           store_has(reader, number % 2 == 0 ? "odd" : "even", NULL);
}

/* The last acknowledged, or the one that was on its way. */
static void check_pair(void *argument)
{
    const VICTIM *victim = argument;
    ONEM2M_BACKEND *store = store_open(records_location());
    ONEM2M_TRANSACTION *reader = store_begin(store, ONEM2M_READ);

    STORE_CHECK(holds_pair(reader, victim->acknowledged) ||
                holds_pair(reader, victim->acknowledged + 1));
    store_functions->abort(reader);
    store_functions->close(store);
}

/* header, one, odd or even, last, two anchors: whatever the killed have left is gone. */
static void check_tidy(void *argument)
{
    ONEM2M_BACKEND *store = store_open(records_location());

    (void)argument;
    STORE_CHECK(store_try_put(store, "last", store_text("1")) == ONEM2M_R_NONE);
    STORE_CHECK(records_objects() == 6);
    store_functions->close(store);
}

/* Not of SoftHSM 2.6.1: a kill in the middle of its writing may leave more than the next writer
 * finds to remove. */
static void killed_writers(void **state)
{
    VICTIM victim = { .acknowledged = 0 };

    (void)state;
    if (!records_is_nss())
        skip();
    make_new_store();
    for (int i = 0; i < KILLS; i++) {
        start_victim(&victim);
        usleep(store_random(records_is_nss() ? 300000 : 60000));
        kill_victim(&victim);
        store_join(store_fork(check_pair, &victim));
    }
    printf("%d kills, %u transactions\n", KILLS, victim.acknowledged);
    store_join(store_fork(check_tidy, NULL));
}

/* Writers that count in one entry, and readers who never see it go back. */

static unsigned int read_count(ONEM2M_TRANSACTION *transaction)
{
    ONEM2M_SLICE value;
    unsigned int count = 0, twice;
    const int found = store_functions->get(transaction, ONEM2M_TABLE_KEYS, store_text("count"),
                                           &value, &store_error);

    STORE_CHECK(found >= 0);
    if (found == 0)
        return 0;
    STORE_CHECK(value.length == sizeof(count));
    memcpy(&count, value.data, sizeof(count));
    STORE_CHECK(store_functions->get(transaction, ONEM2M_TABLE_CHILDREN, store_text("twice"),
                                     &value, &store_error) == 1);
    memcpy(&twice, value.data, sizeof(twice));
    STORE_CHECK(twice == 2 * count);
    return count;
}

static void count_once(ONEM2M_BACKEND *store)
{
    ONEM2M_TRANSACTION *transaction = store_begin(store, ONEM2M_WRITE);
    const unsigned int count = read_count(transaction) + 1, twice = 2 * count;
    const ONEM2M_SLICE octets = { (const unsigned char *)&count, sizeof(count) };
    const ONEM2M_SLICE more = { (const unsigned char *)&twice, sizeof(twice) };

    STORE_CHECK(store_functions->put(transaction, ONEM2M_TABLE_KEYS, store_text("count"), octets,
                                     &store_error));
    STORE_CHECK(store_functions->put(transaction, ONEM2M_TABLE_CHILDREN, store_text("twice"), more,
                                     &store_error));
    store_commit(transaction);
}

static void count_up(void *argument)
{
    ONEM2M_BACKEND *store = store_open(argument);

    for (int i = 0; i < WRITES; i++)
        count_once(store);
    store_functions->close(store);
}

#define WATCH_SECONDS 240

static void *watch_thread(void *argument)
{
    ONEM2M_BACKEND *store = argument;
    unsigned int last = 0, now;

    while (last < WRITERS * WRITES) {
        ONEM2M_TRANSACTION *reader = store_begin(store, ONEM2M_READ);

        now = read_count(reader);
        STORE_CHECK(now >= last);
        last = now;
        STORE_CHECK(read_count(reader) == now);
        store_functions->abort(reader);
    }
    return NULL;
}

static void watch(void *argument)
{
    ONEM2M_BACKEND *store = store_open(argument);
    pthread_t thread;

    alarm(WATCH_SECONDS); /* a writer that failed never gets there */
    STORE_CHECK(pthread_create(&thread, NULL, watch_thread, store) == 0);
    watch_thread(store);
    pthread_join(thread, NULL);
    store_functions->close(store);
}

static void writers_and_readers(void **state)
{
    char *location = (char *)(uintptr_t)make_new_store();
    pid_t children[WRITERS + READERS];

    (void)state;
    for (int i = 0; i < WRITERS; i++)
        children[i] = store_fork(count_up, location);
    for (int i = 0; i < READERS; i++)
        children[WRITERS + i] = store_fork(watch, location);
    for (int i = 0; i < WRITERS + READERS; i++)
        store_join(children[i]);
}

/* Stores */

static void create_one(void *argument)
{
    ONEM2M_BACKEND *store;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_REASON why;

    STORE_CHECK(store_try_open(&store, records_location()) == ONEM2M_R_NONE);
    if (store_try_begin(store, &transaction, ONEM2M_READ) == ONEM2M_R_NONE)
        store_functions->abort(transaction);
    why = store_try_create(store);
    STORE_CHECK(why == ONEM2M_R_NONE || why == ONEM2M_R_STORE_EXISTS);
    STORE_CHECK(store_holds(store, "a", NULL));
    store_functions->close(store);
    if (why == ONEM2M_R_NONE)
        STORE_CHECK(write(*(int *)argument, "x", 1) == 1);
}

static void created_at_once(void **state)
{
    pid_t children[4];
    char made[4];
    int ends[2];

    (void)state;
    records_new_location();
    STORE_CHECK(pipe(ends) == 0);
    for (size_t i = 0; i < 4; i++)
        children[i] = store_fork(create_one, &ends[1]);
    for (size_t i = 0; i < 4; i++)
        store_join(children[i]);
    assert_int_equal(read(ends[0], made, sizeof(made)), 1);
    close(ends[0]);
    close(ends[1]);
}

/* A child that lives on does not keep the lock of the writer that made it. */
static void wait_for_end(void *argument)
{
    char octet;

    STORE_CHECK(read(*(int *)argument, &octet, 1) == 0);
}

static void fork_while_writing(void *argument)
{
    ONEM2M_BACKEND *store = store_open(argument), *other = store_open(argument);
    ONEM2M_TRANSACTION *transaction = store_begin(store, ONEM2M_WRITE);
    int ends[2];
    pid_t child;

    STORE_CHECK(pipe2(ends, 0) == 0);
    fflush(NULL);
    child = fork();
    STORE_CHECK(child >= 0);
    if (child == 0) {
        close(ends[1]);
        wait_for_end(&ends[0]);
        _exit(0);
    }
    store_put(transaction, "a", "1");
    store_commit(transaction);
    STORE_CHECK(store_try_put(other, "b", store_text("1")) == ONEM2M_R_NONE);
    close(ends[1]);
    store_join(child);
    store_functions->close(store);
    store_functions->close(other);
}

static void children_hold_no_lock(void **state)
{
    (void)state;
    store_join(store_fork(fork_while_writing, (void *)(uintptr_t)make_new_store()));
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_writers),
        cmocka_unit_test(writers_and_readers),
        cmocka_unit_test(created_at_once),
        cmocka_unit_test(children_hold_no_lock),
    };
    int failed;

    store_seed();
    records_set_up(argc, argv);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    records_remove();
    return failed;
}
