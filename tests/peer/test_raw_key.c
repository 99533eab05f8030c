/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Raw public keys (TS-0003 10.1.1.2, 10.1.2), which OpenSSL has since 3.2.
 */
#include <onem2m/id.h>
#include "usual.h"

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
        check_identity(pair->client, "/cse1", NULL);
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
    check_identity(pair.client, "/cse1", NULL);
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
        cmocka_unit_test(test_raw_public_keys),
#if OPENSSL_VERSION_NUMBER >= 0x30200000L
        cmocka_unit_test(test_raw_public_key_again),
        cmocka_unit_test(test_raw_public_key_of_client),
#endif
    };

    return cmocka_run_group_tests(tests, usual_set_up, usual_tear_down);
}
