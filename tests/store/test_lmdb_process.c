/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * One environment serves a process, whatever asks for it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "store_lmdb.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(two_paths_one_environment),
        WITH_STORE(file_replaced),
        WITH_STORE(nothing_is_written_to_a_file_that_is_gone),
        WITH_STORE(file_in_two_directories),
        WITH_STORE(another_copy),
        WITH_STORE(fork_reopens),
        WITH_STORE(fork_before_use),
        WITH_STORE(a_fresh_child_keeps_nobody_from_opening_again),
        WITH_STORE(one_writer_a_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
