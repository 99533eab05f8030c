/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a directory may look like, and how one environment serves a process.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <cmocka.h>
#include <lmdb.h>
#include "store_test.h"

static char directory[PATH_MAX];
static ONEM2M_BACKEND *backend;

static int set_up(void **state)
{
    (void)state;
    backend = NULL;
    store_directory(directory);
    return 0;
}

static int set_up_store(void **state)
{
    set_up(state);
    backend = store_open(directory);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_functions->close(backend);
    store_remove(directory);
    return 0;
}

static void close_store(void)
{
    store_functions->close(backend);
    backend = NULL;
}

static const char *file(const char *name)
{
    static char path[PATH_MAX + 32];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static void write_file(const char *name, const void *octets, size_t length)
{
    FILE *out = fopen(file(name), "w");

    assert_non_null(out);
    assert_int_equal(fwrite(octets, 1, length, out), length);
    assert_int_equal(fclose(out), 0);
}

static off_t size_of(const char *name)
{
    struct stat info;

    return stat(file(name), &info) == 0 ? info.st_size : -1;
}

static mode_t mode_of(const char *name)
{
    struct stat info;

    return stat(file(name), &info) == 0 ? info.st_mode & 07777 : 0;
}

/* Opening is refused, with that text. */
static void assert_refused(ONEM2M_REASON reason, const char *text)
{
    ONEM2M_BACKEND *opened;

    if (store_try_open(&opened, directory) != reason || strstr(store_error.detail, text) == NULL)
        fail_msg("reason %d \"%s\"; expected %d, \"%s\"", store_error.reason, store_error.detail,
                 reason, text);
    for (const char *at = store_error.detail; *at != '\0'; at++)
        assert_true(*at >= 0x20 && *at < 0x7F);
}

static void assert_opens(void)
{
    backend = store_open(directory);
    assert_true(store_holds(backend, "a", "1"));
}

/* Places */

static void no_directory(void **state)
{
    ONEM2M_BACKEND *opened;
    char path[PATH_MAX + 32];

    (void)state;
    snprintf(path, sizeof(path), "%s/ab\nsent", directory);
    assert_int_equal(store_try_open(&opened, path), ONEM2M_R_STORE_MISSING);
    assert_non_null(strstr(store_error.detail, "/ab?sent"));
    assert_int_equal(store_try_open(&opened, ""), ONEM2M_R_BAD_CONFIGURATION);
    write_file("file", "x", 1);
    assert_int_equal(store_try_open(&opened, file("file")), ONEM2M_R_STORE_MISSING);
    assert_int_equal(store_try_open(&opened, file("file/deeper")), ONEM2M_R_STORE_MISSING);
}

static void directory_of_others(void **state)
{
    ONEM2M_BACKEND *opened;

    (void)state;
    write_file("letter.txt", "x", 1);
    assert_int_equal(store_try_open(&opened, directory), ONEM2M_R_NONE);
    assert_int_equal(store_try_create(opened), ONEM2M_R_STORE_NOT_OURS);
    store_functions->close(opened);
    assert_int_equal(size_of("data.mdb"), -1);
}

static void what_does_not_count(void **state)
{
    (void)state;
    assert_int_equal(mkdir(file("lost+found"), 0700), 0);
    assert_int_equal(mkdir(file(".onem2m-new-abcdef"), 0700), 0);
    write_file("lock.mdb", "rubbish", 7);
    backend = store_open(directory);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
}

static void assert_nothing_left(void)
{
    const struct dirent *entry;
    DIR *listing = opendir(directory);

    assert_non_null(listing);
    while ((entry = readdir(listing)) != NULL)
        assert_true(entry->d_name[0] == '.' ? strlen(entry->d_name) <= 2
                                            : strstr(entry->d_name, ".mdb") != NULL);
    closedir(listing);
}

static void nothing_left_over(void **state)
{
    (void)state;
    assert_nothing_left();
}

static int die(ONEM2M_TRANSACTION *transaction, void *argument, ONEM2M_ERROR *error)
{
    (void)transaction;
    (void)argument;
    (void)error;
    raise(SIGKILL);
    return 0;
}

static int count_places(void)
{
    const struct dirent *entry;
    DIR *listing = opendir(directory);
    int count = 0;

    assert_non_null(listing);
    while ((entry = readdir(listing)) != NULL)
        count += strncmp(entry->d_name, ".onem2m-new-", 12) == 0;
    closedir(listing);
    return count;
}

static void leave_place(void)
{
    int status;
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        ONEM2M_BACKEND *opened;

        if (store_try_open(&opened, directory) == ONEM2M_R_NONE)
            store_functions->create(opened, die, NULL, NULL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* The next one who makes a store, or tries to, removes what was left. */
static void a_killed_creator_leaves_nothing_for_long(void **state)
{
    (void)state;
    leave_place();
    assert_int_equal(count_places(), 1);
    leave_place();
    assert_int_equal(count_places(), 1); /* its own */
    backend = store_open(directory);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    assert_nothing_left();
    assert_int_equal(mkdir(file(".onem2m-new-abcdef"), 0700), 0);
    assert_int_equal(store_try_create(backend), ONEM2M_R_STORE_EXISTS);
    assert_nothing_left();
}

/* A place that somebody holds, one with other files, and what is no directory. */
static void other_places_are_left_alone(void **state)
{
    int place;

    (void)state;
    assert_int_equal(mkdir(file(".onem2m-new-held00"), 0700), 0);
    place = open(file(".onem2m-new-held00"), O_RDONLY | O_DIRECTORY);
    assert_int_equal(flock(place, LOCK_EX), 0);
    write_file(".onem2m-new-held00/data.mdb", "1", 1);
    assert_int_equal(mkdir(file(".onem2m-new-others"), 0700), 0);
    write_file(".onem2m-new-others/letter.txt", "1", 1);
    assert_int_equal(symlink("/tmp", file(".onem2m-new-linked")), 0);
    backend = store_open(directory);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    assert_int_equal(count_places(), 3);
    assert_int_equal(size_of(".onem2m-new-held00/data.mdb"), 1);
    assert_int_equal(size_of(".onem2m-new-others/letter.txt"), 1);
    close(place);
    assert_int_equal(store_try_create(backend), ONEM2M_R_STORE_EXISTS);
    assert_int_equal(count_places(), 2);
    assert_int_equal(unlink(file(".onem2m-new-linked")), 0);
}

/* statfs as the tests want it; linked with --wrap. */
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
int __real_statfs(const char *path, struct statfs *out);
int __wrap_statfs(const char *path, struct statfs *out);
static unsigned long pretended_type;

int __wrap_statfs(const char *path, struct statfs *out)
{
    const int rc = __real_statfs(path, out);

    if (rc == 0 && pretended_type != 0)
        out->f_type = (__typeof__(out->f_type))pretended_type;
    return rc;
}

static void network_file_system(void **state)
{
    (void)state;
    close_store();
    pretended_type = 0x6969;
    assert_refused(ONEM2M_R_STORE_PLACE, "network file system (NFS)");
    pretended_type = 0xFE534D42;
    assert_refused(ONEM2M_R_STORE_PLACE, "network file system (SMB2)");
    pretended_type = 0;
    assert_opens();
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

/* Modes */

static void check_modes(mode_t of_directory, mode_t mask, mode_t of_files)
{
    mode_t old;

    close_store();
    store_remove(directory);
    assert_int_equal(mkdir(directory, 0700), 0);
    assert_int_equal(chmod(directory, of_directory), 0);
    old = umask(mask);
    backend = store_open(directory);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    umask(old);
    assert_int_equal(mode_of("data.mdb"), of_files);
    assert_int_equal(mode_of("lock.mdb"), of_files);
}

static void modes_of_files(void **state)
{
    (void)state;
    check_modes(0700, 022, 0600);
    check_modes(0755, 0, 0600);
    check_modes(02770, 077, 0660);
    check_modes(0770, 022, 0660);
    close_store();
    assert_int_equal(unlink(file("lock.mdb")), 0);
    assert_opens();
    assert_int_equal(mode_of("lock.mdb"), 0660);
}

/* Files that are no store */

static void not_a_store(void **state)
{
    static unsigned char octets[65536];
    static const size_t sizes[] = { 0, 1, 100, 4096, 4097, 8192, 65536 };

    (void)state;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (unsigned char)store_random(256);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        write_file("data.mdb", octets, sizes[i]);
        assert_refused(sizes[i] < 160 ? ONEM2M_R_STORE_DAMAGED : ONEM2M_R_STORE_NOT_OURS,
                       "data.mdb");
        assert_int_equal(size_of("data.mdb"), sizes[i]);
    }
    assert_int_equal(unlink(file("data.mdb")), 0);
    assert_int_equal(mkdir(file("data.mdb"), 0700), 0);
    assert_refused(ONEM2M_R_STORE_NOT_OURS, "not a regular file");
    assert_int_equal(rmdir(file("data.mdb")), 0);
    assert_int_equal(symlink("elsewhere", file("data.mdb")), 0);
    assert_refused(ONEM2M_R_STORE_NOT_OURS, "not a regular file");
    write_file("elsewhere", octets, sizeof(octets));
    assert_refused(ONEM2M_R_STORE_NOT_OURS, "not a regular file");
}

static void make_foreign(unsigned int flags, const char *name, const char *mark)
{
    char key_text[] = "mformat", value_text[64];
    MDB_val key = { 7, key_text }, value = { strlen(mark), value_text };
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;

    snprintf(value_text, sizeof(value_text), "%s", mark);
    unlink(file("data.mdb"));
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 4), 0);
    assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, name, MDB_CREATE | flags, &dbi), 0);
    assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void lmdb_of_others(void **state)
{
    static const char theirs[] = "another program";

    (void)state;
    make_foreign(0, NULL, "their format");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(0, NULL, "onem2m-provider key store ");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(0, NULL, "onem2m-provider key store 123456789");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(MDB_DUPSORT, NULL, "onem2m-provider key store 1");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(MDB_REVERSEKEY, NULL, "onem2m-provider key store 1");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(0, "mformat", "onem2m-provider key store 1");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(0, "their", "onem2m-provider key store 1");
    assert_refused(ONEM2M_R_STORE_NOT_OURS, theirs);
    make_foreign(0, NULL, "onem2m-provider key store 3");
    assert_refused(ONEM2M_R_STORE_NEWER, "version 3; this program knows 2");
}

