/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_LOOPBACK_H
#define ONEM2M_DEMO_LOOPBACK_H

#include "failure.h"

/* Sockets of 127.0.0.1. All are closed on exec; those of connections never block. */

/* A TCP and a UDP socket of one port number that the system chose. 1, or 0 with the failure set. */
int loopback_listen(int *tcp_fd, int *udp_fd, unsigned long *port, FAILURE *failure);

/* -1 with the failure set. */
int loopback_connect(unsigned long port, int datagram, FAILURE *failure);
int loopback_accept(int tcp_fd, FAILURE *failure);

/* Another UDP socket of the same address, to be connected to one peer; -1: none. */
int loopback_share(int udp_fd);

#endif
