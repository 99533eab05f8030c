/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"

static const ONEM2M_BACKEND_FUNCTIONS *const backends[] = { &onem2m_backend_memory,
                                                            &onem2m_backend_lmdb };

static int refuse_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

static int copy_text(char **to, const char *from)
{
    return from == NULL || (*to = OPENSSL_strdup(from)) != NULL;
}

/* Chooses the backend by the scheme of keystore; *location is what follows the colon. */
static const ONEM2M_BACKEND_FUNCTIONS *choose_backend(const char *keystore, const char **location,
                                                      ONEM2M_ERROR *error)
{
    const char *colon = strchr(keystore, ':');
    char described[ONEM2M_QUOTED_MAX];
    size_t i;

    for (i = 0; colon != NULL && i < sizeof(backends) / sizeof(backends[0]); i++) {
        if (strlen(backends[i]->scheme) == (size_t)(colon - keystore) &&
            strncmp(backends[i]->scheme, keystore, (size_t)(colon - keystore)) == 0) {
            *location = colon + 1;
            return backends[i];
        }
    }
    onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                  "keystore = %s: memory: or lmdb:DIR is needed",
                  onem2m_quote(described, keystore));
    return NULL;
}

int onem2m_store_check_configuration(const ONEM2M_STORE_CONFIGURATION *configuration,
                                     const char **key, ONEM2M_ERROR *error)
{
    const ONEM2M_BACKEND_FUNCTIONS *functions = NULL;
    const char *location;
    ONEM2M_ID fqdn;

    *key = "keystore";
    if (configuration->keystore != NULL) {
        functions = choose_backend(configuration->keystore, &location, error);
        if (functions == NULL)
            return 0;
    }
    *key = "seal";
    if (configuration->seal != NULL && !onem2m_seal_check_uri(configuration->seal, error))
        return 0;
    if (configuration->seal == NULL && functions != NULL && functions != &onem2m_backend_memory)
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "this keystore needs a seal");
    *key = "fqdn";
    return configuration->fqdn == NULL ||
           onem2m_id_parse(&fqdn, ONEM2M_ID_FQDN, configuration->fqdn, strlen(configuration->fqdn),
                           ONEM2M_ID_STRICT, error);
}

static int make_memory_seal(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    if (store->seal_uri != NULL)
        return 1;
    return onem2m_seal_random(&store->memory_seal, store->libctx, error);
}

int onem2m_store_open(ONEM2M_STORE **store, const ONEM2M_STORE_CONFIGURATION *configuration,
                      ONEM2M_ERROR *error)
{
    const char *location;
    const ONEM2M_BACKEND_FUNCTIONS *functions =
        choose_backend(configuration->keystore, &location, error);
    ONEM2M_STORE *made;
    const char *key;

    if (functions == NULL || !onem2m_store_check_configuration(configuration, &key, error))
        return 0;
    made = OPENSSL_zalloc(sizeof(*made));
    if (made == NULL)
        return refuse_memory(error);
    made->functions = functions;
    made->libctx = configuration->libctx;
    made->sha256 = configuration->sha256;
    if (!copy_text(&made->location, location) || !copy_text(&made->seal_uri, configuration->seal) ||
        !copy_text(&made->fqdn, configuration->fqdn)) {
        onem2m_store_close(made);
        return refuse_memory(error);
    }
    if (!make_memory_seal(made, error) || !functions->open(&made->backend, made->location, error)) {
        onem2m_store_close(made);
        return 0;
    }
    *store = made;
    return 1;
}

void onem2m_store_close(ONEM2M_STORE *store)
{
    if (store == NULL)
        return;
    onem2m_store_writer_free(atomic_load(&store->idle_writer));
    store->functions->close(store->backend);
    onem2m_store_forget_keys(store);
    onem2m_seal_clear(&store->memory_seal);
    OPENSSL_free(store->location);
    OPENSSL_free(store->seal_uri);
    OPENSSL_free(store->fqdn);
    OPENSSL_free(store);
}

int onem2m_store_open_seal(const ONEM2M_STORE *store, const ONEM2M_HEADER *header,
                           ONEM2M_SEAL *seal, ONEM2M_ERROR *error)
{
    if (store->seal_uri == NULL) {
        *seal = store->memory_seal;
        return 1;
    }
    memset(seal, 0, sizeof(*seal));
    return onem2m_seal_open(seal, store->seal_uri, header != NULL ? &header->wrapped : NULL,
                            store->libctx, error);
}

void onem2m_store_clear_seal(const ONEM2M_STORE *store, ONEM2M_SEAL *seal)
{
    if (store->seal_uri != NULL)
        onem2m_seal_clear(seal);
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
                             unsigned char *secret, size_t *secret_length, ONEM2M_ERROR *error)
{
    ONEM2M_RECORD_CIPHER *cipher;
    ONEM2M_RECORD parsed;

    if (!onem2m_record_parse(&parsed, record, error))
        return 0;
    cipher = onem2m_store_cipher(reader, transaction, parsed.epoch, error);
    if (cipher == NULL)
        return 0;
    if (onem2m_record_open(cipher, name, &parsed, attributes, secret, secret_length, NULL))
        return 1;
    /* The store may be another than when the cipher was keyed: one that was put back. */
    return key_cipher(reader, transaction, cipher, parsed.epoch, error) &&
           onem2m_record_open(cipher, name, &parsed, attributes, secret, secret_length, error);
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
    unsigned char octets[ONEM2M_KEY_OCTETS_MAX];
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_MATERIAL material = { .octets = { octets, 0 } };
    int ok;

    if (!onem2m_store_open_record(reader, transaction, name, record, &attributes, octets,
                                  &material.octets.length, error))
        return 0;
    ok = visit(argument, &attributes, &material, error);
    OPENSSL_cleanse(octets, material.octets.length);
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
