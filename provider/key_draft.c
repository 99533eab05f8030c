/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "key_draft.h"
#include "param.h"

typedef struct {
    const char *text;
    size_t length;
} WORD;

/* Fields that are text and no ONEM2M_TEXT: what reads them. */
typedef int read_fn(ONEM2M_ATTRIBUTES *attributes, WORD word, ONEM2M_ERROR *error);

static int read_kind(ONEM2M_ATTRIBUTES *attributes, WORD word, ONEM2M_ERROR *error)
{
    return onem2m_kind_parse(&attributes->kind, word.text, word.length, error);
}

static int read_parent_kind(ONEM2M_ATTRIBUTES *attributes, WORD word, ONEM2M_ERROR *error)
{
    return onem2m_kind_parse(&attributes->parent_kind, word.text, word.length, error);
}

static int is_word(WORD word, const char *name)
{
    return word.length == strlen(name) && memcmp(word.text, name, word.length) == 0;
}

/* "master" is what ONEM2M-E2E-KEY calls none: a master's. */
static int read_purpose(ONEM2M_ATTRIBUTES *attributes, WORD word, ONEM2M_ERROR *error)
{
    const char *name = ONEM2M_PURPOSE_MASTER;

    for (int i = ONEM2M_PURPOSE_NONE; name != NULL;
         name = onem2m_purpose_name((ONEM2M_PURPOSE)++i)) {
        if (is_word(word, name)) {
            attributes->purpose = (ONEM2M_PURPOSE)i;
            return 1;
        }
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                         "none of master, message-authentication, message-confidentiality, "
                         "attribute-authenticity, attribute-confidentiality (TS-0003 10.3.6.2)");
}

/* Empty, as any absent text: no end. */
static int read_not_after(ONEM2M_ATTRIBUTES *attributes, WORD word, ONEM2M_ERROR *error)
{
    attributes->not_after = 0;
    if (word.length == 0)
        return 1;
    return onem2m_timestamp_parse(&attributes->not_after, word.text, word.length, error);
}

static int read_state(ONEM2M_ATTRIBUTES *attributes, WORD word, ONEM2M_ERROR *error)
{
    return onem2m_state_parse(&attributes->state, word.text, word.length, error);
}

static int read_allowed_suids(ONEM2M_ATTRIBUTES *attributes, WORD word, ONEM2M_ERROR *error)
{
    return onem2m_allowed_suids_parse(&attributes->allowed_suids, word.text, word.length, error);
}

static const struct {
    const char *name;
    read_fn *read; /* NULL: taken by take_field */
} fields[ONEM2M_FIELD_TEXT] = {
    [ONEM2M_FIELD_KIND] = { ONEM2M_PARAM_KIND, read_kind },
    [ONEM2M_FIELD_SUID] = { ONEM2M_PARAM_SUID, NULL },
    [ONEM2M_FIELD_PURPOSE] = { ONEM2M_PARAM_PURPOSE, read_purpose },
    [ONEM2M_FIELD_PRIV] = { ONEM2M_PARAM_PRIV, NULL },
    [ONEM2M_FIELD_NOT_AFTER] = { ONEM2M_PARAM_NOT_AFTER, read_not_after },
    [ONEM2M_FIELD_STATE] = { ONEM2M_PARAM_STATE, read_state },
    [ONEM2M_FIELD_EXTRACTABLE] = { ONEM2M_PARAM_EXTRACTABLE, NULL },
    [ONEM2M_FIELD_DERIVE_OCTETS] = { ONEM2M_PARAM_DERIVE_OCTETS, NULL },
    [ONEM2M_FIELD_REGISTRATION] = { ONEM2M_PARAM_REGISTRATION, NULL },
    [ONEM2M_FIELD_ALLOWED_SUIDS] = { ONEM2M_PARAM_ALLOWED_SUIDS, read_allowed_suids },
    [ONEM2M_FIELD_PARENT_KIND] = { ONEM2M_PARAM_PARENT_KIND, read_parent_kind },
    [ONEM2M_FIELD_STORE] = { ONEM2M_PARAM_STORE, NULL },
    [ONEM2M_FIELD_SIZE] = { ONEM2M_PARAM_SIZE, NULL },
    [ONEM2M_FIELD_REQUESTER] = { ONEM2M_PARAM_REQUESTER, NULL },
};

const char *onem2m_field_name(ONEM2M_FIELD field)
{
    return field < ONEM2M_FIELD_TEXT ? fields[field].name
                                     : onem2m_text_name((ONEM2M_TEXT)(field - ONEM2M_FIELD_TEXT));
}

