/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The four messages as RFC 5246 writes them: records (6.2.1) of handshake messages (7.4), a
 * ChangeCipherSpec (7.1), and what is encrypted after it.
 */
#include <openssl/ssl.h>
#include "tls/escertke_message.h"

#define CLAUSE "TS-0003 8.7.2.2"
#define RECORD_HEADER 5
#define ALERT_OCTETS 2
#define ENCRYPTED_EXPANSION 2048
#define HANDSHAKE_HEADER 4
#define NO_MESSAGE (-1)

/* Handshake messages in clear: the first may be one of two, the last likewise. */
typedef struct {
    int first[2];
    int last[2];
    int has_clear;
    int has_encrypted; /* ChangeCipherSpec and one record */
} PATTERN;

static const PATTERN patterns[] = {
    { { SSL3_MT_CLIENT_HELLO, NO_MESSAGE }, { SSL3_MT_CLIENT_HELLO, NO_MESSAGE }, 1, 0 },
    { { SSL3_MT_SERVER_HELLO, NO_MESSAGE }, { SSL3_MT_SERVER_DONE, NO_MESSAGE }, 1, 0 },
    { { SSL3_MT_CERTIFICATE, SSL3_MT_CLIENT_KEY_EXCHANGE },
      { SSL3_MT_CERTIFICATE_VERIFY, SSL3_MT_CLIENT_KEY_EXCHANGE },
      1,
      1 },
    { { NO_MESSAGE, NO_MESSAGE }, { NO_MESSAGE, NO_MESSAGE }, 0, 1 },
};

/* Where the reading is. */
typedef struct {
    const PATTERN *pattern;
    int number;
    const unsigned char *octets;
    size_t length;
    size_t offset; /* of the record */
    int type;      /* of the record */
    size_t size;   /* of its content */
    /* Handshake messages go across records. */
    unsigned char header[HANDSHAKE_HEADER];
    size_t header_read;
    size_t left; /* octets of the message still to come */
    int messages;
    int last; /* type of the last message begun */
    /* 0, 1 after ChangeCipherSpec, 2 after the record that follows it */
    int encrypted;
} READER;

static int refuse(const READER *reader, size_t offset, const char *why, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_MESSAGE, offset,
                         "message %d: %s at octet %zu (" CLAUSE ")", reader->number, why, offset);
}

static int read_record(READER *reader, ONEM2M_ERROR *error)
{
    const unsigned char *header = reader->octets + reader->offset;
    size_t left = reader->length - reader->offset;

    if (left < RECORD_HEADER)
        return refuse(reader, reader->length, "truncated", error);
    reader->type = header[0];
    reader->size = (size_t)header[3] << 8 | header[4];
    if (header[1] != SSL3_VERSION_MAJOR)
        return refuse(reader, reader->offset, "no TLS record", error);
    if (reader->size == 0 ||
        reader->size > SSL3_RT_MAX_PLAIN_LENGTH + (reader->encrypted ? ENCRYPTED_EXPANSION : 0))
        return refuse(reader, reader->offset, "a record of such a length", error);
    if (left - RECORD_HEADER < reader->size)
        return refuse(reader, reader->length, "truncated", error);
    return 1;
}

static int is_one_of(const int types[2], int type)
{
    return type == types[0] || type == types[1];
}

static int begin_message(READER *reader, size_t offset, ONEM2M_ERROR *error)
{
    reader->last = reader->header[0];
    reader->left =
        (size_t)reader->header[1] << 16 | (size_t)reader->header[2] << 8 | reader->header[3];
    if (reader->messages++ == 0 && !is_one_of(reader->pattern->first, reader->last))
        return refuse(reader, offset, "another message", error);
    return 1;
}

/* What may follow a message: nothing after ServerHelloDone or ClientHello. */
static int may_go_on(const READER *reader)
{
    return reader->pattern->has_encrypted || reader->messages == 0 ||
           !is_one_of(reader->pattern->last, reader->last);
}

static int read_handshake(READER *reader, ONEM2M_ERROR *error)
{
    size_t at = reader->offset + RECORD_HEADER, end = at + reader->size;

    while (at < end) {
        size_t taken = end - at < reader->left ? end - at : reader->left;

        if (reader->left > 0) {
            at += taken;
            reader->left -= taken;
            continue;
        }
        if (reader->header_read == 0 && !may_go_on(reader))
            return refuse(reader, at, "more than the message", error);
        reader->header[reader->header_read++] = reader->octets[at++];
        if (reader->header_read < HANDSHAKE_HEADER)
            continue;
        reader->header_read = 0;
        if (!begin_message(reader, at - HANDSHAKE_HEADER, error))
            return 0;
    }
    return 1;
}

static int clear_is_whole(const READER *reader)
{
    return reader->left == 0 && reader->header_read == 0 &&
           (reader->pattern->has_clear
                ? reader->messages > 0 && is_one_of(reader->pattern->last, reader->last)
                : reader->messages == 0);
}

static int read_change_cipher_spec(READER *reader, ONEM2M_ERROR *error)
{
    if (!reader->pattern->has_encrypted || !clear_is_whole(reader) || reader->size != 1 ||
        reader->octets[reader->offset + RECORD_HEADER] != SSL3_MT_CCS)
        return refuse(reader, reader->offset, "a ChangeCipherSpec out of place", error);
    reader->encrypted = 1;
    return 1;
}

static int read_content(READER *reader, ONEM2M_ERROR *error)
{
    if (reader->encrypted == 2)
        return refuse(reader, reader->offset, "more than the message", error);
    if (reader->encrypted == 1) {
        reader->encrypted = 2;
        return reader->type == SSL3_RT_HANDSHAKE ||
               refuse(reader, reader->offset, "no Finished", error);
    }
    if (reader->type == SSL3_RT_CHANGE_CIPHER_SPEC)
        return read_change_cipher_spec(reader, error);
    if (reader->type != SSL3_RT_HANDSHAKE || !reader->pattern->has_clear)
        return refuse(reader, reader->offset, "a record of another kind", error);
    return read_handshake(reader, error);
}

/* A record of its own, in clear or encrypted; nobody has failed before the first message. */
static int is_alert(const READER *reader)
{
    return reader->number > ONEM2M_ESCERTKE_FIRST &&
           reader->length >= RECORD_HEADER + ALERT_OCTETS && reader->octets[0] == SSL3_RT_ALERT &&
           reader->octets[1] == SSL3_VERSION_MAJOR &&
           reader->length == RECORD_HEADER + ((size_t)reader->octets[3] << 8 | reader->octets[4]);
}

int onem2m_escertke_message_check(int number, const unsigned char *octets, size_t length,
                                  ONEM2M_ERROR *error)
{
    READER reader = { .pattern = &patterns[number - ONEM2M_ESCERTKE_FIRST],
                      .number = number,
                      .octets = octets,
                      .length = length,
                      .last = NO_MESSAGE };

    if (is_alert(&reader))
        return 1;
    while (reader.offset < length) {
        if (!read_record(&reader, error) || !read_content(&reader, error))
            return 0;
        reader.offset += RECORD_HEADER + reader.size;
    }
    if (!clear_is_whole(&reader) || (reader.pattern->has_encrypted && reader.encrypted != 2))
        return refuse(&reader, length, "truncated", error);
    return 1;
}
