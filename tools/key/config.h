/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_CONFIG_H
#define ONEM2M_KEY_CONFIG_H

#include <openssl/conf.h>
#include "keystore/token_keystore.h"

/* The provider's section of an openssl.cnf, as the provider reads it. Texts belong to conf. */
typedef struct {
    char *file;
    CONF *conf;
    const char *providers; /* names of sections */
    const char *section;
    const char *module; /* values; NULL where the section is silent */
    const char *activate;
    const char *keystore;
    const char *seal;
    const char *fqdn;
    const char *crypto_config;
    const char *properties;
} CONFIG;

/*
 * Reads file; NULL: the one that OpenSSL would read (OPENSSL_CONF, else its
 * own). *config is to be cleared in any case.
 */
int config_read(CONFIG *config, const char *file, ONEM2M_ERROR *error);
void config_clear(CONFIG *config);

/*
 * Where records are, "lmdb:DIR", and by what they are sealed: as configured, or
 * as a token has it. NULL where there is none. *places is to be cleared, also
 * after a failure; it points into the configuration.
 */
typedef struct {
    const char *records;
    const char *seal;
    int has_token; /* keys are in one */
    ONEM2M_TOKEN_KEYSTORE token;
} PLACES;
int config_places(PLACES *places, const CONFIG *config, ONEM2M_ERROR *error);
void config_clear_places(PLACES *places);

/* The value of a key of a section; NULL without one. "7.key" is "key", as for OpenSSL. */
const char *config_value(const CONFIG *config, const char *section, const char *key);

/* A key of the provider's section that neither OpenSSL nor the provider knows. */
int config_is_known(const char *key);

/* A key without the number and dot that may stand before it. */
const char *config_key(const CONF_VALUE *entry);

#endif
