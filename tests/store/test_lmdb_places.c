/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a directory may look like, and what is made there.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include "store_lmdb.h"

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

static mode_t mode_of(const char *name)
{
    struct stat info;

    return stat(file(name), &info) == 0 ? info.st_mode & 07777 : 0;
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHEN_EMPTY(no_directory),
        WHEN_EMPTY(directory_of_others),
        WHEN_EMPTY(what_does_not_count),
        WITH_STORE(nothing_left_over),
        WHEN_EMPTY(a_killed_creator_leaves_nothing_for_long),
        WHEN_EMPTY(other_places_are_left_alone),
        WITH_STORE(network_file_system),
        WITH_STORE(modes_of_files),
        WHEN_EMPTY(creators),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
