/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"

/* A random IV each: far below the 2^32 at which GCM's would begin to meet (NIST SP 800-38D 8.3). */
#define EPOCH_WRITES_MAX ((uint64_t)1 << 31)

_Static_assert(ONEM2M_LOOKUP_MAX <= ONEM2M_BACKEND_NAME_MAX, "a look-up name fits a backend");

static int refuse_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

int onem2m_store_get_record(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, ONEM2M_SLICE *record,
                            ONEM2M_ERROR *error)
{
    return writer->store->functions->get(writer->transaction, ONEM2M_TABLE_KEYS, name, record,
                                         error);
}

/* Takes what stands under the name, if anything does, out of the account. */
static int forget_record(ONEM2M_STORE_WRITER *writer, ONEM2M_HEADER *account, ONEM2M_SLICE name,
                         ONEM2M_ERROR *error)
{
    const ONEM2M_HEADER_CRYPTO crypto = onem2m_store_crypto(writer->store, &writer->reader->hmac);
    ONEM2M_SLICE record;
    const int found = onem2m_store_get_record(writer, name, &record, error);

    if (found <= 0)
        return found == 0;
    account->records--;
    return onem2m_set_hash_remove(account, name, record, &writer->keys, &crypto, error);
}

static int seal_record(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name,
                       const ONEM2M_ATTRIBUTES *attributes, const ONEM2M_MATERIAL *material,
                       size_t *length, ONEM2M_ERROR *error)
{
    ONEM2M_RECORD_CIPHER *cipher;

    if (writer->header.epoch_writes >= EPOCH_WRITES_MAX)
        return onem2m_refuse(error, ONEM2M_R_ROTATION_DUE, ONEM2M_NO_OFFSET,
                             "the data key has sealed 2^31 records; rotate it");
    cipher = onem2m_store_cipher(writer->reader, writer->transaction, writer->header.epoch, error);
    return cipher != NULL &&
           onem2m_record_seal(cipher, name, attributes, material, writer->record, length, error);
}

int onem2m_store_put_record(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name,
                            const ONEM2M_ATTRIBUTES *attributes, const ONEM2M_MATERIAL *material,
                            ONEM2M_ERROR *error)
{
    const ONEM2M_HEADER_CRYPTO crypto = onem2m_store_crypto(writer->store, &writer->reader->hmac);
    ONEM2M_SLICE record = { writer->record, 0 };
    ONEM2M_HEADER account = writer->header;
    ONEM2M_ATTRIBUTES stored = *attributes;
    ONEM2M_TOKEN_KEY key;
    ONEM2M_MATERIAL placed;

    account.records++;
    account.epoch_writes++;
    if (!onem2m_store_place(writer, &stored, material, &key, &placed, error) ||
        !seal_record(writer, name, &stored, &placed, &record.length, error) ||
        !forget_record(writer, &account, name, error) ||
        !onem2m_set_hash_add(&account, name, record, &writer->keys, &crypto, error) ||
        !writer->store->functions->put(writer->transaction, ONEM2M_TABLE_KEYS, name, record, error))
        return 0;
    writer->header = account;
    return 1;
}

int onem2m_store_load_key(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, ONEM2M_SLICE record,
                          ONEM2M_KEY *key, ONEM2M_ERROR *error)
{
    ONEM2M_RECORD_KEY held;
    ONEM2M_MATERIAL material;
    ONEM2M_ATTRIBUTES attributes;
    int ok;

    if (!onem2m_store_open_record(writer->reader, writer->transaction, name, record, &attributes,
                                  &held, error))
        return 0;
    ok = onem2m_store_material(writer->store, &held, &material, error) &&
         (onem2m_key_copy(key, &attributes, &material) || refuse_memory(error));
    OPENSSL_cleanse(held.octets, held.length);
    return ok;
}

static int add_named(ONEM2M_STORE_WRITER *writer, ONEM2M_ATTRIBUTES *attributes,
                     const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    ONEM2M_LOOKUP lookup;

    return onem2m_attributes_check(attributes, onem2m_material_length(material), error) &&
           onem2m_lookup_of(&lookup, attributes, error) &&
           onem2m_store_check_name(writer, attributes, &lookup, error) &&
           onem2m_store_add_to_parent(writer, attributes, &lookup, error) &&
           onem2m_store_put_record(writer, onem2m_lookup_slice(&lookup), attributes, material,
                                   error) &&
           onem2m_store_limit_children(writer, onem2m_lookup_slice(&lookup), attributes, error);
}

int onem2m_store_add(ONEM2M_STORE_WRITER *writer, const ONEM2M_ATTRIBUTES *attributes,
                     const ONEM2M_MATERIAL *material, char *key_id, ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES named = *attributes;
    ONEM2M_SLICE *name = &named.text[ONEM2M_TEXT_KEY_ID];
    ONEM2M_ID id;

    if (name->length == 0) {
        if (!onem2m_store_assign_key_id(writer, named.kind, &id, error))
            return 0;
        name->data = (const unsigned char *)id.text;
        name->length = id.length;
    }
    if (!add_named(writer, &named, material, error))
        return 0;
    if (key_id != NULL) {
        memcpy(key_id, name->data, name->length);
        key_id[name->length] = '\0';
    }
    return 1;
}

static int changes_attributes(const ONEM2M_STORE_CHANGE *change)
{
    return change->change_not_after || change->change_labels || change->change_targets ||
           change->change_extractable || change->change_derive_octets;
}

int onem2m_store_change_is_any(const ONEM2M_STORE_CHANGE *change)
{
    return change->change_state || changes_attributes(change);
}

