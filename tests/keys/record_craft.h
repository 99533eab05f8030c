/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_KEYS_RECORD_CRAFT_H
#define ONEM2M_TESTS_KEYS_RECORD_CRAFT_H

#include "record_fixture.h"

/* Records made of hexadecimal, under the key of record_fixture.h, right or wrong. */

typedef struct {
    unsigned char octets[2048];
    size_t length;
} CRAFT_BUFFER;

/* Hexadecimal of the parts of a record; NULL for what the fixed record has. */
typedef struct {
    const char *what;
    int good;
    const char *protected_header;
    const char *attributes; /* only without protected_header */
    const char *cose_key;
    const char *start, *unprotected_header, *end; /* before, between, after the strings */
} CRAFTED;

/* What it takes when nothing else is said. */
#define CRAFT_ATTRIBUTES "a3010203010401"
#define CRAFT_KEY                                                                                  \
    "a201042048"                                                                                   \
    "3132333435363738"

void craft(CRAFT_BUFFER *record, const CRAFTED *crafted);

#endif
