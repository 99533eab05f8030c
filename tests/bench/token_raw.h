/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_BENCH_TOKEN_RAW_H
#define ONEM2M_BENCH_TOKEN_RAW_H

#include "keystore/pkcs11_object.h"
#include "keystore/token.h"

/*
 * A token's own calls, as a program makes them that uses PKCS#11 itself and does
 * nothing else: what everything else is compared with.
 */
typedef struct {
    ONEM2M_PKCS11_SESSION session;
    CK_OBJECT_HANDLE wrap_key; /* a copy for the session, where the token makes one */
    ONEM2M_SLICE message;      /* of every MAC and derivation */
} BENCH_RAW;

#define BENCH_MAC_OCTETS 32

/* Functions return 0 when a call failed. */

/* uri: of the token, whose object attribute names the key that wraps. */
int bench_raw_open(BENCH_RAW *raw, const char *uri);

/* The same with another session. */
int bench_raw_open_another(BENCH_RAW *raw, const BENCH_RAW *first);

int bench_raw_sign(const BENCH_RAW *raw, CK_OBJECT_HANDLE key, unsigned char *out);

/* A wrapped key, unwrapped into the session; or the object of a CKA_ID, found. */
int bench_raw_get(const BENCH_RAW *raw, const ONEM2M_TOKEN_KEY *key, CK_OBJECT_HANDLE *object);
/* Destroys what was unwrapped. */
int bench_raw_drop(const BENCH_RAW *raw, const ONEM2M_TOKEN_KEY *key, CK_OBJECT_HANDLE object);

/* C_SignInit, C_Sign, C_CreateObject, C_WrapKey, C_DestroyObject. */
int bench_raw_derive_by_host(const BENCH_RAW *raw, CK_OBJECT_HANDLE key);

/* C_UnwrapKey (extractable), C_DeriveKey (CKM_SP800_108_FEEDBACK_KDF), C_WrapKey, C_DestroyObject
 * of both. */
int bench_raw_derive_in_token(const BENCH_RAW *raw, const ONEM2M_TOKEN_KEY *key);

/* How often C_FindObjectsInit was called, of anybody in this process; -1: the module is not the
 * shim of the tests, which counts. */
long bench_raw_searches(const char *uri);

#endif
