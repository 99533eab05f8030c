/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "derivation_internal.h"

/* The keys that come of an enrolment key, Ke. */

/* TS-0003 10.3.2: Km from Ke and MAF-ID. */
static void km_message(const ONEM2M_OPERAND *operands, ONEM2M_MESSAGE *message)
{
    static const ONEM2M_SLICE label =
        ONEM2M_LITERAL("oneM2M Enrolment Key to Master Credential derivation");

    onem2m_message_append(message, label);
    onem2m_message_append(message, operands[0].octets);
}

const ONEM2M_DERIVATION onem2m_derivation_km = {
    .name = ONEM2M_KDF_KM,
    .clause = "TS-0003 10.3.2",
    .key_min = ONEM2M_KE_OCTETS,
    .key_max = ONEM2M_KE_OCTETS,
    .digest = ONEM2M_SHA2_256,
    .message = km_message,
    .operand_count = 1,
    .operands = { { .name = ONEM2M_PARAM_MAF_ID,
                    .clause = "TS-0003 10.3.2",
                    .type = ONEM2M_OPERAND_FQDN } },
};

/* TS-0003 10.3.3: Kpsa from Ke and the identifier of Enrolee B. */
static void kpsa_message(const ONEM2M_OPERAND *operands, ONEM2M_MESSAGE *message)
{
    static const ONEM2M_SLICE label =
        ONEM2M_LITERAL("oneM2M Enrolment Key to Provisioned Secure Connection Key derivation");

    onem2m_message_append(message, label);
    onem2m_message_append(message, operands[0].octets);
}

const ONEM2M_DERIVATION onem2m_derivation_kpsa = {
    .name = ONEM2M_KDF_KPSA,
    .clause = "TS-0003 10.3.3",
    .key_min = ONEM2M_KE_OCTETS,
    .key_max = ONEM2M_KE_OCTETS,
    .digest = ONEM2M_SHA2_256,
    .message = kpsa_message,
    .operand_count = 1,
    .operands = { { .name = ONEM2M_PARAM_TARGET_ID,
                    .clause = "TS-0003 10.3.3",
                    .type = ONEM2M_OPERAND_ENTITY } },
};

/* TS-0003 10.3.7: a usage-constrained key from Ke, SUID and Enrolment-Target-ID. */
enum { USAGE_KEY_SUID, USAGE_KEY_TARGET, USAGE_KEY_ENCODING };
enum { SUID_AS_DECIMAL, SUID_AS_OCTET };

static void usage_key_message(const ONEM2M_OPERAND *operands, ONEM2M_MESSAGE *message)
{
    static const ONEM2M_SLICE label =
        ONEM2M_LITERAL("oneM2M Enrolment Key to Usage-Constrained Symmetric Key derivation");
    const unsigned int suid = operands[USAGE_KEY_SUID].number;

    onem2m_message_append(message, label);
    if (operands[USAGE_KEY_ENCODING].number == SUID_AS_OCTET) {
        const unsigned char octet = (unsigned char)suid;

        onem2m_message_make(message, &octet, 1);
    } else {
        const unsigned char decimal[2] = { (unsigned char)('0' + suid / 10),
                                           (unsigned char)('0' + suid % 10) };

        onem2m_message_make(message, decimal, sizeof(decimal));
    }
    onem2m_message_append(message, operands[USAGE_KEY_TARGET].octets);
}

static void usage_key_scope(const ONEM2M_OPERAND *operands, ONEM2M_DERIVATION_SCOPE *scope)
{
    scope->suid = operands[USAGE_KEY_SUID].number;
    scope->target = operands[USAGE_KEY_TARGET].octets;
}

const ONEM2M_DERIVATION onem2m_derivation_usage_key = {
    .name = ONEM2M_KDF_USAGE_KEY,
    .clause = "TS-0003 10.3.7",
    .key_min = ONEM2M_KE_OCTETS,
    .key_max = ONEM2M_KE_OCTETS,
    .digest = ONEM2M_SHA2_256,
    .message = usage_key_message,
    .scope = usage_key_scope,
    .operand_count = 3,
    .operands = { [USAGE_KEY_SUID] = { .name = ONEM2M_PARAM_SUID,
                                       .clause = "TS-0003 10.3.7",
                                       .type = ONEM2M_OPERAND_SUID },
                  [USAGE_KEY_TARGET] = { .name = ONEM2M_PARAM_TARGET_ID,
                                         .clause = "TS-0003 10.3.7",
                                         .type = ONEM2M_OPERAND_FQDN },
                  [USAGE_KEY_ENCODING] = { .name = ONEM2M_PARAM_SUID_ENCODING,
                                           .clause = "TS-0003 10.3.7",
                                           .type = ONEM2M_OPERAND_CHOICE,
                                           .optional = 1,
                                           .words = ONEM2M_WORDS(ONEM2M_SUID_ENCODING_DECIMAL,
                                                                 ONEM2M_SUID_ENCODING_OCTET) } },
};
