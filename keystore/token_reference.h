/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_TOKEN_REFERENCE_H
#define ONEM2M_KEYSTORE_TOKEN_REFERENCE_H

#include "token.h"

/* How long the reference of a key in a token is. */

/* A shorter key some tokens make no HMAC with SHA-256 with. */
#define ONEM2M_TOKEN_SHORT 32

/* A block of SHA-256: up to it zeros behind a key make no other HMAC (RFC 2104, 2). */
#define ONEM2M_TOKEN_PADDED_MAX 64

/* Octets that a key of a length has when it is wrapped (RFC 3394, RFC 5649). */
size_t onem2m_token_wrapped_length(size_t stored);

/* With zeros behind it: a block of 8 more than is needed, so that the wrapped length tells it from
 * RFC 5649. */
size_t onem2m_token_padded_length(size_t key_length);

/* How many octets a wrapped key has in its token: with or without zeros, as its length says. */
size_t onem2m_token_stored_length(const ONEM2M_TOKEN_KEY *wrapped);

/* Whether a key of key_length octets may have a reference of length octets. */
int onem2m_token_reference_fits(ONEM2M_CUSTODY custody, size_t key_length, size_t length);

#endif
