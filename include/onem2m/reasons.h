/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_REASONS_H
#define ONEM2M_REASONS_H

/*
 * Why a call was refused. The provider puts these on OpenSSL's error queue as
 * reason codes (ERR_GET_REASON) with a text that names the parameter, the rule
 * and the clause; the functions of id.h give them in an ONEM2M_ERROR.
 *
 * The numbers are part of the interface: new ones are added at the end.
 */
typedef enum {
    ONEM2M_R_NONE = 0,
    ONEM2M_R_MISSING_KEY = 1,       /* no input key was set */
    ONEM2M_R_MISSING_PARAMETER = 2, /* a required parameter was not set */
    ONEM2M_R_WRONG_TYPE = 3,        /* an OSSL_PARAM of another data type */
    ONEM2M_R_BAD_KEY_LENGTH = 4,    /* an input key of a size that the clause does not allow */
    ONEM2M_R_BAD_OUTPUT_LENGTH = 5, /* another output length than the derivation's */
    ONEM2M_R_BAD_LENGTH = 6,        /* octets or text too short or too long */
    ONEM2M_R_EMPTY = 7,             /* empty text, part or label */
    ONEM2M_R_INVALID_UTF8 = 8,      /* not UTF-8 (RFC 3629) */
    ONEM2M_R_CONTROL_CHARACTER = 9, /* a control character, NUL included */
    ONEM2M_R_UPPER_CASE = 10,       /* an upper case letter in an FQDN (TS-0004 6.2.3) */
    ONEM2M_R_BAD_CHARACTER = 11,    /* a character that this part may not have */
    ONEM2M_R_BAD_HYPHEN = 12,       /* a label that begins or ends with a hyphen */
    ONEM2M_R_LABEL_TOO_LONG = 13,   /* a label of more than 63 octets */
    ONEM2M_R_NAME_TOO_LONG = 14,    /* an FQDN or identifier beyond its limit */
    ONEM2M_R_BAD_FORM = 15,         /* parts missing, too many, or in no known form */
    ONEM2M_R_BAD_SUID = 16,         /* not a Security Usage Identifier, or not one for this use */
    ONEM2M_R_BAD_CHOICE = 17,       /* a word that is none of those listed */
    ONEM2M_R_BAD_CREDENTIAL_TYPE = 18, /* not a sec:credIDTypeID (TS-0003 12.3.2.1) */
    ONEM2M_R_BAD_DIGEST = 19,          /* a digest that is unknown or cannot be used */
    ONEM2M_R_BAD_CONFIGURATION = 20,   /* a value of the provider's section of openssl.cnf */
    ONEM2M_R_CRYPTO_UNAVAILABLE = 21,  /* the private context gives no such algorithm */
    ONEM2M_R_CRYPTO_FAILED = 22,       /* an algorithm of OpenSSL failed */
    ONEM2M_R_OUT_OF_MEMORY = 23,       /* an allocation failed */
    ONEM2M_R_MISMATCH = 24             /* two things that must be equal are not */
} ONEM2M_REASON;

#endif
