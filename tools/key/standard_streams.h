/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_STANDARD_STREAMS_H
#define ONEM2M_STANDARD_STREAMS_H

/* Opens those of the standard streams that were closed, on /dev/null, so that no file, pipe or
 * socket takes the place of one. */
void standard_streams_open(void);

#endif
