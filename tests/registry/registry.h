/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_REGISTRY_H
#define ONEM2M_TESTS_REGISTRY_H

#include "support.h"

/* Who holds keys for others, and the SUIDs of what it distributes (TS-0004 6.3.4.2.39). */
typedef struct {
    const char *fqdn;
    unsigned int saef, esprim, esdata_encrypt, esdata_sign;
} ROLE;

typedef struct {
    const ROLE *role;
    PLACE place;
} REGISTRY;

/* Test setups: *state is a REGISTRY without keys. */
int setup_mef_memory(void **state);
int setup_mef_lmdb(void **state);
int setup_maf_memory(void **state);
int setup_maf_lmdb(void **state);
int teardown(void **state);

#define MEF_TEST(test, keystore)                                                                   \
    {                                                                                              \
#test " (MEF, " #keystore ")", test, setup_mef_##keystore, teardown, NULL                  \
    }
#define MAF_TEST(test, keystore)                                                                   \
    {                                                                                              \
#test " (MAF, " #keystore ")", test, setup_maf_##keystore, teardown, NULL                  \
    }
#define MEF(test) MEF_TEST(test, memory), MEF_TEST(test, lmdb)
#define MAF(test) MAF_TEST(test, memory), MAF_TEST(test, lmdb)

#define SOURCE "//sp.example.com/source"
#define TARGET "//sp.example.com/target"
#define OTHER "//sp.example.com/other"
#define ADMIN "admin.example.com"

/* What a registration request brings, or an own key has: texts that are NULL are not given. */
typedef struct {
    const char *kind;
    unsigned int suid; /* 0: not given */
    const char *source, *targets, *admin, *allowed_suids, *key_id, *not_after;
    int is_own;
    int is_extractable;
} ENTRY;

extern const unsigned char given_octets[32];

/* Stores a key: of random octets, or with is_given of given_octets. NULL when refused. */
EVP_PKEY *enter(const REGISTRY *registry, const ENTRY *entry, int is_given);

/* Room for a key's name. */
#define NAME_SIZE 600
void name_of(EVP_PKEY *key, char key_id[NAME_SIZE]);

/* The same for a test that needs it; its name goes to key_id. */
EVP_PKEY *must_enter(const REGISTRY *registry, const ENTRY *entry, char key_id[NAME_SIZE]);

/* ONEM2M-RETRIEVE of 32 octets, in that requester's name (NULL: none); suid 0: not given. */
int retrieve(const REGISTRY *registry, const char *key_id, const char *requester, unsigned int suid,
             unsigned char octets[32]);

/* Sets a text in that requester's name (NULL: none). */
int update(EVP_PKEY *key, const char *name, const char *value, const char *requester);

/* A name with something before it, for URIs and other spellings. Static, until the next call. */
const char *spelt(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
