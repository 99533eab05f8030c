/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_CREDENTIAL_LIBP11_USER_H
#define ONEM2M_TESTS_CREDENTIAL_LIBP11_USER_H

/* An application's own libp11, on p11-kit's proxy. Each returns 1, or 0. */
int libp11_begin(void);
/* The token's certificates are seen. */
int libp11_lists(void);
void libp11_end(void);

#endif
