/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two writers and four readers in six processes: a writer changes the entries
 * of a group together and counts its transaction in the header, a reader sees
 * every group of one piece and the counter never go back. Readers are stopped
 * and continued at random: what LMDB does between two instructions then takes
 * as long as some commits.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "store_test.h"

#define WRITERS 2
#define READERS 4
#define GROUPS 60
#define MEMBERS 8

static char directory[PATH_MAX];
static double end;
static int totals[2]; /* a pipe: each process tells how much it did */

static void member(char name[32], unsigned int group, unsigned int number)
{
    snprintf(name, 32, "group-%u-%u", group, number);
}

static unsigned int counter(ONEM2M_TRANSACTION *transaction)
{
    ONEM2M_SLICE value;
    unsigned int count = 0;
    const int found = store_functions->get(transaction, ONEM2M_TABLE_META, store_text("counter"),
                                           &value, &store_error);

    STORE_CHECK(found >= 0);
    if (found == 1) {
        STORE_CHECK(value.length == sizeof(count));
        memcpy(&count, value.data, sizeof(count));
    }
    return count;
}

static void change_group(ONEM2M_BACKEND *backend, unsigned int writer, unsigned int round)
{
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);
    const unsigned int count = counter(transaction) + 1, group = store_random(GROUPS);
    char name[32], value[4000];

    snprintf(value, sizeof(value), "%u-%u %0*u", writer, round, (int)store_random(3000), 1U);
    for (unsigned int i = 0; i < MEMBERS; i++) {
        member(name, group, i);
        store_put(transaction, name, value);
    }
    STORE_CHECK(store_functions->put(transaction, ONEM2M_TABLE_META, store_text("counter"),
                                     (ONEM2M_SLICE){ (const unsigned char *)&count, sizeof(count) },
                                     &store_error));
    if (round % 7 == 6) {
        snprintf(name, sizeof(name), "more-%u-%u", writer, round);
        store_put(transaction, name, value);
    }
    store_commit(transaction);
}

static void run_writer(void *argument)
{
    ONEM2M_BACKEND *backend = store_open(directory);
    const unsigned int writer = *(const unsigned int *)argument;
    unsigned int round = 0;

    for (; store_seconds() < end; round++)
        change_group(backend, writer, round);
    STORE_CHECK(write(totals[1], &round, sizeof(round)) == sizeof(round));
    store_functions->close(backend);
}

static void check_group(ONEM2M_TRANSACTION *reader, unsigned int group)
{
    ONEM2M_SLICE first = { NULL, 0 }, value;
    int has_first = 0, found;
    char name[32];

    for (unsigned int i = 0; i < MEMBERS; i++) {
        member(name, group, i);
        found =
            store_functions->get(reader, ONEM2M_TABLE_KEYS, store_text(name), &value, &store_error);
        STORE_CHECK(found >= 0);
        if (i == 0) {
            has_first = found;
            first = value;
        }
        STORE_CHECK(found == has_first && (!found || store_equal(first, value)));
    }
}

static void check_counter(ONEM2M_BACKEND *backend, unsigned int *last)
{
    ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);
    const unsigned int count = counter(reader);

    STORE_CHECK(count >= *last);
    *last = count;
    store_functions->abort(reader);
}

static void run_reader(void *argument)
{
    ONEM2M_BACKEND *backend = store_open(directory);
    unsigned int last = 0;

    (void)argument;
    while (store_seconds() < end) {
        ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);

        for (unsigned int i = 0; i < 10; i++)
            check_group(reader, store_random(GROUPS));
        store_functions->abort(reader);
        for (unsigned int i = 0; i < 1000; i++)
            check_counter(backend, &last);
    }
    store_functions->close(backend);
}

static void stop_at_random(const pid_t *processes, unsigned int count)
{
    while (store_seconds() < end - 0.5) {
        const pid_t process = processes[store_random(count)];

        kill(process, SIGSTOP);
        usleep(1000 + store_random(9000));
        kill(process, SIGCONT);
        usleep(store_random(500));
    }
}

static void check_end(void *argument)
{
    const unsigned int *written = argument;
    ONEM2M_BACKEND *backend = store_open(directory);
    ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);

    STORE_CHECK(counter(reader) == *written);
    for (unsigned int i = 0; i < GROUPS; i++)
        check_group(reader, i);
    store_functions->abort(reader);
    store_functions->close(backend);
}

int main(void)
{
    const double seconds = store_long_run() ? 60 : 6;
    unsigned int numbers[WRITERS], rounds, written = 0;
    pid_t children[WRITERS + READERS];

    store_seed();
    store_directory(directory);
    STORE_CHECK(pipe(totals) == 0);
    end = store_seconds() + seconds;
    for (unsigned int i = 0; i < WRITERS + READERS; i++) {
        store_random(2);
        if (i < WRITERS) {
            numbers[i] = i;
            children[i] = store_fork(run_writer, &numbers[i]);
        } else {
            children[i] = store_fork(run_reader, NULL);
        }
        if (i == 0)
            usleep(200000); /* the store is there */
    }
    stop_at_random(children + WRITERS, READERS);
    for (unsigned int i = 0; i < WRITERS + READERS; i++)
        store_join(children[i]);
    for (unsigned int i = 0; i < WRITERS; i++) {
        STORE_CHECK(read(totals[0], &rounds, sizeof(rounds)) == sizeof(rounds));
        written += rounds;
    }
    store_join(store_fork(check_end, &written));
    store_remove(directory);
    printf("%u transactions in %.0f s, no wrong answer\n", written, seconds);
    return 0;
}
