/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_OUTPUT_H
#define ONEM2M_KEY_OUTPUT_H

#include "json.h"

/*
 * What a command says on standard output: lines of `name: value` for people, or
 * the members of one JSON object for programs. The commands call the same
 * functions for both.
 */
typedef struct {
    int is_json;
    JSON json;
} OUTPUT;

void output_begin(OUTPUT *output, int is_json);

/* Ends a JSON object, as far as it got; 0, with errno, when something could not be written. */
int output_end(OUTPUT *output);

/* A text that is absent (of length 0) is left out. */
void output_text(OUTPUT *output, const char *name, ONEM2M_SLICE text);
void output_string(OUTPUT *output, const char *name, const char *text);
void output_number(OUTPUT *output, const char *name, uint64_t number);
void output_boolean(OUTPUT *output, const char *name, int value);

/* Items separated by one space each: in JSON an array, of numbers or of texts. */
void output_list(OUTPUT *output, const char *name, ONEM2M_SLICE list, int are_numbers);

/* For people the bare value in a line of its own, for scripts in the shell. */
void output_result(OUTPUT *output, const char *name, const char *text);

/* A list of objects; for people these do nothing. */
void output_begin_list(OUTPUT *output, const char *name);
void output_begin_item(OUTPUT *output);
void output_end_item(OUTPUT *output);
void output_end_list(OUTPUT *output);

/* Why a command failed: a line on standard error, or the member "error". command may be NULL. */
void output_error(OUTPUT *output, const char *command, const ONEM2M_ERROR *error);

#endif
