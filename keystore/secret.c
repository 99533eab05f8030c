/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "secret.h"

static unsigned char *allocate(const ONEM2M_SECRET *secret, size_t capacity)
{
    return secret->is_public ? OPENSSL_malloc(capacity) : OPENSSL_secure_malloc(capacity);
}

static void release(ONEM2M_SECRET *secret)
{
    if (secret->is_public)
        OPENSSL_clear_free(secret->octets, secret->capacity);
    else
        OPENSSL_secure_clear_free(secret->octets, secret->capacity);
}

int onem2m_secret_reserve(ONEM2M_SECRET *secret, size_t capacity)
{
    unsigned char *octets;

    if (capacity <= secret->capacity)
        return 1;
    octets = allocate(secret, capacity);
    if (octets == NULL)
        return 0;
    if (secret->length > 0)
        memcpy(octets, secret->octets, secret->length);
    release(secret);
    secret->octets = octets;
    secret->capacity = capacity;
    return 1;
}

void onem2m_secret_assign(ONEM2M_SECRET *secret, const unsigned char *octets, size_t length)
{
    if (length > 0)
        memmove(secret->octets, octets, length);
    if (length < secret->length)
        OPENSSL_cleanse(secret->octets + length, secret->length - length);
    secret->length = length;
}

void onem2m_secret_clear(ONEM2M_SECRET *secret)
{
    release(secret);
    secret->octets = NULL;
    secret->length = 0;
    secret->capacity = 0;
}
