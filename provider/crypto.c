/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include "crypto.h"

typedef struct onem2m_private_context_st {
    OSSL_LIB_CTX *libctx;
    OSSL_PROVIDER *provider; /* default, or null beside what crypto-config activates */
    EVP_MD *sha256;
} PRIVATE_CONTEXT;

void onem2m_crypto_init(ONEM2M_CRYPTO *crypto, const ONEM2M_CONFIGURATION *configuration)
{
    crypto->configuration = configuration;
    atomic_init(&crypto->private_context, NULL);
    atomic_init(&crypto->spare_hmac, NULL);
}

static void private_context_free(PRIVATE_CONTEXT *context)
{
    if (context == NULL)
        return;
    EVP_MD_free(context->sha256);
    if (context->provider != NULL)
        OSSL_PROVIDER_unload(context->provider);
    OSSL_LIB_CTX_free(context->libctx);
    OPENSSL_free(context);
}

static void free_hmac(ONEM2M_HMAC *hmac)
{
    if (hmac == NULL)
        return;
    onem2m_hmac_clear(hmac);
    OPENSSL_free(hmac);
}

void onem2m_crypto_free(ONEM2M_CRYPTO *crypto)
{
    free_hmac(atomic_exchange(&crypto->spare_hmac, NULL));
    private_context_free(atomic_exchange(&crypto->private_context, NULL));
}

static int refuse_value(const char *key, const char *value, const char *what, ONEM2M_ERROR *error)
{
    char quoted[ONEM2M_QUOTED_MAX];

    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET, "%s = %s: %s", key,
                         onem2m_quote(quoted, value), what);
}

static int refuse_provider(const char *name, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_CRYPTO_UNAVAILABLE, ONEM2M_NO_OFFSET,
                         "the %s provider cannot be loaded into a private context", name);
}

static int load_providers(PRIVATE_CONTEXT *context, const ONEM2M_CONFIGURATION *configuration,
                          ONEM2M_ERROR *error)
{
    if (configuration->crypto_config != NULL) {
        /* With another one loaded OpenSSL does not fall back to the default provider, when the file
         * activates none. */
        context->provider = OSSL_PROVIDER_load(context->libctx, "null");
        if (context->provider == NULL)
            return refuse_provider("null", error);
        if (!OSSL_LIB_CTX_load_config(context->libctx, configuration->crypto_config))
            return refuse_value("crypto-config", configuration->crypto_config,
                                "the file cannot be read or understood", error);
    } else {
        context->provider = OSSL_PROVIDER_load(context->libctx, "default");
        if (context->provider == NULL)
            return refuse_provider("default", error);
    }
    if (configuration->properties != NULL &&
        !EVP_set_default_properties(context->libctx, configuration->properties))
        return refuse_value("properties", configuration->properties,
                            "not a property query (property(7))", error);
    return 1;
}

static const char *quote_value(char quoted[ONEM2M_QUOTED_MAX], const char *value)
{
    return onem2m_quote(quoted, value != NULL ? value : "(not set)");
}

static int fetch_sha256(PRIVATE_CONTEXT *context, const ONEM2M_CONFIGURATION *configuration,
                        ONEM2M_ERROR *error)
{
    char crypto_config[ONEM2M_QUOTED_MAX], properties[ONEM2M_QUOTED_MAX];

    context->sha256 = EVP_MD_fetch(context->libctx, "SHA2-256", NULL);
    if (context->sha256 != NULL)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_CRYPTO_UNAVAILABLE, ONEM2M_NO_OFFSET,
                         "SHA2-256 is not to be had with crypto-config = %s and properties = %s",
                         quote_value(crypto_config, configuration->crypto_config),
                         quote_value(properties, configuration->properties));
}

static int private_context_open(PRIVATE_CONTEXT *context, const ONEM2M_CRYPTO *crypto,
                                ONEM2M_ERROR *error)
{
    context->libctx = OSSL_LIB_CTX_new();
    if (context->libctx == NULL)
        return onem2m_refuse(error, ONEM2M_R_CRYPTO_UNAVAILABLE, ONEM2M_NO_OFFSET,
                             "a private library context cannot be made");
    return load_providers(context, crypto->configuration, error) &&
           fetch_sha256(context, crypto->configuration, error);
}

static PRIVATE_CONTEXT *private_context_new(const ONEM2M_CRYPTO *crypto, ONEM2M_ERROR *error)
{
    PRIVATE_CONTEXT *context = OPENSSL_zalloc(sizeof(*context));

    if (context == NULL) {
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "out of memory");
        return NULL;
    }
    if (private_context_open(context, crypto, error))
        return context;
    private_context_free(context);
    return NULL;
}

static PRIVATE_CONTEXT *private_context_get(ONEM2M_CRYPTO *crypto, ONEM2M_ERROR *error)
{
    PRIVATE_CONTEXT *context = atomic_load_explicit(&crypto->private_context, memory_order_acquire);
    PRIVATE_CONTEXT *existing = NULL;

    if (context != NULL)
        return context;
    /* What OpenSSL queues on the way is not the caller's: *error says it. */
    ERR_set_mark();
    context = private_context_new(crypto, error);
    ERR_pop_to_mark();
    if (context != NULL &&
        !atomic_compare_exchange_strong(&crypto->private_context, &existing, context)) {
        private_context_free(context);
        context = existing;
    }
    return context;
}

const EVP_MD *onem2m_crypto_sha256(ONEM2M_CRYPTO *crypto, ONEM2M_ERROR *error)
{
    const PRIVATE_CONTEXT *context = private_context_get(crypto, error);

    return context != NULL ? context->sha256 : NULL;
}

OSSL_LIB_CTX *onem2m_crypto_libctx(ONEM2M_CRYPTO *crypto)
{
    const PRIVATE_CONTEXT *context = atomic_load(&crypto->private_context);

    return context != NULL ? context->libctx : NULL;
}

EVP_MD *onem2m_crypto_fetch_digest(ONEM2M_CRYPTO *crypto, const char *name, const char *properties,
                                   ONEM2M_ERROR *error)
{
    const PRIVATE_CONTEXT *context = private_context_get(crypto, error);
    char quoted_name[ONEM2M_QUOTED_MAX], quoted_properties[ONEM2M_QUOTED_MAX];
    EVP_MD *digest;

    if (context == NULL ||
        (properties != NULL && !onem2m_properties_check(properties, ONEM2M_R_BAD_DIGEST, error)))
        return NULL;
    ERR_set_mark();
    digest = EVP_MD_fetch(context->libctx, name, properties);
    ERR_pop_to_mark();
    if (digest == NULL)
        onem2m_refuse(error, ONEM2M_R_BAD_DIGEST, ONEM2M_NO_OFFSET,
                      "no digest %s is to be had with properties %s",
                      quote_value(quoted_name, name), quote_value(quoted_properties, properties));
    return digest;
}

ONEM2M_HMAC *onem2m_crypto_take_hmac(ONEM2M_CRYPTO *crypto)
{
    ONEM2M_HMAC *hmac = atomic_exchange_explicit(&crypto->spare_hmac, NULL, memory_order_acquire);

    return hmac != NULL ? hmac : OPENSSL_zalloc(sizeof(*hmac));
}

void onem2m_crypto_give_hmac(ONEM2M_CRYPTO *crypto, ONEM2M_HMAC *hmac)
{
    if (hmac != NULL && onem2m_hmac_wipe(hmac))
        hmac = atomic_exchange_explicit(&crypto->spare_hmac, hmac, memory_order_acq_rel);
    free_hmac(hmac);
}