static int take_switch(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param, int *value)
{
    unsigned int number = 0;

    if (!onem2m_param_number(provider, param, 1, &number))
        return 0;
    *value = (int)number;
    return 1;
}

static int take_suid(ONEM2M_KEY_DRAFT *draft, const ONEM2M_PROVIDER *provider,
                     const OSSL_PARAM *param)
{
    unsigned int number;
    ONEM2M_ERROR error;
    ONEM2M_SUID suid;

    if (!onem2m_param_suid(provider, param, &number))
        return 0;
    if (!onem2m_suid_parse(&suid, number, &error))
        return ONEM2M_RAISE(provider, param->key, &error);
    draft->attributes.suid = number;
    return 1;
}

static int take_word(ONEM2M_KEY_DRAFT *draft, const ONEM2M_PROVIDER *provider,
                     const OSSL_PARAM *param, ONEM2M_FIELD field)
{
    ONEM2M_ERROR error;
    WORD word;

    if (!onem2m_param_text(provider, param, &word.text, &word.length))
        return 0;
    if (field >= ONEM2M_FIELD_TEXT)
        draft->attributes.text[field - ONEM2M_FIELD_TEXT] =
            (ONEM2M_SLICE){ (const unsigned char *)word.text, word.length };
    else if (!fields[field].read(&draft->attributes, word, &error))
        return ONEM2M_RAISE(provider, param->key, &error);
    return 1;
}

static int take_field(ONEM2M_KEY_DRAFT *draft, const ONEM2M_PROVIDER *provider,
                      const OSSL_PARAM *param, ONEM2M_FIELD field)
{
    draft->given |= ONEM2M_FIELD_BIT(field);
    switch (field) {
    case ONEM2M_FIELD_SUID:
        return take_suid(draft, provider, param);
    case ONEM2M_FIELD_PRIV:
        return onem2m_param_octets(provider, param, &draft->secret);
    case ONEM2M_FIELD_EXTRACTABLE:
        return take_switch(provider, param, &draft->attributes.extractable);
    case ONEM2M_FIELD_DERIVE_OCTETS:
        return take_switch(provider, param, &draft->attributes.derive_octets);
    case ONEM2M_FIELD_REGISTRATION:
        return take_switch(provider, param, &draft->attributes.registration);
    case ONEM2M_FIELD_STORE:
        return take_switch(provider, param, &draft->store);
    case ONEM2M_FIELD_SIZE:
        return onem2m_param_number(provider, param, ONEM2M_KEY_OCTETS_MAX, &draft->size);
    case ONEM2M_FIELD_REQUESTER:
        return onem2m_param_entity(provider, param, draft->requester_text, &draft->requester);
    default:
        return take_word(draft, provider, param, field);
    }
}

void onem2m_key_draft_begin(ONEM2M_KEY_DRAFT *draft, ONEM2M_TIME now)
{
    memset(draft, 0, sizeof(*draft));
    draft->attributes.state = ONEM2M_STATE_ACTIVE;
    draft->attributes.derive_octets = 1;
    draft->attributes.created = now;
}

int onem2m_key_draft_take(ONEM2M_KEY_DRAFT *draft, const ONEM2M_PROVIDER *provider,
                          const OSSL_PARAM params[])
{
    for (; params != NULL && params->key != NULL; params++) {
        for (int i = 0; i < (int)ONEM2M_FIELD_COUNT; i++) {
            const ONEM2M_FIELD field = (ONEM2M_FIELD)i;

            if (strcmp(params->key, onem2m_field_name(field)) == 0 &&
                !take_field(draft, provider, params, field))
                return 0;
        }
    }
    return 1;
}

static int take_kind(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                     const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    ONEM2M_KIND *kind = argument;

    (void)material;
    (void)error;
    *kind = attributes->kind;
    return 1;
}

int onem2m_key_draft_find_parent(ONEM2M_KEY_DRAFT *draft, ONEM2M_PROVIDER *provider,
                                 ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE parent = draft->attributes.text[ONEM2M_TEXT_PARENT_KEY_ID];
    ONEM2M_ERROR why;

    if (parent.length == 0 || draft->attributes.parent_kind != 0 ||
        onem2m_keys_look_up(&provider->keys, parent, ONEM2M_KINDS_ALL, take_kind,
                            &draft->attributes.parent_kind, &why))
        return 1;
    return onem2m_refuse(error, why.reason, why.offset,
                         "parent-key-id: parent-kind is not set, and in the store: %.100s",
                         why.detail);
}
