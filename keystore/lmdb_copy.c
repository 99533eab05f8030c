/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lmdb_internal.h"

/* A backup: one file, written under another name beside its place and then linked to it. */
typedef struct {
    const char *path;
    char temporary[PATH_MAX];
    int file;
} COPY;

#define SUFFIX ".XXXXXX"
#define TRIES 4

static int refuse_copy(const COPY *copy, int number, const char *what, ONEM2M_ERROR *error)
{
    return number == EEXIST ? onem2m_lmdb_refuse(error, ONEM2M_R_STORE_EXISTS, copy->path,
                                                 "this file is there already")
                            : onem2m_lmdb_refuse_errno(error, number, copy->path, what);
}

static int begin_copy(COPY *copy, const char *path, ONEM2M_ERROR *error)
{
    struct stat found;

    if (lstat(path, &found) == 0)
        return refuse_copy(copy, EEXIST, "", error);
    if (snprintf(copy->temporary, sizeof(copy->temporary), "%s" SUFFIX, path) >=
        (int)sizeof(copy->temporary))
        return refuse_copy(copy, ENAMETOOLONG, "the file's name", error);
    copy->file = mkostemp(copy->temporary, O_CLOEXEC); /* of mode 0600 */
    return copy->file >= 0 || refuse_copy(copy, errno, "making a file beside it", error);
}

static int start_again(COPY *copy, ONEM2M_ERROR *error)
{
    return (ftruncate(copy->file, 0) == 0 && lseek(copy->file, 0, SEEK_SET) == 0) ||
           refuse_copy(copy, errno, "writing it", error);
}

/*
 * The transaction only keeps the environment as it is: LMDB begins one of its
 * own. Compacting leaves out what free pages still hold of keys long destroyed.
 */
static int copy_snapshot(ONEM2M_LMDB_ENVIRONMENT *environment, const COPY *copy, int *rc,
                         ONEM2M_ERROR *error)
{
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_LMDB_SIGNAL held;

    if (!onem2m_lmdb_begin(environment, &transaction, ONEM2M_READ, error))
        return 0;
    onem2m_lmdb_hold_signal(&held);
    *rc = mdb_env_copyfd2(environment->mdb, copy->file, MDB_CP_COMPACT);
    onem2m_lmdb_let_signal_go(&held);
    onem2m_lmdb_end(transaction, 0, NULL);
    return 1;
}

static int fill_copy(ONEM2M_LMDB_ENVIRONMENT *environment, COPY *copy, ONEM2M_ERROR *error)
{
    int rc = MDB_MAP_RESIZED;

    /* Another process may make the map grow between the two transactions. */
    for (int i = 0; i < TRIES && rc == MDB_MAP_RESIZED; i++) {
        if (!start_again(copy, error) || !copy_snapshot(environment, copy, &rc, error))
            return 0;
    }
    if (rc == 0)
        return 1;
    return rc > 0 ? refuse_copy(copy, rc, "writing it", error)
                  : onem2m_lmdb_refuse_code(environment, rc, "copying it", error);
}

/* Whether what was written is as long as its pages need. */
static int check_copy(const COPY *copy, ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_FILES files;

    if (fstat(copy->file, &files.data) != 0)
        return refuse_copy(copy, errno, "looking at the copy", error);
    return onem2m_lmdb_check_data(&files, copy->file, copy->path, error);
}

static int link_copy(const COPY *copy)
{
    if (link(copy->temporary, copy->path) == 0)
        return 1;
    return errno != EEXIST &&
           renameat2(AT_FDCWD, copy->temporary, AT_FDCWD, copy->path, RENAME_NOREPLACE) == 0;
}

static int sync_directory(const COPY *copy)
{
    char name[PATH_MAX];
    int directory, ok;

    memcpy(name, copy->temporary, sizeof(name));
    directory = open(dirname(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = directory >= 0 && fsync(directory) == 0;
    if (directory >= 0)
        close(directory);
    return ok;
}

static int publish(const COPY *copy, ONEM2M_ERROR *error)
{
    if (fsync(copy->file) != 0)
        return refuse_copy(copy, errno, "writing it to disk", error);
    if (!link_copy(copy))
        return refuse_copy(copy, errno, "giving it its name", error);
    unlink(copy->temporary);
    return sync_directory(copy) || refuse_copy(copy, errno, "writing its directory to disk", error);
}

int onem2m_lmdb_copy(ONEM2M_LMDB_ENVIRONMENT *environment, const char *path, ONEM2M_ERROR *error)
{
    COPY copy = { .path = path, .file = -1 };
    int ok;

    if (!begin_copy(&copy, path, error))
        return 0;
    ok = fill_copy(environment, &copy, error) && check_copy(&copy, error) && publish(&copy, error);
    if (!ok)
        unlink(copy.temporary);
    close(copy.file);
    return ok;
}
