/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"

/* How many records are verified between two calls of the caller's progress. */
#define PROGRESS_INTERVAL 1024

typedef struct {
    ONEM2M_STORE_READER *reader;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_HEADER header;
    ONEM2M_STORE_KEYS keys;
    ONEM2M_HEADER account; /* what the records add up to */
    ONEM2M_STORE_FINDINGS *findings;
    onem2m_store_progress_fn *progress;
    void *argument;
    int tidies;
    int has_lock; /* no other writer is at work */
    ONEM2M_STORE_OBJECTS objects;
} VERIFICATION;

static void note(VERIFICATION *verification, const ONEM2M_ERROR *finding)
{
    if (verification->findings->first.reason == ONEM2M_R_NONE)
        verification->findings->first = *finding;
}

/* Whether the record of this name is of that name, and not one put in its place. */
static int check_name(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE name, ONEM2M_ERROR *error)
{
    ONEM2M_LOOKUP lookup;

    if (!onem2m_lookup_of(&lookup, attributes, error))
        return 0;
    if (lookup.length == name.length && memcmp(lookup.octets, name.data, name.length) == 0)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_RECORD_DAMAGED, ONEM2M_NO_OFFSET,
                         "record: it stands under another name than its own");
}

/* Whether the key's parent, if it has one, has a link to it. 1 also when reading fails. */
static int has_link(const VERIFICATION *verification, const ONEM2M_ATTRIBUTES *attributes,
                    ONEM2M_SLICE name)
{
    const ONEM2M_STORE *store = verification->reader->store;
    unsigned char link[ONEM2M_LINK_OCTETS];
    ONEM2M_LOOKUP parent;
    ONEM2M_SLICE child;

    if (onem2m_store_name_parent(attributes, &parent, NULL) <= 0 ||
        !onem2m_store_name_link(store, (ONEM2M_SLICE){ parent.octets, parent.length }, name, link,
                                NULL))
        return 1;
    return store->functions->get(verification->transaction, ONEM2M_TABLE_CHILDREN,
                                 (ONEM2M_SLICE){ link, sizeof(link) }, &child, NULL) == 1 &&
           child.length == name.length && memcmp(child.data, name.data, name.length) == 0;
}

static void check_link(VERIFICATION *verification, const ONEM2M_ATTRIBUTES *attributes,
                       ONEM2M_SLICE name)
{
    ONEM2M_ERROR finding;

    if (has_link(verification, attributes, name))
        return;
    verification->findings->orphans++;
    onem2m_refuse(&finding, ONEM2M_R_STORE_DAMAGED, ONEM2M_NO_OFFSET,
                  "a derived key is not in the table of children: its parent would not take it "
                  "along when its end is moved");
    note(verification, &finding);
}

/* The record itself is good. */
static void check_object(VERIFICATION *verification, const ONEM2M_ATTRIBUTES *attributes,
                         const ONEM2M_RECORD_KEY *key)
{
    ONEM2M_ERROR finding;

    if (verification->findings->has_objects &&
        !onem2m_store_check_object(&verification->objects, attributes, &key->token_key,
                                   verification->findings, &finding))
        note(verification, &finding);
}

static int check_record(VERIFICATION *verification, ONEM2M_SLICE name, ONEM2M_SLICE record,
                        ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_RECORD_KEY key;

    if (!onem2m_store_open_record(verification->reader, verification->transaction, name, record,
                                  &attributes, &key, error))
        return 0;
    OPENSSL_cleanse(key.octets, key.length);
    if (!check_name(&attributes, name, error))
        return 0;
    check_link(verification, &attributes, name);
    check_object(verification, &attributes, &key);
    return 1;
}

static int verify_record(VERIFICATION *verification, ONEM2M_SLICE name, ONEM2M_SLICE record,
                         ONEM2M_ERROR *error)
{
    const ONEM2M_STORE_READER *reader = verification->reader;
    const ONEM2M_HEADER_CRYPTO crypto =
        onem2m_store_crypto(reader->store, &verification->reader->hmac);
    ONEM2M_STORE_FINDINGS *findings = verification->findings;
    ONEM2M_ERROR finding;

    findings->records++;
    if (!check_record(verification, name, record, &finding)) {
        findings->damaged++;
        note(verification, &finding);
    }
    if (verification->progress != NULL && findings->records % PROGRESS_INTERVAL == 0)
        verification->progress(verification->argument, findings->records,
                               verification->header.records);
    return onem2m_set_hash_add(&verification->account, name, record, &verification->keys, &crypto,
                               error);
}

