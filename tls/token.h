/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TLS_TOKEN_H
#define ONEM2M_TLS_TOKEN_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include "keystore/pin_prompt.h"
#include "keystore/pkcs11.h"

/*
 * A private key in a PKCS#11 token as the own credential of an SSL_CTX.
 *
 *   token.c         the public function: certificate, chain and key into the SSL_CTX
 *   token_key.c     the EVP_PKEY that libssl gets: the certificate's public key, whose
 *                   private operations are done by what token_login.c opened
 *   token_login.c   a token as libp11 has it, logged in, in this process
 *   token_object.c  certificates and keys among libp11's lists
 *
 * libp11 reaches modules through p11-kit's proxy; login is by p11-kit itself
 * (keystore/pkcs11.h), since libp11 keeps a PIN in memory. Login is shared between
 * the two, being the process's. No lock is held during a call of a module, and none
 * by whoever forks.
 */

/* ---- token_login.c ---- */

typedef struct onem2m_token_login_st ONEM2M_TOKEN_LOGIN;
struct PKCS11_token_st;

/* URI: parsed, without module-path. Finds the token, logs in, shows it to libp11. */
ONEM2M_TOKEN_LOGIN *onem2m_token_login_new(P11KitUri *uri, ONEM2M_ERROR *error);
/* Of a parent's nothing is freed in a child. NULL is allowed. */
void onem2m_token_login_free(ONEM2M_TOKEN_LOGIN *login);

/* Refuses because a function of libp11 failed, with the reason that it put on the queue. Returns 0.
 */
int onem2m_token_refuse(ONEM2M_ERROR *error, const char *function);

/* p11-kit's session, for what libp11 does not tell. */
const ONEM2M_PKCS11_SESSION *onem2m_token_login_session(const ONEM2M_TOKEN_LOGIN *login);

/* As libp11 has it; the login's. */
struct PKCS11_token_st *onem2m_token_login_token(const ONEM2M_TOKEN_LOGIN *login);

/* Whether it is of this process, and not of the one that forked it. */
int onem2m_token_login_is_own(const ONEM2M_TOKEN_LOGIN *login);
/* Whether the token still knows of it: 0 after it was taken away. Asks the module. */
int onem2m_token_login_is_alive(const ONEM2M_TOKEN_LOGIN *login);

/* ---- token_object.c ---- */

/* The one certificate that fits the URI: a copy for libctx; id: its CKA_ID. */
#define ONEM2M_TOKEN_ID_MAX 255
typedef struct {
    unsigned char octets[ONEM2M_TOKEN_ID_MAX];
    size_t length;
} ONEM2M_TOKEN_ID;
X509 *onem2m_token_certificate(const ONEM2M_TOKEN_LOGIN *login, P11KitUri *uri,
                               OSSL_LIB_CTX *libctx, ONEM2M_TOKEN_ID *id, ONEM2M_ERROR *error);

/* The certificates of the token that lead on from it, without a root. Never NULL but for memory. */
STACK_OF(X509) * onem2m_token_chain(const ONEM2M_TOKEN_LOGIN *login, X509 *certificate,
                                    OSSL_LIB_CTX *libctx, ONEM2M_ERROR *error);

/* libp11's own, of the private key that fits the URI, or that has the certificate's id. One that
 * wants a PIN for each signature, which nobody here could give, is refused. */
EVP_PKEY *onem2m_token_private_key(const ONEM2M_TOKEN_LOGIN *login, P11KitUri *uri,
                                   const ONEM2M_TOKEN_ID *id, ONEM2M_ERROR *error);

/* ---- token_key.c ---- */

/* Where a PIN comes from that is not in a file: as SSL_CTX_set_default_passwd_cb. */
typedef struct {
    pem_password_cb *callback;
    void *argument;
} ONEM2M_PASSWORD;

/*
 * The EVP_PKEY for libssl, after it has signed something. login and uri are its
 * own from here on, also when it fails. It opens the key again where it has to: in
 * a child, and when the token was away.
 */
EVP_PKEY *onem2m_token_key_new(ONEM2M_TOKEN_LOGIN *login, P11KitUri *uri, ONEM2M_PASSWORD password,
                               X509 *certificate, const ONEM2M_TOKEN_ID *id, ONEM2M_ERROR *error);

/* token.c: the same with the PIN asked by password where it must be. */
ONEM2M_TOKEN_LOGIN *onem2m_token_log_in(P11KitUri *uri, ONEM2M_PASSWORD password,
                                        ONEM2M_ERROR *error);

/* ---- token_queue.c ---- */

/* What stands on OpenSSL's error queue, while libp11 runs, which empties it. */
typedef struct onem2m_error_queue_st ONEM2M_ERROR_QUEUE;
ONEM2M_ERROR_QUEUE *onem2m_error_queue_take(void);
/* What came meanwhile goes. queue: freed. */
void onem2m_error_queue_put_back(ONEM2M_ERROR_QUEUE *queue);

#endif
