/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * on_terminal PROMPT ANSWER COMMAND [ARGUMENT ...]: runs the command on a terminal of its own,
 * types ANSWER whenever PROMPT appears there, and prints what the terminal shows. PROMPT empty: the
 * command has no terminal. Ends with the command's status, or 128 and the signal that ended it;
 * with 77 where there are no pseudo terminals, as in a chroot without /dev/pts.
 */
#include <errno.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define SHOWN_MAX 65536
#define SECONDS_MAX 60
#define NOT_RUN 127
#define SKIPPED 77

static void type(int terminal, const char *answer)
{
    size_t done = 0;

    while (done < strlen(answer)) {
        const ssize_t n = write(terminal, answer + done, strlen(answer) - done);

        if (n < 0 && errno != EINTR)
            return;
        if (n > 0)
            done += (size_t)n;
    }
}

/* Whoever asks for a secret has written the prompt before the echo is out. */
static void await_silence(int terminal)
{
    struct termios settings;

    while (tcgetattr(terminal, &settings) == 0 && (settings.c_lflag & ECHO) != 0)
        usleep(1000);
}

/* Until the last process has closed its end: an error then, and no end of file. */
static void serve(int terminal, const char *prompt, const char *answer)
{
    static char shown[SHOWN_MAX];
    size_t length = 0, answered = 0;
    const char *asked;

    while (length < sizeof(shown) - 1) {
        const ssize_t n = read(terminal, shown + length, sizeof(shown) - 1 - length);

        if (n <= 0 && errno != EINTR)
            break;
        if (n <= 0)
            continue;
        fwrite(shown + length, 1, (size_t)n, stdout);
        length += (size_t)n;
        shown[length] = '\0';
        for (; (asked = strstr(shown + answered, prompt)) != NULL;
             answered = (size_t)(asked - shown) + strlen(prompt)) {
            await_silence(terminal);
            type(terminal, answer);
        }
    }
}

static int status_of(pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) != child) {
        if (errno != EINTR)
            return NOT_RUN;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char *argv[])
{
    int terminal = -1;
    pid_t child;

    if (argc < 4)
        return NOT_RUN;
    alarm(SECONDS_MAX);
    child = argv[1][0] != '\0' ? forkpty(&terminal, NULL, NULL, NULL) : fork();
    if (child < 0) {
        const int number = errno;

        perror("on_terminal");
        return number == ENOENT || number == ENODEV || number == ENXIO ? SKIPPED : NOT_RUN;
    }
    if (child == 0) {
        if (argv[1][0] == '\0')
            setsid();
        execvp(argv[3], argv + 3);
        _exit(NOT_RUN);
    }
    if (terminal >= 0)
        serve(terminal, argv[1], argv[2]);
    return status_of(child);
}
