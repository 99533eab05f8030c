/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "key_draft.h"
#include "key_text.h"
#include "keymgmt.h"
#include "param.h"

/* OpenSSL's security levels end here. */
#define SECURITY_BITS_MAX 256

/* ---- What a key answers ---- */

typedef struct {
    ONEM2M_KEY_OBJECT *object;
    OSSL_PARAM *params;
    const OSSL_PARAM *refused; /* the one that could not be answered */
    ONEM2M_TIME now;
} QUESTION;

typedef struct {
    const ONEM2M_ATTRIBUTES *attributes;
    const ONEM2M_MATERIAL *material;
    QUESTION *question;
} ANSWER;

/* Each returns 1 also for what the key does not have: param stays unmodified. */
typedef int answer_fn(OSSL_PARAM *param, const ANSWER *answer);

static int answer_word(OSSL_PARAM *param, const char *word)
{
    return word == NULL || *word == '\0' || OSSL_PARAM_set_utf8_string(param, word);
}

static int answer_time(OSSL_PARAM *param, ONEM2M_TIME time)
{
    char text[ONEM2M_TIMESTAMP_SIZE];

    if (time == 0)
        return 1;
    onem2m_timestamp_print(text, time);
    return OSSL_PARAM_set_utf8_string(param, text);
}

static int answer_kind(OSSL_PARAM *param, const ANSWER *answer)
{
    return answer_word(param, onem2m_kind_name(answer->attributes->kind));
}

static int answer_suid(OSSL_PARAM *param, const ANSWER *answer)
{
    return answer->attributes->suid == 0 || OSSL_PARAM_set_uint(param, answer->attributes->suid);
}

static int answer_usage(OSSL_PARAM *param, const ANSWER *answer)
{
    return answer_word(param, onem2m_usage_name(onem2m_attributes_usage(answer->attributes)));
}

static int answer_purpose(OSSL_PARAM *param, const ANSWER *answer)
{
    return answer_word(param, onem2m_purpose_name(answer->attributes->purpose));
}

static int answer_parent_kind(OSSL_PARAM *param, const ANSWER *answer)
{
    return answer_word(param, onem2m_kind_name(answer->attributes->parent_kind));
}

static int answer_state(OSSL_PARAM *param, const ANSWER *answer)
{
    return answer_word(param, onem2m_key_state_text(answer->attributes, answer->question->now));
}

static int answer_created(OSSL_PARAM *param, const ANSWER *answer)
{
    return answer_time(param, answer->attributes->created);
}

static int answer_not_after(OSSL_PARAM *param, const ANSWER *answer)
{
    return answer_time(param, answer->attributes->not_after);
}

static int answer_extractable(OSSL_PARAM *param, const ANSWER *answer)
{
    return OSSL_PARAM_set_int(param, answer->attributes->extractable);
}

static int answer_derive_octets(OSSL_PARAM *param, const ANSWER *answer)
{
    return OSSL_PARAM_set_int(param, answer->attributes->derive_octets);
}

static int answer_registration(OSSL_PARAM *param, const ANSWER *answer)
{
    return OSSL_PARAM_set_int(param, answer->attributes->registration);
}

static int answer_protection_level(OSSL_PARAM *param, const ANSWER *answer)
{
    const ONEM2M_KEYS *keys = &answer->question->object->provider->keys;

    return OSSL_PARAM_set_int(param, onem2m_keys_protection(keys, answer->attributes));
}

static int answer_custody(OSSL_PARAM *param, const ANSWER *answer)
{
    return answer_word(param, onem2m_custody_name(answer->attributes->custody));
}

static int answer_birth(OSSL_PARAM *param, const ANSWER *answer)
{
    return answer->attributes->birth == ONEM2M_BIRTH_UNKNOWN ||
           answer_word(param, onem2m_birth_name(answer->attributes->birth));
}

