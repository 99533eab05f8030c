/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include "connection.h"

/* The Diffie-Hellman groups of DHE_PSK. */

typedef struct {
    SSL_CTX *client, *server;
} CONTEXTS;

static SSL_CTX *context_at_level(const PLACE *place, const SSL_METHOD *method, int level)
{
    SSL_CTX *ctx = context_of(place, method, 0);

    SSL_CTX_set_security_level(ctx, level);
    assert_int_equal(onem2m_tls_profile(ctx, ONEM2M_PROFILE_PSK_PFS), 1);
    check_quiet();
    return ctx;
}

static CONTEXTS contexts(const ENDS *ends, int level, int is_dtls)
{
    CONTEXTS c = { context_at_level(&ends->client,
                                    is_dtls ? DTLS_client_method() : TLS_client_method(), level),
                   context_at_level(&ends->server,
                                    is_dtls ? DTLS_server_method() : TLS_server_method(), level) };

    assert_int_equal(onem2m_tls_psk_client(c.client, "maf", KM_ID), 1);
    assert_int_equal(onem2m_tls_psk_server(c.server, "maf"), 1);
    return c;
}

static void contexts_free(CONTEXTS *contexts)
{
    SSL_CTX_free(contexts->client);
    SSL_CTX_free(contexts->server);
}

static void check_group(SSL *client, const char *expected)
{
    EVP_PKEY *key = NULL;
    char name[32] = "";

    assert_int_equal(SSL_get_peer_tmp_key(client, &key), 1);
    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof(name), NULL);
    assert_string_equal(name, expected);
    EVP_PKEY_free(key);
}

static void a_group_of_rfc_7919(void **state)
{
    static const struct {
        int level;
        const char *group;
    } levels[] = { { 0, "ffdhe2048" }, { 1, "ffdhe2048" }, { 2, "ffdhe2048" }, { 3, "ffdhe3072" } };
    PAIR pair;

    share_key(*state, ONEM2M_KIND_NAME_KM, KM_ID, 11);
    for (size_t i = 0; i < 2 * sizeof(levels) / sizeof(levels[0]); i++) {
        CONTEXTS c = contexts(*state, levels[i / 2].level, i % 2 != 0);

        pair_make(&pair, c.client, c.server);
        must_shake(&pair);
        assert_string_equal(SSL_get_cipher_name(pair.client), "DHE-PSK-AES128-CBC-SHA256");
        check_group(pair.client, levels[i / 2].group);
        pair_free(&pair);
        contexts_free(&c);
    }
}

/* A server that lets OpenSSL choose, 1024 bits at this level. */
static void a_client_takes_no_less(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *plain;
    CONTEXTS c;
    PAIR pair;

    share_key(ends, ONEM2M_KIND_NAME_KM, KM_ID, 11);
    c = contexts(ends, 1, 0);
    plain = context_of(&ends->server, TLS_server_method(), 0);
    SSL_CTX_set_security_callback(c.server, SSL_CTX_get_security_callback(plain));
    SSL_CTX_set_dh_auto(c.server, 1);
    pair_make(&pair, c.client, c.server);
    assert_false(pair_shake(&pair));
    assert_int_equal(pair.server_alert, SSL_AD_HANDSHAKE_FAILURE);
    pair_free(&pair);
    contexts_free(&c);
    SSL_CTX_free(plain);
    ERR_clear_error();
}

/* From level 4 on there is no such group, and no suite of the profile either. */
static void no_group_for_a_higher_level(void **state)
{
    const ENDS *ends = *state;
    SSL_CTX *ctx = context_of(&ends->server, TLS_server_method(), 0);
    const int minimum = (int)SSL_CTX_get_min_proto_version(ctx);

    SSL_CTX_set_security_level(ctx, 4);
    assert_int_equal(onem2m_tls_profile(ctx, ONEM2M_PROFILE_PSK_PFS), 0);
    check_engine_refused(ONEM2M_R_TLS_FAILED, "for security level 4");
    assert_int_equal(SSL_CTX_get_min_proto_version(ctx), minimum);
    assert_int_equal(onem2m_tls_profile(ctx, ONEM2M_PROFILE_PSK), 1);
    SSL_CTX_free(ctx);
    ERR_clear_error();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_group_of_rfc_7919, make_ends, remove_ends),
        cmocka_unit_test_setup_teardown(a_client_takes_no_less, make_ends, remove_ends),
        cmocka_unit_test_setup_teardown(no_group_for_a_higher_level, make_ends, remove_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
