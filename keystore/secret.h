/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_SECRET_H
#define ONEM2M_KEYSTORE_SECRET_H

#include <stddef.h>

/*
 * The one home of a key's octets: in OpenSSL's secure heap where the
 * application has set one up, cleansed whenever they are replaced or dropped.
 * A zeroed structure is an absent secret.
 */
typedef struct {
    unsigned char *octets;
    size_t length;
    size_t capacity;
    int is_public; /* set before use: no secret, kept out of the secure heap, cleansed all the same
                    */
} ONEM2M_SECRET;

/* Makes room for capacity octets; what is held stays. Returns 0 when memory is out. */
int onem2m_secret_reserve(ONEM2M_SECRET *secret, size_t capacity);

/* Replaces what is held by length octets, at most what onem2m_secret_reserve made room for. */
void onem2m_secret_assign(ONEM2M_SECRET *secret, const unsigned char *octets, size_t length);

/* Cleanses and frees. */
void onem2m_secret_clear(ONEM2M_SECRET *secret);

#endif
