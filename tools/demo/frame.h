/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_FRAME_H
#define ONEM2M_DEMO_FRAME_H

#include <stddef.h>
#include <stdint.h>
#include "message.h"

/*
 * Octets over a pipe or socket between this program's own processes, behind their
 * length in 2 octets, the more significant one first.
 */
typedef enum {
    FRAME_RECEIVED,
    FRAME_CLOSED, /* the other end closed before a frame began */
    FRAME_LATE,   /* the deadline passed */
    FRAME_BROKEN  /* a frame cut short, too long, or a read error */
} FRAME_RESULT;

#define FRAME_HEAD 2

/* In one write: frames of up to PIPE_BUF octets of several processes do not mix in a pipe. */
int frame_send(int fd, const unsigned char *octets, size_t length);

/* octets: MESSAGE_MAX of room. deadline: of clock_milliseconds. */
FRAME_RESULT frame_receive(int fd, unsigned char octets[MESSAGE_MAX], size_t *length,
                           int64_t deadline);

/* A message as a frame. 1, or 0 with the failure set. */
int frame_send_message(int fd, const MESSAGE *message, FAILURE *failure);
int frame_receive_message(int fd, const TABLE *table, MESSAGE *message, int64_t deadline,
                          FAILURE *failure);

#endif
