/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <onem2m/params.h>
#include "identifier.h"
#include "key_internal.h"

/* What kinds, states, purposes and allowed-suids are called, and what a kind's names and octets
 * are. */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HEX_DIGITS ((size_t)2 * ONEM2M_RELATIVE_KEY_ID_OCTETS)

const ONEM2M_KIND_FORM onem2m_kind_forms[ONEM2M_KIND_MAX + 1] = {
    [ONEM2M_KIND_KPM] = { "kpm", ONEM2M_ID_KPM, 16, 512, "TS-0003 8.3.5.2.2" },
    [ONEM2M_KIND_KE] = { "ke", ONEM2M_ID_KE, 32, 32, "TS-0003 10.3.1" },
    [ONEM2M_KIND_KM] = { "km", ONEM2M_ID_KM, 16, 512, "TS-0003 8.8.2.2" },
    [ONEM2M_KIND_KPSA] = { "kpsa", ONEM2M_ID_KPSA, 16, 512, "TS-0003 8.2.2.1" },
    [ONEM2M_KIND_KC] = { "kc", ONEM2M_ID_KC, 16, 512, "TS-0003 8.8.2.7" },
    [ONEM2M_KIND_ESPRIM] = { "esprim", ONEM2M_ID_KC, 16, 64, "TS-0003 8.4.2" },
    [ONEM2M_KIND_ESPRIM_SESSION] = { "esprim-session", ONEM2M_ID_KC, 32, 32, "TS-0003 10.3.8.2" },
    [ONEM2M_KIND_ESDATA] = { "esdata", ONEM2M_ID_KC, 16, 512, "TS-0003 8.8.2.7" },
    [ONEM2M_KIND_E2E_MASTER] = { "e2e-master", ONEM2M_ID_KC, 32, 64, "TS-0003 10.3.6" },
    [ONEM2M_KIND_E2E] = { "e2e", ONEM2M_ID_KC, 32, 64, "TS-0003 10.3.6.2" },
    [ONEM2M_KIND_PAIRWISE_E2E] = { "pairwise-e2e", ONEM2M_ID_KC, 32, 32, "TS-0003 10.3.1" },
    [ONEM2M_KIND_HALF] = { "half", ONEM2M_ID_KC, 8, 256, "TS-0003 8.8.1 step 8" },
};

int onem2m_is_kind(ONEM2M_KIND kind)
{
    return kind >= ONEM2M_KIND_KPM && kind <= ONEM2M_KIND_MAX;
}

const char *onem2m_kind_name(ONEM2M_KIND kind)
{
    return onem2m_is_kind(kind) ? onem2m_kind_forms[kind].name : NULL;
}

static int is_word(const char *word, const char *text, size_t length)
{
    return strlen(word) == length && memcmp(word, text, length) == 0;
}

int onem2m_kind_parse(ONEM2M_KIND *kind, const char *text, size_t length, ONEM2M_ERROR *error)
{
    for (int i = ONEM2M_KIND_KPM; text != NULL && i <= ONEM2M_KIND_MAX; i++) {
        if (is_word(onem2m_kind_forms[i].name, text, length)) {
            *kind = (ONEM2M_KIND)i;
            return 1;
        }
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET,
                         "kind: none of kpm, ke, km, kpsa, kc, esprim, esprim-session, esdata, "
                         "e2e-master, e2e, pairwise-e2e, half");
}

static const char *const state_names[] = {
    [ONEM2M_STATE_ACTIVE] = "active",
    [ONEM2M_STATE_SUSPENDED] = "suspended",
    [ONEM2M_STATE_REVOKED] = "revoked",
    [ONEM2M_STATE_DESTROYED] = "destroyed",
};

int onem2m_is_state(ONEM2M_STATE state)
{
    return state >= ONEM2M_STATE_ACTIVE && state <= ONEM2M_STATE_DESTROYED;
}

const char *onem2m_state_name(ONEM2M_STATE state)
{
    return onem2m_is_state(state) ? state_names[state] : NULL;
}

int onem2m_state_parse(ONEM2M_STATE *state, const char *text, size_t length, ONEM2M_ERROR *error)
{
    for (int i = ONEM2M_STATE_ACTIVE; text != NULL && i <= ONEM2M_STATE_DESTROYED; i++) {
        if (is_word(state_names[i], text, length)) {
            *state = (ONEM2M_STATE)i;
            return 1;
        }
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_STATE, ONEM2M_NO_OFFSET,
                         "state: none of active, suspended, revoked, destroyed (expired is "
                         "computed from not-after)");
}

