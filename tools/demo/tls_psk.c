/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tls_psk.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#define CIPHERSUITE "PSK-AES128-CBC-SHA256"

static unsigned int give_psk(SSL *ssl, const char *hint, char *identity, unsigned int identity_size,
                             unsigned char *psk, unsigned int psk_size)
{
    const TLS_PSK *own = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    (void)hint;
    if (own->psk_identity.length >= identity_size || psk_size < TLS_PSK_OCTETS)
        return 0;
    memcpy(identity, own->psk_identity.text, own->psk_identity.length + 1);
    memcpy(psk, own->psk, TLS_PSK_OCTETS);
    return TLS_PSK_OCTETS;
}

/*
 * An identity that is not known gets a random key, so that the peer sees the
 * same failure as with a wrong key and cannot probe for identities (RFC 4279
 * section 7.2).
 */
static unsigned int find_psk(SSL *ssl, const char *identity, unsigned char *psk,
                             unsigned int psk_size)
{
    TLS_PSK *own = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    ONEM2M_ID presented;
    ONEM2M_ERROR error;

    if (psk_size < TLS_PSK_OCTETS || RAND_priv_bytes(psk, TLS_PSK_OCTETS) != 1)
        return 0;
    if (onem2m_id_parse(&presented, ONEM2M_ID_KPM, identity, strlen(identity), ONEM2M_ID_FOLD_FQDN,
                        &error) &&
        onem2m_id_equal(&presented, &own->psk_identity))
        memcpy(psk, own->psk, TLS_PSK_OCTETS);
    else
        own->objection = "unknown psk_identity";
    return TLS_PSK_OCTETS;
}

/* The name that the client asks for must be this server's (TS-0003 10.2.1, RFC 6066 section 3). */
static int check_server_name(SSL *ssl, int *alert, void *argument)
{
    TLS_PSK *own = argument;
    const char *server_name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    if (server_name != NULL && strcasecmp(server_name, own->server_name) == 0)
        return SSL_TLSEXT_ERR_OK;
    own->objection = server_name == NULL ? "no server name" : "another server name";
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static SSL_CTX *context_new(const SSL_METHOD *method, TLS_PSK *psk, FAILURE *failure)
{
    SSL_CTX *context = SSL_CTX_new(method);

    if (context == NULL || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, CIPHERSUITE) != 1) {
        failure_set_openssl(failure, "TLS 1.2 with " CIPHERSUITE);
        SSL_CTX_free(context);
        return NULL;
    }
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_app_data(context, psk);
    return context;
}

SSL_CTX *tls_psk_client_new(TLS_PSK *psk, FAILURE *failure)
{
    SSL_CTX *context = context_new(TLS_client_method(), psk, failure);

    if (context != NULL)
        SSL_CTX_set_psk_client_callback(context, give_psk);
    return context;
}

SSL_CTX *tls_psk_server_new(TLS_PSK *psk, FAILURE *failure)
{
    SSL_CTX *context = context_new(TLS_server_method(), psk, failure);

    if (context != NULL) {
        SSL_CTX_set_psk_server_callback(context, find_psk);
        SSL_CTX_set_tlsext_servername_callback(context, check_server_name);
        SSL_CTX_set_tlsext_servername_arg(context, psk);
    }
    return context;
}

static int check_outcome(SSL *ssl, FAILURE *failure)
{
    if (SSL_version(ssl) != TLS1_2_VERSION)
        return failure_set(failure, "%s was negotiated, not TLS 1.2", SSL_get_version(ssl));
    if (strcmp(SSL_get_cipher_name(ssl), CIPHERSUITE) != 0)
        return failure_set(failure, "%s was negotiated", SSL_get_cipher_name(ssl));
    if (SSL_get_extms_support(ssl) != 1)
        return failure_set(failure, "no extended master secret (RFC 7627) was negotiated");
    if (SSL_session_reused(ssl))
        return failure_set(failure, "a session was resumed");
    return 1;
}

static int run_handshake(SSL *ssl, FAILURE *failure)
{
    TLS_PSK *own = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    char what[64] = "TLS handshake";

    if (!SSL_is_server(ssl) && SSL_set_tlsext_host_name(ssl, own->server_name) != 1)
        return failure_set_openssl(failure, "server name indication");
    if ((SSL_is_server(ssl) ? SSL_accept(ssl) : SSL_connect(ssl)) == 1)
        return check_outcome(ssl, failure);
    if (own->objection != NULL)
        snprintf(what, sizeof(what), "TLS handshake (%s)", own->objection);
    return failure_set_openssl(failure, what);
}

SSL *tls_psk_handshake(SSL_CTX *context, int socket_fd, FAILURE *failure)
{
    SSL *ssl = SSL_new(context);

    if (ssl == NULL || SSL_set_fd(ssl, socket_fd) != 1)
        failure_set_openssl(failure, "TLS connection");
    else if (run_handshake(ssl, failure))
        return ssl;
    SSL_free(ssl);
    return NULL;
}

int tls_psk_export(SSL *ssl, const char *label, unsigned char exported[TLS_PSK_EXPORT_OCTETS],
                   FAILURE *failure)
{
    if (SSL_export_keying_material(ssl, exported, TLS_PSK_EXPORT_OCTETS, label, strlen(label), NULL,
                                   0, 0) != 1)
        return failure_set_openssl(failure, label);
    return 1;
}
