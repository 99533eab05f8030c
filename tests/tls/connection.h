/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_TLS_CONNECTION_H
#define ONEM2M_TESTS_TLS_CONNECTION_H

#include <openssl/ssl.h>
#include <onem2m/id.h>
#include <onem2m/tls.h>
#include "support.h"

/* Two ends of a connection in one process, each with its own library context, store and keys. */

#define MEF "mef.example.com"
#define MAF "maf.example.com"
#define KPM_ID "enrolee7@" MEF
#define KM_ID "km7@" MAF
#define KPSA_ID "kpsa7@issuer.example.com"
#define KC_ID "0123456789ABCDEF0123456789ABCDEF@" MAF

typedef struct {
    PLACE client, server;
} ENDS;

/* cmocka's fixtures: *state becomes an ENDS. */
int make_ends(void **state);
int remove_ends(void **state);

/* Puts a key of length octets, all of them filler, into a store. more: further attributes. */
void store_key(const PLACE *place, const char *kind, const char *key_id, unsigned int suid,
               unsigned char filler, size_t length, const OSSL_PARAM more[]);
/* The same key, of 32 octets, for both. */
void share_key(const ENDS *ends, const char *kind, const char *key_id, unsigned int suid);
/* Changes one text of a stored key. */
void change_key(const PLACE *place, const char *uri, const char *name, const char *value);

/* SSL_CTXs of an end, onem2m_tls_use called; TLS 1.2 and the profile unless profile is 0. */
SSL_CTX *context_of(const PLACE *place, const SSL_METHOD *method, ONEM2M_PROFILE profile);

typedef struct {
    SSL *client, *server;
    int client_alert, server_alert; /* received by it: SSL_AD_*, -1: none */
} PAIR;

/* New connections of the contexts over memory; to be freed by pair_free. */
void pair_make(PAIR *pair, SSL_CTX *client, SSL_CTX *server);
/* Goes on until both have finished (1) or neither goes on (0). */
int pair_shake(PAIR *pair);
/* That it finishes, and leaves nothing on the queue. */
void must_shake(PAIR *pair);
void pair_free(PAIR *pair);
/* That octets sent by one arrive at the other, both ways. */
void check_talks(PAIR *pair);

/* A client of any identity and key, by libssl's own callback; what points there is not copied. */
typedef struct {
    const char *identity;
    unsigned char key[64];
    size_t length;
} STRANGER;
void become_stranger(SSL_CTX *client, STRANGER *stranger);

/* How a handshake ended that did not finish. */
typedef struct {
    int client_alert, server_alert;
    char refusal[192]; /* onem2m_tls_refusal of the server */
} ENDING;
/* Shakes hands and checks that it fails. */
void must_fail(SSL_CTX *client, SSL_CTX *server, ENDING *ending);

/* As check_refused of support.h, with an error of the TLS engine. */
void check_engine_refused(ONEM2M_REASON reason, const char *detail);

#endif
