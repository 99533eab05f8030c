/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TLS_DEPRECATED_H
#define ONEM2M_TLS_DEPRECATED_H

/*
 * Included first: libp11 makes RSA and EC keys with methods of their own, and its header names
 * their types, which OpenSSL 3 has deprecated and the rest of the project does not see.
 */
#undef OPENSSL_NO_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED

#endif
