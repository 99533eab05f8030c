/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_KEYMGMT_H
#define ONEM2M_PROVIDER_KEYMGMT_H

#include <openssl/core_dispatch.h>
#include "key_object.h"

/* The key management algorithm: the key type ONEM2M. */
extern const OSSL_ALGORITHM onem2m_keymgmt_algorithms[];

/* keymgmt_data.c: attributes and octets in and out. */
OSSL_FUNC_keymgmt_import_fn onem2m_keymgmt_import;
OSSL_FUNC_keymgmt_import_types_fn onem2m_keymgmt_import_types;
OSSL_FUNC_keymgmt_export_fn onem2m_keymgmt_export;
OSSL_FUNC_keymgmt_export_types_fn onem2m_keymgmt_export_types;

/* keymgmt_params.c: a key asked and changed. */
OSSL_FUNC_keymgmt_get_params_fn onem2m_keymgmt_get_params;
OSSL_FUNC_keymgmt_gettable_params_fn onem2m_keymgmt_gettable_params;
OSSL_FUNC_keymgmt_set_params_fn onem2m_keymgmt_set_params;
OSSL_FUNC_keymgmt_settable_params_fn onem2m_keymgmt_settable_params;

/* keymgmt_gen.c: keys made at random, and keys made of keys. */
OSSL_FUNC_keymgmt_gen_init_fn onem2m_keymgmt_gen_init;
OSSL_FUNC_keymgmt_gen_set_template_fn onem2m_keymgmt_gen_set_template;
OSSL_FUNC_keymgmt_gen_set_params_fn onem2m_keymgmt_gen_set_params;
OSSL_FUNC_keymgmt_gen_settable_params_fn onem2m_keymgmt_gen_settable_params;
OSSL_FUNC_keymgmt_gen_fn onem2m_keymgmt_gen;
OSSL_FUNC_keymgmt_gen_cleanup_fn onem2m_keymgmt_gen_cleanup;

/* keymgmt_compare.c */
OSSL_FUNC_keymgmt_match_fn onem2m_keymgmt_match;

#endif
