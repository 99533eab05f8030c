/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET };

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)port);
    return address;
}

static int say_ready(int listener)
{
    struct sockaddr_in address = { 0 };
    socklen_t size = sizeof(address);

    if (getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        return 0;
    printf("ready: %d\n", ntohs(address.sin_port));
    return fflush(stdout) == 0;
}

static int accept_stream(int listener)
{
    int connection;

    if (listen(listener, 1) != 0 || !say_ready(listener))
        return -1;
    connection = accept(listener, NULL, NULL);
    close(listener);
    return connection;
}

/* The first datagram stays where it is and says who the client is. */
static int accept_datagrams(int listener)
{
    struct sockaddr_in client = { 0 };
    socklen_t size = sizeof(client);
    char octet;

    if (!say_ready(listener) ||
        recvfrom(listener, &octet, 1, MSG_PEEK, (struct sockaddr *)&client, &size) < 0 ||
        connect(listener, (struct sockaddr *)&client, size) != 0)
        return -1;
    return listener;
}

int peer_connect(const PEER_OPTIONS *options)
{
    struct sockaddr_in address = loopback(options->port);
    int fd = socket(AF_INET, options->datagrams ? SOCK_DGRAM : SOCK_STREAM, 0);
    int on = 1, result;

    if (fd < 0)
        return -1;
    if (!options->serving)
        result = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ? fd : -1;
    else if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
             bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        result = -1;
    else
        result = options->datagrams ? accept_datagrams(fd) : accept_stream(fd);
    if (result < 0) {
        perror("127.0.0.1");
        close(fd);
    }
    return result;
}
