/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "token_reference.h"

size_t onem2m_token_wrapped_length(size_t stored)
{
    return (stored + 7) / 8 * 8 + 8;
}

size_t onem2m_token_padded_length(size_t key_length)
{
    const size_t padded = (key_length + 7) / 8 * 8 + 8;

    if (padded > ONEM2M_TOKEN_PADDED_MAX)
        return key_length;
    return padded < ONEM2M_TOKEN_SHORT ? ONEM2M_TOKEN_SHORT : padded;
}

size_t onem2m_token_stored_length(const ONEM2M_TOKEN_KEY *wrapped)
{
    return wrapped->length == onem2m_token_wrapped_length(wrapped->key_length)
               ? wrapped->key_length
               : onem2m_token_padded_length(wrapped->key_length);
}

int onem2m_token_reference_fits(ONEM2M_CUSTODY custody, size_t key_length, size_t length)
{
    if (custody == ONEM2M_CUSTODY_OBJECT)
        return length == ONEM2M_TOKEN_ID_OCTETS;
    return custody == ONEM2M_CUSTODY_WRAPPED &&
           (length == onem2m_token_wrapped_length(key_length) ||
            length == onem2m_token_wrapped_length(onem2m_token_padded_length(key_length)));
}
