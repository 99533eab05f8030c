/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_ESCAPE_H
#define ONEM2M_KEY_ESCAPE_H

#include <stdio.h>
#include "keystore/escape.h"

/* Prints text so that a terminal shows it and obeys nothing. */
void escape_print(FILE *stream, ONEM2M_SLICE text);

#endif
