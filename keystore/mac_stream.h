/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_MAC_STREAM_H
#define ONEM2M_KEYSTORE_MAC_STREAM_H

#include "material.h"

/*
 * HMAC of a message that comes in pieces, where the key is. With a key in a
 * token the message is collected, since a session of a token is not kept from
 * call to call, and computed at the end. A zeroed structure has not begun.
 */
#define ONEM2M_COLLECTED_MAX ((size_t)16 * 1024 * 1024)

typedef struct {
    ONEM2M_HMAC_STREAM software;
    ONEM2M_TOKEN *token; /* borrowed of the store; NULL: in software, or not begun */
    ONEM2M_TOKEN_KEY key;
    EVP_MD *digest; /* likewise */
    ONEM2M_SECRET message;
} ONEM2M_MAC_STREAM;

/* The digest of the message that has begun; NULL: none has. */
const EVP_MD *onem2m_mac_stream_digest(const ONEM2M_MAC_STREAM *stream);

/* Whether something of the message has come. */
int onem2m_mac_stream_has_message(const ONEM2M_MAC_STREAM *stream);

/* As those of ONEM2M_HMAC_STREAM; a message of more than ONEM2M_COLLECTED_MAX octets is refused. */
int onem2m_mac_stream_begin(ONEM2M_MAC_STREAM *stream, const EVP_MD *digest,
                            const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error);
int onem2m_mac_stream_update(ONEM2M_MAC_STREAM *stream, ONEM2M_SLICE part, ONEM2M_ERROR *error);
int onem2m_mac_stream_finish(ONEM2M_MAC_STREAM *stream, unsigned char *out, ONEM2M_ERROR *error);
int onem2m_mac_stream_copy(ONEM2M_MAC_STREAM *to, const ONEM2M_MAC_STREAM *from,
                           ONEM2M_ERROR *error);
void onem2m_mac_stream_end(ONEM2M_MAC_STREAM *stream);

#endif
