/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_SEAL_RSA_H
#define ONEM2M_KEYSTORE_SEAL_RSA_H

#include "pkcs11.h"
#include "seal_wrapped.h"

/*
 * A seal under an RSA key of a token, for seal_token.c: RSA-OAEP (RFC 8017 7.1)
 * of a text that says what it is, and the octets. It is unwrapped in the token by
 * C_Decrypt, and not by libp11, which would do it by a raw RSA operation and check
 * the padding outside, knows only the modules that are registered with p11-kit, and leaves methods
 * of its own in an OpenSSL that may unload this module.
 */

/*
 * With SHA-256, or SHA-1 where the token refuses that for OAEP (SoftHSM 2.6). It has opened what it
 * wrapped. ciphertext: ONEM2M_PKCS11_RSA_OCTETS_MAX octets, of which parts become slices.
 */
int onem2m_seal_rsa_wrap(const ONEM2M_SEAL *seal, const ONEM2M_PKCS11_RSA_KEY *key,
                         OSSL_LIB_CTX *libctx, unsigned char *ciphertext,
                         ONEM2M_WRAPPED_PARTS *parts, ONEM2M_ERROR *error);

/* seal->secret: reserved. *error says why, not whose it is. */
int onem2m_seal_rsa_unwrap(ONEM2M_SEAL *seal, const ONEM2M_PKCS11_RSA_KEY *key,
                           const ONEM2M_WRAPPED_PARTS *parts, ONEM2M_ERROR *error);

#endif
