/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A store under the seal of a token whose module fails: what fails changes nothing.
 */
#include <sys/stat.h>
#include <unistd.h>
#include "expect.h"
#include "token.h"

#define KEY_ID "82CA6FADC18789491AA65339C51B58A3@mef.example.com"

typedef struct {
    EVP_MD *sha256;
    char keystore[128], backup[128], file[128];
    const char *uri;
} FIXTURE;

static FIXTURE fixture;

static ONEM2M_STORE *open_store(const char *seal, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE_CONFIGURATION configuration = {
        .keystore = fixture.keystore,
        .seal = seal,
        .fqdn = "node.example.com",
        .sha256 = fixture.sha256,
    };
    ONEM2M_STORE *store = NULL;

    return onem2m_store_open(&store, &configuration, error) ? store : NULL;
}

static int add(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    static const unsigned char octets[32] = { 1, 2, 3 };
    const ONEM2M_MATERIAL material = { .octets = { octets, sizeof(octets) } };
    const char *key_id = argument;
    const ONEM2M_ATTRIBUTES attributes = {
        .kind = ONEM2M_KIND_KE,
        .state = ONEM2M_STATE_ACTIVE,
        .created = 1700000000,
        .derive_octets = 1,
        .text[ONEM2M_TEXT_KEY_ID] = { (const unsigned char *)key_id, strlen(key_id) },
    };

    return onem2m_store_add(writer, &attributes, &material, NULL, error);
}

static char first_id[] = KEY_ID;

static void make_store(void)
{
    ONEM2M_ERROR error;
    ONEM2M_STORE *store = open_store(fixture.uri, &error);

    assert_non_null(store);
    if (!onem2m_store_create(store, &error) || !onem2m_store_write(store, add, first_id, &error))
        fail_msg("%s", error.detail);
    unlink(fixture.backup);
    assert_true(onem2m_store_backup(store, fixture.backup, &error));
    onem2m_store_close(store);
}

static void empty_directory(void)
{
    char command[1024];

    snprintf(command, sizeof(command), "rm -rf %s && mkdir -m 700 %s", fixture.keystore + 5,
             fixture.keystore + 5);
    /* NOLINTNEXTLINE(cert-env33-c): a name made here */
    assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
    static char uri[512];
    ONEM2M_ERROR error;

    set_up_tokens(state);
    fixture.sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    snprintf(fixture.keystore, sizeof(fixture.keystore), "lmdb:%s/store", tokens.directory);
    snprintf(fixture.backup, sizeof(fixture.backup), "%s/backup", tokens.directory);
    snprintf(fixture.file, sizeof(fixture.file), "file:%s/seal", tokens.directory);
    snprintf(uri, sizeof(uri), "%s", token_uri("seals", "key"));
    fixture.uri = uri;
    assert_true(onem2m_seal_create(uri, NULL, &error));
    assert_true(onem2m_seal_create(token_uri("others", "key"), NULL, &error));
    assert_true(onem2m_seal_create(fixture.file, NULL, &error));
    return 0;
}

static int tear_down(void **state)
{
    EVP_MD_free(fixture.sha256);
    return tear_down_tokens(state);
}

static int visit(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                 const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    (void)argument;
    (void)attributes;
    (void)error;
    return onem2m_material_length(material) == 32;
}

static int look_up(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = onem2m_store_reader_new(store, error);
    const int ok =
        onem2m_store_look_up(reader, KEY_ID, strlen(KEY_ID), ONEM2M_KINDS_ALL, visit, NULL, error);

    onem2m_store_reader_free(reader);
    return ok;
}

static int add_second(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    static char second_id[] = "82CA6FADC18789491AA65339C51B58A4@mef.example.com";

    return onem2m_store_write(store, add, second_id, error);
}

static int rotate(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    return onem2m_store_rotate(store, NULL, NULL, error);
}

static int to_other(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    return onem2m_store_reseal(store, token_uri("others", "key"), error);
}

static int to_file(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    return onem2m_store_reseal(store, fixture.file, error);
}

static int create(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    return onem2m_store_create(store, error);
}

static int restore(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_FINDINGS findings;

    return onem2m_store_restore(store, fixture.backup, &findings, NULL, NULL, error);
}

