/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A MEF and a CSE with certificates of one CA, and their connections.
 */
#ifndef ONEM2M_TESTS_PEER_USUAL_H
#define ONEM2M_TESTS_PEER_USUAL_H

#include <string.h>
#include "pair.h"

#define MEF "mef.example.com"

/* The MEF, expected. */
extern const ONEM2M_PEER mef;

/* The MEF's and the CSE's: of a group of tests, between these two. */
extern CHAIN server_chain, client_chain;
int usual_set_up(void **state);
int usual_tear_down(void **state);

/* A client that trusts the server's root, and that server. */
void make_usual(PAIR *pair);

/* The same connection object with another server. */
void connect_again(PAIR *pair, SSL_CTX *server);

#endif
