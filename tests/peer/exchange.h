/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PEER_EXCHANGE_H
#define ONEM2M_TESTS_PEER_EXCHANGE_H

#include "pair.h"

typedef struct {
    unsigned char octets[ONEM2M_ESCERTKE_MESSAGE_MAX + 1];
    size_t length;
} MESSAGE;

/* The two ends, who expect each other, and the messages so far. */
typedef struct {
    CHAIN initiator, terminator;
    ONEM2M_ESCERTKE *initiating, *terminating;
    MESSAGE messages[6]; /* from 1 on; the last is what comes of message 4, nothing */
} EXCHANGE;

extern const ONEM2M_PEER initiator_expected, terminator_expected;

/* Made once, for every exchange that begins. */
void exchange_chains_make(EXCHANGE *exchange);
void exchange_chains_free(EXCHANGE *exchange);

void exchange_begin(EXCHANGE *exchange);
void exchange_end(EXCHANGE *exchange);

/* The end that takes message number (1 to 4; 0: the initiating end's first step). */
ONEM2M_ESCERTKE *exchange_taker(const EXCHANGE *exchange, int number);

/* Gives octets to the end that takes message number; what it answers becomes the next message. */
int exchange_give(EXCHANGE *exchange, int number, const unsigned char *octets, size_t length);

/* Genuine messages up to number; fails the test when one is refused. */
void exchange_run(EXCHANGE *exchange, int number);

#endif
