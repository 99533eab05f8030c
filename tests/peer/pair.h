/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PEER_PAIR_H
#define ONEM2M_TESTS_PEER_PAIR_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include <openssl/ssl.h>
#include <onem2m/tls.h>
#include "pki.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What the checks that follow are about: printed when one fails. */
extern char current_subject[256];
#define subject(...) snprintf(current_subject, sizeof(current_subject), __VA_ARGS__)

/* An assertion that says what it was about, in loops over tables. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("%s: %s", current_subject, #condition);                                       \
    } while (0)

/* A CA that signs itself, one that it signed, and an entity's certificate. */
typedef struct {
    IDENTITY root, ca, entity;
} CHAIN;

/* What is NULL is a usual one: a root, a CA with those constraints that entity needs. */
void chain_make(CHAIN *chain, const SPEC *root, const SPEC *ca, const SPEC *entity);
void chain_free(CHAIN *chain);

/* A context of the certificate profile: method TLS_method or DTLS_method, with the entity's
 * certificate and the CA's, when chain is not NULL, trusting that root, when it is not. */
SSL_CTX *context_make(const SSL_METHOD *method, const CHAIN *chain, const CHAIN *trusted);

/* Two connections with each other; their contexts are theirs. */
typedef struct {
    SSL *client, *server;
    int client_alert, server_alert; /* that the end sent: its number, or -1 */
    ONEM2M_REASON reason;           /* the engine's on the queue of the end that failed first */
} PAIR;

void pair_make(PAIR *pair, SSL_CTX *client, SSL_CTX *server);
/* 1 when both handshakes finish. */
int pair_shake_hands(PAIR *pair);
void pair_free(PAIR *pair);

/* The engine's first reason on the error queue, or ONEM2M_R_NONE; empties it. */
ONEM2M_REASON take_reason(void);

/* Who was verified; credential_id: NULL when it does not matter. */
void check_identity(const SSL *ssl, const char *entity_id, const char *credential_id);
/* That there is nobody to name, for that reason. */
void check_nobody(const SSL *ssl, ONEM2M_REASON reason);

#endif
