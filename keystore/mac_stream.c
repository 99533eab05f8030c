/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>
#include "mac_stream.h"

#define ROOM_MIN 1024

static int refuse_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

const EVP_MD *onem2m_mac_stream_digest(const ONEM2M_MAC_STREAM *stream)
{
    if (stream->token != NULL)
        return stream->digest;
    return stream->software.inner != NULL ? EVP_MD_CTX_get0_md(stream->software.inner) : NULL;
}

int onem2m_mac_stream_has_message(const ONEM2M_MAC_STREAM *stream)
{
    return stream->software.has_message || stream->message.length > 0;
}

static void end_collecting(ONEM2M_MAC_STREAM *stream)
{
    onem2m_secret_clear(&stream->message);
    EVP_MD_free(stream->digest);
    stream->digest = NULL;
    stream->token = NULL;
}

static int begin_collecting(ONEM2M_MAC_STREAM *stream, const EVP_MD *digest,
                            const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    EVP_MD *own = (EVP_MD *)(uintptr_t)digest;
    const ONEM2M_TOKEN_KEY key = *material->key;

    if (!EVP_MD_up_ref(own))
        return refuse_memory(error);
    onem2m_mac_stream_end(stream);
    stream->token = material->token;
    stream->key = key;
    stream->digest = own;
    stream->message.is_public = 1; /* a message of 16 MiB is not for the secure heap */
    return 1;
}

int onem2m_mac_stream_begin(ONEM2M_MAC_STREAM *stream, const EVP_MD *digest,
                            const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    if (material->token != NULL)
        return begin_collecting(stream, digest, material, error);
    if (!onem2m_hmac_begin(&stream->software, digest, material->octets, error))
        return 0;
    end_collecting(stream);
    return 1;
}

static int collect(ONEM2M_SECRET *message, ONEM2M_SLICE part, ONEM2M_ERROR *error)
{
    size_t room = message->capacity < ROOM_MIN ? ROOM_MIN : message->capacity;

    if (part.length > ONEM2M_COLLECTED_MAX - message->length)
        return onem2m_refuse(error, ONEM2M_R_BAD_LENGTH, ONEM2M_NO_OFFSET,
                             "the message of a key in a PKCS#11 token is longer than %zu octets",
                             ONEM2M_COLLECTED_MAX);
    while (room < message->length + part.length)
        room *= 2;
    if (!onem2m_secret_reserve(message, room))
        return refuse_memory(error);
    memcpy(message->octets + message->length, part.data, part.length);
    message->length += part.length;
    return 1;
}

int onem2m_mac_stream_update(ONEM2M_MAC_STREAM *stream, ONEM2M_SLICE part, ONEM2M_ERROR *error)
{
    if (stream->token == NULL)
        return onem2m_hmac_update(&stream->software, part, error);
    return part.length == 0 || collect(&stream->message, part, error);
}

int onem2m_mac_stream_finish(ONEM2M_MAC_STREAM *stream, unsigned char *out, ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE message = { stream->message.octets, stream->message.length };
    int ok;

    if (stream->token == NULL)
        return onem2m_hmac_finish(&stream->software, out, error);
    ok = onem2m_token_mac(stream->token, &stream->key, stream->digest, &message, 1, out, error);
    onem2m_mac_stream_end(stream);
    return ok;
}

int onem2m_mac_stream_copy(ONEM2M_MAC_STREAM *to, const ONEM2M_MAC_STREAM *from,
                           ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = { .token = from->token, .key = &from->key };
    const ONEM2M_SLICE message = { from->message.octets, from->message.length };

    if (from->token == NULL)
        return onem2m_hmac_copy(&to->software, &from->software, error);
    if (!onem2m_mac_stream_begin(to, from->digest, &material, error))
        return 0;
    if (onem2m_mac_stream_update(to, message, error))
        return 1;
    onem2m_mac_stream_end(to);
    return 0;
}

void onem2m_mac_stream_end(ONEM2M_MAC_STREAM *stream)
{
    onem2m_hmac_end(&stream->software);
    end_collecting(stream);
}
