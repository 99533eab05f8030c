/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_HEADER_H
#define ONEM2M_KEYSTORE_HEADER_H

#include "hmac.h"
#include "record.h"
#include "seal.h"

/*
 * The header of a store: who it is, its keys under the seal, how often it was
 * written, and a hash of the set of its records. In deterministic CBOR:
 *
 *   [ [ format, identity, writes, records, epoch, epoch writes, nonce,
 *       masked set hash, sealed keys ], MAC ]
 *
 * The sealed keys are AES-256-GCM under the seal, bound to the identity, of
 * the map { 0: root key, epoch: data key, ... }. The MAC is HMAC-SHA-256 of
 * the inner array under the root key. The set hash is the sum modulo 2^256 of
 * HMAC-SHA-256(root key, name || record) over all records, so that one that
 * was put back, taken away or copied under another name is found. It is masked
 * by a pad of its own for each header, so that nobody can relate two of them.
 *
 * A header of format 3, whose seal a token has wrapped, has that behind the sealed
 * keys; it differs in nothing else.
 *
 * A header of format 1 has the set hash in clear, and no nonce; it is read, and
 * written no more.
 */
#define ONEM2M_STORE_FORMAT 2
#define ONEM2M_STORE_FORMAT_TOKEN 3
#define ONEM2M_STORE_FORMAT_OLDEST 1
#define ONEM2M_SET_HASH_OCTETS 32
/* While the data key is rotated the old one is still there. */
#define ONEM2M_EPOCHS_MAX 2
#define ONEM2M_SEALED_KEYS_MAX 192
#define ONEM2M_HEADER_MAX 1088

typedef struct {
    unsigned int format; /* as it was read: decides what the set hash is the sum of */
    uint32_t epoch;      /* of the records written now; from 1 on */
    uint64_t writes;
    uint64_t records;
    uint64_t epoch_writes; /* records sealed under the epoch's key: an IV each */
    unsigned char identity[ONEM2M_STORE_IDENTITY_OCTETS];
    unsigned char set_hash[ONEM2M_SET_HASH_OCTETS];
    unsigned char sealed_keys[ONEM2M_SEALED_KEYS_MAX];
    size_t sealed_keys_length;
    ONEM2M_WRAPPED_SEAL wrapped; /* of format 3 */
} ONEM2M_HEADER;

typedef struct {
    uint32_t epoch; /* 0: none */
    unsigned char key[ONEM2M_DATA_KEY_OCTETS];
} ONEM2M_DATA_KEY;

/* Secrets: cleanse with onem2m_store_keys_clear. */
typedef struct {
    unsigned char root[ONEM2M_DATA_KEY_OCTETS];
    ONEM2M_DATA_KEY data[ONEM2M_EPOCHS_MAX];
} ONEM2M_STORE_KEYS;

void onem2m_store_keys_clear(ONEM2M_STORE_KEYS *keys);

/* The data key of an epoch, NULL when the store has none such. */
const unsigned char *onem2m_store_keys_find(const ONEM2M_STORE_KEYS *keys, uint32_t epoch);

/* What header and set hash are computed with; hmac is not shared by threads. */
typedef struct {
    OSSL_LIB_CTX *libctx;
    const EVP_MD *sha256;
    ONEM2M_HMAC *hmac;
} ONEM2M_HEADER_CRYPTO;

/* A new store: fresh identity and keys, epoch 1, no records. */
int onem2m_header_create(ONEM2M_HEADER *header, ONEM2M_STORE_KEYS *keys, const ONEM2M_SEAL *seal,
                         const ONEM2M_HEADER_CRYPTO *crypto, ONEM2M_ERROR *error);

/* Puts the keys under a seal, another than before or the same, which decides between the formats 2
 * and 3. */
int onem2m_header_seal_keys(ONEM2M_HEADER *header, const ONEM2M_STORE_KEYS *keys,
                            const ONEM2M_SEAL *seal, const ONEM2M_HEADER_CRYPTO *crypto,
                            ONEM2M_ERROR *error);

/* Opens the sealed keys. */
int onem2m_header_open_keys(const ONEM2M_HEADER *header, ONEM2M_STORE_KEYS *keys,
                            const ONEM2M_SEAL *seal, const ONEM2M_HEADER_CRYPTO *crypto,
                            ONEM2M_ERROR *error);

/* In a present format, which the header has to be of. out: ONEM2M_HEADER_MAX octets, others
 * each time. */
int onem2m_header_encode(const ONEM2M_HEADER *header, const ONEM2M_STORE_KEYS *keys,
                         const ONEM2M_HEADER_CRYPTO *crypto, unsigned char *out, size_t *length,
                         ONEM2M_ERROR *error);

/* What authenticating a header needs besides what was decoded: slices of its octets. */
typedef struct {
    ONEM2M_SLICE covered;
    ONEM2M_SLICE mac;
    ONEM2M_SLICE nonce; /* of the mask; of length 0 in format 1 */
} ONEM2M_HEADER_PROOF;

/* Decodes without trust, so that the keys can be opened. The set hash is still masked. */
int onem2m_header_decode(ONEM2M_HEADER *header, ONEM2M_SLICE octets, ONEM2M_HEADER_PROOF *proof,
                         ONEM2M_ERROR *error);

/* Compares the MAC, and unmasks the set hash. */
int onem2m_header_authenticate(ONEM2M_HEADER *header, const ONEM2M_HEADER_PROOF *proof,
                               const ONEM2M_STORE_KEYS *keys, const ONEM2M_HEADER_CRYPTO *crypto,
                               ONEM2M_ERROR *error);

/* Adds a record to the set hash of a header, as its format has it, or takes it away. */
int onem2m_set_hash_add(ONEM2M_HEADER *header, ONEM2M_SLICE name, ONEM2M_SLICE record,
                        const ONEM2M_STORE_KEYS *keys, const ONEM2M_HEADER_CRYPTO *crypto,
                        ONEM2M_ERROR *error);
int onem2m_set_hash_remove(ONEM2M_HEADER *header, ONEM2M_SLICE name, ONEM2M_SLICE record,
                           const ONEM2M_STORE_KEYS *keys, const ONEM2M_HEADER_CRYPTO *crypto,
                           ONEM2M_ERROR *error);

#endif
