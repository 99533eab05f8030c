/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "describe.h"

#include <string.h>

const char *describe_state(ONEM2M_STATE state, int is_expired)
{
    if (is_expired && (state == ONEM2M_STATE_ACTIVE || state == ONEM2M_STATE_SUSPENDED))
        return "expired";
    return onem2m_state_name(state);
}

static void describe_time(OUTPUT *output, const char *name, ONEM2M_TIME time)
{
    char text[ONEM2M_TIMESTAMP_SIZE];

    if (time == 0)
        return;
    onem2m_timestamp_print(text, time);
    output_string(output, name, text);
}

static void describe_word(OUTPUT *output, const char *name, const char *word)
{
    if (word != NULL)
        output_string(output, name, word);
}

/* What kind of key it is. */
static void describe_role(OUTPUT *output, const ONEM2M_ATTRIBUTES *attributes)
{
    output_text(output, "key-id", attributes->text[ONEM2M_TEXT_KEY_ID]);
    output_string(output, "kind", onem2m_kind_name(attributes->kind));
    if (attributes->suid != 0)
        output_number(output, "suid", attributes->suid);
    describe_word(output, "usage", onem2m_usage_name(onem2m_attributes_usage(attributes)));
    describe_word(output, "purpose", onem2m_purpose_name(attributes->purpose));
}

static void describe_limits(OUTPUT *output, const ONEM2M_ATTRIBUTES *attributes, size_t octets,
                            int protection, ONEM2M_TIME now)
{
    output_string(output, "state", onem2m_state_name(attributes->state));
    output_boolean(output, "expired", onem2m_attributes_expired(attributes, now));
    describe_time(output, "created", attributes->created);
    describe_time(output, "not-after", attributes->not_after);
    output_number(output, "octets", octets);
    output_boolean(output, "extractable", attributes->extractable);
    output_boolean(output, "derive-octets", attributes->derive_octets);
    output_number(output, "protection-level", (unsigned int)protection);
    output_string(output, "custody", onem2m_custody_name(attributes->custody));
    if (attributes->birth != ONEM2M_BIRTH_UNKNOWN)
        output_string(output, "birth", onem2m_birth_name(attributes->birth));
    output_boolean(output, "registration", attributes->registration);
}

static void describe_texts(OUTPUT *output, const ONEM2M_ATTRIBUTES *attributes)
{
    char allowed_suids[ONEM2M_ALLOWED_SUIDS_SIZE];

    for (int i = ONEM2M_TEXT_KEY_ID + 1; i < ONEM2M_TEXT_COUNT; i++) {
        const char *name = onem2m_text_name((ONEM2M_TEXT)i);

        if (i == ONEM2M_TEXT_LABELS || i == ONEM2M_TEXT_TARGET_IDS)
            output_list(output, name, attributes->text[i], 0);
        else
            output_text(output, name, attributes->text[i]);
        if (i == ONEM2M_TEXT_PARENT_KEY_ID)
            describe_word(output, "parent-kind", onem2m_kind_name(attributes->parent_kind));
    }
    onem2m_allowed_suids_print(allowed_suids, attributes->allowed_suids);
    output_list(output, "allowed-suids",
                (ONEM2M_SLICE){ (const unsigned char *)allowed_suids, strlen(allowed_suids) }, 1);
}

void describe_key(OUTPUT *output, const ONEM2M_ATTRIBUTES *attributes, size_t octets,
                  int protection, ONEM2M_TIME now)
{
    describe_role(output, attributes);
    describe_limits(output, attributes, octets, protection, now);
    describe_texts(output, attributes);
}