void onem2m_store_change_apply(const ONEM2M_STORE_CHANGE *change, ONEM2M_ATTRIBUTES *attributes)
{
    if (change->change_not_after)
        attributes->not_after = change->not_after;
    if (change->change_labels)
        attributes->text[ONEM2M_TEXT_LABELS] = change->labels;
    if (change->change_targets)
        attributes->text[ONEM2M_TEXT_TARGET_IDS] = change->targets;
    if (change->change_state)
        attributes->state = change->state;
    if (change->change_extractable)
        attributes->extractable = change->extractable;
    if (change->change_derive_octets)
        attributes->derive_octets = change->derive_octets;
}

static int is_destruction(const ONEM2M_STORE_CHANGE *change)
{
    return change->change_state && change->state == ONEM2M_STATE_DESTROYED;
}

static int ask_policy(const ONEM2M_ATTRIBUTES *attributes, const ONEM2M_STORE_CHANGE *change,
                      ONEM2M_SLICE requester, ONEM2M_TIME now, ONEM2M_ERROR *error)
{
    const ONEM2M_USE use = { .kind =
                                 is_destruction(change) ? ONEM2M_USE_DESTROY : ONEM2M_USE_UPDATE,
                             .requester = requester,
                             .now = now };

    return onem2m_policy_allows(attributes, &use, error);
}

static int check_change(ONEM2M_STORE_WRITER *writer, const ONEM2M_KEY *key,
                        const ONEM2M_ATTRIBUTES *wished, ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(key);
    ONEM2M_KEY parent = { 0 };
    const int found = onem2m_store_load_parent(writer, &key->attributes, &parent, error);
    const int ok = found >= 0 &&
                   onem2m_policy_change(&key->attributes, wished,
                                        found > 0 ? &parent.attributes : NULL, error) &&
                   onem2m_attributes_check(wished, onem2m_material_length(&material), error);

    onem2m_key_clear(&parent);
    return ok;
}

/* Leaves the tombstone: all that was known of the key but its octets. */
static int destroy_key(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, const ONEM2M_KEY *key,
                       const ONEM2M_STORE_CHANGE *change, ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(key);
    ONEM2M_ATTRIBUTES tombstone = key->attributes;
    static const ONEM2M_MATERIAL nothing = { .token = NULL };

    if (changes_attributes(change))
        return onem2m_refuse(error, ONEM2M_R_NOT_CHANGEABLE, ONEM2M_NO_OFFSET,
                             "state: what destroys a key changes nothing else of it");
    tombstone.state = ONEM2M_STATE_DESTROYED;
    return onem2m_store_doom(writer, &material, error) &&
           onem2m_store_put_record(writer, name, &tombstone, &nothing, error);
}

static int change_key(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, const ONEM2M_KEY *key,
                      const ONEM2M_STORE_CHANGE *change, ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(key);
    ONEM2M_ATTRIBUTES wished = key->attributes;

    if (is_destruction(change))
        return destroy_key(writer, name, key, change, error);
    onem2m_store_change_apply(change, &wished);
    return check_change(writer, key, &wished, error) &&
           onem2m_store_put_record(writer, name, &wished, &material, error) &&
           onem2m_store_limit_children(writer, name, &wished, error);
}

int onem2m_store_change(ONEM2M_STORE_WRITER *writer, const char *key_id, size_t length,
                        unsigned int kinds, const ONEM2M_STORE_CHANGE *change,
                        ONEM2M_SLICE requester, ONEM2M_TIME now, ONEM2M_ERROR *error)
{
    ONEM2M_KEY key = { 0 };
    ONEM2M_LOOKUP lookup;
    ONEM2M_SLICE record;
    int ok;

    if (!onem2m_store_find(writer->store, writer->transaction, key_id, length, kinds, &lookup,
                           &record, error) ||
        !onem2m_store_load_key(writer, onem2m_lookup_slice(&lookup), record, &key, error))
        return 0;
    ok = ask_policy(&key.attributes, change, requester, now, error) &&
         change_key(writer, onem2m_lookup_slice(&lookup), &key, change, error);
    onem2m_key_clear(&key);
    return ok;
}

int onem2m_store_open_keys_again(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error)
{
    return onem2m_store_open_keys(writer->store, &writer->header, &writer->reader->hmac,
                                  &writer->keys, error);
}

static int seal_keys(ONEM2M_STORE_WRITER *writer, const ONEM2M_SEAL *seal, ONEM2M_ERROR *error)
{
    const ONEM2M_HEADER_CRYPTO crypto = onem2m_store_crypto(writer->store, &writer->reader->hmac);

    return onem2m_header_seal_keys(&writer->header, &writer->keys, seal, &crypto, error);
}

int onem2m_store_seal_keys_again(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error)
{
    ONEM2M_SEAL seal;
    int ok;

    if (!onem2m_store_open_seal(writer->store, &writer->header, &seal, error))
        return 0;
    ok = seal_keys(writer, &seal, error);
    onem2m_store_clear_seal(writer->store, &seal);
    return ok;
}

/* The keys are opened anew, so that whoever has not the seal as it is cannot give it another. */
static int reseal(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    return onem2m_store_open_keys_again(writer, error) && seal_keys(writer, argument, error);
}

int onem2m_store_reseal(ONEM2M_STORE *store, const char *seal_uri, ONEM2M_ERROR *error)
{
    ONEM2M_SEAL seal = { .secret = { 0 } };
    const int ok = onem2m_seal_open(&seal, seal_uri, NULL, store->libctx, error) &&
                   onem2m_store_write(store, reseal, &seal, error);

    onem2m_seal_clear(&seal);
    return ok;
}
