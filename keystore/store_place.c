/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"

/* Where keys are: in software, or in the token of the store. */

int onem2m_store_material(const ONEM2M_STORE *store, const ONEM2M_RECORD_KEY *key,
                          ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    if (key->token_key.custody == ONEM2M_CUSTODY_SOFTWARE) {
        *material = (ONEM2M_MATERIAL){ .octets = { key->octets, key->length } };
        return 1;
    }
    *material = (ONEM2M_MATERIAL){ .token = store->token, .key = &key->token_key };
    return store->token != NULL ||
           onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "keystore: the key is in a PKCS#11 token, which is named by a pkcs11: URI "
                         "with x-records");
}

/* Makes room, so that what was made can be noted without a failure. */
static int reserve(ONEM2M_TOKEN_KEYS *list, ONEM2M_ERROR *error)
{
    const size_t room = list->room == 0 ? 4 : 2 * list->room;
    ONEM2M_TOKEN_KEY *keys;

    if (list->count < list->room)
        return 1;
    keys = OPENSSL_realloc(list->keys, room * sizeof(*keys));
    if (keys == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    list->keys = keys;
    list->room = room;
    return 1;
}

static void note(ONEM2M_TOKEN_KEYS *list, const ONEM2M_TOKEN_KEY *key)
{
    list->keys[list->count++] = *key;
}

/* The key as the store keeps keys: 1, also when it is so already. */
static int bring_in(ONEM2M_STORE_WRITER *writer, int extractable, const ONEM2M_MATERIAL *material,
                    ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE *store = writer->store;
    int ok;

    if (material->token == NULL) {
        ok = reserve(&writer->made, error) &&
             onem2m_token_import(store->token, store->custody, extractable, material->octets, key,
                                 error);
    } else if (store->custody == ONEM2M_CUSTODY_OBJECT &&
               material->key->custody == ONEM2M_CUSTODY_WRAPPED) {
        ok = reserve(&writer->made, error) &&
             onem2m_token_settle(store->token, material->key, key, error);
    } else {
        *key = *material->key;
        return 1;
    }
    if (ok)
        note(&writer->made, key);
    return ok;
}

/* Of an object this is done at once, and stays when nothing is committed: it takes away only what
 * the record would give. */
static int restrict_key(ONEM2M_STORE_WRITER *writer, const ONEM2M_ATTRIBUTES *attributes,
                        ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error)
{
    if (key->extractable && !attributes->extractable)
        return onem2m_token_restrict(writer->store->token, key, error);
    return key->extractable || !attributes->extractable ||
           onem2m_refuse(error, ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_NO_OFFSET,
                         "extractable: 1 of a key that its PKCS#11 token does not give out "
                         "(TS-0003 6.3.1)");
}

int onem2m_store_place(ONEM2M_STORE_WRITER *writer, ONEM2M_ATTRIBUTES *attributes,
                       const ONEM2M_MATERIAL *material, ONEM2M_TOKEN_KEY *key,
                       ONEM2M_MATERIAL *placed, ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN *token = writer->store->token;

    *placed = *material;
    if (material->token != NULL && material->token != token)
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "keystore: the key is in a PKCS#11 token that is not this store's");
    if (token != NULL && onem2m_material_length(material) > 0) {
        if (!bring_in(writer, attributes->extractable, material, key, error) ||
            !restrict_key(writer, attributes, key, error))
            return 0;
        *placed = (ONEM2M_MATERIAL){ .token = token, .key = key };
    }
    onem2m_attributes_place(attributes, placed);
    return 1;
}

int onem2m_store_doom(ONEM2M_STORE_WRITER *writer, const ONEM2M_MATERIAL *material,
                      ONEM2M_ERROR *error)
{
    if (material->token == NULL)
        return 1;
    if (!reserve(&writer->doomed, error))
        return 0;
    note(&writer->doomed, material->key);
    return 1;
}

/* From so many on one search for all is less than one for each. */
#define MANY 8

/* The transaction is over, whatever the token says: what failed for a moment only is done again. */
static void destroy_one(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key)
{
    if (!onem2m_token_destroy(token, key, NULL))
        onem2m_token_destroy(token, key, NULL);
}

static void destroy(const ONEM2M_STORE *store, const ONEM2M_TOKEN_KEYS *useless)
{
    if (useless->count >= MANY &&
        onem2m_token_destroy_all(store->token, useless->keys, useless->count, NULL))
        return;
    for (size_t i = 0; i < useless->count; i++)
        destroy_one(store->token, &useless->keys[i]);
}

/* What cannot be destroyed now, and what nobody knows to be of use, is found by `verify`: an object
 * without a record. */
void onem2m_store_tidy_token(ONEM2M_STORE_WRITER *writer, ONEM2M_END end)
{
    if (end == ONEM2M_END_COMMITTED)
        destroy(writer->store, &writer->doomed);
    else if (end == ONEM2M_END_NOTHING)
        destroy(writer->store, &writer->made);
    OPENSSL_free(writer->made.keys);
    OPENSSL_free(writer->doomed.keys);
    memset(&writer->made, 0, sizeof(writer->made));
    memset(&writer->doomed, 0, sizeof(writer->doomed));
}

ONEM2M_TOKEN *onem2m_store_token(const ONEM2M_STORE *store)
{
    return store->token;
}

int onem2m_store_protection(const ONEM2M_STORE *store, const ONEM2M_ATTRIBUTES *attributes)
{
    return onem2m_attributes_protection(attributes, store->protection);
}
