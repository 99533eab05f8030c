/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_ESCAPE_H
#define ONEM2M_KEYSTORE_ESCAPE_H

#include <stdint.h>
#include "text.h"

/* Text so that a terminal shows it and obeys nothing. */

/* A character of text that may be hostile. */
typedef struct {
    const unsigned char *octets;
    size_t length;      /* of its octets */
    int32_t code_point; /* -1: an octet that is not UTF-8 */
    int is_plain;       /* shows as itself on a terminal and does nothing else */
} ONEM2M_CHARACTER;

/* The character at *position, which is moved behind it; 0 at the end. */
int onem2m_escape_next(ONEM2M_CHARACTER *character, ONEM2M_SLICE text, size_t *position);

/* Room for an escape with its NUL. */
#define ONEM2M_ESCAPE_SIZE sizeof("\\u{FFFFFFFF}")

/*
 * What is to be printed of a character: its own octets when it is plain, else
 * an escape that is written into buffer: \u{202E}, \xFF for an octet that is
 * not UTF-8, \\ for a backslash.
 */
ONEM2M_SLICE onem2m_escape_character(const ONEM2M_CHARACTER *character,
                                     char buffer[ONEM2M_ESCAPE_SIZE]);

#endif
