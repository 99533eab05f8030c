/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include "keystore/reason_texts.h"
#include "errors.h"

#define ITEM(reason, text) { reason, text },
const OSSL_ITEM onem2m_reason_strings[] = { ONEM2M_REASON_TEXTS(ITEM) ITEM(0, NULL) };

static void set_error(const OSSL_CORE_HANDLE *core, const ONEM2M_ERROR_UPCALLS *upcalls,
                      ONEM2M_REASON reason, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    upcalls->vset_error(core, (uint32_t)reason, format, arguments);
    va_end(arguments);
}

int onem2m_raise(const OSSL_CORE_HANDLE *core, const ONEM2M_ERROR_UPCALLS *upcalls,
                 const char *file, int line, const char *function, const char *subject,
                 const ONEM2M_ERROR *error)
{
    upcalls->new_error(core);
    upcalls->set_error_debug(core, file, line, function);
    if (subject != NULL)
        set_error(core, upcalls, error->reason, "%s: %s", subject, error->detail);
    else
        set_error(core, upcalls, error->reason, "%s", error->detail);
    return 0;
}
