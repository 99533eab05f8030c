/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "engine.h"
#include "keystore/error.h"

/* Server names (TS-0003 10.2.1; RFC 6066 section 3). */

typedef struct onem2m_server_names_st SERVER_NAMES;

struct onem2m_server_names_st {
    SERVER_NAMES *next;
    char fqdn[ONEM2M_FQDN_MAX + 1];
};

int onem2m_server_name_parse(ONEM2M_ID *id, const char *fqdn)
{
    ONEM2M_ERROR error;

    if (fqdn == NULL)
        return onem2m_tls_raise(ONEM2M_R_MISSING_PARAMETER, "fqdn: NULL");
    if (!onem2m_id_parse(id, ONEM2M_ID_FQDN, fqdn, strlen(fqdn), ONEM2M_ID_STRICT, &error))
        return onem2m_tls_raise_error("fqdn", &error);
    for (size_t i = 0; i < id->length; i++) {
        if ((unsigned char)id->text[i] > 0x7F)
            return onem2m_tls_raise(ONEM2M_R_BAD_CHARACTER,
                                    "fqdn: a server name is ASCII, others are written as A-labels "
                                    "(RFC 6066 section 3)");
    }
    return 1;
}

void onem2m_server_names_free(SERVER_NAMES *names)
{
    while (names != NULL) {
        SERVER_NAMES *next = names->next;

        OPENSSL_free(names);
        names = next;
    }
}

static int is_known(const SERVER_NAMES *names, const char *name)
{
    for (; names != NULL; names = names->next) {
        if (OPENSSL_strcasecmp(names->fqdn, name) == 0)
            return 1;
    }
    return 0;
}

static int check_server_name(SSL *ssl, int *alert, void *argument)
{
    const ONEM2M_TLS_CONTEXT *context = argument;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    ONEM2M_TLS_CONNECTION *connection;
    char quoted[ONEM2M_QUOTED_MAX];

    if (name == NULL)
        return SSL_TLSEXT_ERR_NOACK;
    if (is_known(context->server_names, name))
        return SSL_TLSEXT_ERR_OK;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    connection = onem2m_tls_connection(ssl);
    if (connection != NULL)
        onem2m_refuse(&connection->refusal, ONEM2M_R_MISMATCH, ONEM2M_NO_OFFSET,
                      "server name: %s is none of this server's (TS-0003 10.2.1)",
                      onem2m_quote(quoted, name));
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int onem2m_tls_server_name(SSL_CTX *ctx, const char *fqdn)
{
    ONEM2M_TLS_CONTEXT *context;
    SERVER_NAMES *name;
    ONEM2M_ID id;

    if (!onem2m_server_name_parse(&id, fqdn))
        return 0;
    context = onem2m_tls_context(ctx);
    if (context == NULL)
        return 0;
    name = OPENSSL_zalloc(sizeof(*name));
    if (name == NULL)
        return onem2m_tls_raise_memory();
    memcpy(name->fqdn, id.text, id.length);
    name->next = context->server_names;
    context->server_names = name;
    SSL_CTX_set_tlsext_servername_callback(ctx, check_server_name);
    SSL_CTX_set_tlsext_servername_arg(ctx, context);
    return 1;
}

int onem2m_tls_client_server_name(SSL *ssl, const char *fqdn)
{
    ONEM2M_ID id;

    if (!onem2m_server_name_parse(&id, fqdn))
        return 0;
    return SSL_set_tlsext_host_name(ssl, id.text) == 1 ||
           onem2m_tls_raise(ONEM2M_R_TLS_FAILED, "fqdn: libssl refuses it as a server name");
}
