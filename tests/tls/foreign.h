/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_TLS_FOREIGN_H
#define ONEM2M_TESTS_TLS_FOREIGN_H

#include "connection.h"

/* A PSK of the application's own in TLS 1.3, by libssl's callbacks of sessions. */

int find_foreign(SSL *ssl, const unsigned char *identity, size_t length, SSL_SESSION **session);
int use_foreign(SSL *ssl, const EVP_MD *digest, const unsigned char **identity, size_t *length,
                SSL_SESSION **session);

/* That the engine says of nobody that he is ssl's peer. */
void must_be_nobody(const SSL *ssl);

#endif
