/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_KEYS_H
#define ONEM2M_PROVIDER_KEYS_H

#include <stdatomic.h>
#include "configuration.h"
#include "crypto.h"
#include "keystore/store.h"

/* The configured store, opened when the first key is asked for by name. */
typedef struct {
    const ONEM2M_CONFIGURATION *configuration;
    ONEM2M_CRYPTO *crypto;
    _Atomic(ONEM2M_STORE *) store;
    _Atomic(ONEM2M_TIME) latest;
} ONEM2M_KEYS;

void onem2m_keys_init(ONEM2M_KEYS *keys, const ONEM2M_CONFIGURATION *configuration,
                      ONEM2M_CRYPTO *crypto);
void onem2m_keys_free(ONEM2M_KEYS *keys);

/* NULL with *error when there is none, or it cannot be opened. */
ONEM2M_STORE *onem2m_keys_store(ONEM2M_KEYS *keys, ONEM2M_ERROR *error);

/* The time, never earlier than it was: a clock set back revives no key seen expired. */
ONEM2M_TIME onem2m_keys_now(ONEM2M_KEYS *keys);

#endif
