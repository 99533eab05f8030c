/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/err.h>
#include <onem2m/id.h>
#include "pair.h"

char current_subject[256];

void chain_make(CHAIN *chain, const SPEC *root, const SPEC *ca, const SPEC *entity)
{
    static const SPEC usual_root = { .subject = "a root", .is_ca = 1 };
    static const SPEC usual_ca = { .subject = "a CA", .is_ca = 1 };

    chain->root = identity_make(root != NULL ? root : &usual_root, NULL);
    chain->ca = identity_make(ca != NULL ? ca : &usual_ca, &chain->root);
    chain->entity = identity_make(entity, &chain->ca);
}

void chain_free(CHAIN *chain)
{
    identity_free(&chain->root);
    identity_free(&chain->ca);
    identity_free(&chain->entity);
}

SSL_CTX *context_make(const SSL_METHOD *method, const CHAIN *chain, const CHAIN *trusted)
{
    SSL_CTX *ctx = SSL_CTX_new(method);

    assert_non_null(ctx);
    assert_true(onem2m_tls_profile(ctx, ONEM2M_PROFILE_CERTIFICATE));
    if (chain != NULL) {
        assert_int_equal(SSL_CTX_use_certificate(ctx, chain->entity.certificate), 1);
        assert_int_equal(SSL_CTX_use_PrivateKey(ctx, chain->entity.key), 1);
        assert_int_equal(SSL_CTX_add1_chain_cert(ctx, chain->ca.certificate), 1);
    }
    if (trusted != NULL)
        assert_int_equal(
            X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), trusted->root.certificate), 1);
    return ctx;
}

static int *alert_of(const SSL *ssl)
{
    return SSL_get_app_data(ssl);
}

static void note_alert(const SSL *ssl, int where, int value)
{
    if ((where & SSL_CB_ALERT) != 0 && (where & SSL_CB_WRITE) != 0 && *alert_of(ssl) < 0)
        *alert_of(ssl) = value & 0xFF;
}

static SSL *make_end(SSL_CTX *ctx, int *alert, BIO *bio)
{
    SSL *ssl = SSL_new(ctx);

    assert_non_null(ssl);
    *alert = -1;
    SSL_set_app_data(ssl, alert);
    SSL_set_info_callback(ssl, note_alert);
    SSL_set_bio(ssl, bio, bio);
    SSL_CTX_free(ctx);
    return ssl;
}

void pair_make(PAIR *pair, SSL_CTX *client, SSL_CTX *server)
{
    BIO *near = NULL, *far = NULL;

    /* A datagram must not be cut: room for a whole flight. */
    assert_int_equal(BIO_new_bio_pair(&near, 1 << 18, &far, 1 << 18), 1);
    pair->reason = ONEM2M_R_NONE;
    pair->client = make_end(client, &pair->client_alert, near);
    pair->server = make_end(server, &pair->server_alert, far);
    SSL_set_connect_state(pair->client);
    SSL_set_accept_state(pair->server);
}

ONEM2M_REASON take_reason(void)
{
    ONEM2M_REASON reason = ONEM2M_R_NONE;
    unsigned long code;

    while ((code = ERR_get_error()) != 0) {
        if (reason == ONEM2M_R_NONE && ERR_GET_LIB(code) > ERR_LIB_USER)
            reason = (ONEM2M_REASON)ERR_GET_REASON(code);
    }
    return reason;
}

/* 1 finished, 0 waits, -1 failed. libssl empties the queue when it begins. */
static int advance(PAIR *pair, SSL *ssl)
{
    int result = SSL_do_handshake(ssl);
    ONEM2M_REASON reason;

    /* What is left on the queue makes it a failure for libssl. */
    if (result == 1 && ERR_peek_error() == 0)
        return 1;
    if (SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ)
        return 0;
    reason = take_reason();
    if (pair->reason == ONEM2M_R_NONE)
        pair->reason = reason;
    return -1;
}

int pair_shake_hands(PAIR *pair)
{
    int client = 0, server = 0;

    for (int i = 0; i < 20 && (client == 0 || server == 0); i++) {
        if (client == 0)
            client = advance(pair, pair->client);
        if (server == 0)
            server = advance(pair, pair->server);
    }
    return client == 1 && server == 1;
}

void pair_free(PAIR *pair)
{
    /* An unfinished connection would take its session with it. */
    SSL_set_shutdown(pair->client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_set_shutdown(pair->server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(pair->client);
    SSL_free(pair->server);
}

void check_identity(const SSL *ssl, const char *entity_id, const char *credential_id)
{
    char text[ONEM2M_CREDENTIAL_ID_MAX + 1] = "";

    CHECK(onem2m_tls_peer_entity(ssl, text, sizeof(text)));
    CHECK(strcmp(text, entity_id) == 0);
    if (credential_id != NULL) {
        CHECK(onem2m_tls_peer_credential_id(ssl, text, sizeof(text)));
        CHECK(strcmp(text, credential_id) == 0);
    }
}

void check_nobody(const SSL *ssl, ONEM2M_REASON reason)
{
    char text[ONEM2M_CREDENTIAL_ID_MAX + 1] = "untouched";

    take_reason();
    CHECK(!onem2m_tls_peer_entity(ssl, text, sizeof(text)));
    CHECK(take_reason() == reason);
    CHECK(!onem2m_tls_peer_credential_id(ssl, text, sizeof(text)));
    CHECK(take_reason() == reason);
    CHECK(strcmp(text, "untouched") == 0);
}
