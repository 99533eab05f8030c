/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_BACKEND_PKCS11_H
#define ONEM2M_KEYSTORE_BACKEND_PKCS11_H

#include "backend.h"

/*
 * Records in a PKCS#11 token. The location is the rest of a URI of RFC 7512: a
 * token, and object, which is "onem2m" when it is not there and tells several
 * stores of a token apart. Only with ONEM2M_PKCS11.
 */
extern const ONEM2M_BACKEND_FUNCTIONS onem2m_backend_pkcs11;

#endif
