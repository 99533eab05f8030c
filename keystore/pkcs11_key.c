/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "pkcs11_object.h"

/* Domain of these texts: a key that does other work too opens none of it as a seal. */
static const unsigned char bound[] = "onem2m-provider seal";

/* Label and id, as far as the URI has them. */
static void add_names(ONEM2M_PKCS11_TEMPLATE *template, P11KitUri *uri)
{
    static const CK_ATTRIBUTE_TYPE names[] = { CKA_LABEL, CKA_ID };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const CK_ATTRIBUTE *name = p11_kit_uri_get_attribute(uri, names[i]);

        if (name != NULL)
            template->attributes[template->count++] = *name;
    }
}

/* Whoever may log in could read a key that is not sensitive. */
static int check_key(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, CK_OBJECT_HANDLE key,
                     CK_KEY_TYPE wanted, ONEM2M_ERROR *error)
{
    char name[ONEM2M_QUOTED_MAX];
    CK_BBOOL is_sensitive = CK_FALSE;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_ATTRIBUTE attributes[] = { { CKA_KEY_TYPE, &type, sizeof(type) },
                                  { CKA_SENSITIVE, &is_sensitive, sizeof(is_sensitive) } };
    const CK_RV value = session->module->C_GetAttributeValue(session->handle, key, attributes, 2);

    if (value != CKR_OK)
        return onem2m_pkcs11_refuse(error, "C_GetAttributeValue", value);
    if (type == wanted && is_sensitive)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET, "key %s of the token: %s%s",
                         onem2m_pkcs11_quote_key(name, uri),
                         type == wanted      ? "it is not sensitive, so its octets can be read"
                         : wanted == CKK_RSA ? "it is no RSA"
                                             : "it is no AES",
                         type == wanted ? "" : " key");
}

static int find_key(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri, CK_OBJECT_CLASS class,
                    CK_KEY_TYPE type, CK_OBJECT_HANDLE *key, ONEM2M_ERROR *error)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    char name[ONEM2M_QUOTED_MAX];
    CK_OBJECT_HANDLE found[2];
    CK_ULONG count = 2;
    const char *function;
    CK_RV value;

    onem2m_pkcs11_add(&template, CKA_CLASS, &class, sizeof(class));
    add_names(&template, uri);
    value =
        onem2m_pkcs11_find(session->module, session->handle, &template, found, &count, &function);
    if (value != CKR_OK) {
        onem2m_pkcs11_refuse(error, function, value);
        return -1;
    }
    if (count > 1) {
        onem2m_refuse(error, ONEM2M_R_TOKEN_KEY, ONEM2M_NO_OFFSET,
                      "several keys of the token are named %s; object= and id= together say which",
                      onem2m_pkcs11_quote_key(name, uri));
        return -1;
    }
    if (count == 0)
        return 0;
    *key = found[0];
    return check_key(session, uri, found[0], type, error) ? 1 : -1;
}

int onem2m_pkcs11_find_aes_key(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                               CK_OBJECT_HANDLE *key, ONEM2M_ERROR *error)
{
    return find_key(session, uri, CKO_SECRET_KEY, CKK_AES, key, error);
}

int onem2m_pkcs11_find_rsa_key(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                               CK_OBJECT_HANDLE *key, ONEM2M_ERROR *error)
{
    return find_key(session, uri, CKO_PRIVATE_KEY, CKK_RSA, key, error);
}

int onem2m_pkcs11_make_aes_key(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                               ONEM2M_ERROR *error)
{
    CK_MECHANISM mechanism = { CKM_AES_KEY_GEN, NULL, 0 };
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_OBJECT_HANDLE key;
    CK_RV value;

    onem2m_pkcs11_add_aes_key(&template, 0);
    add_names(&template, uri);
    value = session->module->C_GenerateKey(session->handle, &mechanism, template.attributes,
                                           template.count, &key);
    return value == CKR_OK || onem2m_pkcs11_refuse(error, "C_GenerateKey", value);
}

/* Both halves stay in the token: the public one is what its other tools know the key by. */
static void describe_rsa_key(ONEM2M_PKCS11_TEMPLATE *template, P11KitUri *uri, int is_private)
{
    static const CK_KEY_TYPE rsa = CKK_RSA;

    onem2m_pkcs11_add(template, CKA_KEY_TYPE, &rsa, sizeof(rsa));
    onem2m_pkcs11_add_flag(template, CKA_TOKEN, 1);
    onem2m_pkcs11_add_flag(template, CKA_PRIVATE, is_private);
    onem2m_pkcs11_add_flag(template, is_private ? CKA_DECRYPT : CKA_ENCRYPT, 1);
    onem2m_pkcs11_add_flag(template, is_private ? CKA_UNWRAP : CKA_WRAP, 0);
    onem2m_pkcs11_add_flag(template, is_private ? CKA_SIGN : CKA_VERIFY, 0);
    onem2m_pkcs11_add_flag(template, is_private ? CKA_SIGN_RECOVER : CKA_VERIFY_RECOVER, 0);
    add_names(template, uri);
}

