/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "keystore/seal.h"
#include "octets.h"

typedef struct {
    char directory[64];
    char path[96];
    char uri[128];
} FIXTURE;

static void remove_files(const FIXTURE *fixture)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -rf %s", fixture->directory);
    /* NOLINTNEXTLINE(cert-env33-c): a name made here */
    assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
    static FIXTURE fixture;

    strcpy(fixture.directory, "/tmp/onem2m-seal-XXXXXX");
    assert_non_null(mkdtemp(fixture.directory));
    snprintf(fixture.path, sizeof(fixture.path), "%s/seal", fixture.directory);
    snprintf(fixture.uri, sizeof(fixture.uri), "file:%s", fixture.path);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    remove_files(*state);
    return 0;
}

static void make_file(const char *path, size_t size, mode_t mode)
{
    static const unsigned char octets[100] = { 1, 2, 3 };
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, octets, size), (ssize_t)size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static int opens(const char *uri, ONEM2M_ERROR *error)
{
    ONEM2M_SEAL seal = { .secret = { 0 } };
    const int ok = onem2m_seal_open(&seal, uri, NULL, NULL, error);

    if (ok)
        assert_int_equal(seal.secret.length, ONEM2M_SEAL_OCTETS);
    else
        assert_null(seal.secret.octets);
    onem2m_seal_clear(&seal);
    return ok;
}

static void must_refuse(const char *uri, ONEM2M_REASON reason, const char *detail)
{
    const REFUSAL refusal = { reason, NO_OFFSET, detail };
    ONEM2M_ERROR error;

    if (opens(uri, &error))
        fail_msg("%s was opened", uri);
    assert_refused(&error, &refusal, uri);
}

static void modes(void **state)
{
    static const struct {
        mode_t mode;
        int good;
    } cases[] = {
        { 0600, 1 }, { 0400, 1 }, { 0700, 1 }, { 0640, 0 }, { 0604, 0 }, { 0660, 0 }, { 0620, 0 },
        { 0602, 0 }, { 0610, 0 }, { 0601, 0 }, { 0644, 0 }, { 0666, 0 }, { 0777, 0 },
    };
    const FIXTURE *fixture = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        ONEM2M_ERROR error;

        make_file(fixture->path, ONEM2M_SEAL_OCTETS, cases[i].mode);
        if (!cases[i].good)
            must_refuse(fixture->uri, ONEM2M_R_BAD_SEAL, "group or others");
        else if (!opens(fixture->uri, &error))
            fail_msg("%o: %s", (unsigned int)cases[i].mode, error.detail);
        unlink(fixture->path);
    }
}

static void sizes(void **state)
{
    static const size_t wrong[] = { 0, 1, 16, 31, 33, 64, 100 };
    const FIXTURE *fixture = *state;

    for (size_t i = 0; i < COUNT(wrong); i++) {
        make_file(fixture->path, wrong[i], 0600);
        must_refuse(fixture->uri, ONEM2M_R_BAD_SEAL, "not 32 octets");
    }
}

static void what_is_no_file(void **state)
{
    const FIXTURE *fixture = *state;
    char uri[160];

    must_refuse(fixture->uri, ONEM2M_R_BAD_SEAL, "No such file");
    snprintf(uri, sizeof(uri), "file:%s", fixture->directory);
    must_refuse(uri, ONEM2M_R_BAD_SEAL, "no regular file");
    must_refuse("file:/dev/zero", ONEM2M_R_BAD_SEAL, "no regular file");
    snprintf(uri, sizeof(uri), "%s/more", fixture->uri);
    make_file(fixture->path, ONEM2M_SEAL_OCTETS, 0600);
    must_refuse(uri, ONEM2M_R_BAD_SEAL, "Not a directory");
}

/* Opening one with nobody at its other end would wait for ever; the alarm ends the test then. */
static void a_fifo_does_not_block(void **state)
{
    const FIXTURE *fixture = *state;

    assert_int_equal(mkfifo(fixture->path, 0600), 0);
    alarm(10);
    must_refuse(fixture->uri, ONEM2M_R_BAD_SEAL, "no regular file");
    alarm(0);
}

