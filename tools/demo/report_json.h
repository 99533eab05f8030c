/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_REPORT_JSON_H
#define ONEM2M_DEMO_REPORT_JSON_H

#include "journal.h"

/* For programs: one JSON object to standard output. */
void report_json(const JOURNAL *journal, const WORLD *world);

#endif
