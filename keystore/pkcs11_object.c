/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include "pkcs11_object.h"

void onem2m_pkcs11_add(ONEM2M_PKCS11_TEMPLATE *template, CK_ATTRIBUTE_TYPE type, const void *value,
                       size_t length)
{
    template->attributes[template->count++] =
        (CK_ATTRIBUTE){ type, (void *)(uintptr_t)value, length };
}

void onem2m_pkcs11_add_flag(ONEM2M_PKCS11_TEMPLATE *template, CK_ATTRIBUTE_TYPE type, int is_set)
{
    static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

    onem2m_pkcs11_add(template, type, is_set ? &yes : &no, sizeof(yes));
}

void onem2m_pkcs11_add_secret_key(ONEM2M_PKCS11_TEMPLATE *template, const CK_KEY_TYPE *type)
{
    static const CK_OBJECT_CLASS secret_key = CKO_SECRET_KEY;

    onem2m_pkcs11_add(template, CKA_CLASS, &secret_key, sizeof(secret_key));
    if (type != NULL)
        onem2m_pkcs11_add(template, CKA_KEY_TYPE, type, sizeof(*type));
}

void onem2m_pkcs11_add_aes_key(ONEM2M_PKCS11_TEMPLATE *template, int wraps)
{
    static const CK_KEY_TYPE aes = CKK_AES;
    static const CK_ULONG octets = 32;

    onem2m_pkcs11_add_secret_key(template, &aes);
    onem2m_pkcs11_add(template, CKA_VALUE_LEN, &octets, sizeof(octets));
    onem2m_pkcs11_add_flag(template, CKA_TOKEN, 1);
    onem2m_pkcs11_add_flag(template, CKA_PRIVATE, 1);
    onem2m_pkcs11_add_flag(template, CKA_SENSITIVE, 1);
    onem2m_pkcs11_add_flag(template, CKA_EXTRACTABLE, 0);
    onem2m_pkcs11_add_flag(template, CKA_ENCRYPT, !wraps);
    onem2m_pkcs11_add_flag(template, CKA_DECRYPT, !wraps);
    onem2m_pkcs11_add_flag(template, CKA_WRAP, wraps);
    onem2m_pkcs11_add_flag(template, CKA_UNWRAP, wraps);
}

CK_RV onem2m_pkcs11_find(CK_FUNCTION_LIST *module, CK_SESSION_HANDLE session,
                         ONEM2M_PKCS11_TEMPLATE *template, CK_OBJECT_HANDLE *found, CK_ULONG *count,
                         const char **function)
{
    const CK_ULONG max = *count;
    CK_RV value, end;

    *function = "C_FindObjectsInit";
    value = module->C_FindObjectsInit(session, template->attributes, template->count);
    if (value != CKR_OK)
        return value;
    *function = "C_FindObjects";
    value = module->C_FindObjects(session, found, max, count);
    end = module->C_FindObjectsFinal(session);
    if (value != CKR_OK || end == CKR_OK)
        return value;
    *function = "C_FindObjectsFinal";
    return end;
}
