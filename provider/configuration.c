/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include "configuration.h"

#define CRYPTO_CONFIG "crypto-config"
#define PROPERTIES "properties"

static int copy_value(char **copy, const char *name, const char *value, const char **key,
                      ONEM2M_ERROR *error)
{
    if (value == NULL)
        return 1;
    *key = name;
    if (*value == '\0')
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "the value is empty; leave the line out instead");
    *copy = OPENSSL_strdup(value);
    if (*copy == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "out of memory");
    return 1;
}

int onem2m_properties_check(const char *properties, ONEM2M_REASON reason, ONEM2M_ERROR *error)
{
    char quoted[ONEM2M_QUOTED_MAX];
    OSSL_LIB_CTX *libctx;
    int ok;

    ERR_set_mark();
    libctx = OSSL_LIB_CTX_new();
    ok = libctx != NULL && EVP_set_default_properties(libctx, properties);
    OSSL_LIB_CTX_free(libctx);
    ERR_pop_to_mark();
    if (ok)
        return 1;
    return onem2m_refuse(error, reason, ONEM2M_NO_OFFSET,
                         "'%s' is not a property query (property(7))",
                         onem2m_quote(quoted, properties));
}

static int check_properties(const char *properties, const char **key, ONEM2M_ERROR *error)
{
    if (properties == NULL)
        return 1;
    *key = PROPERTIES;
    return onem2m_properties_check(properties, ONEM2M_R_BAD_CONFIGURATION, error);
}

int onem2m_configuration_read(ONEM2M_CONFIGURATION *configuration, const OSSL_CORE_HANDLE *core,
                              OSSL_FUNC_core_get_params_fn *get_params, const char **key,
                              ONEM2M_ERROR *error)
{
    char *crypto_config = NULL, *properties = NULL;
    OSSL_PARAM request[] = {
        OSSL_PARAM_utf8_ptr(CRYPTO_CONFIG, &crypto_config, 0),
        OSSL_PARAM_utf8_ptr(PROPERTIES, &properties, 0),
        OSSL_PARAM_END,
    };

    configuration->crypto_config = NULL;
    configuration->properties = NULL;
    *key = NULL;
    if (!get_params(core, request))
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "the provider's section cannot be read");
    if (copy_value(&configuration->crypto_config, CRYPTO_CONFIG, crypto_config, key, error) &&
        copy_value(&configuration->properties, PROPERTIES, properties, key, error) &&
        check_properties(properties, key, error))
        return 1;
    onem2m_configuration_free(configuration);
    return 0;
}

void onem2m_configuration_free(ONEM2M_CONFIGURATION *configuration)
{
    OPENSSL_free(configuration->crypto_config);
    OPENSSL_free(configuration->properties);
    configuration->crypto_config = NULL;
    configuration->properties = NULL;
}
