/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "store_internal.h"

/*
 * Who tries names at a TLS-PSK server must not learn from the time which are
 * there (RFC 4279 7.2). So a look-up that finds nothing opens a record all the
 * same: the decoy, of a usual size and opened by the same cipher. It is made
 * once for each header whose keys this process has opened, and it is revoked, so
 * that asking policy about it costs a refusal too.
 */

#define DECOY_ID "00000000000000000000000000000000@decoy.example.com"
#define DECOY_OCTETS 32

static ONEM2M_SLICE text(const char *value)
{
    return (ONEM2M_SLICE){ (const unsigned char *)value, strlen(value) };
}

static int refuse_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

static const ONEM2M_DATA_KEY *newest_key(const ONEM2M_STORE_KEYS *keys)
{
    return &keys->data[keys->data[1].epoch != 0];
}

static int key_newest(const ONEM2M_STORE *store, const ONEM2M_OPENED *opened,
                      ONEM2M_RECORD_CIPHER *cipher, ONEM2M_ERROR *error)
{
    const ONEM2M_DATA_KEY *newest = newest_key(&opened->keys);

    return onem2m_record_cipher_init(cipher, store->libctx, opened->identity, newest->epoch,
                                     newest->key, error);
}

/* What the Km of an enrolee looks like. */
static int seal_decoy(ONEM2M_RECORD_CIPHER *cipher, unsigned char *out, size_t *length,
                      ONEM2M_ERROR *error)
{
    static const unsigned char octets[DECOY_OCTETS];
    const ONEM2M_MATERIAL material = { .octets = { octets, sizeof(octets) } };
    ONEM2M_ATTRIBUTES attributes = { .kind = ONEM2M_KIND_KM,
                                     .suid = 21,
                                     .state = ONEM2M_STATE_REVOKED,
                                     .parent_kind = ONEM2M_KIND_KE,
                                     .derive_octets = 1,
                                     .created = 1,
                                     .not_after = ONEM2M_TIME_MAX };

    attributes.text[ONEM2M_TEXT_KEY_ID] = text(DECOY_ID);
    attributes.text[ONEM2M_TEXT_PARENT_KEY_ID] = text(DECOY_ID);
    attributes.text[ONEM2M_TEXT_ENTITY_ID] = text("//decoy.example.com/cse");
    return onem2m_record_seal(cipher, text(DECOY_ID), &attributes, &material, out, length, error);
}

int onem2m_store_make_decoy(const ONEM2M_STORE *store, ONEM2M_OPENED *opened, ONEM2M_ERROR *error)
{
    unsigned char *record = OPENSSL_malloc(ONEM2M_RECORD_MAX);
    ONEM2M_RECORD_CIPHER cipher = { 0 };
    int ok;

    if (record == NULL)
        return refuse_memory(error);
    ok = key_newest(store, opened, &cipher, error) &&
         seal_decoy(&cipher, record, &opened->decoy_length, error);
    onem2m_record_cipher_clear(&cipher);
    if (ok) {
        opened->decoy = OPENSSL_memdup(record, opened->decoy_length);
        ok = opened->decoy != NULL || refuse_memory(error);
    }
    OPENSSL_free(record);
    return ok;
}

void onem2m_store_free_opened(ONEM2M_OPENED *opened)
{
    if (opened == NULL)
        return;
    OPENSSL_free(opened->decoy);
    OPENSSL_secure_clear_free(opened, sizeof(*opened));
}

/* Keys of no store, for one that is not there. */
static const ONEM2M_OPENED *pretend_keys(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    ONEM2M_OPENED *opened = atomic_load(&store->pretended), *none = NULL;
    ONEM2M_DATA_KEY *key;

    if (opened != NULL)
        return opened;
    opened = OPENSSL_secure_zalloc(sizeof(*opened));
    if (opened == NULL) {
        refuse_memory(error);
        return NULL;
    }
    key = &opened->keys.data[0];
    key->epoch = 1;
    if (RAND_priv_bytes_ex(store->libctx, key->key, sizeof(key->key), 0) <= 0)
        onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET, "no random octets");
    else if (onem2m_store_make_decoy(store, opened, error)) {
        if (atomic_compare_exchange_strong(&store->pretended, &none, opened))
            return opened;
        onem2m_store_free_opened(opened);
        return none;
    }
    onem2m_store_free_opened(opened);
    return NULL;
}

static ONEM2M_SLICE decoy_of(const ONEM2M_OPENED *opened)
{
    return (ONEM2M_SLICE){ opened->decoy, opened->decoy_length };
}

/* As a record is opened: with the cipher that the reader has at hand, or has to key. */
static int open_of_store(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                         ONEM2M_ATTRIBUTES *attributes, ONEM2M_RECORD_KEY *key, ONEM2M_ERROR *error)
{
    if (reader->opened == NULL && onem2m_store_cipher(reader, transaction, 0, error) == NULL)
        return 0;
    return onem2m_store_open_record(reader, transaction, text(DECOY_ID), decoy_of(reader->opened),
                                    attributes, key, error);
}

static int open_pretended(ONEM2M_STORE_READER *reader, ONEM2M_ATTRIBUTES *attributes,
                          ONEM2M_RECORD_KEY *key, ONEM2M_ERROR *error)
{
    const ONEM2M_OPENED *opened = pretend_keys(reader->store, error);
    ONEM2M_RECORD parsed;

    if (opened == NULL || (reader->pretended.epoch == 0 &&
                           !key_newest(reader->store, opened, &reader->pretended, error)))
        return 0;
    return onem2m_record_parse(&parsed, decoy_of(opened), error) &&
           onem2m_record_open(&reader->pretended, text(DECOY_ID), &parsed, attributes, key, error);
}

int onem2m_store_open_decoy(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                            ONEM2M_ERROR *error)
{
    const ONEM2M_USE use = { .kind = ONEM2M_USE_PSK, .usage = ONEM2M_USAGE_MAF };
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_RECORD_KEY key;
    ONEM2M_ERROR refusal;

    if (transaction == NULL ? !open_pretended(reader, &attributes, &key, error)
                            : !open_of_store(reader, transaction, &attributes, &key, error))
        return 0;
    onem2m_policy_allows(&attributes, &use, &refusal);
    OPENSSL_cleanse(key.octets, key.length);
    return 1;
}
