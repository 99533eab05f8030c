/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <onem2m/params.h>
#include "keystore/error.h"
#include "psk.h"

/* Who it was that a PSK authenticated (TS-0003 8.2.2.1, 8.2.2.3, 10.4). Looked up when asked. */

static int give(char *out, size_t size, const char *text)
{
    const size_t length = strlen(text);

    if (out == NULL || size <= length)
        return onem2m_tls_raise(ONEM2M_R_BAD_LENGTH, "out: %zu octets are needed", length + 1);
    memcpy(out, text, length + 1);
    return 1;
}

static const ONEM2M_TLS_USAGE *usage_of(const SSL *ssl)
{
    const ONEM2M_TLS_PSK *psk = onem2m_tls_context_of(SSL_get_SSL_CTX(ssl))->psk;

    if (psk == NULL)
        return NULL;
    return SSL_is_server(ssl) ? psk->server_usage : psk->client_usage;
}

static const char *target_of(const SSL *ssl)
{
    const ONEM2M_TLS_PSK *psk = onem2m_tls_context_of(SSL_get_SSL_CTX(ssl))->psk;

    return psk != NULL && !SSL_is_server(ssl) ? psk->client_target : NULL;
}

/* To be freed; NULL with an error. */
static EVP_PKEY *key_of(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection)
{
    const ONEM2M_TLS_USAGE *usage = usage_of(ssl);
    EVP_PKEY *key = connection->psk_key;
    char quoted[ONEM2M_QUOTED_MAX];

    if (key != NULL && EVP_PKEY_up_ref(key))
        return key;
    key = usage != NULL ? onem2m_tls_key_load(onem2m_tls_context_of(SSL_get_SSL_CTX(ssl)),
                                              connection->psk_key_id, usage)
                        : NULL;
    if (key == NULL)
        onem2m_tls_raise(ONEM2M_R_KEY_NOT_FOUND, "%s: the store holds the key no more",
                         onem2m_quote(quoted, connection->psk_key_id));
    return key;
}

static int kind_of(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection,
                   const ONEM2M_TLS_USAGE *usage, char kind[ONEM2M_TLS_KIND_SIZE])
{
    const char *known = usage->kind;
    EVP_PKEY *key;
    int ok;

    if (known == NULL && target_of(ssl) != NULL)
        known = ONEM2M_KIND_NAME_KPSA;
    if (known != NULL) {
        OPENSSL_strlcpy(kind, known, ONEM2M_TLS_KIND_SIZE);
        return 1;
    }
    ERR_set_mark();
    key = key_of(ssl, connection);
    ok = key != NULL && onem2m_tls_key_text(key, ONEM2M_PARAM_KIND, kind, ONEM2M_TLS_KIND_SIZE);
    EVP_PKEY_free(key);
    ERR_pop_to_mark();
    return ok;
}

int onem2m_tls_psk_parent(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection,
                          char key_id[ONEM2M_KEY_ID_MAX + 1], char kind[ONEM2M_TLS_KIND_SIZE])
{
    const ONEM2M_TLS_USAGE *usage = usage_of(ssl);
    ONEM2M_ID id;

    if (usage == NULL || !onem2m_tls_is_by_psk(ssl, connection) ||
        !onem2m_id_parse(&id, usage->id_kind, connection->psk_key_id,
                         strlen(connection->psk_key_id), ONEM2M_ID_FOLD_FQDN, NULL) ||
        !kind_of(ssl, connection, usage, kind))
        return 0;
    OPENSSL_strlcpy(key_id, id.text, ONEM2M_KEY_ID_MAX + 1);
    return 1;
}

static int refuse_resumed(void)
{
    return onem2m_tls_raise(ONEM2M_R_PEER_UNKNOWN,
                            "no key authenticated this connection: it goes on with a session");
}

/* ---- Entities ---- */

static int refuse_nameless(const ONEM2M_TLS_CONNECTION *connection, const char *why)
{
    char quoted[ONEM2M_QUOTED_MAX];

    return onem2m_tls_raise(ONEM2M_R_PEER_UNKNOWN, "%s: %s (TS-0003 8.2.2)",
                            onem2m_quote(quoted, connection->psk_key_id), why);
}

