/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "lmdb_file.h"

/* Directories of stores that were being made: held by a lock while somebody does, left by a kill.
 */

#define OPEN_DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int try_lock(int place)
{
    return place >= 0 && flock(place, LOCK_EX | LOCK_NB) == 0;
}

int onem2m_lmdb_hold_place(const char *path)
{
    const int place = open(path, OPEN_DIRECTORY);
    struct stat found;

    /* Before it was locked somebody may have taken it for one that was left. */
    if (try_lock(place) && stat(path, &found) == 0)
        return place;
    if (place >= 0)
        close(place);
    return -1;
}

static void remove_leftover(int directory, const char *name)
{
    const int place = openat(directory, name, OPEN_DIRECTORY);

    if (try_lock(place)) {
        unlinkat(place, ONEM2M_LMDB_LOCK, 0);
        unlinkat(place, ONEM2M_LMDB_DATA, 0);
        unlinkat(directory, name, AT_REMOVEDIR);
    }
    if (place >= 0)
        close(place);
}

void onem2m_lmdb_remove_leftovers(const char *directory)
{
    DIR *listing = opendir(directory);
    const struct dirent *entry;

    if (listing == NULL)
        return;
    while ((entry = readdir(listing)) != NULL) {
        if (strncmp(entry->d_name, ONEM2M_LMDB_NEW, sizeof(ONEM2M_LMDB_NEW) - 1) == 0)
            remove_leftover(dirfd(listing), entry->d_name);
    }
    closedir(listing);
}
