/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define INTERVAL_MS 100
#define BAR_WIDTH 40

static int64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(PROGRESS *progress, const char *what)
{
    progress->what = what;
    progress->is_shown = isatty(STDERR_FILENO);
    progress->drawn = 0;
}

static void draw(const PROGRESS *progress, uint64_t done, uint64_t total)
{
    char bar[BAR_WIDTH + 1];

    if (total == 0) {
        fprintf(stderr, "\r%s %" PRIu64 "\033[K", progress->what, done);
        return;
    }
    if (done > total)
        done = total;
    for (uint64_t i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < done * BAR_WIDTH / total ? '#' : ' ';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r%s [%s] %3" PRIu64 "%%\033[K", progress->what, bar, done * 100 / total);
}

void progress_update(void *shown, uint64_t done, uint64_t total)
{
    PROGRESS *progress = shown;
    int64_t now;

    if (!progress->is_shown)
        return;
    now = milliseconds();
    if (progress->drawn != 0 && now - progress->drawn < INTERVAL_MS)
        return;
    draw(progress, done, total);
    fflush(stderr);
    progress->drawn = now;
}

void progress_end(PROGRESS *progress)
{
    if (progress->drawn != 0)
        fputs("\r\033[K", stderr);
    fflush(stderr);
    progress->drawn = 0;
}
