/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "narrator.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 80
#define CLAUSE_WIDTH 8
#define WHO_WIDTH 10
#define TEXT_COLUMN (1 + CLAUSE_WIDTH + 1 + WHO_WIDTH + 1)

static unsigned int part; /* of the demonstration, counted */

/* Octets of text that go on a line of that width: up to the last space, if there is one. */
static size_t line_length(const char *text, size_t width)
{
    size_t length = strlen(text);

    if (length <= width)
        return length;
    for (length = width; length > 0 && text[length] != ' '; length--)
        ;
    return length > 0 ? length : width;
}

static void print_wrapped(const char *text, int column)
{
    size_t width = (size_t)(WIDTH - column);
    size_t length = line_length(text, width);

    printf("%.*s\n", (int)length, text);
    for (text += length; *text != '\0'; text += length) {
        text += strspn(text, " ");
        length = line_length(text, width);
        if (length > 0)
            printf("%*s%.*s\n", column, "", (int)length, text);
    }
}

static void print_line(const char *clause, const char *who, const char *text)
{
    printf(" %-*s %-*s ", CLAUSE_WIDTH, clause, WHO_WIDTH, who);
    print_wrapped(text, TEXT_COLUMN);
}

void narrator_begin(const WORLD *world)
{
    part = 0;
    printf("oneM2M TS-0003: the life of a key, from enrolment to the end%s\n"
           "Left: the clause. Middle: who, or who to whom.\n\n",
           world->dtls ? ", over DTLS" : "");
    fflush(stdout);
}

void narrator_processes(const WORLD *world, const pid_t pids[MEMBERS])
{
    printf(" %-4s %-7s %-32s %s\n", "", "process", "", "identity");
    for (int i = 0; i < MEMBERS; i++) {
        if (pids[i] != 0)
            printf(" %-4s %-7ld %-32s %s\n", members[i].name, (long)pids[i], members[i].title,
                   members[i].identity);
    }
    printf("\nEach has a configuration, a key store and a seal of its own, below\n%s\n",
           world->directory);
    fflush(stdout);
}

void narrator_scene(const SCENE *scene)
{
    char title[200];

    if (scene->title != NULL) {
        snprintf(title, sizeof(title), "%u. %s (%s)", ++part, scene->title, scene->clauses);
        putchar('\n');
        print_wrapped(title, 0);
    }
    if (scene->tries != NULL)
        printf("\n - %s\n", scene->tries);
    fflush(stdout);
}

static void print_value(const JOURNAL *journal, const EVENT *event)
{
    const char *before = journal_first_value(journal, event->name, NULL);
    char text[EVENT_TEXT + 64];

    if (before != NULL && strcmp(before, event->text) == 0)
        snprintf(text, sizeof(text), "has the same %s", event->name);
    else
        snprintf(text, sizeof(text), "has %s = %s", event->name, event->text);
    print_line(event->clause, event->at, text);
}

void narrator_event(const JOURNAL *journal, const EVENT *event)
{
    char who[2 * EVENT_NAME + 8];
    char text[EVENT_TEXT + 32];

    switch (event->kind) {
    case EVENT_NOTE:
        print_line(event->clause, event->at, event->text);
        break;
    case EVENT_MESSAGE:
        snprintf(who, sizeof(who), "%s -> %s", event->at, event->to);
        print_line(event->clause, who, event->text);
        break;
    case EVENT_REFUSAL:
        snprintf(text, sizeof(text), "REFUSES: %s", event->text);
        print_line(event->clause, event->at, text);
        break;
    case EVENT_VALUE:
        print_value(journal, event);
        break;
    case EVENT_FAILED:
        snprintf(text, sizeof(text), "gets no further: %s", event->text);
        print_line("", event->at, text);
        break;
    case EVENT_DONE:
        break;
    }
    fflush(stdout);
}

static void print_trees(const JOURNAL *journal)
{
    printf("\n%u. What each store holds at the end (onem2m-key tree)\n", ++part);
    for (int i = 0; i < MEMBERS; i++)
        printf("\n%s, %s:\n%s", members[i].name, members[i].title, journal->trees[i]);
}

static void print_shared(const JOURNAL *journal)
{
    printf("\n%u. What is the same at all who hold it\n\n", ++part);
    for (size_t i = 0; i < shared_count; i++) {
        const char *value = journal_first_value(journal, shared[i].name, NULL);
        size_t length = value != NULL ? strcspn(value, "@") : 0; /* names, without their FQDN */

        printf("%c %-*s %-17s %-10s %.*s%s\n", journal_agrees(journal, &shared[i]) ? '=' : '!',
               CLAUSE_WIDTH, shared[i].clause, shared[i].name, shared[i].holders, (int)length,
               value != NULL ? value : "", value != NULL && value[length] == '@' ? "@.." : "");
    }
    fputs("\nOf keys: 8 octets of SHA-256 over a fixed label and the key, never the key.\n",
          stdout);
}

static void print_failure(const JOURNAL *journal, const WORLD *world)
{
    if (journal->failure.text[0] != '\0')
        fprintf(stderr, "\nFAILED: %s\n", journal->failure.text);
    else
        fputs("\nFAILED: not everything is the same where it must be\n", stderr);
    if (world->keep)
        fprintf(stderr, "What is left is in %s\n", world->directory);
}

void narrator_end(const JOURNAL *journal, const WORLD *world)
{
    if (journal->failure.text[0] == '\0') {
        print_trees(journal);
        print_shared(journal);
    }
    fflush(stdout);
    if (!journal_verdict(journal)) {
        print_failure(journal, world);
        return;
    }
    printf("\nAGREED: %zu names and keys are the same wherever they are held;\n"
           "%zu attempts that must be refused were refused, each for its reason.\n",
           shared_count, journal_count(journal, OUTCOME_REFUSED));
    if (world->keep)
        printf("Configurations and stores are kept in %s\n", world->directory);
}
