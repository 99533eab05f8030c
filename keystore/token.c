/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "token_internal.h"

/* The label of an object begins with this, and must fit what tokens take. */
#define OBJECT_MAX 128

static void before_fork(void *argument)
{
    ONEM2M_TOKEN *token = argument;

    pthread_mutex_lock(&token->lock);
    onem2m_token_hold_back(token);
}

static void after_fork_in_parent(void *argument)
{
    ONEM2M_TOKEN *token = argument;

    onem2m_token_go_on(token);
    pthread_mutex_unlock(&token->lock);
}

/* Sessions and handles are the parent's, and threads that waited or used them are not here. */
static void after_fork_in_child(void *argument)
{
    ONEM2M_TOKEN *token = argument;

    onem2m_token_forget_logins(token);
    pthread_cond_init(&token->changed, NULL);
    pthread_mutex_unlock(&token->lock);
}

static void make_label(ONEM2M_TOKEN_LABEL *label, ONEM2M_SLICE object, const char *suffix)
{
    memcpy(label->octets, object.data, object.length);
    memcpy(label->octets + object.length, suffix, strlen(suffix));
    label->length = object.length + strlen(suffix);
}

static int parse(ONEM2M_TOKEN *token, const char *uri, ONEM2M_ERROR *error)
{
    const CK_ATTRIBUTE *object;
    ONEM2M_SLICE name;

    if (!onem2m_pkcs11_parse_token_uri(&token->uri, uri, "onem2m", error))
        return 0;
    object = p11_kit_uri_get_attribute(token->uri, CKA_LABEL);
    name = (ONEM2M_SLICE){ object->pValue, object->ulValueLen };
    if (name.length > 0 && name.length <= OBJECT_MAX) {
        make_label(&token->key_label, name, " key");
        make_label(&token->wrap_label, name, " wrap");
        return 1;
    }
    onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                  "PKCS#11 URI (RFC 7512): object= has %zu octets; 1 to %d are allowed",
                  name.length, OBJECT_MAX);
    p11_kit_uri_free(token->uri);
    return 0;
}

/* It is held for so short a time that who finds it held does better to look again. */
static void init_lock(ONEM2M_TOKEN *token)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(&token->lock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

static int begin(ONEM2M_TOKEN *token, const char *uri, ONEM2M_ERROR *error)
{
    if (!parse(token, uri, error))
        return 0;
    token->watch = (ONEM2M_PROCESS_WATCH){ .before = before_fork,
                                           .parent = after_fork_in_parent,
                                           .child = after_fork_in_child,
                                           .argument = token };
    init_lock(token);
    pthread_cond_init(&token->changed, NULL);
    if (onem2m_process_lock_and_watch(&token->watch))
        return 1;
    pthread_cond_destroy(&token->changed);
    pthread_mutex_destroy(&token->lock);
    p11_kit_uri_free(token->uri);
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

int onem2m_token_new(ONEM2M_TOKEN **token, const char *uri, ONEM2M_ERROR *error)
{
    *token = OPENSSL_zalloc(sizeof(**token));
    if (*token == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    if (begin(*token, uri, error))
        return 1;
    OPENSSL_free(*token);
    *token = NULL;
    return 0;
}

void onem2m_token_free(ONEM2M_TOKEN *token)
{
    if (token == NULL)
        return;
    onem2m_process_lock_and_unwatch(&token->watch);
    onem2m_token_end_logins(token);
    pthread_cond_destroy(&token->changed);
    pthread_mutex_destroy(&token->lock);
    p11_kit_uri_free(token->uri);
    OPENSSL_free(token);
}
