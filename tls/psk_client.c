/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "keystore/error.h"
#include "psk.h"

/* A client's PSK (TS-0003 8.2.2, 8.3.2.1, 8.8.2.2, 8.8.2.3). */

/*
 * 0 ends a handshake of TLS 1.2. In TLS 1.3 it would go on without the key, with anybody who has a
 * certificate or, where the application does not look at it, nobody: so more than libssl takes.
 */
static unsigned int refuse(SSL *ssl, ONEM2M_TLS_CONNECTION *connection, unsigned int room,
                           const char *key_id, const ONEM2M_ERROR *error)
{
    char quoted[ONEM2M_QUOTED_MAX];

    onem2m_refuse(&connection->refusal, error->reason, ONEM2M_NO_OFFSET, "key %s: %s",
                  onem2m_quote(quoted, key_id), error->detail);
    onem2m_tls_raise_error(key_id, error);
    return SSL_get_state(ssl) == TLS_ST_CW_KEY_EXCH ? 0 : room + 1;
}

static int is_session_offered(const SSL *ssl)
{
    const SSL_SESSION *session = SSL_get_session(ssl);

    return session != NULL && SSL_SESSION_is_resumable(session);
}

static unsigned int serve(SSL *ssl, ONEM2M_TLS_CONNECTION *connection, ONEM2M_TLS_PSK *psk,
                          unsigned char *out, unsigned int room)
{
    ONEM2M_ERROR error;
    size_t size;

    if (!onem2m_tls_kdf_derive(&psk->client_kdf, NULL, out, room, &size, &error))
        return refuse(ssl, connection, room, psk->client_key_id, &error);
    onem2m_tls_psk_record(ssl, connection, psk->client_key_id, NULL);
    connection->psk_beside_session = is_session_offered(ssl);
    return (unsigned int)size;
}

static unsigned int client_callback(SSL *ssl, const char *hint, char *identity,
                                    unsigned int identity_max, unsigned char *psk,
                                    unsigned int room)
{
    ONEM2M_TLS_PSK *client = onem2m_tls_context_of(SSL_get_SSL_CTX(ssl))->psk;
    ONEM2M_TLS_CONNECTION *connection = onem2m_tls_connection(ssl);

    (void)hint;
    if (connection == NULL || client == NULL || client->client_usage == NULL ||
        strlen(client->client_key_id) > identity_max)
        return room + 1;
    onem2m_tls_psk_record(ssl, connection, NULL, NULL);
    memcpy(identity, client->client_key_id, strlen(client->client_key_id) + 1);
    return serve(ssl, connection, client, psk, room);
}

/* The identity as it will be sent: canonical. */
static int copy_identity(char **copy, ONEM2M_ID_KIND kind, const char *name, const char *text)
{
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    if (text == NULL)
        return onem2m_tls_raise(ONEM2M_R_MISSING_PARAMETER, "%s: NULL", name);
    if (!onem2m_id_parse(&id, kind, text, strlen(text), ONEM2M_ID_STRICT, &error))
        return onem2m_tls_raise_error(name, &error);
    if (id.length > PSK_MAX_IDENTITY_LEN)
        return onem2m_tls_raise(ONEM2M_R_NAME_TOO_LONG,
                                "%s: %zu octets, libssl sends at most %d as psk_identity", name,
                                id.length, PSK_MAX_IDENTITY_LEN);
    *copy = OPENSSL_strdup(id.text);
    return *copy != NULL || onem2m_tls_raise_memory();
}

/* A client without a certificate to look at would take any server that chooses no PSK. */
static void verify_others(SSL_CTX *ctx)
{
    if (SSL_CTX_get_verify_mode(ctx) == SSL_VERIFY_NONE)
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, SSL_CTX_get_verify_callback(ctx));
}

/* The method with the parameters that a client of key_id, and of target when it is enrolled, has.
 */
static void set_kdf(ONEM2M_TLS_PSK *psk, EVP_KDF *method)
{
    const int is_enrolled = psk->client_target != NULL;
    OSSL_PARAM fixed[ONEM2M_TLS_FIXED_MAX + 1];

    fixed[0] = onem2m_tls_text_param(ONEM2M_PARAM_KEY_ID, psk->client_key_id);
    fixed[1] = is_enrolled ? OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &psk->client_suid)
                           : onem2m_tls_text_param(ONEM2M_PARAM_USAGE, psk->client_usage->name);
    fixed[2] = is_enrolled ? onem2m_tls_text_param(ONEM2M_PARAM_TARGET_ID, psk->client_target)
                           : OSSL_PARAM_construct_end();
    fixed[3] = OSSL_PARAM_construct_end();
    onem2m_tls_kdf_set(&psk->client_kdf, method, fixed);
}

/* Takes key_id, and target, which is NULL for a client with a key of its own. */
static int become_client(SSL_CTX *ctx, const ONEM2M_TLS_USAGE *usage, char *key_id, char *target)
{
    ONEM2M_TLS_PSK *psk = onem2m_tls_psk_of(ctx);
    ONEM2M_TLS_CONTEXT *context = onem2m_tls_context(ctx);
    EVP_KDF *method =
        psk != NULL ? onem2m_tls_kdf_fetch(context->libctx, context->propq,
                                           target != NULL ? ONEM2M_KDF_USAGE_KEY : ONEM2M_KDF_PSK)
                    : NULL;

    if (method == NULL)
        return 0;
    OPENSSL_free(psk->client_key_id);
    OPENSSL_free(psk->client_target);
    psk->client_usage = usage;
    psk->client_suid = usage->enrolled_suid;
    psk->client_key_id = key_id;
    psk->client_target = target;
    set_kdf(psk, method);
    verify_others(ctx);
    onem2m_tls_judge(ctx, context);
    SSL_CTX_set_psk_client_callback(ctx, client_callback);
    return 1;
}

int onem2m_tls_psk_client(SSL_CTX *ctx, const char *usage, const char *key_id)
{
    const ONEM2M_TLS_USAGE *known = onem2m_tls_usage(usage);
    char *copy = NULL;

    if (known == NULL || !copy_identity(&copy, known->id_kind, "key_id", key_id))
        return 0;
    if (become_client(ctx, known, copy, NULL))
        return 1;
    OPENSSL_free(copy);
    return 0;
}

int onem2m_tls_psk_client_enrolled(SSL_CTX *ctx, const char *usage, const char *ke_id,
                                   const char *target_fqdn)
{
    const ONEM2M_TLS_USAGE *known = onem2m_tls_usage(usage);
    char *key_id = NULL, *target = NULL;

    if (known == NULL)
        return 0;
    if (known->enrolled_suid == 0)
        return onem2m_tls_raise(ONEM2M_R_BAD_CHOICE,
                                "usage: %s; of a Ke there are keys for maf and saef "
                                "(TS-0003 8.3.2.1, 8.8.2.3)",
                                known->name);
    if (copy_identity(&key_id, ONEM2M_ID_KE, "ke_id", ke_id) &&
        copy_identity(&target, ONEM2M_ID_FQDN, "target_fqdn", target_fqdn) &&
        become_client(ctx, known, key_id, target))
        return 1;
    OPENSSL_free(key_id);
    OPENSSL_free(target);
    return 0;
}
