/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "backend.h"

int onem2m_backend_check_name(ONEM2M_SLICE name, ONEM2M_ERROR *error)
{
    if (name.length > 0 && name.length <= ONEM2M_BACKEND_NAME_MAX)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_BAD_LENGTH, ONEM2M_NO_OFFSET,
                         "name of %zu octets in the key store: 1 to %d are possible", name.length,
                         ONEM2M_BACKEND_NAME_MAX);
}

int onem2m_backend_check_from(ONEM2M_SLICE from, ONEM2M_ERROR *error)
{
    if (from.length <= ONEM2M_BACKEND_NAME_MAX + 1)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_BAD_LENGTH, ONEM2M_NO_OFFSET,
                         "start of %zu octets in the key store: at most %d are possible",
                         from.length, ONEM2M_BACKEND_NAME_MAX + 1);
}

int onem2m_backend_check_value(ONEM2M_SLICE value, ONEM2M_ERROR *error)
{
    if (value.length <= ONEM2M_BACKEND_VALUE_MAX)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_BAD_LENGTH, ONEM2M_NO_OFFSET,
                         "value of %zu octets in the key store: at most %d are possible",
                         value.length, ONEM2M_BACKEND_VALUE_MAX);
}
