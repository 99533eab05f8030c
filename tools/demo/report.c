/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report.h"

#include <stdio.h>
#include <string.h>

#define CLAUSE_WIDTH 8
#define TITLE_WIDTH 19
#define VALUE_WIDTH 24

static int failed(const PROCESS *process)
{
    return process->failure.text[0] != '\0';
}

static int row_agrees(const REPORT *report, const REPORT_ROW *row)
{
    const char *a = wire_get_text(&report->a->report, row->name);
    const char *b = wire_get_text(&report->b->report, row->name);

    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

int report_agrees(const REPORT *report)
{
    if (failed(report->a) || failed(report->b))
        return 0;
    for (size_t i = 0; i < report->row_count; i++) {
        if (!row_agrees(report, &report->rows[i]))
            return 0;
    }
    return 1;
}

/* A piece of a value as wide as its column, and the rest that is still to be printed. */
static const char *print_piece(const char *value, int padded)
{
    size_t length = strlen(value);
    size_t piece = length < VALUE_WIDTH ? length : VALUE_WIDTH;

    printf(" %-*.*s", padded ? VALUE_WIDTH : 0, (int)piece, value);
    return value + piece;
}

/* One row; long values run on in lines of their own. */
static void print_row(const char *mark, const char *clause, const char *title, const char *a,
                      const char *b)
{
    do {
        printf("%1s %-*s %-*s", mark, CLAUSE_WIDTH, clause, TITLE_WIDTH, title);
        a = print_piece(a, 1);
        b = print_piece(b, 0);
        putchar('\n');
        mark = clause = title = "";
    } while (*a != '\0' || *b != '\0');
}

static void print_heading(const REPORT *report)
{
    static const char rule[] = "------------------------";
    char a[64];
    char b[64];

    snprintf(a, sizeof(a), "%s (process %ld)", report->a->title, (long)report->a->pid);
    snprintf(b, sizeof(b), "%s (process %ld)", report->b->title, (long)report->b->pid);
    printf("%s\n\n", report->title);
    print_row("", "clause", "what", a, b);
    printf("  %.*s %.*s %.*s %.*s\n", CLAUSE_WIDTH, rule, TITLE_WIDTH, rule, VALUE_WIDTH, rule,
           VALUE_WIDTH, rule);
}

static const char *value_of(const PROCESS *process, const REPORT_ROW *row)
{
    const char *value = wire_get_text(&process->report, row->name);

    return value != NULL ? value : "-";
}

static void print_rows(const REPORT *report)
{
    print_heading(report);
    for (size_t i = 0; i < report->row_count; i++) {
        const REPORT_ROW *row = &report->rows[i];

        print_row(row_agrees(report, row) ? "=" : "!", row->clause, row->title,
                  value_of(report->a, row), value_of(report->b, row));
    }
    printf("\n= the same at both ends, ! not the same. Clauses are of oneM2M TS-0003.\n"
           "* 32 octets, never shown: 8 octets of SHA-256 over a fixed label and the key.\n");
}

static void print_differences(const REPORT *report)
{
    const char *separator = "";

    fprintf(stderr, "\nFAILED: %s and %s do not hold the same: ", report->a->title,
            report->b->title);
    for (size_t i = 0; i < report->row_count; i++) {
        const REPORT_ROW *row = &report->rows[i];

        if (!row_agrees(report, row)) {
            fprintf(stderr, "%s%.*s", separator, (int)strcspn(row->title, "*"), row->title);
            separator = ", ";
        }
    }
    fputc('\n', stderr);
}

static void print_failure(const PROCESS *process)
{
    if (failed(process))
        fprintf(stderr, "FAILED: %s (process %ld): %s\n", process->title, (long)process->pid,
                process->failure.text);
}

void report_print_table(const REPORT *report)
{
    if (failed(report->a) || failed(report->b)) {
        print_failure(report->a);
        print_failure(report->b);
        return;
    }
    print_rows(report);
    fflush(stdout);
    if (report_agrees(report))
        printf("\nAGREED: %s and %s hold the same keys and the same names for them.\n",
               report->a->title, report->b->title);
    else
        print_differences(report);
}

static void print_json_text(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char octet = (unsigned char)*text;

        if (octet == '"' || octet == '\\')
            printf("\\%c", octet);
        else if (octet < 0x20 || octet == 0x7f)
            printf("\\u%04x", octet);
        else
            putchar(octet);
    }
    putchar('"');
}

static void print_json_member(const char *name, const char *text)
{
    printf("    \"%s\": ", name);
    if (text != NULL)
        print_json_text(text);
    else
        fputs("null", stdout);
}

static void print_json_end(const REPORT *report, const PROCESS *process)
{
    printf("  \"%s\": {\n    \"process\": %ld,\n", process->role, (long)process->pid);
    print_json_member("failure", failed(process) ? process->failure.text : NULL);
    for (size_t i = 0; i < report->row_count; i++) {
        fputs(",\n", stdout);
        print_json_member(report->rows[i].name,
                          wire_get_text(&process->report, report->rows[i].name));
    }
    fputs("\n  },\n", stdout);
}

static void print_json_differences(const REPORT *report)
{
    const char *separator = "";

    fputs("  \"differs\": [", stdout);
    for (size_t i = 0; i < report->row_count; i++) {
        if (!row_agrees(report, &report->rows[i])) {
            printf("%s\"%s\"", separator, report->rows[i].name);
            separator = ", ";
        }
    }
    fputs("]\n", stdout);
}

void report_print_json(const REPORT *report)
{
    const char *result = "differ";

    if (failed(report->a) || failed(report->b))
        result = "failed";
    else if (report_agrees(report))
        result = "agree";
    printf("{\n  \"result\": \"%s\",\n  \"configuration\": ", result);
    print_json_text(report->configuration);
    fputs(",\n", stdout);
    print_json_end(report, report->a);
    print_json_end(report, report->b);
    print_json_differences(report);
    fputs("}\n", stdout);
}
