/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PROVIDER_DERIVATION_PARAMS_H
#define ONEM2M_PROVIDER_DERIVATION_PARAMS_H

#include "keystore/derivation.h"
#include "keystore/secret.h"
#include "provider.h"

/*
 * A derivation and its operands as OSSL_PARAMs bring them, call by call: for
 * EVP_KDF, where the algorithm is the derivation, and for EVP_PKEY_derive and
 * key generation, where the parameter `derivation` names it.
 */

/* What an operation has been told so far. A zeroed structure has been told nothing. */
typedef struct {
    const ONEM2M_DERIVATION *derivation; /* NULL: not named yet */
    EVP_MD *own_digest;                  /* when the caller chose digest or properties */
    char *digest_name;
    char *properties;
    ONEM2M_OPERAND operands[ONEM2M_OPERANDS_MAX];
    ONEM2M_SECRET storage[ONEM2M_OPERANDS_MAX]; /* what the operands point to */
} ONEM2M_DERIVATION_PARAMS;

/*
 * What a call brings, checked but not yet in the operation: a call that fails
 * leaves the operation as it was. input is the operation's with the call's over
 * it, without a key; it points into the call's OSSL_PARAMs.
 */
typedef struct {
    ONEM2M_DERIVATION_INPUT input;
    int is_renamed; /* the derivation is another one: nothing of the old one's stays */
    int operand_given[ONEM2M_OPERANDS_MAX];
    EVP_MD *new_digest;
    char *new_digest_name;
    char *new_properties;
    char text[ONEM2M_OPERANDS_MAX][ONEM2M_OPERAND_TEXT_MAX];
} ONEM2M_DERIVATION_STAGE;

/*
 * The order is begin, take (or take_one and fetch_digest), reserve, commit,
 * end; end is due after begin whatever happened. The functions that return int
 * return 1, or 0 with an error on the queue. Parameters that are not the
 * derivation's are left to others.
 */
void onem2m_derivation_stage_begin(ONEM2M_DERIVATION_STAGE *stage,
                                   const ONEM2M_DERIVATION_PARAMS *params);

/* Takes a whole array, `derivation` first wherever it stands. given: NULL is allowed. */
int onem2m_derivation_stage_take(ONEM2M_DERIVATION_STAGE *stage, ONEM2M_PROVIDER *provider,
                                 const ONEM2M_DERIVATION_PARAMS *params, const OSSL_PARAM given[]);

/* One parameter of a derivation that is known, the first of its name; then, after the last, the
 * digest that was named. */
int onem2m_derivation_stage_take_one(ONEM2M_DERIVATION_STAGE *stage,
                                     const ONEM2M_PROVIDER *provider, const OSSL_PARAM *given);
int onem2m_derivation_stage_fetch_digest(ONEM2M_DERIVATION_STAGE *stage, ONEM2M_PROVIDER *provider,
                                         const ONEM2M_DERIVATION_PARAMS *params);

/* The digest of a derivation that has one, for which nobody asked for another. */
int onem2m_derivation_stage_provide_digest(ONEM2M_DERIVATION_STAGE *stage,
                                           ONEM2M_PROVIDER *provider);

/* Makes room for what the call brings: the last that can fail. */
int onem2m_derivation_stage_reserve(const ONEM2M_DERIVATION_STAGE *stage,
                                    const ONEM2M_PROVIDER *provider,
                                    ONEM2M_DERIVATION_PARAMS *params);
void onem2m_derivation_stage_commit(ONEM2M_DERIVATION_STAGE *stage,
                                    ONEM2M_DERIVATION_PARAMS *params);
void onem2m_derivation_stage_end(ONEM2M_DERIVATION_STAGE *stage);

/* Deep; to: zeroed. Returns 0 when memory is out: to is to be cleared then, too. */
int onem2m_derivation_params_copy(ONEM2M_DERIVATION_PARAMS *to,
                                  const ONEM2M_DERIVATION_PARAMS *from);

/* Forgets and cleanses all but which derivation it is. */
void onem2m_derivation_params_clear(ONEM2M_DERIVATION_PARAMS *params);

/* Every parameter of every derivation, `derivation` itself included: for settable lists. */
#define ONEM2M_DERIVATION_SETTABLE                                                                 \
    OSSL_PARAM_utf8_string(ONEM2M_PARAM_DERIVATION, NULL, 0),                                      \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_MAF_ID, NULL, 0),                                      \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_TARGET_ID, NULL, 0),                                   \
        OSSL_PARAM_uint(ONEM2M_PARAM_SUID, NULL),                                                  \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_SUID_ENCODING, NULL, 0),                               \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_PURPOSE, NULL, 0),                                     \
        OSSL_PARAM_octet_string(ONEM2M_PARAM_SALT, NULL, 0),                                       \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_DIGEST, NULL, 0),                                      \
        OSSL_PARAM_octet_string(ONEM2M_PARAM_RECEIVER_RAND, NULL, 0),                              \
        OSSL_PARAM_octet_string(ONEM2M_PARAM_ORIGINATOR_RAND, NULL, 0),                            \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_HALF, NULL, 0),                                        \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_MODE, NULL, 0),                                        \
        OSSL_PARAM_octet_string(ONEM2M_PARAM_RAND, NULL, 0),                                       \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_IMPI, NULL, 0),                                        \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_NAF_FQDN, NULL, 0),                                    \
        OSSL_PARAM_octet_string(ONEM2M_PARAM_UA_PROTOCOL, NULL, 0),                                \
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_PROPERTIES, NULL, 0)

#endif