static int answer_allowed_suids(OSSL_PARAM *param, const ANSWER *answer)
{
    char text[ONEM2M_ALLOWED_SUIDS_SIZE];

    onem2m_allowed_suids_print(text, answer->attributes->allowed_suids);
    return answer_word(param, text);
}

static const struct {
    const char *name;
    answer_fn *answer;
} answers[] = {
    { ONEM2M_PARAM_KIND, answer_kind },
    { ONEM2M_PARAM_SUID, answer_suid },
    { ONEM2M_PARAM_USAGE, answer_usage },
    { ONEM2M_PARAM_PURPOSE, answer_purpose },
    { ONEM2M_PARAM_PARENT_KIND, answer_parent_kind },
    { ONEM2M_PARAM_STATE, answer_state },
    { ONEM2M_PARAM_CREATED, answer_created },
    { ONEM2M_PARAM_NOT_AFTER, answer_not_after },
    { ONEM2M_PARAM_EXTRACTABLE, answer_extractable },
    { ONEM2M_PARAM_DERIVE_OCTETS, answer_derive_octets },
    { ONEM2M_PARAM_REGISTRATION, answer_registration },
    { ONEM2M_PARAM_PROTECTION_LEVEL, answer_protection_level },
    { ONEM2M_PARAM_CUSTODY, answer_custody },
    { ONEM2M_PARAM_BIRTH, answer_birth },
    { ONEM2M_PARAM_ALLOWED_SUIDS, answer_allowed_suids },
};

/* A text has no NUL behind it, where it is. */
static int answer_text(OSSL_PARAM *param, ONEM2M_SLICE text)
{
    if (text.length == 0)
        return 1;
    if (param->data_type != OSSL_PARAM_UTF8_STRING)
        return 0;
    param->return_size = text.length;
    if (param->data == NULL)
        return 1;
    if (param->data_size < text.length)
        return 0;
    memcpy(param->data, text.data, text.length);
    if (param->data_size > text.length)
        ((char *)param->data)[text.length] = '\0';
    return 1;
}

static int answer_one(OSSL_PARAM *param, const ANSWER *answer)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (strcmp(param->key, answers[i].name) == 0)
            return answers[i].answer(param, answer);
    }
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        if (strcmp(param->key, onem2m_text_name((ONEM2M_TEXT)i)) == 0)
            return answer_text(param, answer->attributes->text[i]);
    }
    return 1;
}

static int is_octets(const OSSL_PARAM *param)
{
    return strcmp(param->key, ONEM2M_PARAM_PRIV) == 0;
}

static int answer_octets(OSSL_PARAM *param, const ANSWER *answer, ONEM2M_ERROR *error)
{
    ONEM2M_USE use = { .kind = ONEM2M_USE_EXPORT };
    unsigned char octets[ONEM2M_KEY_OCTETS_MAX];
    const size_t length = onem2m_material_length(answer->material);
    int ok;

    onem2m_key_object_complete_use(answer->question->object, &use);
    answer->question->refused = param;
    if (!onem2m_policy_allows(answer->attributes, &use, error) ||
        !onem2m_material_read(answer->material, octets, error))
        return 0;
    ok = OSSL_PARAM_set_octet_string(param, octets, length);
    OPENSSL_cleanse(octets, length);
    return ok || onem2m_refuse(error, ONEM2M_R_WRONG_TYPE, ONEM2M_NO_OFFSET,
                               "room for %zu octets is needed", length);
}

static int answer_all(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                      const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    QUESTION *question = argument;
    const ANSWER answer = { attributes, material, question };

    for (OSSL_PARAM *param = question->params; param->key != NULL; param++) {
        if (is_octets(param) && !answer_octets(param, &answer, error))
            return 0;
        if (!answer_one(param, &answer)) {
            question->refused = param;
            return onem2m_refuse(error, ONEM2M_R_WRONG_TYPE, ONEM2M_NO_OFFSET,
                                 "of another type, or too small");
        }
    }
    return 1;
}

