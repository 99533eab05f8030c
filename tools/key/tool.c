/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tool.h"

#include <string.h>
#include <time.h>
#include <openssl/err.h>
#include "refuse.h"

ONEM2M_SLICE tool_slice(const char *text)
{
    return (ONEM2M_SLICE){ (const unsigned char *)text, strlen(text) };
}

int tool_refuse_about(const char *what, ONEM2M_ERROR *error)
{
    const ONEM2M_ERROR why = *error;

    return onem2m_refuse(error, why.reason, why.offset, "%s: %s", what, why.detail);
}

const char *tool_option(const TOOL *tool, OPTION option)
{
    return tool->arguments.value[option];
}

int tool_has(const TOOL *tool, OPTION option)
{
    return tool_option(tool, option) != NULL;
}

static int refuse_value(const char *key, const char *value, const char *what, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET, "%s = %.100s: %s",
                         key, value, what);
}

static int load_providers(TOOL *tool, ONEM2M_ERROR *error)
{
    const char *file = tool->config.crypto_config;

    /* With the null provider loaded OpenSSL does not fall back to the default one. */
    tool->provider = OSSL_PROVIDER_load(tool->libctx, file != NULL ? "null" : "default");
    if (tool->provider == NULL)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_UNAVAILABLE, ONEM2M_NO_OFFSET,
                             "OpenSSL's own providers cannot be loaded");
    if (file != NULL && !OSSL_LIB_CTX_load_config(tool->libctx, file))
        return refuse_value("crypto-config", file, "the file cannot be read or understood", error);
    if (tool->config.properties != NULL &&
        !EVP_set_default_properties(tool->libctx, tool->config.properties))
        return refuse_value("properties", tool->config.properties,
                            "not a property query (property(7))", error);
    return 1;
}

/* A library context like the provider's private one: what openssl.cnf activates is not in it. */
static int open_crypto(TOOL *tool, ONEM2M_ERROR *error)
{
    tool->libctx = OSSL_LIB_CTX_new();
    if (tool->libctx == NULL)
        return refuse_memory(error);
    if (!load_providers(tool, error))
        return 0;
    tool->sha256 = EVP_MD_fetch(tool->libctx, "SHA2-256", NULL);
    if (tool->sha256 == NULL)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_UNAVAILABLE, ONEM2M_NO_OFFSET,
                             "SHA2-256 is not to be had with this crypto-config and properties");
    return 1;
}

int tool_open_crypto(TOOL *tool, ONEM2M_ERROR *error)
{
    const int ok = open_crypto(tool, error);

    ERR_clear_error();
    return ok;
}

int tool_open_store(TOOL *tool, ONEM2M_ERROR *error)
{
    const ONEM2M_STORE_CONFIGURATION configuration = {
        .keystore = tool->config.keystore,
        .seal = tool->config.seal,
        .fqdn = tool->config.fqdn,
        .libctx = tool->libctx,
        .sha256 = tool->sha256,
    };

    if (configuration.keystore == NULL)
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "%.120s: the provider's section has no keystore", tool->config.file);
    if (strncmp(configuration.keystore, "memory:", strlen("memory:")) == 0)
        return refuse_value("keystore", configuration.keystore,
                            "it is in the memory of each program that uses it; a tool needs "
                            "lmdb:DIR",
                            error);
    if (!onem2m_store_open(&tool->store, &configuration, error))
        return 0;
    tool->reader = onem2m_store_reader_new(tool->store, error);
    return tool->reader != NULL;
}

static int stop_at_first(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                         const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    int *has_opened = argument;

    (void)attributes;
    (void)material;
    *has_opened = 1;
    return refuse(error, "it opens");
}

/* A record is enough; in a store without any it is the header. */
int tool_store_opens(const TOOL *tool, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_FINDINGS findings;
    int has_opened = 0;

    if (onem2m_store_each(tool->reader, stop_at_first, &has_opened, error))
        return onem2m_store_verify(tool->reader, &findings, NULL, NULL, error);
    return has_opened;
}

int tool_prepare(TOOL *tool, NEEDS needs, ONEM2M_ERROR *error)
{
    tool->now = time(NULL);
    return config_read(&tool->config, tool_option(tool, OPTION_CONFIG), error) &&
           (needs < NEEDS_CRYPTO || tool_open_crypto(tool, error)) &&
           (needs < NEEDS_STORE || tool_open_store(tool, error));
}

void tool_close(TOOL *tool)
{
    onem2m_store_reader_free(tool->reader);
    onem2m_store_close(tool->store);
    EVP_MD_free(tool->sha256);
    if (tool->provider != NULL)
        OSSL_PROVIDER_unload(tool->provider);
    OSSL_LIB_CTX_free(tool->libctx);
    config_clear(&tool->config);
    arguments_clear(&tool->arguments);
}

int tool_kinds(const TOOL *tool, OPTION option, unsigned int *kinds, ONEM2M_ERROR *error)
{
    const char *name = tool_option(tool, option);
    ONEM2M_KIND kind;

    *kinds = ONEM2M_KINDS_ALL;
    if (name == NULL)
        return 1;
    if (!onem2m_kind_parse(&kind, name, strlen(name), error))
        return 0;
    *kinds = ONEM2M_KIND_BIT(kind);
    return 1;
}

int tool_requester(const TOOL *tool, ONEM2M_ID *id, ONEM2M_SLICE *requester, ONEM2M_ERROR *error)
{
    const char *text = tool_option(tool, OPTION_REQUESTER);

    *requester = (ONEM2M_SLICE){ NULL, 0 };
    if (text == NULL)
        return 1;
    if (!onem2m_id_parse_entity(id, text, strlen(text), ONEM2M_ID_STRICT, error))
        return 0;
    *requester = (ONEM2M_SLICE){ (const unsigned char *)id->text, id->length };
    return 1;
}
