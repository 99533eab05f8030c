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

/* Readers that wait for the next look-up; as many as threads are likely to look up at once. */
#define ONEM2M_SPARE_READERS 8
#define ONEM2M_CACHE_LINE 64

/* A cache line each, so that threads do not wait for each other's. */
typedef struct {
    _Atomic(ONEM2M_STORE_READER *) reader;
    char padding[ONEM2M_CACHE_LINE - sizeof(ONEM2M_STORE_READER *)];
} ONEM2M_SPARE_READER;

/* The configured store, opened when the first key is asked for by name. */
typedef struct {
    const ONEM2M_CONFIGURATION *configuration;
    ONEM2M_CRYPTO *crypto;
    _Atomic(ONEM2M_STORE *) store;
    _Atomic(ONEM2M_TIME) latest;
    ONEM2M_SPARE_READER spare[ONEM2M_SPARE_READERS];
} ONEM2M_KEYS;

void onem2m_keys_init(ONEM2M_KEYS *keys, const ONEM2M_CONFIGURATION *configuration,
                      ONEM2M_CRYPTO *crypto);
void onem2m_keys_free(ONEM2M_KEYS *keys);

/* NULL with *error when there is none, or it cannot be opened. */
ONEM2M_STORE *onem2m_keys_store(ONEM2M_KEYS *keys, ONEM2M_ERROR *error);

/*
 * The token where keys are generated, those too that are not stored; NULL when
 * the keystore is none. A store without a token is not opened for that.
 */
int onem2m_keys_token(ONEM2M_KEYS *keys, ONEM2M_TOKEN **token, ONEM2M_ERROR *error);

/*
 * What to read the store with, the caller's alone until it is given back: one
 * that was given back before, which has its ciphers keyed, or a new one. NULL
 * with *error as above. Giving back: NULL is allowed.
 */
ONEM2M_STORE_READER *onem2m_keys_take_reader(ONEM2M_KEYS *keys, ONEM2M_ERROR *error);
void onem2m_keys_give_reader(ONEM2M_KEYS *keys, ONEM2M_STORE_READER *reader);

/* onem2m_store_look_up in the configured store. */
int onem2m_keys_look_up(ONEM2M_KEYS *keys, ONEM2M_SLICE key_id, unsigned int kinds,
                        onem2m_store_visit_fn *visit, void *argument, ONEM2M_ERROR *error);

/*
 * A key that one context uses again and again, and the reader that found it: see
 * onem2m_store_look_up_again. It is kept from the second use on, so that a context for one use
 * holds no octets. A zeroed structure is none.
 */
typedef struct {
    ONEM2M_STORE_READER *reader;
    ONEM2M_FOUND_KEY found;
    int has_served;
} ONEM2M_KEPT_KEY;

/* As onem2m_keys_look_up, with the same key_id and kinds each time or onem2m_kept_key_forget in
 * between. For a name that the context was given once and not for this use. */
int onem2m_keys_look_up_again(ONEM2M_KEYS *keys, ONEM2M_KEPT_KEY *kept, ONEM2M_SLICE key_id,
                              unsigned int kinds, onem2m_store_visit_fn *visit, void *argument,
                              ONEM2M_ERROR *error);
void onem2m_kept_key_forget(ONEM2M_KEPT_KEY *kept);

/* The end of it. */
void onem2m_keys_give_kept(ONEM2M_KEYS *keys, ONEM2M_KEPT_KEY *kept);

/* The protection level of a key (TS-0003 table 6.3.1-1). */
int onem2m_keys_protection(const ONEM2M_KEYS *keys, const ONEM2M_ATTRIBUTES *attributes);

/* The time, never earlier than it was: a clock set back revives no key seen expired. */
ONEM2M_TIME onem2m_keys_now(ONEM2M_KEYS *keys);

#endif
