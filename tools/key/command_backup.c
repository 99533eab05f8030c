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

int command_restore(TOOL *tool, ONEM2M_ERROR *error)
{
    const char *made = NULL;
    CHILD_REPORT report;

    if ((tool->config.keystore != NULL && !directory_make(tool->config.keystore, &made, error)) ||
        !restore(tool, &report, error)) {
        if (made != NULL)
            rmdir(made);
        return 0;
    }
    output_number(&tool->output, "records", report.findings.records);
    return 1;
}