/* What is checked is the file that is read, so a link to one that is safe is safe. */
static void a_link_is_followed(void **state)
{
    const FIXTURE *fixture = *state;
    char target[112];
    ONEM2M_ERROR error;

    snprintf(target, sizeof(target), "%s/target", fixture->directory);
    assert_int_equal(symlink(target, fixture->path), 0);
    must_refuse(fixture->uri, ONEM2M_R_BAD_SEAL, "No such file");
    make_file(target, ONEM2M_SEAL_OCTETS, 0600);
    assert_true(opens(fixture->uri, &error));
    make_file(target, ONEM2M_SEAL_OCTETS, 0640);
    must_refuse(fixture->uri, ONEM2M_R_BAD_SEAL, "group or others");
    unlink(target);
    assert_int_equal(symlink(fixture->path, target), 0);
    must_refuse(fixture->uri, ONEM2M_R_BAD_SEAL, "symbolic links");
}

static void another_owner(void **state)
{
    const FIXTURE *fixture = *state;

    make_file(fixture->path, ONEM2M_SEAL_OCTETS, 0600);
    if (chown(fixture->path, 12345, (gid_t)-1) != 0)
        skip(); /* root alone can give files away, and root alone reads them then */
    must_refuse(fixture->uri, ONEM2M_R_BAD_SEAL, "neither the caller nor root");
}

static void addresses(void **state)
{
    static const char *const wrong[] = {
        "",           "file:",          "seal", "/etc/passwd",
        "File:/seal", "pkcs11:token=a", "file", "fil\x1B[31me:/\xC3\xBC"
    };

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        ONEM2M_ERROR error;

        must_refuse(wrong[i], ONEM2M_R_BAD_CONFIGURATION, "");
        assert_false(onem2m_seal_create(wrong[i], NULL, &error));
        assert_int_equal(error.reason, ONEM2M_R_BAD_CONFIGURATION);
    }
    must_refuse("file:/nowhere/\x1B[31m\n\xC3\xBC", ONEM2M_R_BAD_SEAL, "/nowhere/?[31m??");
}

static void creates_a_file_for_its_owner_alone(void **state)
{
    static const mode_t umasks[] = { 0, 022, 077, 0777 };
    const FIXTURE *fixture = *state;
    unsigned char contents[COUNT(umasks)][ONEM2M_SEAL_OCTETS];
    struct stat status;
    ONEM2M_ERROR error;

    for (size_t i = 0; i < COUNT(umasks); i++) {
        ONEM2M_SEAL seal = { .secret = { 0 } };
        const mode_t before = umask(umasks[i]);
        const int ok = onem2m_seal_create(fixture->uri, NULL, &error);

        umask(before);
        if (!ok)
            fail_msg("umask %o: %s", (unsigned int)umasks[i], error.detail);
        assert_int_equal(stat(fixture->path, &status), 0);
        assert_int_equal(status.st_mode, S_IFREG | 0600);
        assert_true(onem2m_seal_open(&seal, fixture->uri, NULL, NULL, NULL));
        memcpy(contents[i], seal.secret.octets, ONEM2M_SEAL_OCTETS);
        onem2m_seal_clear(&seal);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(contents[i], contents[k], ONEM2M_SEAL_OCTETS);
        unlink(fixture->path);
    }
}

static void replaces_nothing(void **state)
{
    const FIXTURE *fixture = *state;
    unsigned char before[ONEM2M_SEAL_OCTETS];
    ONEM2M_SEAL seal = { .secret = { 0 } };
    ONEM2M_ERROR error;

    assert_true(onem2m_seal_create(fixture->uri, NULL, NULL));
    assert_true(onem2m_seal_open(&seal, fixture->uri, NULL, NULL, NULL));
    memcpy(before, seal.secret.octets, sizeof(before));
    assert_false(onem2m_seal_create(fixture->uri, NULL, &error));
    assert_int_equal(error.reason, ONEM2M_R_BAD_SEAL);
    assert_non_null(strstr(error.detail, "File exists"));
    assert_true(onem2m_seal_open(&seal, fixture->uri, NULL, NULL, NULL));
    assert_memory_equal(seal.secret.octets, before, sizeof(before));
    onem2m_seal_clear(&seal);
    unlink(fixture->path);
    assert_int_equal(symlink("/nowhere", fixture->path), 0);
    assert_false(onem2m_seal_create(fixture->uri, NULL, &error));
    assert_non_null(strstr(error.detail, "File exists"));
}

