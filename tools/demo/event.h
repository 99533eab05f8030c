/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_EVENT_H
#define ONEM2M_DEMO_EVENT_H

#include "failure.h"
#include "message.h"

/*
 * What a process reports to the parent, before others can see what it did: all
 * write to one pipe, so that the parent reads causes before effects.
 */
typedef enum {
    EVENT_NOTE = 1,    /* something it did for itself */
    EVENT_MESSAGE = 2, /* it sends something to another one */
    EVENT_REFUSAL = 3, /* it refuses, and why: its audit, which the peer does not see */
    EVENT_VALUE = 4,   /* it holds this: a name, an identifier, a fingerprint of a key */
    EVENT_DONE = 5,    /* it did what it was told */
    EVENT_FAILED = 6   /* it could not */
} EVENT_KIND;

#define EVENT_NAME 24
#define EVENT_TEXT 1200 /* with the rest within PIPE_BUF */

typedef struct {
    EVENT_KIND kind;
    char at[EVENT_NAME];     /* the process: MEF, MAF, A, B, C */
    char to[EVENT_NAME];     /* of a message */
    char clause[EVENT_NAME]; /* of TS-0003, or empty */
    char name[EVENT_NAME];   /* of a value */
    char text[EVENT_TEXT];
} EVENT;

int event_send(int fd, const EVENT *event);
/* 1, or 0 with the failure set when octets are no event. */
int event_decode(EVENT *event, const unsigned char *octets, size_t length, FAILURE *failure);

#endif
