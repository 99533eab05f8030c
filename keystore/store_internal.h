/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_STORE_INTERNAL_H
#define ONEM2M_KEYSTORE_STORE_INTERNAL_H

#include <stdatomic.h>
#include "backend.h"
#include "header.h"
#include "lookup.h"
#include "store.h"

/* The parts of a store, for store.c, store_write.c and store_verify.c. */

/* What opening the header gave. Never changed; a newer one is put before it, all go with the store.
 */
typedef struct onem2m_opened_st {
    struct onem2m_opened_st *older;
    unsigned char identity[ONEM2M_STORE_IDENTITY_OCTETS];
    ONEM2M_STORE_KEYS keys;
} ONEM2M_OPENED;

struct onem2m_store_st {
    const ONEM2M_BACKEND_FUNCTIONS *functions;
    char *location;
    char *seal_uri; /* NULL: memory_seal */
    char *fqdn;
    ONEM2M_SEAL memory_seal;
    OSSL_LIB_CTX *libctx;
    const EVP_MD *sha256;
    ONEM2M_BACKEND *backend;
    _Atomic(ONEM2M_OPENED *) opened;
};

struct onem2m_store_reader_st {
    ONEM2M_STORE *store;
    ONEM2M_RECORD_CIPHER ciphers[ONEM2M_EPOCHS_MAX]; /* of epoch 0: not keyed */
    ONEM2M_HMAC hmac;
};

extern const ONEM2M_SLICE onem2m_header_name;

/* The seal as it is now; memory's own is borrowed, so clear only what was opened. */
int onem2m_store_open_seal(const ONEM2M_STORE *store, ONEM2M_SEAL *seal, ONEM2M_ERROR *error);
void onem2m_store_clear_seal(const ONEM2M_STORE *store, ONEM2M_SEAL *seal);

ONEM2M_HEADER_CRYPTO onem2m_store_crypto(const ONEM2M_STORE *store, ONEM2M_HMAC *hmac);

/* Opens the keys of a header with the seal as it is now. */
int onem2m_store_open_keys(const ONEM2M_STORE *store, const ONEM2M_HEADER *header,
                           ONEM2M_HMAC *hmac, ONEM2M_STORE_KEYS *keys, ONEM2M_ERROR *error);

/* Decodes and authenticates a header, opening its keys when they are not those already known. */
int onem2m_store_take_header(ONEM2M_STORE *store, ONEM2M_SLICE octets, ONEM2M_HMAC *hmac,
                             ONEM2M_HEADER *header, ONEM2M_STORE_KEYS *keys, ONEM2M_ERROR *error);

/* The reader's cipher for an epoch, keyed out of the header as the transaction sees it; NULL with
 * *error. It stays as it is until one for another epoch is asked for. */
ONEM2M_RECORD_CIPHER *onem2m_store_cipher(ONEM2M_STORE_READER *reader,
                                          ONEM2M_TRANSACTION *transaction, uint32_t epoch,
                                          ONEM2M_ERROR *error);

/* The place of an entry in a table, from which the next one is looked for. */
typedef struct {
    size_t length;
    unsigned char octets[ONEM2M_BACKEND_NAME_MAX + 1];
} ONEM2M_STORE_PLACE;

/* The next record and its name, from the first on with a zeroed place: 1, 0 at the end, -1 with
 * *error. */
int onem2m_store_next(const ONEM2M_STORE *store, ONEM2M_TRANSACTION *transaction,
                      ONEM2M_STORE_PLACE *place, ONEM2M_SLICE *name, ONEM2M_SLICE *record,
                      ONEM2M_ERROR *error);

/* Opens a record with the cipher of its epoch. secret: ONEM2M_KEY_OCTETS_MAX octets. */
int onem2m_store_open_record(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                             ONEM2M_SLICE name, ONEM2M_SLICE record, ONEM2M_ATTRIBUTES *attributes,
                             unsigned char *secret, size_t *secret_length, ONEM2M_ERROR *error);

/* Finds the one record of these kinds: 1, or 0 with *error. */
int onem2m_store_find(ONEM2M_STORE *store, ONEM2M_TRANSACTION *transaction, const char *key_id,
                      size_t length, unsigned int kinds, ONEM2M_LOOKUP *lookup,
                      ONEM2M_SLICE *record, ONEM2M_ERROR *error);

#endif
