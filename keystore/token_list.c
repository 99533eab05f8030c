/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "token_internal.h"

/* The objects of a token that are keys of one store: a search, and one call for each of them. */

#define FOUND_AT_ONCE 256

typedef struct {
    CK_OBJECT_HANDLE *handles;
    size_t handle_count;
    ONEM2M_TOKEN_OBJECT *objects;
    size_t count;
} LISTING;

static int refuse_memory(const ONEM2M_TOKEN_CALL *call)
{
    return onem2m_refuse(call->error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET,
                         "allocation failed");
}

/* ---- Searching ---- */

static int collect(ONEM2M_TOKEN_CALL *call, LISTING *listing)
{
    for (;;) {
        CK_ULONG found = 0;
        CK_OBJECT_HANDLE *handles = OPENSSL_realloc(
            listing->handles, (listing->handle_count + FOUND_AT_ONCE) * sizeof(*handles));
        CK_RV value;

        if (handles == NULL)
            return refuse_memory(call);
        listing->handles = handles;
        value = call->module->C_FindObjects(call->session, handles + listing->handle_count,
                                            FOUND_AT_ONCE, &found);
        if (value != CKR_OK)
            return onem2m_token_failed(call, "C_FindObjects", value);
        if (found == 0)
            return 1;
        listing->handle_count += found;
    }
}

static int find_all(ONEM2M_TOKEN_CALL *call, LISTING *listing)
{
    const ONEM2M_TOKEN_LABEL *label = &call->token->key_label;
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_RV value;
    int ok;

    onem2m_pkcs11_add_secret_key(&template, NULL);
    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 1);
    onem2m_pkcs11_add(&template, CKA_LABEL, label->octets, label->length);
    value = call->module->C_FindObjectsInit(call->session, template.attributes, template.count);
    if (value != CKR_OK)
        return onem2m_token_failed(call, "C_FindObjectsInit", value);
    ok = collect(call, listing);
    value = call->module->C_FindObjectsFinal(call->session);
    if (ok && value != CKR_OK)
        return onem2m_token_failed(call, "C_FindObjectsFinal", value);
    return ok && (listing->handle_count > 0 || onem2m_token_check_login(call));
}

/* ---- Reading ---- */

/* Another id than ours, or destroyed meanwhile, as is said twice: none of the list. */
static int is_none(const ONEM2M_TOKEN_CALL *call, CK_RV value)
{
    return value == CKR_BUFFER_TOO_SMALL || value == CKR_ATTRIBUTE_TYPE_INVALID ||
           (value == CKR_OBJECT_HANDLE_INVALID && call->tries > 0);
}

static int read_one(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE handle, LISTING *listing)
{
    ONEM2M_TOKEN_OBJECT *object = &listing->objects[listing->count];
    CK_BBOOL is_sensitive = CK_FALSE, is_extractable = CK_TRUE;
    CK_KEY_TYPE type = CKK_AES;
    CK_ATTRIBUTE attributes[] = { { CKA_ID, object->id, sizeof(object->id) },
                                  { CKA_KEY_TYPE, &type, sizeof(type) },
                                  { CKA_SENSITIVE, &is_sensitive, sizeof(is_sensitive) },
                                  { CKA_EXTRACTABLE, &is_extractable, sizeof(is_extractable) } };
    const CK_RV value = call->module->C_GetAttributeValue(call->session, handle, attributes, 4);

    if (value != CKR_OK && !is_none(call, value))
        return onem2m_token_failed(call, "C_GetAttributeValue", value);
    if (value != CKR_OK || attributes[0].ulValueLen != sizeof(object->id))
        return 1;
    object->copies = 1;
    object->handle = handle;
    object->is_secret = type == CKK_GENERIC_SECRET;
    object->is_protected = is_sensitive && !is_extractable;
    listing->count++;
    return 1;
}

static int compare(const void *a, const void *b)
{
    return memcmp(((const ONEM2M_TOKEN_OBJECT *)a)->id, ((const ONEM2M_TOKEN_OBJECT *)b)->id,
                  ONEM2M_TOKEN_ID_OCTETS);
}

