/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 16
#define CONNECT_TIMEOUT 5000 /* milliseconds */
#define ATTEMPTS 50          /* to find a number that TCP and UDP both have free */

static struct sockaddr_in address_of(unsigned long port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    return address;
}

static int bind_to(int fd, unsigned long port)
{
    struct sockaddr_in address = address_of(port);

    return fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

/* Sockets of one UDP address: the one connected to a peer gets what that peer sends. */
static int datagram_socket(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int yes = 1;

    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    return fd;
}

static unsigned long port_of(int fd)
{
    struct sockaddr_in address = { .sin_family = AF_UNSPEC };
    socklen_t length = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        return 0;
    return ntohs(address.sin_port);
}

static int try_to_listen(int *tcp_fd, int *udp_fd, unsigned long *port)
{
    *tcp_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    *udp_fd = datagram_socket();
    if (bind_to(*tcp_fd, 0) && listen(*tcp_fd, BACKLOG) == 0) {
        *port = port_of(*tcp_fd);
        if (bind_to(*udp_fd, *port))
            return 1;
    }
    if (*tcp_fd >= 0)
        close(*tcp_fd);
    if (*udp_fd >= 0)
        close(*udp_fd);
    return 0;
}

int loopback_listen(int *tcp_fd, int *udp_fd, unsigned long *port, FAILURE *failure)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (try_to_listen(tcp_fd, udp_fd, port))
            return 1;
    }
    *tcp_fd = *udp_fd = -1;
    return failure_set(failure, "cannot listen on 127.0.0.1: %s", strerror(errno));
}

/* Whether a connection that has begun is there. */
static int await_connection(int fd)
{
    struct pollfd waiting = { .fd = fd, .events = POLLOUT };
    socklen_t length = sizeof(errno);
    int error = ETIMEDOUT;

    if (poll(&waiting, 1, CONNECT_TIMEOUT) > 0)
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    errno = error;
    return error == 0;
}

int loopback_connect(unsigned long port, int datagram, FAILURE *failure)
{
    struct sockaddr_in address = address_of(port);
    int fd = datagram ? datagram_socket()
                      : socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ||
                    (errno == EINPROGRESS && await_connection(fd))))
        return fd;
    failure_set(failure, "cannot connect to 127.0.0.1 port %lu: %s", port, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

int loopback_accept(int tcp_fd, FAILURE *failure)
{
    int fd = accept4(tcp_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int yes = 1;

    if (fd < 0)
        failure_set(failure, "no connection: %s", strerror(errno));
    else
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    return fd;
}

int loopback_share(int udp_fd)
{
    int fd = datagram_socket();

    if (fd < 0 || bind_to(fd, port_of(udp_fd)))
        return fd;
    close(fd);
    return -1;
}
