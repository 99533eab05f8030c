/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "frame.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include "clock.h"

static int write_all(int fd, const unsigned char *octets, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, octets, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return 0;
        octets += written;
        length -= (size_t)written;
    }
    return 1;
}

int frame_send(int fd, const unsigned char *octets, size_t length)
{
    unsigned char frame[FRAME_HEAD + MESSAGE_MAX];
    int sent;

    if (length > MESSAGE_MAX)
        return 0;
    frame[0] = (unsigned char)(length >> 8);
    frame[1] = (unsigned char)length;
    memcpy(frame + FRAME_HEAD, octets, length);
    sent = write_all(fd, frame, FRAME_HEAD + length);
    OPENSSL_cleanse(frame, sizeof(frame));
    return sent;
}

/* Waits until fd can be read or is closed. */
static FRAME_RESULT wait_readable(int fd, int64_t deadline)
{
    struct pollfd waiting = { .fd = fd, .events = POLLIN };
    int ready;

    do {
        ready = poll(&waiting, 1, clock_left(deadline));
    } while (ready < 0 && errno == EINTR);
    if (ready < 0)
        return FRAME_BROKEN;
    return ready == 0 ? FRAME_LATE : FRAME_RECEIVED;
}

/* FRAME_CLOSED only when not one octet came. */
static FRAME_RESULT read_all(int fd, unsigned char *octets, size_t length, int64_t deadline)
{
    size_t got = 0;

    while (got < length) {
        FRAME_RESULT result = wait_readable(fd, deadline);
        ssize_t count;

        if (result != FRAME_RECEIVED)
            return result;
        count = read(fd, octets + got, length - got);
        if (count < 0 && errno == EINTR)
            continue;
        if (count == 0 || (count < 0 && errno == ECONNRESET))
            return got == 0 ? FRAME_CLOSED : FRAME_BROKEN;
        if (count < 0)
            return FRAME_BROKEN;
        got += (size_t)count;
    }
    return FRAME_RECEIVED;
}

FRAME_RESULT frame_receive(int fd, unsigned char octets[MESSAGE_MAX], size_t *length,
                           int64_t deadline)
{
    unsigned char head[FRAME_HEAD];
    FRAME_RESULT result = read_all(fd, head, sizeof(head), deadline);

    if (result != FRAME_RECEIVED)
        return result;
    *length = (size_t)head[0] << 8 | head[1];
    if (*length > MESSAGE_MAX)
        return FRAME_BROKEN;
    result = read_all(fd, octets, *length, deadline);
    return result == FRAME_CLOSED ? FRAME_BROKEN : result;
}

int frame_send_message(int fd, const MESSAGE *message, FAILURE *failure)
{
    unsigned char octets[MESSAGE_MAX];
    size_t length = sizeof(octets);
    int sent = message_encode(message, octets, &length, failure);

    if (sent && !frame_send(fd, octets, length))
        sent = failure_set(failure, "the other process takes no message");
    OPENSSL_cleanse(octets, sizeof(octets));
    return sent;
}

int frame_receive_message(int fd, const TABLE *table, MESSAGE *message, int64_t deadline,
                          FAILURE *failure)
{
    unsigned char octets[MESSAGE_MAX];
    size_t length = 0;
    FRAME_RESULT result = frame_receive(fd, octets, &length, deadline);
    int received = 0;

    if (result == FRAME_RECEIVED)
        received = message_decode(message, table, octets, length, failure);
    else
        failure_set(failure, "%s",
                    result == FRAME_LATE     ? "no message came in time"
                    : result == FRAME_CLOSED ? "the other process has ended"
                                             : "a message that cannot be read");
    OPENSSL_cleanse(octets, sizeof(octets));
    return received;
}
