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
    int is_backup; /* keys of others than its own may be in the token */
    int tidies;
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

/* What no record names may be the key of one that is damaged or gone, which a backup has. */
static int may_destroy(const ONEM2M_STORE_FINDINGS *findings)
{
    return findings->unrecorded > 0 && findings->damaged == 0 && !findings->set_hash_differs;
}

static void check_unrecorded(VERIFICATION *verification)
{
    ONEM2M_STORE_FINDINGS *findings = verification->findings;
    ONEM2M_ERROR finding;

    if (!findings->has_objects || verification->is_backup ||
        onem2m_store_count_unrecorded(&verification->objects, findings, &finding))
        return;
    if (!verification->tidies || !may_destroy(findings))
        note(verification, &finding);
}

static int verify_begun(VERIFICATION *verification, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = verification->reader;

    if (!onem2m_store_read_header(reader, verification->transaction, &verification->header,
                                  &verification->keys, error))
        return 0;
    verification->account = (ONEM2M_HEADER){ .format = verification->header.format };
    if ((verification->findings->has_objects &&
         !onem2m_store_list_objects(reader->store, &verification->objects, error)) ||
        !verify_records(verification, error))
        return 0;
    compare_with_header(verification);
    check_unrecorded(verification);
    return 1;
}

/* In a transaction that was begun, from the start; the objects are to be freed. */
static int verify(VERIFICATION *verification, ONEM2M_ERROR *error)
{
    int ok;

    memset(verification->findings, 0, sizeof(*verification->findings));
    verification->findings->has_objects = onem2m_store_has_objects(verification->reader->store);
    onem2m_store_free_objects(&verification->objects);
    ok = verify_begun(verification, error);
    onem2m_store_keys_clear(&verification->keys);
    return ok;
}

/* Objects are compared with records while no writer of this host is between the two; where nobody
 * may write, nor is there one who could be. */
static int begin(VERIFICATION *verification, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = verification->reader;
    ONEM2M_ERROR why;

    if (!onem2m_store_has_objects(reader->store) || verification->is_backup)
        return onem2m_store_begin(reader, &verification->transaction, ONEM2M_READ, error);
    if (onem2m_store_begin(reader, &verification->transaction, ONEM2M_WRITE, &why))
        return 1;
    if (why.reason == ONEM2M_R_STORE_READ_ONLY)
        return onem2m_store_begin(reader, &verification->transaction, ONEM2M_READ, error);
    if (error != NULL)
        *error = why;
    return 0;
}

static int run(VERIFICATION *verification, ONEM2M_ERROR *error)
{
    int ok;

    if (!begin(verification, error))
        return 0;
    ok = verify(verification, error);
    verification->reader->store->functions->abort(verification->transaction);
    return ok;
}

int onem2m_store_verify(ONEM2M_STORE_READER *reader, ONEM2M_STORE_FINDINGS *findings,
                        onem2m_store_progress_fn *progress, void *argument, ONEM2M_ERROR *error)
{
    VERIFICATION verification = {
        .reader = reader, .findings = findings, .progress = progress, .argument = argument
    };
    const int ok = run(&verification, error);

    onem2m_store_free_objects(&verification.objects);
    return ok;
}

int onem2m_store_verify_backup(ONEM2M_STORE_READER *reader, ONEM2M_STORE_FINDINGS *findings,
                               onem2m_store_progress_fn *progress, void *argument,
                               ONEM2M_ERROR *error)
{
    VERIFICATION verification = { .reader = reader,
                                  .findings = findings,
                                  .progress = progress,
                                  .argument = argument,
                                  .is_backup = 1 };
    const int ok = run(&verification, error);

    onem2m_store_free_objects(&verification.objects);
    return ok;
}

/* ---- Tidying ---- */

static int verify_to_write(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    VERIFICATION *verification = argument;

    verification->reader = writer->reader;
    verification->transaction = writer->transaction;
    return verify(verification, error);
}

/*
 * The lock does not reach writers of other hosts; the commit does. It is refused when one of them
 * has committed since it began. When it is not, whoever has made one of these objects and not yet
 * committed its record is refused, and the object is of no use.
 */
static int tidy(VERIFICATION *verification, ONEM2M_ERROR *error)
{
    ONEM2M_STORE *store = verification->reader->store;

    if (!run(verification, error))
        return 0;
    if (!may_destroy(verification->findings))
        return 1;
    if (!onem2m_store_write(store, verify_to_write, verification, error))
        return 0;
    return !may_destroy(verification->findings) ||
           onem2m_store_destroy_unrecorded(store, &verification->objects, verification->findings,
                                           error);
}

int onem2m_store_tidy(ONEM2M_STORE_READER *reader, ONEM2M_STORE_FINDINGS *findings,
                      onem2m_store_progress_fn *progress, void *argument, ONEM2M_ERROR *error)
{
    VERIFICATION verification = { .reader = reader,
                                  .findings = findings,
                                  .progress = progress,
                                  .argument = argument,
                                  .tidies = 1 };
    const int ok = tidy(&verification, error);

    onem2m_store_free_objects(&verification.objects);
    return ok;
}
