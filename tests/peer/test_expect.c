/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * onem2m_tls_expect_peer beside what an application does itself, and raw public keys.
 */
#include <string.h>
#include <openssl/err.h>
#include <onem2m/id.h>
#include "pair.h"

#define MEF "mef.example.com"

static const ONEM2M_PEER mef = { ONEM2M_PEER_FQDN, 0, MEF, NULL };

static CHAIN server_chain, client_chain;

static int setup(void **state)
{
    static const SPEC ca = { .subject = "a CA", .is_ca = 1, .constraints = "+DNS:example.com" };
    static const SPEC server = { .names = "DNS:" MEF },
                      client = { .names = "DNS:cse1.example.com" };

    (void)state;
    chain_make(&server_chain, NULL, &ca, &server);
    chain_make(&client_chain, NULL, &ca, &client);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    chain_free(&server_chain);
    chain_free(&client_chain);
    return 0;
}

/* A client that trusts the server's root, and that server. */
static void make_usual(PAIR *pair)
{
    pair_make(pair, context_make(TLS_method(), &client_chain, &server_chain),
              context_make(TLS_method(), &server_chain, &client_chain));
}

static void check_entity(const SSL *ssl, const char *entity_id)
{
    char text[ONEM2M_ID_MAX + 1];

    CHECK(onem2m_tls_peer_entity(ssl, text, sizeof(text)));
    CHECK(strcmp(text, entity_id) == 0);
}

static void check_nobody(const SSL *ssl, ONEM2M_REASON reason)
{
    char text[ONEM2M_CREDENTIAL_ID_MAX + 1];

    ERR_clear_error();
    CHECK(!onem2m_tls_peer_entity(ssl, text, sizeof(text)));
    CHECK(take_reason() == reason);
    CHECK(!onem2m_tls_peer_credential_id(ssl, text, sizeof(text)));
    CHECK(take_reason() == reason);
}

/* 254 octets: one more than an FQDN may have. */
#define LABEL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
#define LONG_FQDN LABEL LABEL LABEL LABEL "aaaaaa"

static void test_bad_expectations(void **state)
{
    static const struct {
        ONEM2M_PEER peer;
        ONEM2M_REASON reason;
    } bad[] = {
        { { 0, 0, MEF, NULL }, ONEM2M_R_BAD_CHOICE },
        { { ONEM2M_PEER_PUBLIC_KEY + 1, 0, MEF, NULL }, ONEM2M_R_BAD_CHOICE },
        { { ONEM2M_PEER_FQDN, 4, MEF, NULL }, ONEM2M_R_BAD_CHOICE },
        { { ONEM2M_PEER_FQDN, 0, "", NULL }, ONEM2M_R_EMPTY },
        { { ONEM2M_PEER_FQDN, 0, "MEF.example.com", NULL }, ONEM2M_R_UPPER_CASE },
        { { ONEM2M_PEER_FQDN, 0, "*.example.com", NULL }, ONEM2M_R_BAD_CHARACTER },
        { { ONEM2M_PEER_FQDN, 0,
            "m\xC3\xA9"
            "f.example.com",
            NULL },
          ONEM2M_R_BAD_CHARACTER },
        { { ONEM2M_PEER_FQDN, 0, LONG_FQDN, NULL }, ONEM2M_R_NAME_TOO_LONG },
        { { ONEM2M_PEER_CSE_ID, 0, "//sp.example.com/cse1", NULL }, ONEM2M_R_BAD_CHARACTER },
        { { ONEM2M_PEER_AE_ID, 0, "/cse1/C7", NULL }, ONEM2M_R_BAD_FORM },
        { { ONEM2M_PEER_AE_ID, 0, "C7", NULL }, ONEM2M_R_BAD_FORM },
        { { ONEM2M_PEER_AE_ID, 0, "//sp.example.com/cse1/7", NULL }, ONEM2M_R_BAD_FORM },
        { { ONEM2M_PEER_DEVICE, 0, "", NULL }, ONEM2M_R_EMPTY },
        { { ONEM2M_PEER_DEVICE, 0, "0.2.481.", NULL }, ONEM2M_R_BAD_FORM },
        { { ONEM2M_PEER_DEVICE, 0, "0.2.0481", NULL }, ONEM2M_R_BAD_FORM },
        { { ONEM2M_PEER_DEVICE, 0, "3.2.481", NULL }, ONEM2M_R_BAD_FORM },
        { { ONEM2M_PEER_DEVICE, 0, "commonName", NULL }, ONEM2M_R_BAD_FORM },
        { { ONEM2M_PEER_NODE_ID, 0, "", NULL }, ONEM2M_R_EMPTY },
        { { ONEM2M_PEER_NODE_ID, 0, "a node", NULL }, ONEM2M_R_BAD_CHARACTER },
        { { ONEM2M_PEER_NODE_ID, 0, "node-*", NULL }, ONEM2M_R_BAD_CHARACTER },
        { { ONEM2M_PEER_PUBLIC_KEY, 0, NULL, NULL }, ONEM2M_R_EMPTY },
        { { ONEM2M_PEER_PUBLIC_KEY, 0, "ni:///sha-1;AAAA", NULL }, ONEM2M_R_BAD_DIGEST },
        { { ONEM2M_PEER_FQDN, 0, MEF, "cse 1" }, ONEM2M_R_BAD_CHARACTER },
    };
    PAIR pair;

    (void)state;
    make_usual(&pair);
    for (size_t i = 0; i < COUNT(bad); i++) {
        ONEM2M_REASON reason;

        subject("flavour %d, '%s'", (int)bad[i].peer.flavour,
                bad[i].peer.identifier != NULL ? bad[i].peer.identifier : "");
        CHECK(!onem2m_tls_expect_peer(pair.client, &bad[i].peer));
        reason = take_reason();
        if (reason != bad[i].reason)
            fail_msg("%s: reason %d", current_subject, (int)reason);
        CHECK(SSL_get_verify_mode(pair.client) == SSL_VERIFY_NONE);
    }
    /* Nothing of it is left. */
    subject("after bad expectations");
    CHECK(pair_shake_hands(&pair));
    check_nobody(pair.client, ONEM2M_R_PEER_UNKNOWN);
    pair_free(&pair);
}

