/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "usual.h"

const ONEM2M_PEER mef = { ONEM2M_PEER_FQDN, 0, MEF, NULL };

CHAIN server_chain, client_chain;

int usual_set_up(void **state)
{
    static const SPEC ca = { .subject = "a CA", .is_ca = 1, .constraints = "+DNS:example.com" };
    static const SPEC server = { .names = "DNS:" MEF },
                      client = { .names = "DNS:cse1.example.com" };

    (void)state;
    chain_make(&server_chain, NULL, &ca, &server);
    chain_make(&client_chain, NULL, &ca, &client);
    return 0;
}

int usual_tear_down(void **state)
{
    (void)state;
    chain_free(&server_chain);
    chain_free(&client_chain);
    return 0;
}

void make_usual(PAIR *pair)
{
    pair_make(pair, context_make(TLS_method(), &client_chain, &server_chain),
              context_make(TLS_method(), &server_chain, &client_chain));
}

void connect_again(PAIR *pair, SSL_CTX *server)
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
