/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include "draft.h"
#include "refuse.h"

typedef struct {
    TOOL *tool;
    const char *key_id;
    unsigned int kinds;
    ONEM2M_STORE_CHANGE change;
    ONEM2M_ID requester_id;
    ONEM2M_SLICE requester;
} CHANGE;

static int change_key(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const CHANGE *change = argument;

    return onem2m_store_change(writer, change->key_id, strlen(change->key_id), change->kinds,
                               &change->change, change->requester, change->tool->now, error);
}

static int change_named(CHANGE *change, ONEM2M_ERROR *error)
{
    TOOL *tool = change->tool;

    change->key_id = tool->arguments.operands[0];
    if (!tool_kinds(tool, OPTION_KIND, &change->kinds, error) ||
        !tool_requester(tool, &change->requester_id, &change->requester, error) ||
        !onem2m_store_write(tool->store, change_key, change, error))
        return 0;
    if (tool->output.is_json)
        output_string(&tool->output, "key-id", change->key_id);
    return 1;
}

static int read_change(CHANGE *change, ONEM2M_ERROR *error)
{
    const char *not_after = tool_option(change->tool, OPTION_NOT_AFTER);
    const char *labels = tool_option(change->tool, OPTION_LABELS);
    const char *targets = tool_option(change->tool, OPTION_TARGET_IDS);
    const char *state = tool_option(change->tool, OPTION_STATE);
    ONEM2M_STORE_CHANGE *to = &change->change;

    to->change_not_after = not_after != NULL;
    to->change_labels = labels != NULL;
    to->change_targets = targets != NULL;
    to->change_state = state != NULL;
    to->change_extractable = tool_has(change->tool, OPTION_NO_EXTRACTABLE);
    to->change_derive_octets = tool_has(change->tool, OPTION_NO_DERIVE_OCTETS);
    if (labels != NULL)
        to->labels = tool_slice(labels);
    if (targets != NULL)
        to->targets = tool_slice(targets);
    return (not_after == NULL || *not_after == '\0' ||
            draft_time(&to->not_after, tool_slice(not_after), error)) &&
           (state == NULL || onem2m_state_parse(&to->state, state, strlen(state), error));
}

int command_update(TOOL *tool, ONEM2M_ERROR *error)
{
    CHANGE change = { .tool = tool };
    const ONEM2M_STORE_CHANGE *to = &change.change;

    if (!read_change(&change, error))
        return 0;
    if (!onem2m_store_change_is_any(to))
        return tool_misused(tool, error,
                            "--not-after, --labels, --target-ids, --state, --no-extractable or "
                            "--no-derive-octets is missing");
    if (to->change_state && to->state == ONEM2M_STATE_DESTROYED)
        return tool_misused(tool, error, "--state destroyed: `remove` does that");
    return change_named(&change, error);
}

int command_remove(TOOL *tool, ONEM2M_ERROR *error)
{
    CHANGE change = { .tool = tool,
                      .change = { .change_state = 1, .state = ONEM2M_STATE_DESTROYED } };

    return change_named(&change, error);
}
