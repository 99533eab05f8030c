/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "self.h"

#define TOOL "onem2m-key"
#define ARGUMENTS_MAX 12

/* The program beside this one; else its name, for PATH. */
static void find_tool(char path[PATH_MAX])
{
    char *slash;

    self_path(path);
    slash = strrchr(path, '/');
    if (slash != NULL && (size_t)(slash - path) + sizeof("/" TOOL) <= PATH_MAX) {
        memcpy(slash, "/" TOOL, sizeof("/" TOOL));
        if (access(path, X_OK) == 0)
            return;
    }
    memcpy(path, TOOL, sizeof(TOOL));
}

static int start(pid_t *pid, const char *configuration, const char *const arguments[], int out_fd)
{
    char path[PATH_MAX];
    const char *all[ARGUMENTS_MAX + 4] = { TOOL, "--config", configuration };
    char *vector[ARGUMENTS_MAX + 4];
    posix_spawn_file_actions_t actions;
    size_t count = 3;
    int error;

    for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
        all[count++] = arguments[i];
    memcpy(vector, all, sizeof(vector)); /* execve writes nowhere */
    find_tool(path);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out_fd, STDERR_FILENO);
    error = posix_spawnp(pid, path, &actions, NULL, vector, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Reads until the tool closes its output; what has no room is read and lost. */
static void collect(int fd, char *out, size_t size)
{
    char rest[512];
    size_t length = 0;
    ssize_t got;

    for (;;) {
        int room = length + 1 < size;

        got = room ? read(fd, out + length, size - 1 - length) : read(fd, rest, sizeof(rest));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        if (room)
            length += (size_t)got;
    }
    out[length] = '\0';
}

int tool_run(const char *configuration, const char *const arguments[], char *out, size_t size,
             FAILURE *failure)
{
    char text[1024];
    int status = 0;
    int pipes[2];
    pid_t pid;
    int error;

    if (out == NULL) {
        out = text;
        size = sizeof(text);
    }
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return failure_set(failure, "no pipe: %s", strerror(errno));
    error = start(&pid, configuration, arguments, pipes[1]);
    close(pipes[1]);
    if (error == 0) {
        collect(pipes[0], out, size);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    close(pipes[0]);
    if (error != 0)
        return failure_set(failure, TOOL " cannot be started: %s", strerror(error));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return failure_set(failure, TOOL " %s: %.300s", arguments[0], out);
    return 1;
}