static void test_long_identifiers(void **state)
{
    char node_id[ONEM2M_ID_MAX + 2], device[4 * 128 + 2];
    const ONEM2M_PEER node = { ONEM2M_PEER_NODE_ID, 0, node_id, NULL };
    const ONEM2M_PEER a_device = { ONEM2M_PEER_DEVICE, 0, device, NULL };
    PAIR pair;

    (void)state;
    subject("long identifiers");
    make_usual(&pair);
    memset(node_id, 'n', sizeof(node_id) - 1);
    node_id[sizeof(node_id) - 1] = '\0';
    CHECK(!onem2m_tls_expect_peer(pair.client, &node));
    CHECK(take_reason() == ONEM2M_R_NAME_TOO_LONG);
    node_id[ONEM2M_ID_MAX] = '\0';
    CHECK(onem2m_tls_expect_peer(pair.client, &node));
    memset(device, '1', sizeof(device) - 1);
    device[sizeof(device) - 1] = '\0';
    CHECK(!onem2m_tls_expect_peer(pair.client, &a_device));
    CHECK(take_reason() == ONEM2M_R_NAME_TOO_LONG);
    device[0] = '2';
    for (size_t i = 1; i < sizeof(device) - 2; i += 2)
        device[i] = '.';
    device[sizeof(device) - 2] = '\0';
    CHECK(!onem2m_tls_expect_peer(pair.client, &a_device));
    CHECK(take_reason() == ONEM2M_R_BAD_FORM);
    pair_free(&pair);
}

static void test_too_late(void **state)
{
    PAIR pair;

    (void)state;
    subject("too late");
    make_usual(&pair);
    SSL_do_handshake(pair.client);
    ERR_clear_error();
    CHECK(!onem2m_tls_expect_peer(pair.client, &mef));
    CHECK(take_reason() == ONEM2M_R_TLS_NOT_READY);
    pair_free(&pair);
}

