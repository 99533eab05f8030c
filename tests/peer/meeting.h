/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A handshake of which one end verifies the other: the peer's certificate, what is expected, and
 * how it ends.
 */
#ifndef ONEM2M_TESTS_PEER_MEETING_H
#define ONEM2M_TESTS_PEER_MEETING_H

#include <string.h>
#include "pair.h"

#define SUCCEEDS (-1)
#define DEVICE "0.2.481.1.100.3030.10011"
#define AE "//sp.example.com/cse1/C7"

/* Whose end verifies. */
typedef enum { AT_CLIENT, AT_SERVER } SIDE;
#define SIDE_NAME(side) ((side) == AT_CLIENT ? "at a client" : "at a server")

/* One handshake, its verifying end, and what that one needs besides the root. */
typedef struct {
    PAIR pair;
    SSL *verifier;
    int *alert;
} MEETING;

/* With peer's chain at the end that is verified, and usual ones for what is NULL. */
void meet(MEETING *meeting, SIDE side, const CHAIN *peer, const CHAIN *trusted,
          const SSL_METHOD *method);

/* How the handshake failed, and that nobody was verified by it. */
void check_refused(MEETING *meeting, int alert, ONEM2M_REASON reason, const char *refusal);

#endif
