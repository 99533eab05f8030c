/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_TOOL_H
#define ONEM2M_KEY_TOOL_H

#include <openssl/evp.h>
#include <openssl/provider.h>
#include "config.h"
#include "keystore/store.h"
#include "options.h"
#include "output.h"

/* What a command has at hand. */
typedef struct {
    ARGUMENTS arguments;
    OUTPUT output;
    CONFIG config;
    OSSL_LIB_CTX *libctx;
    OSSL_PROVIDER *provider;
    EVP_MD *sha256;
    ONEM2M_STORE *store;
    ONEM2M_STORE_READER *reader;
    ONEM2M_TIME now;
    int has_findings; /* the command did its work, and found something: exit status 1 */
    int is_misused;   /* what was refused is the use of the command: exit status 2 */
} TOOL;

/* What of it a command needs before it begins; each needs what stands before it. */
typedef enum { NEEDS_CONFIG, NEEDS_CRYPTO, NEEDS_STORE } NEEDS;

int tool_prepare(TOOL *tool, NEEDS needs, ONEM2M_ERROR *error);

/* For commands that need less at first. */
int tool_open_crypto(TOOL *tool, ONEM2M_ERROR *error);
int tool_open_store(TOOL *tool, ONEM2M_ERROR *error);

/* Whether the seal is that of the open store. */
int tool_store_opens(const TOOL *tool, ONEM2M_ERROR *error);

/* Closes whatever is open. */
void tool_close(TOOL *tool);

/* The value of an option; NULL when it was not given. */
const char *tool_option(const TOOL *tool, OPTION option);
int tool_has(const TOOL *tool, OPTION option);

/* Refuses the use of a command: exit status 2. Returns 0. */
#define tool_misused(tool, error, ...) ((tool)->is_misused = 1, refuse((error), __VA_ARGS__))

/* The kinds that an option of kinds leaves: the one it names, or all. */
int tool_kinds(const TOOL *tool, OPTION option, unsigned int *kinds, ONEM2M_ERROR *error);

/* --requester in canonical form, of length 0 without it. id: holds it. */
int tool_requester(const TOOL *tool, ONEM2M_ID *id, ONEM2M_SLICE *requester, ONEM2M_ERROR *error);

/* Puts what a refusal is about before it: "not-after: ...", "line 7: ...". Returns 0. */
int tool_refuse_about(const char *what, ONEM2M_ERROR *error);

ONEM2M_SLICE tool_slice(const char *text);

#endif
