/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PKCS11_TOKEN_H
#define ONEM2M_TESTS_PKCS11_TOKEN_H

#include "keystore/seal.h"
#include "keystore/store.h"
#include "shim.h"

/* A directory with tokens of SoftHSM, "seals" and "others", and a PIN file; the shim before it. */
#define TOKEN_PIN "4711secret"
#define WRONG_PIN "not4711secret"

typedef struct {
    char directory[64];
    char pin_path[96];
    SHIM_CONTROL *shim; /* of this process; found when the module is loaded first */
} TOKENS;

extern TOKENS tokens;

int set_up_tokens(void **state);
int set_up_nss_token(void **state); /* one of NSS's softokn, "our token" */
int tear_down_tokens(void **state);

/* Nothing fails any more, and all counts are 0. */
void reset_shim(void);

/* From now on the call after skip calls of a function fails so. */
void let_fail(SHIM_FUNCTION function, CK_RV value, unsigned long skip);

/* The URI of a key in a token, of a static buffer of the thread. */
const char *token_uri(const char *token, const char *key);

/* Writes the PIN file anew, with another time than before. */
void write_pin(const char *pin, unsigned int mode);

#endif
