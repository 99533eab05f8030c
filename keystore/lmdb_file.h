/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_LMDB_FILE_H
#define ONEM2M_KEYSTORE_LMDB_FILE_H

#include <sys/stat.h>
#include "error.h"

#define ONEM2M_LMDB_DATA "data.mdb"
#define ONEM2M_LMDB_LOCK "lock.mdb"
/* Directories in which stores are made. */
#define ONEM2M_LMDB_NEW ".onem2m-new-"

/* Locks such a directory for the one who makes a store in it: the file descriptor, whose closing
 * ends that, or -1 when another is to be made. */
int onem2m_lmdb_hold_place(const char *path);

/* Removes those in directory that nobody holds: of one who was killed. */
void onem2m_lmdb_remove_leftovers(const char *directory);

/*
 * What can be said of a store's files before LMDB maps them. LMDB trusts its
 * file: a page that is beyond the end is a SIGBUS, a wild page size a SIGFPE.
 */
typedef struct {
    struct stat directory;
    struct stat data;
    size_t page_size;
    size_t used;   /* octets that the newest snapshot has pages for */
    int read_only; /* this process may only read */
} ONEM2M_LMDB_FILES;

/* onem2m_refuse with the directory in front, without its characters that are not printable. */
int onem2m_lmdb_refuse(ONEM2M_ERROR *error, ONEM2M_REASON reason, const char *directory,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same for an errno, with what failed. */
int onem2m_lmdb_refuse_errno(ONEM2M_ERROR *error, int number, const char *directory,
                             const char *what);

/*
 * Whether LMDB may open directory: a local file system, files that this
 * process may use, a data file of a format that this LMDB knows and as long as
 * its pages need. Must not be called while this process has the store open by
 * another path: it opens and closes the data file (never the lock file, on
 * which that would drop LMDB's locks).
 */
int onem2m_lmdb_check_files(ONEM2M_LMDB_FILES *files, const char *directory, ONEM2M_ERROR *error);

/* Whether path still leads to the data file that was found. One that may not be looked at any
 * more, after privileges were dropped, is taken to be in its place. */
int onem2m_lmdb_is_in_place(const char *path, const struct stat *found);

/* Whether the directory is on a file system that LMDB can be used on. */
int onem2m_lmdb_check_place(const char *directory, ONEM2M_ERROR *error);

/* Fills page_size and used from the data file, size octets long. */
int onem2m_lmdb_check_data(ONEM2M_LMDB_FILES *files, int data, const char *directory,
                           ONEM2M_ERROR *error);

/*
 * Makes lock.mdb have disk blocks for all its octets: LMDB maps it for writing,
 * and a hole that a full disk cannot fill is a SIGBUS. Not while this process
 * has the store open: it opens and closes the file.
 */
int onem2m_lmdb_allocate_lock(const char *directory, ONEM2M_ERROR *error);

/* Makes a lock file of size octets when there is none. Returns 0 with errno. */
int onem2m_lmdb_make_lock(const char *directory, size_t size);

/* Gives the lock file the group of the data file, and writing to all who may read that: a reader
 * writes into the lock file. Does nothing when it is somebody else's. */
void onem2m_lmdb_share_lock(const char *directory, const struct stat *data);

#endif
