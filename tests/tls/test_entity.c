/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <stdio.h>
#include <unistd.h>
#include <openssl/err.h>
#include "connection.h"

/* Whom a PSK authenticated (TS-0003 8.2.2.1, 8.2.2.3, 10.4). */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ENTITY "//sp.example.com/cse7"
#define SOURCE "//sp.example.com/Sae7"

typedef struct {
    const char *usage, *kind, *key_id;
    unsigned int suid;
    const char *entity_id, *source_id, *source_credential_id; /* at the server */
    const char *target_ids;                                   /* at the client */
    const char *clients, *servers;                            /* whom each sees; NULL: nobody */
    const char *credential_id; /* that the server sees; NULL: none can be formed */
} CASE;

static const CASE cases[] = {
    { "mef", "kpm", KPM_ID, 10, ENTITY, NULL, NULL, NULL, MEF, ENTITY, "10-" KPM_ID },
    { "mef", "kpm", KPM_ID, 10, NULL, NULL, NULL, NULL, MEF, NULL, "10-" KPM_ID },
    { "maf", "km", KM_ID, 11, ENTITY, SOURCE, NULL, NULL, MAF, ENTITY, "11-" KM_ID },
    { "maf", "km", "MDEyMzQ1Njc4OWFiY2RlZg==@bsf.example.com", 21, ENTITY, NULL, NULL, NULL, NULL,
      ENTITY, NULL },
    { "saef", "kpsa", KPSA_ID, 12, ENTITY, NULL, NULL, NULL, NULL, ENTITY, "12-" KPSA_ID },
    { "saef", "kpsa", KPSA_ID, 12, ENTITY, NULL, NULL, "//sp.example.com/in", "//sp.example.com/in",
      ENTITY, "12-" KPSA_ID },
    { "saef", "kc", KC_ID, 32, NULL, SOURCE, "11-" KM_ID, "in.example.com", "in.example.com",
      SOURCE, "11-" KM_ID },
    { "saef", "kc", KC_ID, 32, NULL, SOURCE, NULL, NULL, NULL, SOURCE, "12-" KC_ID },
};

static void store_at(const PLACE *place, const CASE *one, int is_server)
{
    OSSL_PARAM attributes[5];
    size_t count = 0;

    if (is_server && one->entity_id != NULL)
        attributes[count++] = TEXT(ONEM2M_PARAM_ENTITY_ID, one->entity_id);
    if (is_server && one->source_id != NULL)
        attributes[count++] = TEXT(ONEM2M_PARAM_SOURCE_ID, one->source_id);
    if (is_server && one->source_credential_id != NULL)
        attributes[count++] = TEXT(ONEM2M_PARAM_SOURCE_CREDENTIAL_ID, one->source_credential_id);
    if (!is_server && one->target_ids != NULL)
        attributes[count++] = TEXT(ONEM2M_PARAM_TARGET_IDS, one->target_ids);
    /* An enrolee's own name, which is never the other end's. */
    if (!is_server)
        attributes[count++] = TEXT(ONEM2M_PARAM_ENTITY_ID, "//sp.example.com/myself");
    attributes[count] = END;
    store_key(place, one->kind, one->key_id, one->suid, 0x5A, 32, attributes);
}

static void check_entity(const SSL *ssl, const char *expected)
{
    char out[ONEM2M_ID_MAX + 1] = "untouched";

    ERR_clear_error();
    if (expected == NULL) {
        assert_int_equal(onem2m_tls_peer_entity(ssl, out, sizeof(out)), 0);
        check_engine_refused(ONEM2M_R_PEER_UNKNOWN, NULL);
        assert_string_equal(out, "untouched");
        return;
    }
    if (!onem2m_tls_peer_entity(ssl, out, sizeof(out)))
        ERR_print_errors_fp(stderr);
    assert_string_equal(out, expected);
    check_quiet();
    assert_int_equal(onem2m_tls_peer_entity(ssl, out, strlen(expected) + 1), 1);
    assert_int_equal(onem2m_tls_peer_entity(ssl, out, strlen(expected)), 0);
    check_engine_refused(ONEM2M_R_BAD_LENGTH, NULL);
}

static void check_credential_id(const SSL *ssl, const char *expected)
{
    char out[ONEM2M_CREDENTIAL_ID_MAX + 1] = "untouched";

    ERR_clear_error();
    if (expected == NULL) {
        assert_int_equal(onem2m_tls_peer_credential_id(ssl, out, sizeof(out)), 0);
        check_engine_refused(ONEM2M_R_BAD_CHARACTER, "psk_identity");
        assert_string_equal(out, "untouched");
        return;
    }
    assert_int_equal(onem2m_tls_peer_credential_id(ssl, out, sizeof(out)), 1);
    assert_string_equal(out, expected);
    check_quiet();
    assert_int_equal(onem2m_tls_peer_credential_id(ssl, out, strlen(expected)), 0);
    check_engine_refused(ONEM2M_R_BAD_LENGTH, NULL);
}

static void meet(PAIR *pair, const ENDS *ends, const CASE *one, int is_1_3)
{
    const ONEM2M_PROFILE profile = is_1_3 ? 0 : ONEM2M_PROFILE_PSK;
    SSL_CTX *client = context_of(&ends->client, TLS_client_method(), profile);
    SSL_CTX *server = context_of(&ends->server, TLS_server_method(), profile);

    assert_int_equal(onem2m_tls_psk_client(client, one->usage, one->key_id), 1);
    assert_int_equal(onem2m_tls_psk_server(server, one->usage), 1);
    pair_make(pair, client, server);
    must_shake(pair);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
}

