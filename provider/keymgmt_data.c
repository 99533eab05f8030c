/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "key_draft.h"
#include "keymgmt.h"
#include "param.h"

static const OSSL_PARAM *data_types(int selection)
{
    static const OSSL_PARAM with_octets[] = {
        ONEM2M_KEY_DRAFT_SETTABLE,
        OSSL_PARAM_uint(ONEM2M_PARAM_SUID, NULL),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_PURPOSE, NULL, 0),
        OSSL_PARAM_octet_string(ONEM2M_PARAM_PRIV, NULL, 0),
        OSSL_PARAM_END,
    };
    static const OSSL_PARAM without_octets[] = {
        ONEM2M_KEY_DRAFT_SETTABLE,
        OSSL_PARAM_uint(ONEM2M_PARAM_SUID, NULL),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_PURPOSE, NULL, 0),
        OSSL_PARAM_END,
    };

    return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 ? with_octets : without_octets;
}

/* ---- In ---- */

const OSSL_PARAM *onem2m_keymgmt_import_types(int selection)
{
    return data_types(selection);
}

static int make_of_draft(void *argument, ONEM2M_KEY *key, ONEM2M_ERROR *error)
{
    const ONEM2M_KEY_DRAFT *draft = argument;
    const ONEM2M_MATERIAL material = onem2m_material_of(draft->secret);

    return onem2m_key_make(key, &draft->attributes, &material, error);
}

static int check_draft(const ONEM2M_KEY_OBJECT *object, const ONEM2M_KEY_DRAFT *draft,
                       ONEM2M_ERROR *error)
{
    if (object->key.attributes.kind != 0)
        return onem2m_refuse(error, ONEM2M_R_NOT_CHANGEABLE, ONEM2M_NO_OFFSET,
                             "this object has its key already");
    if ((draft->given & ONEM2M_FIELD_BIT(ONEM2M_FIELD_KIND)) == 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET, "kind: not set");
    if ((draft->given & ONEM2M_FIELD_BIT(ONEM2M_FIELD_PRIV)) == 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET, "priv: not set");
    if (draft->attributes.state == ONEM2M_STATE_DESTROYED)
        return onem2m_refuse(error, ONEM2M_R_BAD_STATE, ONEM2M_NO_OFFSET,
                             "state: a destroyed key has no octets to import");
    return 1;
}

int onem2m_keymgmt_import(void *keydata, int selection, const OSSL_PARAM params[])
{
    ONEM2M_KEY_OBJECT *object = keydata;
    ONEM2M_PROVIDER *provider = object->provider;
    ONEM2M_KEY_DRAFT draft;
    ONEM2M_ERROR error;

    (void)selection;
    onem2m_key_draft_begin(&draft, onem2m_keys_now(&provider->keys));
    if (!onem2m_key_draft_take(&draft, provider, params))
        return 0;
    if (!check_draft(object, &draft, &error) ||
        !onem2m_key_draft_find_parent(&draft, provider, &error) ||
        !onem2m_key_object_fill(object, make_of_draft, &draft, draft.store, &error))
        return ONEM2M_RAISE(provider, "import", &error);
    return 1;
}

/* ---- Out ---- */

const OSSL_PARAM *onem2m_keymgmt_export_types(int selection)
{
    return data_types(selection);
}

/* As many as there are fields, and the end. */
#define EXPORTED_MAX (ONEM2M_FIELD_COUNT + 1)

typedef struct {
    OSSL_CALLBACK *callback;
    void *callback_argument;
    int selection;
    unsigned int suid;
    int extractable, derive_octets, registration;
    char not_after[ONEM2M_TIMESTAMP_SIZE];
    char allowed_suids[ONEM2M_ALLOWED_SUIDS_SIZE];
    OSSL_PARAM params[EXPORTED_MAX];
    size_t count;
} EXPORT;

