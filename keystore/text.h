/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_TEXT_H
#define ONEM2M_KEYSTORE_TEXT_H

#include "error.h"

/* Octets that somebody else owns. */
typedef struct {
    const unsigned char *data;
    size_t length;
} ONEM2M_SLICE;

/* Text longer than this many octets is refused before it is normalised: NFKC shortens a character
 * to a quarter of its octets at the most. */
#define ONEM2M_TEXT_INPUT_MAX(canonical_max) ((size_t)4 * (canonical_max))

/* Room for the canonical form of any text, in octets. */
#define ONEM2M_TEXT_MAX 1024

/*
 * UTF-8 text to Normalization Form KC. text: length octets. ASCII without
 * control characters is its own normal form: then *canonical is text itself.
 * Otherwise the form is written into buffer (size octets, at most
 * ONEM2M_TEXT_MAX used) and *canonical points there. Refuses invalid UTF-8 and
 * control characters (NUL among them), and text that does not fit.
 */
int onem2m_text_normalize(ONEM2M_SLICE *canonical, const char *text, size_t length, char *buffer,
                          size_t size, ONEM2M_ERROR *error);

/*
 * Whether text, which is in NFKC, is an FQDN of TS-0004 6.2.3 (1 to 253 octets
 * of labels of 1 to 63: lower case letters, digits, hyphens inside, letters
 * outside ASCII with their marks). error->offset counts from text.
 */
int onem2m_fqdn_check(const unsigned char *text, size_t length, ONEM2M_ERROR *error);

/* Whether text is an FQDN of ASCII: what nearly every one is, and its own normal form. */
int onem2m_fqdn_is_ascii(const char *text, size_t length);

/* As onem2m_text_normalize and onem2m_fqdn_check in turn: the octets that a derivation hashes. */
int onem2m_fqdn_normalize(ONEM2M_SLICE *canonical, const char *text, size_t length, char *buffer,
                          size_t size, ONEM2M_ERROR *error);

#endif
