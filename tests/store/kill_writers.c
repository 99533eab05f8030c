/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Writers that are killed at random. Each says through a pipe what it has
 * committed; nothing of that may be lost, and of what it was about, two entries
 * that belong together, both are there or none.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "store_test.h"

#define WRITERS 3
#define PER_WRITER 100000

typedef struct {
    pid_t process;
    int acknowledgements; /* pipe */
    unsigned int number, lives, acknowledged;
} WRITER;

static char directory[PATH_MAX];

static void names_of(char names[2][48], char value[200], unsigned int writer, unsigned int entry)
{
    snprintf(names[0], 48, "first-%u-%u", writer, entry);
    snprintf(names[1], 48, "second-%u-%u", writer, entry);
    snprintf(value, 200, "%u of %u %0*u", entry, writer, (int)(entry * 37 % 150), 7U);
}

static void write_entries(unsigned int writer, unsigned int next, int acknowledgements)
{
    ONEM2M_BACKEND *backend = store_open(directory);
    char names[2][48], value[200];

    for (;; next++) {
        ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);

        names_of(names, value, writer, next);
        store_put(transaction, names[0], value);
        store_put(transaction, names[1], value);
        store_commit(transaction);
        STORE_CHECK(write(acknowledgements, &next, sizeof(next)) == sizeof(next));
    }
}

static void start(WRITER *writer)
{
    int ends[2];

    STORE_CHECK(pipe2(ends, O_CLOEXEC) == 0);
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    fflush(NULL);
    writer->process = fork();
    STORE_CHECK(writer->process >= 0);
    if (writer->process == 0) {
        close(ends[0]);
        write_entries(writer->number, writer->acknowledged, ends[1]);
    }
    close(ends[1]);
    writer->acknowledgements = ends[0];
    writer->lives++;
}

static void stop(WRITER *writer)
{
    unsigned int entry;
    int status;

    STORE_CHECK(kill(writer->process, SIGKILL) == 0);
    STORE_CHECK(waitpid(writer->process, &status, 0) == writer->process);
    STORE_CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    while (read(writer->acknowledgements, &entry, sizeof(entry)) == sizeof(entry)) {
        STORE_CHECK(entry == writer->acknowledged);
        writer->acknowledged++;
    }
    close(writer->acknowledgements);
}

static void check_writer(ONEM2M_BACKEND *backend, const WRITER *writer, unsigned int from)
{
    ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);
    char names[2][48], value[200];

    for (unsigned int i = from; i <= writer->acknowledged; i++) {
        int both;

        names_of(names, value, writer->number, i);
        both = store_has(reader, names[0], value) + store_has(reader, names[1], value);
        STORE_CHECK(both == 2 || (i == writer->acknowledged && both == 0));
    }
    store_functions->abort(reader);
}

static void check_last(void *argument)
{
    const WRITER *writer = argument;
    ONEM2M_BACKEND *backend = store_open(directory);

    check_writer(backend, writer, writer->acknowledged > 50 ? writer->acknowledged - 50 : 0);
    store_functions->close(backend);
}

static void check_all(void *argument)
{
    const WRITER *writers = argument;
    ONEM2M_BACKEND *backend = store_open(directory);
    ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);
    size_t acknowledged = 0, count = store_count(reader);

    store_functions->abort(reader);
    for (unsigned int i = 0; i < WRITERS; i++) {
        check_writer(backend, &writers[i], 0);
        acknowledged += writers[i].acknowledged;
    }
    STORE_CHECK(count % 2 == 0 && count / 2 >= acknowledged && count / 2 <= acknowledged + WRITERS);
    store_functions->close(backend);
}

int main(void)
{
    const unsigned int kills = store_long_run() ? 400 : 80;
    WRITER writers[WRITERS] = { 0 };
    unsigned int acknowledged = 0;

    store_seed();
    store_directory(directory);
    for (unsigned int i = 0; i < WRITERS; i++) {
        writers[i].number = i;
        start(&writers[i]);
    }
    for (unsigned int i = 0; i < kills; i++) {
        WRITER *writer = &writers[store_random(WRITERS)];

        usleep(store_random(i % 8 == 0 ? 400000 : 50000));
        stop(writer);
        store_join(store_fork(check_last, writer));
        start(writer);
    }
    for (unsigned int i = 0; i < WRITERS; i++) {
        stop(&writers[i]);
        acknowledged += writers[i].acknowledged;
    }
    store_join(store_fork(check_all, writers));
    store_remove(directory);
    printf("%u kills, %u transactions acknowledged, none lost\n", kills + WRITERS, acknowledged);
    STORE_CHECK(acknowledged > kills);
    return 0;
}
