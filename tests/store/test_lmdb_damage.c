/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files that were damaged or cut off.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "store_lmdb.h"

static void patch(off_t at, const void *octets, size_t length)
{
    const int data = open(file("data.mdb"), O_WRONLY);

    assert_true(data >= 0);
    assert_int_equal(pwrite(data, octets, length, at), length);
    close(data);
}

/* Offsets in a meta page: magic 16, version 20, page size 40, flags of a tree 44, last page 136,
 * transaction 144. */
static void damaged_meta_page(void **state)
{
    static const uint32_t sizes[] = { 0, 1, 256, 4095, 4097, 131072, 0xFFFFFFFF };
    const uint32_t version = 2;
    const uint16_t sorted_duplicates = 0x0C, flags = 0x08;
    const uint64_t last = UINT64_MAX / 8192, original_size = 4096;
    static char page[4096];

    (void)state;
    close_store();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        patch(40, &sizes[i], 4);
        assert_refused(ONEM2M_R_STORE_DAMAGED, "impossible values");
    }
    patch(40, &original_size, 4);
    patch(44, &sorted_duplicates, 2);
    assert_refused(ONEM2M_R_STORE_DAMAGED, "impossible values");
    patch(44, &flags, 2);
    assert_opens();
    close_store();
    patch(136, &last, 8);
    patch(4096 + 136, &last, 8);
    assert_refused(ONEM2M_R_STORE_DAMAGED, "impossible values");
    patch(20, &version, 4);
    assert_refused(ONEM2M_R_STORE_NEWER, "data version 2; this LMDB knows 1");
    patch(0, page, sizeof(page));
    assert_refused(ONEM2M_R_STORE_NOT_OURS, "beginning is damaged");
}

/* Each octet of the headers of pages in turn; that of one that is not in use does not count. */
static void damaged_pages(void **state)
{
    const int data = open(file("data.mdb"), O_RDWR | O_CLOEXEC);
    const off_t size = size_of("data.mdb");
    unsigned int refused = 0;

    (void)state;
    close_store();
    assert_true(data >= 0);
    for (off_t page = 8192; page < size; page += 4096) {
        for (off_t at = page; at < page + 16; at++) {
            ONEM2M_BACKEND *opened;
            unsigned char octet, changed;

            assert_int_equal(pread(data, &octet, 1, at), 1);
            changed = octet ^ 0x51;
            assert_int_equal(pwrite(data, &changed, 1, at), 1);
            if (store_try_open(&opened, directory) == ONEM2M_R_NONE) {
                store_functions->close(opened);
            } else {
                assert_int_equal(store_error.reason, ONEM2M_R_STORE_DAMAGED);
                assert_non_null(strstr(store_error.detail, "a page that is in use"));
                refused++;
            }
            assert_int_equal(pwrite(data, &octet, 1, at), 1);
        }
    }
    close(data);
    assert_true(refused >= 10);
    assert_opens();
}

/* Each octet of where the records' tree begins, node, name and all: never a signal, and no store
 * without its keys. */
static void damaged_database_of_records(void **state)
{
    static char octets[65536];
    const int data = open(file("data.mdb"), O_RDWR | O_CLOEXEC);
    const ssize_t size = pread(data, octets, sizeof(octets), 0);
    unsigned int refused = 0, found = 0;

    (void)state;
    close_store();
    assert_true(size > 0);
    for (off_t name = 8192 + 8; name < size - 55; name++) {
        if (memcmp(octets + name, "entries", 7) != 0)
            continue;
        found++;
        for (off_t at = name - 8; at < name + 7 + 48; at++) {
            const char changed = (char)(octets[at] ^ 0x51);
            ONEM2M_BACKEND *opened;

            assert_int_equal(pwrite(data, &changed, 1, at), 1);
            if (store_try_open(&opened, directory) == ONEM2M_R_NONE) {
                assert_true(store_holds(opened, "a", "1"));
                store_functions->close(opened);
            } else {
                assert_int_equal(store_error.reason, ONEM2M_R_STORE_DAMAGED);
                refused++;
            }
            assert_int_equal(pwrite(data, octets + at, 1, at), 1);
        }
    }
    close(data);
    assert_true(found >= 1 && refused >= 20);
    assert_opens();
}

/* Never a signal, and never fewer keys than there were. */
static void truncated_file(void **state)
{
    off_t size;
    int refused = 0;

    (void)state;
    fill_store(400, 350);
    fill_store(3, 20000);
    close_store();
    size = size_of("data.mdb");
    for (off_t left = 0; left < size; left += left < 16384 ? 512 : 4096) {
        ONEM2M_BACKEND *opened;
        char original[PATH_MAX + 32], command[3 * PATH_MAX];

        snprintf(original, sizeof(original), "%s", file("data.mdb"));
        snprintf(command, sizeof(command), "cp '%s' '%s.whole'", original, original);
        assert_int_equal(system(command), 0); // NOLINT(cert-env33-c)
        assert_int_equal(truncate(original, left), 0);
        if (store_try_open(&opened, directory) == ONEM2M_R_NONE) {
            ONEM2M_TRANSACTION *reader = store_begin(opened, ONEM2M_READ);

            assert_int_equal(store_count(reader), 401);
            store_functions->abort(reader);
            store_functions->close(opened);
        } else {
            assert_int_equal(store_error.reason, ONEM2M_R_STORE_DAMAGED);
            refused++;
        }
        snprintf(command, sizeof(command), "mv '%s.whole' '%s'", original, original);
        assert_int_equal(system(command), 0); // NOLINT(cert-env33-c)
    }
    assert_true(refused > 50);
    assert_opens();
}

/* A transaction that dropped what it had put leaves a file that ends before its last page. */
static void short_but_whole(void **state)
{
    static unsigned char octets[200000];
    ONEM2M_TRANSACTION *transaction;
    uint64_t last[2];
    int data;

    (void)state;
    for (int i = 0; i < 4; i++)
        fill_store(50, 300);
    transaction = store_begin(backend, ONEM2M_WRITE);
    assert_true(store_functions->put(transaction, ONEM2M_TABLE_KEYS, store_text("b"),
                                     store_text("2"), &store_error));
    assert_true(store_functions->put(transaction, ONEM2M_TABLE_KEYS, store_text("big"),
                                     (ONEM2M_SLICE){ octets, sizeof(octets) }, &store_error));
    assert_true(
        store_functions->remove(transaction, ONEM2M_TABLE_KEYS, store_text("big"), &store_error));
    store_commit(transaction);
    close_store();
    data = open(file("data.mdb"), O_RDONLY);
    assert_int_equal(pread(data, &last[0], 8, 136), 8);
    assert_int_equal(pread(data, &last[1], 8, 4096 + 136), 8);
    close(data);
    assert_true((uint64_t)size_of("data.mdb") / 4096 <= (last[0] > last[1] ? last[0] : last[1]));
    assert_opens();
    assert_true(store_holds(backend, "b", "2"));
    assert_int_equal(store_try_put(backend, "big", (ONEM2M_SLICE){ octets, sizeof(octets) }),
                     ONEM2M_R_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(damaged_meta_page),
        WITH_STORE(damaged_pages),
        WITH_STORE(damaged_database_of_records),
        WITH_STORE(truncated_file),
        WITH_STORE(short_but_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
