/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/crypto.h>
#include <onem2m/params.h>
#include "engine.h"
#include "keystore/error.h"
#include "psk.h"

/* What the engine keeps with libssl's objects: ex_data of SSL_CTX and SSL, which are freed with
 * them. */

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int context_index = -1, connection_index = -1;

static void free_context(void *parent, void *object, CRYPTO_EX_DATA *data, int index, long number,
                         void *argument)
{
    ONEM2M_TLS_CONTEXT *context = object;

    (void)parent;
    (void)data;
    (void)index;
    (void)number;
    (void)argument;
    if (context == NULL)
        return;
    onem2m_tls_psk_free(context->psk);
    onem2m_server_names_free(context->server_names);
    OPENSSL_free(context->propq);
    OPENSSL_free(context);
}

static void free_connection(void *parent, void *object, CRYPTO_EX_DATA *data, int index,
                            long number, void *argument)
{
    ONEM2M_TLS_CONNECTION *connection = object;

    (void)parent;
    (void)data;
    (void)index;
    (void)number;
    (void)argument;
    if (connection == NULL)
        return;
    EVP_PKEY_free(connection->psk_key);
    onem2m_peer_free(connection->peer);
    OPENSSL_free(connection);
}

/* SSL_dup: a connection of its own, unless it would lose whom it must be with. */
static int dup_connection(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **object, int index,
                          long number, void *argument)
{
    ONEM2M_TLS_CONNECTION *connection = *object;

    (void)to;
    (void)from;
    (void)index;
    (void)number;
    (void)argument;
    *object = NULL;
    return connection == NULL || connection->peer == NULL;
}

static void make_indices(void)
{
    context_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_context);
    connection_index = SSL_get_ex_new_index(0, NULL, NULL, dup_connection, free_connection);
}

static int has_indices(void)
{
    return CRYPTO_THREAD_run_once(&once, make_indices) && context_index >= 0 &&
           connection_index >= 0;
}

static ONEM2M_TLS_CONTEXT *context_new(OSSL_LIB_CTX *libctx, const char *propq)
{
    ONEM2M_TLS_CONTEXT *context = OPENSSL_zalloc(sizeof(*context));

    if (context == NULL)
        return NULL;
    context->libctx = libctx;
    context->propq = OPENSSL_strdup(propq != NULL ? propq : ONEM2M_PROPERTY_QUERY);
    if (context->propq != NULL)
        return context;
    OPENSSL_free(context);
    return NULL;
}

static ONEM2M_TLS_CONTEXT *add_context(SSL_CTX *ctx, OSSL_LIB_CTX *libctx, const char *propq)
{
    ONEM2M_TLS_CONTEXT *context = has_indices() ? context_new(libctx, propq) : NULL;

    if (context != NULL && SSL_CTX_set_ex_data(ctx, context_index, context))
        return context;
    free_context(NULL, context, NULL, 0, 0, NULL);
    onem2m_tls_raise_memory();
    return NULL;
}

static ONEM2M_TLS_CONTEXT *get_context(const SSL_CTX *ctx)
{
    return has_indices() ? SSL_CTX_get_ex_data(ctx, context_index) : NULL;
}

ONEM2M_TLS_CONTEXT *onem2m_tls_context(SSL_CTX *ctx)
{
    ONEM2M_TLS_CONTEXT *context = get_context(ctx);

    return context != NULL ? context : add_context(ctx, NULL, NULL);
}

const ONEM2M_TLS_CONTEXT *onem2m_tls_context_of(const SSL_CTX *ctx)
{
    static char propq[] = ONEM2M_PROPERTY_QUERY;
    static const ONEM2M_TLS_CONTEXT defaults = { .propq = propq };
    const ONEM2M_TLS_CONTEXT *context = get_context(ctx);

    return context != NULL ? context : &defaults;
}

int onem2m_tls_use(SSL_CTX *ctx, OSSL_LIB_CTX *libctx, const char *propq)
{
    if (get_context(ctx) != NULL)
        return onem2m_tls_raise(ONEM2M_R_TLS_NOT_READY,
                                "onem2m_tls_use is called once, before the engine's other "
                                "functions of an SSL_CTX");
    return add_context(ctx, libctx, propq) != NULL;
}

static ONEM2M_TLS_CONNECTION *get_connection(const SSL *ssl)
{
    return has_indices() ? SSL_get_ex_data(ssl, connection_index) : NULL;
}

const ONEM2M_TLS_CONNECTION *onem2m_tls_connection_of(const SSL *ssl)
{
    return get_connection(ssl);
}

ONEM2M_TLS_CONNECTION *onem2m_tls_connection(SSL *ssl)
{
    ONEM2M_TLS_CONNECTION *connection = get_connection(ssl);

    if (connection != NULL)
        return connection;
    connection = has_indices() ? OPENSSL_zalloc(sizeof(*connection)) : NULL;
    if (connection != NULL && SSL_set_ex_data(ssl, connection_index, connection))
        return connection;
    OPENSSL_free(connection);
    onem2m_tls_raise_memory();
    return NULL;
}

void onem2m_tls_connection_forget(const SSL *ssl)
{
    ONEM2M_TLS_CONNECTION *connection = get_connection(ssl);

    if (connection == NULL)
        return;
    EVP_PKEY_free(connection->psk_key);
    connection->psk_key = NULL;
    connection->psk_key_id = NULL;
}

const char *onem2m_tls_refusal(const SSL *ssl)
{
    ONEM2M_TLS_CONNECTION *connection = get_connection(ssl);

    if (connection == NULL)
        return "";
    onem2m_peer_explain(ssl, connection);
    return connection->refusal.reason != ONEM2M_R_NONE ? connection->refusal.detail : "";
}
