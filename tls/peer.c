/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include "keystore/identifier.h"
#include "tls/peer.h"

void onem2m_peer_forget(ONEM2M_EXPECTED_PEER *expected)
{
    X509_free(expected->certificate);
    expected->certificate = NULL;
    OPENSSL_free(expected->public_key);
    expected->public_key = NULL;
    expected->public_key_length = 0;
    expected->matched[0] = '\0';
}

void onem2m_peer_free(ONEM2M_EXPECTED_PEER *expected)
{
    if (expected == NULL)
        return;
    onem2m_peer_forget(expected);
    OPENSSL_free(expected->identifier);
    OPENSSL_free(expected->entity_id);
    OPENSSL_free(expected);
}

static ONEM2M_EXPECTED_PEER *new_peer(const ONEM2M_PEER *peer)
{
    ONEM2M_EXPECTED_PEER *expected = OPENSSL_zalloc(sizeof(*expected));
    ONEM2M_ERROR error;

    if (expected == NULL) {
        onem2m_tls_raise_memory();
        return NULL;
    }
    if (!onem2m_peer_parse(expected, peer, &error)) {
        onem2m_peer_free(expected);
        onem2m_tls_raise_error("peer", &error);
        return NULL;
    }
    return expected;
}

/* A session of another time was verified by other rules: a random context resumes none. */
static int refuse_sessions(SSL *ssl)
{
    const ONEM2M_TLS_CONTEXT *context = onem2m_tls_context_of(SSL_get_SSL_CTX(ssl));
    unsigned char id[SSL_MAX_SID_CTX_LENGTH];

    if (RAND_bytes_ex(context->libctx, id, sizeof(id), 0) <= 0 ||
        !SSL_set_session_id_context(ssl, id, sizeof(id)) ||
        (SSL_get_session(ssl) != NULL && !SSL_set_session(ssl, NULL)))
        return onem2m_tls_raise(ONEM2M_R_TLS_FAILED,
                                "peer: old sessions could not be kept from this connection");
    return 1;
}

/* A peer with a key shared by both ends is not asked for a certificate. */
static void refuse_shared_keys(SSL *ssl)
{
    SSL_set_psk_client_callback(ssl, NULL);
    SSL_set_psk_server_callback(ssl, NULL);
    SSL_set_psk_use_session_callback(ssl, NULL);
    SSL_set_psk_find_session_callback(ssl, NULL);
}

static int set_up(SSL *ssl, ONEM2M_EXPECTED_PEER *expected, const ONEM2M_EXPECTED_PEER *before)
{
    SSL_verify_cb application = SSL_get_verify_callback(ssl);
    ONEM2M_ERROR error;

    if (!onem2m_peer_ask(ssl, expected->flavour, &error))
        return onem2m_tls_raise_error("peer", &error);
    if (!refuse_sessions(ssl))
        return 0;
    if ((expected->flags & ONEM2M_PEER_CHECK_REVOCATION) != 0 &&
        !X509_VERIFY_PARAM_set_flags(SSL_get0_param(ssl),
                                     X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL))
        return onem2m_tls_raise(ONEM2M_R_TLS_FAILED, "peer: revocation lists cannot be asked for");
    refuse_shared_keys(ssl);
    if (application == onem2m_peer_verify)
        application = before != NULL ? before->application : NULL;
    expected->application = application;
    SSL_set_verify(ssl,
                   SSL_get_verify_mode(ssl) | SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                   onem2m_peer_verify);
    return 1;
}

int onem2m_tls_expect_peer(SSL *ssl, const ONEM2M_PEER *peer)
{
    ONEM2M_TLS_CONNECTION *connection = onem2m_tls_connection(ssl);
    ONEM2M_EXPECTED_PEER *expected;

    if (connection == NULL)
        return 0;
    if (!SSL_in_before(ssl))
        return onem2m_tls_raise(ONEM2M_R_TLS_NOT_READY,
                                "peer: to be expected before the handshake begins");
    expected = new_peer(peer);
    if (expected == NULL)
        return 0;
    if (!set_up(ssl, expected, connection->peer)) {
        onem2m_peer_free(expected);
        return 0;
    }
    onem2m_peer_free(connection->peer);
    connection->peer = expected;
    return 1;
}

/* Whether this very connection's peer is the one that was verified last. */
static int is_verified(const ONEM2M_EXPECTED_PEER *expected, const SSL *ssl)
{
    const X509 *certificate = SSL_get0_peer_certificate(ssl);

    if (SSL_get_verify_result(ssl) != X509_V_OK || expected->matched[0] == '\0')
        return 0;
    if (expected->flavour == ONEM2M_PEER_PUBLIC_KEY)
        return onem2m_peer_has_key(expected, ssl);
    return certificate != NULL && expected->certificate != NULL &&
           X509_cmp(certificate, expected->certificate) == 0;
}

