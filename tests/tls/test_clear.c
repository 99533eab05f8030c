/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "foreign.h"

/* An SSL made ready again by SSL_clear, whose next handshake is by a PSK of the application's. */

#define ENTITY "//sp.example.com/cse7"

static void shake_again(PAIR *pair)
{
    SSL_shutdown(pair->client);
    SSL_shutdown(pair->server);
    assert_int_equal(SSL_clear(pair->client), 1);
    assert_int_equal(SSL_clear(pair->server), 1);
    (void)BIO_reset(SSL_get_rbio(pair->client));
    (void)BIO_reset(SSL_get_rbio(pair->server));
    assert_int_equal(SSL_set_session(pair->client, NULL), 1);
    must_shake(pair);
}

static void nobody_s_key_is_of_before(void **state)
{
    const ENDS *ends = *state;
    const OSSL_PARAM entity[] = { TEXT(ONEM2M_PARAM_ENTITY_ID, ENTITY), END };
    SSL_CTX *client = context_of(&ends->client, TLS_client_method(), 0);
    SSL_CTX *server = context_of(&ends->server, TLS_server_method(), 0);
    char out[ONEM2M_ID_MAX + 1];
    PAIR pair;

    store_key(&ends->client, ONEM2M_KIND_NAME_KM, KM_ID, 11, 0x5A, 32, NULL);
    store_key(&ends->server, ONEM2M_KIND_NAME_KM, KM_ID, 11, 0x5A, 32, entity);
    assert_int_equal(onem2m_tls_psk_client(client, "maf", KM_ID), 1);
    assert_int_equal(onem2m_tls_psk_server(server, "maf"), 1);
    SSL_CTX_set_psk_find_session_callback(server, find_foreign);
    pair_make(&pair, client, server);
    must_shake(&pair);
    assert_int_equal(SSL_version(pair.server), TLS1_3_VERSION);
    assert_int_equal(onem2m_tls_peer_entity(pair.server, out, sizeof(out)), 1);
    assert_string_equal(out, ENTITY);
    SSL_set_psk_use_session_callback(pair.client, use_foreign);
    shake_again(&pair);
    assert_int_equal(SSL_session_reused(pair.server), 1);
    must_be_nobody(pair.server);
    must_be_nobody(pair.client);
    pair_free(&pair);
    SSL_CTX_free(client);
    SSL_CTX_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_s_key_is_of_before, make_ends, remove_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
