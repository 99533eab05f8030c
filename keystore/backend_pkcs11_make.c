/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include "backend_pkcs11_internal.h"

/* Making */

/* The octets of an object, behind a title of that length. For free. */
static unsigned char *compose(const ONEM2M_TITLE_TEXT *title, size_t title_length,
                              const ONEM2M_ENTRY *entry, size_t *length)
{
    const size_t octets_length = entry != NULL ? entry->name_length + entry->value_length : 0;
    unsigned char *octets = malloc(title_length + ONEM2M_OBJECT_LENGTH_OCTETS +
                                   sizeof(ONEM2M_OBJECT_MARK) + octets_length);
    unsigned char *at = octets;

    if (octets == NULL)
        return NULL;
    memcpy(at, title->text, title_length);
    at += title_length;
    if (entry == NULL) {
        memcpy(at, ONEM2M_OBJECT_MARK, sizeof(ONEM2M_OBJECT_MARK) - 1);
        at += sizeof(ONEM2M_OBJECT_MARK) - 1;
        *at++ = ONEM2M_OBJECT_VERSION;
    } else {
        *at++ = (unsigned char)(entry->name_length >> 8);
        *at++ = (unsigned char)entry->name_length;
        memcpy(at, entry->octets, octets_length);
        at += octets_length;
    }
    *length = (size_t)(at - octets);
    return octets;
}

static size_t title_in_octets(const ONEM2M_OBJECT_FORM *form, const ONEM2M_TITLE_TEXT *title)
{
    return form->title == form->octets ? strlen(title->text) + 1 : 0;
}

static CK_RV create(const ONEM2M_BACKEND *backend, const ONEM2M_TITLE_TEXT *title,
                    const unsigned char *octets, size_t length, int is_anchor,
                    CK_OBJECT_HANDLE *handle)
{
    static const CK_ATTRIBUTE_TYPE uses[] = { CKA_SIGN, CKA_VERIFY, CKA_ENCRYPT, CKA_DECRYPT,
                                              CKA_WRAP, CKA_UNWRAP, CKA_DERIVE };
    static const CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
    static const unsigned char nothing[16] = { 0 }; /* what a key without a use is made of */
    const ONEM2M_OBJECT_FORM *form = backend->form;
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };

    onem2m_object_add_family(&template, backend, form);
    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 1);
    onem2m_pkcs11_add_flag(&template, CKA_PRIVATE, 1);
    onem2m_pkcs11_add_flag(&template, CKA_MODIFIABLE, is_anchor);
    onem2m_pkcs11_add(&template, form->octets, octets, length);
    if (form == &onem2m_object_data) {
        onem2m_pkcs11_add(&template, form->title, title->text, strlen(title->text));
    } else {
        onem2m_pkcs11_add(&template, CKA_KEY_TYPE, &generic, sizeof(generic));
        onem2m_pkcs11_add(&template, CKA_VALUE, nothing, sizeof(nothing));
        for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
            onem2m_pkcs11_add_flag(&template, uses[i], 0);
    }
    return backend->session.module->C_CreateObject(backend->session.handle, template.attributes,
                                                   template.count, handle);
}

static int refuse_creation(ONEM2M_ERROR *error, CK_RV value, size_t length)
{
    switch (value) {
    case CKR_DEVICE_MEMORY:
        return onem2m_refuse(error, ONEM2M_R_STORE_FULL, ONEM2M_NO_OFFSET,
                             "the PKCS#11 token has no room for %zu octets more "
                             "(CKR_DEVICE_MEMORY)",
                             length);
    case CKR_ATTRIBUTE_VALUE_INVALID:
    case CKR_DATA_LEN_RANGE:
        return onem2m_refuse(error, ONEM2M_R_STORE_FULL, ONEM2M_NO_OFFSET,
                             "the PKCS#11 token keeps no object of %zu octets (%s)", length,
                             onem2m_pkcs11_value_name(value));
    case CKR_TOKEN_WRITE_PROTECTED:
    case CKR_SESSION_READ_ONLY:
        return onem2m_refuse(error, ONEM2M_R_STORE_READ_ONLY, ONEM2M_NO_OFFSET,
                             "the PKCS#11 token may only be read (%s)",
                             onem2m_pkcs11_value_name(value));
    default:
        return onem2m_pkcs11_refuse(error, "C_CreateObject", value);
    }
}

