/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_CBOR_H
#define ONEM2M_KEYSTORE_CBOR_H

#include <stdint.h>
#include "text.h"

/*
 * CBOR (RFC 8949) in the one form that its deterministic encoding (4.2.1)
 * allows, over libcbor's streaming decoder and encoders, and of it what records
 * and headers need: no tags, no indefinite lengths, no simple values or
 * floating point. No allocation, no tree, slices into the caller's octets.
 * Whoever reads a map checks that its keys ascend.
 */

typedef struct {
    const unsigned char *data;
    size_t length;
    size_t position;
} ONEM2M_CBOR_READER;

void onem2m_cbor_reader_init(ONEM2M_CBOR_READER *reader, ONEM2M_SLICE octets);

/*
 * Each takes the next item when it is of that type and encoded as short as can
 * be, and returns 1; otherwise 0, the reader where it was, the output untouched.
 */
int onem2m_cbor_read_unsigned(ONEM2M_CBOR_READER *reader, uint64_t *value);
/* A negative integer -1 - n: *n. */
int onem2m_cbor_read_negative(ONEM2M_CBOR_READER *reader, uint64_t *n);
int onem2m_cbor_read_octets(ONEM2M_CBOR_READER *reader, ONEM2M_SLICE *octets);
int onem2m_cbor_read_text(ONEM2M_CBOR_READER *reader, ONEM2M_SLICE *text);
int onem2m_cbor_read_array(ONEM2M_CBOR_READER *reader, uint64_t *count);
int onem2m_cbor_read_map(ONEM2M_CBOR_READER *reader, uint64_t *pairs);

/* Whether a map's next key, or an array's next item, is exactly this number. */
int onem2m_cbor_expect_unsigned(ONEM2M_CBOR_READER *reader, uint64_t value);

/* Whether what comes next is encoded exactly so: of what always is the same, the one encoding. */
int onem2m_cbor_expect_encoded(ONEM2M_CBOR_READER *reader, ONEM2M_SLICE octets);

/* Whether everything was read. */
int onem2m_cbor_at_end(const ONEM2M_CBOR_READER *reader);

typedef struct {
    unsigned char *data;
    size_t size;
    size_t length;
    int full; /* something did not fit; what is there is of no use */
} ONEM2M_CBOR_WRITER;

void onem2m_cbor_writer_init(ONEM2M_CBOR_WRITER *writer, unsigned char *data, size_t size);
void onem2m_cbor_write_unsigned(ONEM2M_CBOR_WRITER *writer, uint64_t value);
void onem2m_cbor_write_negative(ONEM2M_CBOR_WRITER *writer, uint64_t n);
void onem2m_cbor_write_octets(ONEM2M_CBOR_WRITER *writer, ONEM2M_SLICE octets);
void onem2m_cbor_write_text(ONEM2M_CBOR_WRITER *writer, ONEM2M_SLICE text);
void onem2m_cbor_write_array(ONEM2M_CBOR_WRITER *writer, size_t count);
void onem2m_cbor_write_map(ONEM2M_CBOR_WRITER *writer, size_t pairs);
/* The head of a string of octets whose octets follow otherwise. */
void onem2m_cbor_write_octets_head(ONEM2M_CBOR_WRITER *writer, size_t length);
/* What is CBOR already, or the octets of such a string. */
void onem2m_cbor_write_encoded(ONEM2M_CBOR_WRITER *writer, ONEM2M_SLICE octets);

#endif
