/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * onem2m_tls_expect_peer where something else than a certificate would do: a shared key, a session.
 */
#include "usual.h"

static unsigned int give_psk(SSL *ssl, const char *hint, char *identity, unsigned int identity_size,
                             unsigned char *psk, unsigned int psk_size)
{
    (void)ssl;
    (void)hint;
    snprintf(identity, identity_size, "somebody");
    memset(psk, 'k', psk_size < 32 ? psk_size : 32);
    return 32;
}

static unsigned int find_psk(SSL *ssl, const char *identity, unsigned char *psk,
                             unsigned int psk_size)
{
    (void)ssl;
    (void)identity;
    memset(psk, 'k', psk_size < 32 ? psk_size : 32);
    return 32;
}

/* Two ends that share a key and would rather use it. */
static void make_with_psk(PAIR *pair)
{
    SSL_CTX *client = context_make(TLS_method(), &client_chain, &server_chain);
    SSL_CTX *server = context_make(TLS_method(), &server_chain, &client_chain);

    assert_true(SSL_CTX_set_cipher_list(client, "PSK-AES128-CBC-SHA256:ECDHE-ECDSA-AES128-SHA256"));
    assert_true(SSL_CTX_set_cipher_list(server, "PSK-AES128-CBC-SHA256:ECDHE-ECDSA-AES128-SHA256"));
    SSL_CTX_set_psk_client_callback(client, give_psk);
    SSL_CTX_set_psk_server_callback(server, find_psk);
    pair_make(pair, client, server);
}

static void test_no_shared_key(void **state)
{
    const ONEM2M_PEER cse = { ONEM2M_PEER_CSE_ID, 0, "cse1.example.com", NULL };
    PAIR pair;

    (void)state;
    subject("shared key");
    make_with_psk(&pair);
    CHECK(pair_shake_hands(&pair));
    CHECK(SSL_get0_peer_certificate(pair.client) == NULL);
    check_nobody(pair.client, ONEM2M_R_PEER_UNKNOWN);
    pair_free(&pair);

    subject("a server expected, not a shared key");
    make_with_psk(&pair);
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    CHECK(pair_shake_hands(&pair));
    check_identity(pair.client, MEF, NULL);
    pair_free(&pair);

    subject("a client expected, not a shared key");
    make_with_psk(&pair);
    CHECK(onem2m_tls_expect_peer(pair.server, &cse));
    CHECK(pair_shake_hands(&pair));
    check_identity(pair.server, "cse1.example.com", NULL);
    pair_free(&pair);
}

/* Contexts that keep sessions, whatever the profile says, and one of them. */
typedef struct {
    SSL_CTX *client, *server;
    SSL_SESSION *session;
} SESSIONS;

#define SESSIONS_CONTEXT ((const unsigned char *)"peer"), 4

static SSL_CTX *keep_sessions(SSL_CTX *ctx)
{
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_BOTH);
    SSL_CTX_clear_options(ctx, SSL_OP_NO_TICKET);
    assert_true(SSL_CTX_set_session_id_context(ctx, SESSIONS_CONTEXT));
    return ctx;
}

static void begin_with_sessions(PAIR *pair, const SESSIONS *sessions)
{
    assert_true(SSL_CTX_up_ref(sessions->client) && SSL_CTX_up_ref(sessions->server));
    pair_make(pair, sessions->client, sessions->server);
    if (sessions->session != NULL)
        CHECK(SSL_set_session(pair->client, sessions->session));
}

static void make_session(SESSIONS *sessions)
{
    PAIR pair;

    subject("a session");
    sessions->client = keep_sessions(context_make(TLS_method(), &client_chain, &server_chain));
    sessions->server = keep_sessions(context_make(TLS_method(), &server_chain, &client_chain));
    sessions->session = NULL;
    begin_with_sessions(&pair, sessions);
    CHECK(pair_shake_hands(&pair));
    sessions->session = SSL_get1_session(pair.client);
    assert_non_null(sessions->session);
    pair_free(&pair);
}

static void free_sessions(SESSIONS *sessions)
{
    SSL_SESSION_free(sessions->session);
    SSL_CTX_free(sessions->client);
    SSL_CTX_free(sessions->server);
}

static void test_sessions(void **state)
{
    const ONEM2M_PEER cse = { ONEM2M_PEER_CSE_ID, 0, "cse1.example.com", NULL };
    SESSIONS sessions;
    PAIR pair;

    (void)state;
    make_session(&sessions);
    subject("an older session, and a client expected");
    begin_with_sessions(&pair, &sessions);
    CHECK(onem2m_tls_expect_peer(pair.server, &cse));
    CHECK(pair_shake_hands(&pair));
    CHECK(!SSL_session_reused(pair.server));
    check_identity(pair.server, "cse1.example.com", NULL);
    pair_free(&pair);

    subject("an older session, and a server expected");
    begin_with_sessions(&pair, &sessions);
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    CHECK(pair_shake_hands(&pair));
    CHECK(!SSL_session_reused(pair.client));
    check_identity(pair.client, MEF, NULL);
    pair_free(&pair);
    free_sessions(&sessions);
}

static void test_sessions_set_later(void **state)
{
    SESSIONS sessions;
    PAIR pair;

    (void)state;
    make_session(&sessions);
    subject("an older session, with its context, set later");
    begin_with_sessions(&pair, &sessions);
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    CHECK(SSL_set_session(pair.client, sessions.session));
    CHECK(SSL_set_session_id_context(pair.client, SESSIONS_CONTEXT));
    CHECK(pair_shake_hands(&pair));
    CHECK(SSL_session_reused(pair.client));
    check_nobody(pair.client, ONEM2M_R_TLS_RESUMED);
    pair_free(&pair);

    subject("an older session, set later");
    begin_with_sessions(&pair, &sessions);
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    CHECK(SSL_set_session(pair.client, sessions.session));
    CHECK(!pair_shake_hands(&pair));
    pair_free(&pair);
    free_sessions(&sessions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_shared_key),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_sessions_set_later),
    };

    return cmocka_run_group_tests(tests, usual_set_up, usual_tear_down);
}
