/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include "material.h"

int onem2m_material_read(const ONEM2M_MATERIAL *material, unsigned char *out, ONEM2M_ERROR *error)
{
    if (material->token != NULL && material->key->extractable)
        return onem2m_token_read(material->token, material->key, out, error);
    if (material->token != NULL)
        return onem2m_refuse(error, ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_NO_OFFSET,
                             "the key's octets are needed, which its PKCS#11 token does not give "
                             "out (TS-0003 6.3.1)");
    if (material->octets.length > 0)
        memcpy(out, material->octets.data, material->octets.length);
    return 1;
}

int onem2m_material_mac(const ONEM2M_MATERIAL *material, ONEM2M_HMAC *hmac, const EVP_MD *digest,
                        const ONEM2M_SLICE *parts, size_t count, unsigned char *out,
                        ONEM2M_ERROR *error)
{
    if (material->token != NULL)
        return onem2m_token_mac(material->token, material->key, digest, parts, count, out, error);
    return onem2m_hmac(hmac, digest, material->octets, parts, count, out, error);
}
