/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PKCS11_TOKEN_KEYS_H
#define ONEM2M_TESTS_PKCS11_TOKEN_KEYS_H

#include "keystore/pkcs11_object.h"
#include "keystore/token.h"
#include "token.h"

/* A token that keeps keys, of SoftHSM or NSS's softokn, with its key that wraps. */
typedef struct {
    ONEM2M_TOKEN *token;
    int is_nss;
    EVP_MD *digests[3];        /* SHA-256, -384, -512 */
    ONEM2M_PKCS11_SESSION raw; /* of the test's own, to look what is in the token */
} KEEPER;

extern KEEPER keeper;

/* The last argument of a program says which: "softhsm" or "nss". */
int run_with_keeper(int argc, char *argv[], const struct CMUnitTest *tests, size_t count);

const char *keeper_uri(const char *object);
ONEM2M_TOKEN *new_token(void);

/* HMAC in software; returns its length. */
size_t software_mac(size_t digest, ONEM2M_SLICE key, const ONEM2M_SLICE *parts, size_t count,
                    unsigned char *out);

/* That the token's MAC of some text with a key is that of octets. */
void assert_mac_of(const ONEM2M_TOKEN_KEY *key, ONEM2M_SLICE octets);

/* Secret keys there are: of the token, or of sessions. */
size_t count_objects(int of_token);

/* count octets that differ by seed. */
void fill_octets(unsigned char *octets, size_t count, unsigned int seed);

ONEM2M_TOKEN_KEY import_key(ONEM2M_CUSTODY custody, int extractable, ONEM2M_SLICE octets);

void must_end_well(pid_t child);

#endif
