/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/rand.h>
#include "store_internal.h"

/* Names that a store takes, and gives. */

/* How often a random relative part may be taken already before something is wrong. */
#define ASSIGNMENTS_MAX 8

/* Names that this entity alone gives: KeID, and what a key is registered under. */
static int is_assigned_here(const ONEM2M_STORE *store, const ONEM2M_ATTRIBUTES *attributes,
                            const ONEM2M_ID *id)
{
    return store->fqdn != NULL &&
           (attributes->registration || attributes->kind == ONEM2M_KIND_KE) &&
           id->fqdn.length == strlen(store->fqdn) &&
           memcmp(id->text + id->fqdn.offset, store->fqdn, id->fqdn.length) == 0;
}

/*
 * The relative part of such a name is what a handshake exported, or what the
 * store drew, both 32 hexadecimal digits (TS-0003 10.3.4, 10.3.5), or of GBA's
 * RAND (8.3.2.3): nobody else's choice.
 */
static int check_assigned(const ONEM2M_STORE *store, const ONEM2M_ATTRIBUTES *attributes,
                          ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE key_id = attributes->text[ONEM2M_TEXT_KEY_ID];
    ONEM2M_ID id;

    if (!onem2m_key_id_parse(&id, attributes->kind, (const char *)key_id.data, key_id.length,
                             ONEM2M_ID_FOLD_FQDN, error))
        return 0;
    if (id.form != ONEM2M_FORM_NAME || !is_assigned_here(store, attributes, &id))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_BAD_FORM, id.relative.offset,
                         "key-id: the relative part at this entity's own FQDN is not one that it "
                         "assigned, 32 hexadecimal digits; leave key-id out (TS-0003 8.3.5.2.7, "
                         "8.8.2.7, 10.3.4)");
}

static int check_unused(ONEM2M_STORE_WRITER *writer, const ONEM2M_LOOKUP *lookup,
                        ONEM2M_ERROR *error)
{
    ONEM2M_SLICE record;
    const int found = onem2m_store_get_record(writer, onem2m_lookup_slice(lookup), &record, error);

    if (found > 0)
        return onem2m_refuse(
            error, ONEM2M_R_NAME_IN_USE, ONEM2M_NO_OFFSET,
            "key-id: a key of this kind has or had this name (TS-0003 10.5, 10.6)");
    return found == 0;
}

int onem2m_store_check_name(ONEM2M_STORE_WRITER *writer, const ONEM2M_ATTRIBUTES *attributes,
                            const ONEM2M_LOOKUP *lookup, ONEM2M_ERROR *error)
{
    return check_assigned(writer->store, attributes, error) && check_unused(writer, lookup, error);
}

/* Whether any kind has or had this identifier. */
static int used_by_any_kind(ONEM2M_STORE_WRITER *writer, const ONEM2M_LOOKUP *lookup,
                            ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE prefix = { lookup->octets, lookup->length - 1 };
    ONEM2M_SLICE name, record;
    const int found = writer->store->functions->seek(writer->transaction, ONEM2M_TABLE_KEYS, prefix,
                                                     &name, &record, error);

    if (found <= 0)
        return found;
    return name.length == lookup->length && memcmp(name.data, prefix.data, prefix.length) == 0;
}

/* TS-0003 8.3.5.2.7, 8.8.2.7: a previously unused relative part, at this entity's FQDN. */
int onem2m_store_assign_key_id(ONEM2M_STORE_WRITER *writer, ONEM2M_KIND kind, ONEM2M_ID *id,
                               ONEM2M_ERROR *error)
{
    const char *fqdn = writer->store->fqdn;
    unsigned char relative[ONEM2M_RELATIVE_KEY_ID_OCTETS];
    ONEM2M_LOOKUP lookup;
    int tries, used;

    if (fqdn == NULL)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET,
                             "key-id: none is given, and without fqdn in the configuration none "
                             "can be assigned (TS-0003 10.3.5)");
    for (tries = 0; tries < ASSIGNMENTS_MAX; tries++) {
        if (RAND_bytes_ex(writer->store->libctx, relative, sizeof(relative), 0) <= 0)
            break;
        if (!onem2m_id_form_exported(id, ONEM2M_ID_KC, relative, fqdn, strlen(fqdn), error) ||
            !onem2m_lookup_form(&lookup, kind, id->text, id->length, error))
            return 0;
        used = used_by_any_kind(writer, &lookup, error);
        if (used <= 0)
            return used == 0;
    }
    return onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                         "key-id: no unused relative part was found at random");
}
