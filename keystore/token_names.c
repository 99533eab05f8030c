/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "token.h"

const char *onem2m_custody_name(ONEM2M_CUSTODY custody)
{
    switch (custody) {
    case ONEM2M_CUSTODY_SOFTWARE:
        return "software";
    case ONEM2M_CUSTODY_OBJECT:
        return "object";
    case ONEM2M_CUSTODY_WRAPPED:
        return "wrapped";
    }
    return "unknown";
}

const char *onem2m_birth_name(ONEM2M_BIRTH birth)
{
    switch (birth) {
    case ONEM2M_BIRTH_UNKNOWN:
        break;
    case ONEM2M_BIRTH_IMPORTED:
        return "imported";
    case ONEM2M_BIRTH_GENERATED:
        return "generated";
    case ONEM2M_BIRTH_SP800_108:
        return "sp800-108-feedback";
    case ONEM2M_BIRTH_HKDF:
        return "hkdf-extract";
    case ONEM2M_BIRTH_EXTRACT:
        return "extract-key";
    case ONEM2M_BIRTH_SIGNED:
        return "host";
    }
    return "unknown";
}
