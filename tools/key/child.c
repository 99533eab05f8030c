/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "child.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "progress.h"
#include "refuse.h"

static int write_report(int fd, const CHILD_REPORT *report)
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
static int read_report(int fd, CHILD_REPORT *report)
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

static void work_and_exit(TOOL *tool, const char *what, child_work_fn *work, int fd)
{
    CHILD_REPORT report;
    PROGRESS progress;
    int ok;

    memset(&report, 0, sizeof(report));
    report.has_ended = 1;
    progress_begin(&progress, what);
    report.ok = work(tool, &report.findings, &progress, &report.error);
    progress_end(&progress);
    ok = write_report(fd, &report);
    tool_close(tool);
    _exit(ok ? EXIT_SUCCESS : EXIT_FAILURE);
}

int child_run(TOOL *tool, const char *what, child_work_fn *work, CHILD_REPORT *report,
              ONEM2M_ERROR *error)
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
        work_and_exit(tool, what, work, ends[1]);
    }
    close(ends[1]);
    if (!read_report(ends[0], report))
        report->has_ended = 0;
    close(ends[0]);
    while (waitpid(child, &report->status, 0) < 0 && errno == EINTR)
        ;
    return 1;
}

void child_describe_crash(const CHILD_REPORT *report, char *text, size_t size)
{
    static const char what[] = "pages of the file are damaged: the process that read them";
    const int status = report->status;

    if (WIFSIGNALED(status))
        snprintf(text, size, "%s was ended by signal %d (%s)", what, WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(text, size, "%s ended with status %d", what, WEXITSTATUS(status));
}
