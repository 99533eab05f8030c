/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "keystore/error.h"
#include "psk.h"

/* A server's keys by psk_identity (TS-0003 8.2.2, 8.3.2.1, 8.8.2.2; RFC 4279). */

/* One handshake's question. */
typedef struct {
    SSL *ssl;
    const ONEM2M_TLS_CONTEXT *context;
    ONEM2M_TLS_CONNECTION *connection;
    const char *identity; /* as the client sent it */
    unsigned char *out;
    size_t room, size;
} REQUEST;

static int parse_identity(ONEM2M_ID *id, const REQUEST *request, ONEM2M_ERROR *error)
{
    return onem2m_id_parse(id, request->context->psk->server_usage->id_kind, request->identity,
                           strlen(request->identity), ONEM2M_ID_FOLD_FQDN, error);
}

static const char *find_fqdn(const ONEM2M_TLS_PSK *psk, const ONEM2M_ID *id)
{
    for (char *const *fqdn = psk->fqdns; fqdn != NULL && *fqdn != NULL; fqdn++) {
        if (strlen(*fqdn) == id->fqdn.length &&
            memcmp(*fqdn, id->text + id->fqdn.offset, id->fqdn.length) == 0)
            return *fqdn;
    }
    return NULL;
}

/* A fetched key, taken over when this returns 1. */
static int serve_fetched(REQUEST *request, const ONEM2M_ID *id, EVP_PKEY *key, ONEM2M_ERROR *error)
{
    const ONEM2M_TLS_PSK *psk = request->context->psk;

    if (!onem2m_tls_key_is_of(key, id, error) ||
        !onem2m_tls_key_derive_psk(key, request->context, psk->server_usage, request->out,
                                   request->room, &request->size, error))
        return 0;
    onem2m_tls_psk_record(request->ssl, request->connection, id->text, key);
    return 1;
}

static EVP_PKEY *call_fetch(const REQUEST *request, const ONEM2M_ID *id, const char *fqdn,
                            ONEM2M_ERROR *error)
{
    const ONEM2M_TLS_PSK *psk = request->context->psk;
    EVP_PKEY *key = psk->fetch(request->ssl, id->text, fqdn, psk->fetch_argument);
    ONEM2M_ERROR why;

    if (key != NULL)
        return key;
    if (ERR_peek_last_error() == 0) {
        onem2m_refuse(error, ONEM2M_R_KEY_NOT_FOUND, ONEM2M_NO_OFFSET,
                      "%s had no key to be fetched (TS-0003 8.2.2.3, 8.3.2.1)", fqdn);
    } else {
        onem2m_tls_last_error(&why);
        onem2m_refuse(error, why.reason, ONEM2M_NO_OFFSET, "fetched from %s: %s", fqdn, why.detail);
    }
    return NULL;
}

/* What the store does not hold, of an FQDN whose keys are to be fetched; else *error stays. */
static int find_elsewhere(REQUEST *request, ONEM2M_ERROR *error)
{
    EVP_PKEY *key;
    const char *fqdn;
    ONEM2M_ID id;

    if (request->context->psk->fetch == NULL || error->reason != ONEM2M_R_KEY_NOT_FOUND ||
        !parse_identity(&id, request, NULL))
        return 0;
    fqdn = find_fqdn(request->context->psk, &id);
    if (fqdn == NULL)
        return 0;
    ERR_set_mark();
    key = call_fetch(request, &id, fqdn, error);
    ERR_pop_to_mark();
    if (key == NULL)
        return 0;
    if (serve_fetched(request, &id, key, error))
        return 1;
    EVP_PKEY_free(key);
    return 0;
}

static int find_own(REQUEST *request, ONEM2M_ERROR *error)
{
    ONEM2M_TLS_PSK *psk = request->context->psk;

    if (!onem2m_tls_psk_find(&psk->server_kdf, request->identity, request->out, request->room,
                             &request->size, error))
        return 0;
    onem2m_tls_psk_record(request->ssl, request->connection, request->identity, NULL);
    return 1;
}

static void refuse(const REQUEST *request, const ONEM2M_ERROR *error)
{
    char quoted[ONEM2M_QUOTED_MAX];

    onem2m_refuse(&request->connection->refusal, error->reason, ONEM2M_NO_OFFSET,
                  "psk_identity %s: %s", onem2m_quote(quoted, request->identity), error->detail);
}

/*
 * In TLS 1.3 what is no key identifier is passed over: it may be a ticket, which libssl then looks
 * at. It tells nobody whether a key is known.
 */
