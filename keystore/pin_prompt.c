/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pin_prompt.h"

static _Thread_local const ONEM2M_PIN_PROMPT *current;

const ONEM2M_PIN_PROMPT *onem2m_pin_prompt_set(const ONEM2M_PIN_PROMPT *prompt)
{
    const ONEM2M_PIN_PROMPT *before = current;

    current = prompt;
    return before;
}

const ONEM2M_PIN_PROMPT *onem2m_pin_prompt(void)
{
    return current;
}
