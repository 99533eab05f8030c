/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "backend_pkcs11_internal.h"

/*
 * A token has no lock, and nobody says which directory its users share. So a
 * writer holds what dies with its process: the PIN file, by flock(2), which
 * containers may share; and a socket whose name in the abstract name space is
 * made of the token's, which users with PIN files of their own share.
 */
#define WAIT_MS 600000
#define NAP_MS 2

static int refuse_errno(ONEM2M_ERROR *error, const char *what)
{
    const char *why = strerrordesc_np(errno);

    return onem2m_refuse(error, ONEM2M_R_STORE_FAILED, ONEM2M_NO_OFFSET,
                         "locking the records of the PKCS#11 token, %s: %s", what,
                         why != NULL ? why : "an error of the system");
}

/* Somebody may be logged in without a PIN file that can be read. */
static int lock_pin_file(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error)
{
    const char *path = onem2m_pkcs11_pin_path(backend->uri);
    int rc;

    if (path == NULL)
        return 1;
    backend->lock_file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (backend->lock_file < 0)
        return 1;
    do
        rc = flock(backend->lock_file, LOCK_EX);
    while (rc != 0 && errno == EINTR);
    return rc == 0 || refuse_errno(error, "flock of the PIN file");
}

static socklen_t name_socket(struct sockaddr_un *address, ONEM2M_BACKEND *backend)
{
    const CK_TOKEN_INFO *token = &backend->session.token;
    uint64_t hash;

    pthread_mutex_lock(&backend->token);
    hash = onem2m_fnv(ONEM2M_FNV_START, token->label, sizeof(token->label));
    hash = onem2m_fnv(hash, token->serialNumber, sizeof(token->serialNumber));
    hash = onem2m_fnv(hash, token->manufacturerID, sizeof(token->manufacturerID));
    hash = onem2m_fnv(hash, backend->family, backend->family_length);
    pthread_mutex_unlock(&backend->token);
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    /* A NUL before it makes it one of the abstract name space. */
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                       (size_t)snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1,
                                        "onem2m-provider/pkcs11-writer/%016" PRIx64, hash));
}

static void nap(void)
{
    const struct timespec pause = { .tv_nsec = NAP_MS * 1000000L };

    nanosleep(&pause, NULL);
}

/* Waits until the socket's holder, who never accepts, closes it. *holder: its user. */
static void await_holder(const struct sockaddr_un *address, socklen_t length, uid_t *holder)
{
    const int waiting = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct pollfd event = { .fd = waiting, .events = POLLIN };
    struct ucred peer;
    socklen_t size = sizeof(peer);

    if (waiting >= 0 && connect(waiting, (const struct sockaddr *)address, length) == 0) {
        if (getsockopt(waiting, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
            *holder = peer.uid;
        poll(&event, 1, 1000);
    } else {
        nap();
    }
    if (waiting >= 0)
        close(waiting);
}

static int64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int lock_socket(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error)
{
    const int64_t end = milliseconds() + WAIT_MS;
    struct sockaddr_un address;
    const socklen_t length = name_socket(&address, backend);
    uid_t holder = (uid_t)-1;

    backend->lock_socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (backend->lock_socket < 0)
        return refuse_errno(error, "a socket of AF_UNIX");
    while (bind(backend->lock_socket, (struct sockaddr *)&address, length) != 0) {
        if (errno != EADDRINUSE)
            return refuse_errno(error, "naming a socket");
        if (milliseconds() >= end)
            return onem2m_refuse(error, ONEM2M_R_STORE_LOCKED, ONEM2M_NO_OFFSET,
                                 "a process of user %ld has been writing to the records of the "
                                 "PKCS#11 token for minutes, or keeps others from it",
                                 (long)(int)holder);
        await_holder(&address, length, &holder);
    }
    return listen(backend->lock_socket, SOMAXCONN) == 0 || refuse_errno(error, "a socket");
}

int onem2m_records_lock(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error)
{
    if (lock_pin_file(backend, error) && lock_socket(backend, error))
        return 1;
    onem2m_records_unlock(backend);
    return 0;
}

void onem2m_records_leave_lock(ONEM2M_BACKEND *backend)
{
    if (backend->lock_socket >= 0)
        close(backend->lock_socket);
    if (backend->lock_file >= 0)
        close(backend->lock_file);
    backend->lock_socket = backend->lock_file = -1;
}

void onem2m_records_unlock(ONEM2M_BACKEND *backend)
{
    /* A child that was made meanwhile and has not run yet still has both. */
    if (backend->lock_file >= 0)
        flock(backend->lock_file, LOCK_UN);
    if (backend->lock_socket >= 0)
        shutdown(backend->lock_socket, SHUT_RDWR);
    onem2m_records_leave_lock(backend);
}
