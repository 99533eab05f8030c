/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TLS_ENGINE_H
#define ONEM2M_TLS_ENGINE_H

#include <stdint.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <onem2m/id.h>
#include <onem2m/tls.h>

/* What the engine keeps with an SSL_CTX; freed with it. Written only while it is set up. */
typedef struct {
    OSSL_LIB_CTX *libctx;
    char *propq; /* never NULL */
    struct onem2m_tls_names_st *server_names;
    struct onem2m_tls_psk_st *psk; /* psk.h */
} ONEM2M_TLS_CONTEXT;

/* What it keeps with an SSL; freed with it. */
typedef struct {
    unsigned int exported;       /* a bit for each ONEM2M_EXPORT */
    EVP_PKEY *psk_key;           /* the key object that served this handshake, or NULL */
    char *psk_key_id;            /* and its name */
    struct onem2m_peer_st *peer; /* peer.h: whom it must be with, and who it is */
    ONEM2M_ERROR refusal;        /* why it was refused; reason 0 when not */
} ONEM2M_TLS_CONNECTION;

/* Never NULL but for want of memory, then with an error on the queue. Made at first use. */
ONEM2M_TLS_CONTEXT *onem2m_tls_context(SSL_CTX *ctx);
ONEM2M_TLS_CONNECTION *onem2m_tls_connection(SSL *ssl);

/* peer.c: frees what ONEM2M_TLS_CONNECTION.peer points to; may be NULL. */
void onem2m_peer_free(struct onem2m_peer_st *peer);
/*
 * peer.c: called by onem2m_tls_refusal before it looks: fills connection->refusal in where libssl
 * ended the handshake without asking anybody (a peer without a certificate).
 */
void onem2m_peer_explain(const SSL *ssl, ONEM2M_TLS_CONNECTION *connection);

/*
 * psk_entity.c: the peer of a connection by PSK, as onem2m_tls_peer_entity and
 * onem2m_tls_peer_credential_id, which call these once they have seen that the handshake is
 * finished and that connection->psk_key_id is not NULL.
 */
int onem2m_tls_psk_entity(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection, char *out,
                          size_t size);
int onem2m_tls_psk_credential_id(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection, char *out,
                                 size_t size);

/* What is kept already, or NULL. */
const ONEM2M_TLS_CONNECTION *onem2m_tls_connection_of(const SSL *ssl);

/*
 * Puts an error of the engine on OpenSSL's queue, and returns 0. format: printf's; text of a
 * peer goes into it only as onem2m_quote makes it.
 */
int onem2m_tls_raise(ONEM2M_REASON reason, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same of what a function of id.h refused. */
int onem2m_tls_raise_error(const ONEM2M_ERROR *error);

#endif