const char *onem2m_purpose_name(ONEM2M_PURPOSE purpose)
{
    static const char *const names[] = {
        [ONEM2M_PURPOSE_NONE] = NULL,
        [ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY] = ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION,
        [ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY_KEY] = ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY,
        [ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY_KEY] = ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY,
        [ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY_KEY] = ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY,
    };

    return (size_t)purpose < COUNT(names) ? names[purpose] : NULL;
}

static int has_at(const char *text, size_t length)
{
    return memchr(text, '@', length) != NULL;
}

size_t onem2m_hex_span(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && text[i] != '\0' && strchr("0123456789ABCDEFabcdef", text[i]) != NULL)
        i++;
    return i;
}

/* pairwiseE2EKeyID: as many hexadecimal digits as the exporter gave octets for it. */
static int parse_bare_hex(ONEM2M_ID *id, const char *text, size_t length, ONEM2M_ERROR *error)
{
    size_t digits = onem2m_hex_span(text, length);

    if (digits < length || length != HEX_DIGITS)
        return onem2m_refuse(error, ONEM2M_R_BAD_FORM, digits < length ? digits : ONEM2M_NO_OFFSET,
                             "neither %zu hexadecimal digits nor relative@FQDN (TS-0003 10.3.1)",
                             HEX_DIGITS);
    memset(id, 0, sizeof(*id));
    id->kind = ONEM2M_ID_KC;
    id->form = ONEM2M_FORM_HEX;
    id->relative.length = length;
    id->length = length;
    for (size_t i = 0; i < length; i++)
        id->text[i] = (char)(text[i] >= 'a' ? text[i] - 'a' + 'A' : text[i]);
    return 1;
}

int onem2m_key_id_parse(ONEM2M_ID *id, ONEM2M_KIND kind, const char *text, size_t length,
                        unsigned int flags, ONEM2M_ERROR *error)
{
    if (!onem2m_is_kind(kind))
        return onem2m_refuse(error, ONEM2M_R_BAD_KIND, ONEM2M_NO_OFFSET, "%d is no kind of key",
                             (int)kind);
    if (kind == ONEM2M_KIND_PAIRWISE_E2E && text != NULL && length > 0 && !has_at(text, length))
        return parse_bare_hex(id, text, length, error);
    return onem2m_id_parse(id, onem2m_kind_forms[kind].id_kind, text, length, flags, error);
}

static int refuse_allowed_suid(size_t offset, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_SUID, offset,
                         "allowed-suids: no SUID of 21 to 25, or one a second time, at octet %zu "
                         "(TS-0004 6.3.4.2.39)",
                         offset);
}

int onem2m_allowed_suids_parse(unsigned int *allowed_suids, const char *text, size_t length,
                               ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE list = { (const unsigned char *)text, length };
    unsigned int found = 0, bit;
    size_t position = 0, offset;
    ONEM2M_SLICE item;

    if (text == NULL || length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "allowed-suids: empty");
    while (onem2m_list_next(list, &position, &item)) {
        offset = (size_t)(item.data - list.data);
        if (item.length != 2 || item.data[0] != '2' || item.data[1] < '1' || item.data[1] > '5')
            return refuse_allowed_suid(offset, error);
        bit = 1U << (item.data[1] - '1');
        if ((found & bit) != 0)
            return refuse_allowed_suid(offset, error);
        found |= bit;
    }
    *allowed_suids = found;
    return 1;
}

void onem2m_allowed_suids_print(char out[ONEM2M_ALLOWED_SUIDS_SIZE], unsigned int allowed_suids)
{
    size_t used = 0;

    for (unsigned int i = 0; i < 5; i++) {
        if ((allowed_suids >> i & 1) == 0)
            continue;
        if (used > 0)
            out[used++] = ' ';
        out[used++] = '2';
        out[used++] = (char)('1' + i);
    }
    out[used] = '\0';
}

ONEM2M_USAGE onem2m_attributes_usage(const ONEM2M_ATTRIBUTES *attributes)
{
    ONEM2M_SUID suid;

    switch (attributes->purpose) {
    case ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY:
    case ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY_KEY:
        return ONEM2M_USAGE_ESPRIM;
    case ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY_KEY:
        return ONEM2M_USAGE_ESDATA_SIGN;
    case ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY_KEY:
        return ONEM2M_USAGE_ESDATA_ENCRYPT;
    default:
        return onem2m_suid_parse(&suid, attributes->suid, NULL) ? suid.usage : (ONEM2M_USAGE)0;
    }
}

int onem2m_attributes_expired(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_TIME now)
{
    return attributes->not_after != 0 && attributes->not_after <= now;
}
