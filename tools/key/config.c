/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "refuse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PROVIDER "onem2m"
#define TOKEN "pkcs11:"

/* What OpenSSL itself reads from a provider's section. */
static const char *const openssl_keys[] = { "module", "activate", "identity", "soft_load" };
static const char *const provider_keys[] = { "keystore", "seal", "fqdn", "crypto-config",
                                             "properties" };

static int is_one_of(const char *key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(key, keys[i]) == 0)
            return 1;
    }
    return 0;
}

int config_is_known(const char *key)
{
    return is_one_of(key, openssl_keys, COUNT(openssl_keys)) ||
           is_one_of(key, provider_keys, COUNT(provider_keys));
}

const char *config_key(const CONF_VALUE *entry)
{
    const char *dot = strchr(entry->name, '.');

    return dot != NULL ? dot + 1 : entry->name;
}

const char *config_value(const CONFIG *config, const char *section, const char *key)
{
    const STACK_OF(CONF_VALUE) *entries = NCONF_get_section(config->conf, section);

    for (int i = 0; i < sk_CONF_VALUE_num(entries); i++) {
        const CONF_VALUE *entry = sk_CONF_VALUE_value(entries, i);

        if (strcmp(config_key(entry), key) == 0)
            return entry->value;
    }
    return NULL;
}

static int load(CONFIG *config, ONEM2M_ERROR *error)
{
    long line = 0;
    int ok;

    config->conf = NCONF_new(NULL);
    if (config->conf == NULL)
        return refuse_memory(error);
    errno = 0;
    ok = NCONF_load(config->conf, config->file, &line) > 0;
    ERR_clear_error();
    if (ok)
        return 1;
    if (line > 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                             "%.120s: line %ld cannot be understood", config->file, line);
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET, "%.120s: %s",
                         config->file, errno != 0 ? strerror(errno) : "it cannot be read");
}

static int refuse_path(const CONFIG *config, const char *what, ONEM2M_ERROR *error)
{
    ERR_clear_error();
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "%.100s: %s, so the onem2m provider is not configured", config->file,
                         what);
}

/* openssl_conf, providers, onem2m: each names the next section. */
static int find_section(CONFIG *config, ONEM2M_ERROR *error)
{
    const char *top = NCONF_get_string(config->conf, NULL, "openssl_conf");

    if (top == NULL || NCONF_get_section(config->conf, top) == NULL)
        return refuse_path(config, "openssl_conf before the first section names none", error);
    config->providers = config_value(config, top, "providers");
    if (config->providers == NULL || NCONF_get_section(config->conf, config->providers) == NULL)
        return refuse_path(config, "the section of openssl_conf names no section 'providers'",
                           error);
    config->section = config_value(config, config->providers, PROVIDER);
    if (config->section == NULL || NCONF_get_section(config->conf, config->section) == NULL)
        return refuse_path(config, "the section of providers names no section 'onem2m'", error);
    return 1;
}

static void take_values(CONFIG *config)
{
    config->module = config_value(config, config->section, "module");
    config->activate = config_value(config, config->section, "activate");
    config->keystore = config_value(config, config->section, "keystore");
    config->seal = config_value(config, config->section, "seal");
    config->fqdn = config_value(config, config->section, "fqdn");
    config->crypto_config = config_value(config, config->section, "crypto-config");
    config->properties = config_value(config, config->section, "properties");
}

int config_read(CONFIG *config, const char *file, ONEM2M_ERROR *error)
{
    memset(config, 0, sizeof(*config));
    config->file = file != NULL ? OPENSSL_strdup(file) : CONF_get1_default_config_file();
    if (config->file == NULL)
        return refuse_memory(error);
    if (!load(config, error) || !find_section(config, error))
        return 0;
    take_values(config);
    return 1;
}

int config_places(PLACES *places, const CONFIG *config, ONEM2M_ERROR *error)
{
    memset(places, 0, sizeof(*places));
    places->records = config->keystore;
    places->seal = config->seal;
    places->has_token =
        config->keystore != NULL && strncmp(config->keystore, TOKEN, strlen(TOKEN)) == 0;
    if (!places->has_token)
        return 1;
    if (!onem2m_token_keystore_parse(&places->token, config->keystore, error))
        return 0;
    places->records = places->token.records;
    if (places->seal == NULL)
        places->seal = places->token.seal;
    return 1;
}

void config_clear_places(PLACES *places)
{
    onem2m_token_keystore_clear(&places->token);
}

void config_clear(CONFIG *config)
{
    NCONF_free(config->conf);
    OPENSSL_free(config->file);
    memset(config, 0, sizeof(*config));
}
