/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PKCS11_TOKEN_STORE_H
#define ONEM2M_TESTS_PKCS11_TOKEN_STORE_H

#include "keystore/store_internal.h"
#include "token_keys.h"

/*
 * Stores whose keys are in the keeper's token, and what is in them. Where the keys and their
 * records are is the last argument but one of a program: "wrapped", the keys wrapped in records of
 * an LMDB; "object", the keys as objects of the token, the records likewise.
 */

#define KE_ID "82CA6FADC18789491AA65339C51B58A3@mef.example.com"
#define KPSA_ID "82CA6FADC18789491AA65339C51B58A4@mef.example.com"
#define KPM_ID "82CA6FADC18789491AA65339C51B58A5@mef.example.com"
#define NOW ((ONEM2M_TIME)1800000000)

/* The token's objects of the usual stores begin with this label. */
#define TOKEN_STORE_OBJECT "stored"

extern const ONEM2M_SLICE octets_of_ke;

void token_store_choose(int argc, char *argv[]);

/* Whether its keys are objects of the token. */
int token_store_has_objects(void);

/* The directory DIR/name, empty. */
void token_store_clear(const char *name);

/* Opens; nothing of the token is called before its use. seal: NULL, or the URI of another seal. */
ONEM2M_STORE *token_store_open(const char *object, const char *name, const char *seal);

/* A store of three keys anew: a Ke, extractable, with labels, its Kpsa and a generated Kpm. */
ONEM2M_STORE *token_store_make(const char *name);

/* Destroys the secret keys of the token that have this label. */
void token_store_destroy(const char *label);

/* Secret keys of the token with this label. */
size_t token_store_count(const char *label);

/* ---- What is done with a store: 1, or 0 with *error ---- */

int add_imported(ONEM2M_STORE *store, ONEM2M_ERROR *error);
int add_generated(ONEM2M_STORE *store, ONEM2M_ERROR *error);
int add_derived(ONEM2M_STORE *store, ONEM2M_ERROR *error);
int change_key(ONEM2M_STORE *store, const char *key_id, const ONEM2M_STORE_CHANGE *change,
               ONEM2M_ERROR *error);

/* The key of a name, copied; *key: zeroed, to be cleared. */
int load_key(ONEM2M_STORE *store, const char *key_id, ONEM2M_KEY *key, ONEM2M_ERROR *error);

/* HMAC with SHA-256 of some text with a key, where it is. */
int mac_with_key(const ONEM2M_KEY *key, unsigned char mac[32], ONEM2M_ERROR *error);

/*
 * All that can be seen of a store: its keys with their attributes and what is
 * computed with them, once it verifies with no finding. The text is the caller's
 * to free. Fails the test when there is a finding, but that of objects which have
 * no record where some may be left, or a key that does not work.
 */
char *describe_store(ONEM2M_STORE *store, int may_be_left);

#endif
