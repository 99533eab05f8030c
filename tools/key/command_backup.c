/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <unistd.h>
#include "child.h"
#include "directory.h"
#include "progress.h"
#include "refuse.h"

int command_backup(TOOL *tool, ONEM2M_ERROR *error)
{
    const char *file = tool->arguments.operands[0];

    if (!onem2m_store_backup(tool->store, file, error))
        return 0;
    if (tool->output.is_json)
        output_string(&tool->output, "file", file);
    if (onem2m_store_has_objects(tool->store))
        output_string(&tool->output, "keys", "in the token, not in the file");
    return 1;
}

static int restore_store(TOOL *tool, ONEM2M_STORE_FINDINGS *findings, void *shown,
                         ONEM2M_ERROR *error)
{
    return tool_open_store(tool, error) &&
           onem2m_store_restore(tool->store, tool->arguments.operands[0], findings, progress_update,
                                shown, error);
}

static int restore(TOOL *tool, CHILD_REPORT *report, ONEM2M_ERROR *error)
{
    char text[160];

    if (!child_run(tool, "restore", restore_store, report, error))
        return 0;
    if (!report->has_ended) {
        child_describe_crash(report, text, sizeof(text));
        return refuse(error, "%s", text);
    }
    if (!report->ok)
        *error = report->error;
    return report->ok;
}

/* Makes the directory of the records when it is absent, and takes it away again when it fails. */
static int restore_into(TOOL *tool, const PLACES *places, CHILD_REPORT *report, ONEM2M_ERROR *error)
{
    const char *made = NULL;

    if ((places->records == NULL || directory_make(places->records, &made, error)) &&
        restore(tool, report, error))
        return 1;
    if (made != NULL)
        rmdir(made);
    return 0;
}

int command_restore(TOOL *tool, ONEM2M_ERROR *error)
{
    CHILD_REPORT report;
    PLACES places;
    const int ok =
        config_places(&places, &tool->config, error) && restore_into(tool, &places, &report, error);

    config_clear_places(&places);
    if (ok)
        output_number(&tool->output, "records", report.findings.records);
    return ok;
}
