/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * onem2m_tls_expect_peer: what may be expected, beside what an application does itself, and
 * certificates with more than usual in them.
 */
#include <openssl/err.h>
#include <onem2m/id.h>
#include "usual.h"

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
    check_identity(pair.client, MEF, NULL);
    check_identity(pair.server, "/cse1", NULL);
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
        check_identity(pair.client, expected->identifier, NULL);
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

static int admit_all(X509_STORE_CTX *store, void *argument)
{
    (void)store;
    (void)argument;
    return 1;
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
    CHECK(onem2m_tls_export_key(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, NULL) == NULL);
    CHECK(take_reason() == ONEM2M_R_PEER_UNKNOWN);
    pair_free(&pair);

    subject("verification replaced");
    make_usual(&pair);
    CHECK(onem2m_tls_expect_peer(pair.client, &mef));
    SSL_CTX_set_cert_verify_callback(SSL_get_SSL_CTX(pair.client), admit_all, NULL);
    CHECK(pair_shake_hands(&pair));
    CHECK(onem2m_tls_export_key(pair.client, ONEM2M_EXPORT_ENROLMENT, MEF, NULL) == NULL);
    CHECK(take_reason() == ONEM2M_R_PEER_UNKNOWN);
    pair_free(&pair);
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
    check_identity(pair.client, MEF, NULL);
    connect_again(&pair, context_make(TLS_method(), &server_chain, NULL));
    check_nobody(pair.client, ONEM2M_R_TLS_NOT_READY);
    CHECK(pair_shake_hands(&pair));
    check_identity(pair.client, MEF, NULL);

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
    };

    return cmocka_run_group_tests(tests, usual_set_up, usual_tear_down);
}
