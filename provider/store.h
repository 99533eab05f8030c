/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_STORE_H
#define ONEM2M_PROVIDER_STORE_H

#include <openssl/core.h>

/* The OSSL_STORE loader of the scheme onem2m. */
extern const OSSL_ALGORITHM onem2m_store_algorithms[];

#endif