/* Puts a store's mark, or the database of records, without the other. */
static void make_half(const char *mark, unsigned int flags, const char *plain)
{
    char name[] = "entries", value[] = "x";
    MDB_val key = { 7, name }, octet = { 1, value };
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;

    make_foreign(0, NULL, mark);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 1), 0);
    assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, plain != NULL ? NULL : name,
                                  plain != NULL ? 0 : MDB_CREATE | flags, &dbi),
                     0);
    if (plain != NULL)
        assert_int_equal(mdb_put(txn, dbi, &key, &octet, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void no_database_of_records(void **state)
{
    static const char mark[] = "onem2m-provider key store 2", why[] = "no database of records";

    (void)state;
    make_foreign(0, NULL, mark);
    assert_refused(ONEM2M_R_STORE_DAMAGED, why);
    make_half(mark, 0, "a plain entry of that name");
    assert_refused(ONEM2M_R_STORE_DAMAGED, why);
    make_half(mark, MDB_DUPSORT, NULL);
    assert_refused(ONEM2M_R_STORE_DAMAGED, "data.mdb is damaged");
    make_half(mark, 0, NULL);
    assert_int_equal(store_try_open(&backend, directory), ONEM2M_R_NONE);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
}

/* The key of every entry of the unnamed database, one behind the other. */
static void list_unnamed(char *out, size_t size)
{
    MDB_val key, value;
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_cursor *cursor;
    FILE *text = fmemopen(out, size, "w");

    assert_non_null(text);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, directory, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    assert_int_equal(mdb_cursor_open(txn, dbi, &cursor), 0);
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0)
        fprintf(text, "%.*s ", (int)key.mv_size, (const char *)key.mv_data);
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    mdb_env_close(env);
    assert_int_equal(fclose(text), 0);
}

/* Only what costs a commit one page is beside the header. */
static void records_are_in_a_database_of_their_own(void **state)
{
    char names[128];

    (void)state;
    close_store();
    list_unnamed(names, sizeof(names));
    assert_string_equal(names, "entries mformat mheader ");
    assert_opens();
}

/* Which the next one who writes leaves as it is: others may have it open who know no other. */
static void a_store_of_version_1_stays_one(void **state)
{
    char names[128], backup[PATH_MAX + 32];
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE name, value;

    (void)state;
    make_foreign(0, NULL, "onem2m-provider key store 1");
    assert_int_equal(store_try_open(&backend, directory), ONEM2M_R_NONE);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    assert_int_equal(store_try_put(backend, "b", store_text("2")), ONEM2M_R_NONE);
    transaction = store_begin(backend, ONEM2M_WRITE);
    assert_true(store_functions->put(transaction, ONEM2M_TABLE_META, store_text("header"),
                                     store_text("h"), &store_error));
    assert_true(
        store_functions->remove(transaction, ONEM2M_TABLE_KEYS, store_text("b"), &store_error));
    store_commit(transaction);
    transaction = store_begin(backend, ONEM2M_READ);
    assert_int_equal(store_count(transaction), 1);
    assert_int_equal(store_functions->seek(transaction, ONEM2M_TABLE_META, store_text("g"), &name,
                                           &value, &store_error),
                     1);
    assert_true(store_equal(name, store_text("header")) && store_equal(value, store_text("h")));
    store_functions->abort(transaction);
    snprintf(backup, sizeof(backup), "%s-backup", directory);
    assert_true(store_functions->copy(backend, backup, &store_error));
    assert_int_equal(unlink(backup), 0);
    close_store();
    list_unnamed(names, sizeof(names));
    assert_string_equal(names, "ka mformat mheader ");
    assert_opens();
}

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

static void fill_store(unsigned int count, size_t length)
{
    static unsigned char octets[100000];
    ONEM2M_TRANSACTION *transaction = store_begin(backend, ONEM2M_WRITE);
    char name[32];

    for (unsigned int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "fill-%u", i);
        assert_true(store_functions->put(transaction, ONEM2M_TABLE_KEYS, store_text(name),
                                         (ONEM2M_SLICE){ octets, length }, &store_error));
    }
    store_commit(transaction);
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

/* One environment */

static int descriptors_of(const char *name)
{
    char link[64], target[PATH_MAX + 32];
    const struct dirent *entry;
    DIR *listing = opendir("/proc/self/fd");
    int count = 0;

    while ((entry = readdir(listing)) != NULL) {
        ssize_t length;

        snprintf(link, sizeof(link), "/proc/self/fd/%.16s", entry->d_name);
        length = readlink(link, target, sizeof(target) - 1);
        if (length <= 0)
            continue;
        target[length] = '\0';
        if (strcmp(target, file(name)) == 0) {
            STORE_CHECK((fcntl((int)strtol(entry->d_name, NULL, 10), F_GETFD) & FD_CLOEXEC) != 0);
            count++;
        }
    }
    closedir(listing);
    return count;
}

static void two_paths_one_environment(void **state)
{
    ONEM2M_BACKEND *other;
    ONEM2M_TRANSACTION *reader;
    char path[PATH_MAX + 8];
    const int before = descriptors_of("lock.mdb");

    (void)state;
    assert_int_equal(before, 1);
    snprintf(path, sizeof(path), "%s-link", directory);
    assert_int_equal(symlink(directory, path), 0);
    assert_int_equal(store_try_open(&other, path), ONEM2M_R_NONE);
    assert_int_equal(descriptors_of("lock.mdb"), 1);
    reader = store_begin(other, ONEM2M_READ);
    assert_int_equal(store_try_put(backend, "a", store_text("2")), ONEM2M_R_NONE);
    assert_true(store_has(reader, "a", "1"));
    store_functions->abort(reader);
    close_store();
    assert_true(store_holds(other, "a", "2"));
    store_functions->close(other);
    assert_int_equal(descriptors_of("lock.mdb"), 0);
    assert_int_equal(unlink(path), 0);
}

static void file_replaced(void **state)
{
    ONEM2M_BACKEND *other;
    char command[3 * PATH_MAX];

    (void)state;
    snprintf(command, sizeof(command), "cd '%s' && cp data.mdb new && mv new data.mdb", directory);
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c)
    assert_int_equal(store_try_open(&other, directory), ONEM2M_R_STORE_LOCKED);
    assert_int_equal(store_try_put(backend, "lost", store_text("1")), ONEM2M_R_STORE_LOCKED);
    close_store();
    assert_opens();
}