static int read_all(ONEM2M_TOKEN_CALL *call, LISTING *listing)
{
    if (listing->handle_count == 0)
        return 1;
    listing->objects = OPENSSL_zalloc(listing->handle_count * sizeof(*listing->objects));
    if (listing->objects == NULL)
        return refuse_memory(call);
    for (size_t i = 0; i < listing->handle_count; i++) {
        if (!read_one(call, listing->handles[i], listing))
            return 0;
    }
    qsort(listing->objects, listing->count, sizeof(*listing->objects), compare);
    return 1;
}

/* A first try may have found the token lost. */
static int list(ONEM2M_TOKEN_CALL *call, void *argument)
{
    LISTING *listing = argument;
    int ok;

    OPENSSL_free(listing->objects);
    *listing = (LISTING){ .handles = NULL };
    ok = find_all(call, listing) && read_all(call, listing);
    OPENSSL_free(listing->handles);
    return ok;
}

static void join_copies(LISTING *listing)
{
    size_t kept = 0;

    for (size_t i = 0; i < listing->count; i++) {
        if (kept > 0 && compare(&listing->objects[kept - 1], &listing->objects[i]) == 0)
            listing->objects[kept - 1].copies++;
        else
            listing->objects[kept++] = listing->objects[i];
    }
    listing->count = kept;
}

int onem2m_token_list(ONEM2M_TOKEN *token, ONEM2M_TOKEN_OBJECT **objects, size_t *count,
                      ONEM2M_ERROR *error)
{
    LISTING listing = { .handles = NULL };

    if (!onem2m_token_run(token, NULL, list, &listing, error)) {
        OPENSSL_free(listing.objects);
        return 0;
    }
    join_copies(&listing);
    *objects = listing.objects;
    *count = listing.count;
    return 1;
}

/* ---- Destroying ---- */

typedef struct {
    const ONEM2M_TOKEN_KEY *keys;
    size_t count;
} DESTRUCTION;

static int destroy_object(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_OBJECT *object)
{
    const CK_RV value = call->module->C_DestroyObject(call->session, object->handle);

    return value == CKR_OK || value == CKR_OBJECT_HANDLE_INVALID ||
           onem2m_token_failed(call, "C_DestroyObject", value);
}

/* Where several have its id, all of them. */
static int destroy_listed(ONEM2M_TOKEN_CALL *call, const LISTING *listing,
                          const ONEM2M_TOKEN_KEY *key)
{
    const ONEM2M_TOKEN_OBJECT *end = listing->objects + listing->count, *object;
    ONEM2M_TOKEN_OBJECT wanted = { .copies = 0 };

    onem2m_token_forget(call, key);
    if (key->custody == ONEM2M_CUSTODY_WRAPPED || listing->count == 0)
        return 1;
    memcpy(wanted.id, key->reference, sizeof(wanted.id));
    object = bsearch(&wanted, listing->objects, listing->count, sizeof(wanted), compare);
    if (object == NULL)
        return 1;
    while (object > listing->objects && compare(object - 1, &wanted) == 0)
        object--;
    for (; object < end && compare(object, &wanted) == 0; object++) {
        if (!destroy_object(call, object))
            return 0;
    }
    return 1;
}

static int destroy_all(ONEM2M_TOKEN_CALL *call, void *argument)
{
    const DESTRUCTION *destruction = argument;
    LISTING listing = { .handles = NULL };
    int ok = list(call, &listing);

    for (size_t i = 0; ok && i < destruction->count; i++)
        ok = destroy_listed(call, &listing, &destruction->keys[i]);
    OPENSSL_free(listing.objects);
    return ok;
}

int onem2m_token_destroy_all(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *keys, size_t count,
                             ONEM2M_ERROR *error)
{
    DESTRUCTION destruction = { keys, count };

    for (size_t i = 0; i < count; i++) {
        if (!onem2m_token_check_key(&keys[i], error))
            return 0;
    }
    return onem2m_token_run(token, NULL, destroy_all, &destruction, error);
}
