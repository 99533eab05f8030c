/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"

/*
 * Records beside the objects of the token that they name. A key's object is made before its record
 * and destroyed after that, so a process that was killed leaves objects without a record, and no
 * record without its object.
 */

int onem2m_store_has_objects(const ONEM2M_STORE *store)
{
    return store->token != NULL && store->custody == ONEM2M_CUSTODY_OBJECT;
}

int onem2m_store_list_objects(const ONEM2M_STORE *store, ONEM2M_STORE_OBJECTS *objects,
                              ONEM2M_ERROR *error)
{
    *objects = (ONEM2M_STORE_OBJECTS){ NULL, 0 };
    return onem2m_token_list(store->token, &objects->items, &objects->count, error);
}

void onem2m_store_free_objects(ONEM2M_STORE_OBJECTS *objects)
{
    OPENSSL_free(objects->items);
    *objects = (ONEM2M_STORE_OBJECTS){ NULL, 0 };
}

/* ---- Of a record ---- */

static int compare_id(const void *id, const void *object)
{
    return memcmp(id, ((const ONEM2M_TOKEN_OBJECT *)object)->id, ONEM2M_TOKEN_ID_OCTETS);
}

static int refuse_object(ONEM2M_ERROR *finding, const ONEM2M_ATTRIBUTES *attributes,
                         const char *what)
{
    const ONEM2M_SLICE *name = &attributes->text[ONEM2M_TEXT_KEY_ID];

    return onem2m_refuse(finding, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET, "key %.*s: %s",
                         name->length < 100 ? (int)name->length : 100, (const char *)name->data,
                         what);
}

/* What is wrong with an object, NULL: nothing. It may protect more than its record says, as after
 * an update that was not committed, or of a backup from before it. */
static const char *fault_of(const ONEM2M_TOKEN_OBJECT *object, const ONEM2M_TOKEN_KEY *key)
{
    if (object->is_recorded)
        return "another record names its object in the PKCS#11 token, too";
    if (object->copies > 1)
        return "the PKCS#11 token has several objects of its CKA_ID";
    if (!object->is_secret)
        return "its object in the PKCS#11 token is no CKK_GENERIC_SECRET";
    if (!key->extractable && !object->is_protected)
        return "it is not extractable, and its object in the PKCS#11 token is, or not sensitive";
    return NULL;
}

int onem2m_store_check_object(ONEM2M_STORE_OBJECTS *objects, const ONEM2M_ATTRIBUTES *attributes,
                              const ONEM2M_TOKEN_KEY *key, ONEM2M_STORE_FINDINGS *findings,
                              ONEM2M_ERROR *finding)
{
    ONEM2M_TOKEN_OBJECT *object = NULL;
    const char *fault;

    if (key->custody != ONEM2M_CUSTODY_OBJECT)
        return 1;
    if (objects->count > 0)
        object = bsearch(key->reference, objects->items, objects->count, sizeof(*objects->items),
                         compare_id);
    if (object == NULL) {
        findings->missing++;
        return refuse_object(finding, attributes, "the PKCS#11 token has no object of it");
    }
    fault = fault_of(object, key);
    object->is_recorded = 1;
    if (fault == NULL)
        return 1;
    findings->unfit++;
    return refuse_object(finding, attributes, fault);
}

/* ---- Without one ---- */

static void describe_id(char text[2 * ONEM2M_TOKEN_ID_OCTETS + 1], const unsigned char *id)
{
    for (size_t i = 0; i < ONEM2M_TOKEN_ID_OCTETS; i++)
        snprintf(text + 2 * i, 3, "%02X", id[i]);
}

int onem2m_store_count_unrecorded(const ONEM2M_STORE_OBJECTS *objects,
                                  ONEM2M_STORE_FINDINGS *findings, ONEM2M_ERROR *finding)
{
    char id[2 * ONEM2M_TOKEN_ID_OCTETS + 1] = "";

    findings->unrecorded = 0;
    for (size_t i = 0; i < objects->count; i++) {
        if (!objects->items[i].is_recorded && findings->unrecorded++ == 0)
            describe_id(id, objects->items[i].id);
    }
    if (findings->unrecorded == 0)
        return 1;
    return onem2m_refuse(finding, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                         "the PKCS#11 token has objects that no record names, of a process that "
                         "was killed perhaps; the first one's CKA_ID is %s",
                         id);
}

int onem2m_store_destroy_unrecorded(const ONEM2M_STORE *store, const ONEM2M_STORE_OBJECTS *objects,
                                    ONEM2M_STORE_FINDINGS *findings, ONEM2M_ERROR *error)
{
    ONEM2M_TOKEN_KEY *keys = OPENSSL_zalloc(findings->unrecorded * sizeof(*keys));
    size_t count = 0;
    int ok;

    if (keys == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    for (size_t i = 0; i < objects->count; i++) {
        if (objects->items[i].is_recorded)
            continue;
        keys[count] = (ONEM2M_TOKEN_KEY){ .custody = ONEM2M_CUSTODY_OBJECT,
                                          .birth = ONEM2M_BIRTH_IMPORTED,
                                          .key_length = 32, /* any that is allowed */
                                          .length = ONEM2M_TOKEN_ID_OCTETS };
        memcpy(keys[count++].reference, objects->items[i].id, ONEM2M_TOKEN_ID_OCTETS);
    }
    ok = onem2m_token_destroy_all(store->token, keys, count, error);
    if (ok)
        findings->destroyed = count;
    OPENSSL_free(keys);
    return ok;
}
