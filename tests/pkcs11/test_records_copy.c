/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Backups of the records in a token.
 */
#include <stdlib.h>
#include <unistd.h>
#include <sys/stat.h>
#include "records.h"

static char backup[PATH_MAX], changed[PATH_MAX];

static int set_up(void **state)
{
    unsigned char octets[] = { 0, 1, 0xFF, 0 };
    ONEM2M_TRANSACTION *transaction;

    (void)state;
    store_directory(directory);
    snprintf(backup, sizeof(backup), "%.4000s/backup", directory);
    snprintf(changed, sizeof(changed), "%.4000s/changed", directory);
    backend = store_open(records_new_location());
    transaction = store_begin(backend, ONEM2M_WRITE);
    store_put(transaction, "a", "");
    store_put(transaction, "b", "2");
    assert_true(store_functions->put(transaction, ONEM2M_TABLE_CHILDREN,
                                     (ONEM2M_SLICE){ octets, sizeof(octets) },
                                     (ONEM2M_SLICE){ octets, sizeof(octets) }, &store_error));
    store_commit(transaction);
    assert_true(store_functions->copy(backend, backup, &store_error));
    return 0;
}

static int is_backup(ONEM2M_BACKEND *candidate, void *argument, ONEM2M_ERROR *error)
{
    ONEM2M_TRANSACTION *transaction;

    *(int *)argument += 1;
    assert_false(store_functions->begin(candidate, &transaction, ONEM2M_WRITE, error));
    assert_int_equal(error->reason, ONEM2M_R_STORE_READ_ONLY);
    return store_holds(candidate, "a", "") && store_holds(candidate, "b", "2");
}

static int is_never_good(ONEM2M_BACKEND *candidate, void *argument, ONEM2M_ERROR *error)
{
    (void)candidate;
    (void)argument;
    return onem2m_refuse(error, ONEM2M_R_MISMATCH, ONEM2M_NO_OFFSET, "no");
}

static void assert_no_store(ONEM2M_BACKEND *store)
{
    ONEM2M_TRANSACTION *transaction;

    assert_int_equal(store_try_begin(store, &transaction, ONEM2M_READ), ONEM2M_R_STORE_MISSING);
}

