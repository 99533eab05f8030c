/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PLACE_H
#define ONEM2M_TESTS_PLACE_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/types.h>

#define PLACE_FQDN "mef.example.com"

/* A directory with a configuration, perhaps a seal and an empty store, and a library context
 * configured by it, in which the provider is active. With ONEM2M_TEST_TOKEN in the environment, a
 * pkcs11: URI, the keys of "lmdb" are in that token; with ONEM2M_TEST_RECORDS too, the records
 * as well. */
typedef struct {
    char directory[64];
    OSSL_LIB_CTX *libctx;
} PLACE;

/* keystore: "lmdb" or "memory"; fqdn: this entity's own, NULL: none. A test that cannot fails. */
void place_make(PLACE *place, const char *keystore);
void place_make_at(PLACE *place, const char *keystore, const char *fqdn);
/* The same with the provider before OpenSSL's own: in a process that has none yet, the first. */
void place_make_first(PLACE *place, const char *keystore);
void place_remove(PLACE *place);

/* One more context of the same configuration, which of "lmdb" has the same store. The caller's. */
OSSL_LIB_CTX *place_context(const PLACE *place);

/* Of tests: one with a store of its own, and one for each kind of store. *state: its PLACE. */
int place_setup_lmdb(void **state);
int place_setup_memory(void **state);
int place_teardown(void **state);
#define PLACE_TEST(test, keystore)                                                                 \
    {                                                                                              \
#test " (" #keystore ")", test, place_setup_##keystore, place_teardown, NULL               \
    }
#define BOTH(test) PLACE_TEST(test, memory), PLACE_TEST(test, lmdb)

#endif
