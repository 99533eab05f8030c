/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/crypto.h>
#include "report.h"

#define TEXT_MAX 128

/* Of the samples of a row, or of their ratios to the reference's. */
typedef struct {
    double low, median, high; /* quartiles */
} SUMMARY;

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t count, double fraction)
{
    return sorted[(size_t)((double)(count - 1) * fraction + 0.5)];
}

static SUMMARY summarize(const BENCH_ROW *row, const BENCH_ROW *reference)
{
    double *sorted = malloc(row->count * sizeof(double));
    SUMMARY summary = { 0, 0, 0 };

    if (sorted == NULL || row->count == 0) {
        free(sorted);
        return summary;
    }
    for (size_t i = 0; i < row->count; i++)
        sorted[i] = row->samples[i] / (reference != NULL ? reference->samples[i] : 1);
    qsort(sorted, row->count, sizeof(double), compare);
    summary.low = quantile(sorted, row->count, 0.25);
    summary.median = quantile(sorted, row->count, 0.5);
    summary.high = quantile(sorted, row->count, 0.75);
    free(sorted);
    return summary;
}

static int has_target(const BENCH_ROW *row)
{
    return row->at_least > 0 || row->at_most > 0;
}

static int is_met(const BENCH_ROW *row, double value)
{
    return value >= row->at_least && (row->at_most <= 0 || value <= row->at_most);
}

static void get_cpu(char cpu[TEXT_MAX])
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[TEXT_MAX];
    const char *colon;

    snprintf(cpu, TEXT_MAX, "unknown processor");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "model name", strlen("model name")) != 0 ||
            (colon = strchr(line, ':')) == NULL)
            continue;
        snprintf(cpu, TEXT_MAX, "%s", colon + 2);
        cpu[strcspn(cpu, "\n")] = '\0';
        break;
    }
    if (file != NULL)
        fclose(file);
}

static void get_date(char date[TEXT_MAX])
{
    const time_t now = time(NULL);
    struct tm parts;

    if (gmtime_r(&now, &parts) == NULL ||
        strftime(date, TEXT_MAX, "%Y-%m-%d %H:%M UTC", &parts) == 0)
        date[0] = '\0';
}

static void print_target(const BENCH_ROW *row, double value)
{
    if (row->at_least > 0 && row->at_most > 0)
        printf("  %g to %g:", row->at_least, row->at_most);
    else if (row->at_least > 0)
        printf("  >= %g:", row->at_least);
    else
        printf("  <= %g:", row->at_most);
    printf(" %s", is_met(row, value) ? "met" : "NOT MET");
}

static void print_row(const BENCH_ROW *row)
{
    const SUMMARY value = summarize(row, NULL);
    SUMMARY ratio = value;
    char quartiles[TEXT_MAX];

    snprintf(quartiles, sizeof(quartiles), "(%.0f..%.0f)", value.low, value.high);
    printf("%-44s %8.0f %-2s %-20s", row->name, value.median, row->unit, quartiles);
    if (row->reference != NULL) {
        ratio = summarize(row, row->reference);
        printf(" %6.3f (%.3f..%.3f)", ratio.median, ratio.low, ratio.high);
    }
    if (has_target(row))
        print_target(row, ratio.median);
    printf("\n");
}

void bench_print_table(const BENCH *bench)
{
    char cpu[TEXT_MAX], date[TEXT_MAX];
    const char *section = "";

    get_cpu(cpu);
    get_date(date);
    printf("%s; %s; %s\n", OpenSSL_version(OPENSSL_VERSION), cpu, date);
    printf("%zu rounds; medians, in brackets the quartiles; ratios of samples of one round\n",
           bench->rounds);
    for (size_t i = 0; i < bench->count; i++) {
        if (strcmp(section, bench->rows[i].section) != 0) {
            section = bench->rows[i].section;
            printf("\n%s\n", section);
        }
        print_row(&bench->rows[i]);
    }
}

static void print_json_summary(const char *name, const SUMMARY *summary)
{
    printf(", \"%s\": {\"median\": %.6g, \"low\": %.6g, \"high\": %.6g}", name, summary->median,
           summary->low, summary->high);
}

static void print_json_row(const BENCH_ROW *row)
{
    const SUMMARY value = summarize(row, NULL);
    SUMMARY ratio = value;

    printf("{\"section\": \"%s\", \"name\": \"%s\", \"unit\": \"%s\"", row->section, row->name,
           row->unit);
    print_json_summary("value", &value);
    if (row->reference != NULL) {
        ratio = summarize(row, row->reference);
        printf(", \"reference\": \"%s\"", row->reference->name);
        print_json_summary("ratio", &ratio);
    }
    if (row->at_least > 0)
        printf(", \"at_least\": %g", row->at_least);
    if (row->at_most > 0)
        printf(", \"at_most\": %g", row->at_most);
    if (has_target(row))
        printf(", \"met\": %s", is_met(row, ratio.median) ? "true" : "false");
    printf("}");
}

void bench_print_json(const BENCH *bench)
{
    char cpu[TEXT_MAX], date[TEXT_MAX];

    get_cpu(cpu);
    get_date(date);
    printf("{\"openssl\": \"%s\", \"cpu\": \"%s\", \"date\": \"%s\", \"rounds\": %zu,\n\"rows\": [",
           OpenSSL_version(OPENSSL_VERSION), cpu, date, bench->rounds);
    for (size_t i = 0; i < bench->count; i++) {
        printf("%s\n", i > 0 ? "," : "");
        print_json_row(&bench->rows[i]);
    }
    printf("\n]}\n");
}