static void put_text(EXPORT *export, ONEM2M_FIELD field, const char *text, size_t length)
{
    if (length > 0)
        export->params[export->count++] = OSSL_PARAM_construct_utf8_string(
            onem2m_field_name(field), (char *)(uintptr_t)text, length);
}

static void put_word(EXPORT *export, ONEM2M_FIELD field, const char *word)
{
    if (word != NULL)
        put_text(export, field, word, strlen(word));
}

static void put_numbers(EXPORT *export, const ONEM2M_ATTRIBUTES *attributes)
{
    const struct {
        ONEM2M_FIELD field;
        int *place;
        int value;
    } switches[] = {
        { ONEM2M_FIELD_EXTRACTABLE, &export->extractable, attributes->extractable },
        { ONEM2M_FIELD_DERIVE_OCTETS, &export->derive_octets, attributes->derive_octets },
        { ONEM2M_FIELD_REGISTRATION, &export->registration, attributes->registration },
    };

    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
        *switches[i].place = switches[i].value;
        export->params[export->count++] =
            OSSL_PARAM_construct_int(onem2m_field_name(switches[i].field), switches[i].place);
    }
    export->suid = attributes->suid;
    if (export->suid != 0)
        export->params[export->count++] =
            OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &export->suid);
}

static void put_attributes(EXPORT *export, const ONEM2M_ATTRIBUTES *attributes)
{
    put_numbers(export, attributes);
    put_word(export, ONEM2M_FIELD_KIND, onem2m_kind_name(attributes->kind));
    put_word(export, ONEM2M_FIELD_PARENT_KIND, onem2m_kind_name(attributes->parent_kind));
    put_word(export, ONEM2M_FIELD_PURPOSE, onem2m_purpose_name(attributes->purpose));
    put_word(export, ONEM2M_FIELD_STATE, onem2m_state_name(attributes->state));
    if (attributes->not_after != 0) {
        onem2m_timestamp_print(export->not_after, attributes->not_after);
        put_word(export, ONEM2M_FIELD_NOT_AFTER, export->not_after);
    }
    onem2m_allowed_suids_print(export->allowed_suids, attributes->allowed_suids);
    put_word(export, ONEM2M_FIELD_ALLOWED_SUIDS, export->allowed_suids);
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++)
        put_text(export, (ONEM2M_FIELD)((int)ONEM2M_FIELD_TEXT + i),
                 (const char *)attributes->text[i].data, attributes->text[i].length);
}

static int export_key(EXPORT *export, const ONEM2M_KEY *key, ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(key);
    const size_t length = onem2m_material_length(&material);
    unsigned char octets[ONEM2M_KEY_OCTETS_MAX];
    int ok;

    put_attributes(export, &key->attributes);
    if ((export->selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0) {
        if (!onem2m_material_read(&material, octets, error))
            return 0;
        export->params[export->count++] =
            OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_PRIV, octets, length);
    }
    export->params[export->count] = OSSL_PARAM_construct_end();
    ok = export->callback(export->params, export->callback_argument);
    OPENSSL_cleanse(octets, length);
    return ok || onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                               "who asked for the key did not take it");
}

/* Octets only where policy lets them leave; attributes to everybody. */
int onem2m_keymgmt_export(void *keydata, int selection, OSSL_CALLBACK *callback, void *argument)
{
    const ONEM2M_USE use = { .kind = ONEM2M_USE_EXPORT };
    const int with_octets = (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0;
    ONEM2M_KEY_OBJECT *object = keydata;
    EXPORT export = { .callback = callback, .callback_argument = argument, .selection = selection };
    ONEM2M_KEY key = { .storage = NULL };
    ONEM2M_ERROR error;
    const int ok = onem2m_key_object_read(object, with_octets ? &use : NULL, &key, &error) &&
                   export_key(&export, &key, &error);

    onem2m_key_clear(&key);
    return ok || ONEM2M_RAISE(object->provider, "export", &error);
}
