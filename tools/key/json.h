/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_JSON_H
#define ONEM2M_KEY_JSON_H

#include <stdint.h>
#include <stdio.h>
#include "keystore/text.h"

/*
 * Writes one JSON value (RFC 8259), piece by piece. name: of the member, NULL
 * for an element of an array and for the whole.
 */
#define JSON_DEPTH_MAX 8

typedef struct {
    FILE *stream;
    unsigned int depth;
    char closing[JSON_DEPTH_MAX];
    unsigned long count[JSON_DEPTH_MAX]; /* of members or elements so far */
} JSON;

void json_begin_object(JSON *json, const char *name);
void json_begin_array(JSON *json, const char *name);

/* Ends the innermost object or array. */
void json_end(JSON *json);

/* Octets that are not UTF-8 become U+FFFD. */
void json_text(JSON *json, const char *name, ONEM2M_SLICE text);
void json_number(JSON *json, const char *name, uint64_t number);
void json_boolean(JSON *json, const char *name, int value);

#endif
