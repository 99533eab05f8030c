/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include "new_file.h"

#define SUFFIX ".XXXXXX"

static int fail(ONEM2M_NEW_FILE *file, int number, const char *step)
{
    file->step = step;
    errno = number;
    return 0;
}

int onem2m_new_file_begin(ONEM2M_NEW_FILE *file, const char *path)
{
    struct stat found;

    file->path = path;
    if (lstat(path, &found) == 0)
        return fail(file, EEXIST, "the file's name");
    if (snprintf(file->temporary, sizeof(file->temporary), "%s" SUFFIX, path) >=
        (int)sizeof(file->temporary))
        return fail(file, ENAMETOOLONG, "the file's name");
    file->file = mkostemp(file->temporary, O_CLOEXEC); /* of mode 0600 */
    return file->file >= 0 || fail(file, errno, "making a file beside it");
}

/* Some file systems have no links. */
static int take_name(const ONEM2M_NEW_FILE *file)
{
    if (link(file->temporary, file->path) == 0)
        return unlink(file->temporary) == 0;
    return errno != EEXIST &&
           renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0;
}

static int sync_directory(const ONEM2M_NEW_FILE *file)
{
    char name[PATH_MAX];
    int directory, ok;

    memcpy(name, file->temporary, sizeof(name));
    directory = open(dirname(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = directory >= 0 && fsync(directory) == 0;
    if (directory >= 0)
        close(directory);
    return ok;
}

static int publish(ONEM2M_NEW_FILE *file)
{
    if (fsync(file->file) != 0)
        return fail(file, errno, "writing it to disk");
    if (!take_name(file))
        return fail(file, errno, "giving it its name");
    if (!sync_directory(file)) {
        const int number = errno;

        unlink(file->path);
        return fail(file, number, "writing its directory to disk");
    }
    return 1;
}

int onem2m_new_file_end(ONEM2M_NEW_FILE *file, int is_complete)
{
    const int ok = is_complete && publish(file);
    const int number = errno;

    close(file->file);
    if (!ok)
        unlink(file->temporary);
    errno = number;
    return ok;
}
