/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include "lmdb_internal.h"

static int disk_is_full(const ONEM2M_LMDB_ENVIRONMENT *environment)
{
    struct statvfs space;
    struct rlimit limit;

    if (statvfs(environment->directory, &space) == 0 &&
        space.f_bavail * space.f_frsize < (uint64_t)1 << 20)
        return 1;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           limit.rlim_cur < environment->files.used + ((rlim_t)1 << 30);
}

static ONEM2M_REASON reason_of(int rc)
{
    switch (rc) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
        return ONEM2M_R_STORE_TOO_LARGE;
    case MDB_INVALID:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
        return ONEM2M_R_STORE_DAMAGED;
    case MDB_READERS_FULL:
    case MDB_VERSION_MISMATCH:
        return ONEM2M_R_STORE_LOCKED;
    default:
        return ONEM2M_R_STORE_FAILED;
    }
}

int onem2m_lmdb_refuse_code(const ONEM2M_LMDB_ENVIRONMENT *environment, int rc, const char *what,
                            ONEM2M_ERROR *error)
{
    const char *directory = environment->directory;

    if (rc == MDB_VERSION_MISMATCH)
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_LOCKED, directory,
                                  "in use by a program with another version of LMDB's lock.mdb");
    if (rc == EAGAIN || (rc == EACCES && strcmp(what, "a transaction") == 0))
        return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_LOCKED, directory,
                                  "a process of the same number has it open, in another PID "
                                  "namespace perhaps");
    if (rc == EIO && disk_is_full(environment))
        rc = ENOSPC;
    if (rc > 0)
        return onem2m_lmdb_refuse_errno(error, rc, directory, what);
    return onem2m_lmdb_refuse(error, reason_of(rc), directory, "%s: %s", what, mdb_strerror(rc));
}

int onem2m_lmdb_refuse_entry(ONEM2M_TRANSACTION *transaction, int rc, const char *what,
                             ONEM2M_ERROR *error)
{
    ONEM2M_LMDB_ENVIRONMENT *environment = transaction->environment;
    MDB_envinfo info;

    if (rc == MDB_MAP_FULL && mdb_env_info(environment->mdb, &info) == 0)
        environment->wish = info.me_mapsize * 2;
    return onem2m_lmdb_refuse_code(environment, rc, what, error);
}

void onem2m_lmdb_hold_signal(ONEM2M_LMDB_SIGNAL *held)
{
    sigset_t set;

    sigpending(&set);
    held->was_pending = sigismember(&set, SIGXFSZ) == 1;
    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &set, &held->mask);
}

void onem2m_lmdb_let_signal_go(const ONEM2M_LMDB_SIGNAL *held)
{
    static const struct timespec at_once = { 0, 0 };
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    while (!held->was_pending && sigtimedwait(&set, NULL, &at_once) < 0 && errno == EINTR)
        continue;
    pthread_sigmask(SIG_SETMASK, &held->mask, NULL);
}
