/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Damaged files under a process that uses keys through EVP: octets of data.mdb
 * flipped, whole pages of it replaced, files cut short, lock.mdb of noise. The
 * process may get an error or the right octets, and never others. LMDB trusts
 * its pages, so it may also crash (docs/threat-model.md): that is counted, and
 * must be rare; what is truncated, or is noise in lock.mdb, must never crash it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "fault_keys.h"

#define KEYS 600U
#define SECONDS 10 /* that a process may take; more is a hang */
#define PAGE ((size_t)4096)

/* How a process ended that used a damaged store. */
typedef enum { RIGHT, REFUSED, CRASHED, HUNG, ENDS } END;
static const char *const end_names[ENDS] = { "unharmed", "refused", "crashed", "hung" };

typedef struct {
    unsigned char *octets;
    size_t size;
} IMAGE;

static char directory[PATH_MAX];
static unsigned int crashes;
static IMAGE data; /* data.mdb as it was, */
static IMAGE hurt; /* and as it is for this case */

static void path_of(char path[PATH_MAX + 32], const char *name)
{
    snprintf(path, PATH_MAX + 32, "%s/store/%s", directory, name);
}

static void name_of(char name[48], unsigned int key)
{
    snprintf(name, 48, "key-%u", key);
}

static void fill(void *argument)
{
    OSSL_LIB_CTX *libctx = fault_context(directory);
    char name[48];

    (void)argument;
    for (unsigned int i = 0; i < KEYS; i++) {
        name_of(name, i);
        FAULT_CHECK(fault_try_add(libctx, name, i * 37 % 900));
    }
    OSSL_LIB_CTX_free(libctx);
}

/* As a backup has it: no page that is not in use. */
static void read_data(void)
{
    char path[PATH_MAX + 32];
    FILE *file;

    path_of(path, "backup");
    store_join(fault_begin_tool(directory, "backup", path, FAULT_END));
    file = fopen(path, "re");
    if (file == NULL)
        abort();
    FAULT_CHECK(fseek(file, 0, SEEK_END) == 0);
    data.size = hurt.size = (size_t)ftell(file);
    data.octets = malloc(data.size);
    hurt.octets = malloc(data.size);
    FAULT_CHECK(data.octets != NULL && hurt.octets != NULL && fseek(file, 0, SEEK_SET) == 0);
    FAULT_CHECK(fread(data.octets, 1, data.size, file) == data.size && fclose(file) == 0);
}

static void write_file(const char *name, const unsigned char *octets, size_t size)
{
    char path[PATH_MAX + 32];
    FILE *file;

    path_of(path, name);
    file = fopen(path, "we");
    FAULT_CHECK(file != NULL && fwrite(octets, 1, size, file) == size && fclose(file) == 0);
}

/* The use of it: look-ups and a new key. */
static void use_store(void *argument)
{
    OSSL_LIB_CTX *libctx = fault_context(directory);
    unsigned int refused = 0;
    char name[48];

    alarm(SECONDS);
    for (unsigned int i = 0; i < KEYS; i++) {
        name_of(name, i);
        refused += !fault_try_read(libctx, name);
    }
    refused += !fault_try_add(libctx, "new", 0) || !fault_try_read(libctx, "new");
    (void)argument;
    OSSL_LIB_CTX_free(libctx);
    _exit(refused > 0);
}

