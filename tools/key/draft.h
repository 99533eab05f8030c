/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_DRAFT_H
#define ONEM2M_KEY_DRAFT_H

#include "tool.h"

/* A key that is to be: attributes by the names of the provider's parameters. */
typedef struct {
    ONEM2M_ATTRIBUTES attributes; /* texts point to what was given */
} DRAFT;

/* What a key is when nothing is said. */
void draft_begin(DRAFT *draft, ONEM2M_TIME now);

/* Reads the value of not-after. */
int draft_time(ONEM2M_TIME *not_after, ONEM2M_SLICE value, ONEM2M_ERROR *error);

/* Sets an attribute ("kind", "suid", "registration" = "0" or "1" ...). */
int draft_set(DRAFT *draft, ONEM2M_SLICE name, ONEM2M_SLICE value, ONEM2M_ERROR *error);

/* Sets the attribute of that name, if the command line gives it. */
int draft_take_option(DRAFT *draft, const TOOL *tool, const char *name, ONEM2M_ERROR *error);

/* Sets all attributes that the command line gives, but purpose, which is an operand too. */
int draft_take_options(DRAFT *draft, const TOOL *tool, ONEM2M_ERROR *error);

#endif
