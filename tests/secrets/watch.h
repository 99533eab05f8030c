/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_SECRETS_WATCH_H
#define ONEM2M_TESTS_SECRETS_WATCH_H

#include <stddef.h>

/*
 * A library that stands before libc in a program: every block that anybody
 * frees (the program, the module, libcrypto, LMDB) is looked through for the
 * secrets that it was told of, and every random secret that RAND_priv_bytes_ex
 * gives is one. Eight octets in a row of a secret are a find; each is written,
 * with the stack of who freed it, to standard error or to the file of
 * ONEM2M_WATCH_REPORT, which a program that does not know of this can be
 * preloaded with; ONEM2M_WATCH then names a file of secrets, in hexadecimal,
 * one a line.
 */

/* length octets of memory in which secrets may be: it is not looked at. Never freed. */
unsigned char *watch_room(size_t length);

/* Watches for a secret of 8 octets or more. The label is not copied. */
void watch_for(const char *label, const void *secret, size_t length);

/* Whether all of it is watched for. */
int watch_knows(const void *secret, size_t length);

/* Looks through memory that holds nothing any more. Returns the number of finds. */
size_t watch_look(const char *where, const void *memory, size_t length);

/* Looks through all memory of this process that can be written, but watch_room's. */
size_t watch_look_everywhere(void);

/* Finds until now; blocks looked at. */
size_t watch_finds(void);
size_t watch_blocks(void);

#endif
