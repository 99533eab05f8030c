/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"

/*
 * Transactions that write: making the store, beginning with its header, ending
 * with the next one. A writer that has ended is kept for the next transaction,
 * which then needs not key a cipher, nor authenticate the header that it wrote.
 */

typedef struct {
    ONEM2M_STORE *store;
    ONEM2M_HMAC hmac;
} CREATION;

/* Puts the header of a new store: fresh identity and keys. */
static int fill_new_store(ONEM2M_TRANSACTION *transaction, void *argument, ONEM2M_ERROR *error)
{
    CREATION *creation = argument;
    const ONEM2M_STORE *store = creation->store;
    const ONEM2M_HEADER_CRYPTO crypto = onem2m_store_crypto(store, &creation->hmac);
    unsigned char octets[ONEM2M_HEADER_MAX];
    ONEM2M_SLICE value = { octets, 0 };
    ONEM2M_HEADER header;
    ONEM2M_STORE_KEYS keys;
    ONEM2M_SEAL seal;
    int ok;

    if (!onem2m_store_open_seal(store, NULL, &seal, error))
        return 0;
    ok = onem2m_header_create(&header, &keys, &seal, &crypto, error);
    onem2m_store_clear_seal(store, &seal);
    if (!ok)
        return 0;
    ok = onem2m_header_encode(&header, &keys, &crypto, octets, &value.length, error) &&
         store->functions->put(transaction, ONEM2M_TABLE_META, onem2m_header_name, value, error);
    onem2m_store_keys_clear(&keys);
    return ok;
}

int onem2m_store_create(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    CREATION creation = { .store = store };
    const int ok = store->functions->create(store->backend, fill_new_store, &creation, error);

    onem2m_hmac_clear(&creation.hmac);
    return ok;
}

/* Begins to write, making the store when there is none yet. */
static int begin(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error)
{
    ONEM2M_ERROR why;

    if (onem2m_store_begin(writer->reader, &writer->transaction, ONEM2M_WRITE, &why))
        return 1;
    if (why.reason == ONEM2M_R_STORE_MISSING &&
        (onem2m_store_create(writer->store, &why) || why.reason == ONEM2M_R_STORE_EXISTS))
        return onem2m_store_begin(writer->reader, &writer->transaction, ONEM2M_WRITE, error);
    if (error != NULL)
        *error = why;
    return 0;
}

/* Ciphers are known by their epoch, and another store's, or one's that was put back, may be of the
 * same. */
static int read_header(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error)
{
    const ONEM2M_OPENED *before = writer->reader->opened;

    if (!onem2m_store_read_header(writer->reader, writer->transaction, &writer->header,
                                  &writer->keys, error))
        return 0;
    if (writer->reader->opened != before)
        onem2m_store_clear_ciphers(writer->reader);
    return 1;
}

static int begin_writer(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error)
{
    return begin(writer, error) && read_header(writer, error) &&
           onem2m_store_upgrade(writer, error);
}

/* error: never NULL; what a token that fails says of a commit is not always whether it happened. */
static ONEM2M_END commit(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error)
{
    const ONEM2M_HEADER_CRYPTO crypto = onem2m_store_crypto(writer->store, &writer->reader->hmac);
    const ONEM2M_BACKEND_FUNCTIONS *functions = writer->store->functions;
    ONEM2M_TRANSACTION *transaction = writer->transaction;
    unsigned char octets[ONEM2M_HEADER_MAX];
    ONEM2M_SLICE value = { octets, 0 };

    writer->header.writes++;
    if (!onem2m_header_encode(&writer->header, &writer->keys, &crypto, octets, &value.length,
                              error) ||
        !functions->put(transaction, ONEM2M_TABLE_META, onem2m_header_name, value, error))
        return ONEM2M_END_NOTHING;
    writer->transaction = NULL;
    if (!functions->commit(transaction, error))
        return error->reason == ONEM2M_R_TOKEN_FAILED ? ONEM2M_END_UNKNOWN : ONEM2M_END_NOTHING;
    onem2m_store_note_writes(writer->store, writer->header.writes);
    onem2m_store_remember_header(writer->reader, value, &writer->header);
    return ONEM2M_END_COMMITTED;
}

/* Not all of it is set to zero: a record is long. */
static ONEM2M_STORE_WRITER *writer_new(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_WRITER *writer = OPENSSL_malloc(sizeof(*writer));

    if (writer == NULL) {
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
        return NULL;
    }
    writer->store = store;
    writer->transaction = NULL;
    writer->proven.opened = NULL;
    memset(&writer->made, 0, sizeof(writer->made));
    memset(&writer->doomed, 0, sizeof(writer->doomed));
    writer->reader = onem2m_store_reader_new(store, error);
    if (writer->reader == NULL) {
        OPENSSL_free(writer);
        return NULL;
    }
    writer->reader->proven = &writer->proven;
    return writer;
}

void onem2m_store_writer_free(ONEM2M_STORE_WRITER *writer)
{
    if (writer == NULL)
        return;
    onem2m_store_reader_free(writer->reader);
    OPENSSL_free(writer);
}

static void end_writer(ONEM2M_STORE_WRITER *writer, ONEM2M_END end)
{
    if (writer->transaction != NULL)
        writer->store->functions->abort(writer->transaction);
    writer->transaction = NULL;
    onem2m_store_tidy_token(writer, end);
    onem2m_store_keys_clear(&writer->keys);
    onem2m_store_writer_free(atomic_exchange(&writer->store->idle_writer, writer));
}

static int write_once(ONEM2M_STORE *store, onem2m_store_change_fn *change, void *argument,
                      ONEM2M_ERROR *error)
{
    ONEM2M_STORE_WRITER *writer = atomic_exchange(&store->idle_writer, NULL);
    ONEM2M_END end = ONEM2M_END_NOTHING;

    if (writer == NULL)
        writer = writer_new(store, error);
    if (writer == NULL)
        return 0;
    if (begin_writer(writer, error) && change(writer, argument, error))
        end = commit(writer, error);
    end_writer(writer, end);
    return end == ONEM2M_END_COMMITTED;
}

int onem2m_store_write(ONEM2M_STORE *store, onem2m_store_change_fn *change, void *argument,
                       ONEM2M_ERROR *error)
{
    ONEM2M_ERROR why = { .reason = ONEM2M_R_NONE };
    int ok;

    do {
        ok = write_once(store, change, argument, &why);
    } while (!ok && why.reason == ONEM2M_R_STORE_TOO_LARGE);
    if (!ok && error != NULL)
        *error = why;
    return ok;
}
