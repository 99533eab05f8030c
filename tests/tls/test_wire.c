/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/err.h>
#include "connection.h"

/* Peers that do on the wire what libssl's client would not. */

#define WIRE_MAX 65536

static int make_sharing_ends(void **state)
{
    make_ends(state);
    share_key(*state, ONEM2M_KIND_NAME_KM, KM_ID, 11);
    return 0;
}

static SSL_CTX *server_context(const ENDS *ends)
{
    SSL_CTX *ctx = context_of(&ends->server, TLS_server_method(), ONEM2M_PROFILE_PSK);

    assert_int_equal(onem2m_tls_psk_server(ctx, "maf"), 1);
    return ctx;
}

static SSL_CTX *client_context(const ENDS *ends, ONEM2M_PROFILE profile)
{
    SSL_CTX *ctx = context_of(&ends->client, TLS_client_method(), profile);

    assert_int_equal(onem2m_tls_psk_client(ctx, "maf", KM_ID), 1);
    return ctx;
}

static void begin(PAIR *pair, SSL_CTX *client, SSL_CTX *server)
{
    pair_make(pair, client, server);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
}

/* ---- Identities that no client of libssl sends ---- */

/* What the client sends last: its ClientKeyExchange, then what it has encrypted. */
static size_t take_last_flight(PAIR *pair, unsigned char *wire)
{
    int length;

    SSL_do_handshake(pair->client);
    SSL_do_handshake(pair->server);
    SSL_do_handshake(pair->client);
    length = BIO_read(SSL_get_rbio(pair->server), wire, WIRE_MAX);
    assert_true(length > 0);
    return (size_t)length;
}

/* TLSPlaintext (5), Handshake (4), uint16 length of psk_identity (RFC 5246, RFC 4279 2). */
#define HEADERS 11

static void put_length(unsigned char *at, size_t length)
{
    at[0] = (unsigned char)(length >> 8);
    at[1] = (unsigned char)length;
}

/* The same flight with another identity in it. */
static void send_identity(PAIR *pair, const void *identity, size_t length)
{
    static unsigned char wire[WIRE_MAX], forged[WIRE_MAX];
    const size_t total = take_last_flight(pair, wire);
    const size_t rest = HEADERS + (size_t)(wire[9] << 8 | wire[10]);

    assert_int_equal(wire[0], 22);
    assert_int_equal(wire[5], SSL3_MT_CLIENT_KEY_EXCHANGE);
    memcpy(forged, wire, HEADERS);
    put_length(forged + 3, length + 6);
    put_length(forged + 7, length + 2);
    put_length(forged + 9, length);
    memcpy(forged + HEADERS, identity, length);
    memcpy(forged + HEADERS + length, wire + rest, total - rest);
    BIO_write(SSL_get_rbio(pair->server), forged, (int)(HEADERS + length + total - rest));
    SSL_do_handshake(pair->server);
    SSL_do_handshake(pair->client);
}

static void forged_identity(const ENDS *ends, const void *identity, size_t length,
                            const char *refusal)
{
    PAIR pair;

    begin(&pair, client_context(ends, ONEM2M_PROFILE_PSK), server_context(ends));
    send_identity(&pair, identity, length);
    assert_false(SSL_is_init_finished(pair.server));
    if (length <= 256)
        assert_int_equal(pair.client_alert, SSL_AD_BAD_RECORD_MAC);
    else
        assert_int_equal(pair.client_alert, SSL_AD_DECODE_ERROR);
    if (strstr(onem2m_tls_refusal(pair.server), refusal) == NULL)
        fail_msg("\"%s\" does not say %s", onem2m_tls_refusal(pair.server), refusal);
    pair_free(&pair);
    ERR_clear_error();
}

static void forged_identities(void **state)
{
    char longest[257];

    memset(longest, 'k', sizeof(longest));
    /* libssl refuses what is longer than 256 octets, and cuts at a NUL. */
    forged_identity(*state, longest, 257, "");
    forged_identity(*state, longest, 256, "kkkk");
    forged_identity(*state, "", 0, "psk_identity :");
    forged_identity(*state, "\0" KM_ID, sizeof(KM_ID), "psk_identity :");
    forged_identity(*state, "km8@" MAF "\0x", sizeof("km8@" MAF) + 1, "psk_identity km8@" MAF ":");
    forged_identity(*state, KM_ID "\0\xFF", sizeof(KM_ID) + 1, "");
}

/* ---- Handshakes cut off, and played again ---- */

/* All that the client says in a handshake that finishes. */
static size_t record(const ENDS *ends, unsigned char *wire)
{
    size_t total = 0;
    PAIR pair;

    begin(&pair, client_context(ends, ONEM2M_PROFILE_PSK), server_context(ends));
    while (!SSL_is_init_finished(pair.client)) {
        BIO *to_server = SSL_get_rbio(pair.server);
        int length;

        SSL_do_handshake(pair.client);
        length = BIO_read(to_server, wire + total, (int)(WIRE_MAX - total));
        if (length > 0)
            BIO_write(to_server, wire + total, length);
        total += length > 0 ? (size_t)length : 0;
        SSL_do_handshake(pair.server);
    }
    pair_free(&pair);
    return total;
}