/* Whose certificate or key was verified; NULL with an error when nobody's was. */
static const ONEM2M_EXPECTED_PEER *verified_peer(const SSL *ssl,
                                                 const ONEM2M_TLS_CONNECTION *connection)
{
    if (connection == NULL || connection->peer == NULL) {
        onem2m_tls_raise(ONEM2M_R_PEER_UNKNOWN,
                         "peer: none was expected on this connection (TS-0003 8.1.2.5)");
        return NULL;
    }
    if (onem2m_tls_is_resumed(ssl, connection)) {
        onem2m_tls_raise(ONEM2M_R_TLS_RESUMED,
                         "peer: a resumed session verifies nobody (TS-0003 8.1.2.5)");
        return NULL;
    }
    if (!is_verified(connection->peer, ssl)) {
        onem2m_tls_raise(ONEM2M_R_PEER_UNKNOWN,
                         "peer: this connection's was not verified as expected (TS-0003 8.1.2.5)");
        return NULL;
    }
    return connection->peer;
}

int onem2m_peer_is_verified(const SSL *ssl)
{
    return verified_peer(ssl, onem2m_tls_connection_of(ssl)) != NULL;
}

static int check_finished(const SSL *ssl)
{
    return SSL_is_init_finished(ssl) ||
           onem2m_tls_raise(ONEM2M_R_TLS_NOT_READY,
                            "peer: unknown before the handshake has finished");
}

static int print(const char *text, char *out, size_t size)
{
    ONEM2M_ERROR error;

    return onem2m_print_text(text, strlen(text), out, &size, &error) ||
           onem2m_tls_raise_error("peer", &error);
}

int onem2m_tls_peer_entity(const SSL *ssl, char *out, size_t size)
{
    const ONEM2M_TLS_CONNECTION *connection = onem2m_tls_connection_of(ssl);
    const ONEM2M_EXPECTED_PEER *expected;

    if (!check_finished(ssl))
        return 0;
    if (onem2m_tls_is_by_psk(ssl, connection))
        return onem2m_tls_psk_entity(ssl, connection, out, size);
    expected = verified_peer(ssl, connection);
    return expected != NULL &&
           print(expected->entity_id != NULL ? expected->entity_id : expected->matched, out, size);
}

/* sec:credIDTypeID (12.3.2.1); 0 where a flavour has none. */
static unsigned int credential_type(ONEM2M_PEER_FLAVOUR flavour)
{
    switch (flavour) {
    case ONEM2M_PEER_PUBLIC_KEY:
        return 30;
    case ONEM2M_PEER_DEVICE:
        return 31;
    case ONEM2M_PEER_CSE_ID:
        return 32;
    case ONEM2M_PEER_AE_ID:
        return 33;
    case ONEM2M_PEER_FQDN:
    case ONEM2M_PEER_NODE_ID:
        break;
    }
    return 0;
}

/* An AE-ID has '/', which 12.2 allows and 10.4 does not: it is written as 12.2 reads it. */
static int print_credential_id(const ONEM2M_EXPECTED_PEER *expected, char *out, size_t size)
{
    unsigned int type = credential_type(expected->flavour);
    char text[sizeof("4294967295-") + ONEM2M_ID_MAX];
    ONEM2M_CREDENTIAL_ID id;
    ONEM2M_ERROR error;

    if (type == 0)
        return onem2m_tls_raise(ONEM2M_R_BAD_CREDENTIAL_TYPE,
                                "peer: there is no Credential-ID of %s certificates (TS-0003 "
                                "12.3.2.1)",
                                expected->flavour == ONEM2M_PEER_FQDN ? "FQDN" : "Node-ID");
    snprintf(text, sizeof(text), "%u-%s", type, expected->matched);
    return (onem2m_credential_id_parse(&id, text, strlen(text), &error) ||
            onem2m_tls_raise_error("peer", &error)) &&
           print(id.text, out, size);
}

int onem2m_tls_peer_credential_id(const SSL *ssl, char *out, size_t size)
{
    const ONEM2M_TLS_CONNECTION *connection = onem2m_tls_connection_of(ssl);
    const ONEM2M_EXPECTED_PEER *expected;

    if (!check_finished(ssl))
        return 0;
    if (onem2m_tls_is_by_psk(ssl, connection))
        return onem2m_tls_psk_credential_id(ssl, connection, out, size);
    expected = verified_peer(ssl, connection);
    return expected != NULL && print_credential_id(expected, out, size);
}

void onem2m_peer_explain(const SSL *ssl, ONEM2M_TLS_CONNECTION *connection)
{
    if (connection->peer == NULL || connection->peer->was_called ||
        connection->refusal.reason != ONEM2M_R_NONE)
        return;
    if (SSL_is_server(ssl) && SSL_get_state(ssl) == TLS_ST_SR_CERT && SSL_want(ssl) == SSL_NOTHING)
        onem2m_refuse(&connection->refusal, ONEM2M_R_PEER_UNKNOWN, ONEM2M_NO_OFFSET,
                      "peer: it gave no certificate (TS-0003 8.1.2.5)");
}
