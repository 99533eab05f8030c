/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/err.h>
#include "foreign.h"

/*
 * A HelloRetryRequest (RFC 8446 4.1.4): the client says hello twice with one random, and what
 * serves the first time need not serve the second.
 */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define OTHER_KM_ID "km8@" MAF
#define ENTITY "//sp.example.com/cse7"
#define OTHER_ENTITY "//sp.example.com/cse8"
#define HIMSELF "//sp.example.com/in"

/* The client's key share is of a group that the server has not. */
static SSL_CTX *client_of(const ENDS *ends)
{
    SSL_CTX *client = context_of(&ends->client, TLS_client_method(), 0);

    assert_int_equal(SSL_CTX_set1_groups_list(client, "P-256:P-384"), 1);
    return client;
}

static SSL_CTX *server_of(const ENDS *ends)
{
    SSL_CTX *server = context_of(&ends->server, TLS_server_method(), 0);

    assert_int_equal(SSL_CTX_set1_groups_list(server, "P-384"), 1);
    return server;
}

static void store_at(const PLACE *place, const char *kind, const char *key_id, unsigned int suid,
                     const char *entity)
{
    const OSSL_PARAM attributes[] = { TEXT(ONEM2M_PARAM_ENTITY_ID, entity), END };

    store_key(place, kind, key_id, suid, 0x5A, 32, attributes);
}

static void store_kms(const ENDS *ends)
{
    const PLACE *places[] = { &ends->client, &ends->server };

    for (size_t i = 0; i < COUNT(places); i++) {
        store_at(places[i], ONEM2M_KIND_NAME_KM, KM_ID, 11, ENTITY);
        store_at(places[i], ONEM2M_KIND_NAME_KM, OTHER_KM_ID, 11, OTHER_ENTITY);
    }
}

static void count_hellos(int is_sent, int version, int type, const void *message, size_t length,
                         SSL *ssl, void *argument)
{
    int *hellos = argument;

    (void)is_sent;
    (void)version;
    (void)ssl;
    if (type == SSL3_RT_HANDSHAKE && length > 0 &&
        *(const unsigned char *)message == SSL3_MT_CLIENT_HELLO)
        ++*hellos;
}

/* Until the client has the HelloRetryRequest to answer. Takes the contexts. */
static void begin(PAIR *pair, SSL_CTX *client, SSL_CTX *server)
{
    pair_make(pair, client, server);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
    assert_int_equal(SSL_do_handshake(pair->client), -1);
    assert_int_equal(SSL_do_handshake(pair->server), -1);
    check_quiet();
}

/* The rest, in which there must be another ClientHello. */
static void finish(PAIR *pair)
{
    int hellos = 0;

    SSL_set_msg_callback(pair->server, count_hellos);
    SSL_set_msg_callback_arg(pair->server, &hellos);
    must_shake(pair);
    assert_int_equal(hellos, 1);
    assert_int_equal(SSL_version(pair->server), TLS1_3_VERSION);
}

static void must_be(const SSL *ssl, const char *entity, const char *credential_id)
{
    char peer[ONEM2M_ID_MAX + 1], credential[ONEM2M_CREDENTIAL_ID_MAX + 1];

    if (!onem2m_tls_peer_entity(ssl, peer, sizeof(peer)) ||
        !onem2m_tls_peer_credential_id(ssl, credential, sizeof(credential)))
        ERR_print_errors_fp(stderr);
    assert_string_equal(peer, entity);
    assert_string_equal(credential, credential_id);
    check_quiet();
}

