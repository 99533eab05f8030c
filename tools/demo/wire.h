/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_WIRE_H
#define ONEM2M_DEMO_WIRE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Messages over the two pipes between the parent and a role: a list of named
 * fields. Each field is the length of its name (1 octet), the name, the length
 * of its value (2 octets), the value; a message is preceded by its length (2
 * octets).
 */
#define WIRE_MESSAGE_MAX 8192

typedef struct {
    size_t length;
    unsigned char octets[WIRE_MESSAGE_MAX];
} WIRE_MESSAGE;

typedef enum {
    WIRE_RECEIVED,
    WIRE_CLOSED, /* the other end closed the pipe before a message began */
    WIRE_LATE,   /* the deadline passed */
    WIRE_BROKEN  /* a message cut short, too long, or a read error */
} WIRE_RESULT;

/* Milliseconds of a clock that never goes back, for deadlines. */
int64_t wire_clock(void);

/* Empties a message and wipes what was in it. */
void wire_clear(WIRE_MESSAGE *message);

/* Append a field; 0 when it does not fit. */
int wire_put(WIRE_MESSAGE *message, const char *name, const void *value, size_t length);
int wire_put_text(WIRE_MESSAGE *message, const char *name, const char *text);
int wire_put_number(WIRE_MESSAGE *message, const char *name, unsigned long number);

/* The field called name, pointing into message; NULL when there is none. */
const unsigned char *wire_get(const WIRE_MESSAGE *message, const char *name, size_t *length);
const char *wire_get_text(const WIRE_MESSAGE *message, const char *name);
/* 0 when there is no such number, or one above maximum. */
int wire_get_number(const WIRE_MESSAGE *message, const char *name, unsigned long maximum,
                    unsigned long *number);

/* 1, or 0 when the pipe is closed or broken. */
int wire_send(int fd, const WIRE_MESSAGE *message);
WIRE_RESULT wire_receive(int fd, WIRE_MESSAGE *message, int64_t deadline);

#endif
