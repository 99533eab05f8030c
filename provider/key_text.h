/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_KEY_TEXT_H
#define ONEM2M_PROVIDER_KEY_TEXT_H

#include <openssl/params.h>
#include <onem2m/params.h>
#include "keystore/key.h"

/* What of a key can be read by everybody, for printing and for OSSL_PARAMs. */

/* The state, "expired" of a key that is past its end and neither revoked nor destroyed. Static. */
const char *onem2m_key_state_text(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_TIME now);

/* Attributes that are given and read under the same name, for static tables. */
#define ONEM2M_KEY_ATTRIBUTES                                                                      \
    OSSL_PARAM_utf8_string(ONEM2M_PARAM_KIND, NULL, 0),                                            \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_KEY_ID, NULL, 0),                                      \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_STATE, NULL, 0),                                       \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_NOT_AFTER, NULL, 0),                                   \
        OSSL_PARAM_uint(ONEM2M_PARAM_EXTRACTABLE, NULL),                                           \
        OSSL_PARAM_uint(ONEM2M_PARAM_DERIVE_OCTETS, NULL),                                         \
        OSSL_PARAM_uint(ONEM2M_PARAM_REGISTRATION, NULL),                                          \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_PARENT_KEY_ID, NULL, 0),                               \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_PARENT_KIND, NULL, 0),                                 \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_SOURCE_ID, NULL, 0),                                   \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_SOURCE_CREDENTIAL_ID, NULL, 0),                        \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_TARGET_IDS, NULL, 0),                                  \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_LABELS, NULL, 0),                                      \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_ALLOWED_SUIDS, NULL, 0),                               \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_ADMIN_FQDN, NULL, 0),                                  \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_ENTITY_ID, NULL, 0),                                   \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_REGISTRAR_URI, NULL, 0)

#endif
