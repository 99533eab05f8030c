/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_SELF_H
#define ONEM2M_DEMO_SELF_H

#include <limits.h>

/* The path of the running program; where /proc is not mounted, what it was called as. */
void self_path(char path[PATH_MAX]);

#endif
