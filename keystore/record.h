/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_RECORD_H
#define ONEM2M_KEYSTORE_RECORD_H

#include <openssl/evp.h>
#include "key.h"

/*
 * One key as octets: a COSE_Encrypt0 (RFC 9052 5.2) in deterministic CBOR (RFC
 * 8949 4.2.1), untagged:
 *
 *   [ protected: bstr { 1: 3 (A256GCM), -65537: epoch, -65538: attributes },
 *     unprotected: { 5: IV (12 octets) },
 *     ciphertext: bstr of COSE_Key { 1: 4 (Symmetric), -1: octets } || tag ]
 *
 * or, of a key in a token, { 1: 4, -65539: reference, -65540: octets that it has },
 *
 * with the external_aad [ store identity, lookup name ], so that a record is
 * of no use under another name or in another store. A tombstone's ciphertext
 * is of an empty `-1`.
 */
#define ONEM2M_STORE_IDENTITY_OCTETS 16
#define ONEM2M_DATA_KEY_OCTETS 32
#define ONEM2M_IV_OCTETS 12
#define ONEM2M_TAG_OCTETS 16
#define ONEM2M_RECORD_MAX 65536

/* Keyed for one epoch of one store, a zeroed structure for none; not shared by threads. */
typedef struct {
    EVP_CIPHER_CTX *seal;
    EVP_CIPHER_CTX *open;
    OSSL_LIB_CTX *libctx; /* of the random numbers */
    unsigned char identity[ONEM2M_STORE_IDENTITY_OCTETS];
    uint32_t epoch;
} ONEM2M_RECORD_CIPHER;

/* epoch: from 1 on. libctx: where A256GCM is fetched. data_key: copied into the contexts only. */
int onem2m_record_cipher_init(ONEM2M_RECORD_CIPHER *cipher, OSSL_LIB_CTX *libctx,
                              const unsigned char identity[ONEM2M_STORE_IDENTITY_OCTETS],
                              uint32_t epoch, const unsigned char data_key[ONEM2M_DATA_KEY_OCTETS],
                              ONEM2M_ERROR *error);
void onem2m_record_cipher_clear(ONEM2M_RECORD_CIPHER *cipher);

/* What a record has of its key: octets, or what finds it in its token. */
typedef struct {
    ONEM2M_TOKEN_KEY token_key; /* of custody SOFTWARE: nothing else of it is set */
    size_t length;              /* octets; of a key in a token 0 */
    unsigned char octets[ONEM2M_KEY_OCTETS_MAX];
} ONEM2M_RECORD_KEY;

/*
 * Encodes and seals with a fresh random IV, nothing that onem2m_record_open
 * would not read again. attributes: placed as the material says. out: at least ONEM2M_RECORD_MAX
 * octets; *length is set to those written.
 */
int onem2m_record_seal(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE name,
                       const ONEM2M_ATTRIBUTES *attributes, const ONEM2M_MATERIAL *material,
                       unsigned char *out, size_t *length, ONEM2M_ERROR *error);

/* A record taken apart, still closed: slices of its octets. Nothing of it is authentic yet. */
typedef struct {
    uint32_t epoch; /* says which cipher opens it */
    ONEM2M_SLICE protected_header;
    ONEM2M_SLICE attributes; /* their map, within the protected header */
    ONEM2M_SLICE iv;
    ONEM2M_SLICE ciphertext;
} ONEM2M_RECORD;

int onem2m_record_parse(ONEM2M_RECORD *parsed, ONEM2M_SLICE record, ONEM2M_ERROR *error);

/*
 * Authenticates, opens and decodes. cipher: of the record's epoch. The texts
 * of *attributes point into the record; the caller cleanses the octets of *key.
 * Outputs are untouched on failure, as is what of them is not set.
 */
int onem2m_record_open(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE name, const ONEM2M_RECORD *record,
                       ONEM2M_ATTRIBUTES *attributes, ONEM2M_RECORD_KEY *key, ONEM2M_ERROR *error);

#endif
