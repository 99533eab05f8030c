/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_PKCS11_OBJECT_H
#define ONEM2M_KEYSTORE_PKCS11_OBJECT_H

#include "pkcs11.h"

#define ONEM2M_PKCS11_TEMPLATE_MAX 16

/* What an object has, or must have to be found. What values point to lives as long. */
typedef struct {
    CK_ATTRIBUTE attributes[ONEM2M_PKCS11_TEMPLATE_MAX];
    CK_ULONG count;
} ONEM2M_PKCS11_TEMPLATE;

/* value: of length octets; no module writes to it, although the type has no const. */
void onem2m_pkcs11_add(ONEM2M_PKCS11_TEMPLATE *template, CK_ATTRIBUTE_TYPE type, const void *value,
                       size_t length);
void onem2m_pkcs11_add_flag(ONEM2M_PKCS11_TEMPLATE *template, CK_ATTRIBUTE_TYPE type, int is_set);

/* CKO_SECRET_KEY; type: of a key type, NULL for any. */
void onem2m_pkcs11_add_secret_key(ONEM2M_PKCS11_TEMPLATE *template, const CK_KEY_TYPE *type);

/* For C_GenerateKey: a private, sensitive AES-256 key of the token, not extractable, that wraps, or
 * that encrypts, and does nothing else. */
void onem2m_pkcs11_add_aes_key(ONEM2M_PKCS11_TEMPLATE *template, int wraps);

/*
 * The first *count objects that fit a template; *count becomes how many there
 * are, at most that. *function: the name of what failed.
 */
CK_RV onem2m_pkcs11_find(CK_FUNCTION_LIST *module, CK_SESSION_HANDLE session,
                         ONEM2M_PKCS11_TEMPLATE *template, CK_OBJECT_HANDLE *found, CK_ULONG *count,
                         const char **function);

#endif
