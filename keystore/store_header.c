/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"

/*
 * The header as this process knows it: keys that were opened once, and how far
 * it has seen the store counted.
 */

const ONEM2M_SLICE onem2m_header_name = { (const unsigned char *)"header", 6 };

void onem2m_store_forget_keys(ONEM2M_STORE *store)
{
    ONEM2M_OPENED *opened = atomic_exchange(&store->opened, NULL);

    while (opened != NULL) {
        ONEM2M_OPENED *older = opened->older;

        onem2m_store_free_opened(opened);
        opened = older;
    }
    onem2m_store_free_opened(atomic_exchange(&store->pretended, NULL));
}

/* Keeps what was opened, so that the seal is read once a process and header; NULL with *error. */
static const ONEM2M_OPENED *remember_opened(ONEM2M_STORE *store, const ONEM2M_HEADER *header,
                                            const ONEM2M_STORE_KEYS *keys, ONEM2M_ERROR *error)
{
    ONEM2M_OPENED *opened = OPENSSL_secure_zalloc(sizeof(*opened));

    if (opened == NULL) {
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
        return NULL;
    }
    memcpy(opened->identity, header->identity, sizeof(opened->identity));
    memcpy(opened->sealed_keys, header->sealed_keys, header->sealed_keys_length);
    opened->sealed_keys_length = header->sealed_keys_length;
    opened->keys = *keys;
    if (!onem2m_store_make_decoy(store, opened, error)) {
        onem2m_store_free_opened(opened);
        return NULL;
    }
    opened->older = atomic_load(&store->opened);
    while (!atomic_compare_exchange_weak(&store->opened, &opened->older, opened))
        ;
    return opened;
}

int onem2m_store_open_keys(const ONEM2M_STORE *store, const ONEM2M_HEADER *header,
                           ONEM2M_HMAC *hmac, ONEM2M_STORE_KEYS *keys, ONEM2M_ERROR *error)
{
    const ONEM2M_HEADER_CRYPTO crypto = onem2m_store_crypto(store, hmac);
    ONEM2M_SEAL seal;
    int ok;

    if (!onem2m_store_open_seal(store, header, &seal, error))
        return 0;
    ok = onem2m_header_open_keys(header, keys, &seal, &crypto, error);
    onem2m_store_clear_seal(store, &seal);
    return ok;
}

/*
 * Whether the very same sealed keys were opened before. Identity and epoch would not do: a store
 * that was put back and rotated again has another key of that epoch.
 */
static int is_of(const ONEM2M_OPENED *opened, const ONEM2M_HEADER *header)
{
    return opened->sealed_keys_length == header->sealed_keys_length &&
           memcmp(opened->sealed_keys, header->sealed_keys, header->sealed_keys_length) == 0 &&
           memcmp(opened->identity, header->identity, sizeof(opened->identity)) == 0;
}

/* A reader of an older snapshot may ask for keys that are not the newest. */
static const ONEM2M_OPENED *find_opened(const ONEM2M_STORE *store, const ONEM2M_HEADER *header)
{
    const ONEM2M_OPENED *opened = atomic_load(&store->opened);

    while (opened != NULL && !is_of(opened, header))
        opened = opened->older;
    return opened;
}

/* Opens the keys of a header whose sealed ones were not opened before, and remembers them. */
static const ONEM2M_OPENED *open_new_keys(ONEM2M_STORE_READER *reader, ONEM2M_HEADER *header,
                                          const ONEM2M_HEADER_PROOF *proof, ONEM2M_ERROR *error)
{
    const ONEM2M_HEADER_CRYPTO crypto = onem2m_store_crypto(reader->store, &reader->hmac);
    const ONEM2M_OPENED *opened = NULL;
    ONEM2M_STORE_KEYS keys;

    if (!onem2m_store_open_keys(reader->store, header, &reader->hmac, &keys, error))
        return NULL;
    if (onem2m_header_authenticate(header, proof, &keys, &crypto, error))
        opened = remember_opened(reader->store, header, &keys, error);
    onem2m_store_keys_clear(&keys);
    return opened;
}

/* The keys that were opened are those of one store, and the counts are its. */
static int check_identity(const ONEM2M_STORE *store, const ONEM2M_HEADER *header,
                          ONEM2M_ERROR *error)
{
    const ONEM2M_OPENED *opened = atomic_load(&store->opened);

    if (opened == NULL || memcmp(opened->identity, header->identity, sizeof(header->identity)) == 0)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_STORE_DAMAGED, ONEM2M_NO_OFFSET,
                         "another store stands where the one is that this process uses; start the "
                         "program again if that was meant");
}

