/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_DIAGRAM_H
#define ONEM2M_DEMO_DIAGRAM_H

#include "journal.h"

/* Writes a run as a sequence diagram (SVG 1.1). 1, or 0 and a message to standard error. */
int diagram_write(const char *path, const JOURNAL *journal);

#endif
