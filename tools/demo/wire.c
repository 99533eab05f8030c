/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <openssl/crypto.h>

int64_t wire_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void wire_clear(WIRE_MESSAGE *message)
{
    OPENSSL_cleanse(message, sizeof(*message));
}

static void append(WIRE_MESSAGE *message, const void *octets, size_t length)
{
    memcpy(message->octets + message->length, octets, length);
    message->length += length;
}

int wire_put(WIRE_MESSAGE *message, const char *name, const void *value, size_t length)
{
    size_t name_length = strlen(name);
    unsigned char name_prefix[1] = { (unsigned char)name_length };
    unsigned char value_prefix[2] = { (unsigned char)(length >> 8), (unsigned char)length };

    if (name_length > UINT8_MAX || length > UINT16_MAX ||
        1 + name_length + 2 + length > WIRE_MESSAGE_MAX - message->length)
        return 0;
    append(message, name_prefix, sizeof(name_prefix));
    append(message, name, name_length);
    append(message, value_prefix, sizeof(value_prefix));
    append(message, value, length);
    return 1;
}

int wire_put_text(WIRE_MESSAGE *message, const char *name, const char *text)
{
    return wire_put(message, name, text, strlen(text) + 1);
}

int wire_put_number(WIRE_MESSAGE *message, const char *name, unsigned long number)
{
    char text[24];

    snprintf(text, sizeof(text), "%lu", number);
    return wire_put_text(message, name, text);
}

/* Reads the field at *offset and moves *offset behind it; 0 at the end or when it is cut short. */
static int next_field(const WIRE_MESSAGE *message, size_t *offset, const unsigned char **name,
                      size_t *name_length, const unsigned char **value, size_t *length)
{
    const unsigned char *octets = message->octets + *offset;
    size_t left = message->length - *offset;

    if (left < 1 || left < 1 + (size_t)octets[0] + 2)
        return 0;
    *name_length = octets[0];
    *name = octets + 1;
    octets += 1 + *name_length;
    left -= 1 + *name_length + 2;
    *length = (size_t)octets[0] << 8 | octets[1];
    *value = octets + 2;
    if (left < *length)
        return 0;
    *offset += 1 + *name_length + 2 + *length;
    return 1;
}

const unsigned char *wire_get(const WIRE_MESSAGE *message, const char *name, size_t *length)
{
    const unsigned char *field_name;
    const unsigned char *value;
    size_t field_name_length;
    size_t offset = 0;

    while (next_field(message, &offset, &field_name, &field_name_length, &value, length)) {
        if (field_name_length == strlen(name) && memcmp(field_name, name, field_name_length) == 0)
            return value;
    }
    return NULL;
}

const char *wire_get_text(const WIRE_MESSAGE *message, const char *name)
{
    size_t length;
    const unsigned char *value = wire_get(message, name, &length);

    if (value == NULL || length == 0 || memchr(value, '\0', length) != value + length - 1)
        return NULL;
    return (const char *)value;
}

int wire_get_number(const WIRE_MESSAGE *message, const char *name, unsigned long maximum,
                    unsigned long *number)
{
    const char *text = wire_get_text(message, name);
    char *end;

    if (text == NULL || *text < '0' || *text > '9')
        return 0;
    errno = 0;
    *number = strtoul(text, &end, 10);
    return errno == 0 && *end == '\0' && *number <= maximum;
}

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

int wire_send(int fd, const WIRE_MESSAGE *message)
{
    unsigned char prefix[2] = { (unsigned char)(message->length >> 8),
                                (unsigned char)message->length };

    return write_all(fd, prefix, sizeof(prefix)) && write_all(fd, message->octets, message->length);
}

/* Waits until fd can be read or is closed. */
static WIRE_RESULT wait_readable(int fd, int64_t deadline)
{
    struct pollfd waiting = { .fd = fd, .events = POLLIN };
    int ready;

    do {
        int64_t left = deadline - wire_clock();

        ready = poll(&waiting, 1, left > 0 ? (int)left : 0);
    } while (ready < 0 && errno == EINTR);
    if (ready < 0)
        return WIRE_BROKEN;
    return ready == 0 ? WIRE_LATE : WIRE_RECEIVED;
}

/* WIRE_CLOSED only when not one octet came. */
static WIRE_RESULT read_all(int fd, unsigned char *octets, size_t length, int64_t deadline)
{
    size_t got = 0;

    while (got < length) {
        WIRE_RESULT result = wait_readable(fd, deadline);
        ssize_t count;

        if (result != WIRE_RECEIVED)
            return result;
        count = read(fd, octets + got, length - got);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return WIRE_BROKEN;
        if (count == 0)
            return got == 0 ? WIRE_CLOSED : WIRE_BROKEN;
        got += (size_t)count;
    }
    return WIRE_RECEIVED;
}

WIRE_RESULT wire_receive(int fd, WIRE_MESSAGE *message, int64_t deadline)
{
    unsigned char prefix[2];
    WIRE_RESULT result = read_all(fd, prefix, sizeof(prefix), deadline);
    size_t length;

    wire_clear(message);
    if (result != WIRE_RECEIVED)
        return result;
    length = (size_t)prefix[0] << 8 | prefix[1];
    if (length > WIRE_MESSAGE_MAX)
        return WIRE_BROKEN;
    result = read_all(fd, message->octets, length, deadline);
    if (result != WIRE_RECEIVED) {
        wire_clear(message);
        return result == WIRE_CLOSED ? WIRE_BROKEN : result;
    }
    message->length = length;
    return WIRE_RECEIVED;
}
