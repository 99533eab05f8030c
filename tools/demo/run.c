/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The parent: makes the places, starts the processes, tells them when, prints what they say. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "authority.h"
#include "clock.h"
#include "diagram.h"
#include "frame.h"
#include "journal.h"
#include "narrator.h"
#include "process.h"
#include "report_json.h"
#include "role.h"
#include "tables.h"
#include "tool.h"

#define KPM_OCTETS 32
#define MARGIN 2000 /* milliseconds that a process has beyond its own patience */
#define GRACE 500   /* milliseconds, for the others to say what they make of a failure */

typedef struct {
    const OPTIONS *options;
    WORLD world;
    AUTHORITY authority;
    PROCESS processes[MEMBERS];
    int events[2]; /* all processes write to the one, the parent reads the other */
    JOURNAL journal;
} RUN;

static RUN run;

/* The process that has ended; MEMBERS when none has. */
static MEMBER_INDEX find_ended(void)
{
    struct pollfd waiting[MEMBERS];

    for (int i = 0; i < MEMBERS; i++)
        waiting[i] = (struct pollfd){ .fd = run.processes[i].control_fd };
    if (poll(waiting, MEMBERS, 0) > 0) {
        for (int i = 0; i < MEMBERS; i++) {
            if ((waiting[i].revents & POLLHUP) != 0)
                return (MEMBER_INDEX)i;
        }
    }
    return MEMBERS;
}

/* Waits until there is an event to read; 0 with the failure set. */
static int wait_for_event(MEMBER_INDEX who, int64_t deadline)
{
    struct pollfd waiting = { .fd = run.events[0], .events = POLLIN };
    FAILURE *failure = &run.journal.failure;
    FAILURE end = { "" };
    MEMBER_INDEX ended;

    while (poll(&waiting, 1, 50) <= 0) {
        ended = find_ended();
        if (ended != MEMBERS && poll(&waiting, 1, 0) <= 0) {
            process_describe_end(&run.processes[ended], &end);
            return failure_set(failure, "%s %s", members[ended].name, end.text);
        }
        if (clock_milliseconds() >= deadline)
            return failure_set(failure, "%s did not end its step in time", members[who].name);
    }
    return 1;
}

static int receive_event(MEMBER_INDEX who, EVENT *event, int64_t deadline)
{
    unsigned char octets[MESSAGE_MAX];
    size_t length = 0;

    if (!wait_for_event(who, deadline))
        return 0;
    if (frame_receive(run.events[0], octets, &length, deadline) != FRAME_RECEIVED)
        return failure_set(&run.journal.failure, "what a process reports cannot be read");
    return event_decode(event, octets, length, &run.journal.failure);
}

/* Milliseconds that a step may take. */
static int64_t patience(void)
{
    return (int64_t)run.options->timeout * 1000 + MARGIN;
}

/* Prints and keeps what is reported until who has ended its step; *last is that report. */
static int follow(size_t scene, MEMBER_INDEX who, EVENT *last, int64_t milliseconds)
{
    int64_t deadline = clock_milliseconds() + milliseconds;

    memset(last, 0, sizeof(*last));
    for (;;) {
        if (!receive_event(who, last, deadline))
            return 0;
        if (!run.options->json)
            narrator_event(&run.journal, last);
        if (!journal_add(&run.journal, scene, last))
            return failure_set(&run.journal.failure, "out of memory");
        if ((last->kind == EVENT_DONE || last->kind == EVENT_FAILED) &&
            strcmp(last->at, members[who].name) == 0)
            return 1;
    }
}

static int is_absent(MEMBER_INDEX who)
{
    return (run.world.spoiled == BREAK_MEF_DOWN && who == MEF) ||
           (run.world.spoiled == BREAK_MAF_DOWN && who == MAF);
}

static int is_silent(MEMBER_INDEX who)
{
    return run.world.spoiled == BREAK_SILENCE && who == MAF;
}

/* The process asks for its certificate; the parent is the CA. */
static int certify(MEMBER_INDEX who)
{
    static MESSAGE request;
    static MESSAGE answer;
    int fd = run.processes[who].control_fd;
    FAILURE *failure = &run.journal.failure;

    return frame_receive_message(fd, &table_certificates, &request,
                                 clock_milliseconds() + (int64_t)run.options->timeout * 1000,
                                 failure) &&
           authority_certify(&run.authority, members[who].subject_alt_name, &request, &answer,
                             failure) &&
           frame_send_message(fd, &answer, failure);
}

static int start_one(MEMBER_INDEX who, const unsigned char *kpm)
{
    PROCESS *process = &run.processes[who];
    FAILURE *failure = &run.journal.failure;
    EVENT event;

    if (!process_start(process, &run.world.places[who], who, run.events[1], failure) ||
        !process_order(process, "begin", "", kpm, kpm != NULL ? KPM_OCTETS : 0, failure))
        return 0;
    run.journal.pids[who] = process->pid;
    if (is_silent(who))
        return follow(0, who, &event, patience());
    if (!certify(who) || !follow(0, who, &event, patience()))
        return 0;
    return event.kind == EVENT_DONE ||
           failure_set(failure, "%s: %s", members[who].name, event.text);
}

