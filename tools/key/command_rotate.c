/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include "progress.h"

typedef struct {
    PROGRESS progress;
    uint64_t done;
} ROTATION;

static void update(void *argument, uint64_t done, uint64_t total)
{
    ROTATION *rotation = argument;

    rotation->done = done;
    progress_update(&rotation->progress, done, total);
}

int command_rotate(TOOL *tool, ONEM2M_ERROR *error)
{
    ROTATION rotation = { .done = 0 };
    int ok;

    progress_begin(&rotation.progress, "rotate");
    ok = onem2m_store_rotate(tool->store, update, &rotation, error);
    progress_end(&rotation.progress);
    if (ok)
        output_number(&tool->output, "records", rotation.done);
    return ok;
}