static int verify_records(VERIFICATION *verification, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_PLACE place = { .length = 0 };
    ONEM2M_SLICE name, record;
    int found;

    while ((found = onem2m_store_next(verification->reader->store, verification->transaction,
                                      &place, &name, &record, error)) > 0) {
        if (!verify_record(verification, name, record, error))
            return 0;
    }
    return found == 0;
}

static void compare_with_header(VERIFICATION *verification)
{
    ONEM2M_STORE_FINDINGS *findings = verification->findings;
    const ONEM2M_HEADER *header = &verification->header;
    ONEM2M_ERROR finding;

    if (findings->records == header->records &&
        memcmp(verification->account.set_hash, header->set_hash, sizeof(header->set_hash)) == 0)
        return;
    findings->set_hash_differs = 1;
    onem2m_refuse(
        &finding, ONEM2M_R_STORE_DAMAGED, ONEM2M_NO_OFFSET,
        "records were put back, taken away or changed: the header counts %llu and its set "
        "hash is of others, %llu are there",
        (unsigned long long)header->records, (unsigned long long)findings->records);
    note(verification, &finding);
}

/* Without the lock an object that no record names may be of a key that is being added. */
static int check_unrecorded(VERIFICATION *verification, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_FINDINGS *findings = verification->findings;
    ONEM2M_ERROR finding;

    if (!findings->has_objects || !verification->has_lock ||
        onem2m_store_count_unrecorded(&verification->objects, findings, &finding))
        return 1;
    if (verification->tidies && findings->damaged == 0 && !findings->set_hash_differs)
        return onem2m_store_destroy_unrecorded(verification->reader->store, &verification->objects,
                                               findings, error);
    note(verification, &finding);
    return 1;
}

static int verify(VERIFICATION *verification, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = verification->reader;

    if (!onem2m_store_read_header(reader, verification->transaction, &verification->header,
                                  &verification->keys, error))
        return 0;
    verification->account.format = verification->header.format;
    if ((verification->findings->has_objects &&
         !onem2m_store_list_objects(reader->store, &verification->objects, error)) ||
        !verify_records(verification, error))
        return 0;
    compare_with_header(verification);
    return check_unrecorded(verification, error);
}

/* Objects are compared with records while no writer is between the two; where nobody may write, nor
 * is there one who could be. */
static int begin(VERIFICATION *verification, ONEM2M_ERROR *error)
{
    ONEM2M_ERROR why;

    if (!verification->findings->has_objects)
        return onem2m_store_begin(verification->reader, &verification->transaction, ONEM2M_READ,
                                  error);
    verification->has_lock =
        onem2m_store_begin(verification->reader, &verification->transaction, ONEM2M_WRITE, &why);
    if (verification->has_lock)
        return 1;
    if (why.reason == ONEM2M_R_STORE_READ_ONLY && !verification->tidies)
        return onem2m_store_begin(verification->reader, &verification->transaction, ONEM2M_READ,
                                  error);
    if (error != NULL)
        *error = why;
    return 0;
}

static int run(VERIFICATION *verification, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE *store = verification->reader->store;
    int ok;

    memset(verification->findings, 0, sizeof(*verification->findings));
    verification->findings->has_objects = onem2m_store_has_objects(store);
    if (!begin(verification, error))
        return 0;
    ok = verify(verification, error);
    store->functions->abort(verification->transaction);
    onem2m_store_keys_clear(&verification->keys);
    onem2m_store_free_objects(&verification->objects);
    return ok;
}

int onem2m_store_verify(ONEM2M_STORE_READER *reader, ONEM2M_STORE_FINDINGS *findings,
                        onem2m_store_progress_fn *progress, void *argument, ONEM2M_ERROR *error)
{
    VERIFICATION verification = {
        .reader = reader, .findings = findings, .progress = progress, .argument = argument
    };

    return run(&verification, error);
}

int onem2m_store_tidy(ONEM2M_STORE_READER *reader, ONEM2M_STORE_FINDINGS *findings,
                      onem2m_store_progress_fn *progress, void *argument, ONEM2M_ERROR *error)
{
    VERIFICATION verification = { .reader = reader,
                                  .findings = findings,
                                  .progress = progress,
                                  .argument = argument,
                                  .tidies = 1 };

    return run(&verification, error);
}
