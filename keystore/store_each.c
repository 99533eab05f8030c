/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"

/*
 * All keys, some at a time: their records are copied as they are, sealed, and
 * opened when the transaction has ended, so that a visit which waits for
 * somebody (a pager) keeps no pages of the store.
 */

#define BATCH_RECORDS 256
#define BATCH_OCTETS ((size_t)128 * 1024)

_Static_assert(BATCH_OCTETS >= ONEM2M_RECORD_MAX + ONEM2M_BACKEND_NAME_MAX, "one record fits");

typedef struct {
    ONEM2M_STORE_READER *reader;
    ONEM2M_STORE_PLACE place; /* behind the last one that was copied */
    int is_at_end;
    size_t count, used;
    struct {
        ONEM2M_SLICE name, record;
    } entries[BATCH_RECORDS];
    unsigned char octets[BATCH_OCTETS];
} BATCH;

static ONEM2M_SLICE keep(BATCH *batch, ONEM2M_SLICE octets)
{
    unsigned char *copy = batch->octets + batch->used;

    memcpy(copy, octets.data, octets.length);
    batch->used += octets.length;
    return (ONEM2M_SLICE){ copy, octets.length };
}

/* While its header can be read, the reader is given the key of the record's epoch. */
static int key_reader(BATCH *batch, ONEM2M_TRANSACTION *transaction, ONEM2M_SLICE record,
                      ONEM2M_ERROR *error)
{
    ONEM2M_RECORD parsed;

    return onem2m_record_parse(&parsed, record, error) &&
           onem2m_store_cipher(batch->reader, transaction, parsed.epoch, error) != NULL;
}

/* Copies the next record: 1, 0 when there is none or no room for it, -1 with *error. */
static int copy_next(BATCH *batch, ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_PLACE place = batch->place;
    ONEM2M_SLICE name, record;
    const int found =
        onem2m_store_next(batch->reader->store, transaction, &place, &name, &record, error);

    batch->is_at_end = found == 0;
    if (found <= 0)
        return found;
    if (name.length + record.length > sizeof(batch->octets) - batch->used) {
        if (batch->count > 0)
            return 0;
        onem2m_refuse(error, ONEM2M_R_RECORD_DAMAGED, ONEM2M_NO_OFFSET,
                      "record: of %zu octets, more than any has", record.length);
        return -1;
    }
    if (!key_reader(batch, transaction, record, error))
        return -1;
    batch->place = place;
    batch->entries[batch->count].name = keep(batch, name);
    batch->entries[batch->count].record = keep(batch, record);
    batch->count++;
    return 1;
}

/* What was copied before one that is damaged is visited first. */
static int copy_batch(BATCH *batch, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE *store = batch->reader->store;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_ERROR why;
    int found = 1;

    batch->count = batch->used = 0;
    if (!store->functions->begin(store->backend, &transaction, ONEM2M_READ, &why)) {
        if (error != NULL)
            *error = why;
        /* What was not made yet has no key. */
        batch->is_at_end = 1;
        return why.reason == ONEM2M_R_STORE_MISSING;
    }
    while (found > 0 && batch->count < BATCH_RECORDS)
        found = copy_next(batch, transaction, error);
    store->functions->abort(transaction);
    return found >= 0 || batch->count > 0;
}

/* Opens a record that was copied; the transaction is for what the reader does not know any more. */
static int open_entry(BATCH *batch, size_t index, ONEM2M_ATTRIBUTES *attributes,
                      unsigned char *secret, size_t *length, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE *store = batch->reader->store;
    ONEM2M_TRANSACTION *transaction;
    int ok;

    if (!store->functions->begin(store->backend, &transaction, ONEM2M_READ, error))
        return 0;
    ok = onem2m_store_open_record(batch->reader, transaction, batch->entries[index].name,
                                  batch->entries[index].record, attributes, secret, length, error);
    store->functions->abort(transaction);
    return ok;
}

/* Goes back to before an entry, which is to be copied again. */
static void rewind_to(BATCH *batch, size_t index)
{
    const ONEM2M_SLICE name = batch->entries[index].name;

    memcpy(batch->place.octets, name.data, name.length);
    batch->place.length = name.length;
    batch->count = index;
    batch->is_at_end = 0;
}

/* One that does not open may be of a key that was dropped while another was visited: it is read
 * again then, as the first of a batch. */
static int visit_batch(BATCH *batch, onem2m_store_visit_fn *visit, void *argument,
                       ONEM2M_ERROR *error)
{
    unsigned char octets[ONEM2M_KEY_OCTETS_MAX];
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_SLICE secret = { octets, 0 };
    int ok = 1;

    for (size_t i = 0; ok && i < batch->count; i++) {
        if (open_entry(batch, i, &attributes, octets, &secret.length, error)) {
            ok = visit(argument, &attributes, secret, error);
            OPENSSL_cleanse(octets, secret.length);
        } else if (i == 0) {
            ok = 0;
        } else {
            rewind_to(batch, i);
        }
    }
    return ok;
}

int onem2m_store_each(ONEM2M_STORE_READER *reader, onem2m_store_visit_fn *visit, void *argument,
                      ONEM2M_ERROR *error)
{
    BATCH *batch = OPENSSL_zalloc(sizeof(*batch));
    int ok = 1;

    if (batch == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    batch->reader = reader;
    while (ok && !batch->is_at_end)
        ok = copy_batch(batch, error) && visit_batch(batch, visit, argument, error);
    OPENSSL_free(batch);
    return ok;
}
