/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "progress.h"
#include "refuse.h"

/* What the child tells. */
typedef struct {
    int is_read; /* 0: error says why the store could not be read */
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;
} REPORT;

static int write_report(int fd, const REPORT *report)
{
    const char *octets = (const char *)report;
    size_t done = 0;

    while (done < sizeof(*report)) {
        const ssize_t n = write(fd, octets + done, sizeof(*report) - done);

        if (n < 0 && errno != EINTR)
            return 0;
        if (n > 0)
            done += (size_t)n;
    }
    return 1;
}

/* Whether a whole report came. */
static int read_report(int fd, REPORT *report)
{
    char *octets = (char *)report;
    size_t done = 0;

    while (done < sizeof(*report)) {
        const ssize_t n = read(fd, octets + done, sizeof(*report) - done);

        if (n == 0 || (n < 0 && errno != EINTR))
            return 0;
        if (n > 0)
            done += (size_t)n;
    }
    return 1;
}

/* In the child, which a damaged page may crash: LMDB has no checksums. */
static void verify_store(TOOL *tool, int fd)
{
    REPORT report;
    PROGRESS progress;
    int ok;

    memset(&report, 0, sizeof(report));
    progress_begin(&progress, "verify");
    report.is_read = tool_open_store(tool, &report.error) &&
                     onem2m_store_verify(tool->reader, &report.findings, progress_update, &progress,
                                         &report.error);
    progress_end(&progress);
    ok = write_report(fd, &report);
    tool_close(tool);
    _exit(ok ? EXIT_SUCCESS : EXIT_FAILURE);
}

static int run_child(TOOL *tool, REPORT *report, int *has_report, int *status, ONEM2M_ERROR *error)
{
    int ends[2];
    pid_t child;

    if (pipe(ends) != 0)
        return refuse_file(error, "a pipe");
    fflush(stdout);
    child = fork();
    if (child < 0) {
        close(ends[0]);
        close(ends[1]);
        return refuse_file(error, "a process");
    }
    if (child == 0) {
        close(ends[0]);
        verify_store(tool, ends[1]);
    }
    close(ends[1]);
    *has_report = read_report(ends[0], report);
    close(ends[0]);
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        ;
    return 1;
}

static void tell_crash(TOOL *tool, int status)
{
    char text[160];

    if (WIFSIGNALED(status))
        snprintf(text, sizeof(text),
                 "pages of the file are damaged: the process that read them was ended by signal "
                 "%d (%s)",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(text, sizeof(text),
                 "pages of the file are damaged: the process that read them ended with status %d",
                 WEXITSTATUS(status));
    output_string(&tool->output, "finding", text);
    tool->has_findings = 1;
}

static void tell_findings(TOOL *tool, const ONEM2M_STORE_FINDINGS *findings)
{
    OUTPUT *output = &tool->output;

    output_number(output, "records", findings->records);
    output_number(output, "damaged", findings->damaged);
    output_boolean(output, "set-hash-differs", findings->set_hash_differs);
    if (findings->damaged == 0 && !findings->set_hash_differs)
        return;
    output_string(output, "finding", findings->first.detail);
    tool->has_findings = 1;
}

int command_verify(TOOL *tool, ONEM2M_ERROR *error)
{
    REPORT report;
    int has_report, status;

    if (!run_child(tool, &report, &has_report, &status, error))
        return 0;
    if (!has_report) {
        tell_crash(tool, status);
        return 1;
    }
    if (!report.is_read) {
        *error = report.error;
        return 0;
    }
    tell_findings(tool, &report.findings);
    return 1;
}