/* What was acknowledged would be in a file that nobody finds. */
static void nothing_is_written_to_a_file_that_is_gone(void **state)
{
    char away[PATH_MAX + 8];

    (void)state;
    snprintf(away, sizeof(away), "%s-away", directory);
    assert_int_equal(rename(directory, away), 0);
    assert_int_equal(store_try_put(backend, "lost", store_text("1")), ONEM2M_R_STORE_LOCKED);
    assert_false(store_holds(backend, "lost", "1"));
    assert_int_equal(rename(away, directory), 0);
    assert_int_equal(store_try_put(backend, "kept", store_text("1")), ONEM2M_R_NONE);
    assert_int_equal(unlink(file("data.mdb")), 0);
    assert_int_equal(store_try_put(backend, "lost", store_text("1")), ONEM2M_R_STORE_LOCKED);
    assert_true(store_holds(backend, "kept", "1"));
}

static void file_in_two_directories(void **state)
{
    ONEM2M_BACKEND *other;
    char path[PATH_MAX + 32], link_path[PATH_MAX + 64];

    (void)state;
    snprintf(path, sizeof(path), "%s-twin", directory);
    snprintf(link_path, sizeof(link_path), "%s/data.mdb", path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(link(file("data.mdb"), link_path), 0);
    assert_int_equal(store_try_open(&other, path), ONEM2M_R_STORE_LOCKED);
    store_remove(path);
}

/* Another copy of the provider in this process has its own registry. */
static void another_copy(void **state)
{
    struct flock own = { 0 };
    int data;

    (void)state;
    close_store();
    data = open(file("data.mdb"), O_RDWR);
    own.l_type = F_WRLCK;
    own.l_start = ((off_t)1 << 60) + getpid();
    own.l_len = 1;
    assert_int_equal(fcntl(data, F_OFD_SETLK, &own), 0);
    assert_refused(ONEM2M_R_STORE_LOCKED, "another copy");
    close(data);
    assert_opens();
}

/* environments: how many are open in the child, with one that the parent was busy with. */
static void in_child(void *environments)
{
    const int expected = *(const int *)environments;

    STORE_CHECK(store_holds(backend, "a", "1"));
    STORE_CHECK(descriptors_of("lock.mdb") == expected);
    STORE_CHECK(descriptors_of("data.mdb") == 2 * expected + 1); /* one that guards */
    STORE_CHECK(store_try_put(backend, "child", store_text("1")) == ONEM2M_R_NONE);
}

/* A grandchild, from a directory that is not there any more. */
static void in_generations(void *environments)
{
    STORE_CHECK(chdir("/") == 0);
    in_child(environments);
    store_join(store_fork(in_child, environments));
    STORE_CHECK(store_holds(backend, "child", "1"));
}

static void fork_reopens(void **state)
{
    ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);
    int one = 1, two = 2;

    (void)state;
    store_functions->abort(reader);
    store_join(store_fork(in_generations, &one));
    assert_true(store_holds(backend, "child", "1"));
    assert_int_equal(descriptors_of("lock.mdb"), 1);
    /* The parent's locks still say that it lives: nobody clears its readers. */
    reader = store_begin(backend, ONEM2M_READ);
    store_join(store_fork(in_generations, &two));
    assert_true(store_has(reader, "a", "1"));
    store_functions->abort(reader);
}

