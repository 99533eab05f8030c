/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include "backend_pkcs11.h"
#include "pkcs11.h"
#include "token_keystore.h"

#define OBJECT "onem2m"
#define SEAL_SUFFIX " seal"
#define LABEL_MAX 160
#define RECORDS "x-records"
#define LEVEL "x-protection-level"
#define LMDB "lmdb:"

static int refuse(ONEM2M_ERROR *error, const char *what)
{
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "keystore = pkcs11:...: %s", what);
}

static int refuse_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

static int take_records(ONEM2M_TOKEN_KEYSTORE *keystore, P11KitUri *uri, ONEM2M_ERROR *error)
{
    const char *records = p11_kit_uri_get_vendor_query(uri, RECORDS);

    if (records == NULL)
        return 1;
    if (strncmp(records, LMDB, strlen(LMDB)) != 0 || records[strlen(LMDB)] == '\0')
        return refuse(error, RECORDS " is not lmdb:DIR");
    keystore->records = OPENSSL_strdup(records);
    return keystore->records != NULL || refuse_memory(error);
}

static int take_level(ONEM2M_TOKEN_KEYSTORE *keystore, P11KitUri *uri, ONEM2M_ERROR *error)
{
    const char *level = p11_kit_uri_get_vendor_query(uri, LEVEL);

    keystore->protection = 1;
    if (level == NULL)
        return 1;
    if (level[0] < '1' || level[0] > '3' || level[1] != '\0')
        return refuse(error, LEVEL " is not 1, 2 or 3 (TS-0003 table 6.3.1-1)");
    keystore->protection = level[0] - '0';
    return 1;
}

static char *format(P11KitUri *uri)
{
    char *formatted = NULL, *copy;

    if (p11_kit_uri_format(uri, P11_KIT_URI_FOR_ANY, &formatted) != P11_KIT_URI_OK)
        return NULL;
    copy = OPENSSL_strdup(formatted);
    free(formatted);
    return copy;
}

/* The same token with another label. */
static char *format_seal(P11KitUri *uri)
{
    const CK_ATTRIBUTE *object = p11_kit_uri_get_attribute(uri, CKA_LABEL);
    char label[LABEL_MAX + sizeof(SEAL_SUFFIX)];
    CK_ATTRIBUTE seal = { CKA_LABEL, label, 0 };

    if (object->ulValueLen > LABEL_MAX)
        return NULL;
    memcpy(label, object->pValue, object->ulValueLen);
    memcpy(label + object->ulValueLen, SEAL_SUFFIX, strlen(SEAL_SUFFIX));
    seal.ulValueLen = object->ulValueLen + strlen(SEAL_SUFFIX);
    return p11_kit_uri_set_attribute(uri, &seal) == P11_KIT_URI_OK ? format(uri) : NULL;
}

static int take_token(ONEM2M_TOKEN_KEYSTORE *keystore, P11KitUri *uri, ONEM2M_ERROR *error)
{
    p11_kit_uri_set_vendor_query(uri, RECORDS, NULL);
    p11_kit_uri_set_vendor_query(uri, LEVEL, NULL);
    keystore->token = format(uri);
    if (keystore->token != NULL)
        keystore->seal = format_seal(uri);
    return keystore->seal != NULL || refuse_memory(error);
}

int onem2m_token_keystore_parse(ONEM2M_TOKEN_KEYSTORE *keystore, const char *text,
                                ONEM2M_ERROR *error)
{
    P11KitUri *uri;
    int ok;

    memset(keystore, 0, sizeof(*keystore));
    if (!onem2m_pkcs11_parse_token_uri(&uri, text, OBJECT, error))
        return 0;
    ok = take_records(keystore, uri, error) && take_level(keystore, uri, error) &&
         take_token(keystore, uri, error);
    p11_kit_uri_free(uri);
    return ok;
}

const ONEM2M_BACKEND_FUNCTIONS *onem2m_token_keystore_backend(const ONEM2M_TOKEN_KEYSTORE *keystore,
                                                              const char **location)
{
    *location = strchr(keystore->token, ':') + 1;
    return &onem2m_backend_pkcs11;
}

void onem2m_token_keystore_clear(ONEM2M_TOKEN_KEYSTORE *keystore)
{
    OPENSSL_free(keystore->token);
    OPENSSL_free(keystore->records);
    OPENSSL_free(keystore->seal);
    memset(keystore, 0, sizeof(*keystore));
}
