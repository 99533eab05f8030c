/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <openssl/err.h>

int failure_set(FAILURE *failure, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(failure->text, sizeof(failure->text), format, arguments);
    va_end(arguments);
    return 0;
}

int failure_set_openssl(FAILURE *failure, const char *what)
{
    const char *data = NULL;
    int flags = 0;
    unsigned long code = ERR_peek_last_error_all(NULL, NULL, NULL, &data, &flags);
    const char *reason =
        ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);

    if (data == NULL || (flags & ERR_TXT_STRING) == 0)
        data = "";
    failure_set(failure, "%s: %s%s%s", what, reason != NULL ? reason : "no reason given",
                *data != '\0' ? ": " : "", data);
    ERR_clear_error();
    return 0;
}
