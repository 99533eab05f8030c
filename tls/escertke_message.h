/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TLS_ESCERTKE_MESSAGE_H
#define ONEM2M_TLS_ESCERTKE_MESSAGE_H

#include "keystore/error.h"

/* Table 8.7.2.2-1. */
#define ONEM2M_ESCERTKE_FIRST 1
#define ONEM2M_ESCERTKE_LAST 4

/*
 * Whether octets are message number (1 to 4): whole TLS records with whole
 * handshake messages, from the first to the last that the table gives for it,
 * and nothing after them. What they say, and their order, is libssl's to judge. An
 * alert alone is accepted for any message but the first, for libssl to tell. 1, or 0 with *error
 * filled in.
 */
int onem2m_escertke_message_check(int number, const unsigned char *octets, size_t length,
                                  ONEM2M_ERROR *error);

#endif
