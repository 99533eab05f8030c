/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_MAC_H
#define ONEM2M_PROVIDER_MAC_H

#include <openssl/core.h>

/* The EVP_MAC algorithm of the provider: ONEM2M-HMAC. */
extern const OSSL_ALGORITHM onem2m_mac_algorithms[];

#endif
