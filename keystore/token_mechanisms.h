/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_TOKEN_MECHANISMS_H
#define ONEM2M_KEYSTORE_TOKEN_MECHANISMS_H

#include <p11-kit/pkcs11.h>

/* What PKCS#11 3.0 has and the header of p11-kit 0.24 has not. The layouts are the standard's. */

#define ONEM2M_CKM_AES_KEY_WRAP_KWP 0x210BUL
#define ONEM2M_CKM_SP800_108_FEEDBACK_KDF 0x3ADUL
#define ONEM2M_CKM_HKDF_DERIVE 0x402AUL

#define ONEM2M_CK_SP800_108_ITERATION_VARIABLE 1UL
#define ONEM2M_CK_SP800_108_BYTE_ARRAY 4UL

typedef struct {
    CK_ULONG type;
    void *pValue;
    CK_ULONG ulValueLen;
} ONEM2M_CK_PRF_DATA_PARAM;

typedef struct {
    CK_MECHANISM_TYPE prfType;
    CK_ULONG ulNumberOfDataParams;
    ONEM2M_CK_PRF_DATA_PARAM *pDataParams;
    CK_ULONG ulIVLen;
    unsigned char *pIV;
    CK_ULONG ulAdditionalDerivedKeys;
    void *pAdditionalDerivedKeys;
} ONEM2M_CK_SP800_108_FEEDBACK_KDF_PARAMS;

#define ONEM2M_CKF_HKDF_SALT_NULL 1UL
#define ONEM2M_CKF_HKDF_SALT_DATA 2UL
#define ONEM2M_CKF_HKDF_SALT_KEY 4UL

typedef struct {
    CK_BBOOL bExtract, bExpand;
    CK_MECHANISM_TYPE prfHashMechanism;
    CK_ULONG ulSaltType;
    unsigned char *pSalt;
    CK_ULONG ulSaltLen;
    CK_OBJECT_HANDLE hSaltKey;
    unsigned char *pInfo;
    CK_ULONG ulInfoLen;
} ONEM2M_CK_HKDF_PARAMS;

#endif
