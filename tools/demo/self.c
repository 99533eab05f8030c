/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "self.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

void self_path(char path[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

    if (length > 0)
        path[length] = '\0';
    else
        snprintf(path, PATH_MAX, "%s", program_invocation_name);
}
