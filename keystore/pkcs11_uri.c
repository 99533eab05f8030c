/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>
#include "pkcs11.h"
#include "pkcs11_turn.h"

#define FILE_SCHEME "file:"

static int refuse(ONEM2M_ERROR *error, const char *what)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "PKCS#11 URI (RFC 7512): %s", what);
}

const char *onem2m_pkcs11_pin_path(const P11KitUri *uri)
{
    const char *source = p11_kit_uri_get_pin_source(uri);

    if (source == NULL)
        return NULL;
    source += strlen(FILE_SCHEME);
    return strncmp(source, "///", 3) == 0 ? source + 2 : source; /* file:///etc/pin, RFC 8089 */
}

static int check_pin(const P11KitUri *uri, ONEM2M_ERROR *error)
{
    const char *source = p11_kit_uri_get_pin_source(uri);

    if (p11_kit_uri_get_pin_value(uri) != NULL)
        return refuse(error, "pin-value is refused, since any code of the process can read this "
                             "value; pin-source=file:PATH is needed");
    if (source == NULL)
        return 1;
    if (strncmp(source, FILE_SCHEME, strlen(FILE_SCHEME)) != 0 ||
        source[strlen(FILE_SCHEME)] == '\0')
        return refuse(error, "pin-source is not file:PATH");
    return 1;
}

static int names_token(P11KitUri *uri)
{
    const CK_TOKEN_INFO *token = p11_kit_uri_get_token_info(uri);

    return token->label[0] != 0 || token->serialNumber[0] != 0;
}

static int names_key(P11KitUri *uri)
{
    return p11_kit_uri_get_attribute(uri, CKA_LABEL) != NULL ||
           p11_kit_uri_get_attribute(uri, CKA_ID) != NULL;
}

CK_OBJECT_CLASS onem2m_pkcs11_class(P11KitUri *uri, CK_OBJECT_CLASS otherwise)
{
    const CK_ATTRIBUTE *type = p11_kit_uri_get_attribute(uri, CKA_CLASS);

    if (type != NULL && type->ulValueLen == sizeof(otherwise))
        memcpy(&otherwise, type->pValue, sizeof(otherwise));
    return otherwise;
}

/* object: the label of a URI that has none; NULL: it must name a key. */
static int check_key(P11KitUri *uri, const char *object, ONEM2M_ERROR *error)
{
    CK_ATTRIBUTE label = { CKA_LABEL, (void *)(uintptr_t)object, 0 };

    if (object == NULL)
        return names_key(uri) || refuse(error, "it names no key: object= or id= is needed");
    if (p11_kit_uri_get_attribute(uri, CKA_ID) != NULL)
        return refuse(error, "id= is of one key; object= is what the labels of many begin with");
    if (names_key(uri))
        return 1;
    label.ulValueLen = strlen(object);
    return p11_kit_uri_set_attribute(uri, &label) == P11_KIT_URI_OK ||
           refuse(error, "no memory for its label");
}

static int check(P11KitUri *uri, const char *object, ONEM2M_ERROR *error)
{
    if (p11_kit_uri_any_unrecognized(uri))
        return refuse(error, "an attribute that is not of RFC 7512");
    if (!names_token(uri))
        return refuse(error, "it names no token: token= or serial= is needed");
    return check_key(uri, object, error) && check_pin(uri, error);
}

static int parse(P11KitUri **uri, const char *text, const char *object, ONEM2M_ERROR *error)
{
    int code;

    /* Whoever uses a token begins here. */
    *uri = onem2m_pkcs11_watch_forks() ? p11_kit_uri_new() : NULL;
    if (*uri == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    code = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, *uri);
    if (code != P11_KIT_URI_OK ? refuse(error, p11_kit_uri_message(code))
                               : check(*uri, object, error))
        return 1;
    p11_kit_uri_free(*uri);
    *uri = NULL;
    return 0;
}

int onem2m_pkcs11_parse_uri_of_any(P11KitUri **uri, const char *text, ONEM2M_ERROR *error)
{
    return parse(uri, text, NULL, error);
}

/* Frees what is of another class than secret keys. */
static int check_class(P11KitUri **uri, ONEM2M_ERROR *error)
{
    if (onem2m_pkcs11_class(*uri, CKO_SECRET_KEY) == CKO_SECRET_KEY)
        return 1;
    p11_kit_uri_free(*uri);
    *uri = NULL;
    return refuse(error, "type= must be secret-key");
}

int onem2m_pkcs11_parse_uri(P11KitUri **uri, const char *text, ONEM2M_ERROR *error)
{
    return parse(uri, text, NULL, error) && check_class(uri, error);
}

int onem2m_pkcs11_parse_token_uri(P11KitUri **uri, const char *text, const char *object,
                                  ONEM2M_ERROR *error)
{
    return parse(uri, text, object, error) && check_class(uri, error);
}

static const char *quote(char out[ONEM2M_QUOTED_MAX], const void *octets, size_t length)
{
    char text[ONEM2M_QUOTED_MAX] = "";

    if (length >= sizeof(text))
        length = sizeof(text) - 1;
    memcpy(text, octets, length);
    return onem2m_quote(out, text);
}

const char *onem2m_pkcs11_quote_token(char out[ONEM2M_QUOTED_MAX], P11KitUri *uri)
{
    const CK_TOKEN_INFO *token = p11_kit_uri_get_token_info(uri);
    const unsigned char *name = token->label;
    size_t length = sizeof(token->label);

    if (name[0] == 0) {
        name = token->serialNumber;
        length = sizeof(token->serialNumber);
    }
    while (length > 0 && name[length - 1] == ' ')
        length--;
    return quote(out, name, length);
}

const char *onem2m_pkcs11_quote_key(char out[ONEM2M_QUOTED_MAX], P11KitUri *uri)
{
    const CK_ATTRIBUTE *name = p11_kit_uri_get_attribute(uri, CKA_LABEL);

    if (name == NULL)
        name = p11_kit_uri_get_attribute(uri, CKA_ID);
    return quote(out, name->pValue, name->ulValueLen);
}
