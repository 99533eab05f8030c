/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_SECRET_INPUT_H
#define ONEM2M_KEY_SECRET_INPUT_H

#include "keystore/secret.h"
#include "keystore/text.h"

/*
 * Reads a key's octets from a file, or with path NULL from standard input: as
 * they are, or in hexadecimal with white space around it. A terminal is asked
 * without echo. *secret: zeroed; to be cleared.
 */
int secret_read(ONEM2M_SECRET *secret, const char *path, int is_binary, ONEM2M_ERROR *error);

/*
 * Hexadecimal text to octets, at most size; *length is set to their number.
 * what: names the text in a refusal, which never shows a digit of it.
 */
int hex_read(unsigned char *octets, size_t size, size_t *length, ONEM2M_SLICE text,
             const char *what, ONEM2M_ERROR *error);

/* Two digits for each octet, in upper case, without a NUL. */
void hex_write(char *text, const unsigned char *octets, size_t length);

#endif
