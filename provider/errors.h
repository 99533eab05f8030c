/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_ERRORS_H
#define ONEM2M_PROVIDER_ERRORS_H

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include "keystore/error.h"

/* The core's functions that put an error on the caller's queue. */
typedef struct {
    OSSL_FUNC_core_new_error_fn *new_error;
    OSSL_FUNC_core_set_error_debug_fn *set_error_debug;
    OSSL_FUNC_core_vset_error_fn *vset_error;
} ONEM2M_ERROR_UPCALLS;

/* The texts of ONEM2M_REASON, for the core. */
extern const OSSL_ITEM onem2m_reason_strings[];

/*
 * Puts error on the queue and returns 0. subject: the parameter, key of the
 * configuration or algorithm that it is about, NULL when error->detail says it.
 * provider: ONEM2M_PROVIDER.
 */
#define ONEM2M_RAISE(provider, subject, error)                                                     \
    onem2m_refused(onem2m_raise((provider)->core, &(provider)->error_upcalls, __FILE__, __LINE__,  \
                                __func__, subject, error))

int onem2m_raise(const OSSL_CORE_HANDLE *core, const ONEM2M_ERROR_UPCALLS *upcalls,
                 const char *file, int line, const char *function, const char *subject,
                 const ONEM2M_ERROR *error);

#endif
