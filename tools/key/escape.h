/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_ESCAPE_H
#define ONEM2M_KEY_ESCAPE_H

#include <stdint.h>
#include <stdio.h>
#include "keystore/text.h"

/* A character of text that may be hostile. */
typedef struct {
    const unsigned char *octets;
    size_t length;      /* of its octets */
    int32_t code_point; /* -1: an octet that is not UTF-8 */
    int is_plain;       /* shows as itself on a terminal and does nothing else */
} CHARACTER;

/* The character at *position, which is moved behind it; 0 at the end. */
int escape_next(CHARACTER *character, ONEM2M_SLICE text, size_t *position);

/*
 * Prints text so that a terminal shows it and obeys nothing: what is not plain
 * becomes \u{202E}, an octet that is not UTF-8 \xFF, a backslash \\.
 */
void escape_print(FILE *stream, ONEM2M_SLICE text);

#endif
