/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_IDENTIFIER_H
#define ONEM2M_KEYSTORE_IDENTIFIER_H

#include <stdint.h>
#include "text.h"

/* A letter of the Roman alphabet, a digit, '.', '_' or '-' (sec:relKeyID, TS-0003 12.2). */
int onem2m_is_name_octet(unsigned char octet);

/* Moves the offset of a refusal of a part, if it has one, to the text that the part begins base
 * octets into. Returns 0. */
int onem2m_refuse_part(ONEM2M_ERROR *error, size_t base);

/* The copy that onem2m_id_print describes, of length octets of text. */
int onem2m_print_text(const char *text, size_t length, char *out, size_t *size,
                      ONEM2M_ERROR *error);

/*
 * Takes a public key identifier, as ni URI or in the form of a Credential-ID,
 * to the latter: "sha-256-128.f4OxZX_x_FO5LcGBSKHWXQ". canonical: NUL-terminated.
 */
int onem2m_public_key_id_canonical(char canonical[ONEM2M_PUBLIC_KEY_ID_MAX + 1], size_t *size,
                                   const char *text, size_t length, ONEM2M_ERROR *error);

/* The SUIDs of a usage, as bits 1 << SUID. */
uint64_t onem2m_usage_suids(ONEM2M_USAGE usage);

#endif