int onem2m_pkcs11_make_rsa_key(const ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                               ONEM2M_ERROR *error)
{
    static const CK_ULONG bits = 3072;
    static const unsigned char f4[] = { 1, 0, 1 };
    CK_MECHANISM mechanism = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
    ONEM2M_PKCS11_TEMPLATE public_half = { .count = 0 }, private_half = { .count = 0 };
    CK_OBJECT_HANDLE handles[2];
    CK_RV value;

    describe_rsa_key(&public_half, uri, 0);
    onem2m_pkcs11_add(&public_half, CKA_MODULUS_BITS, &bits, sizeof(bits));
    onem2m_pkcs11_add(&public_half, CKA_PUBLIC_EXPONENT, f4, sizeof(f4));
    describe_rsa_key(&private_half, uri, 1);
    onem2m_pkcs11_add_flag(&private_half, CKA_SENSITIVE, 1);
    onem2m_pkcs11_add_flag(&private_half, CKA_EXTRACTABLE, 0);
    value = session->module->C_GenerateKeyPair(session->handle, &mechanism, public_half.attributes,
                                               public_half.count, private_half.attributes,
                                               private_half.count, &handles[0], &handles[1]);
    return value == CKR_OK ||
           onem2m_pkcs11_refuse(error, "C_GenerateKeyPair of RSA with 3072 bits", value);
}

int onem2m_pkcs11_get_octets(const ONEM2M_PKCS11_SESSION *session, CK_OBJECT_HANDLE key,
                             CK_ATTRIBUTE_TYPE type, unsigned char *octets, size_t *length,
                             ONEM2M_ERROR *error)
{
    CK_ATTRIBUTE attribute = { type, octets, *length };
    const CK_RV value = session->module->C_GetAttributeValue(session->handle, key, &attribute, 1);

    *length = 0;
    if (value == CKR_ATTRIBUTE_TYPE_INVALID || value == CKR_BUFFER_TOO_SMALL)
        return 1;
    if (value != CKR_OK)
        return onem2m_pkcs11_refuse(error, "C_GetAttributeValue", value);
    *length = attribute.ulValueLen;
    return 1;
}

/* A mechanism with its parameters, which a module may write to. */
typedef struct {
    unsigned char iv[ONEM2M_PKCS11_IV_OCTETS];
    unsigned char bound[sizeof(bound) - 1];
    CK_GCM_PARAMS parameters;
    CK_MECHANISM mechanism;
} GCM;

static void set_up(GCM *gcm, const unsigned char *iv)
{
    memset(gcm, 0, sizeof(*gcm));
    memcpy(gcm->iv, iv, sizeof(gcm->iv));
    memcpy(gcm->bound, bound, sizeof(gcm->bound));
    gcm->parameters.pIv = gcm->iv;
    gcm->parameters.ulIvLen = sizeof(gcm->iv);
    gcm->parameters.ulIvBits = 8 * sizeof(gcm->iv);
    gcm->parameters.pAAD = gcm->bound;
    gcm->parameters.ulAADLen = sizeof(gcm->bound);
    gcm->parameters.ulTagBits = (CK_ULONG)8 * ONEM2M_PKCS11_TAG_OCTETS;
    gcm->mechanism = (CK_MECHANISM){ CKM_AES_GCM, &gcm->parameters, sizeof(gcm->parameters) };
}

static int refuse_length(ONEM2M_ERROR *error, const char *function, CK_ULONG length)
{
    return onem2m_refuse(error, ONEM2M_R_TOKEN_FAILED, ONEM2M_NO_OFFSET,
                         "PKCS#11 module: %s with CKM_AES_GCM gave %lu octets", function, length);
}

int onem2m_pkcs11_encrypt(const ONEM2M_PKCS11_SESSION *session, CK_OBJECT_HANDLE key,
                          const unsigned char *iv, unsigned char *in, size_t in_length,
                          unsigned char *out, ONEM2M_ERROR *error)
{
    const CK_ULONG expected = in_length + ONEM2M_PKCS11_TAG_OCTETS;
    CK_ULONG length = expected;
    CK_RV value;
    GCM gcm;

    set_up(&gcm, iv);
    value = session->module->C_EncryptInit(session->handle, &gcm.mechanism, key);
    if (value != CKR_OK)
        return onem2m_pkcs11_refuse(error, "C_EncryptInit with CKM_AES_GCM", value);
    value = session->module->C_Encrypt(session->handle, in, in_length, out, &length);
    if (value != CKR_OK)
        return onem2m_pkcs11_refuse(error, "C_Encrypt with CKM_AES_GCM", value);
    return length == expected || refuse_length(error, "C_Encrypt", length);
}

int onem2m_pkcs11_decrypt(const ONEM2M_PKCS11_SESSION *session, CK_OBJECT_HANDLE key,
                          const unsigned char *iv, unsigned char *in, size_t in_length,
                          unsigned char *out, ONEM2M_ERROR *error)
{
    const CK_ULONG expected = in_length - ONEM2M_PKCS11_TAG_OCTETS;
    CK_ULONG length = in_length;
    CK_RV value;
    GCM gcm;

    set_up(&gcm, iv);
    value = session->module->C_DecryptInit(session->handle, &gcm.mechanism, key);
    if (value != CKR_OK)
        return onem2m_pkcs11_refuse(error, "C_DecryptInit with CKM_AES_GCM", value);
    value = session->module->C_Decrypt(session->handle, in, in_length, out, &length);
    if (value != CKR_OK)
        return onem2m_pkcs11_refuse(error, "C_Decrypt with CKM_AES_GCM", value);
    return length == expected || refuse_length(error, "C_Decrypt", length);
}
