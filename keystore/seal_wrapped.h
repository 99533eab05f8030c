/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_SEAL_WRAPPED_H
#define ONEM2M_KEYSTORE_SEAL_WRAPPED_H

#include <stdint.h>
#include "seal.h"

/*
 * A seal as a key of a token has wrapped it, in deterministic CBOR:
 *
 *   [ mechanism, IV or hash, ciphertext, token's label, its serial number,
 *     key's label, key's id ]
 *
 * The mechanism is its number in PKCS#11; the others are strings of octets, of CKM_AES_GCM its IV,
 * of CKM_RSA_PKCS_OAEP the name of the hash, "SHA-256" or "SHA-1". The
 * names are for messages alone: a key may be in several tokens.
 */
#define ONEM2M_TOKEN_NAME_MAX 32 /* of each of the four */

typedef struct {
    uint64_t mechanism;
    ONEM2M_SLICE iv; /* or hash */
    ONEM2M_SLICE ciphertext;
    ONEM2M_SLICE token, serial, key, key_id; /* each at most ONEM2M_TOKEN_NAME_MAX octets */
} ONEM2M_WRAPPED_PARTS;

/* Returns 0 when it does not fit. */
int onem2m_wrapped_seal_encode(ONEM2M_WRAPPED_SEAL *wrapped, const ONEM2M_WRAPPED_PARTS *parts);

/* Slices of wrapped. */
int onem2m_wrapped_seal_decode(const ONEM2M_WRAPPED_SEAL *wrapped, ONEM2M_WRAPPED_PARTS *parts,
                               ONEM2M_ERROR *error);

/* Refuses because something else does not open it, and names whose it is. Returns 0. */
int onem2m_wrapped_seal_refuse(const ONEM2M_WRAPPED_SEAL *wrapped, const char *instead,
                               ONEM2M_ERROR *error);

#endif
