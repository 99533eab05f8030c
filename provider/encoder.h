/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_ENCODER_H
#define ONEM2M_PROVIDER_ENCODER_H

#include <openssl/core.h>
#include <openssl/core_dispatch.h>

/* The encoders of keys: as text for people, and as the URI of a stored one. */
extern const OSSL_ALGORITHM onem2m_encoder_algorithms[];

extern const OSSL_DISPATCH onem2m_encoder_text_functions[];
extern const OSSL_DISPATCH onem2m_encoder_reference_functions[];

/* What both share. */
OSSL_FUNC_encoder_newctx_fn onem2m_encoder_newctx;
OSSL_FUNC_encoder_freectx_fn onem2m_encoder_freectx;
OSSL_FUNC_encoder_does_selection_fn onem2m_encoder_does_selection;

#endif
