/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_SIGNATURE_H
#define ONEM2M_PROVIDER_SIGNATURE_H

#include <openssl/core.h>

/* The EVP_SIGNATURE algorithm of the provider: a MIC with a key of type ONEM2M. */
extern const OSSL_ALGORITHM onem2m_signature_algorithms[];

#endif
