/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two writers and four readers in six processes, through EVP. A writer adds
 * keys, destroys old ones and counts in the labels of one that all read; before
 * and after each it says so in memory that the processes share, so that a reader
 * knows what it must find, and with which octets. The store's data key is
 * rotated meanwhile.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <openssl/err.h>
#include <onem2m/params.h>
#include "fault_keys.h"

#define WRITERS 2
#define READERS 4
#define KEPT 50U /* keys of a writer that are not destroyed */

typedef struct {
    atomic_uint begun, done; /* keys that may be there, and that are */
    atomic_uint destroying, destroyed;
    atomic_uint counting, counted;
} STATE;

typedef struct {
    STATE writers[WRITERS];
    atomic_ulong reads;
} SHARED;

static char directory[PATH_MAX];
static double end;
static SHARED *shared;

static void name_of(char name[48], unsigned int writer, unsigned int key)
{
    snprintf(name, 48, "key-%u-%u", writer, key);
}

static void counter_of(char name[48], unsigned int writer)
{
    snprintf(name, 48, "counter-%u", writer);
}

/* Writers */

static void add(OSSL_LIB_CTX *libctx, STATE *state, unsigned int writer)
{
    const unsigned int key = atomic_load(&state->done);
    char name[48];

    name_of(name, writer, key);
    atomic_store(&state->begun, key + 1);
    FAULT_CHECK(fault_try_add(libctx, name, key * 37 % 150));
    atomic_store(&state->done, key + 1);
}

static void destroy(OSSL_LIB_CTX *libctx, STATE *state, unsigned int writer)
{
    const unsigned int key = atomic_load(&state->destroyed);
    EVP_PKEY *object;
    char name[48];

    name_of(name, writer, key);
    object = fault_try_load(libctx, name);
    FAULT_CHECK(object != NULL && fault_try_octets(object, name));
    atomic_store(&state->destroying, key + 1);
    FAULT_CHECK(fault_try_set(object, ONEM2M_PARAM_STATE, ONEM2M_STATE_NAME_DESTROYED));
    atomic_store(&state->destroyed, key + 1);
    FAULT_CHECK(!fault_try_octets(object, name));
    ERR_clear_error();
    EVP_PKEY_free(object);
}

static void count(EVP_PKEY *counter, STATE *state)
{
    const unsigned int value = atomic_load(&state->counted) + 1;
    char label[16];

    snprintf(label, sizeof(label), "%u", value);
    atomic_store(&state->counting, value);
    FAULT_CHECK(fault_try_set(counter, ONEM2M_PARAM_LABELS, label));
    atomic_store(&state->counted, value);
}

static void run_writer(void *argument)
{
    const unsigned int writer = *(const unsigned int *)argument;
    OSSL_LIB_CTX *libctx = fault_context(directory);
    STATE *state = &shared->writers[writer];
    EVP_PKEY *counter;
    char name[48];

    counter_of(name, writer);
    counter = fault_try_load(libctx, name);
    FAULT_CHECK(counter != NULL);
    while (store_seconds() < end) {
        add(libctx, state, writer);
        if (atomic_load(&state->done) - atomic_load(&state->destroyed) > KEPT)
            destroy(libctx, state, writer);
        count(counter, state);
    }
    EVP_PKEY_free(counter);
    OSSL_LIB_CTX_free(libctx);
}

/* Readers */

/* Why a key was refused of which so many were done before. */
static void check_refusal(STATE *state, unsigned int key, unsigned int done)
{
    const ONEM2M_REASON reason = fault_reason();

    if (key < done)
        FAULT_CHECK(key < atomic_load(&state->destroying) && reason == ONEM2M_R_DESTROYED);
    else
        FAULT_CHECK(key < atomic_load(&state->begun) || reason == ONEM2M_R_KEY_NOT_FOUND);
}