static void child_closes_only(void *argument)
{
    (void)argument;
    store_functions->close(backend);
    STORE_CHECK(descriptors_of("lock.mdb") == 0);
}

static void fork_before_use(void **state)
{
    int one = 1;

    (void)state;
    store_join(store_fork(child_closes_only, NULL));
    close_store();
    assert_int_equal(store_try_open(&backend, directory), ONEM2M_R_NONE);
    store_join(store_fork(in_child, &one));
    assert_true(store_holds(backend, "child", "1"));
}

/* One that was forked this moment, and has closed nothing yet: no handler of fork runs in it. */
static pid_t fork_bare(const int end[2])
{
    const pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    char octet;

    if (child == 0) {
        close(end[1]);
        _exit(read(end[0], &octet, 1) == 0 ? 0 : 1);
    }
    assert_true(child > 0);
    return child;
}

static void a_fresh_child_keeps_nobody_from_opening_again(void **state)
{
    int end[2];
    pid_t child;

    (void)state;
    assert_int_equal(pipe(end), 0);
    child = fork_bare(end);
    close_store();
    assert_opens();
    close(end[0]);
    close(end[1]);
    store_join(child);
}

static void one_writer_a_thread(void **state)
{
    ONEM2M_TRANSACTION *writer = store_begin(backend, ONEM2M_WRITE), *second;

    (void)state;
    assert_int_equal(store_try_begin(backend, &second, ONEM2M_WRITE), ONEM2M_R_STORE_LOCKED);
    store_functions->abort(writer);
    assert_int_equal(store_try_put(backend, "b", store_text("1")), ONEM2M_R_NONE);
}

