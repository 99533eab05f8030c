/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include "escape.h"
#include "keystore/key.h"

#define NAME_WIDTH 22

void output_begin(OUTPUT *output, int is_json)
{
    memset(output, 0, sizeof(*output));
    output->is_json = is_json;
    output->json.stream = stdout;
    if (is_json)
        json_begin_object(&output->json, NULL);
}

int output_end(OUTPUT *output)
{
    if (output->is_json) {
        while (output->json.depth > 0)
            json_end(&output->json);
        putchar('\n');
    }
    return fflush(stdout) == 0 && !ferror(stdout);
}

static ONEM2M_SLICE slice_of(const char *text)
{
    return (ONEM2M_SLICE){ (const unsigned char *)text, strlen(text) };
}

void output_text(OUTPUT *output, const char *name, ONEM2M_SLICE text)
{
    if (text.length == 0)
        return;
    if (output->is_json) {
        json_text(&output->json, name, text);
        return;
    }
    printf("%s:%*s", name, (int)(NAME_WIDTH - strlen(name)), " ");
    escape_print(stdout, text);
    putchar('\n');
}

void output_string(OUTPUT *output, const char *name, const char *text)
{
    output_text(output, name, slice_of(text));
}

void output_number(OUTPUT *output, const char *name, uint64_t number)
{
    char text[24];

    if (output->is_json) {
        json_number(&output->json, name, number);
        return;
    }
    snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    output_string(output, name, text);
}

void output_boolean(OUTPUT *output, const char *name, int value)
{
    if (output->is_json)
        json_boolean(&output->json, name, value);
    else
        output_string(output, name, value ? "1" : "0");
}

void output_list(OUTPUT *output, const char *name, ONEM2M_SLICE list, int are_numbers)
{
    size_t position = 0;
    ONEM2M_SLICE item;

    if (!output->is_json) {
        output_text(output, name, list);
        return;
    }
    if (list.length == 0)
        return;
    json_begin_array(&output->json, name);
    while (onem2m_list_next(list, &position, &item)) {
        if (are_numbers)
            json_number(&output->json, NULL, strtoul((const char *)item.data, NULL, 10));
        else
            json_text(&output->json, NULL, item);
    }
    json_end(&output->json);
}

void output_result(OUTPUT *output, const char *name, const char *text)
{
    if (output->is_json) {
        output_string(output, name, text);
        return;
    }
    escape_print(stdout, slice_of(text));
    putchar('\n');
}

void output_begin_list(OUTPUT *output, const char *name)
{
    if (output->is_json)
        json_begin_array(&output->json, name);
}

void output_begin_item(OUTPUT *output)
{
    if (output->is_json)
        json_begin_object(&output->json, NULL);
}

void output_end_item(OUTPUT *output)
{
    if (output->is_json)
        json_end(&output->json);
}

void output_end_list(OUTPUT *output)
{
    output_end_item(output);
}

void output_error(OUTPUT *output, const char *command, const ONEM2M_ERROR *error)
{
    if (output->is_json) {
        while (output->json.depth > 1)
            json_end(&output->json);
        json_begin_object(&output->json, "error");
        json_number(&output->json, "reason", error->reason);
        json_text(&output->json, "text", slice_of(error->detail));
        json_end(&output->json);
        return;
    }
    fflush(stdout);
    fputs("onem2m-key: ", stderr);
    if (command != NULL)
        fprintf(stderr, "%s: ", command);
    escape_print(stderr, slice_of(error->detail));
    fputc('\n', stderr);
}
