/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "pkcs11.h"
#include "pkcs11_find.h"
#include "pkcs11_turn.h"

/* A search for the one token that a URI means. */
typedef struct {
    P11KitUri *uri;
    ONEM2M_PKCS11_SESSION *session;
    size_t found;
    ONEM2M_ERROR failure; /* of a module or slot that could not be looked at */
    int is_passing;       /* it, or one before it */
} SEARCH;

static int fail(SEARCH *search, const char *function, CK_RV value)
{
    search->is_passing |= onem2m_pkcs11_is_passing(value);
    return onem2m_pkcs11_refuse(&search->failure, function, value);
}

static int may_be_meant(const SEARCH *search, CK_FUNCTION_LIST *module)
{
    const char *wanted = p11_kit_uri_get_module_name(search->uri);
    char *name;
    int ok;

    if (wanted == NULL || p11_kit_uri_get_module_path(search->uri) != NULL)
        return 1;
    name = p11_kit_module_get_name(module);
    ok = name != NULL && strcmp(name, wanted) == 0;
    free(name);
    return ok;
}

static int slot_fits(SEARCH *search, CK_FUNCTION_LIST *module, CK_SLOT_ID slot)
{
    const CK_SLOT_ID wanted = p11_kit_uri_get_slot_id(search->uri);
    CK_SLOT_INFO info;
    CK_RV value;

    if (wanted != (CK_SLOT_ID)-1 && wanted != slot)
        return 0;
    value = module->C_GetSlotInfo(slot, &info);
    if (value != CKR_OK)
        return fail(search, "C_GetSlotInfo", value);
    return p11_kit_uri_match_slot_info(search->uri, &info);
}

static void look_at_slot(SEARCH *search, CK_FUNCTION_LIST *module, CK_SLOT_ID slot)
{
    CK_TOKEN_INFO token;
    const CK_RV value = module->C_GetTokenInfo(slot, &token);

    if (value == CKR_TOKEN_NOT_PRESENT || value == CKR_TOKEN_NOT_RECOGNIZED)
        return;
    if (value != CKR_OK) {
        fail(search, "C_GetTokenInfo", value);
        return;
    }
    if ((token.flags & CKF_TOKEN_INITIALIZED) == 0 ||
        !p11_kit_uri_match_token_info(search->uri, &token) || !slot_fits(search, module, slot))
        return;
    if (search->found++ > 0)
        return;
    search->session->module = module;
    search->session->slot = slot;
    search->session->token = token;
}

/* The slots with a token, for OPENSSL_free; their number may change between two calls. */
static CK_RV list_slots(CK_FUNCTION_LIST *module, CK_SLOT_ID **slots, CK_ULONG *count)
{
    CK_RV value;

    do {
        *slots = NULL;
        value = module->C_GetSlotList(CK_TRUE, NULL, count);
        if (value != CKR_OK || *count == 0)
            return value;
        *slots = OPENSSL_zalloc(*count * sizeof(**slots));
        if (*slots == NULL)
            return CKR_HOST_MEMORY;
        value = module->C_GetSlotList(CK_TRUE, *slots, count);
        if (value != CKR_OK)
            OPENSSL_free(*slots);
    } while (value == CKR_BUFFER_TOO_SMALL);
    return value;
}

static void look_at_module(SEARCH *search, CK_FUNCTION_LIST *module)
{
    const char *function = "C_Initialize";
    CK_RV value = onem2m_pkcs11_initialize(module);
    CK_SLOT_ID *slots;
    CK_ULONG count;

    if (value == CKR_OK) {
        function = "C_GetSlotList";
        value = list_slots(module, &slots, &count);
    }
    if (value != CKR_OK) {
        fail(search, function, value);
        return;
    }
    for (CK_ULONG i = 0; i < count; i++)
        look_at_slot(search, module, slots[i]);
    OPENSSL_free(slots);
}

static int refuse_search(const SEARCH *search, ONEM2M_ERROR *error)
{
    char token[ONEM2M_QUOTED_MAX];

    onem2m_pkcs11_quote_token(token, search->uri);
    if (search->found > 1)
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "%zu tokens are named %s; serial= in the URI says which",
                             search->found, token);
    if (search->failure.reason != ONEM2M_R_NONE)
        return onem2m_refuse(error, search->failure.reason, ONEM2M_NO_OFFSET,
                             "PKCS#11 token %s was not found: %s", token, search->failure.detail);
    return onem2m_refuse(error, ONEM2M_R_TOKEN_MISSING, ONEM2M_NO_OFFSET,
                         "no PKCS#11 token %s that fits the URI is there", token);
}

/* With the lock among processes, as far as it can be had. */
static void look_in_turn(SEARCH *search, CK_FUNCTION_LIST *module)
{
    const int is_locked = onem2m_pkcs11_lock(module);

    look_at_module(search, module);
    onem2m_pkcs11_unlock(is_locked);
}

ONEM2M_PKCS11_FOUND onem2m_pkcs11_find_token(ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                                             ONEM2M_ERROR *error)
{
    SEARCH search = { .uri = uri, .session = session };
    CK_FUNCTION_LIST *const *modules = onem2m_pkcs11_modules(uri, error);

    if (modules == NULL)
        return ONEM2M_PKCS11_REFUSED;
    for (; *modules != NULL; modules++) {
        if (may_be_meant(&search, *modules))
            look_in_turn(&search, *modules);
    }
    if (search.found == 1)
        return ONEM2M_PKCS11_FOUND_IT;
    refuse_search(&search, error);
    if (search.found > 1 || (search.failure.reason != ONEM2M_R_NONE && !search.is_passing))
        return ONEM2M_PKCS11_REFUSED;
    return search.is_passing ? ONEM2M_PKCS11_PASSING : ONEM2M_PKCS11_MISSING;
}

void onem2m_pkcs11_look_again(P11KitUri *uri)
{
    const SEARCH search = { .uri = uri };
    CK_FUNCTION_LIST *const *modules = onem2m_pkcs11_modules(uri, NULL);

    for (; modules != NULL && *modules != NULL; modules++) {
        if (may_be_meant(&search, *modules))
            onem2m_pkcs11_begin_again(*modules);
    }
}
