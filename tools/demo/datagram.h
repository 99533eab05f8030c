/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_DATAGRAM_H
#define ONEM2M_DEMO_DATAGRAM_H

#include <openssl/ssl.h>
#include "entity.h"

/*
 * A DTLS server: the first client to return the cookie that was sent to its address
 * (RFC 6347 4.2.1) gets a socket of its own. Each returns 1 or 0.
 */

/* Cookies are HMACs of the client's address under a secret of the process. */
void datagram_use_cookies(SSL_CTX *context, const ENTITY *self);

/* Gives ssl the socket. */
int datagram_attach(SSL *ssl, int fd);

/* Answers what has come; 1 when a client has shown its cookie: ssl then has *fd for it alone. */
int datagram_listen(SSL *ssl, int listener_fd, int *fd);

#endif
