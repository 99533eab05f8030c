/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_fixture.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/wait.h>

/*
 * Stores of older formats. tests/keys/format-1 is one of format 1 with its
 * seal, made by the last program that wrote it (onem2m-key of f671a87: init, four times add,
 * remove): a Ke, its Km, a Kpm and the tombstone of a Kc.
 */

#define OLD_RECORDS 4
#define OLD_CHILD "km1@maf.example.com"
#define OLD_WRITES 5
#define NOBODY 65534
#define SKIPPED 77

static void copy_file(const char *from_name, const char *directory, const char *to_name)
{
    static char content[1 << 16];
    char from[512], to[128];
    int file;
    ssize_t length;

    snprintf(from, sizeof(from), "%s/%s", FORMAT_1, from_name);
    snprintf(to, sizeof(to), "%s/%s", directory, to_name);
    file = open(from, O_RDONLY);
    assert_true(file >= 0);
    length = read(file, content, sizeof(content));
    assert_true(length > 0 && (size_t)length < sizeof(content));
    close(file);
    file = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(file, content, (size_t)length), length);
    close(file);
}

static void close_fixture(FIXTURE *fixture)
{
    onem2m_store_reader_free(fixture->reader);
    onem2m_store_close(fixture->store);
    fixture->reader = NULL;
    fixture->store = NULL;
}

static void open_fixture(FIXTURE *fixture)
{
    fixture->store = open_store(fixture);
    fixture->reader = onem2m_store_reader_new(fixture->store, NULL);
}

static int set_up_format_1(void **state)
{
    FIXTURE *fixture;

    set_up_lmdb(state);
    fixture = *state;
    close_fixture(fixture);
    copy_file("data.mdb", fixture->directory, "store/data.mdb");
    copy_file("seal", fixture->directory, "seal");
    open_fixture(fixture);
    return 0;
}

/* What the header says in a transaction of its own. */
static ONEM2M_HEADER header_of(const FIXTURE *fixture)
{
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_HEADER header;
    ONEM2M_STORE_KEYS keys;
    ONEM2M_ERROR error;

    assert_true(onem2m_store_begin(fixture->reader, &transaction, ONEM2M_READ, &error));
    if (!onem2m_store_read_header(fixture->reader, transaction, &header, &keys, &error))
        fail_msg("%s", error.detail);
    onem2m_store_keys_clear(&keys);
    fixture->store->functions->abort(transaction);
    return header;
}

static ONEM2M_STORE_FINDINGS verify(const FIXTURE *fixture)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;

    if (!onem2m_store_verify(fixture->reader, &findings, NULL, NULL, &error))
        fail_msg("%s", error.detail);
    return findings;
}

static void must_be_clean(const FIXTURE *fixture, unsigned int records)
{
    const ONEM2M_STORE_FINDINGS findings = verify(fixture);

    if (findings.first.reason != ONEM2M_R_NONE)
        fail_msg("%s", findings.first.detail);
    assert_int_equal(findings.records, records);
}

static void must_have_old_keys(FIXTURE *fixture)
{
    FOUND found;
    ONEM2M_ERROR error;

    assert_true(look_up(fixture, OLD_CHILD, ONEM2M_KINDS_ALL, &found, &error));
    assert_int_equal(found.key.attributes.suid, 21);
    assert_int_equal(found.key.secret.length, 32);
    assert_int_equal(found.key.secret.octets[31], 3);
    onem2m_key_clear(&found.key);
    assert_true(look_up(fixture, "gone@maf.example.com", ONEM2M_KINDS_ALL, &found, &error));
    assert_int_equal(found.key.attributes.state, ONEM2M_STATE_DESTROYED);
    onem2m_key_clear(&found.key);
}

static void must_be_of_format_1(FIXTURE *fixture)
{
    const ONEM2M_HEADER header = header_of(fixture);

    assert_int_equal(header.format, 1);
    assert_int_equal(header.writes, OLD_WRITES);
    must_be_clean(fixture, OLD_RECORDS);
    must_have_old_keys(fixture);
}

static void must_be_upgraded(FIXTURE *fixture, unsigned int records)
{
    assert_int_equal(header_of(fixture).format, ONEM2M_STORE_FORMAT);
    must_be_clean(fixture, records);
    must_have_old_keys(fixture);
}

static void reading_changes_nothing(void **state)
{
    FIXTURE *fixture = *state;
    FOUND found = { 0 };
    ONEM2M_ERROR error;

    must_be_of_format_1(fixture);
    assert_true(onem2m_store_each(fixture->reader, visit, &found, &error));
    assert_int_equal(found.visits, OLD_RECORDS);
    onem2m_key_clear(&found.key);
    must_be_of_format_1(fixture);
}

