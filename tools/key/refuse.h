/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_REFUSE_H
#define ONEM2M_KEY_REFUSE_H

#include <errno.h>
#include <string.h>
#include "keystore/error.h"

/* A refusal of the tool itself, which has no reason of <onem2m/reasons.h>. Returns 0. */
#define refuse(error, ...) onem2m_refuse((error), ONEM2M_R_NONE, ONEM2M_NO_OFFSET, __VA_ARGS__)

/* What the system said about a file. */
#define refuse_file(error, path) refuse((error), "%.120s: %s", (path), strerror(errno))

#define refuse_memory(error)                                                                       \
    onem2m_refuse((error), ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "out of memory")

#endif
