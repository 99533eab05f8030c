/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_TLS_PSK_H
#define ONEM2M_DEMO_TLS_PSK_H

#include <onem2m/id.h>
#include <openssl/ssl.h>
#include "failure.h"

/* TLS 1.2 with TLS_PSK_WITH_AES_128_CBC_SHA256 (TS-0003 10.2.1, 10.2.2). */
#define TLS_PSK_OCTETS 32
#define TLS_PSK_EXPORT_OCTETS 48 /* TS-0003 10.3.1: the relative identifier, the key */

/* What one end knows before the handshake, and what it learnt in it. */
typedef struct {
    ONEM2M_ID psk_identity;
    unsigned char psk[TLS_PSK_OCTETS];
    char server_name[ONEM2M_FQDN_MAX + 1]; /* SNI: sent by the client, the server's own */
    const char *objection;                 /* server: what it did not accept; NULL when nothing */
} TLS_PSK;

/*
 * A context for a client or a server. psk must live as long as it, and is used
 * by one connection at a time.
 */
SSL_CTX *tls_psk_client_new(TLS_PSK *psk, FAILURE *failure);
SSL_CTX *tls_psk_server_new(TLS_PSK *psk, FAILURE *failure);

/*
 * The handshake over a connected socket, of which the SSL takes no ownership.
 * NULL when it failed or gave less than asked for: version, ciphersuite,
 * extended master secret (RFC 7627), a full handshake.
 */
SSL *tls_psk_handshake(SSL_CTX *context, int socket_fd, FAILURE *failure);

/* TLS key export with label and no context (RFC 5705). */
int tls_psk_export(SSL *ssl, const char *label, unsigned char exported[TLS_PSK_EXPORT_OCTETS],
                   FAILURE *failure);

#endif
