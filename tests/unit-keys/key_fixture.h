/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_UNIT_KEYS_KEY_FIXTURE_H
#define ONEM2M_TESTS_UNIT_KEYS_KEY_FIXTURE_H

#include "expect.h"
#include "keystore/key.h"

extern const unsigned char key_octets[32];
extern const ONEM2M_MATERIAL key_material; /* of them */

ONEM2M_SLICE slice(const char *text);
/* expected: NULL when there should be no text at all. */
void assert_text(ONEM2M_SLICE text, const char *expected);

/* Attributes of a kind that may be stored, with the first SUID of the contract's table. */
ONEM2M_ATTRIBUTES valid_attributes(ONEM2M_KIND kind);
ONEM2M_ATTRIBUTES valid_registration(void);

#endif
