/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "derivation_internal.h"

#define IMPI_MAX 253
#define GBA_RAND_OCTETS 16
#define UA_PROTOCOL_OCTETS 5

/* TS-0003 8.3.2.3, 3GPP TS 33.220 Annex B: Km or Kpsa as the NAF key of a GBA bootstrap. */
enum { GBA_MODE, GBA_RAND, GBA_IMPI, GBA_NAF_FQDN, GBA_UA_PROTOCOL };

/* A parameter P of 33.220 B.2 is followed by its length, two octets, most significant first. */
static void append_length(ONEM2M_MESSAGE *message, size_t length)
{
    const unsigned char octets[2] = { (unsigned char)(length >> 8), (unsigned char)length };

    onem2m_message_make(message, octets, sizeof(octets));
}

static void append_parameter(ONEM2M_MESSAGE *message, ONEM2M_SLICE parameter)
{
    onem2m_message_append(message, parameter);
    append_length(message, parameter.length);
}

static void gba_naf_message(const ONEM2M_OPERAND *operands, ONEM2M_MESSAGE *message)
{
    static const unsigned char function_code = 0x01;
    static const ONEM2M_SLICE modes[] = { ONEM2M_LITERAL(ONEM2M_MODE_GBA_ME),
                                          ONEM2M_LITERAL(ONEM2M_MODE_GBA_U) };
    const ONEM2M_SLICE naf = operands[GBA_NAF_FQDN].octets;
    const ONEM2M_SLICE protocol = operands[GBA_UA_PROTOCOL].octets;

    onem2m_message_make(message, &function_code, 1);
    append_parameter(message, modes[operands[GBA_MODE].number]);
    append_parameter(message, operands[GBA_RAND].octets);
    append_parameter(message, operands[GBA_IMPI].octets);
    onem2m_message_append(message, naf);
    onem2m_message_append(message, protocol);
    append_length(message, naf.length + protocol.length);
}

const ONEM2M_DERIVATION onem2m_derivation_gba_naf_key = {
    .name = ONEM2M_KDF_GBA_NAF_KEY,
    .clause = "TS-0003 8.3.2.3",
    .key_min = ONEM2M_KE_OCTETS,
    .key_max = ONEM2M_KE_OCTETS,
    .digest = ONEM2M_SHA2_256,
    .message = gba_naf_message,
    .operand_count = 5,
    .operands = { [GBA_MODE] = { .name = ONEM2M_PARAM_MODE,
                                 .clause = "TS-0003 8.3.2.3",
                                 .type = ONEM2M_OPERAND_CHOICE,
                                 .words = ONEM2M_WORDS(ONEM2M_MODE_GBA_ME, ONEM2M_MODE_GBA_U) },
                  [GBA_RAND] = { .name = ONEM2M_PARAM_RAND,
                                 .clause = "3GPP TS 33.220 B.3",
                                 .type = ONEM2M_OPERAND_OCTETS,
                                 .min = GBA_RAND_OCTETS,
                                 .max = GBA_RAND_OCTETS },
                  [GBA_IMPI] = { .name = ONEM2M_PARAM_IMPI,
                                 .clause = "3GPP TS 33.220 B.3",
                                 .type = ONEM2M_OPERAND_TEXT,
                                 .min = 1,
                                 .max = IMPI_MAX },
                  [GBA_NAF_FQDN] = { .name = ONEM2M_PARAM_NAF_FQDN,
                                     .clause = "3GPP TS 33.220 B.3",
                                     .type = ONEM2M_OPERAND_FQDN },
                  [GBA_UA_PROTOCOL] = { .name = ONEM2M_PARAM_UA_PROTOCOL,
                                        .clause = "3GPP TS 33.220 B.3",
                                        .type = ONEM2M_OPERAND_OCTETS,
                                        .min = UA_PROTOCOL_OCTETS,
                                        .max = UA_PROTOCOL_OCTETS } },
};
