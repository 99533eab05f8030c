/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include "file_error.h"
#include "lmdb_file.h"

#define SHOWN_MAX 64 /* octets of a directory in an error text */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The last octets of a long path say more than the first. */
static void show_directory(char out[SHOWN_MAX + 4], const char *directory)
{
    const size_t length = strlen(directory);
    char *at = out;

    if (length > SHOWN_MAX) {
        directory += length - SHOWN_MAX;
        at = stpcpy(at, "...");
    }
    for (; *directory != '\0'; directory++)
        *at++ = (char)(*directory >= 0x20 && *directory < 0x7F ? *directory : '?');
    *at = '\0';
}

int onem2m_lmdb_refuse(ONEM2M_ERROR *error, ONEM2M_REASON reason, const char *directory,
                       const char *format, ...)
{
    char shown[SHOWN_MAX + 4], text[sizeof(error->detail)];
    va_list arguments;

    va_start(arguments, format);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): the line above
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    show_directory(shown, directory);
    return onem2m_refuse(error, reason, ONEM2M_NO_OFFSET, "lmdb:%s: %s", shown, text);
}

int onem2m_lmdb_refuse_errno(ONEM2M_ERROR *error, int number, const char *directory,
                             const char *what)
{
    char buffer[96];

    return onem2m_lmdb_refuse(error, onem2m_file_reason(number), directory, "%s: %s", what,
                              strerror_r(number, buffer, sizeof(buffer)));
}

static int path_of(char path[PATH_MAX], const char *directory, const char *file,
                   ONEM2M_ERROR *error)
{
    if ((size_t)snprintf(path, PATH_MAX, "%s/%s", directory, file) < PATH_MAX)
        return 1;
    return onem2m_lmdb_refuse_errno(error, ENAMETOOLONG, directory, "the directory's name");
}

/* LMDB needs a shared memory map that is the same for all, and locks that work. */
int onem2m_lmdb_check_place(const char *directory, ONEM2M_ERROR *error)
{
    static const struct {
        unsigned long type; /* of statfs(2) */
        const char *name;
    } networks[] = {
        { 0x6969, "NFS" },
        { 0x517B, "SMB" },
        { 0xFF534D42, "CIFS" },
        { 0xFE534D42, "SMB2" },
        { 0x5346414F, "AFS" },
        { 0x6B414653, "AFS" },
        { 0x73757245, "Coda" },
        { 0x564C, "NCP" },
        { 0x01021997, "9P" },
        { 0x00C36400, "Ceph" },
        { 0x0BD00BD0, "Lustre" },
        { 0x01161970, "GFS2" },
        { 0x7461636F, "OCFS2" },
        { 0x786F4256, "VirtualBox shared folder" },
        { 0xBACBACBC, "VMware shared folder" },
    };
    struct statfs place;

    if (statfs(directory, &place) != 0)
        return onem2m_lmdb_refuse_errno(error, errno, directory, "looking at the file system");
    for (size_t i = 0; i < COUNT(networks); i++) {
        if ((unsigned long)place.f_type == networks[i].type)
            return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_PLACE, directory,
                                      "a key store cannot be on a network file system (%s)",
                                      networks[i].name);
    }
    return 1;
}

/*
 * Whether the whole file system is mounted for reading, and not just here: the
 * options of a line of /proc/self/mountinfo after " - " are the file system's.
 */
static int line_is_read_only(const char *line)
{
    const char *at = strstr(line, " - ");

    for (int word = 0; at != NULL && word < 3; word++) /* the dash, type and source */
        at = strchr(at + 1, ' ');
    return at != NULL && (strncmp(at, " ro\n", 4) == 0 || strncmp(at, " ro,", 4) == 0);
}

static int device_is_read_only(dev_t device)
{
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    char *line = NULL, wanted[32], found[32];
    size_t size = 0;
    int read_only = 0;

    snprintf(wanted, sizeof(wanted), "%u:%u", major(device), minor(device));
    while (mounts != NULL && !read_only && getline(&line, &size, mounts) > 0) {
        if (sscanf(line, "%*u %*u %31s", found) == 1 && strcmp(found, wanted) == 0)
            read_only = line_is_read_only(line);
    }
    free(line);
    if (mounts != NULL)
        fclose(mounts);
    return read_only;
}

static int may(const char *path, int how)
{
    return faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0;
}

/* A reader without locks is safe where nobody can write, and nowhere else. */
static int check_read_only_mount(ONEM2M_LMDB_FILES *files, const char *directory,
                                 ONEM2M_ERROR *error)
{
    files->read_only = 1;
    if (device_is_read_only(files->data.st_dev))
        return 1;
    return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_PERMISSION, directory,
                              "mounted read-only, but others can write to the file system: "
                              "a reader needs to write into lock.mdb");
}