static void creates_in_no_missing_directory(void **state)
{
    const FIXTURE *fixture = *state;
    char uri[140];
    ONEM2M_ERROR error;

    snprintf(uri, sizeof(uri), "file:%s/missing/seal", fixture->directory);
    assert_false(onem2m_seal_create(uri, NULL, &error));
    assert_int_equal(error.reason, ONEM2M_R_BAD_SEAL);
    assert_non_null(strstr(error.detail, "No such file"));
}

static void seals_and_unseals(void **state)
{
    static const size_t lengths[] = { 0, 1, 15, 16, 17, 32, 164, 1000 };
    ONEM2M_SEAL seal = { .secret = { 0 } };

    (void)state;
    assert_true(onem2m_seal_random(&seal, NULL, NULL));
    for (size_t i = 0; i < COUNT(lengths); i++) {
        const size_t length = lengths[i], total = length + ONEM2M_SEAL_OVERHEAD;
        unsigned char plaintext[1000], out[1000];
        unsigned char sealed[1000 + ONEM2M_SEAL_OVERHEAD], again[1000 + ONEM2M_SEAL_OVERHEAD];

        random_octets(plaintext, sizeof(plaintext));
        assert_true(onem2m_seal_protect(&seal, NULL, text_slice("bound"), slice(plaintext, length),
                                        sealed, NULL));
        assert_true(onem2m_seal_protect(&seal, NULL, text_slice("bound"), slice(plaintext, length),
                                        again, NULL));
        assert_memory_not_equal(sealed, again, 12);
        assert_true(onem2m_seal_unprotect(&seal, NULL, text_slice("bound"), slice(sealed, total),
                                          out, NULL));
        assert_memory_equal(out, plaintext, length);
    }
    onem2m_seal_clear(&seal);
    assert_null(seal.secret.octets);
}

static void must_not_unseal(const ONEM2M_SEAL *seal, const char *bound, const unsigned char *sealed,
                            size_t length)
{
    unsigned char out[64];
    ONEM2M_ERROR error;

    memset(out, UNTOUCHED, sizeof(out));
    assert_false(
        onem2m_seal_unprotect(seal, NULL, text_slice(bound), slice(sealed, length), out, &error));
    assert_int_equal(error.reason, ONEM2M_R_BAD_SEAL);
    /* What was deciphered is wiped again. */
    for (size_t i = 0; i < sizeof(out); i++)
        assert_true(out[i] == UNTOUCHED || out[i] == 0);
}

static void unseals_nothing_else(void **state)
{
    const char plaintext[] = "twenty-four octets here.";
    ONEM2M_SEAL seal = { .secret = { 0 } }, other = { .secret = { 0 } };
    unsigned char sealed[24 + ONEM2M_SEAL_OVERHEAD];

    (void)state;
    assert_true(onem2m_seal_random(&seal, NULL, NULL));
    assert_true(onem2m_seal_random(&other, NULL, NULL));
    assert_true(
        onem2m_seal_protect(&seal, NULL, text_slice("bound"), slice(plaintext, 24), sealed, NULL));
    for (size_t bit = 0; bit < 8 * sizeof(sealed); bit++) {
        sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        must_not_unseal(&seal, "bound", sealed, sizeof(sealed));
        sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    for (size_t cut = 0; cut < sizeof(sealed); cut++)
        must_not_unseal(&seal, "bound", sealed, cut);
    must_not_unseal(&seal, "Bound", sealed, sizeof(sealed));
    must_not_unseal(&seal, "", sealed, sizeof(sealed));
    must_not_unseal(&other, "bound", sealed, sizeof(sealed));
    onem2m_seal_clear(&seal);
    onem2m_seal_clear(&other);
}

#define WITH_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DIRECTORY(modes),
        WITH_DIRECTORY(sizes),
        WITH_DIRECTORY(what_is_no_file),
        WITH_DIRECTORY(a_fifo_does_not_block),
        WITH_DIRECTORY(a_link_is_followed),
        WITH_DIRECTORY(another_owner),
        cmocka_unit_test(addresses),
        WITH_DIRECTORY(creates_a_file_for_its_owner_alone),
        WITH_DIRECTORY(replaces_nothing),
        WITH_DIRECTORY(creates_in_no_missing_directory),
        cmocka_unit_test(seals_and_unseals),
        cmocka_unit_test(unseals_nothing_else),
    };

    return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