static void the_first_write_upgrades(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, "new@mef.example.com");

    must_add(fixture, &a);
    assert_int_equal(header_of(fixture).writes, OLD_WRITES + 1);
    must_be_upgraded(fixture, OLD_RECORDS + 1);
    close_fixture(fixture);
    open_fixture(fixture);
    must_be_upgraded(fixture, OLD_RECORDS + 1);
}

static void so_does_a_rotation(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ERROR error;

    assert_true(onem2m_store_rotate(fixture->store, NULL, NULL, &error));
    must_be_upgraded(fixture, OLD_RECORDS);
    assert_int_equal(header_of(fixture).epoch, 2);
}

static void so_does_another_seal(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ERROR error;
    char seal[96];

    snprintf(seal, sizeof(seal), "file:%s/seal2", fixture->directory);
    assert_true(onem2m_seal_create(seal, NULL, &error));
    assert_true(onem2m_store_reseal(fixture->store, seal, &error));
    memcpy(fixture->seal, seal, sizeof(seal));
    close_fixture(fixture);
    open_fixture(fixture);
    must_be_upgraded(fixture, OLD_RECORDS);
}

/* A hash of format 1 is known to who kept its headers: none of them counts in format 2. */
static void the_set_hash_is_another(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_HEADER before = header_of(fixture);
    ONEM2M_ERROR error;

    assert_true(onem2m_store_rotate(fixture->store, NULL, NULL, &error));
    assert_memory_not_equal(header_of(fixture).set_hash, before.set_hash, ONEM2M_SET_HASH_OCTETS);
}

static void remove_old_record(const FIXTURE *fixture)
{
    const ONEM2M_BACKEND_FUNCTIONS *functions = fixture->store->functions;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_LOOKUP lookup;

    assert_true(onem2m_lookup_form(&lookup, ONEM2M_KIND_KPM, KPM_ID, strlen(KPM_ID), NULL));
    assert_true(functions->begin(fixture->store->backend, &transaction, ONEM2M_WRITE, NULL));
    assert_true(functions->remove(transaction, ONEM2M_TABLE_KEYS,
                                  (ONEM2M_SLICE){ lookup.octets, lookup.length }, NULL));
    assert_true(functions->commit(transaction, NULL));
}

/* What verify would have found before, it finds after, and after further writes. */
static void an_upgrade_hides_nothing(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_ERROR error;

    remove_old_record(fixture);
    assert_true(verify(fixture).set_hash_differs);
    for (int i = 0; i < 2; i++) {
        const ONEM2M_ATTRIBUTES a =
            attributes(ONEM2M_KIND_KPM, 10, i == 0 ? "new1@mef.example.com" : KPM_ID);

        /* The second makes the count right again. */
        assert_true(try_add(fixture, &a, &error));
        assert_int_equal(header_of(fixture).format, ONEM2M_STORE_FORMAT);
        assert_true(verify(fixture).set_hash_differs);
        assert_int_equal(verify(fixture).damaged, 0);
    }
}

static int add_then_fail(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    return add(writer, argument, error) && onem2m_refuse(error, ONEM2M_R_MISMATCH, 0, "enough");
}

static void a_failed_write_upgrades_nothing(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, "new@mef.example.com");
    ADDITION addition = { &a, { octets, 32 }, "" };
    ONEM2M_ERROR error;

    assert_false(onem2m_store_write(fixture->store, add_then_fail, &addition, &error));
    assert_int_equal(error.reason, ONEM2M_R_MISMATCH);
    must_be_of_format_1(fixture);
}

static int add_then_die(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    if (writer->header.format == ONEM2M_STORE_FORMAT && add(writer, argument, error))
        raise(SIGKILL);
    return 0;
}

/* Runs in a process that ends inside its transaction; then in one that is killed at any time. */
static pid_t upgrade_in_child(FIXTURE *fixture, onem2m_store_change_fn *change)
{
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, "new@mef.example.com");
    ADDITION addition = { &a, { octets, 32 }, "" };
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        onem2m_store_write(fixture->store, change, &addition, NULL);
        pause();
    }
    return child;
}

