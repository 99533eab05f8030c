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
    { ONEM2M_R_BAD_KIND, "bad kind of key" },
    { ONEM2M_R_BAD_STATE, "bad state" },
    { ONEM2M_R_BAD_TIME, "bad time" },
    { ONEM2M_R_BAD_TARGETS, "bad targets" },
    { ONEM2M_R_BAD_ATTRIBUTE, "bad attribute" },
    { ONEM2M_R_NOT_ALLOWED_BY_KIND, "not allowed by kind" },
    { ONEM2M_R_NOT_ALLOWED_BY_USAGE, "not allowed by usage" },
    { ONEM2M_R_SUSPENDED, "key suspended" },
    { ONEM2M_R_REVOKED, "key revoked" },
    { ONEM2M_R_DESTROYED, "key destroyed" },
    { ONEM2M_R_EXPIRED, "key expired" },
    { ONEM2M_R_REGISTRATION, "own keys or registrations only" },
    { ONEM2M_R_REQUESTER_MISSING, "requester missing" },
    { ONEM2M_R_NOT_A_TARGET, "requester is no target" },
    { ONEM2M_R_NOT_THE_SOURCE, "requester is not the source" },
    { ONEM2M_R_SUID_NOT_ALLOWED, "security usage identifier not allowed" },
    { ONEM2M_R_NOT_EXTRACTABLE, "not extractable" },
    { ONEM2M_R_DERIVE_OCTETS_OFF, "derive-octets is off" },
    { ONEM2M_R_OUTLIVES_PARENT, "outlives its parent" },
    { ONEM2M_R_NOT_CHANGEABLE, "not changeable" },
    { ONEM2M_R_STORE_MISSING, "key store missing" },
    { ONEM2M_R_STORE_EXISTS, "key store exists" },
    { ONEM2M_R_STORE_NOT_OURS, "not a key store" },
    { ONEM2M_R_STORE_NEWER, "key store of a newer version" },
    { ONEM2M_R_STORE_DAMAGED, "key store damaged" },
    { ONEM2M_R_STORE_PERMISSION, "no permission for the key store" },
    { ONEM2M_R_STORE_READ_ONLY, "key store read only" },
    { ONEM2M_R_STORE_LOCKED, "key store locked" },
    { ONEM2M_R_STORE_FULL, "no room for the key store" },
    { ONEM2M_R_STORE_TOO_LARGE, "key store has to grow" },
    { ONEM2M_R_STORE_PLACE, "bad place for a key store" },
    { ONEM2M_R_STORE_FAILED, "key store failed" },
    { ONEM2M_R_RECORD_DAMAGED, "record damaged" },
    { ONEM2M_R_HEADER_DAMAGED, "header damaged" },
    { ONEM2M_R_STORE_FORMAT, "unknown format of key store" },
    { ONEM2M_R_BAD_SEAL, "bad seal" },
    { ONEM2M_R_KEY_NOT_FOUND, "key not found" },
    { ONEM2M_R_AMBIGUOUS_NAME, "ambiguous name" },
    { ONEM2M_R_NAME_IN_USE, "name in use" },
    { ONEM2M_R_ROTATION_DUE, "rotation of the data key due" },
    { ONEM2M_R_TLS_NOT_READY, "handshake not finished, or calls out of order" },
    { ONEM2M_R_TLS_EXPORTED, "label exported on this connection already" },
    { ONEM2M_R_TLS_RESUMED, "resumed session" },
    { ONEM2M_R_TLS_NO_EMS, "no extended master secret" },
    { ONEM2M_R_TLS_FAILED, "TLS failed" },
    { ONEM2M_R_TLS_UNSUPPORTED, "not with this version of OpenSSL" },
    { ONEM2M_R_PEER_UNKNOWN, "peer without an authenticated name" },
    { ONEM2M_R_PEER_MISMATCH, "another peer than expected" },
    { ONEM2M_R_BAD_CERTIFICATE, "certificate outside the profile" },
    { ONEM2M_R_BAD_MESSAGE, "bad ESCertKE message" },
    { ONEM2M_R_PEER_UNTRUSTED, "certificate path or status" },
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
