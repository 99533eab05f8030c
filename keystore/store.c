/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"

static int refuse_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

ONEM2M_HEADER_CRYPTO onem2m_store_crypto(const ONEM2M_STORE *store, ONEM2M_HMAC *hmac)
{
    return (ONEM2M_HEADER_CRYPTO){ store->libctx, store->sha256, hmac };
}

ONEM2M_STORE_READER *onem2m_store_reader_new(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = OPENSSL_zalloc(sizeof(*reader));

    if (reader == NULL) {
        refuse_memory(error);
        return NULL;
    }
    reader->store = store;
    return reader;
}

void onem2m_store_clear_ciphers(ONEM2M_STORE_READER *reader)
{
    for (size_t i = 0; i < ONEM2M_EPOCHS_MAX; i++)
        onem2m_record_cipher_clear(&reader->ciphers[i]);
}

void onem2m_store_reader_free(ONEM2M_STORE_READER *reader)
{
    if (reader == NULL)
        return;
    onem2m_store_clear_ciphers(reader);
    onem2m_record_cipher_clear(&reader->pretended);
    onem2m_hmac_clear(&reader->hmac);
    OPENSSL_free(reader);
}

/* Keys a cipher for an epoch, out of the header as it is now. */
static int key_cipher(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                      ONEM2M_RECORD_CIPHER *cipher, uint32_t epoch, ONEM2M_ERROR *error)
{
    ONEM2M_HEADER header;
    ONEM2M_STORE_KEYS keys;
    const unsigned char *key;
    int ok;

    if (!onem2m_store_read_header(reader, transaction, &header, &keys, error))
        return 0;
    if (epoch == 0)
        epoch = header.epoch;
    key = onem2m_store_keys_find(&keys, epoch);
    if (key == NULL) {
        ok = onem2m_refuse(error, ONEM2M_R_RECORD_DAMAGED, ONEM2M_NO_OFFSET,
                           "record: of epoch %u, for which the store has no key", epoch);
    } else {
        onem2m_record_cipher_clear(cipher);
        ok = onem2m_record_cipher_init(cipher, reader->store->libctx, header.identity, epoch, key,
                                       error);
    }
    onem2m_store_keys_clear(&keys);
    return ok;
}

ONEM2M_RECORD_CIPHER *onem2m_store_cipher(ONEM2M_STORE_READER *reader,
                                          ONEM2M_TRANSACTION *transaction, uint32_t epoch,
                                          ONEM2M_ERROR *error)
{
    ONEM2M_RECORD_CIPHER *oldest = &reader->ciphers[0];

    for (size_t i = 0; i < ONEM2M_EPOCHS_MAX; i++) {
        if (reader->ciphers[i].epoch == epoch && epoch != 0)
            return &reader->ciphers[i];
        if (reader->ciphers[i].epoch < oldest->epoch)
            oldest = &reader->ciphers[i];
    }
    return key_cipher(reader, transaction, oldest, epoch, error) ? oldest : NULL;
}

int onem2m_store_open_record(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                             ONEM2M_SLICE name, ONEM2M_SLICE record, ONEM2M_ATTRIBUTES *attributes,
                             ONEM2M_RECORD_KEY *key, ONEM2M_ERROR *error)
{
    ONEM2M_RECORD_CIPHER *cipher;
    ONEM2M_RECORD parsed;

    if (!onem2m_record_parse(&parsed, record, error))
        return 0;
    cipher = onem2m_store_cipher(reader, transaction, parsed.epoch, error);
    if (cipher == NULL)
        return 0;
    if (onem2m_record_open(cipher, name, &parsed, attributes, key, NULL))
        return 1;
    /* The store may be another than when the cipher was keyed: one that was put back. */
    return key_cipher(reader, transaction, cipher, parsed.epoch, error) &&
           onem2m_record_open(cipher, name, &parsed, attributes, key, error);
}

static int refuse_not_found(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_KEY_NOT_FOUND, ONEM2M_NO_OFFSET,
                         "there is no such key of a kind that serves this use");
}

