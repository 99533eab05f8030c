/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* Backups of a store in use, and stores made of them; what verify says of links. */

#define CHILD_ID "km1@maf.example.com"

static void path_in(const FIXTURE *fixture, char path[128], const char *name)
{
    snprintf(path, 128, "%s/%s", fixture->directory, name);
}

/* Another place for a store, under the seal of this one. */
static ONEM2M_STORE *open_place(const FIXTURE *fixture, const char *name)
{
    FIXTURE other = *fixture;
    char path[128];

    path_in(fixture, path, name);
    assert_true(mkdir(path, 0700) == 0 || access(path, F_OK) == 0);
    set_keystore(&other, path);
    return open_store(&other);
}

/* Where a store's keys are objects of a token, a backup has none of them. */
static void skip_where_keys_are_objects(const char *why)
{
    if (!has_records_in_token())
        return;
    print_message("not with records in a token: %s\n", why);
    skip();
}

static void must_refuse_restore(ONEM2M_STORE *store, const char *path, ONEM2M_REASON reason)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;

    assert_false(onem2m_store_restore(store, path, &findings, NULL, NULL, &error));
    if (error.reason != reason)
        fail_msg("reason %d, not %d: %s", (int)error.reason, (int)reason, error.detail);
}

static void add_parent_and_child(FIXTURE *fixture)
{
    const ONEM2M_ATTRIBUTES ke = attributes(ONEM2M_KIND_KE, 0, KE_ID);
    ONEM2M_ATTRIBUTES child = attributes(ONEM2M_KIND_KM, 21, CHILD_ID);

    child.parent_kind = ONEM2M_KIND_KE;
    child.text[ONEM2M_TEXT_PARENT_KEY_ID] = text(KE_ID);
    must_add(fixture, &ke);
    must_add(fixture, &child);
}

static void makes_a_store_of_a_backup(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES later = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    ONEM2M_STORE *other;
    ONEM2M_STORE_READER *reader;
    ONEM2M_STORE_FINDINGS findings;
    FOUND found = { 0 };
    ONEM2M_ERROR error;
    struct stat info;
    char path[128];

    skip_where_keys_are_objects("another object of the token has no keys of this one");
    path_in(fixture, path, "backup");
    assert_false(onem2m_store_backup(fixture->store, path, &error)); /* of no store */
    assert_int_equal(error.reason, ONEM2M_R_STORE_MISSING);
    add_parent_and_child(fixture);
    assert_true(onem2m_store_backup(fixture->store, path, &error));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_false(onem2m_store_backup(fixture->store, path, &error));
    assert_int_equal(error.reason, ONEM2M_R_STORE_EXISTS);
    must_add(fixture, &later);

    other = open_place(fixture, "other");
    if (!onem2m_store_restore(other, path, &findings, NULL, NULL, &error))
        fail_msg("%s", error.detail);
    assert_int_equal(findings.records, 2);
    must_refuse_restore(other, path, ONEM2M_R_STORE_EXISTS);
    must_refuse_restore(fixture->store, path, ONEM2M_R_STORE_EXISTS);
    reader = onem2m_store_reader_new(other, NULL);
    assert_true(onem2m_store_look_up(reader, CHILD_ID, strlen(CHILD_ID), ONEM2M_KINDS_ALL, visit,
                                     &found, &error));
    onem2m_key_clear(&found.key);
    assert_false(onem2m_store_look_up(reader, KPM_ID, strlen(KPM_ID), ONEM2M_KINDS_ALL, visit,
                                      &found, &error));
    onem2m_store_reader_free(reader);
    onem2m_store_close(other);
}

static void flip(const char *path, off_t offset)
{
    const int file = open(path, O_RDWR);
    unsigned char octet;

    assert_int_equal(pread(file, &octet, 1, offset), 1);
    octet ^= 1;
    assert_int_equal(pwrite(file, &octet, 1, offset), 1);
    close(file);
}

/* Where a text is in the file. */
static off_t find_text(const char *path, const char *wanted)
{
    static char content[1 << 20];
    const int file = open(path, O_RDONLY);
    const ssize_t length = read(file, content, sizeof(content));
    const char *at;

    close(file);
    assert_true(length > 0);
    at = memmem(content, (size_t)length, wanted, strlen(wanted));
    assert_non_null(at);
    return at - content;
}

