/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <time.h>
#include <pthread.h>
#include <openssl/err.h>
#include "keystore/token_keystore.h"
#include "keys.h"

void onem2m_keys_init(ONEM2M_KEYS *keys, const ONEM2M_CONFIGURATION *configuration,
                      ONEM2M_CRYPTO *crypto)
{
    keys->configuration = configuration;
    keys->crypto = crypto;
    atomic_init(&keys->store, NULL);
    atomic_init(&keys->latest, 0);
    for (size_t i = 0; i < ONEM2M_SPARE_READERS; i++)
        atomic_init(&keys->spare[i].reader, NULL);
}

void onem2m_keys_free(ONEM2M_KEYS *keys)
{
    for (size_t i = 0; i < ONEM2M_SPARE_READERS; i++)
        onem2m_store_reader_free(atomic_exchange(&keys->spare[i].reader, NULL));
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

int onem2m_keys_token(ONEM2M_KEYS *keys, ONEM2M_TOKEN **token, ONEM2M_ERROR *error)
{
    const char *keystore = keys->configuration->keystore;
    const ONEM2M_STORE *store;

    *token = NULL;
    if (keystore == NULL || !onem2m_token_keystore_is(keystore))
        return 1;
    store = onem2m_keys_store(keys, error);
    if (store != NULL)
        *token = onem2m_store_token(store);
    return store != NULL;
}

/* The i-th place where a thread looks: it begins at the same one each time, others elsewhere. */
static _Atomic(ONEM2M_STORE_READER *) *spare_place(ONEM2M_KEYS *keys, size_t i)
{
    const uint64_t thread = (uint64_t)(uintptr_t)pthread_self();
    const uint64_t home = ((thread >> 6) * UINT64_C(0x9E3779B97F4A7C15)) >> 32;

    return &keys->spare[(home + i) % ONEM2M_SPARE_READERS].reader;
}

ONEM2M_STORE_READER *onem2m_keys_take_reader(ONEM2M_KEYS *keys, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = NULL;
    ONEM2M_STORE *store;

    for (size_t i = 0; reader == NULL && i < ONEM2M_SPARE_READERS; i++) {
        _Atomic(ONEM2M_STORE_READER *) *place = spare_place(keys, i);

        if (atomic_load_explicit(place, memory_order_relaxed) != NULL)
            reader = atomic_exchange_explicit(place, NULL, memory_order_acquire);
    }
    if (reader != NULL)
        return reader;
    store = onem2m_keys_store(keys, error);
    return store != NULL ? onem2m_store_reader_new(store, error) : NULL;
}

void onem2m_keys_give_reader(ONEM2M_KEYS *keys, ONEM2M_STORE_READER *reader)
{
    for (size_t i = 0; reader != NULL && i < ONEM2M_SPARE_READERS; i++) {
        _Atomic(ONEM2M_STORE_READER *) *place = spare_place(keys, i);

        if (atomic_load_explicit(place, memory_order_relaxed) == NULL)
            reader = atomic_exchange_explicit(place, reader, memory_order_acq_rel);
    }
    onem2m_store_reader_free(reader);
}

int onem2m_keys_look_up(ONEM2M_KEYS *keys, ONEM2M_SLICE key_id, unsigned int kinds,
                        onem2m_store_visit_fn *visit, void *argument, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = onem2m_keys_take_reader(keys, error);
    int ok;

    if (reader == NULL)
        return 0;
    ok = onem2m_store_look_up(reader, (const char *)key_id.data, key_id.length, kinds, visit,
                              argument, error);
    onem2m_keys_give_reader(keys, reader);
    return ok;
}

int onem2m_keys_look_up_again(ONEM2M_KEYS *keys, ONEM2M_KEPT_KEY *kept, ONEM2M_SLICE key_id,
                              unsigned int kinds, onem2m_store_visit_fn *visit, void *argument,
                              ONEM2M_ERROR *error)
{
    const char *name = (const char *)key_id.data;

    if (kept->reader == NULL)
        kept->reader = onem2m_keys_take_reader(keys, error);
    if (kept->reader == NULL)
        return 0;
    if (kept->has_served)
        return onem2m_store_look_up_again(kept->reader, &kept->found, name, key_id.length, kinds,
                                          visit, argument, error);
    kept->has_served =
        onem2m_store_look_up(kept->reader, name, key_id.length, kinds, visit, argument, error);
    return kept->has_served;
}

void onem2m_kept_key_forget(ONEM2M_KEPT_KEY *kept)
{
    onem2m_found_key_clear(&kept->found);
    kept->has_served = 0;
}

void onem2m_keys_give_kept(ONEM2M_KEYS *keys, ONEM2M_KEPT_KEY *kept)
{
    onem2m_kept_key_forget(kept);
    onem2m_keys_give_reader(keys, kept->reader);
    kept->reader = NULL;
}

int onem2m_keys_protection(const ONEM2M_KEYS *keys, const ONEM2M_ATTRIBUTES *attributes)
{
    const ONEM2M_STORE *store = atomic_load_explicit(&keys->store, memory_order_acquire);

    return store != NULL ? onem2m_store_protection(store, attributes) : ONEM2M_PROTECTION_SOFTWARE;
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
