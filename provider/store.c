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
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/store.h>
#include <onem2m/params.h>
#include "key_object.h"
#include "key_text.h"
#include "keystore/pin_prompt.h"
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
    char *uri; /* NULL: there is none */
    char description[DESCRIPTION_MAX];
} NAME;

/* OSSL_STORE_load takes a failure for one when it is not the end too: that comes with the next. */
typedef enum { NO_FAILURE, FAILED, FAILURE_SAID } FAILURE;

typedef struct {
    ONEM2M_PROVIDER *provider;
    ONEM2M_STORE_URI uri;
    ONEM2M_KEY_OBJECT *object;   /* not loaded yet; NULL: no more, or a list */
    ONEM2M_STORE_READER *reader; /* of a list */
    ONEM2M_STORE_WALK *walk;
    NAME name;          /* of a list: the next one, found ahead, so that the end is known */
    FAILURE failure;    /* to find it */
    ONEM2M_ERROR error; /* why */
    int is_unwanted;    /* the caller expects what keys are not */
    int is_pending;     /* the look-up needs a PIN, which can be asked for when it is loaded */
} LOADER;

/* ---- Lists ---- */

static int refuse_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
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
static int take_name(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                     const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    LOADER *loader = argument;

    (void)material;
    if (attributes->state == ONEM2M_STATE_DESTROYED ||
        !onem2m_store_uri_selects(&loader->uri, attributes))
        return 1;
    loader->name.uri = onem2m_store_uri_of(attributes);
    if (loader->name.uri == NULL)
        return refuse_memory(error);
    describe(&loader->name, attributes, onem2m_keys_now(&loader->provider->keys));
    return 1;
}

/* Reads on as far as the next name that the list has, or its end. */
static int find_name(LOADER *loader, ONEM2M_ERROR *error)
{
    int found = 1;

    while (found > 0 && loader->name.uri == NULL)
        found = onem2m_store_walk_next(loader->walk, take_name, loader, error);
    return found >= 0;
}

static int begin_list(LOADER *loader, ONEM2M_ERROR *error)
{
    loader->reader = onem2m_keys_take_reader(&loader->provider->keys, error);
    if (loader->reader == NULL)
        return 0;
    loader->walk = onem2m_store_walk_new(loader->reader, error);
    return loader->walk != NULL && find_name(loader, error);
}

/* ---- One key ---- */

static int take_usage(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                      const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    ONEM2M_USAGE *usage = argument;

    (void)material;
    (void)error;
    *usage = onem2m_attributes_usage(attributes);
    return 1;
}

/* Of the kinds that have this name, those of the usage asked for; all when there is no such name,
 * so that the look-up says so. */
static int find_kinds(LOADER *loader, unsigned int *kinds, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE_URI *uri = &loader->uri;
    unsigned int found = 0, serving = 0;
    ONEM2M_USAGE usage;

    *kinds = uri->kind != 0 ? ONEM2M_KIND_BIT(uri->kind) : ONEM2M_KINDS_ALL;
    if (uri->usage == 0)
        return 1;
    for (unsigned int kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
        if (!onem2m_keys_look_up(&loader->provider->keys, uri->key_id,
                                 *kinds & ONEM2M_KIND_BIT(kind), take_usage, &usage, NULL))
            continue;
        found |= ONEM2M_KIND_BIT(kind);
        if (usage == uri->usage)
            serving |= ONEM2M_KIND_BIT(kind);
    }
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
        return refuse_memory(error);
    return onem2m_key_object_load(loader->object, loader->uri.key_id, kinds, loader->uri.requester,
                                  error);
}

/* ---- The operation ---- */

/* What a look-up has found, or half found. */
static void let_go(LOADER *loader)
{
    OPENSSL_free(loader->name.uri);
    onem2m_store_walk_free(loader->walk);
    onem2m_keys_give_reader(&loader->provider->keys, loader->reader);
    onem2m_key_object_free(loader->object);
    loader->name.uri = NULL;
    loader->walk = NULL;
    loader->reader = NULL;
    loader->object = NULL;
}

static int store_close(void *loaderctx)
{
    LOADER *loader = loaderctx;

    if (loader == NULL)
        return 1;
    let_go(loader);
    onem2m_store_uri_clear(&loader->uri);
    OPENSSL_free(loader);
    return 1;
}

static int look_up(LOADER *loader, const ONEM2M_PIN_PROMPT *prompt, ONEM2M_ERROR *error)
{
    const ONEM2M_PIN_PROMPT *before = onem2m_pin_prompt_set(prompt);
    const int ok =
        loader->uri.key_id.length > 0 ? find_key(loader, error) : begin_list(loader, error);

    onem2m_pin_prompt_set(before);
    if (!ok)
        let_go(loader);
    return ok;
}

