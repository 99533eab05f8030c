/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_HANDSHAKE_H
#define ONEM2M_BENCH_HANDSHAKE_H

#include <openssl/ssl.h>

/* Both ends of a TLS 1.2 connection, ECDHE-ECDSA-AES128-GCM-SHA256, P-256. */
typedef struct {
    EVP_PKEY *key;
    X509 *certificate;
    SSL_CTX *client;
    SSL_CTX *server;
} BENCH_HANDSHAKE;

int bench_handshake_init(BENCH_HANDSHAKE *handshake, OSSL_LIB_CTX *libctx);
void bench_handshake_clear(BENCH_HANDSHAKE *handshake);

/* A bench_fn for a BENCH_HANDSHAKE: one full handshake, the client verifying the certificate, over
 * memory BIOs. */
int bench_handshake_run(void *state);

#endif
