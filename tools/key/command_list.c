/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <stdlib.h>
#include "describe.h"
#include "draft.h"
#include "escape.h"
#include "refuse.h"

/* ---- list ---- */

typedef struct {
    TOOL *tool;
    unsigned int kinds;
    unsigned int suid; /* 0: any */
    const char *state; /* NULL: any but destroyed */
    const char *label; /* NULL: any */
    int all;
} FILTER;

static int has_label(const ONEM2M_ATTRIBUTES *attributes, const char *label)
{
    size_t position = 0;
    ONEM2M_SLICE item;

    while (onem2m_list_next(attributes->text[ONEM2M_TEXT_LABELS], &position, &item)) {
        if (item.length == strlen(label) && memcmp(item.data, label, item.length) == 0)
            return 1;
    }
    return 0;
}

static int passes(const FILTER *filter, const ONEM2M_ATTRIBUTES *attributes)
{
    const int is_expired = onem2m_attributes_expired(attributes, filter->tool->now);
    const char *state = describe_state(attributes->state, is_expired);

    if ((filter->kinds & ONEM2M_KIND_BIT(attributes->kind)) == 0 ||
        (filter->suid != 0 && filter->suid != attributes->suid))
        return 0;
    if (filter->state != NULL ? strcmp(filter->state, state) != 0
                              : !filter->all && attributes->state == ONEM2M_STATE_DESTROYED)
        return 0;
    return filter->label == NULL || has_label(attributes, filter->label);
}

#define ROW "%-14s %4.0u %-9s %-16s "

static void print_row(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_TIME now)
{
    const int is_expired = onem2m_attributes_expired(attributes, now);
    char not_after[ONEM2M_TIMESTAMP_SIZE] = "-";

    if (attributes->not_after != 0)
        onem2m_timestamp_print(not_after, attributes->not_after);
    printf(ROW, onem2m_kind_name(attributes->kind), attributes->suid,
           describe_state(attributes->state, is_expired), not_after);
    escape_print(stdout, attributes->text[ONEM2M_TEXT_KEY_ID]);
    if (attributes->text[ONEM2M_TEXT_LABELS].length > 0) {
        fputs("  ", stdout);
        escape_print(stdout, attributes->text[ONEM2M_TEXT_LABELS]);
    }
    putchar('\n');
}

static int list_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                    const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    FILTER *filter = argument;
    OUTPUT *output = &filter->tool->output;

    if (passes(filter, attributes)) {
        if (output->is_json) {
            output_begin_item(output);
            describe_key(output, attributes, onem2m_material_length(material),
                         onem2m_store_protection(filter->tool->store, attributes),
                         filter->tool->now);
            output_end_item(output);
        } else {
            print_row(attributes, filter->tool->now);
        }
    }
    return !ferror(stdout) || refuse(error, "standard output: %s", strerror(errno));
}

static int read_filter(FILTER *filter, ONEM2M_ERROR *error)
{
    const TOOL *tool = filter->tool;
    ONEM2M_STATE state;
    DRAFT draft;

    draft_begin(&draft, tool->now);
    filter->state = tool_option(tool, OPTION_STATE);
    filter->label = tool_option(tool, OPTION_LABEL);
    filter->all = tool_has(tool, OPTION_ALL);
    if (!tool_kinds(tool, OPTION_KIND, &filter->kinds, error))
        return 0;
    if (filter->state != NULL && strcmp(filter->state, "expired") != 0 &&
        !onem2m_state_parse(&state, filter->state, strlen(filter->state), error))
        return 0;
    if (tool_has(tool, OPTION_SUID) &&
        !draft_set(&draft, tool_slice("suid"), tool_slice(tool_option(tool, OPTION_SUID)), error))
        return 0;
    filter->suid = draft.attributes.suid;
    return 1;
}

int command_list(TOOL *tool, ONEM2M_ERROR *error)
{
    FILTER filter = { .tool = tool };
    int ok;

    if (!read_filter(&filter, error))
        return 0;
    output_begin_list(&tool->output, "keys");
    ok = onem2m_store_each(tool->reader, list_key, &filter, error);
    if (ok)
        output_end_list(&tool->output);
    return ok;
}

/* ---- show ---- */

static int show_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                    const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    TOOL *tool = argument;

    (void)error;
    describe_key(&tool->output, attributes, onem2m_material_length(material),
                 onem2m_store_protection(tool->store, attributes), tool->now);
    return 1;
}

int command_show(TOOL *tool, ONEM2M_ERROR *error)
{
    const char *key_id = tool->arguments.operands[0];
    unsigned int kinds;

    return tool_kinds(tool, OPTION_KIND, &kinds, error) &&
           onem2m_store_look_up(tool->reader, key_id, strlen(key_id), kinds, show_key, tool, error);
}