static void every_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        void *ends;

        make_ends(&ends);
        store_at(&((ENDS *)ends)->client, &cases[i], 0);
        store_at(&((ENDS *)ends)->server, &cases[i], 1);
        for (int is_1_3 = 0; is_1_3 < 2; is_1_3++) {
            PAIR pair;

            meet(&pair, ends, &cases[i], is_1_3);
            check_entity(pair.client, cases[i].clients);
            check_entity(pair.server, cases[i].servers);
            check_credential_id(pair.server, cases[i].credential_id);
            pair_free(&pair);
        }
        remove_ends(&ends);
    }
}

/* Whom an enrolled client called, the key says that it derived. */
static void enrolled_client(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *client = context_of(&ends->client, TLS_client_method(), ONEM2M_PROFILE_PSK);
    SSL_CTX *server = context_of(&ends->server, TLS_server_method(), ONEM2M_PROFILE_PSK);
    const OSSL_PARAM entity[] = { TEXT(ONEM2M_PARAM_ENTITY_ID, ENTITY), END };
    EVP_PKEY *key;
    PAIR pair;

    store_key(&ends->client, "ke", KE_ID, 0, 0x5A, 32, NULL);
    store_key(&ends->server, "ke", KE_ID, 0, 0x5A, 32, NULL);
    {
        /* The MAF's Km, under KeID: what ONEM2M-USAGE-KEY derives. */
        const OSSL_PARAM km[] = { TEXT("derivation", ONEM2M_KDF_USAGE_KEY),
                                  number(ONEM2M_PARAM_SUID, 21),
                                  TEXT(ONEM2M_PARAM_TARGET_ID, MAF),
                                  TEXT(ONEM2M_PARAM_KIND, "km"),
                                  TEXT(ONEM2M_PARAM_KEY_ID, KE_ID),
                                  entity[0],
                                  number(ONEM2M_PARAM_STORE, 1),
                                  END };
        EVP_PKEY *ke = load_key(ends->server.libctx, "onem2m:" KE_ID "?kind=ke");

        key = generate(ends->server.libctx, ke, km);
        assert_non_null(key);
        EVP_PKEY_free(key);
        EVP_PKEY_free(ke);
    }
    assert_int_equal(onem2m_tls_psk_client_enrolled(client, "maf", KE_ID, MAF), 1);
    assert_int_equal(onem2m_tls_psk_server(server, "maf"), 1);
    pair_make(&pair, client, server);
    must_shake(&pair);
    check_entity(pair.client, MAF);
    check_entity(pair.server, ENTITY);
    check_credential_id(pair.client, "11-" KE_ID);
    check_credential_id(pair.server, "11-" KE_ID);
    key = onem2m_tls_export_key(pair.client, ONEM2M_EXPORT_CONNECTION, MAF, NULL);
    assert_string_equal(attribute(key, ONEM2M_PARAM_PARENT_KEY_ID), KE_ID);
    assert_string_equal(attribute(key, ONEM2M_PARAM_PARENT_KIND), "km");
    EVP_PKEY_free(key);
    pair_free(&pair);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
}

/* A key that is gone since has no attributes to tell. */
static void key_removed_meanwhile(void **state)
{
    const ENDS *ends = *state;
    char out[ONEM2M_ID_MAX + 1];
    PAIR pair;

    store_at(&ends->client, &cases[0], 0);
    store_at(&ends->server, &cases[0], 1);
    meet(&pair, ends, &cases[0], 0);
    change_key(&ends->server, "onem2m:" KPM_ID, ONEM2M_PARAM_STATE, "revoked");
    check_entity(pair.server, ENTITY);
    change_key(&ends->server, "onem2m:" KPM_ID, ONEM2M_PARAM_STATE, "destroyed");
    assert_int_equal(onem2m_tls_peer_entity(pair.server, out, sizeof(out)), 0);
    check_engine_refused(ONEM2M_R_KEY_NOT_FOUND, KPM_ID);
    assert_int_equal(onem2m_tls_peer_credential_id(pair.server, out, sizeof(out)), 0);
    check_engine_refused(ONEM2M_R_KEY_NOT_FOUND, KPM_ID);
    pair_free(&pair);
}

static void only_after_the_handshake(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *ctx = context_of(&ends->server, TLS_server_method(), ONEM2M_PROFILE_PSK);
    char out[ONEM2M_ID_MAX + 1];
    SSL *ssl;

    assert_int_equal(onem2m_tls_psk_server(ctx, "maf"), 1);
    ssl = SSL_new(ctx);
    assert_int_equal(onem2m_tls_peer_entity(ssl, out, sizeof(out)), 0);
    check_engine_refused(ONEM2M_R_TLS_NOT_READY, NULL);
    assert_int_equal(onem2m_tls_peer_credential_id(ssl, out, sizeof(out)), 0);
    check_engine_refused(ONEM2M_R_TLS_NOT_READY, NULL);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

/* A working directory in which a file bears the URI's name. */
static void file_of_that_name(void **state)
{
    static const char *const names[] = { "onem2m:" KPM_ID "?usage=mef", "onem2m:" KPM_ID };
    const ENDS *ends = *state;
    PAIR pair;

    assert_int_equal(chdir(ends->server.directory), 0);
    for (size_t i = 0; i < COUNT(names); i++) {
        FILE *file = fopen(names[i], "w");

        assert_non_null(file);
        fclose(file);
    }
    store_at(&ends->client, &cases[0], 0);
    store_at(&ends->server, &cases[0], 1);
    meet(&pair, ends, &cases[0], 0);
    check_entity(pair.server, ENTITY);
    pair_free(&pair);
    assert_int_equal(chdir("/"), 0);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make_ends, remove_ends)
    const struct CMUnitTest tests[] = {
        TEST(every_case),
        TEST(enrolled_client),
        TEST(key_removed_meanwhile),
        TEST(only_after_the_handshake),
        TEST(file_of_that_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
