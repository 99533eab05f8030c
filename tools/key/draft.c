/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "draft.h"

#include <string.h>
#include "refuse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef int set_fn(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error);

static const char *chars(ONEM2M_SLICE text)
{
    return (const char *)text.data;
}

static int is_word(ONEM2M_SLICE text, const char *word)
{
    return text.length == strlen(word) && memcmp(text.data, word, text.length) == 0;
}

int draft_time(ONEM2M_TIME *not_after, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return onem2m_timestamp_parse(not_after, chars(value), value.length, error) ||
           tool_refuse_about("not-after", error);
}

static int set_kind(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return onem2m_kind_parse(&attributes->kind, chars(value), value.length, error);
}

static int set_parent_kind(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return onem2m_kind_parse(&attributes->parent_kind, chars(value), value.length, error);
}

static int set_suid(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    unsigned int number = 0;
    ONEM2M_SUID suid;

    for (size_t i = 0; i < value.length && number < 100; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return onem2m_refuse(error, ONEM2M_R_BAD_SUID, i, "suid: a number is needed");
        number = 10 * number + (unsigned int)(value.data[i] - '0');
    }
    if (!onem2m_suid_parse(&suid, number, error))
        return tool_refuse_about("suid", error);
    attributes->suid = number;
    return 1;
}

static int set_purpose(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    const char *name;

    for (int i = 1; (name = onem2m_purpose_name((ONEM2M_PURPOSE)i)) != NULL; i++) {
        if (is_word(value, name)) {
            attributes->purpose = (ONEM2M_PURPOSE)i;
            return 1;
        }
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                         "purpose: an e2e key is for message-authentication, "
                         "message-confidentiality, attribute-authenticity or "
                         "attribute-confidentiality");
}

static int set_not_after(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return draft_time(&attributes->not_after, value, error);
}

static int set_state(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return onem2m_state_parse(&attributes->state, chars(value), value.length, error);
}

static int set_allowed_suids(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return onem2m_allowed_suids_parse(&attributes->allowed_suids, chars(value), value.length,
                                      error);
}

static int set_switch(int *place, ONEM2M_SLICE value, const char *name, ONEM2M_ERROR *error)
{
    if (!is_word(value, "0") && !is_word(value, "1"))
        return onem2m_refuse(error, ONEM2M_R_BAD_ATTRIBUTE, 0, "%s: 0 or 1 is needed", name);
    *place = value.data[0] == '1';
    return 1;
}

static int set_registration(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return set_switch(&attributes->registration, value, "registration", error);
}

static int set_extractable(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return set_switch(&attributes->extractable, value, "extractable", error);
}

static int set_derive_octets(ONEM2M_ATTRIBUTES *attributes, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    return set_switch(&attributes->derive_octets, value, "derive-octets", error);
}

/* Those that are no texts of a key; the options among them have the same names. */
static const struct {
    const char *name;
    set_fn *set;
} setters[] = {
    { "kind", set_kind },
    { "parent-kind", set_parent_kind },
    { "suid", set_suid },
    { "purpose", set_purpose },
    { "not-after", set_not_after },
    { "state", set_state },
    { "allowed-suids", set_allowed_suids },
    { "registration", set_registration },
    { "extractable", set_extractable },
    { "derive-octets", set_derive_octets },
};

void draft_begin(DRAFT *draft, ONEM2M_TIME now)
{
    memset(draft, 0, sizeof(*draft));
    draft->attributes.state = ONEM2M_STATE_ACTIVE;
    draft->attributes.derive_octets = 1;
    draft->attributes.created = now;
}

int draft_set(DRAFT *draft, ONEM2M_SLICE name, ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    if (value.length == 0)
        return onem2m_refuse(error, ONEM2M_R_EMPTY, 0, "%.*s: empty; leave it out instead",
                             name.length < 40 ? (int)name.length : 40, chars(name));
    for (size_t i = 0; i < COUNT(setters); i++) {
        if (is_word(name, setters[i].name))
            return setters[i].set(&draft->attributes, value, error);
    }
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        if (is_word(name, onem2m_text_name((ONEM2M_TEXT)i))) {
            draft->attributes.text[i] = value;
            return 1;
        }
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_ATTRIBUTE, ONEM2M_NO_OFFSET,
                         "there is no attribute of that name");
}

int draft_take_option(DRAFT *draft, const TOOL *tool, const char *name, ONEM2M_ERROR *error)
{
    const OPTION option = option_find(name, strlen(name));
    const char *value = option != OPTION_COUNT ? tool_option(tool, option) : NULL;

    return value == NULL || draft_set(draft, tool_slice(name), tool_slice(value), error);
}

int draft_take_options(DRAFT *draft, const TOOL *tool, ONEM2M_ERROR *error)
{
    draft->attributes.registration = tool_has(tool, OPTION_REGISTRATION);
    draft->attributes.extractable = tool_has(tool, OPTION_EXTRACTABLE);
    draft->attributes.derive_octets = !tool_has(tool, OPTION_NO_DERIVE_OCTETS);
    for (size_t i = 0; i < COUNT(setters); i++) {
        /* The first is not always the key's own, the others have no value and are taken above. */
        if (setters[i].set == set_purpose || setters[i].set == set_registration ||
            setters[i].set == set_extractable)
            continue;
        if (!draft_take_option(draft, tool, setters[i].name, error))
            return 0;
    }
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        if (!draft_take_option(draft, tool, onem2m_text_name((ONEM2M_TEXT)i), error))
            return 0;
    }
    return 1;
}
