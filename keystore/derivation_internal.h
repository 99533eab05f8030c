/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_DERIVATION_INTERNAL_H
#define ONEM2M_KEYSTORE_DERIVATION_INTERNAL_H

#include <string.h>
#include <onem2m/params.h>
#include "derivation.h"

/* What a derivation is, for derivation.c and for those who define one. */

#define ONEM2M_KE_OCTETS 32
#define ONEM2M_SHA2_256 "SHA2-256"

#define ONEM2M_LITERAL(text)                                                                       \
    {                                                                                              \
        (const unsigned char *)(text), sizeof(text) - 1                                            \
    }
#define ONEM2M_WORDS(...)                                                                          \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* The message that a derivation gives to its MAC, in pieces, and room for those made on the way. */
#define ONEM2M_MESSAGE_PARTS_MAX 12
typedef struct {
    ONEM2M_SLICE parts[ONEM2M_MESSAGE_PARTS_MAX];
    size_t count;
    unsigned char made[16];
    size_t made_length;
} ONEM2M_MESSAGE;

typedef void ONEM2M_MESSAGE_FN(const ONEM2M_OPERAND *operands, ONEM2M_MESSAGE *message);
typedef int ONEM2M_DERIVE_FN(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac,
                             unsigned char *out, ONEM2M_ERROR *error);
typedef int ONEM2M_DERIVE_KEY_FN(const ONEM2M_DERIVATION_INPUT *input, int extractable,
                                 ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error);
typedef void ONEM2M_SCOPE_FN(const ONEM2M_OPERAND *operands, ONEM2M_DERIVATION_SCOPE *scope);

struct onem2m_derivation_st {
    const char *name;
    const char *clause;
    size_t key_min, key_max;
    int key_even;
    int is_release;
    const char *digest;
    int takes_digest;
    ONEM2M_MESSAGE_FN *message; /* the output is one MAC of this message, unless derive is set */
    ONEM2M_DERIVE_FN *derive;
    ONEM2M_DERIVE_KEY_FN *derive_key; /* the same of a key in a token, as another one there */
    ONEM2M_SCOPE_FN *scope; /* sets what of a zeroed scope its operands say, unless NULL */
    size_t operand_count;
    ONEM2M_OPERAND_RULE operands[ONEM2M_OPERANDS_MAX];
};

static inline void onem2m_message_append(ONEM2M_MESSAGE *message, ONEM2M_SLICE part)
{
    message->parts[message->count++] = part;
}

/* Appends octets that no operand holds; a message makes at most 16 of them. */
static inline void onem2m_message_make(ONEM2M_MESSAGE *message, const void *octets, size_t length)
{
    unsigned char *made = message->made + message->made_length;
    const ONEM2M_SLICE part = { made, length };

    memcpy(made, octets, length);
    message->made_length += length;
    onem2m_message_append(message, part);
}

#endif
