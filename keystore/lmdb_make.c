/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lmdb_internal.h"

/*
 * A store is made in a directory of its own inside the one it is for, and then
 * linked into that: a store that others can see is complete and on disk, and
 * of two who make one at the same time the second finds it there.
 */
typedef struct {
    char directory[PATH_MAX]; /* where it is made */
    char data[PATH_MAX];      /* the file that is made */
    char final[PATH_MAX];     /* what it becomes */
    int held;                 /* the directory, locked */
} PLACE;

/* How often somebody may take a fresh directory for one that was left. */
#define PLACES_MAX 8

#define LOCK_OCTETS_PER_READER 64

/* What may be in an empty directory. */
static int is_nothing(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "lost+found") == 0 ||
           strcmp(name, ONEM2M_LMDB_LOCK) == 0 ||
           strncmp(name, ONEM2M_LMDB_NEW, sizeof(ONEM2M_LMDB_NEW) - 1) == 0;
}

static int exists(const char *directory, ONEM2M_ERROR *error)
{
    return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_EXISTS, directory,
                              "there is a key store in this directory already");
}

static int check_empty(const char *directory, ONEM2M_ERROR *error)
{
    DIR *listing = opendir(directory);
    const struct dirent *entry;
    int is_empty = 1, has_data = 0;

    if (listing == NULL)
        return onem2m_lmdb_refuse_errno(error, errno, directory, "listing the directory");
    while ((entry = readdir(listing)) != NULL) {
        is_empty &= is_nothing(entry->d_name);
        has_data |= strcmp(entry->d_name, ONEM2M_LMDB_DATA) == 0;
    }
    closedir(listing);
    if (has_data)
        return exists(directory, error);
    return is_empty ||
           onem2m_lmdb_refuse(error, ONEM2M_R_STORE_NOT_OURS, directory,
                              "a key store is made in an empty directory only; this one has files");
}

static int make_directory(PLACE *place, const char *directory, ONEM2M_ERROR *error)
{
    const int length = snprintf(place->directory, sizeof(place->directory),
                                "%s/" ONEM2M_LMDB_NEW "XXXXXX", directory);

    if (length < 0 || (size_t)length + sizeof("/" ONEM2M_LMDB_DATA) > PATH_MAX)
        return onem2m_lmdb_refuse_errno(error, ENAMETOOLONG, directory, "the directory's name");
    if (mkdtemp(place->directory) == NULL)
        return onem2m_lmdb_refuse_errno(error, errno, directory, "making a directory in it");
    place->held = onem2m_lmdb_hold_place(place->directory);
    return 1;
}

static int make_place(PLACE *place, const char *directory, ONEM2M_ERROR *error)
{
    place->held = -1;
    for (int i = 0; i < PLACES_MAX && place->held < 0; i++) {
        if (!make_directory(place, directory, error))
            return 0;
    }
    if (place->held < 0)
        return onem2m_lmdb_refuse_errno(error, EBUSY, directory, "holding a directory in it");
    stpcpy(stpcpy(place->data, place->directory), "/" ONEM2M_LMDB_DATA);
    stpcpy(stpcpy(place->final, directory), "/" ONEM2M_LMDB_DATA);
    return 1;
}

static void remove_place(const PLACE *place)
{
    char lock[PATH_MAX + sizeof(ONEM2M_LMDB_LOCK)];

    snprintf(lock, sizeof(lock), "%s/" ONEM2M_LMDB_LOCK, place->directory);
    unlink(lock);
    unlink(place->data);
    rmdir(place->directory);
    close(place->held);
}

static int put_mark(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error)
{
    char name[] = ONEM2M_LMDB_MARK_NAME, mark[64];
    MDB_val key = { sizeof(name) - 1, name }, value = { 0, mark };
    int rc;

    value.mv_size =
        (size_t)snprintf(mark, sizeof(mark), ONEM2M_LMDB_MARK "%d", ONEM2M_LMDB_MARK_VERSION);
    rc = mdb_put(transaction->txn, transaction->meta, &key, &value, 0);
    if (rc == 0)
        rc = mdb_dbi_open(transaction->txn, ONEM2M_LMDB_ENTRIES, MDB_CREATE, &transaction->entries);
    return rc == 0 || onem2m_lmdb_refuse_entry(transaction, rc, "marking the store", error);
}

static int fill_store(const PLACE *place, onem2m_fill_fn *fill, void *argument, ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_ENVIRONMENT *environment =
        onem2m_lmdb_acquire(place->directory, ONEM2M_LMDB_MAKE, error);
    ONEM2M_TRANSACTION *transaction;
    int ok;

    if (environment == NULL)
        return 0;
    ok = onem2m_lmdb_begin(environment, &transaction, ONEM2M_WRITE, error);
    if (ok) {
        ok = put_mark(transaction, error) && fill(transaction, argument, error);
        ok = onem2m_lmdb_end(transaction, ok, error) && ok;
    }
    onem2m_lmdb_release(environment);
    return ok;
}

