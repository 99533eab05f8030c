/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TLS_ENGINE_H
#define ONEM2M_TLS_ENGINE_H

#include <openssl/evp.h>
#include <onem2m/id.h>
#include <onem2m/tls.h>

/* What the engine keeps with an SSL_CTX; freed with it. Written only while it is set up. */
typedef struct {
    OSSL_LIB_CTX *libctx;
    char *propq;                                 /* never NULL */
    struct onem2m_server_names_st *server_names; /* server_name.c */
    struct onem2m_tls_psk_st *psk;               /* psk.h */
    int (*security)(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid,
                    void *other, void *argument); /* the one before the engine's */
    int judges;                                   /* the engine's security callback is set */
    int has_profile;                              /* and judges by a profile */
} ONEM2M_TLS_CONTEXT;

/* What it keeps with an SSL; freed with it. */
typedef struct {
    unsigned int exported; /* a bit for each ONEM2M_EXPORT */
    EVP_PKEY *psk_key;     /* the key object that served this handshake, when it was fetched */
    char *psk_key_id;      /* the name of the key that served it, or NULL */
    char psk_key_id_text[ONEM2M_KEY_ID_MAX + 1]; /* what that points to */
    unsigned char psk_random[SSL3_RANDOM_SIZE];  /* the client's, of that handshake */
    int psk_beside_session;      /* a session was offered to be resumed, beside that key */
    struct onem2m_peer_st *peer; /* peer.h: whom it must be with, and who it is */
    ONEM2M_ERROR refusal;        /* why it was refused; reason 0 when not */
} ONEM2M_TLS_CONNECTION;

/* Never NULL but for want of memory, then with an error on the queue. Made at first use. */
ONEM2M_TLS_CONTEXT *onem2m_tls_context(SSL_CTX *ctx);
ONEM2M_TLS_CONNECTION *onem2m_tls_connection(SSL *ssl);

/* What is kept already; of an SSL_CTX for which nothing is, the defaults of onem2m_tls_use. */
const ONEM2M_TLS_CONTEXT *onem2m_tls_context_of(const SSL_CTX *ctx);
/* What is kept already, or NULL. */
const ONEM2M_TLS_CONNECTION *onem2m_tls_connection_of(const SSL *ssl);

/* The security callback of ctx becomes the engine's, which asks the one before it. Once: one that
 * the application sets afterwards stays. */
void onem2m_tls_judge(SSL_CTX *ctx, ONEM2M_TLS_CONTEXT *context);
/* Whether that is still the security callback of ssl. */
int onem2m_tls_is_judged(const SSL *ssl);
/* context.c: no key served what ssl begins now. */
void onem2m_tls_connection_forget(const SSL *ssl);

/*
 * session.c: whether ssl, its handshake finished, was authenticated by the key that
 * connection->psk_key_id names, or goes on with an older session: 1 or 0. In TLS 1.3
 * SSL_session_reused says 1 of both.
 */
int onem2m_tls_is_by_psk(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection);
int onem2m_tls_is_resumed(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection);

/* server_name.c: checks an FQDN that becomes a server name (RFC 6066 section 3): ASCII alone. */
int onem2m_server_name_parse(ONEM2M_ID *id, const char *fqdn);
void onem2m_server_names_free(struct onem2m_server_names_st *names);

/* peer.c: frees what ONEM2M_TLS_CONNECTION.peer points to; may be NULL. */
void onem2m_peer_free(struct onem2m_peer_st *expected);
/*
 * peer.c: called by onem2m_tls_refusal before it looks: fills connection->refusal in where libssl
 * ended the handshake without asking anybody (a peer without a certificate).
 */
void onem2m_peer_explain(const SSL *ssl, ONEM2M_TLS_CONNECTION *connection);

/* peer.c: whether ssl, its handshake finished, is with the peer that was expected: 1, or 0 with an
 * error on the queue. */
int onem2m_peer_is_verified(const SSL *ssl);

/*
 * psk_entity.c: the peer of a connection by PSK, as onem2m_tls_peer_entity and
 * onem2m_tls_peer_credential_id, which call these once they have seen that the handshake is
 * finished and that connection->psk_key_id is not NULL.
 */
int onem2m_tls_psk_entity(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection, char *out,
                          size_t size);
int onem2m_tls_psk_credential_id(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection, char *out,
                                 size_t size);

/*
 * Puts an error of the engine on OpenSSL's queue, and returns 0. format: printf's; text of a
 * peer goes into it only as onem2m_quote makes it.
 */
#define onem2m_tls_raise(...)                                                                      \
    onem2m_refused(onem2m_tls_raise_at(__FILE__, __LINE__, __func__, __VA_ARGS__))
int onem2m_tls_raise_at(const char *file, int line, const char *function, ONEM2M_REASON reason,
                        const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same of what a function of id.h refused; subject: the argument that it was about. */
#define onem2m_tls_raise_error(subject, error)                                                     \
    onem2m_tls_raise((error)->reason, "%s: %s", subject, (error)->detail)
int onem2m_tls_raise_memory(void);

/* The last error of the queue, which stays there: of the provider with its reason, of anybody else
 * as ONEM2M_R_TLS_FAILED. */
void onem2m_tls_last_error(ONEM2M_ERROR *error);

#endif