static int is_passed_over(const REQUEST *request)
{
    ONEM2M_ID id;

    return SSL_version(request->ssl) == TLS1_3_VERSION && !parse_identity(&id, request, NULL);
}

/* Random octets are there before the look-up, so that the way is the same whether it finds. */
static unsigned int serve(REQUEST *request)
{
    ONEM2M_ERROR error;

    if (request->room < ONEM2M_TLS_RANDOM_OCTETS ||
        !onem2m_tls_random(&request->context->psk->randoms, request->context->libctx, request->out))
        return 0;
    if (find_own(request, &error) || find_elsewhere(request, &error))
        return (unsigned int)request->size;
    refuse(request, &error);
    return is_passed_over(request) ? 0 : ONEM2M_TLS_RANDOM_OCTETS;
}

static unsigned int server_callback(SSL *ssl, const char *identity, unsigned char *psk,
                                    unsigned int room)
{
    REQUEST request = { .ssl = ssl,
                        .context = onem2m_tls_context_of(SSL_get_SSL_CTX(ssl)),
                        .connection = onem2m_tls_connection(ssl),
                        .identity = identity,
                        .out = psk,
                        .room = room };

    if (request.connection == NULL || identity == NULL)
        return 0;
    onem2m_tls_psk_record(ssl, request.connection, NULL, NULL);
    /* An SSL_CTX that was chosen by the server name may have no keys. */
    if (request.context->psk == NULL || request.context->psk->server_usage == NULL)
        return 0;
    return serve(&request);
}

int onem2m_tls_psk_server(SSL_CTX *ctx, const char *usage)
{
    const ONEM2M_TLS_USAGE *known = onem2m_tls_usage(usage);
    ONEM2M_TLS_PSK *psk = known != NULL ? onem2m_tls_psk_of(ctx) : NULL;
    ONEM2M_TLS_CONTEXT *context = onem2m_tls_context(ctx);
    EVP_KDF *method =
        psk != NULL ? onem2m_tls_kdf_fetch(context->libctx, context->propq, ONEM2M_KDF_PSK) : NULL;
    OSSL_PARAM fixed[] = { OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end() };

    if (method == NULL)
        return 0;
    fixed[0] = onem2m_tls_text_param(ONEM2M_PARAM_USAGE, known->name);
    onem2m_tls_kdf_set(&psk->server_kdf, method, fixed);
    psk->server_usage = known;
    onem2m_tls_judge(ctx, context);
    SSL_CTX_set_psk_server_callback(ctx, server_callback);
    return 1;
}

static int copy_fqdn(char **copy, const char *fqdn)
{
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    if (!onem2m_id_parse(&id, ONEM2M_ID_FQDN, fqdn, strlen(fqdn), ONEM2M_ID_STRICT, &error))
        return onem2m_tls_raise_error("fqdns", &error);
    *copy = OPENSSL_strdup(id.text);
    return *copy != NULL || onem2m_tls_raise_memory();
}

static char **copy_fqdns(const char *const fqdns[])
{
    char **copies;
    size_t count = 0;

    while (fqdns != NULL && fqdns[count] != NULL)
        count++;
    if (count == 0) {
        onem2m_tls_raise(ONEM2M_R_EMPTY, "fqdns: none");
        return NULL;
    }
    copies = OPENSSL_zalloc((count + 1) * sizeof(*copies));
    if (copies == NULL) {
        onem2m_tls_raise_memory();
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (!copy_fqdn(&copies[i], fqdns[i])) {
            onem2m_tls_fqdns_free(copies);
            return NULL;
        }
    }
    return copies;
}

int onem2m_tls_psk_server_fetch(SSL_CTX *ctx, const char *const fqdns[], ONEM2M_FETCH_CB *fetch,
                                void *argument)
{
    ONEM2M_TLS_PSK *psk = onem2m_tls_context_of(ctx)->psk;
    char **copies;

    if (psk == NULL || psk->server_usage == NULL)
        return onem2m_tls_raise(ONEM2M_R_TLS_NOT_READY, "onem2m_tls_psk_server is called first");
    if (fetch == NULL)
        return onem2m_tls_raise(ONEM2M_R_MISSING_PARAMETER, "fetch: NULL");
    copies = copy_fqdns(fqdns);
    if (copies == NULL)
        return 0;
    onem2m_tls_fqdns_free(psk->fqdns);
    psk->fqdns = copies;
    psk->fetch = fetch;
    psk->fetch_argument = argument;
    return 1;
}
