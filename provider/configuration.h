/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_CONFIGURATION_H
#define ONEM2M_PROVIDER_CONFIGURATION_H

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include "keystore/error.h"

/* What the provider's section of openssl.cnf says; NULL where it is silent. Owned here. */
typedef struct {
    char *keystore;      /* "keystore": memory: or lmdb:DIR */
    char *seal;          /* "seal": file:PATH */
    char *fqdn;          /* "fqdn": this entity's own */
    char *crypto_config; /* "crypto-config": an openssl.cnf for the private context */
    char *properties;    /* "properties": the property query of the private context's fetches */
} ONEM2M_CONFIGURATION;

/*
 * Reads the section. On failure nothing is left to free, *error says why and
 * *key names the culprit. Opens nothing.
 */
int onem2m_configuration_read(ONEM2M_CONFIGURATION *configuration, const OSSL_CORE_HANDLE *core,
                              OSSL_FUNC_core_get_params_fn *get_params, const char **key,
                              ONEM2M_ERROR *error);

void onem2m_configuration_free(ONEM2M_CONFIGURATION *configuration);

/*
 * Whether OpenSSL can parse a property query, which it does only for a library
 * context: for one that is thrown away. reason: of the refusal.
 */
int onem2m_properties_check(const char *properties, ONEM2M_REASON reason, ONEM2M_ERROR *error);

#endif
