/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "event.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "frame.h"
#include "tables.h"

int event_send(int fd, const EVENT *event)
{
    static MESSAGE message;
    unsigned char octets[PIPE_BUF - FRAME_HEAD];
    size_t length = sizeof(octets);
    FAILURE failure = { "" };

    message_begin(&message, &table_event);
    message_put_number(&message, "kind", (unsigned long)event->kind);
    message_put_text(&message, "at", event->at);
    message_put_text(&message, "to", event->to);
    message_put_text(&message, "clause", event->clause);
    message_put_text(&message, "name", event->name);
    message_put_text(&message, "text", event->text);
    return message_encode(&message, octets, &length, &failure) && frame_send(fd, octets, length);
}

static void take(char *out, size_t size, const MESSAGE *message, const char *name)
{
    snprintf(out, size, "%s", message_text(message, name));
}

int event_decode(EVENT *event, const unsigned char *octets, size_t length, FAILURE *failure)
{
    static MESSAGE message;
    unsigned long kind;

    memset(event, 0, sizeof(*event));
    if (!message_decode(&message, &table_event, octets, length, failure))
        return 0;
    kind = message_number(&message, "kind");
    if (kind < EVENT_NOTE || kind > EVENT_FAILED)
        return failure_set(failure, "an event of no kind");
    event->kind = (EVENT_KIND)kind;
    take(event->at, sizeof(event->at), &message, "at");
    take(event->to, sizeof(event->to), &message, "to");
    take(event->clause, sizeof(event->clause), &message, "clause");
    take(event->name, sizeof(event->name), &message, "name");
    take(event->text, sizeof(event->text), &message, "text");
    return 1;
}
