/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_DESCRIBE_H
#define ONEM2M_KEY_DESCRIBE_H

#include "keystore/key.h"
#include "output.h"

/* Everything about a key but its octets. octets: how many they are. */
void describe_key(OUTPUT *output, const ONEM2M_ATTRIBUTES *attributes, size_t octets,
                  int protection, ONEM2M_TIME now);

/* The state as a list shows it: "expired" for a key that is active or suspended no more. */
const char *describe_state(ONEM2M_STATE state, int is_expired);

#endif
