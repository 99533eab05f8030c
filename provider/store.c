/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/core_object.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/store.h>
#include <onem2m/params.h>
#include "key_object.h"
#include "key_text.h"
#include "param.h"
#include "store.h"
#include "store_uri.h"

static OSSL_FUNC_store_open_fn store_open;
static OSSL_FUNC_store_settable_ctx_params_fn store_settable_ctx_params;
static OSSL_FUNC_store_set_ctx_params_fn store_set_ctx_params;
static OSSL_FUNC_store_load_fn store_load;
static OSSL_FUNC_store_eof_fn store_eof;
static OSSL_FUNC_store_close_fn store_close;

#define DESCRIPTION_MAX 64

/* The name of one key of a list: its URI. */
typedef struct {
    char *uri;
    char description[DESCRIPTION_MAX];
} NAME;

typedef struct {
    ONEM2M_PROVIDER *provider;
    ONEM2M_STORE_URI uri;
    ONEM2M_KEY_OBJECT *object; /* not loaded yet; NULL: no more, or a list */
    NAME *names;
    size_t count, capacity, next;
    int is_unwanted; /* the caller expects what keys are not */
} LOADER;

/* ---- Lists ---- */

static int reserve_name(LOADER *loader)
{
    const size_t capacity = loader->capacity > 0 ? 2 * loader->capacity : 16;
    NAME *names;

    if (loader->count < loader->capacity)
        return 1;
    names = OPENSSL_realloc(loader->names, capacity * sizeof(*names));
    if (names == NULL)
        return 0;
    loader->names = names;
    loader->capacity = capacity;
    return 1;
}

static void describe(NAME *name, const ONEM2M_ATTRIBUTES *attributes, ONEM2M_TIME now)
{
    const char *state = onem2m_key_state_text(attributes, now);

    if (attributes->suid != 0)
        snprintf(name->description, sizeof(name->description), "%s, SUID %u, %s",
                 onem2m_kind_name(attributes->kind), attributes->suid, state);
    else
        snprintf(name->description, sizeof(name->description), "%s, %s",
                 onem2m_kind_name(attributes->kind), state);
}

