/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include "file_shim.h"
#include "store_test.h"

#define INTERPOSED __attribute__((visibility("default")))

SHIM_EVENT *shim_events;
size_t shim_count;
static size_t room;
static int recording;

static struct {
    SHIM_KIND kind;
    int synchronous, after, number, has_failed, wanted;
} failure;

void shim_record(int on)
{
    recording = on;
}

void shim_forget(void)
{
    for (size_t i = 0; i < shim_count; i++)
        free(shim_events[i].octets);
    free(shim_events);
    shim_events = NULL;
    shim_count = room = 0;
}

void shim_fail(SHIM_KIND kind, int synchronous, int after, int number)
{
    failure.kind = kind;
    failure.synchronous = synchronous;
    failure.after = after;
    failure.number = number;
    failure.has_failed = 0;
    failure.wanted = 1;
}

int shim_has_failed(void)
{
    failure.wanted = 0;
    return failure.has_failed;
}

static SHIM_EVENT *event_new(SHIM_KIND kind, ino_t file)
{
    if (shim_count == room) {
        room = room == 0 ? 1024 : 2 * room;
        SHIM_EVENT *larger = realloc(shim_events, room * sizeof(*shim_events));

        if (larger == NULL)
            abort();
        shim_events = larger;
    }
    memset(&shim_events[shim_count], 0, sizeof(*shim_events));
    shim_events[shim_count].kind = kind;
    shim_events[shim_count].file = file;
    return &shim_events[shim_count++];
}

void shim_acknowledge(void)
{
    if (recording)
        event_new(SHIM_ACKNOWLEDGED, 0);
}

static ino_t inode_of(int descriptor)
{
    struct stat info;

    return fstat(descriptor, &info) == 0 ? info.st_ino : 0;
}

static int is_synchronous(int descriptor)
{
    const int flags = fcntl(descriptor, F_GETFL);

    return flags >= 0 && (flags & O_DSYNC) != 0;
}

static int is_data(int descriptor)
{
    char link_path[64], target[PATH_MAX];
    ssize_t length;

    snprintf(link_path, sizeof(link_path), "/proc/self/fd/%d", descriptor);
    length = readlink(link_path, target, sizeof(target) - 1);
    if (length < 8)
        return 0;
    target[length] = '\0';
    return strcmp(target + length - 8, "data.mdb") == 0;
}

static int must_fail(SHIM_KIND kind, int descriptor)
{
    if (!failure.wanted || failure.kind != kind || !is_data(descriptor) ||
        (kind == SHIM_WRITE && failure.synchronous >= 0 &&
         failure.synchronous != is_synchronous(descriptor)) ||
        failure.after-- > 0)
        return 0;
    failure.wanted = 0;
    failure.has_failed = 1;
    return 1;
}

static ssize_t shim_write(int descriptor, const void *octets, size_t length, off_t offset)
{
    ssize_t written;

    if (must_fail(SHIM_WRITE, descriptor)) {
        if (failure.number != 0) {
            errno = failure.number;
            return -1;
        }
        length /= 2;
    }
    written = syscall(SYS_pwrite64, descriptor, octets, length, offset);
    if (recording && written > 0 && is_data(descriptor)) {
        SHIM_EVENT *event = event_new(SHIM_WRITE, inode_of(descriptor));

        event->is_synchronous = is_synchronous(descriptor);
        event->offset = offset;
        event->length = (size_t)written;
        event->octets = malloc((size_t)written);
        STORE_CHECK(event->octets != NULL);
        memcpy(event->octets, octets, (size_t)written);
    }
    return written;
}

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
INTERPOSED ssize_t pwrite(int descriptor, const void *octets, size_t length, off_t offset)
{
    return shim_write(descriptor, octets, length, offset);
}

/* LMDB seeks and writes; a write that comes short ends the whole. */
INTERPOSED ssize_t writev(int descriptor, const struct iovec *parts, int count)
{
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    ssize_t total = 0, written;

    if (!is_data(descriptor))
        return syscall(SYS_writev, descriptor, parts, count);
    for (int i = 0; i < count; i++) {
        written = shim_write(descriptor, parts[i].iov_base, parts[i].iov_len, offset + total);
        if (written < 0)
            return total > 0 ? total : -1;
        total += written;
        if ((size_t)written < parts[i].iov_len)
            break;
    }
    lseek(descriptor, offset + total, SEEK_SET);
    return total;
}

static int shim_sync(int descriptor, long call)
{
    int rc;

    if (must_fail(SHIM_SYNC, descriptor)) {
        errno = failure.number;
        return -1;
    }
    rc = (int)syscall(call, descriptor);
    if (recording && rc == 0)
        event_new(SHIM_SYNC, inode_of(descriptor));
    return rc;
}

INTERPOSED int fdatasync(int descriptor)
{
    return shim_sync(descriptor, SYS_fdatasync);
}

INTERPOSED int fsync(int descriptor)
{
    return shim_sync(descriptor, SYS_fsync);
}

INTERPOSED int ftruncate(int descriptor, off_t length)
{
    const int rc = (int)syscall(SYS_ftruncate, descriptor, length);

    if (recording && rc == 0 && is_data(descriptor))
        event_new(SHIM_TRUNCATE, inode_of(descriptor))->offset = length;
    return rc;
}

INTERPOSED int link(const char *from, const char *to)
{
    const int rc = (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
    char directory[PATH_MAX];
    struct stat file, into;

    if (!recording || rc != 0)
        return rc;
    snprintf(directory, sizeof(directory), "%s", to);
    *strrchr(directory, '/') = '\0';
    STORE_CHECK(stat(to, &file) == 0 && stat(directory, &into) == 0);
    event_new(SHIM_LINK, file.st_ino)->into = into.st_ino;
    return rc;
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
