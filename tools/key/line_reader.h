/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_LINE_READER_H
#define ONEM2M_KEY_LINE_READER_H

#include <stdint.h>
#include "keystore/text.h"

/* Reads lines that hold secrets: no copy of them is left behind. */
typedef struct {
    int fd;
    const char *path;
    unsigned char *buffer;
    size_t start, end; /* of what was read and not yet given out */
    int is_at_end;
    unsigned long line; /* the number of the line given out last, from 1 on */
    uint64_t done;      /* octets given out */
    uint64_t size;      /* of the file; 0: not known */
} LINE_READER;

/* path NULL: standard input. *reader: to be closed in any case. */
int line_reader_open(LINE_READER *reader, const char *path, ONEM2M_ERROR *error);
void line_reader_close(LINE_READER *reader);

/* The next line, without its end; valid until the next call: 1, 0 at the end, -1 with *error. */
int line_reader_next(LINE_READER *reader, ONEM2M_SLICE *line, ONEM2M_ERROR *error);

#endif
