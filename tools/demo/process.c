/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "role.h"

#define GRACE_AFTER_FAILURE 1000 /* milliseconds */

/* The path of the running program; its name only where /proc is not mounted. */
static const char *own_path(char path[PATH_MAX], const char *program)
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);

    if (length <= 0)
        return program;
    path[length] = '\0';
    return path;
}

static int spawn(PROCESS *process, const char *program, int assignment_fd, int report_fd)
{
    char name[] = "onem2m-demo";
    char option[] = "--role";
    char role[32];
    char path[PATH_MAX];
    char *arguments[] = { name, option, role, NULL };
    posix_spawn_file_actions_t actions;
    int error;

    strncpy(role, process->role, sizeof(role) - 1);
    role[sizeof(role) - 1] = '\0';
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, assignment_fd, ROLE_ASSIGNMENT_FD);
    posix_spawn_file_actions_adddup2(&actions, report_fd, ROLE_REPORT_FD);
    error =
        posix_spawnp(&process->pid, own_path(path, program), &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    process->running = error == 0;
    return process->running ||
           failure_set(&process->failure, "cannot be started: %s", strerror(error));
}

void process_init(PROCESS *process, const char *role, const char *title)
{
    memset(process, 0, sizeof(*process));
    process->role = role;
    process->title = title;
    process->assignment_fd = process->report_fd = -1;
}

int process_start(PROCESS *process, const char *program)
{
    int assignment[2];
    int report[2];
    int started;

    if (pipe2(assignment, O_CLOEXEC) != 0)
        return failure_set(&process->failure, "no pipe: %s", strerror(errno));
    if (pipe2(report, O_CLOEXEC) != 0) {
        failure_set(&process->failure, "no pipe: %s", strerror(errno));
        close(assignment[0]);
        close(assignment[1]);
        return 0;
    }
    process->assignment_fd = assignment[1];
    process->report_fd = report[0];
    started = spawn(process, program, assignment[0], report[1]);
    close(assignment[0]);
    close(report[1]);
    return started;
}

int process_assign(PROCESS *process, const WIRE_MESSAGE *assignment)
{
    int assigned = wire_send(process->assignment_fd, assignment);

    close(process->assignment_fd);
    process->assignment_fd = -1;
    return assigned || failure_set(&process->failure, "it would not take its assignment");
}

/* Sets the failure of a process that ended without saying why. */
static void describe_end(PROCESS *process, int status)
{
    if (process->failure.text[0] != '\0')
        return;
    if (WIFSIGNALED(status))
        failure_set(&process->failure, "ended by signal %d (%s)", WTERMSIG(status),
                    strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        failure_set(&process->failure, "ended with status %d", WEXITSTATUS(status));
}

static void reap(PROCESS *process)
{
    int status = 0;

    if (!process->running)
        return;
    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
        ;
    process->running = 0;
    describe_end(process, status);
}

void process_stop(PROCESS *process)
{
    if (process->running) {
        kill(process->pid, SIGKILL);
        reap(process);
    }
    if (process->assignment_fd >= 0)
        close(process->assignment_fd);
    if (process->report_fd >= 0)
        close(process->report_fd);
    process->assignment_fd = process->report_fd = -1;
}

int process_receive(PROCESS *process, int64_t deadline)
{
    const char *why;

    switch (wire_receive(process->report_fd, &process->report, deadline)) {
    case WIRE_RECEIVED:
        why = wire_get_text(&process->report, REPORT_FAILURE);
        return why == NULL || failure_set(&process->failure, "%s", why);
    case WIRE_CLOSED:
        reap(process);
        if (process->failure.text[0] == '\0')
            failure_set(&process->failure, "ended without a report");
        return 0;
    case WIRE_LATE:
        return failure_set(&process->failure, "gave no report in time");
    default:
        return failure_set(&process->failure, "its report cannot be read");
    }
}

/* Waits until a process that has reported ends by itself; one that does not has failed. */
static void await_end(PROCESS *process, int64_t deadline)
{
    WIRE_MESSAGE message;

    switch (wire_receive(process->report_fd, &message, deadline)) {
    case WIRE_CLOSED:
        reap(process);
        break;
    case WIRE_LATE:
        failure_set(&process->failure, "reported but did not end");
        break;
    default:
        failure_set(&process->failure, "said more than one report");
        break;
    }
    wire_clear(&message);
}

/* Waits until one that is still to report has something to say; NULL: none, or not in time. */
static PROCESS *next_reporter(PROCESS *processes[], size_t count, int64_t deadline)
{
    struct pollfd waiting[PROCESS_MAX];
    int64_t left = deadline - wire_clock();
    size_t pending = 0;

    for (size_t i = 0; i < count; i++) {
        waiting[i] = (struct pollfd){ .fd = processes[i]->collected ? -1 : processes[i]->report_fd,
                                      .events = POLLIN };
        pending += !processes[i]->collected;
    }
    if (pending == 0 || poll(waiting, count, left > 0 ? (int)left : 0) <= 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (waiting[i].revents != 0)
            return processes[i];
    }
    return NULL;
}

void process_collect(PROCESS *processes[], size_t count, int64_t deadline)
{
    PROCESS *process;

    while ((process = next_reporter(processes, count, deadline)) != NULL) {
        process->collected = 1;
        process_receive(process, deadline);
        if (process->failure.text[0] != '\0' && deadline > wire_clock() + GRACE_AFTER_FAILURE)
            deadline = wire_clock() + GRACE_AFTER_FAILURE;
    }
    for (size_t i = 0; i < count; i++) {
        if (!processes[i]->collected)
            failure_set(&processes[i]->failure, "gave no report in time");
        else if (processes[i]->running)
            await_end(processes[i], deadline);
        process_stop(processes[i]);
    }
}
