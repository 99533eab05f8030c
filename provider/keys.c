/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <time.h>
#include <openssl/err.h>
#include "keys.h"

void onem2m_keys_init(ONEM2M_KEYS *keys, const ONEM2M_CONFIGURATION *configuration,
                      ONEM2M_CRYPTO *crypto)
{
    keys->configuration = configuration;
    keys->crypto = crypto;
    atomic_init(&keys->store, NULL);
    atomic_init(&keys->latest, 0);
}

void onem2m_keys_free(ONEM2M_KEYS *keys)
{
    onem2m_store_close(atomic_exchange(&keys->store, NULL));
}

static ONEM2M_STORE *open_store(ONEM2M_KEYS *keys, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_CONFIGURATION configuration = { .keystore = keys->configuration->keystore,
                                                 .seal = keys->configuration->seal,
                                                 .fqdn = keys->configuration->fqdn };
    ONEM2M_STORE *store = NULL;

    if (configuration.keystore == NULL) {
        onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                      "a key by name needs a keystore in the provider's section of openssl.cnf");
        return NULL;
    }
    configuration.sha256 = onem2m_crypto_sha256(keys->crypto, error);
    if (configuration.sha256 == NULL)
        return NULL;
    configuration.libctx = onem2m_crypto_libctx(keys->crypto);
    ERR_set_mark();
    onem2m_store_open(&store, &configuration, error);
    ERR_pop_to_mark();
    return store;
}

ONEM2M_STORE *onem2m_keys_store(ONEM2M_KEYS *keys, ONEM2M_ERROR *error)
{
    ONEM2M_STORE *store = atomic_load_explicit(&keys->store, memory_order_acquire);
    ONEM2M_STORE *existing = NULL;

    if (store != NULL)
        return store;
    store = open_store(keys, error);
    if (store != NULL && !atomic_compare_exchange_strong(&keys->store, &existing, store)) {
        onem2m_store_close(store);
        store = existing;
    }
    return store;
}

ONEM2M_TIME onem2m_keys_now(ONEM2M_KEYS *keys)
{
    const ONEM2M_TIME now = (ONEM2M_TIME)time(NULL);
    ONEM2M_TIME latest = atomic_load_explicit(&keys->latest, memory_order_relaxed);

    while (latest < now) {
        if (atomic_compare_exchange_weak(&keys->latest, &latest, now))
            return now;
    }
    return latest;
}