/* A tombstone is no key. */
static int list_key(void *argument, const ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE secret,
                    ONEM2M_ERROR *error)
{
    LOADER *loader = argument;
    NAME *name;

    (void)secret;
    if (attributes->state == ONEM2M_STATE_DESTROYED ||
        !onem2m_store_uri_selects(&loader->uri, attributes))
        return 1;
    if (!reserve_name(loader))
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    name = &loader->names[loader->count];
    name->uri = onem2m_store_uri_of(attributes);
    if (name->uri == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    describe(name, attributes, onem2m_keys_now(&loader->provider->keys));
    loader->count++;
    return 1;
}

static ONEM2M_STORE_READER *open_reader(LOADER *loader, ONEM2M_ERROR *error)
{
    ONEM2M_STORE *store = onem2m_keys_store(&loader->provider->keys, error);

    return store != NULL ? onem2m_store_reader_new(store, error) : NULL;
}

static int list_keys(LOADER *loader, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = open_reader(loader, error);
    const int ok = reader != NULL && onem2m_store_each(reader, list_key, loader, error);

    onem2m_store_reader_free(reader);
    return ok;
}

/* ---- One key ---- */

static int take_usage(void *argument, const ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE secret,
                      ONEM2M_ERROR *error)
{
    ONEM2M_USAGE *usage = argument;

    (void)secret;
    (void)error;
    *usage = onem2m_attributes_usage(attributes);
    return 1;
}

/* Of the kinds that have this name, those of the usage asked for; all when there is no such name,
 * so that the look-up says so. */
static int find_kinds(LOADER *loader, unsigned int *kinds, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE_URI *uri = &loader->uri;
    ONEM2M_STORE_READER *reader;
    unsigned int found = 0, serving = 0;
    ONEM2M_USAGE usage;

    *kinds = uri->kind != 0 ? ONEM2M_KIND_BIT(uri->kind) : ONEM2M_KINDS_ALL;
    if (uri->usage == 0)
        return 1;
    reader = open_reader(loader, error);
    if (reader == NULL)
        return 0;
    for (unsigned int kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
        if (!onem2m_store_look_up(reader, (const char *)uri->key_id.data, uri->key_id.length,
                                  *kinds & ONEM2M_KIND_BIT(kind), take_usage, &usage, NULL))
            continue;
        found |= ONEM2M_KIND_BIT(kind);
        if (usage == uri->usage)
            serving |= ONEM2M_KIND_BIT(kind);
    }
    onem2m_store_reader_free(reader);
    if (found != 0 && serving == 0)
        return onem2m_refuse(error, ONEM2M_R_NOT_ALLOWED_BY_USAGE, ONEM2M_NO_OFFSET,
                             "usage: the key is for another (TS-0004 6.3.4.2.39)");
    if (serving != 0)
        *kinds = serving;
    return 1;
}

static int find_key(LOADER *loader, ONEM2M_ERROR *error)
{
    unsigned int kinds;

    if (!find_kinds(loader, &kinds, error))
        return 0;
    loader->object = onem2m_key_object_new(loader->provider);
    if (loader->object == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    return onem2m_key_object_load(loader->object, loader->uri.key_id, kinds, loader->uri.requester,
                                  error);
}

/* ---- The operation ---- */

static int store_close(void *loaderctx)
{
    LOADER *loader = loaderctx;

    if (loader == NULL)
        return 1;
    for (size_t i = 0; i < loader->count; i++)
        OPENSSL_free(loader->names[i].uri);
    OPENSSL_free(loader->names);
    onem2m_key_object_free(loader->object);
    onem2m_store_uri_clear(&loader->uri);
    OPENSSL_free(loader);
    return 1;
}

/* The look-up is here: a name that does not exist is an error, and no empty result. */
static void *store_open(void *provctx, const char *uri)
{
    ONEM2M_PROVIDER *provider = provctx;
    LOADER *loader = OPENSSL_zalloc(sizeof(*loader));
    ONEM2M_ERROR error;

    if (loader == NULL) {
        onem2m_raise_out_of_memory(provider, ONEM2M_STORE_SCHEME);
        return NULL;
    }
    loader->provider = provider;
    if (onem2m_store_uri_parse(&loader->uri, uri, &error) &&
        (loader->uri.key_id.length > 0 ? find_key(loader, &error) : list_keys(loader, &error)))
        return loader;
    ONEM2M_RAISE(provider, ONEM2M_STORE_SCHEME, &error);
    store_close(loader);
    return NULL;
}

static const OSSL_PARAM *store_settable_ctx_params(void *provctx)
{
    static const OSSL_PARAM settable[] = {
        OSSL_PARAM_int(OSSL_STORE_PARAM_EXPECT, NULL),
        OSSL_PARAM_END,
    };

    (void)provctx;
    return settable;
}

static int store_set_ctx_params(void *loaderctx, const OSSL_PARAM params[])
{
    LOADER *loader = loaderctx;
    const OSSL_PARAM *param =
        params != NULL ? OSSL_PARAM_locate_const(params, OSSL_STORE_PARAM_EXPECT) : NULL;
    int expected;

    if (param == NULL)
        return 1;
    if (!OSSL_PARAM_get_int(param, &expected))
        return onem2m_raise_wrong_type(loader->provider, param, "an integer");
    loader->is_unwanted =
        expected != 0 && expected != OSSL_STORE_INFO_PKEY && expected != OSSL_STORE_INFO_NAME;
    return 1;
}

static int store_eof(void *loaderctx)
{
    const LOADER *loader = loaderctx;

    return loader->is_unwanted || (loader->object == NULL && loader->next == loader->count);
}

static int give_name(LOADER *loader, OSSL_CALLBACK *callback, void *argument)
{
    NAME *name = &loader->names[loader->next++];
    int type = OSSL_OBJECT_NAME;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_int(OSSL_OBJECT_PARAM_TYPE, &type),
        OSSL_PARAM_construct_utf8_string(OSSL_OBJECT_PARAM_DATA, name->uri, 0),
        OSSL_PARAM_construct_utf8_string(OSSL_OBJECT_PARAM_DESC, name->description, 0),
        OSSL_PARAM_construct_end(),
    };

    return callback(params, argument);
}

/* The reference is where the object stands; key management takes it away from there. */
static int give_key(LOADER *loader, OSSL_CALLBACK *callback, void *argument)
{
    static char data_type[] = ONEM2M_KEY_TYPE;
    ONEM2M_KEY_OBJECT **place = &loader->object;
    int type = OSSL_OBJECT_PKEY;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_int(OSSL_OBJECT_PARAM_TYPE, &type),
        OSSL_PARAM_construct_utf8_string(OSSL_OBJECT_PARAM_DATA_TYPE, data_type, 0),
        OSSL_PARAM_construct_octet_string(OSSL_OBJECT_PARAM_REFERENCE, (void *)&place,
                                          sizeof(place)),
        OSSL_PARAM_construct_end(),
    };
    const int ok = callback(params, argument);

    onem2m_key_object_free(loader->object);
    loader->object = NULL;
    return ok;
}

static int store_load(void *loaderctx, OSSL_CALLBACK *callback, void *argument,
                      OSSL_PASSPHRASE_CALLBACK *passphrase, void *passphrase_argument)
{
    LOADER *loader = loaderctx;

    (void)passphrase;
    (void)passphrase_argument;
    if (store_eof(loader))
        return 0;
    return loader->object != NULL ? give_key(loader, callback, argument)
                                  : give_name(loader, callback, argument);
}

static const OSSL_DISPATCH store_functions[] = {
    { OSSL_FUNC_STORE_OPEN, (void (*)(void))store_open },
    { OSSL_FUNC_STORE_SETTABLE_CTX_PARAMS, (void (*)(void))store_settable_ctx_params },
    { OSSL_FUNC_STORE_SET_CTX_PARAMS, (void (*)(void))store_set_ctx_params },
    { OSSL_FUNC_STORE_LOAD, (void (*)(void))store_load },
    { OSSL_FUNC_STORE_EOF, (void (*)(void))store_eof },
    { OSSL_FUNC_STORE_CLOSE, (void (*)(void))store_close },
    { 0, NULL },
};

const OSSL_ALGORITHM onem2m_store_algorithms[] = {
    { ONEM2M_STORE_SCHEME, ONEM2M_PROPERTY_QUERY, store_functions,
      "Keys of the configured key store" },
    { NULL, NULL, NULL, NULL },
};
