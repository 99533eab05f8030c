/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PKCS11_OBJECTS_H
#define ONEM2M_TESTS_PKCS11_OBJECTS_H

#include "store_fixture.h"
#include "token_keys.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A store in the keeper's token, its records too: for each test one of another object. */
extern FIXTURE objects_fixture;

int objects_set_up(void **state);
int objects_tear_down(void **state);
#define OBJECTS_TEST(test) cmocka_unit_test_setup_teardown(test, objects_set_up, objects_tear_down)

/* Of the store, as another process does. */
void objects_open(void);
void objects_close(void);

/* How many keys the token has of it. */
size_t objects_of_store(void);

/* A key KE_ID, or KPM_ID, of the fixture's octets. */
void add_ke(void);
void add_kpm(int extractable);

/* A write that is refused and leaves an object, since nobody knows whether it happened. */
void leave_an_object(void);

/* A key's reference, custody 0 without one; and that it computes what its octets do. */
ONEM2M_TOKEN_KEY token_key_of(const char *key_id);
void must_work(const char *key_id);

/* What is found; and that nothing is. */
ONEM2M_STORE_FINDINGS must_verify(void);
ONEM2M_STORE_FINDINGS must_tidy(void);
void must_be_clean(void);

/* The token's own view of an object. The last makes one in its place: of that type, sensitive and
 * extractable or not. */
CK_OBJECT_HANDLE raw_find(const ONEM2M_TOKEN_KEY *key);
void raw_destroy(const ONEM2M_TOKEN_KEY *key);
void raw_make(const ONEM2M_TOKEN_KEY *key, CK_KEY_TYPE type, int is_sensitive, int is_extractable);

#endif
