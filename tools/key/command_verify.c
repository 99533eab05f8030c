/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include "child.h"
#include "progress.h"

static int verify_store(TOOL *tool, ONEM2M_STORE_FINDINGS *findings, void *shown,
                        ONEM2M_ERROR *error)
{
    if (!tool_open_store(tool, error))
        return 0;
    if (tool_has(tool, OPTION_TIDY))
        return onem2m_store_tidy(tool->reader, findings, progress_update, shown, error);
    return onem2m_store_verify(tool->reader, findings, progress_update, shown, error);
}

static void tell_crash(TOOL *tool, const CHILD_REPORT *report)
{
    char text[160];

    child_describe_crash(report, text, sizeof(text));
    output_string(&tool->output, "finding", text);
    tool->has_findings = 1;
}

static void tell_objects(const TOOL *tool, const ONEM2M_STORE_FINDINGS *findings, OUTPUT *output)
{
    output_number(output, "objects-missing", findings->missing);
    output_number(output, "objects-unfit", findings->unfit);
    output_number(output, "objects-unrecorded", findings->unrecorded);
    if (tool_has(tool, OPTION_TIDY))
        output_number(output, "objects-destroyed", findings->destroyed);
}

static void tell_findings(TOOL *tool, const ONEM2M_STORE_FINDINGS *findings)
{
    OUTPUT *output = &tool->output;

    output_number(output, "records", findings->records);
    output_number(output, "damaged", findings->damaged);
    output_number(output, "orphans", findings->orphans);
    output_boolean(output, "set-hash-differs", findings->set_hash_differs);
    if (findings->has_objects)
        tell_objects(tool, findings, output);
    if (findings->first.reason == ONEM2M_R_NONE)
        return;
    output_string(output, "finding", findings->first.detail);
    tool->has_findings = 1;
}

int command_verify(TOOL *tool, ONEM2M_ERROR *error)
{
    CHILD_REPORT report;

    if (!child_run(tool, "verify", verify_store, &report, error))
        return 0;
    if (!report.has_ended) {
        tell_crash(tool, &report);
        return 1;
    }
    if (!report.ok) {
        *error = report.error;
        return 0;
    }
    tell_findings(tool, &report.findings);
    return 1;
}