static SSL *listen_to(SSL_CTX *ctx, const unsigned char *wire, size_t length)
{
    SSL *server = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

    assert_true(server != NULL && in != NULL && out != NULL);
    assert_int_equal(BIO_write(in, wire, (int)length), length);
    SSL_set_bio(server, in, out);
    SSL_set_accept_state(server);
    assert_true(SSL_do_handshake(server) <= 0);
    assert_false(SSL_is_init_finished(server));
    assert_null(onem2m_tls_export_key(server, ONEM2M_EXPORT_CONNECTION, MAF, NULL));
    return server;
}

static void played_again(void **state)
{
    static unsigned char wire[WIRE_MAX];
    const size_t length = record(*state, wire);
    SSL_CTX *ctx = server_context(*state);
    SSL *server = listen_to(ctx, wire, length);

    check_engine_refused(ONEM2M_R_TLS_NOT_READY, NULL);
    SSL_free(server);
    SSL_CTX_free(ctx);
}

static void cut_off(void **state)
{
    static unsigned char wire[WIRE_MAX];
    const size_t length = record(*state, wire);
    SSL_CTX *ctx = server_context(*state);

    for (size_t end = 1; end < length; end += 3) {
        SSL_free(listen_to(ctx, wire, end));
        ERR_clear_error();
    }
    SSL_CTX_free(ctx);
}

/* ---- Renegotiation ---- */

static SSL_CTX *eager(SSL_CTX *ctx)
{
    SSL_CTX_clear_options(ctx, SSL_OP_NO_RENEGOTIATION);
    return ctx;
}

/* The one that keeps the profile says no_renegotiation, and has its one export as before. */
static void client_renegotiates(void **state)
{
    EVP_PKEY *key;
    PAIR pair;

    begin(&pair, eager(client_context(*state, ONEM2M_PROFILE_PSK)), server_context(*state));
    must_shake(&pair);
    key = onem2m_tls_export_key(pair.server, ONEM2M_EXPORT_CONNECTION, MAF, NULL);
    assert_non_null(key);
    EVP_PKEY_free(key);
    assert_int_equal(SSL_renegotiate(pair.client), 1);
    SSL_do_handshake(pair.client);
    {
        char nothing;

        assert_true(SSL_read(pair.server, &nothing, 1) < 0);
    }
    SSL_do_handshake(pair.client);
    assert_int_equal(pair.client_alert, SSL_AD_NO_RENEGOTIATION);
    ERR_clear_error();
    assert_null(onem2m_tls_export_key(pair.server, ONEM2M_EXPORT_CONNECTION, MAF, NULL));
    check_engine_refused(ONEM2M_R_TLS_EXPORTED, NULL);
    pair_free(&pair);
}

static void server_renegotiates(void **state)
{
    char nothing;
    PAIR pair;

    begin(&pair, client_context(*state, ONEM2M_PROFILE_PSK), eager(server_context(*state)));
    must_shake(&pair);
    assert_int_equal(SSL_renegotiate(pair.server), 1);
    SSL_do_handshake(pair.server);
    assert_true(SSL_read(pair.client, &nothing, 1) < 0);
    SSL_read(pair.server, &nothing, 1);
    assert_int_equal(pair.server_alert, SSL_AD_NO_RENEGOTIATION);
    pair_free(&pair);
    ERR_clear_error();
}

/* ---- Versions and suites outside the profile ---- */

static const struct {
    int least, most;
    const char *suites;
    int alert;
} outside[] = {
    { TLS1_2_VERSION, TLS1_2_VERSION, "PSK-AES256-GCM-SHA384", SSL_AD_HANDSHAKE_FAILURE },
    { TLS1_2_VERSION, TLS1_2_VERSION, "PSK-AES128-CBC-SHA:ECDHE-PSK-AES128-CBC-SHA256",
      SSL_AD_HANDSHAKE_FAILURE },
    { TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", SSL_AD_HANDSHAKE_FAILURE },
    { TLS1_1_VERSION, TLS1_1_VERSION, "PSK-AES128-CBC-SHA:@SECLEVEL=0", SSL_AD_PROTOCOL_VERSION },
    { TLS1_3_VERSION, TLS1_3_VERSION, "DEFAULT", SSL_AD_PROTOCOL_VERSION },
};

static void outside_the_profile(void **state)
{
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        SSL_CTX *client = client_context(*state, 0), *server = server_context(*state);
        ENDING ending;

        SSL_CTX_set_min_proto_version(client, outside[i].least);
        SSL_CTX_set_max_proto_version(client, outside[i].most);
        assert_int_equal(SSL_CTX_set_cipher_list(client, outside[i].suites), 1);
        must_fail(client, server, &ending);
        if (ending.client_alert != outside[i].alert)
            fail_msg("%zu: alert %d", i, ending.client_alert);
        SSL_CTX_free(client);
        SSL_CTX_free(server);
    }
}

/* A server that has everything, and a client that keeps the profile. */
static void server_with_more(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *server = context_of(&ends->server, TLS_server_method(), 0);
    PAIR pair;

    assert_int_equal(onem2m_tls_psk_server(server, "maf"), 1);
    begin(&pair, client_context(ends, ONEM2M_PROFILE_PSK), server);
    must_shake(&pair);
    assert_int_equal(SSL_version(pair.client), TLS1_2_VERSION);
    assert_string_equal(SSL_get_cipher_name(pair.client), "PSK-AES128-CBC-SHA256");
    pair_free(&pair);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make_sharing_ends, remove_ends)
    const struct CMUnitTest tests[] = {
        TEST(forged_identities),   TEST(played_again),        TEST(cut_off),
        TEST(client_renegotiates), TEST(server_renegotiates), TEST(outside_the_profile),
        TEST(server_with_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