/* Kpm comes to the Enrolee and the MEF before they first run (8.3.2.1); nobody else keeps it. */
static int start_all(void)
{
    unsigned char kpm[KPM_OCTETS];
    unsigned char other[KPM_OCTETS];
    int started = RAND_priv_bytes(kpm, sizeof(kpm)) == 1 &&
                  RAND_priv_bytes(other, sizeof(other)) == 1 &&
                  authority_new(&run.authority, &run.journal.failure);

    for (int i = 0; started && i < MEMBERS; i++) {
        const unsigned char *key = NULL;

        if (i == MEF)
            key = kpm;
        else if (i == A)
            key = run.world.spoiled == BREAK_KPM ? other : kpm;
        if (!is_absent((MEMBER_INDEX)i))
            started = start_one((MEMBER_INDEX)i, key);
    }
    OPENSSL_cleanse(kpm, sizeof(kpm));
    OPENSSL_cleanse(other, sizeof(other));
    return started;
}

/* Whether the scene came out as it must. */
static OUTCOME judge(size_t index, const EVENT *last)
{
    const SCENE *scene = &scenes[index];
    FAILURE *failure = &run.journal.failure;

    if (scene->tries == NULL)
        return OUTCOME_DONE;
    if (last->kind == EVENT_DONE)
        failure_set(failure, "%s was not refused: %s", last->at, scene->tries);
    else if (!journal_refused(&run.journal, index, members[scene->refuses].name, scene->reason))
        failure_set(failure, "%s did not say why it refused (\"%s\"): %s",
                    members[scene->refuses].name, scene->reason, last->text);
    else
        return OUTCOME_REFUSED;
    return OUTCOME_UNEXPECTED;
}

/* Waits until the others have reported what they did in the scene: an audit comes after the alert.
 */
static int settle(size_t index, int64_t milliseconds)
{
    EVENT event;

    for (int i = 0; i < MEMBERS; i++) {
        if (i == (int)scenes[index].who || !run.processes[i].running || is_silent((MEMBER_INDEX)i))
            continue;
        if (!process_order(&run.processes[i], STEP_SETTLE, "", NULL, 0, &run.journal.failure) ||
            !follow(index, (MEMBER_INDEX)i, &event, milliseconds))
            return 0;
    }
    return 1;
}

static int play(size_t index)
{
    const SCENE *scene = &scenes[index];
    FAILURE *failure = &run.journal.failure;
    const char *argument = "";
    EVENT last;

    if (scene->argument != NULL)
        argument = journal_first_value(&run.journal, scene->argument, NULL);
    if (!run.options->json)
        narrator_scene(scene);
    if (!process_order(&run.processes[scene->who], scene->step, argument, NULL, 0, failure) ||
        !follow(index, scene->who, &last, patience()))
        return 0;
    run.journal.outcomes[index] = OUTCOME_UNEXPECTED;
    if (last.kind == EVENT_FAILED && scene->tries == NULL) {
        settle(index, GRACE);
        return failure_set(failure, "%s: %s", last.at, last.text);
    }
    if (!settle(index, patience()))
        return 0;
    run.journal.outcomes[index] = judge(index, &last);
    return run.journal.outcomes[index] != OUTCOME_UNEXPECTED;
}

static int play_all(void)
{
    for (size_t i = 0; i < scene_count; i++) {
        if (!play(i))
            return 0;
    }
    return 1;
}

static int read_trees(void)
{
    const char *const tree[] = { "tree", NULL };

    for (int i = 0; i < MEMBERS; i++) {
        if (!tool_run(run.world.places[i].configuration, tree, run.journal.trees[i], JOURNAL_TREE,
                      &run.journal.failure))
            return 0;
    }
    return 1;
}

static int perform(void)
{
    FAILURE *failure = &run.journal.failure;

    if (pipe2(run.events, O_CLOEXEC) != 0)
        return failure_set(failure, "no pipe: %s", strerror(errno));
    if (!world_make(&run.world, run.options->keep, failure))
        return 0;
    if (!run.options->json)
        narrator_begin(&run.world);
    if (!start_all())
        return 0;
    if (!run.options->json)
        narrator_processes(&run.world, run.journal.pids);
    return play_all() && read_trees();
}

static void clean_up(void)
{
    for (int i = 0; i < MEMBERS; i++)
        process_stop(&run.processes[i]);
    authority_free(&run.authority);
    world_remove(&run.world);
}

int run_demonstration(const OPTIONS *options)
{
    int agreed;

    run.options = options;
    run.world.module = options->module;
    run.world.timeout = options->timeout;
    run.world.dtls = options->dtls;
    run.world.authority = options->authority;
    memcpy(run.world.credentials, options->credentials, sizeof(run.world.credentials));
    run.world.spoiled = options->spoiled;
    for (int i = 0; i < MEMBERS; i++)
        run.processes[i].control_fd = -1;
    signal(SIGPIPE, SIG_IGN);
    perform();
    clean_up();
    agreed = journal_verdict(&run.journal);
    if (options->json)
        report_json(&run.journal, &run.world);
    else
        narrator_end(&run.journal, &run.world);
    if (options->svg != NULL && !diagram_write(options->svg, &run.journal))
        agreed = 0;
    journal_free(&run.journal);
    return agreed;
}
