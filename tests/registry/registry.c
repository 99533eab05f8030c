/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include "registry.h"

const unsigned char given_octets[32] = { 0x6B, 0x65, 0x79, [31] = 0x21 };

static const ROLE mef = { "mef.example.com", 22, 23, 24, 25 };
static const ROLE maf = { "maf.example.com", 32, 33, 34, 35 };

static int set_up(void **state, const ROLE *role, const char *keystore)
{
    static REGISTRY registry;

    registry.role = role;
    place_make_at(&registry.place, keystore, role->fqdn);
    *state = &registry;
    return 0;
}

int setup_mef_memory(void **state)
{
    return set_up(state, &mef, "memory");
}

int setup_mef_lmdb(void **state)
{
    return set_up(state, &mef, "lmdb");
}

int setup_maf_memory(void **state)
{
    return set_up(state, &maf, "memory");
}

int setup_maf_lmdb(void **state)
{
    return set_up(state, &maf, "lmdb");
}

int teardown(void **state)
{
    place_remove(&((REGISTRY *)*state)->place);
    return 0;
}

/* The parameters of an entry; params: room for 12. */
static void list_params(OSSL_PARAM *params, const ENTRY *entry, int is_given)
{
    const struct {
        const char *name, *value;
    } texts[] = {
        { ONEM2M_PARAM_KIND, entry->kind },
        { ONEM2M_PARAM_SOURCE_ID, entry->source },
        { ONEM2M_PARAM_TARGET_IDS, entry->targets },
        { ONEM2M_PARAM_ADMIN_FQDN, entry->admin },
        { ONEM2M_PARAM_ALLOWED_SUIDS, entry->allowed_suids },
        { ONEM2M_PARAM_KEY_ID, entry->key_id },
        { ONEM2M_PARAM_NOT_AFTER, entry->not_after },
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].value != NULL)
            *params++ = TEXT(texts[i].name, texts[i].value);
    }
    if (entry->suid != 0)
        *params++ = number(ONEM2M_PARAM_SUID, entry->suid);
    if (is_given)
        *params++ = OCTETS(ONEM2M_PARAM_PRIV, given_octets);
    *params++ = number(ONEM2M_PARAM_REGISTRATION, !entry->is_own);
    /* A token gives out, and so lets be retrieved, what is extractable alone. */
    *params++ = number(ONEM2M_PARAM_EXTRACTABLE,
                       entry->is_extractable || getenv("ONEM2M_TEST_TOKEN") != NULL);
    *params++ = number(ONEM2M_PARAM_STORE, 1);
    *params = END;
}

EVP_PKEY *enter(const REGISTRY *registry, const ENTRY *entry, int is_given)
{
    OSSL_PARAM params[13];

    list_params(params, entry, is_given);
    return is_given ? import(registry->place.libctx, params)
                    : generate(registry->place.libctx, NULL, params);
}

void name_of(EVP_PKEY *key, char key_id[NAME_SIZE])
{
    snprintf(key_id, NAME_SIZE, "%s", attribute(key, ONEM2M_PARAM_KEY_ID));
}

EVP_PKEY *must_enter(const REGISTRY *registry, const ENTRY *entry, char key_id[NAME_SIZE])
{
    EVP_PKEY *key = enter(registry, entry, 1);

    if (key == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(key);
    check_quiet();
    name_of(key, key_id);
    return key;
}

int retrieve(const REGISTRY *registry, const char *key_id, const char *requester, unsigned int suid,
             unsigned char octets[32])
{
    EVP_KDF *kdf =
        EVP_KDF_fetch(registry->place.libctx, ONEM2M_KDF_RETRIEVE, ONEM2M_PROPERTY_QUERY);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_KEY_ID, key_id), END, END, END };
    OSSL_PARAM *next = params + 1;
    int ok;

    if (requester != NULL)
        *next++ = TEXT(ONEM2M_PARAM_REQUESTER, requester);
    if (suid != 0)
        *next = number(ONEM2M_PARAM_SUID, suid);
    memset(octets, 0, 32);
    ok = EVP_KDF_derive(ctx, octets, 32, params) > 0;
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok;
}

int update(EVP_PKEY *key, const char *name, const char *value, const char *requester)
{
    OSSL_PARAM params[] = { TEXT(name, value), END, END };

    if (requester != NULL)
        params[1] = TEXT(ONEM2M_PARAM_REQUESTER, requester);
    return EVP_PKEY_set_params(key, params);
}

const char *spelt(const char *format, ...)
{
    static char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return text;
}
