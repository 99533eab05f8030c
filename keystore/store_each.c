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

struct onem2m_store_walk_st {
    ONEM2M_STORE_READER *reader;
    ONEM2M_STORE_PLACE place; /* behind the last one that was copied */
    int is_at_end;
    size_t count, used; /* of the batch */
    size_t next;        /* the entry that is visited next */
    struct {
        ONEM2M_SLICE name, record;
    } entries[BATCH_RECORDS];
    unsigned char octets[BATCH_OCTETS];
};

static ONEM2M_SLICE keep(ONEM2M_STORE_WALK *walk, ONEM2M_SLICE octets)
{
    unsigned char *copy = walk->octets + walk->used;

    memcpy(copy, octets.data, octets.length);
    walk->used += octets.length;
    return (ONEM2M_SLICE){ copy, octets.length };
}

/* While its header can be read, the reader is given the key of the record's epoch. */
static int key_reader(ONEM2M_STORE_WALK *walk, ONEM2M_TRANSACTION *transaction, ONEM2M_SLICE record,
                      ONEM2M_ERROR *error)
{
    ONEM2M_RECORD parsed;

    return onem2m_record_parse(&parsed, record, error) &&
           onem2m_store_cipher(walk->reader, transaction, parsed.epoch, error) != NULL;
}

/* Copies the next record: 1, 0 when there is none or no room for it, -1 with *error. */
static int copy_next(ONEM2M_STORE_WALK *walk, ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_PLACE place = walk->place;
    ONEM2M_SLICE name, record;
    const int found =
        onem2m_store_next(walk->reader->store, transaction, &place, &name, &record, error);

    walk->is_at_end = found == 0;
    if (found <= 0)
        return found;
    if (name.length + record.length > sizeof(walk->octets) - walk->used) {
        if (walk->count > 0)
            return 0;
        onem2m_refuse(error, ONEM2M_R_RECORD_DAMAGED, ONEM2M_NO_OFFSET,
                      "record: of %zu octets, more than any has", record.length);
        return -1;
    }
    if (!key_reader(walk, transaction, record, error))
        return -1;
    walk->place = place;
    walk->entries[walk->count].name = keep(walk, name);
    walk->entries[walk->count].record = keep(walk, record);
    walk->count++;
    return 1;
}

/* What was copied before one that is damaged is visited first. */
static int copy_batch(ONEM2M_STORE_WALK *walk, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE *store = walk->reader->store;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_ERROR why;
    int found = 1;

    walk->count = walk->used = walk->next = 0;
    if (!onem2m_store_begin(walk->reader, &transaction, ONEM2M_READ, &why)) {
        if (error != NULL)
            *error = why;
        /* What was not made yet has no key. */
        walk->is_at_end = 1;
        return why.reason == ONEM2M_R_STORE_MISSING;
    }
    while (found > 0 && walk->count < BATCH_RECORDS)
        found = copy_next(walk, transaction, error);
    store->functions->abort(transaction);
    return found >= 0 || walk->count > 0;
}

/* Opens a record that was copied; the transaction is for what the reader does not know any more. */
static int open_entry(ONEM2M_STORE_WALK *walk, size_t index, ONEM2M_ATTRIBUTES *attributes,
                      ONEM2M_RECORD_KEY *key, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE *store = walk->reader->store;
    ONEM2M_TRANSACTION *transaction;
    int ok;

    if (!onem2m_store_begin(walk->reader, &transaction, ONEM2M_READ, error))
        return 0;
    ok = onem2m_store_open_record(walk->reader, transaction, walk->entries[index].name,
                                  walk->entries[index].record, attributes, key, error);
    store->functions->abort(transaction);
    return ok;
}

/* Goes back to before an entry, which is to be copied again. */
static void rewind_to(ONEM2M_STORE_WALK *walk, size_t index)
{
    const ONEM2M_SLICE name = walk->entries[index].name;

    memcpy(walk->place.octets, name.data, name.length);
    walk->place.length = name.length;
    walk->count = index;
    walk->is_at_end = 0;
}

static int visit_next(ONEM2M_STORE_WALK *walk, onem2m_store_visit_fn *visit, void *argument,
                      ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_RECORD_KEY key;
    ONEM2M_MATERIAL material;
    int ok;

    if (!open_entry(walk, walk->next, &attributes, &key, error))
        return 0;
    walk->next++;
    ok = onem2m_store_material(walk->reader->store, &key, &material, error) &&
         visit(argument, &attributes, &material, error);
    OPENSSL_cleanse(key.octets, key.length);
    return ok;
}

ONEM2M_STORE_WALK *onem2m_store_walk_new(ONEM2M_STORE_READER *reader, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_WALK *walk = OPENSSL_zalloc(sizeof(*walk));

    if (walk == NULL)
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    else
        walk->reader = reader;
    return walk;
}

void onem2m_store_walk_free(ONEM2M_STORE_WALK *walk)
{
    OPENSSL_free(walk);
}

/* One that does not open may be of a key that was dropped while another was visited: it is read
 * again then, as the first of a batch. */
int onem2m_store_walk_next(ONEM2M_STORE_WALK *walk, onem2m_store_visit_fn *visit, void *argument,
                           ONEM2M_ERROR *error)
{
    for (;;) {
        const size_t index = walk->next;

        if (index == walk->count) {
            if (walk->is_at_end)
                return 0;
            if (!copy_batch(walk, error))
                return -1;
        } else if (visit_next(walk, visit, argument, error)) {
            return 1;
        } else if (walk->next > index || index == 0) {
            return -1;
        } else {
            rewind_to(walk, index);
        }
    }
}

int onem2m_store_each(ONEM2M_STORE_READER *reader, onem2m_store_visit_fn *visit, void *argument,
                      ONEM2M_ERROR *error)
{
    ONEM2M_STORE_WALK *walk = onem2m_store_walk_new(reader, error);
    int found = 1;

    if (walk == NULL)
        return 0;
    while (found > 0)
        found = onem2m_store_walk_next(walk, visit, argument, error);
    onem2m_store_walk_free(walk);
    return found == 0;
}