static int sync_path(const char *path, int flags)
{
    const int file = open(path, flags | O_CLOEXEC);
    int ok;

    if (file < 0)
        return 0;
    ok = fsync(file) == 0;
    close(file);
    return ok;
}

/* The store is its owner's alone, unless the directory lets its group write. */
static int set_mode(const PLACE *place, const char *directory, ONEM2M_ERROR *error)
{
    struct stat of_directory, of_data;

    if (stat(directory, &of_directory) != 0 || stat(place->data, &of_data) != 0)
        return onem2m_lmdb_refuse_errno(error, errno, directory, "looking at the new files");
    if ((of_directory.st_mode & S_IWGRP) != 0) {
        if (of_data.st_gid != of_directory.st_gid &&
            chown(place->data, (uid_t)-1, of_directory.st_gid) != 0)
            return onem2m_lmdb_refuse_errno(error, errno, directory,
                                            "giving data.mdb to the directory's group");
        if (chmod(place->data, 0660) != 0)
            return onem2m_lmdb_refuse_errno(error, errno, directory, "the mode of data.mdb");
    }
    return sync_path(place->data, O_RDONLY) ||
           onem2m_lmdb_refuse_errno(error, errno, directory, "writing data.mdb to disk");
}

/* Some file systems have no links. */
static int link_data(const PLACE *place)
{
    if (link(place->data, place->final) == 0)
        return 1;
    return errno != EEXIST &&
           renameat2(AT_FDCWD, place->data, AT_FDCWD, place->final, RENAME_NOREPLACE) == 0;
}

static int publish(const PLACE *place, const char *directory, ONEM2M_ERROR *error)
{
    struct stat data;

    if (!set_mode(place, directory, error))
        return 0;
    if (stat(place->data, &data) != 0 ||
        !onem2m_lmdb_make_lock(directory, (size_t)ONEM2M_LMDB_READERS * LOCK_OCTETS_PER_READER))
        return onem2m_lmdb_refuse_errno(error, errno, directory, "making lock.mdb");
    onem2m_lmdb_share_lock(directory, &data);
    if (!link_data(place))
        return errno == EEXIST ? exists(directory, error)
                               : onem2m_lmdb_refuse_errno(error, errno, directory,
                                                          "putting data.mdb into the directory");
    return sync_path(directory, O_RDONLY | O_DIRECTORY) ||
           onem2m_lmdb_refuse_errno(error, errno, directory, "writing the directory to disk");
}

static int begin_making(PLACE *place, const char *directory, ONEM2M_ERROR *error)
{
    if (!onem2m_lmdb_check_place(directory, error))
        return 0;
    onem2m_lmdb_remove_leftovers(directory);
    return check_empty(directory, error) && make_place(place, directory, error);
}

int onem2m_lmdb_make(const char *directory, onem2m_fill_fn *fill, void *argument,
                     ONEM2M_ERROR *error)
{
    PLACE place;
    int ok;

    if (!begin_making(&place, directory, error))
        return 0;
    ok = fill_store(&place, fill, argument, error) && publish(&place, directory, error);
    remove_place(&place);
    return ok;
}

/* Returns 0 with errno. */
static int copy_octets(int from, int to)
{
    char octets[65536];
    ssize_t got, put = 0;

    while ((got = read(from, octets, sizeof(octets))) > 0) {
        for (ssize_t done = 0; done < got; done += put) {
            put = write(to, octets + done, (size_t)(got - done));
            if (put < 0)
                return 0;
        }
    }
    return got == 0;
}

/* A device or a pipe has no end that could be waited for. */
static int open_backup(const char *path, ONEM2M_ERROR *error)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;

    if (file < 0 || fstat(file, &info) != 0) {
        onem2m_lmdb_refuse_errno(error, errno, path, "opening the backup");
    } else if (!S_ISREG(info.st_mode)) {
        onem2m_lmdb_refuse(error, ONEM2M_R_STORE_NOT_OURS, path, "this is not a regular file");
    } else {
        return file;
    }
    if (file >= 0)
        close(file);
    return -1;
}

static int fill_from(const PLACE *place, const char *path, ONEM2M_ERROR *error)
{
    const int from = open_backup(path, error);
    ONEM2M_LMDB_SIGNAL held;
    int to, ok;

    if (from < 0)
        return 0;
    onem2m_lmdb_hold_signal(&held);
    to = open(place->data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ok = (to >= 0 && copy_octets(from, to)) ||
         onem2m_lmdb_refuse_errno(error, errno, path, "copying the backup");
    if (to >= 0)
        close(to);
    onem2m_lmdb_let_signal_go(&held);
    close(from);
    return ok;
}

int onem2m_lmdb_remake(const char *directory, const char *path, onem2m_lmdb_check_fn *check,
                       void *argument, ONEM2M_ERROR *error)
{
    PLACE place;
    int ok;

    if (!begin_making(&place, directory, error))
        return 0;
    ok = fill_from(&place, path, error) && check(place.directory, argument, error) &&
         publish(&place, directory, error);
    remove_place(&place);
    return ok;
}
