/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_KEY_INTERNAL_H
#define ONEM2M_KEYSTORE_KEY_INTERNAL_H

#include "key.h"

/* What the files key*.c share. */

typedef struct {
    const char *name;
    ONEM2M_ID_KIND id_kind;
    size_t octets_min, octets_max;
    const char *clause; /* of the size */
} ONEM2M_KIND_FORM;

extern const ONEM2M_KIND_FORM onem2m_kind_forms[ONEM2M_KIND_MAX + 1];

int onem2m_is_kind(ONEM2M_KIND kind);
int onem2m_is_state(ONEM2M_STATE state);

/* The first octet that is no hexadecimal digit; length when all are. */
size_t onem2m_hex_span(const char *text, size_t length);

/* Where canonical texts go. */
typedef struct {
    char *out; /* NULL: they are only measured */
    size_t length;
    int is_strict; /* a text that is not in canonical form is refused */
} ONEM2M_SINK;

void onem2m_sink_put(ONEM2M_SINK *sink, const void *octets, size_t length);

/* Reads a text attribute, which may be absent, and puts its canonical form. */
int onem2m_text_read(ONEM2M_SINK *sink, ONEM2M_TEXT which, const ONEM2M_ATTRIBUTES *attributes,
                     ONEM2M_ERROR *error);

int onem2m_same_text(ONEM2M_SLICE a, ONEM2M_SLICE b);

#endif
