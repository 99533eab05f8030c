/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "keystore/error.h"
#include "psk.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const ONEM2M_TLS_USAGE *onem2m_tls_usage(const char *name)
{
    static const ONEM2M_TLS_USAGE usages[] = {
        { ONEM2M_USAGE_NAME_MEF, ONEM2M_ID_KPM, ONEM2M_KIND_NAME_KPM, 0, 10 },
        { ONEM2M_USAGE_NAME_MAF, ONEM2M_ID_KM, ONEM2M_KIND_NAME_KM, 21, 11 },
        /* Key Identifiers of a Kc are of KpsaID's form too. */
        { ONEM2M_USAGE_NAME_SAEF, ONEM2M_ID_KPSA, NULL, 22, 12 },
    };

    for (size_t i = 0; name != NULL && i < COUNT(usages); i++) {
        if (strcmp(usages[i].name, name) == 0)
            return &usages[i];
    }
    onem2m_tls_raise(ONEM2M_R_BAD_CHOICE, "usage: none of mef, maf, saef (TS-0004 6.3.4.2.39)");
    return NULL;
}

void onem2m_tls_fqdns_free(char **fqdns)
{
    for (size_t i = 0; fqdns != NULL && fqdns[i] != NULL; i++)
        OPENSSL_free(fqdns[i]);
    OPENSSL_free(fqdns);
}

void onem2m_tls_psk_free(ONEM2M_TLS_PSK *psk)
{
    if (psk == NULL)
        return;
    onem2m_tls_kdf_clear(&psk->server_kdf);
    onem2m_tls_kdf_clear(&psk->client_kdf);
    onem2m_tls_randoms_clear(&psk->randoms);
    onem2m_tls_fqdns_free(psk->fqdns);
    OPENSSL_free(psk->client_key_id);
    OPENSSL_free(psk->client_target);
    OPENSSL_free(psk);
}

ONEM2M_TLS_PSK *onem2m_tls_psk_of(SSL_CTX *ctx)
{
    ONEM2M_TLS_CONTEXT *context = onem2m_tls_context(ctx);

    if (context == NULL)
        return NULL;
    if (context->psk == NULL)
        context->psk = OPENSSL_zalloc(sizeof(*context->psk));
    if (context->psk == NULL)
        onem2m_tls_raise_memory();
    return context->psk;
}

OSSL_PARAM onem2m_tls_text_param(const char *name, const char *text)
{
    return OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)text, 0);
}

int onem2m_tls_psk_find(ONEM2M_TLS_KDF *psk, const char *key_id, unsigned char *out, size_t room,
                        size_t *size, ONEM2M_ERROR *error)
{
    const OSSL_PARAM params[] = { onem2m_tls_text_param(ONEM2M_PARAM_KEY_ID, key_id),
                                  OSSL_PARAM_construct_end() };

    return onem2m_tls_kdf_derive(psk, params, out, room, size, error);
}

void onem2m_tls_psk_record(const SSL *ssl, ONEM2M_TLS_CONNECTION *connection, const char *key_id,
                           EVP_PKEY *key)
{
    size_t size;

    EVP_PKEY_free(connection->psk_key);
    connection->psk_key = key;
    connection->psk_key_id = NULL;
    connection->refusal.reason = ONEM2M_R_NONE;
    if (key_id == NULL)
        return;
    SSL_get_client_random(ssl, connection->psk_random, sizeof(connection->psk_random));
    connection->psk_key_id = connection->psk_key_id_text;
    size = strnlen(key_id, sizeof(connection->psk_key_id_text) - 1);
    memcpy(connection->psk_key_id_text, key_id, size);
    connection->psk_key_id_text[size] = '\0';
}

int onem2m_tls_psk(OSSL_LIB_CTX *libctx, const char *propq, const char *identity, const char *usage,
                   unsigned char *out, size_t *len)
{
    const ONEM2M_TLS_USAGE *known = onem2m_tls_usage(usage);
    OSSL_PARAM fixed[] = { OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end() };
    ONEM2M_TLS_KDF kdf = { .kdf = NULL };
    ONEM2M_ERROR error;
    EVP_KDF *method;
    int ok;

    if (known == NULL)
        return 0;
    if (identity == NULL || out == NULL || len == NULL)
        return onem2m_tls_raise(ONEM2M_R_MISSING_PARAMETER, "identity, out or len: NULL");
    method =
        onem2m_tls_kdf_fetch(libctx, propq != NULL ? propq : ONEM2M_PROPERTY_QUERY, ONEM2M_KDF_PSK);
    if (method == NULL)
        return 0;
    fixed[0] = onem2m_tls_text_param(ONEM2M_PARAM_USAGE, known->name);
    onem2m_tls_kdf_set(&kdf, method, fixed);
    ok = onem2m_tls_psk_find(&kdf, identity, out, *len, len, &error) ||
         onem2m_tls_raise_error("identity", &error);
    onem2m_tls_kdf_clear(&kdf);
    return ok;
}
