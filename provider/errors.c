/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include "errors.h"

const OSSL_ITEM onem2m_reason_strings[] = {
    { ONEM2M_R_MISSING_KEY, "missing key" },
    { ONEM2M_R_MISSING_PARAMETER, "missing parameter" },
    { ONEM2M_R_WRONG_TYPE, "wrong parameter type" },
    { ONEM2M_R_BAD_KEY_LENGTH, "bad key length" },
    { ONEM2M_R_BAD_OUTPUT_LENGTH, "bad output length" },
    { ONEM2M_R_BAD_LENGTH, "bad length" },
    { ONEM2M_R_EMPTY, "empty value" },
    { ONEM2M_R_INVALID_UTF8, "invalid UTF-8" },
    { ONEM2M_R_CONTROL_CHARACTER, "control character" },
    { ONEM2M_R_UPPER_CASE, "upper case in an FQDN" },
    { ONEM2M_R_BAD_CHARACTER, "bad character" },
    { ONEM2M_R_BAD_HYPHEN, "hyphen at the end of a label" },
    { ONEM2M_R_LABEL_TOO_LONG, "label too long" },
    { ONEM2M_R_NAME_TOO_LONG, "name too long" },
    { ONEM2M_R_BAD_FORM, "bad form of identifier" },
    { ONEM2M_R_BAD_SUID, "bad security usage identifier" },
    { ONEM2M_R_BAD_CHOICE, "unknown value" },
    { ONEM2M_R_BAD_CREDENTIAL_TYPE, "bad credential type" },
    { ONEM2M_R_BAD_DIGEST, "bad digest" },
    { ONEM2M_R_BAD_CONFIGURATION, "bad configuration" },
    { ONEM2M_R_CRYPTO_UNAVAILABLE, "algorithm unavailable" },
    { ONEM2M_R_CRYPTO_FAILED, "algorithm failed" },
    { ONEM2M_R_OUT_OF_MEMORY, "out of memory" },
    { ONEM2M_R_MISMATCH, "mismatch" },
    { 0, NULL },
};

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
