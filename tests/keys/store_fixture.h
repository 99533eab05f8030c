/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_STORE_FIXTURE_H
#define ONEM2M_TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include "keystore/seal.h"
#include "keystore/store_internal.h"

/*
 * A store in a directory of its own, or in memory, for the tests of stores. With
 * ONEM2M_TEST_TOKEN in the environment, a pkcs11: URI, the keys of the former are in that token;
 * with ONEM2M_TEST_RECORDS too, its records as well.
 */

#define KE_ID "82CA6FADC18789491AA65339C51B58A3@mef.example.com"
#define KPM_ID "enrolee1@mef.example.com"
#define NOW ((ONEM2M_TIME)1800000000)
#define LATER (NOW + 86400)

extern const unsigned char octets[64];

typedef struct {
    const char *scheme;
    char directory[64];
    char keystore[512];
    char seal[96];
    EVP_MD *sha256;
    ONEM2M_STORE *store;
    ONEM2M_STORE_READER *reader;
} FIXTURE;

int set_up_memory(void **state);
int set_up_lmdb(void **state);
int tear_down(void **state);

#define BOTH(test)                                                                                 \
    cmocka_unit_test_setup_teardown(test, set_up_memory, tear_down),                               \
        cmocka_unit_test_setup_teardown(test, set_up_lmdb, tear_down)

ONEM2M_SLICE text(const char *value);

/* Whether records are in a token. */
int has_records_in_token(void);

/* Sets keystore to records in a directory, or to those of an object that is called so. */
void set_keystore(FIXTURE *fixture, const char *path);

/* Another one of the same place and seal. */
ONEM2M_STORE *open_store(const FIXTURE *fixture);

ONEM2M_ATTRIBUTES attributes(ONEM2M_KIND kind, unsigned int suid, const char *key_id);

/* An onem2m_store_change_fn of an ADDITION. */
typedef struct {
    const ONEM2M_ATTRIBUTES *attributes;
    ONEM2M_SLICE octets;
    char key_id[ONEM2M_KEY_ID_MAX + 1];
} ADDITION;
int add(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error);

/* Add a key of 32 octets. */
int try_add(FIXTURE *fixture, const ONEM2M_ATTRIBUTES *a, ONEM2M_ERROR *error);
void must_add(FIXTURE *fixture, const ONEM2M_ATTRIBUTES *a);

/* An onem2m_store_visit_fn that keeps a copy of the key. */
typedef struct {
    ONEM2M_KEY key;
    unsigned int visits;
} FOUND;
int visit(void *argument, const ONEM2M_ATTRIBUTES *a, const ONEM2M_MATERIAL *material,
          ONEM2M_ERROR *error);

/* Whether it is the key of these octets: by what is computed with it, wherever it is. */
int is_key(const FOUND *found, ONEM2M_SLICE expected);

int look_up(FIXTURE *fixture, const char *key_id, unsigned int kinds, FOUND *found,
            ONEM2M_ERROR *error);

#endif
