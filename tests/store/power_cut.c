/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Power cuts. Transactions are made once, with every write and sync of the
 * store's file written down. For each cut the file is put together again as a
 * disk may have it then: what was synced is there, of the rest some is lost, in
 * any order, some of it torn into sectors. The store must open, with all that
 * was acknowledged, and of the transaction under way all or nothing.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include "file_shim.h"
#include "store_test.h"

#define NAMES 40
#define TRANSACTIONS 150
#define SECTOR 512

/* After each transaction: the one that put the name last, 0 when it is not there. */
static unsigned int model[TRANSACTIONS + 1][NAMES];

static ONEM2M_SLICE value_of(unsigned int transaction, unsigned int name)
{
    static unsigned char octets[8192];
    const unsigned int seed = transaction * 2654435761U + name * 40503U;
    ONEM2M_SLICE value = { octets, seed % 8 == 0 ? 3000 + seed % 5000 : 100 + seed % 400 };

    for (size_t i = 0; i < value.length; i++)
        octets[i] = (unsigned char)(seed >> (i % 24));
    return value;
}

static void name_of(char out[32], unsigned int name)
{
    snprintf(out, 32, "name-%u", name);
}

static void change(ONEM2M_TRANSACTION *transaction, unsigned int number)
{
    const unsigned int name = store_random(NAMES);
    char text[32];

    name_of(text, name);
    if (store_random(4) == 0) {
        STORE_CHECK(store_functions->remove(transaction, ONEM2M_TABLE_KEYS, store_text(text),
                                            &store_error));
        model[number][name] = 0;
        return;
    }
    STORE_CHECK(store_functions->put(transaction, ONEM2M_TABLE_KEYS, store_text(text),
                                     value_of(number, name), &store_error));
    model[number][name] = number;
}

static void write_transactions(const char *directory)
{
    ONEM2M_BACKEND *backend;

    shim_record(1);
    backend = store_open(directory);
    shim_acknowledge();
    for (unsigned int i = 1; i <= TRANSACTIONS; i++) {
        ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);

        memcpy(model[i], model[i - 1], sizeof(model[i]));
        for (unsigned int changes = 1 + store_random(6); changes > 0; changes--)
            change(transaction, i);
        store_commit(transaction);
        shim_acknowledge();
    }
    store_functions->close(backend);
    shim_record(0);
}

/* Whether an event before the cut is on disk for certain. */
static int is_durable(size_t event, size_t cut)
{
    const ino_t what =
        shim_events[event].kind == SHIM_LINK ? shim_events[event].into : shim_events[event].file;

    if (event < cut && shim_events[event].is_synchronous)
        return 1;
    for (size_t i = event + 1; i < cut; i++) {
        if (shim_events[i].kind == SHIM_SYNC && shim_events[i].file == what)
            return 1;
    }
    return 0;
}

typedef enum { ALL_LOST, ALL_KEPT, SOME_LOST, SOME_TORN } DAMAGE;

static int survives(DAMAGE damage)
{
    return damage == ALL_KEPT || (damage >= SOME_LOST && store_random(2) == 0);
}

static void replay_write(int file, const SHIM_EVENT *event, DAMAGE damage, int durable)
{
    if (durable || (damage != SOME_TORN && survives(damage))) {
        STORE_CHECK(pwrite(file, event->octets, event->length, event->offset) ==
                    (ssize_t)event->length);
        return;
    }
    if (damage != SOME_TORN)
        return;
    for (size_t at = 0; at < event->length;) {
        size_t end = at + SECTOR - ((size_t)event->offset + at) % SECTOR;

        if (end > event->length)
            end = event->length;
        if (survives(damage))
            STORE_CHECK(pwrite(file, event->octets + at, end - at, event->offset + (off_t)at) ==
                        (ssize_t)(end - at));
        at = end;
    }
}

