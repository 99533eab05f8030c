/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TEST_ENGINE_PEER_H
#define ONEM2M_TEST_ENGINE_PEER_H

#include <onem2m/tls.h>

#define ANSWERS_MAX 4

/* What this end of one connection is to be. Texts belong to argv. */
typedef struct {
    int serving;
    int datagrams;
    int allow_no_ems;
    int silent; /* handshake and export, then until the peer closes */
    int port;   /* of a server 0: any that is free */
    ONEM2M_PROFILE profile;
    ONEM2M_EXPORT what;
    const char *usage;
    const char *identity;  /* of a client's PSK */
    const char *authority; /* FQDN of the MEF or MAF: server name, and the identifier's FQDN */
    const char *peer;      /* name in the certificate of a server's client */
    const char *certificate_file, *key_file, *ca_file;
    const char *answers[ANSWERS_MAX]; /* hexadecimal, for the 1st, 2nd, ... message received */
    size_t answer_count;
} PEER_OPTIONS;

/* Returns 1, or 0 after saying on standard error how the program is called. */
int peer_read_options(PEER_OPTIONS *options, int argc, char **argv);

/*
 * A connected socket on the loopback interface, or -1. A server says "ready: PORT" on
 * standard output first, and takes one client.
 */
int peer_connect(const PEER_OPTIONS *options);

/* Prints what the engine knows of a finished handshake, and its exported key. Returns 1 or 0. */
int peer_report(const PEER_OPTIONS *options, SSL *ssl);

/*
 * Application data both ways: a client's line comes back, a server sends back what it gets;
 * or, with answers, each message received is printed and its answer sent. Returns 1 or 0.
 */
int peer_talk(const PEER_OPTIONS *options, SSL *ssl);

#endif
