/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The input is a message of onem2m-demo, which whoever connects may send: its first octet says
 * which table's, the rest is the message. Aborts when a promise of tools/demo/message.h is broken:
 * what was taken, written again, is not the same; what was refused leaves something.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/demo/tables.h"

#define HOLDS(condition) ((condition) ? (void)0 : broken(#condition, __LINE__))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The corpus goes by this order. */
static const TABLE *const tables[] = {
    &table_request,
    &table_enrolment_request,
    &table_maf_enrolment,
    &table_credentials,
    &table_failure,
    &table_client_registration_request,
    &table_client_registration,
    &table_key_registration_request,
    &table_key_registration,
    &table_key_retrieval_request,
    &table_key_retrieval,
    &table_notification,
    &table_escertke,
    &table_receiver_rand,
    &table_originator_rand,
    &table_order,
    &table_certificates,
    &table_event,
};

static void broken(const char *condition, int line)
{
    fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, line, condition);
    abort();
}

static void check_printable(const char *text, size_t size)
{
    size_t i = 0;

    while (i < size && text[i] >= 0x20 && text[i] < 0x7F)
        i++;
    HOLDS(i < size && text[i] == '\0');
}

static void check_value(const MESSAGE *message, size_t index)
{
    const char *name = message->table->parameters[index].name;
    size_t length;

    HOLDS(message_has(message, name) || message->table->parameters[index].optional);
    switch (message->table->parameters[index].type) {
    case PARAMETER_NUMBER:
        HOLDS(message_number(message, name) <= UINT32_MAX);
        break;
    case PARAMETER_BOOLEAN:
        HOLDS(message_number(message, name) <= 1);
        break;
    case PARAMETER_TEXT:
    case PARAMETER_LIST:
        check_printable(message_text(message, name), MESSAGE_MAX);
        HOLDS(message_has(message, name) == (*message_text(message, name) != '\0'));
        break;
    case PARAMETER_OCTETS:
        HOLDS(message_has(message, name) == (message_octets(message, name, &length) != NULL));
        break;
    }
}

static void check_taken(const MESSAGE *message, const uint8_t *data, size_t size)
{
    static unsigned char again[MESSAGE_MAX];
    static char description[4 * MESSAGE_MAX];
    size_t length = sizeof(again);
    FAILURE failure = { "" };

    for (size_t i = 0; message->table->parameters[i].name != NULL; i++)
        check_value(message, i);
    HOLDS(message_encode(message, again, &length, &failure));
    HOLDS(length == size && memcmp(again, data, size) == 0);
    message_describe(message, description, sizeof(description));
    check_printable(description, sizeof(description));
}

static void check_wiped(const unsigned char *octets, size_t size)
{
    for (size_t i = 0; i < size; i++)
        HOLDS(octets[i] == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static MESSAGE message;
    FAILURE failure = { "" };

    /* A frame holds no longer one. */
    if (size == 0 || size - 1 > MESSAGE_MAX)
        return 0;
    if (message_decode(&message, tables[data[0] % COUNT(tables)], data + 1, size - 1, &failure)) {
        check_taken(&message, data + 1, size - 1);
    } else {
        check_printable(failure.text, sizeof(failure.text));
        HOLDS(failure.text[0] != '\0');
        check_wiped((const unsigned char *)&message, sizeof(message));
    }
    message_clear(&message);
    return 0;
}
