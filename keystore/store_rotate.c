/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "store_internal.h"

/*
 * Rotation: a fresh data key is put beside the old one, every record that is
 * still of the old one is sealed anew, and the old one is dropped. What others
 * write meanwhile is of the new one already, so one pass over all names is
 * enough; and since each step is a transaction, a process that ends in between
 * leaves a store with two keys, in which the next call goes on.
 */

/* Records of one transaction: other writers wait for that long. */
#define BATCH_RECORDS 2048

typedef struct {
    uint32_t epoch;           /* to which this pass brings all records */
    int is_over;              /* somebody else has ended this rotation */
    uint64_t total;           /* records that the header counts */
    ONEM2M_STORE_PLACE place; /* up to which all is done */
    uint64_t done;
    uint64_t damaged;          /* records that do not open */
    ONEM2M_ERROR first_damage; /* of the first of them */
    int is_at_end;
} PASS;

/* A step of a pass; the pass moves on when it is on disk. */
typedef struct {
    const PASS *before;
    PASS after;
} STEP;

/* While a rotation is under way the keys are two, in the order of their epochs. */
static int is_rotating(const ONEM2M_STORE_KEYS *keys)
{
    return keys->data[1].epoch != 0;
}

static int add_data_key(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error)
{
    ONEM2M_DATA_KEY *fresh = &writer->keys.data[1];

    if (writer->header.epoch == UINT32_MAX)
        return onem2m_refuse(error, ONEM2M_R_STORE_FAILED, ONEM2M_NO_OFFSET,
                             "the store has had 2^32 - 1 data keys; there is no number for "
                             "another");
    if (RAND_priv_bytes_ex(writer->store->libctx, fresh->key, sizeof(fresh->key), 0) <= 0)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                             "no random octets for a new data key");
    fresh->epoch = ++writer->header.epoch;
    writer->header.epoch_writes = 0;
    return onem2m_store_seal_keys_again(writer, error);
}

/* Begins a rotation, or joins the one that is under way. */
static int begin_rotation(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    PASS *pass = argument;

    memset(pass, 0, sizeof(*pass));
    if (!onem2m_store_open_keys_again(writer, error) ||
        (!is_rotating(&writer->keys) && !add_data_key(writer, error)))
        return 0;
    pass->epoch = writer->header.epoch;
    pass->total = writer->header.records;
    return 1;
}

static int is_of_this_pass(const ONEM2M_STORE_WRITER *writer, const PASS *pass)
{
    return writer->header.epoch == pass->epoch && is_rotating(&writer->keys);
}

static int seal_anew(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, ONEM2M_SLICE record,
                     ONEM2M_ERROR *error)
{
    ONEM2M_KEY key = { 0 };
    ONEM2M_MATERIAL material;
    int ok;

    if (!onem2m_store_load_key(writer, name, record, &key, error))
        return 0;
    material = onem2m_key_material(&key);
    ok = onem2m_store_put_record(writer, name, &key.attributes, &material, error);
    onem2m_key_clear(&key);
    return ok;
}

/* A damaged record stays as it is, and with it the old key. */
static int note_damage(PASS *pass, const ONEM2M_ERROR *why)
{
    if (pass->damaged++ == 0)
        pass->first_damage = *why;
    return 1;
}

/* name: not the transaction's. */
static int rotate_record(ONEM2M_STORE_WRITER *writer, PASS *pass, ONEM2M_SLICE name,
                         ONEM2M_SLICE record, ONEM2M_ERROR *error)
{
    ONEM2M_ERROR why = { .reason = ONEM2M_R_NONE };
    ONEM2M_RECORD parsed;

    pass->done++;
    if (!onem2m_record_parse(&parsed, record, &why))
        return note_damage(pass, &why);
    if (parsed.epoch == pass->epoch || seal_anew(writer, name, record, &why))
        return 1;
    if (why.reason == ONEM2M_R_RECORD_DAMAGED)
        return note_damage(pass, &why);
    if (error != NULL)
        *error = why;
    return 0;
}

static int rotate_records(ONEM2M_STORE_WRITER *writer, PASS *pass, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE name, record;
    int found = 1;

    for (int i = 0; i < BATCH_RECORDS && found > 0; i++) {
        found = onem2m_store_next(writer->store, writer->transaction, &pass->place, &name, &record,
                                  error);
        if (found > 0 &&
            !rotate_record(writer, pass,
                           (ONEM2M_SLICE){ pass->place.octets, pass->place.length - 1 }, record,
                           error))
            return 0;
    }
    pass->is_at_end = found == 0;
    return found >= 0;
}

static int drop_old_key(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_KEYS *keys = &writer->keys;

    if (!onem2m_store_open_keys_again(writer, error))
        return 0;
    keys->data[0] = keys->data[1];
    OPENSSL_cleanse(&keys->data[1], sizeof(keys->data[1]));
    return onem2m_store_seal_keys_again(writer, error);
}

static int take_step(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    STEP *step = argument;
    PASS *pass = &step->after;

    *pass = *step->before;
    pass->is_over = !is_of_this_pass(writer, pass);
    if (pass->is_over)
        return 1;
    if (!pass->is_at_end)
        return rotate_records(writer, pass, error);
    pass->is_over = 1;
    return drop_old_key(writer, error);
}

static int refuse_damaged(const PASS *pass, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, pass->first_damage.reason, ONEM2M_NO_OFFSET,
                         "%llu records do not open (%.120s); all others have the new data key, "
                         "the old one stays",
                         (unsigned long long)pass->damaged, pass->first_damage.detail);
}

int onem2m_store_rotate(ONEM2M_STORE *store, onem2m_store_progress_fn *progress, void *argument,
                        ONEM2M_ERROR *error)
{
    PASS pass;
    STEP step = { .before = &pass };

    if (!onem2m_store_write(store, begin_rotation, &pass, error))
        return 0;
    while (!pass.is_over) {
        if (pass.is_at_end && pass.damaged > 0)
            return refuse_damaged(&pass, error);
        if (!onem2m_store_write(store, take_step, &step, error))
            return 0;
        pass = step.after;
        if (progress != NULL)
            progress(argument, pass.done, pass.total);
    }
    return 1;
}
