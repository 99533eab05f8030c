/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_MESSAGE_H
#define ONEM2M_DEMO_MESSAGE_H

#include <stddef.h>
#include <stdint.h>
#include "failure.h"

/*
 * What entities tell each other: the parameters of one table of the specification
 * as a CBOR map in deterministic encoding (RFC 8949 4.2.1), parameter names as
 * keys. Messages come from elsewhere: what is not exactly of the table is refused.
 */
#define MESSAGE_MAX 8192      /* octets of CBOR */
#define MESSAGE_PARAMETERS 12 /* of a table, at most */

typedef enum {
    PARAMETER_NUMBER,  /* unsigned integer, at most 32 bits */
    PARAMETER_BOOLEAN, /* true or false */
    PARAMETER_TEXT,    /* printable ASCII, not empty */
    PARAMETER_OCTETS,  /* byte string */
    PARAMETER_LIST     /* array of texts without spaces; here: separated by one space */
} PARAMETER_TYPE;

typedef struct {
    const char *name;
    PARAMETER_TYPE type;
    int optional;
} PARAMETER;

typedef struct {
    const char *number; /* of the table, in TS-0003 */
    const char *title;
    PARAMETER parameters[MESSAGE_PARAMETERS + 1]; /* the one after the last has no name */
} TABLE;

/* A value that is there. Text and lists end with a NUL that length does not count. */
typedef struct {
    int present;
    unsigned long number;
    size_t offset; /* into MESSAGE.values */
    size_t length;
} VALUE;

typedef struct {
    const TABLE *table;
    VALUE value[MESSAGE_PARAMETERS]; /* in the table's order */
    size_t used;
    int broken; /* a value that did not fit, or a name that the table has not */
    unsigned char values[MESSAGE_MAX];
} MESSAGE;

/* An empty message of that table. What was there is wiped. */
void message_begin(MESSAGE *message, const TABLE *table);
void message_clear(MESSAGE *message);

/* A value that does not suit makes the message unfit for encoding. */
void message_put_number(MESSAGE *message, const char *name, unsigned long number);
void message_put_boolean(MESSAGE *message, const char *name, int boolean);
/* Of text or list; nothing is put when text is empty and the parameter optional. */
void message_put_text(MESSAGE *message, const char *name, const char *text);
void message_put_octets(MESSAGE *message, const char *name, const unsigned char *octets,
                        size_t length);

int message_has(const MESSAGE *message, const char *name);
/* 0, "", NULL where the message has none; text lives as long as the message. */
unsigned long message_number(const MESSAGE *message, const char *name);
const char *message_text(const MESSAGE *message, const char *name);
const unsigned char *message_octets(const MESSAGE *message, const char *name, size_t *length);

/* Both return 1, or 0 with the failure set. *length: octets of room, then written. */
int message_encode(const MESSAGE *message, unsigned char *out, size_t *length, FAILURE *failure);
int message_decode(MESSAGE *message, const TABLE *table, const unsigned char *octets, size_t length,
                   FAILURE *failure);

/* Whether the octets are a message of that table. */
int message_is(const TABLE *table, const unsigned char *octets, size_t length);

/* The parameters for people, secrets as their number of octets; cut to size. */
void message_describe(const MESSAGE *message, char *out, size_t size);

#endif