/* What was known before the read holds, what was known after it may. */
static void read_key(OSSL_LIB_CTX *libctx, STATE *state, unsigned int writer)
{
    const unsigned int done = atomic_load(&state->done), destroyed = atomic_load(&state->destroyed);
    const unsigned int oldest = destroyed > 10 ? destroyed - 10 : 0;
    const unsigned int key = oldest + store_random(done + 3 - oldest);
    char name[48];

    name_of(name, writer, key);
    if (fault_try_read(libctx, name))
        FAULT_CHECK(key >= destroyed && key < atomic_load(&state->begun));
    else
        check_refusal(state, key, done);
}

static void read_counter(EVP_PKEY *counter, STATE *state)
{
    const unsigned int before = atomic_load(&state->counted);
    unsigned long value;
    char label[16];

    FAULT_CHECK(
        EVP_PKEY_get_utf8_string_param(counter, ONEM2M_PARAM_LABELS, label, sizeof(label), NULL));
    value = strtoul(label, NULL, 10);
    FAULT_CHECK(value >= before && value <= atomic_load(&state->counting));
}

static void run_reader(void *argument)
{
    OSSL_LIB_CTX *libctx = fault_context(directory);
    EVP_PKEY *counters[WRITERS];
    unsigned long reads = 0;
    char name[48];

    (void)argument;
    for (unsigned int i = 0; i < WRITERS; i++) {
        counter_of(name, i);
        counters[i] = fault_try_load(libctx, name);
        FAULT_CHECK(counters[i] != NULL && fault_try_octets(counters[i], name));
    }
    for (; store_seconds() < end; reads += 2) {
        const unsigned int writer = store_random(WRITERS);

        read_key(libctx, &shared->writers[writer], writer);
        read_counter(counters[writer], &shared->writers[writer]);
    }
    for (unsigned int i = 0; i < WRITERS; i++)
        EVP_PKEY_free(counters[i]);
    atomic_fetch_add(&shared->reads, reads);
    OSSL_LIB_CTX_free(libctx);
}

/* The run */

static void make_counters(void *argument)
{
    OSSL_LIB_CTX *libctx = fault_context(directory);
    EVP_PKEY *counter;
    char name[48];

    (void)argument;
    for (unsigned int i = 0; i < WRITERS; i++) {
        counter_of(name, i);
        FAULT_CHECK(fault_try_add(libctx, name, 0));
        counter = fault_try_load(libctx, name);
        FAULT_CHECK(counter != NULL && fault_try_set(counter, ONEM2M_PARAM_LABELS, "0"));
        EVP_PKEY_free(counter);
    }
    OSSL_LIB_CTX_free(libctx);
}

static void run_tool(const char *command)
{
    store_join(fault_begin_tool(directory, command, FAULT_END));
}

int main(void)
{
    const double seconds = store_long_run() ? 60 : 4;
    unsigned int numbers[WRITERS], keys = 0, rotations = 0;
    pid_t children[WRITERS + READERS];

    store_seed();
    fault_place(directory);
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    FAULT_CHECK(shared != MAP_FAILED);
    store_join(store_fork(make_counters, NULL));
    end = store_seconds() + seconds;
    for (unsigned int i = 0; i < WRITERS + READERS; i++) {
        store_random(2);
        numbers[i % WRITERS] = i % WRITERS;
        children[i] =
            i < WRITERS ? store_fork(run_writer, &numbers[i]) : store_fork(run_reader, NULL);
    }
    for (; store_seconds() < end - 1; rotations++) {
        run_tool("rotate");
        run_tool("verify");
        usleep(1000000);
    }
    for (unsigned int i = 0; i < WRITERS + READERS; i++)
        store_join(children[i]);
    run_tool("verify");
    for (unsigned int i = 0; i < WRITERS; i++)
        keys += atomic_load(&shared->writers[i].done);
    store_remove(directory);
    printf("%u keys, %lu reads and %u rotations in %.0f s, no wrong answer\n", keys,
           atomic_load(&shared->reads), rotations, seconds);
    FAULT_CHECK(keys > 0 && atomic_load(&shared->reads) > 0 && rotations > 0);
    return 0;
}
