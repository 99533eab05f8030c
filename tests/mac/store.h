/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_MAC_STORE_H
#define ONEM2M_TESTS_MAC_STORE_H

#include "keys.h"

/* A library context with a store of its own, which is gone when the test ends. */
typedef struct {
    OSSL_LIB_CTX *libctx;
    char directory[64]; /* empty: the store is in memory */
    char configuration[96];
} STORE;

/* An empty store; fails the test when there can be none. */
void store_in_memory(STORE *store);
void store_on_disk(STORE *store);

/* One more library context on the same store. The caller frees it. */
OSSL_LIB_CTX *store_again(const STORE *store);
void store_remove(STORE *store);

/* Sets one text attribute of a key object. */
int set_text(EVP_PKEY *key, const char *name, const char *value);

#endif
