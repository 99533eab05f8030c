/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * As tests/store/kill_writers.c, with sealed records: processes that put keys
 * into one store, by EVP_PKEY_fromdata and by `onem2m-key import`, are killed
 * at random. Every key that was acknowledged is there with its octets, and
 * `onem2m-key verify` finds nothing.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include <onem2m/params.h>
#include "fault_keys.h"

#define WRITERS 3
#define IMPORTERS 1
#define LINES 3000U /* of one import: more than one transaction of it */
#define LOOKED_BACK 20
#define VERIFY_EACH 20 /* kills */

typedef struct {
    pid_t process;
    int is_importer;
    int acknowledgements;      /* pipe */
    unsigned int number;       /* of the process */
    unsigned int acknowledged; /* keys, or files */
} WRITER;

static char directory[PATH_MAX];
static unsigned int kills;

static void name_of(char name[48], const WRITER *writer, unsigned int key)
{
    snprintf(name, 48, "%s-%u-%u", writer->is_importer ? "line" : "key", writer->number, key);
}

static void write_keys(void *argument)
{
    const WRITER *writer = argument;
    OSSL_LIB_CTX *libctx = fault_context(directory);
    char name[48];

    for (unsigned int next = writer->acknowledged;; next++) {
        name_of(name, writer, next);
        /* One that was written but not acknowledged is there already. */
        FAULT_CHECK(fault_try_add(libctx, name, next * 37 % 150) ||
                    (next == writer->acknowledged && fault_reason() == ONEM2M_R_NAME_IN_USE));
        FAULT_CHECK(write(writer->acknowledgements, &next, sizeof(next)) == sizeof(next));
    }
}

static void file_of(char path[PATH_MAX + 32], const WRITER *writer)
{
    snprintf(path, PATH_MAX + 32, "%s/lines-%u", directory, writer->number);
}

static void write_lines(const WRITER *writer)
{
    unsigned char octets[32];
    char path[PATH_MAX + 32], name[48];
    FILE *file;

    file_of(path, writer);
    file = fopen(path, "we");
    FAULT_CHECK(file != NULL);
    for (unsigned int i = 0; i < LINES; i++) {
        name_of(name, writer, writer->acknowledged * LINES + i);
        FAULT_CHECK(EVP_Digest(name, strlen(name), octets, NULL, EVP_sha256(), NULL));
        fprintf(file, "kind=kpm\tsuid=10\textractable=1\tkey-id=%s@mef.example.com\tpriv=", name);
        for (size_t j = 0; j < sizeof(octets); j++)
            fprintf(file, "%02x", octets[j]);
        fputc('\n', file);
    }
    FAULT_CHECK(fclose(file) == 0);
}

static void start_importer(WRITER *writer)
{
    char path[PATH_MAX + 32];

    write_lines(writer);
    file_of(path, writer);
    writer->process = fault_begin_tool(directory, "import", "--skip-existing", path, FAULT_END);
}

static void start(WRITER *writer)
{
    int ends[2];

    if (writer->is_importer) {
        start_importer(writer);
        return;
    }
    FAULT_CHECK(pipe2(ends, O_CLOEXEC) == 0);
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    writer->acknowledgements = ends[1];
    writer->process = store_fork(write_keys, writer);
    close(ends[1]);
    writer->acknowledgements = ends[0];
}

/* An importer may have ended before. */
static void stop(WRITER *writer)
{
    unsigned int key;
    int status;

    FAULT_CHECK(kill(writer->process, SIGKILL) == 0);
    FAULT_CHECK(waitpid(writer->process, &status, 0) == writer->process);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        kills++;
    else
        FAULT_CHECK(writer->is_importer && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (writer->is_importer) {
        writer->acknowledged += WIFEXITED(status);
        return;
    }
    while (read(writer->acknowledgements, &key, sizeof(key)) == sizeof(key)) {
        FAULT_CHECK(key == writer->acknowledged);
        writer->acknowledged++;
    }
    close(writer->acknowledgements);
}

static void check_keys(OSSL_LIB_CTX *libctx, const WRITER *writer, unsigned int from)
{
    const unsigned int keys = writer->acknowledged * (writer->is_importer ? LINES : 1);
    char name[48];

    for (unsigned int i = from; i < keys; i++) {
        name_of(name, writer, i);
        FAULT_CHECK(fault_try_read(libctx, name));
    }
    /* The next one is there with its octets, or not at all. */
    name_of(name, writer, keys);
    FAULT_CHECK(fault_try_read(libctx, name) || fault_reason() == ONEM2M_R_KEY_NOT_FOUND);
}

static void check_last(void *argument)
{
    const WRITER *writer = argument;
    const unsigned int keys = writer->acknowledged * (writer->is_importer ? LINES : 1);
    OSSL_LIB_CTX *libctx = fault_context(directory);

    check_keys(libctx, writer, keys > LOOKED_BACK ? keys - LOOKED_BACK : 0);
    OSSL_LIB_CTX_free(libctx);
}

static void check_all(void *argument)
{
    const WRITER *writers = argument;
    OSSL_LIB_CTX *libctx = fault_context(directory);

    for (unsigned int i = 0; i < WRITERS + IMPORTERS; i++)
        check_keys(libctx, &writers[i], 0);
    OSSL_LIB_CTX_free(libctx);
}

static void verify(void)
{
    store_join(fault_begin_tool(directory, "verify", FAULT_END));
}

int main(void)
{
    const unsigned int wanted = store_long_run() ? 240 : 40;
    WRITER writers[WRITERS + IMPORTERS] = { 0 };
    unsigned int keys = 0, verified = 0;

    store_seed();
    fault_place(directory);
    for (unsigned int i = 0; i < WRITERS + IMPORTERS; i++) {
        writers[i].number = i;
        writers[i].is_importer = i >= WRITERS;
        start(&writers[i]);
    }
    while (kills < wanted) {
        WRITER *writer = &writers[store_random(WRITERS + IMPORTERS)];

        usleep(store_random(kills % 8 == 0 ? 400000 : 60000));
        stop(writer);
        store_join(store_fork(check_last, writer));
        start(writer);
        if (kills >= (verified + 1) * VERIFY_EACH) {
            verify();
            verified++;
        }
    }
    for (unsigned int i = 0; i < WRITERS + IMPORTERS; i++) {
        stop(&writers[i]);
        keys += writers[i].acknowledged * (writers[i].is_importer ? LINES : 1);
    }
    store_join(store_fork(check_all, writers));
    verify();
    store_remove(directory);
    printf("%u kills, %u keys acknowledged, none lost\n", kills, keys);
    FAULT_CHECK(keys > kills);
    return 0;
}