/* What OpenSSL asks of every key that it gets; the octets never become others. */
static int answer_sizes(const ONEM2M_KEY_OBJECT *object, OSSL_PARAM params[])
{
    const size_t bits = 8 * object->size;
    const struct {
        const char *name;
        size_t value;
    } sizes[] = {
        { OSSL_PKEY_PARAM_BITS, bits },
        { OSSL_PKEY_PARAM_SECURITY_BITS, bits < SECURITY_BITS_MAX ? bits : SECURITY_BITS_MAX },
        { OSSL_PKEY_PARAM_MAX_SIZE,
          object->size > EVP_MAX_MD_SIZE ? object->size : EVP_MAX_MD_SIZE },
    };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        OSSL_PARAM *param = OSSL_PARAM_locate(params, sizes[i].name);

        if (param != NULL && !OSSL_PARAM_set_size_t(param, sizes[i].value))
            return 0;
    }
    return 1;
}

/* Whether the record has to be read for what is asked. */
static int asks_attributes(const OSSL_PARAM params[])
{
    for (; params->key != NULL; params++) {
        if (OSSL_PARAM_locate_const(onem2m_keymgmt_gettable_params(NULL), params->key) != NULL &&
            strcmp(params->key, OSSL_PKEY_PARAM_BITS) != 0 &&
            strcmp(params->key, OSSL_PKEY_PARAM_SECURITY_BITS) != 0 &&
            strcmp(params->key, OSSL_PKEY_PARAM_MAX_SIZE) != 0)
            return 1;
    }
    return 0;
}

static int raise_refused(const QUESTION *question, const ONEM2M_ERROR *error)
{
    return ONEM2M_RAISE(question->object->provider,
                        question->refused != NULL ? question->refused->key : ONEM2M_KEY_TYPE,
                        error);
}

int onem2m_keymgmt_get_params(void *keydata, OSSL_PARAM params[])
{
    ONEM2M_KEY_OBJECT *object = keydata;
    QUESTION question = { .object = object, .params = params };
    ONEM2M_ERROR error;
    int ok;

    if (params == NULL || object->key.attributes.kind == 0)
        return 1;
    question.now = onem2m_keys_now(&object->provider->keys);
    onem2m_refuse(&error, ONEM2M_R_WRONG_TYPE, ONEM2M_NO_OFFSET, "an integer is needed");
    ERR_set_mark();
    ok = answer_sizes(object, params) &&
         (!asks_attributes(params) ||
          onem2m_key_object_visit(object, answer_all, &question, &error));
    ERR_pop_to_mark();
    return ok || raise_refused(&question, &error);
}

const OSSL_PARAM *onem2m_keymgmt_gettable_params(void *provctx)
{
    static const OSSL_PARAM gettable[] = {
        OSSL_PARAM_size_t(OSSL_PKEY_PARAM_BITS, NULL),
        OSSL_PARAM_size_t(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
        OSSL_PARAM_size_t(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
        ONEM2M_KEY_ATTRIBUTES,
        OSSL_PARAM_uint(ONEM2M_PARAM_SUID, NULL),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_USAGE, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_PURPOSE, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_CREATED, NULL, 0),
        OSSL_PARAM_uint(ONEM2M_PARAM_PROTECTION_LEVEL, NULL),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_CUSTODY, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_BIRTH, NULL, 0),
        OSSL_PARAM_octet_string(ONEM2M_PARAM_PRIV, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)provctx;
    return gettable;
}

/* ---- What of a key can be changed ---- */

#define CHANGEABLE                                                                                 \
    (ONEM2M_FIELD_BIT(ONEM2M_FIELD_NOT_AFTER) | ONEM2M_FIELD_BIT(ONEM2M_FIELD_STATE) |             \
     ONEM2M_FIELD_BIT(ONEM2M_FIELD_EXTRACTABLE) | ONEM2M_FIELD_BIT(ONEM2M_FIELD_DERIVE_OCTETS) |   \
     ONEM2M_FIELD_BIT(ONEM2M_FIELD_TEXT + ONEM2M_TEXT_LABELS) |                                    \
     ONEM2M_FIELD_BIT(ONEM2M_FIELD_TEXT + ONEM2M_TEXT_TARGET_IDS) |                                \
     ONEM2M_FIELD_BIT(ONEM2M_FIELD_REQUESTER))

const OSSL_PARAM *onem2m_keymgmt_settable_params(void *provctx)
{
    static const OSSL_PARAM settable[] = {
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_NOT_AFTER, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_STATE, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_LABELS, NULL, 0),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_TARGET_IDS, NULL, 0),
        OSSL_PARAM_uint(ONEM2M_PARAM_EXTRACTABLE, NULL),
        OSSL_PARAM_uint(ONEM2M_PARAM_DERIVE_OCTETS, NULL),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_REQUESTER, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)provctx;
    return settable;
}