static END try_store(void)
{
    char path[PATH_MAX + 32];
    int status;
    pid_t child;

    write_file("data.mdb", hurt.octets, hurt.size);
    store_random(2);
    child = store_fork(use_store, NULL);
    FAULT_CHECK(waitpid(child, &status, 0) == child);
    path_of(path, "lock.mdb");
    unlink(path);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGALRM ? HUNG : CRASHED;
    FAULT_CHECK(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
    return WEXITSTATUS(status) == 0 ? RIGHT : REFUSED;
}

static void restore(void)
{
    memcpy(hurt.octets, data.octets, data.size);
    hurt.size = data.size;
}

/* Damages */

static void flip(size_t at)
{
    hurt.octets[at] ^= (unsigned char)(1U << store_random(8));
}

static size_t any_page(void)
{
    return PAGE * store_random((unsigned int)(data.size / PAGE));
}

static void flip_anywhere(void)
{
    flip(any_page() + store_random(PAGE));
}

static void make_noise(void)
{
    const size_t at = any_page() + (size_t)16 * store_random((unsigned int)(PAGE / 16));

    for (size_t i = 0; i < 16; i++)
        hurt.octets[at + i] = (unsigned char)store_random(256);
}

static void flip_in_header(void)
{
    flip(any_page() + store_random(16));
}

static void make_noise_of_header(void)
{
    const size_t at = any_page();

    for (size_t i = 8; i < 24; i++)
        hurt.octets[at + i] = (unsigned char)store_random(256);
}

static void flip_in_pointers(void)
{
    flip(any_page() + 16 + store_random(32));
}

static void flip_in_meta(void)
{
    flip(store_random(2) * PAGE + store_random(168));
}

static void replace_page(void)
{
    memcpy(hurt.octets + any_page(), data.octets + any_page(), PAGE);
}

static void wipe_page(void)
{
    memset(hurt.octets + any_page(), 0, PAGE);
}

static void truncate_data(void)
{
    hurt.size = store_random(4) == 0 ? any_page() : any_page() + store_random(PAGE);
}

static void make_noise_of_lock(void)
{
    unsigned char noise[8192];
    const size_t size = store_random(sizeof(noise));

    for (size_t i = 0; i < size; i++)
        noise[i] = (unsigned char)store_random(256);
    write_file("lock.mdb", noise, size);
}

typedef struct {
    const char *name;
    void (*hurt)(void);
    unsigned int share; /* of ten cases */
    int may_crash;
} DAMAGE;

static const DAMAGE damages[] = {
    { "an octet anywhere", flip_anywhere, 3, 1 },
    { "noise anywhere", make_noise, 3, 1 },
    { "a page's header", flip_in_header, 2, 1 },
    { "noise in a header", make_noise_of_header, 2, 1 },
    { "a page's pointers", flip_in_pointers, 2, 1 },
    { "a meta page", flip_in_meta, 1, 1 },
    { "a page of another", replace_page, 1, 1 },
    { "a page of zeros", wipe_page, 1, 1 },
    { "truncated", truncate_data, 2, 0 },
    { "noise in lock.mdb", make_noise_of_lock, 1, 0 },
};

static unsigned int hurt_again_and_again(const DAMAGE *damage, unsigned int times)
{
    unsigned int ends[ENDS] = { 0 };

    for (unsigned int i = 0; i < times; i++) {
        END end;

        restore();
        damage->hurt();
        end = try_store();
        ends[end]++;
        if (end >= CRASHED && !damage->may_crash)
            printf("case %u of \"%s\" %s\n", i, damage->name, end_names[end]);
    }
    printf("%-18s", damage->name);
    for (END end = RIGHT; end < ENDS; end++)
        printf(" %5u %s", ends[end], end_names[end]);
    printf("\n");
    FAULT_CHECK(damage->may_crash || ends[CRASHED] + ends[HUNG] == 0);
    crashes += ends[CRASHED] + ends[HUNG];
    return times;
}

int main(void)
{
    const unsigned int tenth = store_long_run() ? 60 : 10;
    unsigned int cases = 0;

    store_seed();
    (void)!chdir("/dev/shm"); /* nothing here has to be durable */
    fault_place(directory);
    store_join(store_fork(fill, NULL));
    read_data();
    restore();
    FAULT_CHECK(try_store() == RIGHT);
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++)
        cases += hurt_again_and_again(&damages[i], tenth * damages[i].share);
    free(data.octets);
    free(hurt.octets);
    store_remove(directory);
    printf("%u damaged stores, no wrong key, %u crashes\n", cases, crashes);
    FAULT_CHECK(crashes * 100 <= cases);
    return 0;
}
