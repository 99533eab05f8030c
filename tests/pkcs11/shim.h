/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PKCS11_SHIM_H
#define ONEM2M_TESTS_PKCS11_SHIM_H

#include <stdatomic.h>
#include <p11-kit/p11-kit.h>

/*
 * A PKCS#11 module that hands every call on to SoftHSM, counts it, and returns
 * what it is told to instead. A test reaches the control by dlsym of "shim"; a
 * program by the environment: ONEM2M_SHIM=FUNCTION=VALUE, all calls of it;
 * ONEM2M_SHIM_MODULE, another module than SoftHSM; ONEM2M_SHIM_PARAMETERS, what
 * is handed to it as NSS's library parameters; ONEM2M_SHIM_FORKS; ONEM2M_SHIM_BARE, for benchmarks:
 * only C_FindObjectsInit is counted, all other calls are the module's own.
 */
#define SHIM_FUNCTIONS(X)                                                                          \
    X(C_Initialize)                                                                                \
    X(C_Finalize)                                                                                  \
    X(C_GetSlotList)                                                                               \
    X(C_GetSlotInfo)                                                                               \
    X(C_GetTokenInfo)                                                                              \
    X(C_OpenSession)                                                                               \
    X(C_CloseSession)                                                                              \
    X(C_GetSessionInfo)                                                                            \
    X(C_Login)                                                                                     \
    X(C_Logout)                                                                                    \
    X(C_FindObjectsInit)                                                                           \
    X(C_FindObjects)                                                                               \
    X(C_FindObjectsFinal)                                                                          \
    X(C_GetAttributeValue)                                                                         \
    X(C_GenerateKey)                                                                               \
    X(C_GenerateKeyPair)                                                                           \
    X(C_EncryptInit)                                                                               \
    X(C_Encrypt)                                                                                   \
    X(C_DecryptInit)                                                                               \
    X(C_Decrypt)                                                                                   \
    SHIM_KEY_FUNCTIONS(X)

/* What seals do not call, but keys of a token. */
#define SHIM_KEY_FUNCTIONS(X)                                                                      \
    X(C_CreateObject)                                                                              \
    X(C_DestroyObject)                                                                             \
    X(C_SetAttributeValue)                                                                         \
    X(C_CopyObject)                                                                                \
    X(C_GenerateRandom)                                                                            \
    X(C_SignInit)                                                                                  \
    X(C_Sign)                                                                                      \
    X(C_SignUpdate)                                                                                \
    X(C_SignFinal)                                                                                 \
    X(C_WrapKey)                                                                                   \
    X(C_UnwrapKey)                                                                                 \
    X(C_DeriveKey)

#define SHIM_ENUM(name) SHIM_##name,
typedef enum { SHIM_FUNCTIONS(SHIM_ENUM) SHIM_FUNCTION_COUNT } SHIM_FUNCTION;

typedef struct {
    _Atomic(unsigned long) calls[SHIM_FUNCTION_COUNT], all_calls;
    _Atomic(long) sessions; /* open now, whoever opened them; not set back with the counts */
    _Atomic(long) closing;  /* threads in C_CloseSession */
    SHIM_FUNCTION failed;   /* the last that failed as told; SHIM_FUNCTION_COUNT: none did */
    SHIM_FUNCTION failing;  /* SHIM_FUNCTION_COUNT: each of them */
    unsigned long skip;     /* calls of it that do not fail; then one does, or all */
    int fails_always;
    int fails_from;              /* all calls after skip fail */
    int fails_until;             /* all calls before skip fail */
    int fails_every;             /* each skip-th fails */
    CK_MECHANISM_TYPE hidden[4]; /* C_DeriveKey knows none of them; not set back with the rest */
    int derives_wrong;           /* C_DeriveKey makes another key, and says that all is well */
    int fails_any;               /* whichever function it is */
    int after;                   /* those that only forward do their work first */
    int kills;                   /* the process, instead of failing */
    CK_RV value;                 /* CKR_OK: nothing fails */
    CK_FLAGS token_flags;        /* added to what a token has */
    CK_FLAGS after_login;        /* the same from the next C_Login on */
    void (*meanwhile)(void);     /* done once, in the call that would fail; NULL: nothing */
    unsigned char is_elsewhere;  /* 1: tokens have other serial numbers, and locks other names */
    unsigned int delay;          /* microseconds before each C_Login */
    int forks;                   /* C_Initialize does, and waits for the child's end */
    unsigned int close_delay;    /* the same of each C_CloseSession */
    CK_ULONG length_off;         /* added to the length that C_Encrypt and C_Decrypt give */
} SHIM_CONTROL;

#endif
