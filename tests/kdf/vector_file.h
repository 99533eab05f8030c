/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_KDF_VECTOR_FILE_H
#define ONEM2M_TESTS_KDF_VECTOR_FILE_H

#include <stddef.h>

/*
 * Test vectors as text: records of "Name = value" lines with empty lines
 * between them, comments after '#'.
 */
#define FIELDS_MAX 16

typedef struct {
    size_t line; /* of its first field, counted from 1 */
    size_t count;
    const char *names[FIELDS_MAX];
    const char *values[FIELDS_MAX];
} RECORD;

typedef struct {
    char *text; /* what the records point into */
    size_t count;
    RECORD *records;
} VECTOR_FILE;

/*
 * Reads a file of the directory that the environment's ONEM2M_VECTORS names, or
 * of the source tree. Returns 0, with a line on standard error, when it cannot.
 */
int vector_file_read(VECTOR_FILE *file, const char *name);
void vector_file_free(VECTOR_FILE *file);

/* The value of the record's first field of that name, NULL when there is none. */
const char *record_value(const RECORD *record, const char *name);

/* Hexadecimal digits to octets; returns how many, 0 when text is no such number that fits size. */
size_t octets_from_hex(unsigned char *octets, size_t size, const char *text);

#endif
