/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include "configuration.h"
#include "keystore/store.h"

#define PROPERTIES "properties"

/* The keys of the section and where their values go. */
enum { KEYSTORE, SEAL, FQDN, CRYPTO_CONFIG, PROPERTY_QUERY, KEY_COUNT };
static const char *const key_names[KEY_COUNT] = { "keystore", "seal", "fqdn", "crypto-config",
                                                  PROPERTIES };

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

static int check_store(const ONEM2M_CONFIGURATION *configuration, const char **key,
                       ONEM2M_ERROR *error)
{
    const ONEM2M_STORE_CONFIGURATION store = { .keystore = configuration->keystore,
                                               .seal = configuration->seal,
                                               .fqdn = configuration->fqdn };

    return onem2m_store_check_configuration(&store, key, error);
}

static int copy_values(ONEM2M_CONFIGURATION *configuration, char *const values[KEY_COUNT],
                       const char **key, ONEM2M_ERROR *error)
{
    char **const copies[KEY_COUNT] = { &configuration->keystore, &configuration->seal,
                                       &configuration->fqdn, &configuration->crypto_config,
                                       &configuration->properties };
    size_t i;

    for (i = 0; i < KEY_COUNT; i++) {
        if (!copy_value(copies[i], key_names[i], values[i], key, error))
            return 0;
    }
    return 1;
}

int onem2m_configuration_read(ONEM2M_CONFIGURATION *configuration, const OSSL_CORE_HANDLE *core,
                              OSSL_FUNC_core_get_params_fn *get_params, const char **key,
                              ONEM2M_ERROR *error)
{
    char *values[KEY_COUNT] = { NULL };
    OSSL_PARAM request[KEY_COUNT + 1];
    size_t i;

    memset(configuration, 0, sizeof(*configuration));
    *key = NULL;
    for (i = 0; i < KEY_COUNT; i++)
        request[i] = OSSL_PARAM_construct_utf8_ptr(key_names[i], &values[i], 0);
    request[KEY_COUNT] = OSSL_PARAM_construct_end();
    if (!get_params(core, request))
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "the provider's section cannot be read");
    if (copy_values(configuration, values, key, error) &&
        check_properties(configuration->properties, key, error) &&
        check_store(configuration, key, error))
        return 1;
    onem2m_configuration_free(configuration);
    return 0;
}

void onem2m_configuration_free(ONEM2M_CONFIGURATION *configuration)
{
    OPENSSL_free(configuration->keystore);
    OPENSSL_free(configuration->seal);
    OPENSSL_free(configuration->fqdn);
    OPENSSL_free(configuration->crypto_config);
    OPENSSL_free(configuration->properties);
    memset(configuration, 0, sizeof(*configuration));
}
