/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_H
#define ONEM2M_PROVIDER_H

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include "configuration.h"
#include "crypto.h"
#include "errors.h"
#include "keys.h"

/* One instance of the provider: everything that hangs on one library context. */
typedef struct {
    const OSSL_CORE_HANDLE *core;
    ONEM2M_ERROR_UPCALLS error_upcalls;
    OSSL_FUNC_BIO_write_ex_fn *bio_write; /* where the core says that text goes */
    ONEM2M_CONFIGURATION configuration;
    ONEM2M_CRYPTO crypto;
    ONEM2M_KEYS keys;
} ONEM2M_PROVIDER;

#endif
