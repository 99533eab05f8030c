/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/params.h>
#include <onem2m/params.h>
#include "kdf.h"

/*
 * One derivation as an EVP_KDF: newctx knows which it is, the settable list
 * names its parameters, everything else is shared.
 */
#define KDF(id, ...)                                                                               \
    static OSSL_FUNC_kdf_newctx_fn id##_new;                                                       \
    static OSSL_FUNC_kdf_settable_ctx_params_fn id##_settable_ctx_params;                          \
                                                                                                   \
    static void *id##_new(void *provctx)                                                           \
    {                                                                                              \
        return onem2m_kdf_new(provctx, &onem2m_derivation_##id);                                   \
    }                                                                                              \
                                                                                                   \
    static const OSSL_PARAM *id##_settable_ctx_params(void *ctx, void *provctx)                    \
    {                                                                                              \
        static const OSSL_PARAM settable[] = {                                                     \
            OSSL_PARAM_utf8_string(ONEM2M_PARAM_KEY_ID, NULL, 0),                                  \
            OSSL_PARAM_utf8_string(ONEM2M_PARAM_REQUESTER, NULL, 0),                               \
            __VA_ARGS__,                                                                           \
            OSSL_PARAM_END,                                                                        \
        };                                                                                         \
                                                                                                   \
        (void)ctx;                                                                                 \
        (void)provctx;                                                                             \
        return settable;                                                                           \
    }                                                                                              \
                                                                                                   \
    static const OSSL_DISPATCH id##_functions[] = {                                                \
        { OSSL_FUNC_KDF_NEWCTX, (void (*)(void))id##_new },                                        \
        { OSSL_FUNC_KDF_DUPCTX, (void (*)(void))onem2m_kdf_dup },                                  \
        { OSSL_FUNC_KDF_FREECTX, (void (*)(void))onem2m_kdf_free },                                \
        { OSSL_FUNC_KDF_RESET, (void (*)(void))onem2m_kdf_reset },                                 \
        { OSSL_FUNC_KDF_DERIVE, (void (*)(void))onem2m_kdf_derive },                               \
        { OSSL_FUNC_KDF_GETTABLE_CTX_PARAMS, (void (*)(void))onem2m_kdf_gettable_ctx_params },     \
        { OSSL_FUNC_KDF_GET_CTX_PARAMS, (void (*)(void))onem2m_kdf_get_ctx_params },               \
        { OSSL_FUNC_KDF_SETTABLE_CTX_PARAMS, (void (*)(void))id##_settable_ctx_params },           \
        { OSSL_FUNC_KDF_SET_CTX_PARAMS, (void (*)(void))onem2m_kdf_set_ctx_params },               \
        { 0, NULL },                                                                               \
    }

#define TEXT(name) OSSL_PARAM_utf8_string(name, NULL, 0)
#define OCTETS(name) OSSL_PARAM_octet_string(name, NULL, 0)
#define KEY OCTETS(ONEM2M_PARAM_KEY)
#define PROPERTIES TEXT(ONEM2M_PARAM_PROPERTIES)

KDF(km, KEY, TEXT(ONEM2M_PARAM_MAF_ID), PROPERTIES);
KDF(kpsa, KEY, TEXT(ONEM2M_PARAM_TARGET_ID), PROPERTIES);
KDF(usage_key, KEY, OSSL_PARAM_uint(ONEM2M_PARAM_SUID, NULL), TEXT(ONEM2M_PARAM_TARGET_ID),
    TEXT(ONEM2M_PARAM_SUID_ENCODING), PROPERTIES);
KDF(e2e_key, KEY, TEXT(ONEM2M_PARAM_PURPOSE), OCTETS(ONEM2M_PARAM_SALT), TEXT(ONEM2M_PARAM_DIGEST),
    PROPERTIES);
KDF(session_esprim_key, KEY, OCTETS(ONEM2M_PARAM_RECEIVER_RAND),
    OCTETS(ONEM2M_PARAM_ORIGINATOR_RAND), PROPERTIES);
KDF(split_key, KEY, TEXT(ONEM2M_PARAM_HALF));
KDF(gba_naf_key, KEY, TEXT(ONEM2M_PARAM_MODE), OCTETS(ONEM2M_PARAM_RAND), TEXT(ONEM2M_PARAM_IMPI),
    TEXT(ONEM2M_PARAM_NAF_FQDN), OCTETS(ONEM2M_PARAM_UA_PROTOCOL), PROPERTIES);
KDF(psk, TEXT(ONEM2M_PARAM_USAGE));
KDF(retrieve, OSSL_PARAM_uint(ONEM2M_PARAM_SUID, NULL));

const OSSL_ALGORITHM onem2m_kdf_algorithms[] = {
    { ONEM2M_KDF_KM, ONEM2M_PROPERTY_QUERY, km_functions, "Km from Ke, TS-0003 10.3.2" },
    { ONEM2M_KDF_KPSA, ONEM2M_PROPERTY_QUERY, kpsa_functions, "Kpsa from Ke, TS-0003 10.3.3" },
    { ONEM2M_KDF_USAGE_KEY, ONEM2M_PROPERTY_QUERY, usage_key_functions,
      "Usage-constrained key from Ke, TS-0003 10.3.7" },
    { ONEM2M_KDF_E2E_KEY, ONEM2M_PROPERTY_QUERY, e2e_key_functions,
      "End-to-end keys from Kpsa or Km, TS-0003 10.3.6" },
    { ONEM2M_KDF_SESSION_ESPRIM_KEY, ONEM2M_PROPERTY_QUERY, session_esprim_key_functions,
      "sessionESPrimKey from pairwiseESPrimKey, TS-0003 10.3.8.2" },
    { ONEM2M_KDF_SPLIT_KEY, ONEM2M_PROPERTY_QUERY, split_key_functions,
      "Halves of a distributed key, TS-0003 8.8.1 step 8" },
    { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PROPERTY_QUERY, gba_naf_key_functions,
      "NAF key from Ks, TS-0003 8.3.2.3, 3GPP TS 33.220 Annex B" },
    { ONEM2M_KDF_PSK, ONEM2M_PROPERTY_QUERY, psk_functions,
      "An own key for a TLS stack, TS-0003 8.2.2, 8.3.5.2.2, 8.8.2.2" },
    { ONEM2M_KDF_RETRIEVE, ONEM2M_PROPERTY_QUERY, retrieve_functions,
      "A registered key for its target, TS-0003 8.3.5.2.8, 8.8.2.8" },
    { NULL, NULL, NULL, NULL },
};