/* Decodes and authenticates a header; what it was opened with, NULL with *error. */
static const ONEM2M_OPENED *take_header(ONEM2M_STORE_READER *reader, ONEM2M_SLICE octets,
                                        ONEM2M_HEADER *header, ONEM2M_ERROR *error)
{
    const ONEM2M_HEADER_CRYPTO crypto = onem2m_store_crypto(reader->store, &reader->hmac);
    const ONEM2M_OPENED *opened;
    ONEM2M_HEADER_PROOF proof;

    if (!onem2m_header_decode(header, octets, &proof, error) ||
        !check_identity(reader->store, header, error))
        return NULL;
    opened = find_opened(reader->store, header);
    if (opened == NULL)
        return open_new_keys(reader, header, &proof, error);
    return onem2m_header_authenticate(header, &proof, &opened->keys, &crypto, error) ? opened
                                                                                     : NULL;
}

void onem2m_store_remember_header(ONEM2M_STORE_READER *reader, ONEM2M_SLICE octets,
                                  const ONEM2M_HEADER *header)
{
    ONEM2M_PROVEN_HEADER *proven = reader->proven;

    if (proven == NULL)
        return;
    proven->opened = find_opened(reader->store, header);
    memcpy(proven->octets, octets.data, octets.length);
    proven->length = octets.length;
    proven->header = *header;
}

static const ONEM2M_OPENED *recall_header(const ONEM2M_STORE_READER *reader, ONEM2M_SLICE octets,
                                          ONEM2M_HEADER *header)
{
    const ONEM2M_PROVEN_HEADER *proven = reader->proven;

    if (proven == NULL || proven->opened == NULL || proven->length != octets.length ||
        memcmp(proven->octets, octets.data, octets.length) != 0)
        return NULL;
    *header = proven->header;
    return proven->opened;
}

/* As take_header, of one that is the last this reader had, too. */
static const ONEM2M_OPENED *take_or_recall(ONEM2M_STORE_READER *reader, ONEM2M_SLICE octets,
                                           ONEM2M_HEADER *header, ONEM2M_ERROR *error)
{
    const ONEM2M_OPENED *opened = recall_header(reader, octets, header);

    if (opened != NULL)
        return opened;
    opened = take_header(reader, octets, header, error);
    if (opened != NULL)
        onem2m_store_remember_header(reader, octets, header);
    return opened;
}

/* A reader's older snapshot may count less than another has seen since it began, never less than
 * was seen before. */
static int check_writes(const ONEM2M_STORE_READER *reader, const ONEM2M_HEADER *header,
                        ONEM2M_ERROR *error)
{
    if (header->writes >= reader->writes_before)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_STORE_DAMAGED, ONEM2M_NO_OFFSET,
                         "the store was put back: its header counts %llu writes, and this process "
                         "has seen %llu; start the program again if that was meant",
                         (unsigned long long)header->writes,
                         (unsigned long long)reader->writes_before);
}

void onem2m_store_note_writes(ONEM2M_STORE *store, uint64_t writes)
{
    uint64_t seen = atomic_load(&store->writes_seen);

    while (seen < writes && !atomic_compare_exchange_weak(&store->writes_seen, &seen, writes))
        ;
}

int onem2m_store_begin(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION **transaction,
                       ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE *store = reader->store;

    reader->writes_before = atomic_load(&store->writes_seen);
    return store->functions->begin(store->backend, transaction, kind, error);
}

int onem2m_store_read_header(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                             ONEM2M_HEADER *header, ONEM2M_STORE_KEYS *keys, ONEM2M_ERROR *error)
{
    ONEM2M_STORE *store = reader->store;
    const ONEM2M_OPENED *opened;
    ONEM2M_SLICE octets;
    const int found =
        store->functions->get(transaction, ONEM2M_TABLE_META, onem2m_header_name, &octets, error);

    if (found == 0)
        return onem2m_refuse(error, ONEM2M_R_HEADER_DAMAGED, ONEM2M_NO_OFFSET,
                             "store header: there is none");
    if (found < 0)
        return 0;
    opened = take_or_recall(reader, octets, header, error);
    if (opened == NULL || !check_writes(reader, header, error))
        return 0;
    onem2m_store_note_writes(store, header->writes);
    reader->opened = opened;
    *keys = opened->keys;
    return 1;
}