static int check_lock(ONEM2M_LMDB_FILES *files, const char *directory, ONEM2M_ERROR *error)
{
    char path[PATH_MAX];

    if (!path_of(path, directory, ONEM2M_LMDB_LOCK, error))
        return 0;
    if (may(path, R_OK | W_OK))
        return 1;
    if (errno == EROFS)
        return check_read_only_mount(files, directory, error);
    if (errno != ENOENT)
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_PERMISSION, directory,
                                  "readers too need to read and write lock.mdb");
    if (may(directory, W_OK | X_OK))
        return 1;
    if (errno == EROFS)
        return check_read_only_mount(files, directory, error);
    return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_PERMISSION, directory,
                              "lock.mdb is not there, and may not be made in this directory");
}

static int check_permissions(ONEM2M_LMDB_FILES *files, const char *directory, const char *data,
                             ONEM2M_ERROR *error)
{
    files->read_only = 0;
    if (!S_ISREG(files->data.st_mode))
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_NOT_OURS, directory,
                                  "data.mdb is not a regular file");
    if (!may(data, R_OK))
        return onem2m_lmdb_refuse_errno(error, errno, directory, "reading data.mdb");
    if (!may(data, W_OK))
        files->read_only = 1;
    return check_lock(files, directory, error);
}

int onem2m_lmdb_check_files(ONEM2M_LMDB_FILES *files, const char *directory, ONEM2M_ERROR *error)
{
    char path[PATH_MAX];
    int data, ok;

    if (!path_of(path, directory, ONEM2M_LMDB_DATA, error))
        return 0;
    if (stat(directory, &files->directory) != 0)
        return onem2m_lmdb_refuse_errno(error, errno, directory, "the directory");
    /* A link is no store, and never one that is not there yet. */
    if (lstat(path, &files->data) != 0)
        return errno == ENOENT ? onem2m_lmdb_refuse(error, ONEM2M_R_STORE_MISSING, directory,
                                                    "there is no key store in this directory")
                               : onem2m_lmdb_refuse_errno(error, errno, directory, "data.mdb");
    if (!onem2m_lmdb_check_place(directory, error) ||
        !check_permissions(files, directory, path, error))
        return 0;
    data = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (data < 0)
        return onem2m_lmdb_refuse_errno(error, errno, directory, "opening data.mdb");
    ok = onem2m_lmdb_check_data(files, data, directory, error);
    close(data);
    return ok;
}

int onem2m_lmdb_is_in_place(const char *path, const struct stat *found)
{
    struct stat now;

    if (lstat(path, &now) != 0)
        return errno != ENOENT && errno != ENOTDIR;
    return now.st_dev == found->st_dev && now.st_ino == found->st_ino;
}

int onem2m_lmdb_allocate_lock(const char *directory, ONEM2M_ERROR *error)
{
    char path[PATH_MAX];
    struct stat info;
    int lock, ok;

    if (!path_of(path, directory, ONEM2M_LMDB_LOCK, error))
        return 0;
    lock = open(path, O_RDWR | O_CLOEXEC);
    if (lock < 0)
        return 1;
    ok = fstat(lock, &info) != 0 || info.st_blocks * 512 >= info.st_size ||
         fallocate(lock, FALLOC_FL_KEEP_SIZE, 0, info.st_size) == 0 || errno == EOPNOTSUPP ||
         onem2m_lmdb_refuse_errno(error, errno, directory, "disk blocks for lock.mdb");
    close(lock);
    return ok;
}

int onem2m_lmdb_make_lock(const char *directory, size_t size)
{
    char path[PATH_MAX];
    int lock, rc;

    if (!path_of(path, directory, ONEM2M_LMDB_LOCK, NULL))
        return 0;
    lock = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (lock < 0)
        return errno == EEXIST;
    rc = posix_fallocate(lock, 0, (off_t)size);
    close(lock);
    if (rc != 0)
        unlink(path);
    errno = rc;
    return rc == 0;
}

void onem2m_lmdb_share_lock(const char *directory, const struct stat *data)
{
    const mode_t wanted =
        0600 | ((data->st_mode & 0040) != 0 ? 0060 : 0) | ((data->st_mode & 0004) != 0 ? 0006 : 0);
    char path[PATH_MAX];
    struct stat lock;

    if (!path_of(path, directory, ONEM2M_LMDB_LOCK, NULL) || stat(path, &lock) != 0 ||
        lock.st_uid != geteuid())
        return;
    if (lock.st_gid != data->st_gid && chown(path, (uid_t)-1, data->st_gid) != 0)
        return;
    if ((lock.st_mode & 0777) != wanted)
        (void)chmod(path, wanted);
}
