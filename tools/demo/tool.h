/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_TOOL_H
#define ONEM2M_DEMO_TOOL_H

#include <stddef.h>
#include "failure.h"

/*
 * Runs onem2m-key, which lies beside this program or in PATH, on a configuration.
 * arguments: ends in NULL. out: its standard output as text, cut to size; NULL: none.
 * 1 when it ended with status 0, else 0 with the failure set.
 */
int tool_run(const char *configuration, const char *const arguments[], char *out, size_t size,
             FAILURE *failure);

#endif
