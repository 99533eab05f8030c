/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "encoder.h"
#include "kdf.h"
#include "keyexch.h"
#include "keymgmt.h"
#include "mac.h"
#include "provider.h"
#include "signature.h"
#include "store.h"
#include "version.h"

static OSSL_FUNC_provider_teardown_fn provider_teardown;
static OSSL_FUNC_provider_gettable_params_fn provider_gettable_params;
static OSSL_FUNC_provider_get_params_fn provider_get_params;
static OSSL_FUNC_provider_query_operation_fn provider_query_operation;
static OSSL_FUNC_provider_get_reason_strings_fn provider_get_reason_strings;

static void provider_teardown(void *provctx)
{
    ONEM2M_PROVIDER *provider = provctx;

    onem2m_keys_free(&provider->keys);
    onem2m_crypto_free(&provider->crypto);
    onem2m_configuration_free(&provider->configuration);
    OPENSSL_free(provider);
}

static const OSSL_PARAM *provider_gettable_params(void *provctx)
{
    static const OSSL_PARAM gettable[] = {
        OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_NAME, NULL, 0),
        OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_VERSION, NULL, 0),
        OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_BUILDINFO, NULL, 0),
        OSSL_PARAM_int(OSSL_PROV_PARAM_STATUS, NULL),
        OSSL_PARAM_END,
    };

    (void)provctx;
    return gettable;
}

static int set_text(OSSL_PARAM params[], const char *name, const char *text)
{
    OSSL_PARAM *param = OSSL_PARAM_locate(params, name);

    return param == NULL || OSSL_PARAM_set_utf8_ptr(param, text);
}

static int provider_get_params(void *provctx, OSSL_PARAM params[])
{
    OSSL_PARAM *status = OSSL_PARAM_locate(params, OSSL_PROV_PARAM_STATUS);

    (void)provctx;
    return set_text(params, OSSL_PROV_PARAM_NAME, "oneM2M TS-0003 key provider") &&
           set_text(params, OSSL_PROV_PARAM_VERSION, ONEM2M_VERSION) &&
           set_text(params, OSSL_PROV_PARAM_BUILDINFO, ONEM2M_BUILD) &&
           (status == NULL || OSSL_PARAM_set_int(status, 1));
}

static const OSSL_ALGORITHM *provider_query_operation(void *provctx, int operation, int *no_cache)
{
    (void)provctx;
    *no_cache = 0;
    switch (operation) {
    case OSSL_OP_KDF:
        return onem2m_kdf_algorithms;
    case OSSL_OP_KEYEXCH:
        return onem2m_keyexch_algorithms;
    case OSSL_OP_SIGNATURE:
        return onem2m_signature_algorithms;
    case OSSL_OP_MAC:
        return onem2m_mac_algorithms;
    case OSSL_OP_KEYMGMT:
        return onem2m_keymgmt_algorithms;
    case OSSL_OP_STORE:
        return onem2m_store_algorithms;
    case OSSL_OP_ENCODER:
        return onem2m_encoder_algorithms;
    default:
        return NULL;
    }
}

static const OSSL_ITEM *provider_get_reason_strings(void *provctx)
{
    (void)provctx;
    return onem2m_reason_strings;
}

static const OSSL_DISPATCH provider_functions[] = {
    { OSSL_FUNC_PROVIDER_TEARDOWN, (void (*)(void))provider_teardown },
    { OSSL_FUNC_PROVIDER_GETTABLE_PARAMS, (void (*)(void))provider_gettable_params },
    { OSSL_FUNC_PROVIDER_GET_PARAMS, (void (*)(void))provider_get_params },
    { OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))provider_query_operation },
    { OSSL_FUNC_PROVIDER_GET_REASON_STRINGS, (void (*)(void))provider_get_reason_strings },
    { 0, NULL },
};

/* What the provider needs of the core. */
typedef struct {
    OSSL_FUNC_core_get_params_fn *get_params;
    ONEM2M_ERROR_UPCALLS errors;
    OSSL_FUNC_BIO_write_ex_fn *bio_write;
} UPCALLS;

static int find_upcalls(const OSSL_DISPATCH *in, UPCALLS *upcalls)
{
    for (; in->function_id != 0; in++) {
        switch (in->function_id) {
        case OSSL_FUNC_CORE_GET_PARAMS:
            upcalls->get_params = OSSL_FUNC_core_get_params(in);
            break;
        case OSSL_FUNC_CORE_NEW_ERROR:
            upcalls->errors.new_error = OSSL_FUNC_core_new_error(in);
            break;
        case OSSL_FUNC_CORE_SET_ERROR_DEBUG:
            upcalls->errors.set_error_debug = OSSL_FUNC_core_set_error_debug(in);
            break;
        case OSSL_FUNC_CORE_VSET_ERROR:
            upcalls->errors.vset_error = OSSL_FUNC_core_vset_error(in);
            break;
        case OSSL_FUNC_BIO_WRITE_EX:
            upcalls->bio_write = OSSL_FUNC_BIO_write_ex(in);
            break;
        default:
            break;
        }
    }
    return upcalls->get_params != NULL && upcalls->errors.new_error != NULL &&
           upcalls->errors.set_error_debug != NULL && upcalls->errors.vset_error != NULL &&
           upcalls->bio_write != NULL;
}

__attribute__((visibility("default"))) int OSSL_provider_init(const OSSL_CORE_HANDLE *handle,
                                                              const OSSL_DISPATCH *in,
                                                              const OSSL_DISPATCH **out,
                                                              void **provctx)
{
    UPCALLS upcalls = { .get_params = NULL };
    ONEM2M_PROVIDER *provider;
    ONEM2M_ERROR error;
    const char *key;

    if (!find_upcalls(in, &upcalls))
        return 0;
    provider = OPENSSL_zalloc(sizeof(*provider));
    if (provider == NULL) {
        onem2m_refuse(&error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
        return onem2m_raise(handle, &upcalls.errors, __FILE__, __LINE__, __func__, NULL, &error);
    }
    provider->core = handle;
    provider->error_upcalls = upcalls.errors;
    provider->bio_write = upcalls.bio_write;
    if (!onem2m_configuration_read(&provider->configuration, handle, upcalls.get_params, &key,
                                   &error)) {
        ONEM2M_RAISE(provider, key, &error);
        OPENSSL_free(provider);
        return 0;
    }
    onem2m_crypto_init(&provider->crypto, &provider->configuration);
    onem2m_keys_init(&provider->keys, &provider->configuration, &provider->crypto);
    *out = provider_functions;
    *provctx = provider;
    return 1;
}