static void exports_of(const SSL *ssl, const char *parent)
{
    EVP_PKEY *key =
        onem2m_tls_export_key((SSL *)(uintptr_t)ssl, ONEM2M_EXPORT_CONNECTION, MAF, NULL);

    if (key == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(key);
    assert_string_equal(attribute(key, ONEM2M_PARAM_PARENT_KEY_ID), parent);
    EVP_PKEY_free(key);
}

/* RSPF, MAF and SAEF: the key that serves both times is named, and exported from. */
static void same_key_twice(void **state)
{
    static const struct {
        const char *usage, *kind, *key_id, *peer_of_client, *credential_id;
        unsigned int suid;
    } cases[] = {
        { "mef", "kpm", KPM_ID, MEF, "10-" KPM_ID, 10 },
        { "maf", "km", KM_ID, MAF, "11-" KM_ID, 11 },
        { "saef", "kpsa", KPSA_ID, HIMSELF, "12-" KPSA_ID, 12 },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const ENDS *ends = *state;
        const OSSL_PARAM target[] = { TEXT(ONEM2M_PARAM_TARGET_IDS, HIMSELF), END };
        SSL_CTX *client = client_of(ends), *server = server_of(ends);
        PAIR pair;

        store_key(&ends->client, cases[i].kind, cases[i].key_id, cases[i].suid, 0x5A, 32,
                  strcmp(cases[i].usage, "saef") == 0 ? target : NULL);
        store_at(&ends->server, cases[i].kind, cases[i].key_id, cases[i].suid, ENTITY);
        assert_int_equal(onem2m_tls_psk_client(client, cases[i].usage, cases[i].key_id), 1);
        assert_int_equal(onem2m_tls_psk_server(server, cases[i].usage), 1);
        begin(&pair, client, server);
        finish(&pair);
        check_talks(&pair);
        must_be(pair.client, cases[i].peer_of_client, cases[i].credential_id);
        must_be(pair.server, ENTITY, cases[i].credential_id);
        exports_of(pair.client, cases[i].key_id);
        exports_of(pair.server, cases[i].key_id);
        pair_free(&pair);
    }
}

static void begin_with_km(PAIR *pair, const ENDS *ends)
{
    SSL_CTX *client = client_of(ends), *server = server_of(ends);

    store_kms(ends);
    assert_int_equal(onem2m_tls_psk_client(client, "maf", KM_ID), 1);
    assert_int_equal(onem2m_tls_psk_server(server, "maf"), 1);
    begin(pair, client, server);
}

static void another_key_the_second_time(void **state)
{
    PAIR pair;

    begin_with_km(&pair, *state);
    assert_int_equal(onem2m_tls_psk_client(SSL_get_SSL_CTX(pair.client), "maf", OTHER_KM_ID), 1);
    finish(&pair);
    must_be(pair.client, MAF, "11-" OTHER_KM_ID);
    must_be(pair.server, OTHER_ENTITY, "11-" OTHER_KM_ID);
    exports_of(pair.client, OTHER_KM_ID);
    exports_of(pair.server, OTHER_KM_ID);
    pair_free(&pair);
}

static void must_end(PAIR *pair, const SSL *refuser, const char *why)
{
    char out[ONEM2M_ID_MAX + 1];

    assert_false(pair_shake(pair));
    if (strstr(onem2m_tls_refusal(refuser), why) == NULL)
        fail_msg("\"%s\" does not say %s", onem2m_tls_refusal(refuser), why);
    ERR_clear_error();
    assert_int_equal(onem2m_tls_peer_entity(refuser, out, sizeof(out)), 0);
    check_engine_refused(ONEM2M_R_TLS_NOT_READY, NULL);
    pair_free(pair);
    ERR_clear_error();
}

static void key_revoked_between_at_the_server(void **state)
{
    const ENDS *ends = *state;
    PAIR pair;

    begin_with_km(&pair, ends);
    change_key(&ends->server, "onem2m:" KM_ID, ONEM2M_PARAM_STATE, "revoked");
    must_end(&pair, pair.server, "psk_identity " KM_ID ": ");
}

static void key_destroyed_between_at_the_server(void **state)
{
    const ENDS *ends = *state;
    PAIR pair;

    begin_with_km(&pair, ends);
    change_key(&ends->server, "onem2m:" KM_ID, ONEM2M_PARAM_STATE, "revoked");
    change_key(&ends->server, "onem2m:" KM_ID, ONEM2M_PARAM_STATE, "destroyed");
    must_end(&pair, pair.server, "psk_identity " KM_ID ": ");
}

static void key_revoked_between_at_the_client(void **state)
{
    const ENDS *ends = *state;
    PAIR pair;

    begin_with_km(&pair, ends);
    change_key(&ends->client, "onem2m:" KM_ID, ONEM2M_PARAM_STATE, "revoked");
    must_end(&pair, pair.client, "key " KM_ID ": ");
}

/* The engine serves the first ClientHello, callbacks of the application the second. */
static void foreign_key_the_second_time(void **state)
{
    PAIR pair;

    begin_with_km(&pair, *state);
    SSL_set_psk_use_session_callback(pair.client, use_foreign);
    SSL_set_psk_find_session_callback(pair.server, find_foreign);
    finish(&pair);
    assert_int_equal(SSL_session_reused(pair.server), 1);
    must_be_nobody(pair.client);
    must_be_nobody(pair.server);
    pair_free(&pair);
}

static void foreign_key_the_first_time(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *client = client_of(ends), *server = server_of(ends);
    PAIR pair;

    store_kms(ends);
    assert_int_equal(onem2m_tls_psk_client(client, "maf", KM_ID), 1);
    assert_int_equal(onem2m_tls_psk_server(server, "maf"), 1);
    SSL_CTX_set_psk_use_session_callback(client, use_foreign);
    SSL_CTX_set_psk_find_session_callback(server, find_foreign);
    begin(&pair, client, server);
    SSL_set_psk_use_session_callback(pair.client, NULL);
    SSL_set_psk_find_session_callback(pair.server, NULL);
    finish(&pair);
    must_be(pair.client, MAF, "11-" KM_ID);
    must_be(pair.server, ENTITY, "11-" KM_ID);
    pair_free(&pair);
}

/* ---- A ticket the second time, of which libssl asks nobody when it is longer than a name ---- */

#define LONGER_THAN_A_NAME 600

static int lengthen(SSL *ssl, void *argument)
{
    static const unsigned char filler[LONGER_THAN_A_NAME];

    (void)argument;
    return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), filler, sizeof(filler));
}