/* Of a MEF: no Credential-ID, and no name where there is no room for it. */
static void check_refused_text(const SSL *ssl)
{
    char text[ONEM2M_CREDENTIAL_ID_MAX + 1];

    CHECK(!onem2m_tls_peer_credential_id(ssl, text, sizeof(text)));
    CHECK(take_reason() == ONEM2M_R_BAD_CREDENTIAL_TYPE);
    CHECK(!onem2m_tls_peer_entity(ssl, text, strlen(MEF)));
    CHECK(take_reason() == ONEM2M_R_BAD_LENGTH);
    CHECK(onem2m_tls_peer_entity(ssl, text, strlen(MEF) + 1));
}

static void test_both_ends(void **state)
{
    const ONEM2M_PEER cse = { ONEM2M_PEER_CSE_ID, 0, "cse1.example.com", "/cse1" };
    PAIR pair;

    (void)state;
    subject("both ends");
    make_usual(&pair);
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    CHECK(onem2m_tls_expect_peer(pair.server, &cse));
    check_nobody(pair.client, ONEM2M_R_TLS_NOT_READY);
    CHECK(pair_shake_hands(&pair));
    /* An application's error stays. */
    ERR_raise(ERR_LIB_X509, 77);
    check_entity(pair.client, MEF);
    check_entity(pair.server, "/cse1");
    CHECK(ERR_GET_REASON(ERR_get_error()) == 77 && ERR_peek_error() == 0);
    check_refused_text(pair.client);
    pair_free(&pair);
}

/* What an application's verify callback was asked, and how it answers. */
static struct {
    int calls, errors, answer;
} application;

static int application_verify(int ok, X509_STORE_CTX *store)
{
    (void)store;
    application.calls++;
    application.errors += ok == 0;
    return application.answer < 0 ? ok : application.answer;
}

static int run_with_application(int answer, const ONEM2M_PEER *expected)
{
    PAIR pair;
    int done;

    memset(&application, 0, sizeof(application));
    application.answer = answer;
    make_usual(&pair);
    SSL_set_verify(pair.client, SSL_VERIFY_PEER, application_verify);
    /* The second expectation takes the place of the first, not of the application. */
    CHECK(onem2m_tls_expect_peer(pair.client, expected));
    CHECK(onem2m_tls_expect_peer(pair.client, expected));
    done = pair_shake_hands(&pair);
    if (done)
        check_entity(pair.client, expected->identifier);
    else
        CHECK(*onem2m_tls_refusal(pair.client) != '\0');
    if (!done && answer == 0)
        CHECK(strstr(onem2m_tls_refusal(pair.client), "application's verify callback") != NULL);
    pair_free(&pair);
    return done;
}

static void test_application_callback(void **state)
{
    const ONEM2M_PEER another = { ONEM2M_PEER_FQDN, 0, "maf.example.com", NULL };

    (void)state;
    subject("callback that agrees");
    CHECK(run_with_application(-1, &mef));
    CHECK(application.calls == 3 && application.errors == 0);
    subject("callback that refuses");
    CHECK(!run_with_application(0, &mef));
    CHECK(application.calls == 1);
    subject("callback that admits everything");
    CHECK(run_with_application(1, &mef));
    CHECK(!run_with_application(1, &another));
    CHECK(application.errors == 1);
}

/* Whoever takes the place of the engine's callback verifies nobody for it. */
static void test_callback_replaced(void **state)
{
    PAIR pair;

    (void)state;
    subject("callback replaced");
    application.answer = 1;
    make_usual(&pair);
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    SSL_set_verify(pair.client, SSL_VERIFY_PEER, application_verify);
    CHECK(pair_shake_hands(&pair));
    check_nobody(pair.client, ONEM2M_R_PEER_UNKNOWN);
    pair_free(&pair);
}

