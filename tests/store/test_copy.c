/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <unistd.h>
#include <sys/stat.h>
#include "keystore/new_file.h"
#include "store_backend.h"

/* A backup is there complete and on disk, or not at all. */

static char backups[PATH_MAX], path[PATH_MAX + 16];

/* ---- Calls of libc that fail on demand: the next one, or the one after `after` more ---- */

typedef struct {
    int number, after; /* errno; 0: it works */
} FAILURE;

static FAILURE of_fsync, of_link, of_renameat2;

static int must_fail(FAILURE *failure)
{
    if (failure->number == 0 || failure->after-- > 0)
        return 0;
    errno = failure->number;
    failure->number = 0;
    return 1;
}

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
int __real_fsync(int file);
int __wrap_fsync(int file);
int __wrap_fsync(int file)
{
    return must_fail(&of_fsync) ? -1 : __real_fsync(file);
}

int __real_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to)
{
    return must_fail(&of_link) ? -1 : __real_link(from, to);
}

int __real_renameat2(int from_at, const char *from, int to_at, const char *to, unsigned int flags);
int __wrap_renameat2(int from_at, const char *from, int to_at, const char *to, unsigned int flags);
int __wrap_renameat2(int from_at, const char *from, int to_at, const char *to, unsigned int flags)
{
    return must_fail(&of_renameat2) ? -1 : __real_renameat2(from_at, from, to_at, to, flags);
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static int set_up(void **state)
{
    set_up_filled(state);
    store_directory(backups);
    snprintf(path, sizeof(path), "%s/backup", backups);
    of_fsync = of_link = of_renameat2 = (FAILURE){ 0, 0 };
    return 0;
}

static int remove_both(void **state)
{
    store_remove(backups);
    return tear_down(state);
}

/* rmdir only takes a directory without anything in it. */
static void must_be_empty(void)
{
    assert_int_equal(rmdir(backups), 0);
    assert_int_equal(mkdir(backups, 0700), 0);
}

static void must_refuse(const char *where, ONEM2M_REASON reason, const char *step)
{
    assert_int_equal(store_functions->copy(backend, where, &store_error), 0);
    assert_int_equal(store_error.reason, reason);
    if (strstr(store_error.detail, step) == NULL)
        fail_msg("\"%s\" does not say %s", store_error.detail, step);
}

static void must_work(void)
{
    struct stat info;

    assert_int_equal(store_functions->copy(backend, path, &store_error), 1);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(info.st_nlink, 1);
    assert_int_equal(unlink(path), 0);
    must_be_empty();
}

static void nothing_fails(void **state)
{
    (void)state;
    must_work();
}

static void name_is_taken(void **state)
{
    (void)state;
    assert_int_equal(symlink("nowhere", path), 0);
    must_refuse(path, ONEM2M_R_STORE_EXISTS, "this file is there already");
    assert_int_equal(unlink(path), 0);
    must_be_empty();
}

static void name_is_too_long(void **state)
{
    char name[PATH_MAX];

    (void)state;
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    must_refuse(name, ONEM2M_R_STORE_FAILED, "the file's name");
}

static void no_such_directory(void **state)
{
    char name[PATH_MAX + 32];

    (void)state;
    snprintf(name, sizeof(name), "%s/none/backup", backups);
    must_refuse(name, ONEM2M_R_STORE_MISSING, "making a file beside it");
    must_be_empty();
}

static void syncs(void **state)
{
    (void)state;
    of_fsync = (FAILURE){ EIO, 0 };
    must_refuse(path, ONEM2M_R_STORE_FAILED, "writing it to disk");
    must_be_empty();
    of_fsync = (FAILURE){ ENOSPC, 0 };
    must_refuse(path, ONEM2M_R_STORE_FULL, "writing it to disk");
    must_be_empty();
    of_fsync = (FAILURE){ EIO, 1 };
    must_refuse(path, ONEM2M_R_STORE_FAILED, "writing its directory to disk");
    must_be_empty();
    must_work();
}

static void no_links(void **state)
{
    (void)state;
    of_link = (FAILURE){ EPERM, 0 };
    must_work();
    of_link = (FAILURE){ EPERM, 0 };
    of_renameat2 = (FAILURE){ EIO, 0 };
    must_refuse(path, ONEM2M_R_STORE_FAILED, "giving it its name");
    must_be_empty();
    must_work();
}

/* Somebody takes the name while the copy is made. */
static void name_is_taken_meanwhile(void **state)
{
    (void)state;
    of_link = (FAILURE){ EEXIST, 0 };
    must_refuse(path, ONEM2M_R_STORE_EXISTS, "this file is there already");
    must_be_empty();
    of_link = (FAILURE){ EPERM, 0 };
    of_renameat2 = (FAILURE){ EEXIST, 0 };
    must_refuse(path, ONEM2M_R_STORE_EXISTS, "this file is there already");
    must_be_empty();
}

/* What was not written whole is ended without a trace, and without an error of its own. */
static void incomplete(void **state)
{
    ONEM2M_NEW_FILE file;

    (void)state;
    assert_int_equal(onem2m_new_file_begin(&file, path), 1);
    assert_int_equal(write(file.file, "half", 4), 4);
    errno = ENOSPC;
    assert_int_equal(onem2m_new_file_end(&file, 0), 0);
    assert_int_equal(errno, ENOSPC);
    must_be_empty();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, remove_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_fails),           TEST(name_is_taken), TEST(name_is_too_long),
        TEST(no_such_directory),       TEST(syncs),         TEST(no_links),
        TEST(name_is_taken_meanwhile), TEST(incomplete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
