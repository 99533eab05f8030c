/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_PARAM_H
#define ONEM2M_PROVIDER_PARAM_H

#include "keystore/text.h"
#include "provider.h"

/*
 * The value of one OSSL_PARAM, of the type that it must have. Every function
 * returns 1, or 0 with an error on the queue that names the parameter. What
 * they give points into the parameter, which is the caller's.
 */

/* A NULL value is no octets, or empty text: data is never NULL. */
int onem2m_param_octets(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param,
                        ONEM2M_SLICE *octets);
int onem2m_param_text(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param, const char **text,
                      size_t *length);

/* A number from 0 to max. */
int onem2m_param_number(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param, unsigned int max,
                        unsigned int *number);

/* A Security Usage Identifier, not yet looked up. */
int onem2m_param_suid(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param,
                      unsigned int *number);

/* Text ended by a NUL, as OpenSSL wants names: *name is replaced, its owner frees it. */
int onem2m_param_name(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param, char **name);

/* A key identifier whose form depends on the kind that will be found: its length alone is looked
 * at. */
int onem2m_param_key_id(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param,
                        ONEM2M_SLICE *key_id);

/* A CSE-ID, AE-ID or FQDN in its canonical form, which is in buffer. */
int onem2m_param_entity(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param,
                        char buffer[ONEM2M_ID_MAX], ONEM2M_SLICE *entity);

/* Answers a caller who asks for a number of octets. param may be NULL: nobody asks. */
int onem2m_param_answer_size(const ONEM2M_PROVIDER *provider, OSSL_PARAM *param, size_t size);

/* Each puts its error on the queue and returns 0. */
int onem2m_raise_wrong_type(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param,
                            const char *expected);
int onem2m_raise_out_of_memory(const ONEM2M_PROVIDER *provider, const char *subject);

#endif
