/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_fixture.h"

const unsigned char octets[64] = { 1, 2, 3, 4, 5, 6, 7, 8 };

ONEM2M_SLICE text(const char *value)
{
    return (ONEM2M_SLICE){ (const unsigned char *)value, strlen(value) };
}

ONEM2M_STORE *open_store(const FIXTURE *fixture)
{
    const ONEM2M_STORE_CONFIGURATION configuration = {
        .keystore = fixture->keystore,
        .seal = fixture->seal[0] != '\0' ? fixture->seal : NULL,
        .fqdn = "mef.example.com",
        .sha256 = fixture->sha256,
    };
    ONEM2M_STORE *store = NULL;
    ONEM2M_ERROR error;

    if (!onem2m_store_open(&store, &configuration, &error))
        fail_msg("%s", error.detail);
    return store;
}

int has_records_in_token(void)
{
    return getenv("ONEM2M_TEST_RECORDS") != NULL;
}

/* The token's key that wraps, which each object has for itself. */
static void make_wrap_key(const char *uri)
{
    ONEM2M_TOKEN *token;
    ONEM2M_ERROR error;
    int ok = onem2m_token_new(&token, uri, &error);

    if (ok && onem2m_token_is_there(token, &error) == 0)
        ok = onem2m_token_create(token, &error);
    if (!ok)
        fail_msg("%s", error.detail);
    onem2m_token_free(token);
}

/* For each directory that there would be another object. */
static void set_records_in_token(FIXTURE *fixture, const char *token, const char *path)
{
    const size_t length = strcspn(token, "?");
    char *slash;

    snprintf(fixture->keystore, sizeof(fixture->keystore), "%.*s;object=%s%s", (int)length, token,
             strrchr(path, '-') + 1, token + length);
    slash = strchr(fixture->keystore + length, '/');
    *slash = '-';
    make_wrap_key(fixture->keystore);
}

void set_keystore(FIXTURE *fixture, const char *path)
{
    const char *token = getenv("ONEM2M_TEST_TOKEN");

    if (has_records_in_token() && token != NULL) {
        set_records_in_token(fixture, token, path);
        return;
    }
    snprintf(fixture->keystore, sizeof(fixture->keystore), "%s%slmdb:%s",
             token != NULL ? token : "", token != NULL ? "&x-records=" : "", path);
}

static int set_up(void **state, const char *scheme)
{
    FIXTURE *fixture = calloc(1, sizeof(*fixture));
    ONEM2M_ERROR error;

    fixture->scheme = scheme;
    fixture->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    strcpy(fixture->directory, "/tmp/onem2m-store-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    if (strcmp(scheme, "memory") == 0) {
        strcpy(fixture->keystore, "memory:");
    } else {
        char path[80];

        snprintf(path, sizeof(path), "%s/store", fixture->directory);
        assert_int_equal(mkdir(path, 0700), 0);
        set_keystore(fixture, path);
        snprintf(fixture->seal, sizeof(fixture->seal), "file:%s/seal", fixture->directory);
        assert_true(onem2m_seal_create(fixture->seal, NULL, &error));
    }
    fixture->store = open_store(fixture);
    fixture->reader = onem2m_store_reader_new(fixture->store, NULL);
    *state = fixture;
    return 0;
}

int set_up_memory(void **state)
{
    return set_up(state, "memory");
}

int set_up_lmdb(void **state)
{
    return set_up(state, "lmdb");
}

int tear_down(void **state)
{
    FIXTURE *fixture = *state;
    char command[128];

    onem2m_store_reader_free(fixture->reader);
    onem2m_store_close(fixture->store);
    EVP_MD_free(fixture->sha256);
    snprintf(command, sizeof(command), "rm -rf %s", fixture->directory);
    /* NOLINTNEXTLINE(cert-env33-c): a name made here */
    assert_int_equal(system(command), 0);
    free(fixture);
    return 0;
}

ONEM2M_ATTRIBUTES attributes(ONEM2M_KIND kind, unsigned int suid, const char *key_id)
{
    ONEM2M_ATTRIBUTES a = {
        .kind = kind, .suid = suid, .state = ONEM2M_STATE_ACTIVE, .derive_octets = 1, .created = NOW
    };

    if (key_id != NULL)
        a.text[ONEM2M_TEXT_KEY_ID] = text(key_id);
    return a;
}

int add(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    ADDITION *addition = argument;
    const ONEM2M_MATERIAL material = onem2m_material_of(addition->octets);

    return onem2m_store_add(writer, addition->attributes, &material, addition->key_id, error);
}

int try_add(FIXTURE *fixture, const ONEM2M_ATTRIBUTES *a, ONEM2M_ERROR *error)
{
    ADDITION addition = { a, { octets, 32 }, "" };

    return onem2m_store_write(fixture->store, add, &addition, error);
}

void must_add(FIXTURE *fixture, const ONEM2M_ATTRIBUTES *a)
{
    ONEM2M_ERROR error;

    if (!try_add(fixture, a, &error))
        fail_msg("%s", error.detail);
}

int visit(void *argument, const ONEM2M_ATTRIBUTES *a, const ONEM2M_MATERIAL *material,
          ONEM2M_ERROR *error)
{
    FOUND *found = argument;

    (void)error;
    onem2m_key_clear(&found->key);
    found->visits++;
    return onem2m_key_copy(&found->key, a, material);
}

int is_key(const FOUND *found, ONEM2M_SLICE expected)
{
    const ONEM2M_MATERIAL kept = onem2m_key_material(&found->key);
    const ONEM2M_MATERIAL given = onem2m_material_of(expected);
    const ONEM2M_SLICE message = text("some message");
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    unsigned char macs[2][EVP_MAX_MD_SIZE];
    ONEM2M_HMAC hmac = { 0 };
    const int ok = onem2m_material_mac(&kept, &hmac, sha256, &message, 1, macs[0], NULL) &&
                   onem2m_material_mac(&given, &hmac, sha256, &message, 1, macs[1], NULL);

    onem2m_hmac_clear(&hmac);
    EVP_MD_free(sha256);
    return ok && onem2m_material_length(&kept) == expected.length &&
           memcmp(macs[0], macs[1], 32) == 0;
}

int look_up(FIXTURE *fixture, const char *key_id, unsigned int kinds, FOUND *found,
            ONEM2M_ERROR *error)
{
    memset(found, 0, sizeof(*found));
    return onem2m_store_look_up(fixture->reader, key_id, strlen(key_id), kinds, visit, found,
                                error);
}
