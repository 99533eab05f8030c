/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/crypto.h>
#include "derivation_internal.h"

/* What hashes nothing: a half of a key, and a key that is released as it is. */

#define SPLIT_MAX 512

/* TS-0003 8.8.1 step 8: the halves of a distributed key. */
enum { HALF_FIRST, HALF_SECOND };

static size_t half_offset(const ONEM2M_DERIVATION_INPUT *input, size_t half)
{
    return input->operands[0].number == HALF_SECOND ? half : 0;
}

static int split_derive(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac, unsigned char *out,
                        ONEM2M_ERROR *error)
{
    const size_t half = onem2m_material_length(&input->key) / 2;
    unsigned char whole[SPLIT_MAX];
    int ok;

    (void)hmac;
    if (input->key.token == NULL) {
        memcpy(out, input->key.octets.data + half_offset(input, half), half);
        return 1;
    }
    ok = onem2m_material_read(&input->key, whole, error);
    if (ok)
        memcpy(out, whole + half_offset(input, half), half);
    OPENSSL_cleanse(whole, 2 * half);
    return ok;
}

static int split_derive_key(const ONEM2M_DERIVATION_INPUT *input, int extractable,
                            ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error)
{
    const size_t half = onem2m_material_length(&input->key) / 2;

    return onem2m_token_slice(input->key.token, input->key.key, half_offset(input, half), half,
                              extractable, child, error);
}

const ONEM2M_DERIVATION onem2m_derivation_split_key = {
    .name = ONEM2M_KDF_SPLIT_KEY,
    .clause = "TS-0003 8.8.1 step 8",
    .key_min = 16,
    .key_max = SPLIT_MAX,
    .key_even = 1,
    .derive = split_derive,
    .derive_key = split_derive_key,
    .operand_count = 1,
    .operands = { { .name = ONEM2M_PARAM_HALF,
                    .clause = "TS-0003 8.8.1 step 8",
                    .type = ONEM2M_OPERAND_CHOICE,
                    .words = ONEM2M_WORDS(ONEM2M_HALF_FIRST, ONEM2M_HALF_SECOND) } },
};

/* TS-0003 8.2.2, 8.3.5.2.2, 8.8.2.2: an own key for a TLS stack; 8.3.5.2.8, 8.8.2.8: a registered
 * one for its target. */
static int release_derive(const ONEM2M_DERIVATION_INPUT *input, ONEM2M_HMAC *hmac,
                          unsigned char *out, ONEM2M_ERROR *error)
{
    (void)hmac;
    return onem2m_material_read(&input->key, out, error);
}

static void psk_scope(const ONEM2M_OPERAND *operands, ONEM2M_DERIVATION_SCOPE *scope)
{
    scope->usage = (ONEM2M_USAGE)(ONEM2M_USAGE_MEF + operands[0].number);
}

const ONEM2M_DERIVATION onem2m_derivation_psk = {
    .name = ONEM2M_KDF_PSK,
    .clause = "TS-0003 8.2.2, 8.3.5.2.2, 8.8.2.2",
    .is_release = 1,
    .derive = release_derive,
    .scope = psk_scope,
    .operand_count = 1,
    .operands = { { .name = ONEM2M_PARAM_USAGE,
                    .clause = "TS-0004 6.3.4.2.39",
                    .type = ONEM2M_OPERAND_CHOICE,
                    .words = ONEM2M_WORDS(ONEM2M_USAGE_NAME_MEF, ONEM2M_USAGE_NAME_MAF,
                                          ONEM2M_USAGE_NAME_SAEF) } },
};

static void retrieve_scope(const ONEM2M_OPERAND *operands, ONEM2M_DERIVATION_SCOPE *scope)
{
    scope->suid = operands[0].number;
}

const ONEM2M_DERIVATION onem2m_derivation_retrieve = {
    .name = ONEM2M_KDF_RETRIEVE,
    .clause = "TS-0003 8.3.5.2.8, 8.8.2.8",
    .is_release = 1,
    .derive = release_derive,
    .scope = retrieve_scope,
    .operand_count = 1,
    .operands = { { .name = ONEM2M_PARAM_SUID,
                    .clause = "TS-0003 8.8.2.8",
                    .type = ONEM2M_OPERAND_ANY_SUID,
                    .optional = 1 } },
};
