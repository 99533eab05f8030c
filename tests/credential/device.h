/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_CREDENTIAL_DEVICE_H
#define ONEM2M_TESTS_CREDENTIAL_DEVICE_H

#include "pair.h"
#include "token.h"

/* As CHECK, in functions that check much. */
#define HOLDS(condition) must_hold((condition) != 0, #condition)
void must_hold(int holds, const char *condition);

/*
 * A token whose keys are made in it, as a device's are; its module, the shim,
 * is registered with p11-kit for this program alone. $KIND "nss": NSS's softokn behind the shim,
 * with one token; otherwise SoftHSM.
 */
int set_up_device(void **state);
int tear_down_device(void **state);

/* The label of that token. */
const char *device_token(void);

/* Ends this process's login, as nobody else does. */
void log_out_device(void);

/* "pkcs11:token=...;object=NAME?pin-source=...". */
const char *credential_uri(const char *name);

/* A key pair made in the token: P-256 or RSA of 2048 bits. Returns the public key. */
EVP_PKEY *make_device_key(const char *label, unsigned char id, int is_rsa);

/* The same of P-256, with CKA_ALWAYS_AUTHENTICATE. */
EVP_PKEY *make_always_asking_key(const char *label, unsigned char id);

/* Puts a certificate there. */
void put_certificate(const char *label, unsigned char id, X509 *certificate);

/* A certificate of the profile for that public key, signed by ca. */
X509 *certify(EVP_PKEY *public_key, const SPEC *spec, const IDENTITY *ca);

/*
 * The same with what most tests need: a root and a CA, whose certificates are in
 * the token too; "mef", "cse" and "rsa", keys of the token with certificates; a MEF's
 * and an enrolee's whose keys are not; the providers default and onem2m.
 */
#define MEF "mef.example.com"
#define ENROLEE "cse1.example.com"
extern IDENTITY device_root, device_ca;
extern CHAIN mef_in_file, enrolee_in_file;

int set_up_credentials(void **state);
int tear_down_credentials(void **state);

/* A key and its certificate in the token; names: as in SPEC. */
void make_credential(const char *label, unsigned char id, int is_rsa, const char *names);

/* A context of the certificate profile with that credential, trusting the root. */
SSL_CTX *token_context(const SSL_METHOD *method, const char *name);

#endif
