/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <unistd.h>
#include "lmdb_internal.h"
#include "new_file.h"

/* A backup: one file. */

#define TRIES 4

static int refuse_copy(const ONEM2M_NEW_FILE *copy, int number, const char *what,
                       ONEM2M_ERROR *error)
{
    return number == EEXIST ? onem2m_lmdb_refuse(error, ONEM2M_R_STORE_EXISTS, copy->path,
                                                 "this file is there already")
                            : onem2m_lmdb_refuse_errno(error, number, copy->path, what);
}

static int start_again(const ONEM2M_NEW_FILE *copy, ONEM2M_ERROR *error)
{
    return (ftruncate(copy->file, 0) == 0 && lseek(copy->file, 0, SEEK_SET) == 0) ||
           refuse_copy(copy, errno, "writing it", error);
}

/*
 * The transaction only keeps the environment as it is: LMDB begins one of its
 * own. Compacting leaves out what free pages still hold of keys long destroyed.
 */
static int copy_snapshot(ONEM2M_LMDB_ENVIRONMENT *environment, const ONEM2M_NEW_FILE *copy, int *rc,
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

static int fill_copy(ONEM2M_LMDB_ENVIRONMENT *environment, const ONEM2M_NEW_FILE *copy,
                     ONEM2M_ERROR *error)
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
static int check_copy(const ONEM2M_NEW_FILE *copy, ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_FILES files;

    if (fstat(copy->file, &files.data) != 0)
        return refuse_copy(copy, errno, "looking at the copy", error);
    return onem2m_lmdb_check_data(&files, copy->file, copy->path, error);
}

int onem2m_lmdb_copy(ONEM2M_LMDB_ENVIRONMENT *environment, const char *path, ONEM2M_ERROR *error)
{
    ONEM2M_NEW_FILE copy;
    int is_complete;

    if (!onem2m_new_file_begin(&copy, path))
        return refuse_copy(&copy, errno, copy.step, error);
    is_complete = fill_copy(environment, &copy, error) && check_copy(&copy, error);
    return onem2m_new_file_end(&copy, is_complete) ||
           (is_complete && refuse_copy(&copy, errno, copy.step, error));
}
