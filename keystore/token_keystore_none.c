/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "token_keystore.h"

int onem2m_token_keystore_parse(ONEM2M_TOKEN_KEYSTORE *keystore, const char *text,
                                ONEM2M_ERROR *error)
{
    (void)text;
    memset(keystore, 0, sizeof(*keystore));
    return onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "keystore = pkcs11:...: built without PKCS#11 (ONEM2M_PKCS11 is off)");
}

/* Of a keystore that was parsed, of which there is none. */
const ONEM2M_BACKEND_FUNCTIONS *onem2m_token_keystore_backend(const ONEM2M_TOKEN_KEYSTORE *keystore,
                                                              const char **location)
{
    (void)keystore, (void)location;
    return NULL;
}

void onem2m_token_keystore_clear(ONEM2M_TOKEN_KEYSTORE *keystore)
{
    (void)keystore;
}