static void there_and_back(void **state)
{
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_BACKEND *restored;
    ONEM2M_SLICE name, value;
    struct stat info;
    int checks = 0;

    (void)state;
    assert_int_equal(stat(backup, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(store_try_put(backend, "c", store_text("3")), ONEM2M_R_NONE);
    assert_int_equal(store_try_open(&restored, records_new_location()), ONEM2M_R_NONE);
    assert_true(store_functions->restore(restored, backup, is_backup, &checks, &store_error));
    assert_int_equal(checks, 1);
    transaction = store_begin(restored, ONEM2M_READ);
    assert_int_equal(store_count(transaction), 2);
    assert_int_equal(store_functions->get(transaction, ONEM2M_TABLE_META, store_text("header"),
                                          &value, &store_error),
                     1);
    assert_int_equal(store_functions->seek(transaction, ONEM2M_TABLE_CHILDREN, store_text(""),
                                           &name, &value, &store_error),
                     1);
    assert_true(store_equal(name, (ONEM2M_SLICE){ (const unsigned char *)"\0\1\xFF\0", 4 }));
    assert_true(store_equal(value, name));
    store_functions->abort(transaction);
    assert_false(store_functions->restore(restored, backup, is_backup, &checks, &store_error));
    assert_int_equal(store_error.reason, ONEM2M_R_STORE_EXISTS);
    store_functions->close(restored);
}

static void what_is_not_good_makes_nothing(void **state)
{
    ONEM2M_BACKEND *restored;

    (void)state;
    assert_int_equal(store_try_open(&restored, records_new_location()), ONEM2M_R_NONE);
    assert_false(store_functions->restore(restored, backup, is_never_good, NULL, &store_error));
    assert_int_equal(store_error.reason, ONEM2M_R_MISMATCH);
    assert_no_store(restored);
    assert_int_equal(records_objects(), 0);
    store_functions->close(restored);
}

static ONEM2M_REASON copy_to(const char *path)
{
    return store_functions->copy(backend, path, &store_error) ? ONEM2M_R_NONE : store_error.reason;
}

static ONEM2M_REASON restore_of(ONEM2M_BACKEND *store, const char *path)
{
    int checks = 0;

    store_error.reason = ONEM2M_R_NONE;
    if (store_functions->restore(store, path, is_backup, &checks, &store_error))
        return ONEM2M_R_NONE;
    assert_int_equal(checks, 0);
    return store_error.reason;
}

static void places(void **state)
{
    char path[PATH_MAX + 8];

    (void)state;
    assert_int_equal(copy_to(backup), ONEM2M_R_STORE_EXISTS);
    snprintf(path, sizeof(path), "%.4000s/none/backup", directory);
    assert_int_equal(copy_to(path), ONEM2M_R_STORE_MISSING);
    assert_int_equal(copy_to("/dev/full"), ONEM2M_R_STORE_EXISTS);
    memset(path, 'x', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    assert_int_equal(copy_to(path), ONEM2M_R_STORE_FAILED);
    assert_int_equal(restore_of(backend, "/none"), ONEM2M_R_STORE_MISSING);
    assert_int_equal(restore_of(backend, directory), ONEM2M_R_STORE_NOT_OURS);
}

static size_t read_backup(unsigned char *octets, size_t room)
{
    FILE *file = fopen(backup, "rbe");
    size_t length;

    assert_non_null(file);
    length = fread(octets, 1, room, file);
    fclose(file);
    return length;
}

static void write_changed(const unsigned char *octets, size_t length)
{
    FILE *file = fopen(changed, "wbe");

    assert_non_null(file);
    assert_int_equal(fwrite(octets, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* Every octet changed, every length: refused, and nothing made. */
static void damaged(void **state)
{
    unsigned char octets[512];
    const size_t length = read_backup(octets, sizeof(octets));
    ONEM2M_BACKEND *restored;

    (void)state;
    assert_int_equal(store_try_open(&restored, records_new_location()), ONEM2M_R_NONE);
    assert_true(length > 60 && length < sizeof(octets) - 1);
    for (size_t i = 0; i < length; i++) {
        octets[i] ^= 0x10;
        write_changed(octets, length);
        assert_int_equal(restore_of(restored, changed), i < 29   ? ONEM2M_R_STORE_NOT_OURS
                                                        : i < 31 ? ONEM2M_R_STORE_NEWER
                                                                 : ONEM2M_R_STORE_DAMAGED);
        octets[i] ^= 0x10;
        write_changed(octets, i);
        assert_true(restore_of(restored, changed) != ONEM2M_R_NONE);
    }
    write_changed(octets, length + 1);
    assert_int_equal(restore_of(restored, changed), ONEM2M_R_STORE_DAMAGED);
    assert_no_store(restored);
    assert_int_equal(records_objects(), 0);
    store_functions->close(restored);
}

/* Entries that the checksum is right for, and that are wrong all the same. */
static void wrong_entries(void **state)
{
    static const struct {
        const char *octets;
        size_t length;
    } entries[] = {
        { "x\0\1\0\0\0\0n", 8 },                /* no such table */
        { "k\0\1\0\0\0", 6 },                   /* cut */
        { "k\0\0\0\0\0\0", 7 },                 /* no name */
        { "k\2\0\0\0\0\0n", 8 },                /* a longer one than there may be */
        { "k\0\1\0\0\0\1n", 8 },                /* more than there is */
        { "k\0\1\377\377\377\377n", 8 },        /* much more */
        { "k\0\1\0\0\0\0nk\0\1\0\0\0\0n", 16 }, /* twice */
        { "k\0\1\0\0\0\0nk\0\1\0\0\0\0m", 16 }, /* out of order */
        { "k\0\1\0\0\0\0nc\0\1\0\0\0\0n", 16 }, /* tables out of order */
    };
    static const char line[] = "onem2m-provider token backup 1\n";
    unsigned char octets[128];
    ONEM2M_BACKEND *restored;

    (void)state;
    assert_int_equal(store_try_open(&restored, records_new_location()), ONEM2M_R_NONE);
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        size_t length = sizeof(line) - 1;
        uint64_t sum = UINT64_C(0xCBF29CE484222325);

        memcpy(octets, line, length);
        memcpy(octets + length, entries[i].octets, entries[i].length);
        length += entries[i].length;
        octets[length++] = 0;
        for (size_t j = 0; j < length; j++)
            sum = (sum ^ octets[j]) * UINT64_C(0x100000001B3);
        for (int shift = 56; shift >= 0; shift -= 8)
            octets[length++] = (unsigned char)(sum >> shift);
        write_changed(octets, length);
        assert_int_equal(restore_of(restored, changed), ONEM2M_R_STORE_DAMAGED);
        assert_null(strstr(store_error.detail, "truncated"));
    }
    assert_no_store(restored);
    store_functions->close(restored);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        TEST(there_and_back), TEST(what_is_not_good_makes_nothing), TEST(places), TEST(damaged),
        TEST(wrong_entries),
    };
    int failed;

    records_set_up(argc, argv);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    records_remove();
    return failed;
}
