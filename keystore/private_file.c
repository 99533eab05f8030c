/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>
#include "private_file.h"

const char *onem2m_private_file_fault(const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return "it is no regular file";
    if (status->st_uid != geteuid() && status->st_uid != 0)
        return "it belongs to neither the caller nor root";
    if ((status->st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return "group or others may use it; chmod 600 is needed";
    return NULL;
}