/* The disk when the power goes while event number cut is under way. */
static void replay(const char *directory, size_t cut, DAMAGE damage)
{
    char path[PATH_MAX + 32], hidden[PATH_MAX + 32];
    int file, has_name = 0;

    snprintf(path, sizeof(path), "%s/data.mdb", directory);
    snprintf(hidden, sizeof(hidden), "%s/.onem2m-new-image", directory);
    file = open(hidden, O_RDWR | O_CREAT | O_EXCL, 0600);
    STORE_CHECK(file >= 0);
    for (size_t i = 0; i <= cut && i < shim_count; i++) {
        const int durable = is_durable(i, cut);

        if (shim_events[i].kind == SHIM_WRITE)
            replay_write(file, &shim_events[i], damage, durable);
        else if (shim_events[i].kind == SHIM_TRUNCATE && (durable || survives(damage)))
            STORE_CHECK(ftruncate(file, shim_events[i].offset) == 0);
        else if (shim_events[i].kind == SHIM_LINK && (durable || survives(damage)))
            has_name = 1;
    }
    close(file);
    if (has_name)
        STORE_CHECK(rename(hidden, path) == 0);
}

static int is_as_after(ONEM2M_TRANSACTION *transaction, unsigned int number)
{
    ONEM2M_SLICE value;
    size_t count = 0;
    char text[32];

    for (unsigned int name = 0; name < NAMES; name++) {
        int found;

        name_of(text, name);
        found = store_functions->get(transaction, ONEM2M_TABLE_KEYS, store_text(text), &value,
                                     &store_error);
        STORE_CHECK(found >= 0);
        if (found != (model[number][name] != 0) ||
            (found && !store_equal(value, value_of(model[number][name], name))))
            return 0;
        count += (size_t)found;
    }
    return store_count(transaction) == count;
}

typedef struct {
    const char *directory;
    size_t acknowledged; /* the creation, and transactions */
} EXPECTED;

static void check(void *argument)
{
    const EXPECTED *expected = argument;
    const unsigned int last =
        expected->acknowledged == 0 ? 0 : (unsigned int)expected->acknowledged - 1;
    ONEM2M_BACKEND *backend;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_REASON why;

    STORE_CHECK(store_try_open(&backend, expected->directory) == ONEM2M_R_NONE);
    why = store_try_begin(backend, &transaction, ONEM2M_READ);
    if (expected->acknowledged == 0 && why == ONEM2M_R_STORE_MISSING)
        return;
    STORE_CHECK(why == ONEM2M_R_NONE);
    STORE_CHECK(is_as_after(transaction, last) ||
                (last < TRANSACTIONS && is_as_after(transaction, last + 1)));
    store_functions->abort(transaction);
    STORE_CHECK(store_try_put(backend, "after", store_text("the cut")) == ONEM2M_R_NONE);
    STORE_CHECK(store_holds(backend, "after", "the cut"));
    store_functions->close(backend);
}

static void cut_at(size_t cut, DAMAGE damage)
{
    char directory[PATH_MAX];
    EXPECTED expected = { directory, 0 };

    for (size_t i = 0; i < cut && i < shim_count; i++)
        expected.acknowledged += shim_events[i].kind == SHIM_ACKNOWLEDGED;
    store_directory(directory);
    replay(directory, cut, damage);
    store_join(store_fork(check, &expected));
    store_remove(directory);
}

int main(void)
{
    const unsigned int cuts = store_long_run() ? 1200 : 160;
    char directory[PATH_MAX];

    store_seed();
    store_directory(directory);
    write_transactions(directory);
    store_remove(directory);
    for (size_t cut = 0; cut < 24; cut++) {
        for (DAMAGE damage = ALL_LOST; damage <= SOME_TORN; damage++)
            cut_at(cut, damage);
    }
    for (unsigned int i = 0; i < cuts; i++)
        cut_at(store_random((unsigned int)shim_count + 1), i % 4);
    printf("%zu events, %u cuts, nothing lost\n", shim_count, cuts + 4 * 24);
    shim_forget();
    return 0;
}
