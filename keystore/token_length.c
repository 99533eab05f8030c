/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "token_internal.h"

int onem2m_token_check_length(size_t length, ONEM2M_ERROR *error)
{
    return (length >= ONEM2M_TOKEN_KEY_MIN && length <= ONEM2M_TOKEN_KEY_MAX) ||
           onem2m_refuse(error, ONEM2M_R_BAD_KEY_LENGTH, ONEM2M_NO_OFFSET,
                         "a key of %zu octets for a PKCS#11 token: %d to %d are allowed", length,
                         ONEM2M_TOKEN_KEY_MIN, ONEM2M_TOKEN_KEY_MAX);
}

int onem2m_token_check_key(const ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    return onem2m_token_check_length(key->key_length, error) &&
           (onem2m_token_reference_fits(key->custody, key->key_length, key->length) ||
            onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                          "a reference of %zu octets is of no key of a PKCS#11 token that has %zu",
                          key->length, key->key_length));
}

int onem2m_token_choose_stored(ONEM2M_TOKEN_CALL *call, int is_wrapped, size_t key_length,
                               size_t *stored)
{
    int can = 1;

    *stored = key_length;
    if (key_length < ONEM2M_TOKEN_SHORT)
        can = onem2m_token_can(call, ONEM2M_TOKEN_MACS_SHORT, ONEM2M_CUSTODY_WRAPPED);
    if (can > 0 && is_wrapped)
        can = onem2m_token_can_wrap(call, key_length);
    if (can == 0)
        *stored = onem2m_token_padded_length(key_length);
    return can >= 0;
}
