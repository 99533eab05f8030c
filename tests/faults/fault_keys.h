/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_FAULT_KEYS_H
#define ONEM2M_TESTS_FAULT_KEYS_H

#include <openssl/evp.h>
#include "tests/store/store_test.h"

/*
 * A store as an application has it, through EVP and the module, and keys whose
 * octets can be told from their names. As in store_test.h, a function without
 * "try_" in its name ends the program when something fails. The module must be
 * used in children only that were forked before it was loaded: so each is a
 * process of its own.
 */

/* STORE_CHECK, that shows OpenSSL's error queue too. */
#define FAULT_CHECK(condition)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fault_failed(__FILE__, __LINE__, #condition);                                          \
    } while (0)
_Noreturn void fault_failed(const char *file, int line, const char *what);

/* Makes directory a place with a seal, openssl.cnf and an empty store. */
void fault_place(char directory[PATH_MAX]);

/* A library context configured for it. */
OSSL_LIB_CTX *fault_context(const char *directory);

/* Puts a key of that name, with so many octets of labels, into the store: 1, or 0 when refused. */
int fault_try_add(OSSL_LIB_CTX *libctx, const char *name, size_t labels);

/* Reads it: 1 with the right octets, 0 when refused, with an error on the queue. On anything else
 * the process ends with this status. */
#define FAULT_WRONG 3
int fault_try_read(OSSL_LIB_CTX *libctx, const char *name);

/* The key object of a name, NULL when refused. The caller frees it. */
EVP_PKEY *fault_try_load(OSSL_LIB_CTX *libctx, const char *name);
/* Whether a key object has the octets of that name: as fault_try_read. */
int fault_try_octets(EVP_PKEY *key, const char *name);
/* Sets a text attribute. */
int fault_try_set(EVP_PKEY *key, const char *attribute, const char *value);

/* The reason of the provider's last error; empties the queue. */
ONEM2M_REASON fault_reason(void);

/* Begins onem2m-key (environment KEY) on the place, without output; FAULT_END ends the arguments.
 */
#define FAULT_END ((const char *)NULL)
pid_t fault_begin_tool(const char *directory, const char *command, ...) __attribute__((sentinel));

#endif
