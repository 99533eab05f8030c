/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_KEYEXCH_H
#define ONEM2M_PROVIDER_KEYEXCH_H

#include <openssl/core.h>

/* The EVP_KEYEXCH algorithm of the provider: octets derived of a key of type ONEM2M. */
extern const OSSL_ALGORITHM onem2m_keyexch_algorithms[];

#endif
