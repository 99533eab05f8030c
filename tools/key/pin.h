/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEY_PIN_H
#define ONEM2M_KEY_PIN_H

/* Has this thread ask the terminal for the PIN of a token whose URI has no pin-source; without a
 * terminal nobody is asked. */
void pin_ask_terminal(void);

#endif
