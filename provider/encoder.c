/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <onem2m/params.h>
#include "encoder.h"

/* Nothing is kept from one key to the next: the provider is the context. */
void *onem2m_encoder_newctx(void *provctx)
{
    return provctx;
}

void onem2m_encoder_freectx(void *ctx)
{
    (void)ctx;
}

int onem2m_encoder_does_selection(void *ctx, int selection)
{
    (void)ctx;
    (void)selection;
    return 1;
}

const OSSL_ALGORITHM onem2m_encoder_algorithms[] = {
    { ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY ",output=text", onem2m_encoder_text_functions,
      "Keys of oneM2M TS-0003 as text" },
    { ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY ",output=pem,structure=PrivateKeyInfo",
      onem2m_encoder_reference_functions, "The URI of a stored key" },
    { NULL, NULL, NULL, NULL },
};
