/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "frame.h"
#include "self.h"
#include "tables.h"

#define HIGH_FD 100
#define END_ATTEMPTS 200 /* of 10 milliseconds, until a process that should end is killed */

static void give_descriptors(posix_spawn_file_actions_t *actions, const PLACE *place,
                             int control_fd, int event_fd)
{
    posix_spawn_file_actions_adddup2(actions, control_fd, ENTITY_CONTROL_FD);
    posix_spawn_file_actions_adddup2(actions, event_fd, ENTITY_EVENT_FD);
    for (int n = 0; n < 2 * ENTITY_LISTENERS_MAX; n++) {
        if (place->listener_fds[n] >= 0)
            posix_spawn_file_actions_adddup2(actions, place->listener_fds[n],
                                             ENTITY_LISTENER_FD + n);
    }
}

/* With its own configuration in OPENSSL_CONF, and this program's environment otherwise. */
static int spawn(PROCESS *process, const PLACE *place, MEMBER_INDEX who, int control_fd,
                 int event_fd)
{
    char name[] = "onem2m-demo";
    char option[] = "--role";
    char role[8];
    char path[PATH_MAX];
    char *arguments[] = { name, option, role, NULL };
    posix_spawn_file_actions_t actions;
    int error;

    snprintf(role, sizeof(role), "%s", members[who].name);
    if (setenv("OPENSSL_CONF", place->configuration, 1) != 0)
        return ENOMEM;
    posix_spawn_file_actions_init(&actions);
    give_descriptors(&actions, place, control_fd, event_fd);
    self_path(path);
    error = posix_spawnp(&process->pid, path, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int process_start(PROCESS *process, const PLACE *place, MEMBER_INDEX who, int event_fd,
                  FAILURE *failure)
{
    int ends[2];
    int child_end;
    int error;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return failure_set(failure, "no socket: %s", strerror(errno));
    process->control_fd = ends[0];
    child_end = fcntl(ends[1], F_DUPFD_CLOEXEC, HIGH_FD);
    close(ends[1]);
    error = spawn(process, place, who, child_end, event_fd);
    close(child_end);
    process->running = error == 0;
    return process->running ||
           failure_set(failure, "%s cannot be started: %s", members[who].name, strerror(error));
}

int process_order(const PROCESS *process, const char *step, const char *argument,
                  const unsigned char *key, size_t length, FAILURE *failure)
{
    static MESSAGE order;
    int sent;

    message_begin(&order, &table_order);
    message_put_text(&order, "step", step);
    message_put_text(&order, "argument", argument);
    if (key != NULL)
        message_put_octets(&order, "key", key, length);
    sent = frame_send_message(process->control_fd, &order, failure);
    message_clear(&order);
    return sent;
}

static void reap(PROCESS *process, int *status)
{
    while (waitpid(process->pid, status, 0) < 0 && errno == EINTR)
        ;
    process->running = 0;
}

void process_describe_end(PROCESS *process, FAILURE *failure)
{
    int status = 0;

    if (!process->running)
        return;
    reap(process, &status);
    if (WIFSIGNALED(status))
        failure_set(failure, "ended by signal %d (%s)", WTERMSIG(status),
                    strsignal(WTERMSIG(status)));
    else
        failure_set(failure, "ended with status %d", WEXITSTATUS(status));
}

void process_stop(PROCESS *process)
{
    const struct timespec piece = { .tv_nsec = 10000000 };
    int status = 0;

    if (process->control_fd >= 0)
        close(process->control_fd);
    process->control_fd = -1;
    for (int i = 0; process->running && i < END_ATTEMPTS; i++) {
        if (waitpid(process->pid, &status, WNOHANG) != 0)
            process->running = 0;
        else
            nanosleep(&piece, NULL);
    }
    if (process->running) {
        kill(process->pid, SIGKILL);
        reap(process, &status);
    }
}