static int server_entity(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection, char *out,
                         size_t size)
{
    EVP_PKEY *key = key_of(ssl, connection);
    char text[ONEM2M_ID_MAX + 1];
    int ok;

    if (key == NULL)
        return 0;
    if (onem2m_tls_key_text(key, ONEM2M_PARAM_ENTITY_ID, text, sizeof(text)) ||
        onem2m_tls_key_text(key, ONEM2M_PARAM_SOURCE_ID, text, sizeof(text)))
        ok = give(out, size, text);
    else
        ok = refuse_nameless(connection, "the key has neither entity-id nor source-id");
    EVP_PKEY_free(key);
    return ok;
}

/* KpmID and KmID end in the FQDN of the MEF or MAF, but for a B-TID, which ends in the BSF's. */
static int authority_of(const ONEM2M_TLS_CONNECTION *connection, const ONEM2M_TLS_USAGE *usage,
                        char *out, size_t size)
{
    ONEM2M_ID id;

    if (usage == NULL || usage->kind == NULL ||
        !onem2m_id_parse(&id, usage->id_kind, connection->psk_key_id,
                         strlen(connection->psk_key_id), ONEM2M_ID_FOLD_FQDN, NULL) ||
        id.form == ONEM2M_FORM_B_TID)
        return refuse_nameless(connection, "the key does not say whom it is shared with");
    return give(out, size, id.text + id.fqdn.offset);
}

/*
 * A client's entity-id and source-id are its own. Whom it called, the target says that the key was
 * derived for, or the key's only target, or its name.
 */
static int client_entity(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection, char *out,
                         size_t size)
{
    const char *target = target_of(ssl);
    char text[ONEM2M_ID_MAX + 1];
    EVP_PKEY *key;
    int has_target;

    if (target != NULL)
        return give(out, size, target);
    key = key_of(ssl, connection);
    if (key == NULL)
        return 0;
    has_target = onem2m_tls_key_text(key, ONEM2M_PARAM_TARGET_IDS, text, sizeof(text)) &&
                 strpbrk(text, " =") == NULL;
    EVP_PKEY_free(key);
    return has_target ? give(out, size, text) : authority_of(connection, usage_of(ssl), out, size);
}

int onem2m_tls_psk_entity(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection, char *out,
                          size_t size)
{
    if (!onem2m_tls_is_by_psk(ssl, connection))
        return refuse_resumed();
    return SSL_is_server(ssl) ? server_entity(ssl, connection, out, size)
                              : client_entity(ssl, connection, out, size);
}

/* ---- Credential-IDs ---- */

static int form_credential_id(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection, char *out,
                              size_t size)
{
    const ONEM2M_TLS_USAGE *usage = usage_of(ssl);
    ONEM2M_CREDENTIAL_ID id;
    ONEM2M_ERROR error;

    if (usage == NULL)
        return refuse_nameless(connection, "this SSL_CTX has no usage");
    if (!onem2m_credential_id_form(&id, usage->credential_type, connection->psk_key_id,
                                   strlen(connection->psk_key_id), &error))
        return onem2m_tls_raise_error("psk_identity", &error);
    return give(out, size, id.text);
}

/* A target authenticates a source by a Kc from the MAF, which has the source's KmID (8.2.2.3). */
int onem2m_tls_psk_credential_id(const SSL *ssl, const ONEM2M_TLS_CONNECTION *connection, char *out,
                                 size_t size)
{
    char source[ONEM2M_CREDENTIAL_ID_MAX + 1];
    EVP_PKEY *key;
    int has_source;

    if (!onem2m_tls_is_by_psk(ssl, connection))
        return refuse_resumed();
    if (!SSL_is_server(ssl))
        return form_credential_id(ssl, connection, out, size);
    key = key_of(ssl, connection);
    if (key == NULL)
        return 0;
    has_source =
        onem2m_tls_key_text(key, ONEM2M_PARAM_SOURCE_CREDENTIAL_ID, source, sizeof(source));
    EVP_PKEY_free(key);
    return has_source ? give(out, size, source) : form_credential_id(ssl, connection, out, size);
}