/* Whether a directory for a store has nothing in it. */
static void must_be_empty(const FIXTURE *fixture, const char *name)
{
    char path[128];

    path_in(fixture, path, name);
    assert_int_equal(rmdir(path), 0);
}

static void refuses_what_is_no_good_backup(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);
    ONEM2M_STORE *other = open_place(fixture, "other");
    ONEM2M_ERROR error;
    const int in_token = has_records_in_token();
    char path[128], seal[96];
    struct stat info;

    a.text[ONEM2M_TEXT_LABELS] = text("marked-here");
    must_add(fixture, &a);
    path_in(fixture, path, "backup");
    assert_true(onem2m_store_backup(fixture->store, path, &error));
    flip(path, find_text(path, "marked-here"));
    /* A token's has a checksum; what of its keys is missing is found after that. */
    must_refuse_restore(other, path, in_token ? ONEM2M_R_STORE_DAMAGED : ONEM2M_R_RECORD_DAMAGED);
    assert_int_equal(stat(path, &info), 0);
    must_refuse_restore(other, "/nowhere/backup", ONEM2M_R_STORE_MISSING);
    must_refuse_restore(other, fixture->directory, ONEM2M_R_STORE_NOT_OURS);
    must_refuse_restore(other, "/dev/zero", ONEM2M_R_STORE_NOT_OURS);
    must_refuse_restore(other, fixture->seal + strlen("file:"),
                        in_token ? ONEM2M_R_STORE_NOT_OURS : ONEM2M_R_STORE_DAMAGED);
    snprintf(seal, sizeof(seal), "file:%s/seal2", fixture->directory);
    assert_true(onem2m_seal_create(seal, NULL, &error));
    assert_true(onem2m_store_reseal(fixture->store, seal, &error));
    assert_int_equal(unlink(path), 0);
    assert_true(onem2m_store_backup(fixture->store, path, &error));
    must_refuse_restore(other, path, ONEM2M_R_BAD_SEAL);
    assert_int_equal(truncate(path, info.st_size / 2), 0);
    must_refuse_restore(other, path, ONEM2M_R_STORE_DAMAGED);
    onem2m_store_close(other);
    must_be_empty(fixture, "other");
}

