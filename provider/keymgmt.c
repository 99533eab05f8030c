/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>
#include <openssl/core_names.h>
#include <onem2m/params.h>
#include "keymgmt.h"
#include "param.h"

static OSSL_FUNC_keymgmt_new_fn keymgmt_new;
static OSSL_FUNC_keymgmt_free_fn keymgmt_free;
static OSSL_FUNC_keymgmt_load_fn keymgmt_load;
static OSSL_FUNC_keymgmt_has_fn keymgmt_has;
static OSSL_FUNC_keymgmt_validate_fn keymgmt_validate;
static OSSL_FUNC_keymgmt_dup_fn keymgmt_dup;

static void *keymgmt_new(void *provctx)
{
    ONEM2M_PROVIDER *provider = provctx;
    ONEM2M_KEY_OBJECT *object = onem2m_key_object_new(provider);

    if (object == NULL)
        onem2m_raise_out_of_memory(provider, ONEM2M_KEY_TYPE);
    return object;
}

static void keymgmt_free(void *keydata)
{
    onem2m_key_object_free(keydata);
}

/* Takes the object that the store's loader refers to: it is the caller's from here. */
static void *keymgmt_load(const void *reference, size_t reference_size)
{
    ONEM2M_KEY_OBJECT **place, *object;

    if (reference == NULL || reference_size != sizeof(place))
        return NULL;
    memcpy(&place, reference, sizeof(place));
    object = *place;
    *place = NULL;
    return object;
}

/* There is no public half, and there are no parameters that keys share. */
static int keymgmt_has(const void *keydata, int selection)
{
    const ONEM2M_KEY_OBJECT *object = keydata;

    if (object == NULL)
        return 0;
    if ((selection & OSSL_KEYMGMT_SELECT_PUBLIC_KEY) != 0 &&
        (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) == 0)
        return 0;
    return (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) == 0 || object->size > 0;
}

static int check_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                     const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    (void)argument;
    return (onem2m_material_length(material) > 0 ||
            onem2m_refuse(error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET,
                          "priv: the key has no octets")) &&
           onem2m_policy_admits(attributes, error);
}

/* A key that can be read, and is one that may exist; not whether it may be used now. */
static int keymgmt_validate(const void *keydata, int selection, int checktype)
{
    ONEM2M_KEY_OBJECT *object = (ONEM2M_KEY_OBJECT *)(uintptr_t)keydata;
    ONEM2M_ERROR error;

    (void)checktype;
    if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) == 0)
        return 1;
    return onem2m_key_object_visit(object, check_key, NULL, &error) ||
           ONEM2M_RAISE(object->provider, ONEM2M_KEY_TYPE, &error);
}

static void *keymgmt_dup(const void *keydata_from, int selection)
{
    const ONEM2M_KEY_OBJECT *from = keydata_from;
    ONEM2M_KEY_OBJECT *copy =
        onem2m_key_object_dup(from, (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0);

    if (copy == NULL)
        onem2m_raise_out_of_memory(from->provider, ONEM2M_KEY_TYPE);
    return copy;
}

static const OSSL_DISPATCH keymgmt_functions[] = {
    { OSSL_FUNC_KEYMGMT_NEW, (void (*)(void))keymgmt_new },
    { OSSL_FUNC_KEYMGMT_FREE, (void (*)(void))keymgmt_free },
    { OSSL_FUNC_KEYMGMT_LOAD, (void (*)(void))keymgmt_load },
    { OSSL_FUNC_KEYMGMT_HAS, (void (*)(void))keymgmt_has },
    { OSSL_FUNC_KEYMGMT_MATCH, (void (*)(void))onem2m_keymgmt_match },
    { OSSL_FUNC_KEYMGMT_VALIDATE, (void (*)(void))keymgmt_validate },
    { OSSL_FUNC_KEYMGMT_DUP, (void (*)(void))keymgmt_dup },
    { OSSL_FUNC_KEYMGMT_IMPORT, (void (*)(void))onem2m_keymgmt_import },
    { OSSL_FUNC_KEYMGMT_IMPORT_TYPES, (void (*)(void))onem2m_keymgmt_import_types },
    { OSSL_FUNC_KEYMGMT_EXPORT, (void (*)(void))onem2m_keymgmt_export },
    { OSSL_FUNC_KEYMGMT_EXPORT_TYPES, (void (*)(void))onem2m_keymgmt_export_types },
    { OSSL_FUNC_KEYMGMT_GET_PARAMS, (void (*)(void))onem2m_keymgmt_get_params },
    { OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, (void (*)(void))onem2m_keymgmt_gettable_params },
    { OSSL_FUNC_KEYMGMT_SET_PARAMS, (void (*)(void))onem2m_keymgmt_set_params },
    { OSSL_FUNC_KEYMGMT_SETTABLE_PARAMS, (void (*)(void))onem2m_keymgmt_settable_params },
    { OSSL_FUNC_KEYMGMT_GEN_INIT, (void (*)(void))onem2m_keymgmt_gen_init },
    { OSSL_FUNC_KEYMGMT_GEN_SET_TEMPLATE, (void (*)(void))onem2m_keymgmt_gen_set_template },
    { OSSL_FUNC_KEYMGMT_GEN_SET_PARAMS, (void (*)(void))onem2m_keymgmt_gen_set_params },
    { OSSL_FUNC_KEYMGMT_GEN_SETTABLE_PARAMS, (void (*)(void))onem2m_keymgmt_gen_settable_params },
    { OSSL_FUNC_KEYMGMT_GEN, (void (*)(void))onem2m_keymgmt_gen },
    { OSSL_FUNC_KEYMGMT_GEN_CLEANUP, (void (*)(void))onem2m_keymgmt_gen_cleanup },
    { 0, NULL },
};

const OSSL_ALGORITHM onem2m_keymgmt_algorithms[] = {
    { ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY, keymgmt_functions, "Keys of oneM2M TS-0003" },
    { NULL, NULL, NULL, NULL },
};
