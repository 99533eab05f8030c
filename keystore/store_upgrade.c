/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "store_internal.h"

/*
 * Upgrades: a store of an older format becomes one of the next in the
 * transaction of the first write, so that others see either. Those who read
 * the older one go on; docs/store-format.md says in what formats differ.
 */

/* Makes a store of one format one of the next; puts nothing but records and the header's account.
 */
typedef int upgrade_fn(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error);

/* From the sum of one format's hashes to that of another's. */
static int move_hash(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, ONEM2M_SLICE record,
                     ONEM2M_ERROR *error)
{
    const ONEM2M_HEADER_CRYPTO crypto = onem2m_store_crypto(writer->store, &writer->reader->hmac);
    ONEM2M_HEADER account = writer->header;

    if (!onem2m_set_hash_remove(&account, name, record, &writer->keys, &crypto, error))
        return 0;
    account.format++;
    if (!onem2m_set_hash_add(&account, name, record, &writer->keys, &crypto, error))
        return 0;
    memcpy(writer->header.set_hash, account.set_hash, sizeof(account.set_hash));
    return 1;
}

/*
 * Format 2 masks the set hash and takes it of other hashes, so that those which
 * could be computed of format 1 are of no use. What differed from the records
 * before still does, and verify goes on finding it.
 */
static int hash_records_anew(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_PLACE place = { .length = 0 };
    ONEM2M_SLICE name, record;
    int found;

    while ((found = onem2m_store_next(writer->store, writer->transaction, &place, &name, &record,
                                      error)) > 0) {
        if (!move_hash(writer, name, record, error))
            return 0;
    }
    return found == 0;
}

/* By the format that they begin with. */
static upgrade_fn *const upgrades[ONEM2M_STORE_FORMAT] = { [1] = hash_records_anew };

int onem2m_store_upgrade(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error)
{
    for (; writer->header.format < ONEM2M_STORE_FORMAT; writer->header.format++) {
        if (!upgrades[writer->header.format](writer, error))
            return 0;
    }
    return 1;
}