/* In a process of its own: no file of it may be longer than 8192 octets. */
static int is_full(FIXTURE *fixture, ONEM2M_STORE *other, const char *path, int is_restore)
{
    const struct rlimit limit = { 8192, 8192 };
    const pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        ONEM2M_STORE_FINDINGS findings;
        ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };

        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            _exit(2);
        if (is_restore)
            onem2m_store_restore(other, path, &findings, NULL, NULL, &error);
        else
            onem2m_store_backup(fixture->store, path, &error);
        _exit(error.reason == ONEM2M_R_STORE_FULL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static unsigned int count_files(const FIXTURE *fixture)
{
    DIR *directory = opendir(fixture->directory);
    unsigned int count = 0;

    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static void a_full_disk_leaves_nothing(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_STORE *other;
    unsigned int before;
    ONEM2M_ERROR error;
    char path[128];

    skip_where_keys_are_objects("its backup is smaller, and test_records_copy does this");
    other = open_place(fixture, "other");
    add_parent_and_child(fixture);
    before = count_files(fixture);
    path_in(fixture, path, "backup");
    assert_true(is_full(fixture, NULL, path, 0));
    assert_int_equal(count_files(fixture), before);
    assert_true(onem2m_store_backup(fixture->store, path, &error));
    assert_true(is_full(fixture, other, path, 1));
    onem2m_store_close(other);
    must_be_empty(fixture, "other");
}

static void memory_has_no_backup(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ERROR error;
    char path[128];

    path_in(fixture, path, "backup");
    assert_false(onem2m_store_backup(fixture->store, path, &error));
    assert_int_equal(error.reason, ONEM2M_R_BAD_CONFIGURATION);
    must_refuse_restore(fixture->store, path, ONEM2M_R_BAD_CONFIGURATION);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* Adds pairs of keys, so that a backup which is not of one moment would have half of one. */
static int add_pair(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    unsigned int *number = argument;
    const ONEM2M_MATERIAL material = { .octets = { octets, 32 } };
    char name[64];

    for (int i = 0; i < 2; i++) {
        ONEM2M_ATTRIBUTES a;

        snprintf(name, sizeof(name), "%s%u@mef.example.com", i == 0 ? "a" : "z", *number);
        a = attributes(ONEM2M_KIND_KPM, 10, name);
        if (!onem2m_store_add(writer, &a, &material, NULL, error))
            return 0;
    }
    return 1;
}

static pid_t start_writer(FIXTURE *fixture)
{
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        for (unsigned int i = 0;; i++) {
            if (!onem2m_store_write(fixture->store, add_pair, &i, NULL) ||
                (i % 97 == 50 && !onem2m_store_rotate(fixture->store, NULL, NULL, NULL)))
                _exit(1);
        }
    }
    return child;
}

static void a_backup_is_of_one_moment(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_STORE_FINDINGS findings;
    uint64_t last = 0;
    unsigned int first = 1000000;
    pid_t writer;
    ONEM2M_ERROR error;

    skip_where_keys_are_objects("another object of the token has no keys of this one");
    assert_true(onem2m_store_write(fixture->store, add_pair, &first, &error));
    writer = start_writer(fixture);
    for (unsigned int i = 0; i < 30; i++) {
        ONEM2M_STORE *other;
        char path[128], name[32];

        snprintf(name, sizeof(name), "backup%u", i);
        path_in(fixture, path, name);
        usleep(10000);
        if (!onem2m_store_backup(fixture->store, path, &error))
            fail_msg("%s", error.detail);
        snprintf(name, sizeof(name), "store%u", i);
        other = open_place(fixture, name);
        if (!onem2m_store_restore(other, path, &findings, NULL, NULL, &error))
            fail_msg("%s", error.detail);
        assert_int_equal(findings.records % 2, 0);
        assert_true(findings.records >= last);
        last = findings.records;
        onem2m_store_close(other);
    }
    assert_int_equal(waitpid(writer, NULL, WNOHANG), 0);
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    assert_true(last > 2);
}

static void cut_links(const FIXTURE *fixture)
{
    const ONEM2M_BACKEND_FUNCTIONS *functions = fixture->store->functions;
    unsigned char copy[ONEM2M_BACKEND_NAME_MAX];
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_SLICE name, child;

    assert_true(functions->begin(fixture->store->backend, &transaction, ONEM2M_WRITE, NULL));
    while (functions->seek(transaction, ONEM2M_TABLE_CHILDREN, (ONEM2M_SLICE){ NULL, 0 }, &name,
                           &child, NULL) > 0) {
        memcpy(copy, name.data, name.length);
        assert_true(functions->remove(transaction, ONEM2M_TABLE_CHILDREN,
                                      (ONEM2M_SLICE){ copy, name.length }, NULL));
    }
    assert_true(functions->commit(transaction, NULL));
}

static void verify_finds_orphans(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;

    add_parent_and_child(fixture);
    assert_true(onem2m_store_verify(fixture->reader, &findings, NULL, NULL, &error));
    assert_int_equal(findings.first.reason, ONEM2M_R_NONE);
    assert_int_equal(findings.orphans, 0);
    cut_links(fixture);
    assert_true(onem2m_store_verify(fixture->reader, &findings, NULL, NULL, &error));
    assert_int_equal(findings.orphans, 1);
    assert_int_equal(findings.damaged, 0);
    assert_false(findings.set_hash_differs);
    assert_int_equal(findings.first.reason, ONEM2M_R_STORE_DAMAGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(makes_a_store_of_a_backup, set_up_lmdb, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_good_backup, set_up_lmdb, tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_nothing, set_up_lmdb, tear_down),
        cmocka_unit_test_setup_teardown(a_backup_is_of_one_moment, set_up_lmdb, tear_down),
        cmocka_unit_test_setup_teardown(memory_has_no_backup, set_up_memory, tear_down),
        BOTH(verify_finds_orphans),
    };

    return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}