static const struct {
    const char *name;
    int (*run)(ONEM2M_STORE *store, ONEM2M_ERROR *error);
    int makes; /* in an empty directory */
} operations[] = {
    { "look_up", look_up, 0 },   { "add_second", add_second, 0 }, { "rotate", rotate, 0 },
    { "to_other", to_other, 0 }, { "to_file", to_file, 0 },       { "create", create, 1 },
    { "restore", restore, 1 },
};

/* After a refusal: the store is there with its one key, under its seal, and in order; or is not. */
static void assert_unchanged(size_t operation)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_STORE_READER *reader;
    ONEM2M_STORE *store;
    ONEM2M_ERROR error;

    reset_shim();
    store = open_store(fixture.uri, &error);
    assert_non_null(store);
    reader = onem2m_store_reader_new(store, &error);
    if (operations[operation].makes) {
        assert_false(onem2m_store_verify(reader, &findings, NULL, NULL, &error));
        assert_int_equal(error.reason, ONEM2M_R_STORE_MISSING);
    } else {
        if (!onem2m_store_verify(reader, &findings, NULL, NULL, &error))
            fail_msg("%s: %s", operations[operation].name, error.detail);
        assert_int_equal(findings.first.reason, ONEM2M_R_NONE);
        assert_int_equal(findings.records, 1);
        assert_true(look_up(store, &error));
    }
    onem2m_store_reader_free(reader);
    onem2m_store_close(store);
}

/* Runs one with a store and a process that know of nothing yet; returns what it returned. */
static int run_failing(size_t operation, SHIM_FUNCTION function, unsigned long skip)
{
    ONEM2M_ERROR error = { .detail = "" };
    ONEM2M_STORE *store = open_store(fixture.uri, &error);
    int ok;

    assert_non_null(store);
    let_fail(function, CKR_DEVICE_ERROR, skip);
    ok = operations[operation].run(store, &error);
    onem2m_store_close(store);
    assert_int_equal(tokens.shim->calls[SHIM_C_Logout], 0);
    assert_int_equal(tokens.shim->calls[SHIM_C_Finalize], 0);
    if (!ok && strstr(error.detail, "CKR_DEVICE_ERROR") == NULL)
        fail_msg("%s: %s", operations[operation].name, error.detail);
    return ok;
}

static void prepare(size_t operation)
{
    reset_shim();
    empty_directory();
    if (!operations[operation].makes)
        make_store();
}

/* Each call of a function fails once; what then was refused has changed nothing. */
static unsigned long fail_each(size_t operation, SHIM_FUNCTION function)
{
    unsigned long refused = 0;

    for (unsigned long skip = 0;; skip++) {
        prepare(operation);
        if (run_failing(operation, function, skip)) {
            if (tokens.shim->calls[function] <= skip)
                return refused;
        } else {
            refused++;
            assert_unchanged(operation);
        }
    }
}

static void what_fails_changes_nothing(void **state)
{
    static const SHIM_FUNCTION functions[] = { SHIM_C_GetSlotList, SHIM_C_OpenSession,
                                               SHIM_C_Login,       SHIM_C_FindObjects,
                                               SHIM_C_EncryptInit, SHIM_C_Encrypt,
                                               SHIM_C_DecryptInit, SHIM_C_Decrypt };

    (void)state;
    reset_shim();
    empty_directory();
    make_store(); /* and the backup that is restored */
    for (size_t operation = 0; operation < COUNT(operations); operation++) {
        unsigned long refused = 0;

        for (size_t i = 0; i < COUNT(functions); i++)
            refused += fail_each(operation, functions[i]);
        assert_true(refused > 0);
    }
}

/* A store that is open needs its token no more, however many look-ups and writes there are. */
static void unwraps_once(void **state)
{
    ONEM2M_ERROR error;
    ONEM2M_STORE *store;

    (void)state;
    reset_shim();
    empty_directory();
    make_store();
    reset_shim();
    store = open_store(fixture.uri, &error);
    assert_non_null(store);
    assert_int_equal(tokens.shim->calls[SHIM_C_OpenSession], 0);
    for (int i = 0; i < 10; i++)
        assert_true(look_up(store, &error));
    assert_true(add_second(store, &error));
    assert_true(look_up(store, &error));
    assert_int_equal(tokens.shim->calls[SHIM_C_Login], 1);
    assert_int_equal(tokens.shim->calls[SHIM_C_Decrypt], 1);
    assert_int_equal(tokens.shim->calls[SHIM_C_Encrypt], 0);
    onem2m_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unwraps_once),
        cmocka_unit_test(what_fails_changes_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