/* The same connection object with another server. */
static void connect_again(PAIR *pair, SSL_CTX *server)
{
    BIO *near = NULL, *far = NULL;

    assert_int_equal(BIO_new_bio_pair(&near, 1 << 18, &far, 1 << 18), 1);
    SSL_set_shutdown(pair->client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    assert_int_equal(SSL_clear(pair->client), 1);
    SSL_free(pair->server);
    pair->server = SSL_new(server);
    SSL_CTX_free(server);
    assert_non_null(pair->server);
    SSL_set_accept_state(pair->server);
    SSL_set_bio(pair->client, near, near);
    SSL_set_bio(pair->server, far, far);
}

/* Who was verified on an earlier connection is not who this one is with. */
static void test_connected_again(void **state)
{
    PAIR pair;

    (void)state;
    subject("connected again");
    make_usual(&pair);
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    CHECK(pair_shake_hands(&pair));
    check_entity(pair.client, MEF);
    connect_again(&pair, context_make(TLS_method(), &server_chain, NULL));
    check_nobody(pair.client, ONEM2M_R_TLS_NOT_READY);
    CHECK(pair_shake_hands(&pair));
    check_entity(pair.client, MEF);

    subject("connected again, not verified");
    connect_again(&pair, context_make(TLS_method(), &server_chain, NULL));
    application.answer = 1;
    SSL_set_verify(pair.client, SSL_VERIFY_PEER, application_verify);
    CHECK(X509_VERIFY_PARAM_set_flags(SSL_get0_param(pair.client), X509_V_FLAG_CRL_CHECK));
    CHECK(pair_shake_hands(&pair));
    check_nobody(pair.client, ONEM2M_R_PEER_UNKNOWN);

    subject("connected again, to another");
    connect_again(&pair, context_make(TLS_method(), &client_chain, NULL));
    CHECK(pair_shake_hands(&pair));
    SSL_set_verify_result(pair.client, X509_V_OK);
    check_nobody(pair.client, ONEM2M_R_PEER_UNKNOWN);
    pair_free(&pair);
}

/* A root with a constraint counts for all but the AE-ID, whose signer must have one. */
static void run_constrained_root(ONEM2M_PEER_FLAVOUR flavour, const char *identifier, int succeeds)
{
    const SPEC root = { .subject = "a root",
                        .is_ca = 1,
                        .constraints = "+DNS:example.com +URI:sp.example.com" };
    const SPEC entity = { .names = "DNS:" MEF " URI://sp.example.com/cse1/C7" };
    const ONEM2M_PEER peer = { flavour, 0, identifier, NULL };
    CHAIN chain;
    PAIR pair;

    subject("constrained root, %s", identifier);
    chain_make(&chain, &root, NULL, &entity);
    pair_make(&pair, context_make(TLS_method(), NULL, &chain),
              context_make(TLS_method(), &chain, NULL));
    CHECK(onem2m_tls_expect_peer(pair.client, &peer));
    CHECK(pair_shake_hands(&pair) == succeeds);
    if (!succeeds)
        CHECK(strstr(onem2m_tls_refusal(pair.client), "10.1.1.5") != NULL);
    pair_free(&pair);
    chain_free(&chain);
}

static void test_constrained_root(void **state)
{
    (void)state;
    run_constrained_root(ONEM2M_PEER_FQDN, MEF, 1);
    run_constrained_root(ONEM2M_PEER_AE_ID, "//sp.example.com/cse1/C7", 0);
}

/* A trust anchor of another curve than the profile's. */
static void test_anchor(void **state)
{
    const SPEC root = { .subject = "a root", .is_ca = 1, .curve = "P-384" };
    const SPEC ca = { .subject = "a CA", .is_ca = 1, .constraints = "+DNS:example.com" };
    const SPEC entity = { .names = "DNS:" MEF };
    CHAIN chain;
    PAIR pair;

    (void)state;
    subject("trust anchor");
    chain_make(&chain, &root, &ca, &entity);
    pair_make(&pair, context_make(TLS_method(), NULL, &chain),
              context_make(TLS_method(), &chain, NULL));
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    CHECK(!pair_shake_hands(&pair));
    CHECK(pair.reason == ONEM2M_R_BAD_CERTIFICATE);
    CHECK(strstr(onem2m_tls_refusal(pair.client), "trust anchor at depth 2") != NULL);
    pair_free(&pair);
    chain_free(&chain);
}

/* names times constraints beyond what is compared. */
static void test_many_names(void **state)
{
    enum { NAMES = 3000, CONSTRAINTS = 400, WORD = 10 };
    static char names[NAMES * WORD + 64], constraints[CONSTRAINTS * WORD + 64];
    const SPEC ca = { .subject = "a CA", .is_ca = 1, .constraints = constraints };
    const SPEC entity = { .names = names };
    size_t written = (size_t)snprintf(names, sizeof(names), "DNS:" MEF);
    CHAIN chain;
    PAIR pair;

    (void)state;
    subject("many names");
    for (int i = 0; i < NAMES; i++)
        written += (size_t)snprintf(names + written, sizeof(names) - written, " DNS:x%04d", i);
    written = (size_t)snprintf(constraints, sizeof(constraints), "+DNS:example.com");
    for (int i = 0; i < CONSTRAINTS; i++)
        written += (size_t)snprintf(constraints + written, sizeof(constraints) - written,
                                    " -DNS:y%03d", i);
    chain_make(&chain, NULL, &ca, &entity);
    pair_make(&pair, context_make(TLS_method(), NULL, &chain),
              context_make(TLS_method(), &chain, NULL));
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    CHECK(!pair_shake_hands(&pair));
    CHECK(strstr(onem2m_tls_refusal(pair.client), "401 name constraints for 3001 names") != NULL);
    pair_free(&pair);
    chain_free(&chain);
}

/* Longer than any identifier: no name of that flavour, and no more than a piece in the refusal. */
static void run_huge_name(ONEM2M_PEER_FLAVOUR flavour, const char *names)
{
    const ONEM2M_PEER anybody = { flavour, ONEM2M_PEER_ALLOW_UNCONSTRAINED, NULL, NULL };
    const SPEC entity = { .names = names };
    CHAIN chain;
    PAIR pair;

    subject("huge name, %.20s", names);
    chain_make(&chain, NULL, NULL, &entity);
    pair_make(&pair, context_make(TLS_method(), NULL, &chain),
              context_make(TLS_method(), &chain, NULL));
    CHECK(onem2m_tls_expect_peer(pair.client, &anybody));
    CHECK(!pair_shake_hands(&pair));
    CHECK(pair.reason == ONEM2M_R_PEER_MISMATCH);
    CHECK(strlen(onem2m_tls_refusal(pair.client)) < 192);
    pair_free(&pair);
    chain_free(&chain);
}

/* prefix, and text over and over up to length. */
static const char *huge(const char *prefix, const char *text, size_t length)
{
    static char names[8000];
    size_t written = strlen(prefix);

    memcpy(names, prefix, written);
    while (written < length) {
        memcpy(names + written, text, strlen(text));
        written += strlen(text);
    }
    names[written] = '\0';
    return names;
}

static void test_huge_names(void **state)
{
    (void)state;
    run_huge_name(ONEM2M_PEER_FQDN, huge("DNS:a", ".a", 7900));
    run_huge_name(ONEM2M_PEER_CSE_ID, huge("DNS:", "a", 7900));
    run_huge_name(ONEM2M_PEER_AE_ID, huge("URI://sp.example.com/cse1/C", "7", 7900));
    run_huge_name(ONEM2M_PEER_NODE_ID, huge("URI:", "a", 7900));
    /* One arc, and many, of more octets than a device identifier has. */
    run_huge_name(ONEM2M_PEER_DEVICE, huge("UTF8:0.2.481.1/1", "1", 7900));
    run_huge_name(ONEM2M_PEER_DEVICE, huge("UTF8:0.2.481.1/1", "1", 400));
    run_huge_name(ONEM2M_PEER_DEVICE, huge("OID:0.2.481.1/1", ".1", 300));
    run_huge_name(ONEM2M_PEER_DEVICE, huge("OID:0.2.481.1/1", ".1", 7900));
}

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
    check_entity(pair.client, MEF);
    pair_free(&pair);

    subject("a client expected, not a shared key");
    make_with_psk(&pair);
    CHECK(onem2m_tls_expect_peer(pair.server, &cse));
    CHECK(pair_shake_hands(&pair));
    check_entity(pair.server, "cse1.example.com");
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
    check_entity(pair.server, "cse1.example.com");
    pair_free(&pair);

    subject("an older session, and a server expected");
    begin_with_sessions(&pair, &sessions);
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    CHECK(pair_shake_hands(&pair));
    CHECK(!SSL_session_reused(pair.client));
    check_entity(pair.client, MEF);
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

#if OPENSSL_VERSION_NUMBER >= 0x30200000L

static const unsigned char raw[] = { TLSEXT_cert_type_rpk };

static void form_id(char *id, size_t size, ONEM2M_PUBLIC_KEY_ID_SUITE suite, EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int length = i2d_PUBKEY(key, &der);

    assert_true(length > 0);
    assert_true(onem2m_public_key_id_form(id, &size, suite, der, (size_t)length, NULL, NULL, NULL));
    OPENSSL_free(der);
}

/* A server with a raw public key, or with its certificate. */
static void make_raw(PAIR *pair, CHAIN *chain, const char *what, const SPEC *spec, int gives_raw)
{
    subject("raw public key: %s", what);
    chain_make(chain, NULL, NULL, spec);
    pair_make(pair, context_make(TLS_method(), NULL, NULL),
              context_make(TLS_method(), chain, NULL));
    if (gives_raw)
        CHECK(SSL_set1_server_cert_type(pair->server, raw, sizeof(raw)));
}

static void check_raw(PAIR *pair, CHAIN *chain, const char *identifier, int alert,
                      ONEM2M_REASON reason, const char *refusal)
{
    const ONEM2M_PEER expected = { ONEM2M_PEER_PUBLIC_KEY, 0, identifier, "/cse1" };
    char text[ONEM2M_CREDENTIAL_ID_MAX + 1];

    CHECK(onem2m_tls_expect_peer(pair->client, &expected));
    if (alert < 0) {
        if (!pair_shake_hands(pair))
            fail_msg("%s: %s", current_subject, onem2m_tls_refusal(pair->client));
        check_entity(pair->client, "/cse1");
        CHECK(onem2m_tls_peer_credential_id(pair->client, text, sizeof(text)));
        CHECK(strncmp(text, "30-sha-256", 10) == 0);
    } else {
        CHECK(!pair_shake_hands(pair));
        if (pair->client_alert != alert || pair->reason != reason ||
            strstr(onem2m_tls_refusal(pair->client), refusal) == NULL)
            fail_msg("%s: alert %d, reason %d, '%s'", current_subject, pair->client_alert,
                     (int)pair->reason, onem2m_tls_refusal(pair->client));
    }
    pair_free(pair);
    chain_free(chain);
}

static void test_raw_public_keys(void **state)
{
    static const SPEC usual = { .subject = "a CSE" }, curve = { .curve = "P-384" };
    static const SPEC compressed = { .is_compressed = 1 };
    char id[ONEM2M_PUBLIC_KEY_ID_MAX + 1];
    CHAIN chain;
    PAIR pair;

    (void)state;
    for (ONEM2M_PUBLIC_KEY_ID_SUITE suite = ONEM2M_PUBLIC_KEY_ID_SHA_256;
         suite <= ONEM2M_PUBLIC_KEY_ID_SHA_256_120; suite++) {
        make_raw(&pair, &chain, "right", &usual, 1);
        form_id(id, sizeof(id), suite, chain.entity.key);
        check_raw(&pair, &chain, id, -1, ONEM2M_R_NONE, NULL);
    }
    make_raw(&pair, &chain, "another", &usual, 1);
    form_id(id, sizeof(id), ONEM2M_PUBLIC_KEY_ID_SHA_256, chain.ca.key);
    check_raw(&pair, &chain, id, SSL_AD_BAD_CERTIFICATE, ONEM2M_R_MISMATCH,
              "not that of the trusted public key identifier");
    make_raw(&pair, &chain, "wrong curve", &curve, 1);
    form_id(id, sizeof(id), ONEM2M_PUBLIC_KEY_ID_SHA_256, chain.entity.key);
    check_raw(&pair, &chain, id, SSL_AD_UNSUPPORTED_CERTIFICATE, ONEM2M_R_BAD_CERTIFICATE,
              "secp256r1");
    make_raw(&pair, &chain, "compressed", &compressed, 1);
    form_id(id, sizeof(id), ONEM2M_PUBLIC_KEY_ID_SHA_256, chain.entity.key);
    check_raw(&pair, &chain, id, SSL_AD_UNSUPPORTED_CERTIFICATE, ONEM2M_R_BAD_CERTIFICATE,
              "uncompressed");
    make_raw(&pair, &chain, "a certificate instead", &usual, 0);
    form_id(id, sizeof(id), ONEM2M_PUBLIC_KEY_ID_SHA_256, chain.entity.key);
    check_raw(&pair, &chain, id, SSL_AD_UNKNOWN_CA, ONEM2M_R_PEER_UNTRUSTED, "depth");
}

static void test_raw_public_key_again(void **state)
{
    static const SPEC spec = { .subject = "a CSE" };
    char id[ONEM2M_PUBLIC_KEY_ID_MAX + 1];
    const ONEM2M_PEER expected = { ONEM2M_PEER_PUBLIC_KEY, 0, id, "/cse1" };
    CHAIN chain;
    PAIR pair;

    (void)state;
    make_raw(&pair, &chain, "again", &spec, 1);
    form_id(id, sizeof(id), ONEM2M_PUBLIC_KEY_ID_SHA_256, chain.entity.key);
    CHECK(onem2m_tls_expect_peer(pair.client, &expected));
    CHECK(pair_shake_hands(&pair));
    connect_again(&pair, context_make(TLS_method(), &chain, NULL));
    CHECK(SSL_set1_server_cert_type(pair.server, raw, sizeof(raw)));
    CHECK(pair_shake_hands(&pair));
    check_entity(pair.client, "/cse1");
    pair_free(&pair);
    chain_free(&chain);
}

static void test_raw_public_key_of_client(void **state)
{
    const SPEC spec = { .subject = "an AE" };
    char id[ONEM2M_PUBLIC_KEY_ID_MAX + 1], text[ONEM2M_ID_MAX + 1];
    const ONEM2M_PEER expected = { ONEM2M_PEER_PUBLIC_KEY, 0, id, NULL };
    CHAIN chain;
    PAIR pair;

    (void)state;
    subject("raw public key of a client");
    chain_make(&chain, NULL, NULL, &spec);
    pair_make(&pair, context_make(TLS_method(), &chain, NULL),
              context_make(TLS_method(), &server_chain, NULL));
    form_id(id, sizeof(id), ONEM2M_PUBLIC_KEY_ID_SHA_256, chain.entity.key);
    CHECK(SSL_set1_client_cert_type(pair.client, raw, sizeof(raw)));
    CHECK(onem2m_tls_expect_peer(pair.server, &expected));
    if (!pair_shake_hands(&pair))
        fail_msg("%s: %s", current_subject, onem2m_tls_refusal(pair.server));
    /* In the form of a Credential-ID, which has no entity but the key. */
    CHECK(onem2m_tls_peer_entity(pair.server, text, sizeof(text)));
    CHECK(strncmp(text, "sha-256.", 8) == 0 && strcmp(text + 8, strchr(id, ';') + 1) == 0);
    pair_free(&pair);
    chain_free(&chain);
}

#else

static void test_raw_public_keys(void **state)
{
    const ONEM2M_PEER expected = { ONEM2M_PEER_PUBLIC_KEY, 0,
                                   "ni:///sha-256-128;f4OxZX_x_FO5LcGBSKHWXQ", NULL };
    PAIR pair;

    (void)state;
    subject("raw public key");
    make_usual(&pair);
    CHECK(!onem2m_tls_expect_peer(pair.client, &expected));
    CHECK(take_reason() == ONEM2M_R_TLS_UNSUPPORTED);
    CHECK(SSL_get_verify_mode(pair.client) == SSL_VERIFY_NONE);
    pair_free(&pair);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_expectations),
        cmocka_unit_test(test_long_identifiers),
        cmocka_unit_test(test_too_late),
        cmocka_unit_test(test_both_ends),
        cmocka_unit_test(test_application_callback),
        cmocka_unit_test(test_callback_replaced),
        cmocka_unit_test(test_connected_again),
        cmocka_unit_test(test_constrained_root),
        cmocka_unit_test(test_anchor),
        cmocka_unit_test(test_many_names),
        cmocka_unit_test(test_huge_names),
        cmocka_unit_test(test_no_shared_key),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_sessions_set_later),
        cmocka_unit_test(test_raw_public_keys),
#if OPENSSL_VERSION_NUMBER >= 0x30200000L
        cmocka_unit_test(test_raw_public_key_again),
        cmocka_unit_test(test_raw_public_key_of_client),
#endif
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
