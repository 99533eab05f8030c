/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "directory.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "refuse.h"

#define LMDB "lmdb:"

/* So that a directory which was just made is still there after a power cut. */
static int sync_directory_of(const char *path, ONEM2M_ERROR *error)
{
    char copy[PATH_MAX];
    int fd, ok;

    if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
        return refuse(error, "%.100s: the name is too long", path);
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = fd >= 0 && fsync(fd) == 0;
    if (!ok)
        refuse_file(error, path);
    if (fd >= 0)
        close(fd);
    return ok;
}

int directory_make(const char *keystore, const char **made, ONEM2M_ERROR *error)
{
    const char *directory = keystore + strlen(LMDB);

    if (strncmp(keystore, LMDB, strlen(LMDB)) != 0 || directory[0] == '\0')
        return 1;
    if (mkdir(directory, S_IRWXU) != 0)
        return errno == EEXIST || refuse_file(error, directory);
    *made = directory;
    return sync_directory_of(directory, error);
}
