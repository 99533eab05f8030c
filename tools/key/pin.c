/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pin.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <openssl/evp.h>
#include "keystore/error.h"
#include "keystore/pin_prompt.h"

/* That of the process, wherever its standard streams lead to. */
#define TERMINAL "/dev/tty"

/* EVP_read_pw_string would read standard input instead, which may be keys. */
static int has_terminal(void)
{
    const int fd = open(TERMINAL, O_RDWR | O_CLOEXEC | O_NOCTTY);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int ask(void *argument, const char *token, char *pin, size_t size, size_t *length)
{
    char prompt[ONEM2M_QUOTED_MAX + sizeof("PIN of PKCS#11 token : ")];

    (void)argument;
    if (!has_terminal())
        return 0;
    snprintf(prompt, sizeof(prompt), "PIN of PKCS#11 token %s: ", token);
    if (EVP_read_pw_string(pin, (int)size - 1, prompt, 0) != 0)
        return 0;
    *length = strlen(pin);
    return 1;
}

void pin_ask_terminal(void)
{
    static const ONEM2M_PIN_PROMPT terminal = { ask, NULL };

    onem2m_pin_prompt_set(&terminal);
}
