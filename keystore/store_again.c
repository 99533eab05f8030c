/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "store_internal.h"

/*
 * The same key again. A client has one key for all of its handshakes: as long as
 * nobody has committed anything, it need not be found and opened each time.
 */

typedef struct {
    ONEM2M_FOUND_KEY *found;
    ONEM2M_SNAPSHOT snapshot;
    unsigned int kinds;
    onem2m_store_visit_fn *visit;
    void *argument;
} KEEPING;

void onem2m_found_key_clear(ONEM2M_FOUND_KEY *found)
{
    if (found->snapshot.opening == 0)
        return;
    onem2m_key_clear(&found->key);
    memset(found, 0, sizeof(*found));
}

/* A key that did not serve is not kept; nor is one for which there is no memory. */
static int visit_and_keep(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                          const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    const KEEPING *keeping = argument;

    if (!keeping->visit(keeping->argument, attributes, material, error))
        return 0;
    if (keeping->snapshot.opening != 0 &&
        onem2m_key_copy(&keeping->found->key, attributes, material)) {
        keeping->found->snapshot = keeping->snapshot;
        keeping->found->kinds = keeping->kinds;
    }
    return 1;
}

static int is_still_so(const ONEM2M_FOUND_KEY *found, ONEM2M_SNAPSHOT snapshot, unsigned int kinds)
{
    return found->snapshot.opening != 0 && found->snapshot.opening == snapshot.opening &&
           found->snapshot.commit == snapshot.commit && found->kinds == kinds;
}

static int visit_found(const ONEM2M_FOUND_KEY *found, onem2m_store_visit_fn *visit, void *argument,
                       ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(&found->key);

    return visit(argument, &found->key.attributes, &material, error);
}

static ONEM2M_SNAPSHOT snapshot_of(const ONEM2M_STORE *store, const ONEM2M_TRANSACTION *transaction)
{
    static const ONEM2M_SNAPSHOT unknown;

    return store->functions->snapshot != NULL ? store->functions->snapshot(transaction) : unknown;
}

int onem2m_store_look_up_again(ONEM2M_STORE_READER *reader, ONEM2M_FOUND_KEY *found,
                               const char *key_id, size_t length, unsigned int kinds,
                               onem2m_store_visit_fn *visit, void *argument, ONEM2M_ERROR *error)
{
    KEEPING keeping = { .found = found, .kinds = kinds, .visit = visit, .argument = argument };
    ONEM2M_TRANSACTION *transaction;
    int ok;

    if (!onem2m_store_begin_look_up(reader, &transaction, error))
        return 0;
    keeping.snapshot = snapshot_of(reader->store, transaction);
    if (is_still_so(found, keeping.snapshot, kinds)) {
        ok = visit_found(found, visit, argument, error);
    } else {
        onem2m_found_key_clear(found);
        ok = onem2m_store_find_and_visit(reader, transaction, key_id, length, kinds, visit_and_keep,
                                         &keeping, error);
    }
    reader->store->functions->abort(transaction);
    return ok;
}
