/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/store.h>
#include <onem2m/params.h>
#include "keystore/error.h"
#include "keystore/identifier.h"
#include "psk.h"

/* Key objects that authenticate connections: what they are called, and what they give. */

int onem2m_tls_key_text(const EVP_PKEY *key, const char *name, char *text, size_t size)
{
    size_t length = 0;
    int ok;

    ERR_set_mark();
    ok = EVP_PKEY_get_utf8_string_param(key, name, text, size, &length);
    ERR_pop_to_mark();
    return ok && length > 0 && length < size;
}

int onem2m_tls_key_is_of(const EVP_PKEY *key, const ONEM2M_ID *id, ONEM2M_ERROR *error)
{
    char name[ONEM2M_KEY_ID_MAX + 1];
    ONEM2M_ID own;

    if (!EVP_PKEY_is_a(key, ONEM2M_KEY_TYPE))
        return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET,
                             "the key fetched is not of type " ONEM2M_KEY_TYPE);
    if (onem2m_tls_key_text(key, ONEM2M_PARAM_KEY_ID, name, sizeof(name)) &&
        onem2m_id_parse(&own, id->kind, name, strlen(name), ONEM2M_ID_FOLD_FQDN, NULL) &&
        onem2m_id_equal(&own, id))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_MISMATCH, ONEM2M_NO_OFFSET,
                         "the key fetched has another name than it was asked for by");
}

static int derive_psk(EVP_PKEY_CTX *ctx, const OSSL_PARAM params[], unsigned char *out, size_t room,
                      size_t *size, ONEM2M_ERROR *error)
{
    *size = room;
    if (ctx != NULL && EVP_PKEY_derive_init_ex(ctx, params) > 0 &&
        EVP_PKEY_derive(ctx, out, size) > 0)
        return 1;
    onem2m_tls_last_error(error);
    return 0;
}

int onem2m_tls_key_derive_psk(EVP_PKEY *key, const ONEM2M_TLS_CONTEXT *context,
                              const ONEM2M_TLS_USAGE *usage, unsigned char *out, size_t room,
                              size_t *size, ONEM2M_ERROR *error)
{
    char derivation[] = ONEM2M_KDF_PSK;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_DERIVATION, derivation, 0),
        onem2m_tls_text_param(ONEM2M_PARAM_USAGE, usage->name), OSSL_PARAM_construct_end()
    };
    EVP_PKEY_CTX *ctx;
    int ok;

    ERR_set_mark();
    ctx = EVP_PKEY_CTX_new_from_pkey(context->libctx, key, context->propq);
    ok = derive_psk(ctx, params, out, room, size, error);
    EVP_PKEY_CTX_free(ctx);
    ERR_pop_to_mark();
    return ok;
}

/* onem2m:<key-id>?usage=U; what is not unreserved (RFC 3986 2.3) percent-encoded. */
#define URI_MAX                                                                                    \
    (sizeof(ONEM2M_STORE_SCHEME) + (size_t)3 * ONEM2M_KEY_ID_MAX + sizeof("?usage=saef"))

static void make_uri(char uri[URI_MAX], const char *key_id, const ONEM2M_TLS_USAGE *usage)
{
    size_t used = (size_t)snprintf(uri, URI_MAX, "%s:", ONEM2M_STORE_SCHEME);

    for (; *key_id != '\0' && used + 3 < URI_MAX; key_id++) {
        const unsigned char octet = (unsigned char)*key_id;
        const int is_plain = onem2m_is_name_octet(octet) || octet == '@';

        used += (size_t)snprintf(uri + used, URI_MAX - used, is_plain ? "%c" : "%%%02X", octet);
    }
    snprintf(uri + used, URI_MAX - used, "?usage=%s", usage->name);
}

EVP_PKEY *onem2m_tls_key_load(const ONEM2M_TLS_CONTEXT *context, const char *key_id,
                              const ONEM2M_TLS_USAGE *usage)
{
    OSSL_STORE_CTX *store;
    OSSL_STORE_INFO *info;
    EVP_PKEY *key = NULL;
    char uri[URI_MAX];

    make_uri(uri, key_id, usage);
    ERR_set_mark();
    /* By that query alone: a file of that name in the working directory would win otherwise. */
    store = OSSL_STORE_open_ex(uri, context->libctx, ONEM2M_PROPERTY_QUERY, NULL, NULL, NULL, NULL,
                               NULL);
    info = store != NULL ? OSSL_STORE_load(store) : NULL;
    if (info != NULL)
        key = OSSL_STORE_INFO_get1_PKEY(info);
    OSSL_STORE_INFO_free(info);
    OSSL_STORE_close(store);
    ERR_pop_to_mark();
    return key;
}