/* Creators */

static void create_at_once(void *argument)
{
    const int *go = argument;
    ONEM2M_BACKEND *opened;
    ONEM2M_REASON why;
    char octet;

    STORE_CHECK(store_try_open(&opened, directory) == ONEM2M_R_NONE);
    STORE_CHECK(read(go[0], &octet, 1) == 0);
    why = store_try_create(opened);
    STORE_CHECK(why == ONEM2M_R_NONE || why == ONEM2M_R_STORE_EXISTS);
    STORE_CHECK(store_try_put(opened, "a", store_text("1")) == ONEM2M_R_NONE);
    _exit(why == ONEM2M_R_NONE ? 17 : 0);
}

static void creators(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++) {
        pid_t children[6];
        int go[2], status, made = 0;

        store_remove(directory);
        assert_int_equal(mkdir(directory, 0700), 0);
        assert_int_equal(pipe(go), 0);
        for (int i = 0; i < 6; i++) {
            fflush(NULL);
            children[i] = fork();
            if (children[i] == 0) {
                close(go[1]);
                create_at_once(go);
            }
        }
        close(go[0]);
        close(go[1]);
        for (int i = 0; i < 6; i++) {
            assert_int_equal(waitpid(children[i], &status, 0), children[i]);
            assert_true(WIFEXITED(status));
            assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 17);
            made += WEXITSTATUS(status) == 17;
        }
        assert_int_equal(made, 1);
        assert_opens();
        nothing_left_over(NULL);
        close_store();
    }
}

