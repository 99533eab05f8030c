/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "dialogue.h"

#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include "tables.h"

#define DESCRIPTION 1000

static int send_message(CONNECTION *connection, const MESSAGE *message, FAILURE *failure)
{
    unsigned char octets[MESSAGE_MAX];
    size_t length = sizeof(octets);
    int sent = message_encode(message, octets, &length, failure) &&
               connection_send(connection, octets, length, failure);

    OPENSSL_cleanse(octets, sizeof(octets));
    return sent;
}

static void report(const CONNECTION *connection, const char *clause, const char *request,
                   const MESSAGE *content)
{
    char parameters[DESCRIPTION] = "";

    if (content == NULL) {
        entity_sends(connection->self, connection->peer, clause, "%s", request);
        return;
    }
    message_describe(content, parameters, sizeof(parameters));
    entity_sends(connection->self, connection->peer, clause, "%s%s(%s%s) %s", request,
                 *request != '\0' ? " " : "", content->table == &table_notification ? "" : "table ",
                 content->table->number, parameters);
}

/* For tests: what a message suffers on its way, when the configuration says so. */
static void spoil(const ENTITY *self, const char *to, size_t *length)
{
    if (entity_spoils(self, "cbor") && strcmp(to, self->uris.key_registration) == 0)
        *length -= 1;
}

static int make_request(const ENTITY *self, MESSAGE *request, const char *to, const char *from,
                        const MESSAGE *content, FAILURE *failure)
{
    unsigned char octets[MESSAGE_MAX];
    size_t length = sizeof(octets);

    message_begin(request, &table_request);
    message_put_text(request, "To", to);
    message_put_text(request, "From", from);
    if (content == NULL)
        return 1;
    if (!message_encode(content, octets, &length, failure))
        return 0;
    spoil(self, to, &length);
    message_put_octets(request, "Content", octets, length);
    OPENSSL_cleanse(octets, sizeof(octets));
    return 1;
}

/* An answer of table expected, or the failure answer, which is a failure. */
static int take_answer(CONNECTION *connection, const TABLE *expected, MESSAGE *answer,
                       FAILURE *failure)
{
    unsigned char octets[MESSAGE_MAX];
    size_t length = 0;
    int taken = connection_receive(connection, octets, &length, failure);

    if (taken && message_is(&table_failure, octets, length)) {
        message_decode(answer, &table_failure, octets, length, failure);
        taken = failure_set(failure, "%s answers: %s", connection->peer,
                            message_text(answer, "ErrorString"));
    } else if (taken) {
        taken = message_decode(answer, expected, octets, length, failure);
    }
    OPENSSL_cleanse(octets, sizeof(octets));
    return taken;
}

int dialogue_request(CONNECTION *connection, const char *clause, const char *to, const char *from,
                     const MESSAGE *content, const TABLE *expected, MESSAGE *answer,
                     FAILURE *failure)
{
    static MESSAGE request;
    char line[DIALOGUE_URI_MAX + ENTITY_ID_SIZE];
    int done = make_request(connection->self, &request, to, from, content, failure);

    if (done) {
        snprintf(line, sizeof(line), "To = %s, From = %s", to, from);
        report(connection, clause, line, content);
        done = send_message(connection, &request, failure) &&
               take_answer(connection, expected, answer, failure);
    }
    message_clear(&request);
    return done;
}

static int copy_request(REQUEST *request, const MESSAGE *message, FAILURE *failure)
{
    const char *to = message_text(message, "To");
    const char *from = message_text(message, "From");
    const unsigned char *content = message_octets(message, "Content", &request->content_length);

    if (strlen(to) >= sizeof(request->to) || strlen(from) >= sizeof(request->from))
        return failure_set(failure, "a request with too long an address");
    memcpy(request->to, to, strlen(to) + 1);
    memcpy(request->from, from, strlen(from) + 1);
    if (content != NULL)
        memcpy(request->content, content, request->content_length);
    return 1;
}

int dialogue_take(CONNECTION *connection, REQUEST *request, int *closed, FAILURE *failure)
{
    static MESSAGE message;
    unsigned char octets[MESSAGE_MAX];
    size_t length = 0;
    int taken;

    memset(request, 0, sizeof(*request));
    *closed = 0;
    if (!connection_receive(connection, octets, &length, failure)) {
        *closed = (SSL_get_shutdown(connection->ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
        return 0;
    }
    taken = message_decode(&message, &table_request, octets, length, failure) &&
            copy_request(request, &message, failure);
    message_clear(&message);
    OPENSSL_cleanse(octets, sizeof(octets));
    return taken;
}

int dialogue_answer(CONNECTION *connection, const char *clause, const MESSAGE *answer,
                    FAILURE *failure)
{
    report(connection, clause, "", answer);
    return send_message(connection, answer, failure);
}

int dialogue_refuse(CONNECTION *connection, const char *clause, const char *error_string,
                    const char *audit, FAILURE *failure)
{
    static MESSAGE answer;

    entity_refuses(connection->self, clause, "%s", audit);
    message_begin(&answer, &table_failure);
    message_put_boolean(&answer, "Status", 0);
    message_put_text(&answer, "ErrorString", error_string);
    return dialogue_answer(connection, clause, &answer, failure);
}

int dialogue_is_from(const REQUEST *request, const char *identity, FAILURE *why)
{
    return strcmp(request->from, identity) == 0 ||
           failure_set(why, "the originator field says %s, the handshake authenticated %s",
                       request->from, identity);
}
