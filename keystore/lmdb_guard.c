/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "lmdb_internal.h"

#define OWN_LOCK ((off_t)1 << 60) /* in data.mdb, plus the process's id */

void onem2m_lmdb_drop_guard(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    if (environment->guard >= 0)
        close(environment->guard);
    environment->guard = -1;
}

static int lock_guard(const ONEM2M_LMDB_ENVIRONMENT *environment, short type)
{
    struct flock own = { 0 };

    own.l_type = type;
    own.l_whence = SEEK_SET;
    own.l_start = OWN_LOCK + getpid();
    own.l_len = 1;
    return fcntl(environment->guard, F_OFD_SETLK, &own);
}

/* A child that was forked meanwhile has the descriptor as well, until it closes it: closing alone
 * would leave the lock there, and this process could not open the store again. */
void onem2m_lmdb_release_guard(ONEM2M_LMDB_ENVIRONMENT *environment)
{
    if (environment->guard >= 0)
        lock_guard(environment, F_UNLCK);
    onem2m_lmdb_drop_guard(environment);
}

/*
 * A second environment of one store in one process corrupts it, and another
 * copy of this code (a second module file) has a list of its own: so each
 * process locks, for one open file, an octet of data.mdb that bears its number.
 * Before lock.mdb is opened: closing that would drop the other's locks.
 */
int onem2m_lmdb_take_guard(ONEM2M_LMDB_ENVIRONMENT *environment, ONEM2M_ERROR *error)
{
    environment->guard = open(environment->data, O_RDWR | O_CLOEXEC);
    if (environment->guard < 0 || lock_guard(environment, F_WRLCK) == 0 ||
        (errno != EAGAIN && errno != EACCES))
        return 1;
    onem2m_lmdb_drop_guard(environment);
    return onem2m_lmdb_refuse(error, ONEM2M_R_STORE_LOCKED, environment->directory,
                              "open already in this process by another copy of the provider, or "
                              "by its like in another PID namespace");
}
