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

void onem2m_token_keystore_clear(ONEM2M_TOKEN_KEYSTORE *keystore)
{
    (void)keystore;
}
