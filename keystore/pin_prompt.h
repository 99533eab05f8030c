/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_PIN_PROMPT_H
#define ONEM2M_KEYSTORE_PIN_PROMPT_H

#include <stddef.h>

/*
 * Who can be asked for a token's PIN where its URI has no pin-source. A PIN is
 * needed far below the call that brought the callback, so it is set for the
 * thread, for the time of that call.
 */

/*
 * token: its label, printable. pin: size octets of room, which the asker
 * cleanses; *length: of the PIN. Returns 0 when none was given.
 */
typedef int ONEM2M_ASK_PIN(void *argument, const char *token, char *pin, size_t size,
                           size_t *length);

typedef struct {
    ONEM2M_ASK_PIN *ask;
    void *argument;
} ONEM2M_PIN_PROMPT;

/* prompt: borrowed until the next call; NULL for nobody. Returns the one before. */
const ONEM2M_PIN_PROMPT *onem2m_pin_prompt_set(const ONEM2M_PIN_PROMPT *prompt);

/* This thread's, or NULL. */
const ONEM2M_PIN_PROMPT *onem2m_pin_prompt(void);

#endif
