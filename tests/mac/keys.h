/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_MAC_KEYS_H
#define ONEM2M_TESTS_MAC_KEYS_H

#include <openssl/evp.h>
#include "place.h"
#include "support.h"

/* Keys for tests of what is done with them, and what HMAC is to give. */

#define KEY_MAX 512
extern const unsigned char key_octets[KEY_MAX];

#define MESSAGE "a primitive of no consequence"
#define MESSAGE_LENGTH (sizeof(MESSAGE) - 1)

/* For a group of tests: where the onem2m provider alone is activated. */
extern LOADED loaded;
int load_group(void **state);
int unload_group(void **state);

/* What a key object is made of; length 0: 32 octets. A text that is NULL is not given. */
typedef struct {
    const char *key_id; /* a key with a name goes into the store */
    const char *kind;
    unsigned int suid;
    const char *purpose;
    const char *state;
    const char *not_after;
    unsigned int extractable;
    unsigned int no_derive_octets;
    size_t length;
} KEY_SPEC;

/* Imports key_octets; fails the test when it cannot. The caller frees it. */
EVP_PKEY *import_key(OSSL_LIB_CTX *libctx, const KEY_SPEC *spec);

/* Sets one text attribute of a key object. */
int set_text(EVP_PKEY *key, const char *name, const char *value);

/* OpenSSL's own HMAC; returns its size. */
size_t reference_hmac(const char *digest, size_t key_length, const void *message, size_t length,
                      unsigned char out[EVP_MAX_MD_SIZE]);

#endif
