/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "token_internal.h"

/* A shorter key some tokens make no HMAC with SHA-256 with. */
#define SHORT 32

int onem2m_token_check_length(size_t length, ONEM2M_ERROR *error)
{
    return (length >= ONEM2M_TOKEN_KEY_MIN && length <= ONEM2M_TOKEN_KEY_MAX) ||
           onem2m_refuse(error, ONEM2M_R_BAD_KEY_LENGTH, ONEM2M_NO_OFFSET,
                         "a key of %zu octets for a PKCS#11 token: %d to %d are allowed", length,
                         ONEM2M_TOKEN_KEY_MIN, ONEM2M_TOKEN_KEY_MAX);
}

size_t onem2m_token_wrapped_length(size_t stored)
{
    return (stored + 7) / 8 * 8 + 8;
}

/* A block of 8 more than is needed, so that the wrapped length tells it from RFC 5649. */
size_t onem2m_token_padded_length(size_t key_length)
{
    const size_t padded = (key_length + 7) / 8 * 8 + 8;

    if (padded > ONEM2M_TOKEN_PADDED_MAX)
        return key_length;
    return padded < SHORT ? SHORT : padded;
}

size_t onem2m_token_stored_length(const ONEM2M_TOKEN_KEY *wrapped)
{
    return wrapped->length == onem2m_token_wrapped_length(wrapped->key_length)
               ? wrapped->key_length
               : onem2m_token_padded_length(wrapped->key_length);
}

static int check_reference(const ONEM2M_TOKEN_KEY *key)
{
    if (key->custody == ONEM2M_CUSTODY_OBJECT)
        return key->length == ONEM2M_TOKEN_ID_OCTETS;
    return key->custody == ONEM2M_CUSTODY_WRAPPED &&
           key->length == onem2m_token_wrapped_length(onem2m_token_stored_length(key));
}

int onem2m_token_check_key(const ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    return onem2m_token_check_length(key->key_length, error) &&
           (check_reference(key) ||
            onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                          "a reference of %zu octets is of no key of a PKCS#11 token that has %zu",
                          key->length, key->key_length));
}

int onem2m_token_choose_stored(ONEM2M_TOKEN_CALL *call, int is_wrapped, size_t key_length,
                               size_t *stored)
{
    int can = 1;

    *stored = key_length;
    if (key_length < SHORT)
        can = onem2m_token_can(call, ONEM2M_TOKEN_MACS_SHORT, ONEM2M_CUSTODY_WRAPPED);
    if (can > 0 && is_wrapped)
        can = onem2m_token_can_wrap(call, key_length);
    if (can == 0)
        *stored = onem2m_token_padded_length(key_length);
    return can >= 0;
}
