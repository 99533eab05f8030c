/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_PKCS11_FIND_H
#define ONEM2M_KEYSTORE_PKCS11_FIND_H

#include "pkcs11.h"

typedef enum {
    ONEM2M_PKCS11_FOUND_IT,
    ONEM2M_PKCS11_REFUSED,
    ONEM2M_PKCS11_MISSING, /* every module says that it is not there */
    ONEM2M_PKCS11_PASSING  /* one could not say now */
} ONEM2M_PKCS11_FOUND;

/* With the turn: looks for the one token that fits the URI; sets what a session has but for its
 * handle, or *error. */
ONEM2M_PKCS11_FOUND onem2m_pkcs11_find_token(ONEM2M_PKCS11_SESSION *session, P11KitUri *uri,
                                             ONEM2M_ERROR *error);

/* With the turn: modules that were not used yet look anew at what tokens there are, the next time.
 */
void onem2m_pkcs11_look_again(P11KitUri *uri);

#endif