int onem2m_store_find(ONEM2M_STORE *store, ONEM2M_TRANSACTION *transaction, const char *key_id,
                      size_t length, unsigned int kinds, ONEM2M_LOOKUP *lookup,
                      ONEM2M_SLICE *record, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE value;
    unsigned int kind, parsed = 0, found = 0, found_kind = 0;
    int got;

    lookup->is_of_any_kind = 0;
    for (kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
        if ((kinds & ONEM2M_KIND_BIT(kind)) == 0 ||
            !onem2m_lookup_form_again(lookup, (ONEM2M_KIND)kind, key_id, length, error))
            continue;
        parsed++;
        got =
            store->functions->get(transaction, ONEM2M_TABLE_KEYS,
                                  (ONEM2M_SLICE){ lookup->octets, lookup->length }, &value, error);
        if (got < 0)
            return 0;
        if (got > 0 && ++found == 1) {
            found_kind = kind;
            *record = value;
        }
    }
    if (parsed == 0 && kinds != 0)
        return 0;
    if (found > 1)
        return onem2m_refuse(error, ONEM2M_R_AMBIGUOUS_NAME, ONEM2M_NO_OFFSET,
                             "keys of %u kinds have this name; say which kind", found);
    if (found == 0)
        return refuse_not_found(error);
    return onem2m_lookup_form_again(lookup, (ONEM2M_KIND)found_kind, key_id, length, error);
}

static int visit_record(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                        ONEM2M_SLICE name, ONEM2M_SLICE record, onem2m_store_visit_fn *visit,
                        void *argument, ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_RECORD_KEY key;
    ONEM2M_MATERIAL material;
    int ok;

    if (!onem2m_store_open_record(reader, transaction, name, record, &attributes, &key, error))
        return 0;
    ok = onem2m_store_material(reader->store, &key, &material, error) &&
         visit(argument, &attributes, &material, error);
    OPENSSL_cleanse(key.octets, key.length);
    return ok;
}

/* A name that is not there, or is that of two, costs what a record costs. */
static int find_or_open_decoy(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                              const char *key_id, size_t length, unsigned int kinds,
                              ONEM2M_LOOKUP *lookup, ONEM2M_SLICE *record, ONEM2M_ERROR *error)
{
    ONEM2M_ERROR why;

    if (onem2m_store_find(reader->store, transaction, key_id, length, kinds, lookup, record, &why))
        return 1;
    if ((why.reason == ONEM2M_R_KEY_NOT_FOUND || why.reason == ONEM2M_R_AMBIGUOUS_NAME) &&
        !onem2m_store_open_decoy(reader, transaction, error))
        return 0;
    if (error != NULL)
        *error = why;
    return 0;
}

int onem2m_store_begin_look_up(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION **transaction,
                               ONEM2M_ERROR *error)
{
    ONEM2M_ERROR why;

    if (onem2m_store_begin(reader, transaction, ONEM2M_READ, &why))
        return 1;
    if (why.reason == ONEM2M_R_STORE_MISSING)
        return onem2m_store_open_decoy(reader, NULL, error) && refuse_not_found(error);
    if (error != NULL)
        *error = why;
    return 0;
}

int onem2m_store_find_and_visit(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                                const char *key_id, size_t length, unsigned int kinds,
                                onem2m_store_visit_fn *visit, void *argument, ONEM2M_ERROR *error)
{
    ONEM2M_LOOKUP lookup;
    ONEM2M_SLICE record;

    return find_or_open_decoy(reader, transaction, key_id, length, kinds, &lookup, &record,
                              error) &&
           visit_record(reader, transaction, onem2m_lookup_slice(&lookup), record, visit, argument,
                        error);
}

int onem2m_store_look_up(ONEM2M_STORE_READER *reader, const char *key_id, size_t length,
                         unsigned int kinds, onem2m_store_visit_fn *visit, void *argument,
                         ONEM2M_ERROR *error)
{
    ONEM2M_TRANSACTION *transaction;
    int ok;

    if (!onem2m_store_begin_look_up(reader, &transaction, error))
        return 0;
    ok = onem2m_store_find_and_visit(reader, transaction, key_id, length, kinds, visit, argument,
                                     error);
    reader->store->functions->abort(transaction);
    return ok;
}

int onem2m_store_next(const ONEM2M_STORE *store, ONEM2M_TRANSACTION *transaction,
                      ONEM2M_STORE_PLACE *place, ONEM2M_SLICE *name, ONEM2M_SLICE *record,
                      ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE from = { place->octets, place->length };
    const int found =
        store->functions->seek(transaction, ONEM2M_TABLE_KEYS, from, name, record, error);

    if (found <= 0)
        return found;
    if (name->length > ONEM2M_LOOKUP_MAX) {
        onem2m_refuse(error, ONEM2M_R_STORE_DAMAGED, ONEM2M_NO_OFFSET,
                      "a name of %zu octets in the key store: not written by this program",
                      name->length);
        return -1;
    }
    /* What comes after a name: the same with a NUL behind it. */
    memcpy(place->octets, name->data, name->length);
    place->octets[name->length] = 0;
    place->length = name->length + 1;
    return 1;
}