static int is_given(const ONEM2M_KEY_DRAFT *draft, int field)
{
    return (draft->given >> field & 1) != 0;
}

static int check_changeable(const ONEM2M_KEY_OBJECT *object, const ONEM2M_KEY_DRAFT *draft)
{
    ONEM2M_ERROR error;

    for (int i = 0; i < (int)ONEM2M_FIELD_COUNT; i++) {
        if (!is_given(draft, i) || (CHANGEABLE >> i & 1) != 0)
            continue;
        onem2m_refuse(&error, ONEM2M_R_NOT_CHANGEABLE, ONEM2M_NO_OFFSET,
                      "a key keeps it; not-after, labels, target-ids and state can be changed "
                      "(TS-0003 8.3.5.2.9, 8.8.2.9), extractable and derive-octets turned off");
        return ONEM2M_RAISE(object->provider, onem2m_field_name((ONEM2M_FIELD)i), &error);
    }
    return 1;
}

static ONEM2M_STORE_CHANGE change_of(const ONEM2M_KEY_DRAFT *draft)
{
    const ONEM2M_ATTRIBUTES *wished = &draft->attributes;

    return (ONEM2M_STORE_CHANGE){
        .change_not_after = is_given(draft, ONEM2M_FIELD_NOT_AFTER),
        .change_state = is_given(draft, ONEM2M_FIELD_STATE),
        .change_labels = is_given(draft, (int)ONEM2M_FIELD_TEXT + ONEM2M_TEXT_LABELS),
        .change_targets = is_given(draft, (int)ONEM2M_FIELD_TEXT + ONEM2M_TEXT_TARGET_IDS),
        .change_extractable = is_given(draft, ONEM2M_FIELD_EXTRACTABLE),
        .change_derive_octets = is_given(draft, ONEM2M_FIELD_DERIVE_OCTETS),
        .not_after = wished->not_after,
        .state = wished->state,
        .labels = wished->text[ONEM2M_TEXT_LABELS],
        .targets = wished->text[ONEM2M_TEXT_TARGET_IDS],
        .extractable = wished->extractable,
        .derive_octets = wished->derive_octets,
    };
}

int onem2m_keymgmt_set_params(void *keydata, const OSSL_PARAM params[])
{
    ONEM2M_KEY_OBJECT *object = keydata;
    ONEM2M_STORE_CHANGE change;
    ONEM2M_KEY_DRAFT draft;
    ONEM2M_ERROR error;

    onem2m_key_draft_begin(&draft, 0);
    if (!onem2m_key_draft_take(&draft, object->provider, params) ||
        !check_changeable(object, &draft))
        return 0;
    change = change_of(&draft);
    if (!onem2m_store_change_is_any(&change))
        return 1;
    return onem2m_key_object_change(object, &change, draft.requester, &error) ||
           ONEM2M_RAISE(object->provider, "change", &error);
}
