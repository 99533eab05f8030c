/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_ALLOCATIONS_H
#define ONEM2M_TESTS_ALLOCATIONS_H

/* The project's own allocations through OpenSSL fail, those of OpenSSL do not. One thread. */

extern long until_failure;   /* own allocations until one fails, once; negative: none does */
extern long own_allocations; /* so far */

/*
 * Watches what is allocated in files of these directories: their own names, not paths; NULL
 * ends them; static. Called before OpenSSL allocates anything, else it returns 0.
 */
int watch_allocations(const char *const directories[]);

#endif
