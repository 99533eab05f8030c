/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_FAILURE_H
#define ONEM2M_DEMO_FAILURE_H

/* Why something failed, as a line for people; empty when nothing did. */
typedef struct {
    char text[512];
} FAILURE;

/* Both set the text and return 0, so that a caller can return with them. */
int failure_set(FAILURE *failure, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* what, and the last error on OpenSSL's queue, which is then emptied. */
int failure_set_openssl(FAILURE *failure, const char *what);

#endif
