/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_PSK_H
#define ONEM2M_BENCH_PSK_H

#include <openssl/ssl.h>
#include "names.h"
#include "store_files.h"

/* Connections by PSK over memory. */

#define BENCH_CLIENTS 64

/* Clients that have a key of the store each, and a server; shared by threads. */
typedef struct {
    SSL_CTX *clients[BENCH_CLIENTS];
    SSL_CTX *server;
} BENCH_PSK;

/* Who answers libssl's callbacks: one with a constant key, or the engine. */
typedef enum { BENCH_PSK_PLAIN, BENCH_PSK_SERVER, BENCH_PSK_BOTH } BENCH_PSK_ENGINE;

int bench_psk_init(BENCH_PSK *psk, OSSL_LIB_CTX *libctx, const BENCH_STORE_FILES *files,
                   BENCH_PSK_ENGINE engine);
void bench_psk_clear(BENCH_PSK *psk);

/* Both ends of a connection. */
typedef struct {
    SSL *client, *server;
} BENCH_PAIR;

/* Returns 0 when the handshake failed; to be freed all the same. */
int bench_pair_connect(BENCH_PAIR *pair, SSL_CTX *client, SSL_CTX *server);
void bench_pair_free(BENCH_PAIR *pair);

#endif
