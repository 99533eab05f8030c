/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include "file_error.h"

ONEM2M_REASON onem2m_file_reason(int number)
{
    switch (number) {
    case EEXIST:
        return ONEM2M_R_STORE_EXISTS;
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
        return ONEM2M_R_STORE_MISSING;
    case EACCES:
    case EPERM:
        return ONEM2M_R_STORE_PERMISSION;
    case EROFS:
        return ONEM2M_R_STORE_READ_ONLY;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ONEM2M_R_STORE_FULL;
    case ENOMEM:
        return ONEM2M_R_OUT_OF_MEMORY;
    default:
        return ONEM2M_R_STORE_FAILED;
    }
}
