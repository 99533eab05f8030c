/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_DIALOGUE_H
#define ONEM2M_DEMO_DIALOGUE_H

#include "connection.h"
#include "message.h"

/* Requests and answers on a connection; what is sent is reported. */

#define DIALOGUE_URI_MAX 600

typedef struct {
    char to[DIALOGUE_URI_MAX];
    char from[ENTITY_ID_SIZE]; /* the originator field: a claim */
    unsigned char content[MESSAGE_MAX];
    size_t content_length; /* 0: none */
} REQUEST;

/*
 * Sends a request and takes the answer, of table expected. content: NULL for none. A
 * failure answer (table 8.3.2.1-6) is a failure with the peer's ErrorString. 1, or 0.
 */
int dialogue_request(CONNECTION *connection, const char *clause, const char *to, const char *from,
                     const MESSAGE *content, const TABLE *expected, MESSAGE *answer,
                     FAILURE *failure);

/* 1, or 0 with the failure set; then also when the peer has closed: *closed is 1. */
int dialogue_take(CONNECTION *connection, REQUEST *request, int *closed, FAILURE *failure);

int dialogue_answer(CONNECTION *connection, const char *clause, const MESSAGE *answer,
                    FAILURE *failure);
/* 8.3.2.1 f: whether the originator field says who was authenticated; else why tells. */
int dialogue_is_from(const REQUEST *request, const char *identity, FAILURE *why);

/* The failure answer, and the audit, which the peer does not see. Returns 1 when it was sent. */
int dialogue_refuse(CONNECTION *connection, const char *clause, const char *error_string,
                    const char *audit, FAILURE *failure);

#endif
