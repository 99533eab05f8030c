/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "material.h"

int onem2m_material_octets(const ONEM2M_MATERIAL *material, const char *use, ONEM2M_SLICE *octets,
                           ONEM2M_ERROR *error)
{
    if (material->token == NULL) {
        *octets = material->octets;
        return 1;
    }
    if (!material->key->extractable)
        return onem2m_refuse(error, ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_NO_OFFSET,
                             "%s needs the key's octets, which its PKCS#11 token does not give "
                             "out (TS-0003 6.3.1)",
                             use);
    return onem2m_refuse(error, ONEM2M_R_TOKEN_CANNOT, ONEM2M_NO_OFFSET,
                         "%s needs the key's octets, which are in a PKCS#11 token (TS-0003 6.3.1)",
                         use);
}