/* What a token says that keeps no data objects at all. */
static int is_no_data(CK_RV value)
{
    return value == CKR_ATTRIBUTE_VALUE_INVALID || value == CKR_ATTRIBUTE_TYPE_INVALID ||
           value == CKR_TEMPLATE_INCONSISTENT || value == CKR_FUNCTION_NOT_SUPPORTED;
}

static CK_RV make(const ONEM2M_BACKEND *backend, const ONEM2M_ENTRY *entry, ONEM2M_TITLED *made,
                  size_t *length)
{
    unsigned char *octets =
        compose(&made->title, title_in_octets(backend->form, &made->title), entry, length);
    CK_RV value = CKR_HOST_MEMORY;

    if (octets != NULL)
        value = create(backend, &made->title, octets, *length, entry == NULL, &made->handle);
    free(octets);
    return value;
}

int onem2m_object_make(ONEM2M_BACKEND *backend, const ONEM2M_TITLE *title,
                       const ONEM2M_ENTRY *entry, ONEM2M_TITLED *made, ONEM2M_ERROR *error)
{
    const int is_first = backend->form == NULL;
    size_t length = 0;
    CK_RV value;

    made->title = onem2m_title_text(title);
    if (is_first)
        backend->form = &onem2m_object_data;
    value = make(backend, entry, made, &length);
    if (is_first && is_no_data(value)) {
        backend->form = &onem2m_object_key;
        value = make(backend, entry, made, &length);
    }
    if (value == CKR_OK)
        return 1;
    if (is_first)
        backend->form = NULL;
    return refuse_creation(error, value, length);
}

int onem2m_object_has_title(ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE handle,
                            const ONEM2M_TITLE_TEXT *title, ONEM2M_ERROR *error)
{
    ONEM2M_TITLE_TEXT found;
    const int there = onem2m_object_title(backend, handle, &found, error);

    return there > 0 ? onem2m_title_equal(&found, title) : there;
}

int onem2m_object_retitle(ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE anchor,
                          const ONEM2M_TITLE_TEXT *title, ONEM2M_ERROR *error)
{
    size_t length = strlen(title->text);
    CK_ATTRIBUTE attribute = { backend->form->title, (void *)(uintptr_t)title->text, length };
    unsigned char *octets = NULL;
    CK_RV value;
    int has;

    if (backend->form != &onem2m_object_data) {
        octets = compose(title, length + 1, NULL, &length);
        if (octets == NULL)
            return onem2m_records_out_of_memory(error);
        attribute = (CK_ATTRIBUTE){ backend->form->title, octets, length };
    }
    value = backend->session.module->C_SetAttributeValue(backend->session.handle, anchor,
                                                         &attribute, 1);
    free(octets);
    if (value != CKR_OK)
        return onem2m_pkcs11_refuse(error, "C_SetAttributeValue", value);
    has = onem2m_object_has_title(backend, anchor, title, error);
    if (has == 0)
        onem2m_refuse(error, ONEM2M_R_TOKEN_FAILED, ONEM2M_NO_OFFSET,
                      "the PKCS#11 token did not keep the title of an anchor, of %zu octets",
                      strlen(title->text));
    return has > 0;
}

int onem2m_object_destroy(ONEM2M_BACKEND *backend, const ONEM2M_TITLED *titled, ONEM2M_ERROR *error)
{
    const int has = onem2m_object_has_title(backend, titled->handle, &titled->title, error);
    CK_RV value;

    if (has <= 0)
        return has == 0;
    value = backend->session.module->C_DestroyObject(backend->session.handle, titled->handle);
    return value == CKR_OK || value == CKR_OBJECT_HANDLE_INVALID ||
           onem2m_pkcs11_refuse(error, "C_DestroyObject", value);
}
