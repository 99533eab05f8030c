/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "objects.h"

OSSL_LIB_CTX *libctx_of(void **state)
{
    return ((PLACE *)*state)->libctx;
}

EVP_PKEY *import_ke(OSSL_LIB_CTX *libctx, int extractable, int store)
{
    const OSSL_PARAM params[] = { KE, TEXT(ONEM2M_PARAM_KEY_ID, KE_ID),
                                  number(ONEM2M_PARAM_EXTRACTABLE, (unsigned int)extractable),
                                  number(ONEM2M_PARAM_STORE, (unsigned int)store), END };
    EVP_PKEY *key = import(libctx, params);

    assert_non_null(key);
    check_quiet();
    return key;
}

int set_number(EVP_PKEY *key, const char *name, unsigned int value)
{
    const OSSL_PARAM params[] = { number(name, value), END };

    return EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)params);
}

int number_of(EVP_PKEY *key, const char *name)
{
    int value = -1;

    assert_true(EVP_PKEY_get_int_param(key, name, &value));
    return value;
}
