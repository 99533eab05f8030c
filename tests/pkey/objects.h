/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PKEY_OBJECTS_H
#define ONEM2M_TESTS_PKEY_OBJECTS_H

#include "support.h"

#define STORED number(ONEM2M_PARAM_STORE, 1)

/* That of the test's place. */
OSSL_LIB_CTX *libctx_of(void **state);

/* A Ke of octets_of_ke and KE_ID. */
EVP_PKEY *import_ke(OSSL_LIB_CTX *libctx, int extractable, int store);

int set_number(EVP_PKEY *key, const char *name, unsigned int value);
int number_of(EVP_PKEY *key, const char *name);

#endif