/* Opening, OpenSSL 3.0 has nobody to ask. */
static int note_pending(void *argument, const char *token, char *pin, size_t size, size_t *length)
{
    int *is_pending = argument;

    (void)token;
    (void)pin;
    (void)size;
    (void)length;
    *is_pending = 1;
    return 0;
}

/* The look-up is here: a name that does not exist is an error, and no empty result. Only what needs
 * a PIN that no file has waits for the load. */
static void *store_open(void *provctx, const char *uri)
{
    ONEM2M_PROVIDER *provider = provctx;
    LOADER *loader = OPENSSL_zalloc(sizeof(*loader));
    ONEM2M_PIN_PROMPT prompt = { note_pending, NULL };
    ONEM2M_ERROR error;

    if (loader == NULL) {
        onem2m_raise_out_of_memory(provider, ONEM2M_STORE_SCHEME);
        return NULL;
    }
    loader->provider = provider;
    prompt.argument = &loader->is_pending;
    if (onem2m_store_uri_parse(&loader->uri, uri, &error) &&
        (look_up(loader, &prompt, &error) || loader->is_pending))
        return loader;
    ONEM2M_RAISE(provider, ONEM2M_STORE_SCHEME, &error);
    store_close(loader);
    return NULL;
}

/* Whom the application gave to OSSL_STORE_open_ex. */
typedef struct {
    OSSL_PASSPHRASE_CALLBACK *callback;
    void *argument;
} ASKED;

static int ask(void *argument, const char *token, char *pin, size_t size, size_t *length)
{
    const ASKED *asked = argument;
    char what[128];
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PASSPHRASE_PARAM_INFO, what, 0),
        OSSL_PARAM_construct_end(),
    };

    snprintf(what, sizeof(what), "PIN of PKCS#11 token %s", token);
    return asked->callback(pin, size, length, params, asked->argument);
}

static void look_up_pending(LOADER *loader, OSSL_PASSPHRASE_CALLBACK *callback, void *argument)
{
    ASKED asked = { callback, argument };
    const ONEM2M_PIN_PROMPT prompt = { ask, &asked };

    loader->is_pending = 0;
    if (!look_up(loader, callback != NULL ? &prompt : NULL, &loader->error))
        loader->failure = FAILED;
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

    return loader->is_unwanted || (!loader->is_pending && loader->object == NULL &&
                                   loader->name.uri == NULL && loader->failure == NO_FAILURE);
}

/* What keeps a list from going on is said by the load after the last name. */
static void find_next_name(LOADER *loader)
{
    OPENSSL_free(loader->name.uri);
    loader->name.uri = NULL;
    ERR_set_mark();
    if (!find_name(loader, &loader->error))
        loader->failure = FAILED;
    ERR_pop_to_mark();
}

static int say_failure(LOADER *loader)
{
    if (loader->failure == FAILED)
        ONEM2M_RAISE(loader->provider, ONEM2M_STORE_SCHEME, &loader->error);
    loader->failure = loader->failure == FAILED ? FAILURE_SAID : NO_FAILURE;
    return 0;
}

/* OpenSSL from 3.2 on leaves an error of a name that it takes: it looks first whether it is octets.
 */
static int deliver(const OSSL_PARAM params[], OSSL_CALLBACK *callback, void *argument)
{
    int ok;

    ERR_set_mark();
    ok = callback(params, argument);
    if (ok)
        ERR_pop_to_mark();
    else
        ERR_clear_last_mark();
    return ok;
}

static int give_name(LOADER *loader, OSSL_CALLBACK *callback, void *argument)
{
    int type = OSSL_OBJECT_NAME;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_int(OSSL_OBJECT_PARAM_TYPE, &type),
        OSSL_PARAM_construct_utf8_string(OSSL_OBJECT_PARAM_DATA, loader->name.uri, 0),
        OSSL_PARAM_construct_utf8_string(OSSL_OBJECT_PARAM_DESC, loader->name.description, 0),
        OSSL_PARAM_construct_end(),
    };
    const int ok = deliver(params, callback, argument);

    find_next_name(loader);
    return ok;
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
    const int ok = deliver(params, callback, argument);

    onem2m_key_object_free(loader->object);
    loader->object = NULL;
    return ok;
}

static int store_load(void *loaderctx, OSSL_CALLBACK *callback, void *argument,
                      OSSL_PASSPHRASE_CALLBACK *passphrase, void *passphrase_argument)
{
    LOADER *loader = loaderctx;

    if (loader->is_pending && !loader->is_unwanted)
        look_up_pending(loader, passphrase, passphrase_argument);
    if (store_eof(loader))
        return 0;
    if (loader->failure != NO_FAILURE)
        return say_failure(loader);
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