/* Limits */

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

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
#define WITH_STORE(function) cmocka_unit_test_setup_teardown(function, set_up_store, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_directory),
        TEST(directory_of_others),
        TEST(what_does_not_count),
        WITH_STORE(nothing_left_over),
        TEST(a_killed_creator_leaves_nothing_for_long),
        TEST(other_places_are_left_alone),
        WITH_STORE(network_file_system),
        WITH_STORE(modes_of_files),
        TEST(not_a_store),
        TEST(lmdb_of_others),
        TEST(no_database_of_records),
        WITH_STORE(records_are_in_a_database_of_their_own),
        TEST(a_store_of_version_1_stays_one),
        WITH_STORE(damaged_meta_page),
        WITH_STORE(damaged_pages),
        WITH_STORE(damaged_database_of_records),
        WITH_STORE(truncated_file),
        WITH_STORE(short_but_whole),
        WITH_STORE(two_paths_one_environment),
        WITH_STORE(file_replaced),
        WITH_STORE(nothing_is_written_to_a_file_that_is_gone),
        WITH_STORE(file_in_two_directories),
        WITH_STORE(another_copy),
        WITH_STORE(fork_reopens),
        WITH_STORE(fork_before_use),
        WITH_STORE(a_fresh_child_keeps_nobody_from_opening_again),
        WITH_STORE(one_writer_a_thread),
        TEST(creators),
        WITH_STORE(file_size_limit),
        WITH_STORE(address_space),
        WITH_STORE(killed_reader),
    };

    store_seed();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