static void must_be_killed(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void a_kill_leaves_one_format_or_the_other(void **state)
{
    FIXTURE *fixture = *state;

    must_be_killed(upgrade_in_child(fixture, add_then_die));
    must_be_of_format_1(fixture);
    for (useconds_t i = 0; i < 100 && header_of(fixture).format == 1; i++) {
        const pid_t child = upgrade_in_child(fixture, add);

        usleep(i * i * 20);
        kill(child, SIGKILL);
        must_be_killed(child);
        if (header_of(fixture).format == 1)
            must_be_of_format_1(fixture);
    }
    must_be_upgraded(fixture, OLD_RECORDS + 1);
}

/* One who reads meanwhile, with a key of format 1 and then one of format 2. */
static void readers_go_on_meanwhile(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, "new@mef.example.com");
    int to_child[2], to_parent[2], status;
    char octet = 0;
    pid_t child;

    assert_int_equal(pipe(to_child), 0);
    assert_int_equal(pipe(to_parent), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        ONEM2M_TRANSACTION *transaction;
        ONEM2M_HEADER header;
        ONEM2M_STORE_KEYS keys;
        FOUND found;
        int ok = onem2m_store_begin(fixture->reader, &transaction, ONEM2M_READ, NULL) &&
                 write(to_parent[1], &octet, 1) == 1 && read(to_child[0], &octet, 1) == 1 &&
                 onem2m_store_read_header(fixture->reader, transaction, &header, &keys, NULL) &&
                 header.format == 1;

        fixture->store->functions->abort(transaction);
        ok = ok && look_up(fixture, OLD_CHILD, ONEM2M_KINDS_ALL, &found, NULL) &&
             look_up(fixture, "new@mef.example.com", ONEM2M_KINDS_ALL, &found, NULL) &&
             header_of(fixture).format == ONEM2M_STORE_FORMAT;
        _exit(ok ? 0 : 1);
    }
    assert_int_equal(read(to_parent[0], &octet, 1), 1);
    must_add(fixture, &a);
    assert_int_equal(write(to_child[1], &octet, 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    for (int i = 0; i < 2; i++) {
        close(to_child[i]);
        close(to_parent[i]);
    }
}

static void own_by_nobody(const FIXTURE *fixture)
{
    static const char *const files[] = { "", "/seal", "/store", "/store/data.mdb",
                                         "/store/lock.mdb" };
    char path[128];

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", fixture->directory, files[i]);
        if (geteuid() == 0)
            assert_int_equal(chown(path, NOBODY, NOBODY), 0);
        if (i == 3)
            assert_int_equal(chmod(path, 0400), 0);
    }
}

/* Where data.mdb may not be written: read as it is, and a write refused by name. */
static void run_read_only(FIXTURE *fixture)
{
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, "new@mef.example.com");
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };
    int ok;

    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
                           setresuid(NOBODY, NOBODY, NOBODY) != 0))
        _exit(SKIPPED);
    open_fixture(fixture);
    must_be_of_format_1(fixture);
    ok = !try_add(fixture, &a, &error) && error.reason == ONEM2M_R_STORE_READ_ONLY &&
         strstr(error.detail, "may only read it") != NULL;
    if (!ok)
        fprintf(stderr, "reason %d: %s\n", (int)error.reason, error.detail);
    must_be_of_format_1(fixture);
    close_fixture(fixture);
    EVP_MD_free(fixture->sha256);
    _exit(ok ? 0 : 1);
}

static void a_store_that_is_read_only_is_read(void **state)
{
    FIXTURE *fixture = *state;
    pid_t child;
    int status;

    must_be_of_format_1(fixture);
    close_fixture(fixture);
    own_by_nobody(fixture);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        run_read_only(fixture);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
        skip();
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* A backup of those days is verified as it is, and upgraded like any other. */
static void a_backup_of_format_1_is_restored(void **state)
{
    FIXTURE *fixture = *state;
    FIXTURE other = *fixture;
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, "new@mef.example.com");
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;
    char path[80];

    snprintf(path, sizeof(path), "%s/other", fixture->directory);
    assert_int_equal(mkdir(path, 0700), 0);
    set_keystore(&other, path);
    snprintf(path, sizeof(path), "%s/backup", fixture->directory);
    assert_true(onem2m_store_backup(fixture->store, path, &error));
    open_fixture(&other);
    if (!onem2m_store_restore(other.store, path, &findings, NULL, NULL, &error))
        fail_msg("%s", error.detail);
    assert_int_equal(findings.records, OLD_RECORDS);
    must_be_of_format_1(&other);
    must_add(&other, &a);
    must_be_upgraded(&other, OLD_RECORDS + 1);
    close_fixture(&other);
    must_be_of_format_1(fixture);
}

#define OLD(test) cmocka_unit_test_setup_teardown(test, set_up_format_1, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OLD(reading_changes_nothing),
        OLD(the_first_write_upgrades),
        OLD(so_does_a_rotation),
        OLD(so_does_another_seal),
        OLD(the_set_hash_is_another),
        OLD(an_upgrade_hides_nothing),
        OLD(a_failed_write_upgrades_nothing),
        OLD(a_kill_leaves_one_format_or_the_other),
        OLD(readers_go_on_meanwhile),
        OLD(a_store_that_is_read_only_is_read),
        OLD(a_backup_of_format_1_is_restored),
    };

    return cmocka_run_group_tests_name("upgrade", tests, NULL, NULL);
}