static SSL_TICKET_RETURN take(SSL *ssl, SSL_SESSION *session, const unsigned char *name,
                              size_t length, SSL_TICKET_STATUS status, void *argument)
{
    (void)ssl;
    (void)session;
    (void)name;
    (void)length;
    (void)argument;
    return status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW
               ? SSL_TICKET_RETURN_USE
               : SSL_TICKET_RETURN_IGNORE;
}

/* Of a handshake of the two contexts, after which both serve another. */
static SSL_SESSION *long_ticket(SSL_CTX *client, SSL_CTX *server)
{
    const unsigned char *ticket;
    SSL_SESSION *session;
    size_t length;
    PAIR pair;

    assert_int_equal(SSL_CTX_set_session_ticket_cb(server, lengthen, take, NULL), 1);
    assert_true(SSL_CTX_up_ref(client) && SSL_CTX_up_ref(server));
    begin(&pair, client, server);
    finish(&pair);
    check_talks(&pair);
    session = SSL_get1_session(pair.client);
    SSL_SESSION_get0_ticket(session, &ticket, &length);
    assert_true(length > LONGER_THAN_A_NAME);
    SSL_shutdown(pair.client);
    pair_free(&pair);
    return session;
}

static void ticket_the_second_time(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *client = client_of(ends), *server = server_of(ends);
    SSL_SESSION *session;
    PAIR pair;

    store_kms(ends);
    assert_int_equal(onem2m_tls_psk_client(client, "maf", KM_ID), 1);
    assert_int_equal(onem2m_tls_psk_server(server, "maf"), 1);
    session = long_ticket(client, server);
    assert_int_equal(onem2m_tls_psk_client(client, "maf", OTHER_KM_ID), 1);
    begin(&pair, client, server);
    assert_int_equal(SSL_set_session(pair.client, session), 1);
    finish(&pair);
    assert_int_equal(SSL_session_reused(pair.server), 1);
    must_be_nobody(pair.client);
    must_be_nobody(pair.server);
    assert_null(onem2m_tls_export_key(pair.server, ONEM2M_EXPORT_CONNECTION, MAF, NULL));
    ERR_clear_error();
    SSL_SESSION_free(session);
    pair_free(&pair);
}

/* ---- Without the engine's security callback nobody tells one ClientHello of the other ---- */

static int admit(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid, void *other,
                 void *argument)
{
    (void)ssl;
    (void)ctx;
    (void)operation;
    (void)bits;
    (void)nid;
    (void)other;
    (void)argument;
    return 1;
}

static void security_callback_of_the_application(void **state)
{
    char out[ONEM2M_ID_MAX + 1];
    PAIR pair;

    begin_with_km(&pair, *state);
    SSL_set_security_callback(pair.server, admit);
    finish(&pair);
    must_be(pair.client, MAF, "11-" KM_ID);
    assert_int_equal(onem2m_tls_peer_entity(pair.server, out, sizeof(out)), 0);
    check_engine_refused(ONEM2M_R_PEER_UNKNOWN, NULL);
    ERR_clear_error();
    pair_free(&pair);
}

/* What an application asks afterwards begins no handshake. */
static void suites_listed_afterwards(void **state)
{
    STACK_OF(SSL_CIPHER) * suites;
    PAIR pair;

    begin_with_km(&pair, *state);
    finish(&pair);
    suites = SSL_get1_supported_ciphers(pair.client);
    assert_non_null(suites);
    sk_SSL_CIPHER_free(suites);
    must_be(pair.client, MAF, "11-" KM_ID);
    pair_free(&pair);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_ends, remove_ends)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(same_key_twice),
        TEST(another_key_the_second_time),
        TEST(key_revoked_between_at_the_server),
        TEST(key_destroyed_between_at_the_server),
        TEST(key_revoked_between_at_the_client),
        TEST(foreign_key_the_second_time),
        TEST(foreign_key_the_first_time),
        TEST(ticket_the_second_time),
        TEST(security_callback_of_the_application),
        TEST(suites_listed_afterwards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
