/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include "derivation.h"

/* What a caller gives becomes an operand of a derivation, as its rule says. */

static int refuse_length(const ONEM2M_OPERAND_RULE *rule, size_t length, ONEM2M_ERROR *error)
{
    const ONEM2M_REASON reason = length == 0 ? ONEM2M_R_EMPTY : ONEM2M_R_BAD_LENGTH;

    if (rule->min == rule->max)
        return onem2m_refuse(error, reason, ONEM2M_NO_OFFSET, "%zu octets; %zu are needed (%s)",
                             length, rule->min, rule->clause);
    return onem2m_refuse(error, reason, ONEM2M_NO_OFFSET, "%zu octets; %zu to %zu are allowed (%s)",
                         length, rule->min, rule->max, rule->clause);
}

static int refuse_choice(const ONEM2M_OPERAND_RULE *rule, ONEM2M_ERROR *error)
{
    char listed[sizeof(error->detail)];
    size_t used = 0, i;

    for (i = 0; rule->words[i] != NULL && used < sizeof(listed); i++)
        used += (size_t)snprintf(listed + used, sizeof(listed) - used, "%s%s", i > 0 ? ", " : "",
                                 rule->words[i]);
    return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET, "none of %s (%s)", listed,
                         rule->clause);
}

static int choose(ONEM2M_OPERAND *operand, const ONEM2M_OPERAND_RULE *rule, const char *text,
                  size_t length, ONEM2M_ERROR *error)
{
    unsigned int i;

    for (i = 0; rule->words[i] != NULL; i++) {
        if (strlen(rule->words[i]) == length && memcmp(rule->words[i], text, length) == 0) {
            operand->number = i;
            operand->is_set = 1;
            return 1;
        }
    }
    return refuse_choice(rule, error);
}

static int normalize_entity(ONEM2M_SLICE *canonical, const char *text, size_t length, char *buffer,
                            ONEM2M_ERROR *error)
{
    ONEM2M_ID id;

    if (!onem2m_id_parse_entity(&id, text, length, ONEM2M_ID_STRICT, error))
        return 0;
    /* Two ends must hash the same octets, and only one of them knows which CSE this is about. */
    if (id.form == ONEM2M_FORM_CSE_RELATIVE)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, 0,
                             "a CSE-relative AE-ID names an entity for one CSE only; give the "
                             "absolute or SP-relative one (TS-0003 10.3.3)");
    memcpy(buffer, id.text, id.length);
    canonical->data = (const unsigned char *)buffer;
    canonical->length = id.length;
    return 1;
}

static int normalize_text(ONEM2M_SLICE *canonical, const ONEM2M_OPERAND_RULE *rule,
                          const char *text, size_t length, char *buffer, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE normalized;

    if (!onem2m_text_normalize(&normalized, text, length, buffer, ONEM2M_OPERAND_TEXT_MAX, error))
        return 0;
    if (normalized.length < rule->min || normalized.length > rule->max)
        return refuse_length(rule, normalized.length, error);
    *canonical = normalized;
    return 1;
}

int onem2m_operand_from_text(ONEM2M_OPERAND *operand, const ONEM2M_OPERAND_RULE *rule,
                             const char *text, size_t length, char *buffer, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE canonical;
    int ok;

    switch (rule->type) {
    case ONEM2M_OPERAND_CHOICE:
        return choose(operand, rule, text, length, error);
    case ONEM2M_OPERAND_FQDN:
        ok =
            onem2m_fqdn_normalize(&canonical, text, length, buffer, ONEM2M_OPERAND_TEXT_MAX, error);
        break;
    case ONEM2M_OPERAND_ENTITY:
        ok = normalize_entity(&canonical, text, length, buffer, error);
        break;
    default:
        ok = normalize_text(&canonical, rule, text, length, buffer, error);
        break;
    }
    if (ok) {
        operand->octets = canonical;
        operand->is_set = 1;
    }
    return ok;
}

int onem2m_operand_from_octets(ONEM2M_OPERAND *operand, const ONEM2M_OPERAND_RULE *rule,
                               const unsigned char *octets, size_t length, ONEM2M_ERROR *error)
{
    if (length < rule->min || length > rule->max)
        return refuse_length(rule, length, error);
    operand->octets.data = octets;
    operand->octets.length = length;
    operand->is_set = 1;
    return 1;
}

int onem2m_operand_from_number(ONEM2M_OPERAND *operand, const ONEM2M_OPERAND_RULE *rule,
                               unsigned int number, ONEM2M_ERROR *error)
{
    ONEM2M_SUID suid;

    if (!onem2m_suid_parse(&suid, number, error))
        return 0;
    if (rule->type == ONEM2M_OPERAND_SUID && suid.origin != ONEM2M_ORIGIN_RSPF)
        return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                             "%u is of a %s credential; a key derived from Ke has one of 21 to 25 "
                             "(%s, TS-0004 6.3.4.2.39)",
                             number, onem2m_origin_name(suid.origin), rule->clause);
    operand->number = number;
    operand->is_set = 1;
    return 1;
}
