/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Permissions, read-only places and a full disk. As root each runs in a child
 * that becomes nobody, or that mounts what it needs where only it sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <cmocka.h>
#include "store_test.h"

#define NOBODY 65534
#define SKIPPED 77

static char directory[PATH_MAX];

static int set_up(void **state)
{
    ONEM2M_BACKEND *backend;

    (void)state;
    store_directory(directory);
    backend = store_open(directory);
    assert_int_equal(store_try_put(backend, "a", store_text("1")), ONEM2M_R_NONE);
    store_functions->close(backend);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_remove(directory);
    return 0;
}

static const char *file(const char *name)
{
    static char path[PATH_MAX + 32];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

/* Runs it in a child; skips the test when the child cannot do what it needs. */
static void in_child(void (*run)(void *argument))
{
    int status;
    const pid_t child = store_fork(run, NULL);

    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
        skip();
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void become_nobody(void)
{
    if (geteuid() == 0)
        STORE_CHECK(setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
                    setresuid(NOBODY, NOBODY, NOBODY) == 0);
    if (access(directory, F_OK) != 0)
        _exit(SKIPPED);
}

/* As nobody's own files, or the caller's. */
static void give_away(void)
{
    if (geteuid() != 0)
        return;
    assert_int_equal(chown(directory, NOBODY, NOBODY), 0);
    assert_int_equal(chown(file("data.mdb"), NOBODY, NOBODY), 0);
    assert_int_equal(chown(file("lock.mdb"), NOBODY, NOBODY), 0);
}

static void check_refused(ONEM2M_REASON reason, const char *text)
{
    ONEM2M_BACKEND *backend;

    STORE_CHECK(store_try_open(&backend, directory) == reason);
    STORE_CHECK(strstr(store_error.detail, text) != NULL);
}

static void check_reads_only(void)
{
    ONEM2M_BACKEND *backend = store_open(directory);
    ONEM2M_TRANSACTION *writer;

    STORE_CHECK(store_holds(backend, "a", "1"));
    STORE_CHECK(store_try_begin(backend, &writer, ONEM2M_WRITE) == ONEM2M_R_STORE_READ_ONLY);
    STORE_CHECK(store_holds(backend, "a", "1"));
    store_functions->close(backend);
}

static void run_modes(void *argument)
{
    ONEM2M_BACKEND *backend;

    (void)argument;
    become_nobody();
    STORE_CHECK(chmod(directory, 0500) == 0);
    backend = store_open(directory);
    STORE_CHECK(store_try_put(backend, "a", store_text("1")) == ONEM2M_R_NONE);
    store_functions->close(backend);
    STORE_CHECK(chmod(file("data.mdb"), 0400) == 0);
    check_reads_only();
    STORE_CHECK(chmod(file("data.mdb"), 0) == 0);
    check_refused(ONEM2M_R_STORE_PERMISSION, "data.mdb");
    STORE_CHECK(chmod(file("data.mdb"), 0600) == 0);
}

static void run_modes_of_lock(void *argument)
{
    ONEM2M_BACKEND *backend;

    (void)argument;
    become_nobody();
    STORE_CHECK(chmod(file("lock.mdb"), 0400) == 0);
    check_refused(ONEM2M_R_STORE_PERMISSION, "lock.mdb");
    STORE_CHECK(chmod(directory, 0700) == 0 && unlink(file("lock.mdb")) == 0);
    STORE_CHECK(chmod(directory, 0500) == 0);
    check_refused(ONEM2M_R_STORE_PERMISSION, "lock.mdb is not there");
    STORE_CHECK(chmod(directory, 0) == 0);
    check_refused(ONEM2M_R_STORE_PERMISSION, "Permission denied");
    STORE_CHECK(chmod(directory, 0700) == 0);
    backend = store_open(directory);
    STORE_CHECK(store_holds(backend, "a", "1"));
    store_functions->close(backend);
}

static void modes(void **state)
{
    (void)state;
    give_away();
    in_child(run_modes);
    in_child(run_modes_of_lock);
}

static void run_empty_and_read_only(void *argument)
{
    ONEM2M_BACKEND *backend;

    (void)argument;
    become_nobody();
    STORE_CHECK(unlink(file("data.mdb")) == 0 && unlink(file("lock.mdb")) == 0);
    STORE_CHECK(chmod(directory, 0500) == 0);
    STORE_CHECK(store_try_open(&backend, directory) == ONEM2M_R_NONE);
    STORE_CHECK(store_try_create(backend) == ONEM2M_R_STORE_PERMISSION);
    store_functions->close(backend);
    STORE_CHECK(chmod(directory, 0700) == 0);
}

static void empty_and_read_only(void **state)
{
    (void)state;
    give_away();
    in_child(run_empty_and_read_only);
}

/* Two users of one group, as the owner of the directory wants it. */
static void run_group(void *argument)
{
    ONEM2M_BACKEND *backend;
    const uid_t user = *(const uid_t *)argument;

    (void)umask(077);
    STORE_CHECK(setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0);
    STORE_CHECK(setresuid(user, user, user) == 0);
    if (access(directory, F_OK) != 0)
        _exit(SKIPPED);
    backend = store_open(directory);
    STORE_CHECK(store_try_put(backend, "a", store_text("1")) == ONEM2M_R_NONE);
    STORE_CHECK(store_holds(backend, "a", "1"));
    store_functions->close(backend);
}

static void group(void **state)
{
    uid_t users[] = { 60001, 60002, 60001 };

    (void)state;
    if (geteuid() != 0)
        skip();
    store_remove(directory);
    assert_int_equal(mkdir(directory, 0700), 0);
    assert_int_equal(chown(directory, 0, NOBODY), 0);
    assert_int_equal(chmod(directory, 02770), 0);
    for (size_t i = 0; i < 3; i++) {
        int status;
        const pid_t child = store_fork(run_group, &users[i]);

        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
            skip();
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        if (i == 1)
            assert_int_equal(unlink(file("lock.mdb")), 0);
    }
}

/* Mounts */

static void mount_or_skip(const char *source, unsigned long flags, const char *options)
{
    if (mount(source, directory, "tmpfs", flags, options) != 0)
        _exit(SKIPPED);
}

static void own_mounts(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        _exit(SKIPPED);
}

static void fill_mounted(void)
{
    ONEM2M_BACKEND *backend = store_open(directory);

    STORE_CHECK(store_try_put(backend, "a", store_text("1")) == ONEM2M_R_NONE);
    store_functions->close(backend);
}

static void run_read_only_file_system(void *argument)
{
    (void)argument;
    own_mounts();
    mount_or_skip("tmpfs", 0, "size=4m");
    fill_mounted();
    STORE_CHECK(mount("tmpfs", directory, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL) == 0);
    check_reads_only();
}

static void read_only_file_system(void **state)
{
    (void)state;
    in_child(run_read_only_file_system);
}

/* Read-only for this process, while others may write: a reader could not tell. */
static void run_read_only_mount(void *argument)
{
    (void)argument;
    own_mounts();
    mount_or_skip("tmpfs", 0, "size=4m");
    fill_mounted();
    STORE_CHECK(mount(directory, directory, NULL, MS_BIND, NULL) == 0);
    STORE_CHECK(mount(NULL, directory, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) == 0);
    check_refused(ONEM2M_R_STORE_PERMISSION, "others can write");
}

static void read_only_mount(void **state)
{
    (void)state;
    in_child(run_read_only_mount);
}

/* More readers at once than one page of lock.mdb describes: a hole there would be a SIGBUS. */
static void read_a_hundred_times(ONEM2M_BACKEND *backend)
{
    ONEM2M_TRANSACTION *readers[100];

    for (size_t i = 0; i < 100; i++)
        readers[i] = store_begin(backend, ONEM2M_READ);
    for (size_t i = 0; i < 100; i++)
        store_functions->abort(readers[i]);
}

static void run_full_disk(void *argument)
{
    static unsigned char octets[5000];
    ONEM2M_BACKEND *backend;
    ONEM2M_REASON why = ONEM2M_R_NONE;
    unsigned int written = 0;
    char name[32];

    (void)argument;
    own_mounts();
    mount_or_skip("tmpfs", 0, "size=1m");
    backend = store_open(directory);
    while (why == ONEM2M_R_NONE && written < 1000) {
        snprintf(name, sizeof(name), "n%u", written);
        why = store_try_put(backend, name, (ONEM2M_SLICE){ octets, sizeof(octets) });
        written += why == ONEM2M_R_NONE;
    }
    STORE_CHECK(why == ONEM2M_R_STORE_FULL && written > 20);
    STORE_CHECK(store_try_put(backend, name, (ONEM2M_SLICE){ octets, sizeof(octets) }) ==
                ONEM2M_R_STORE_FULL);
    read_a_hundred_times(backend);
    STORE_CHECK(mount("tmpfs", directory, "tmpfs", MS_REMOUNT, "size=8m") == 0);
    for (unsigned int i = 0; i <= written; i++) {
        ONEM2M_TRANSACTION *reader = store_begin(backend, ONEM2M_READ);

        snprintf(name, sizeof(name), "n%u", i);
        STORE_CHECK(store_has(reader, name, NULL) == (i == written));
        store_functions->abort(reader);
    }
    STORE_CHECK(store_try_put(backend, name, (ONEM2M_SLICE){ octets, sizeof(octets) }) ==
                ONEM2M_R_NONE);
    store_functions->close(backend);
    fill_mounted();
}

static void full_disk(void **state)
{
    (void)state;
    in_child(run_full_disk);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(modes),           TEST(empty_and_read_only), TEST(group), TEST(read_only_file_system),
        TEST(read_only_mount), TEST(full_disk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
