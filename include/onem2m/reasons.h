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
 * The numbers are part of the interface: new ones are added at the end. The
 * TLS engine and tokens begin at a round number: 65 to 69 and 81 to 89 were
 * never given, and are reserved for more of the key store and the TLS engine.
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
    ONEM2M_R_MISMATCH = 24,            /* two things that must be equal are not */

    /* Attributes that a key cannot have. */
    ONEM2M_R_BAD_KIND = 25,      /* not a kind of key, or not one for this */
    ONEM2M_R_BAD_STATE = 26,     /* not a state, or not one to be set */
    ONEM2M_R_BAD_TIME = 27,      /* not an m2m:timestamp, a time that does not exist */
    ONEM2M_R_BAD_TARGETS = 28,   /* too few or too many target-ids, or one of them twice */
    ONEM2M_R_BAD_ATTRIBUTE = 29, /* an attribute that this key cannot have, or not so written */

    /* Policy. */
    ONEM2M_R_NOT_ALLOWED_BY_KIND = 30,  /* keys of this kind do not serve this use */
    ONEM2M_R_NOT_ALLOWED_BY_USAGE = 31, /* the SUID or purpose is for another usage */
    ONEM2M_R_SUSPENDED = 32,            /* the key is suspended */
    ONEM2M_R_REVOKED = 33,              /* the key is revoked */
    ONEM2M_R_DESTROYED = 34,            /* the key is a tombstone */
    ONEM2M_R_EXPIRED = 35,              /* the key's not-after has passed (TS-0003 10.7) */
    ONEM2M_R_REGISTRATION = 36,         /* of a registration what only an own key does, or back */
    ONEM2M_R_REQUESTER_MISSING = 37,    /* a registration needs an authenticated requester */
    ONEM2M_R_NOT_A_TARGET = 38,         /* the requester is none of the target-ids */
    ONEM2M_R_NOT_THE_SOURCE = 39,       /* the requester is neither source-id nor admin-fqdn */
    ONEM2M_R_SUID_NOT_ALLOWED = 40,     /* the derived key's SUID is none of allowed-suids */
    ONEM2M_R_NOT_EXTRACTABLE = 41,      /* the key's own octets may not leave */
    ONEM2M_R_DERIVE_OCTETS_OFF = 42,    /* derive-octets is 0: derived key objects only */
    ONEM2M_R_OUTLIVES_PARENT = 43,      /* not-after later than the parent's (TS-0003 10.7) */
    ONEM2M_R_NOT_CHANGEABLE = 44,       /* an attribute that a key keeps, or only turns off */

    /* The key store. */
    ONEM2M_R_STORE_MISSING = 45,    /* no such directory, or no store in it */
    ONEM2M_R_STORE_EXISTS = 46,     /* a store is there already */
    ONEM2M_R_STORE_NOT_OURS = 47,   /* files of another program */
    ONEM2M_R_STORE_NEWER = 48,      /* written by a newer version of this program or of LMDB */
    ONEM2M_R_STORE_DAMAGED = 49,    /* truncated, or not what was written */
    ONEM2M_R_STORE_PERMISSION = 50, /* the process may not open its files */
    ONEM2M_R_STORE_READ_ONLY = 51,  /* a write where this process may only read */
    ONEM2M_R_STORE_LOCKED = 52,     /* somebody else stands in the way */
    ONEM2M_R_STORE_FULL = 53,       /* disk, quota, file size limit or address space */
    ONEM2M_R_STORE_TOO_LARGE = 54,  /* more than the room it was given; begun again it has more */
    ONEM2M_R_STORE_PLACE = 55,      /* a network file system */
    ONEM2M_R_STORE_FAILED = 56,     /* an error of the system or of the store's library */
    ONEM2M_R_RECORD_DAMAGED = 57,   /* a record that was changed, or is of another name or store */
    ONEM2M_R_HEADER_DAMAGED = 58,   /* a store's header that was changed */
    ONEM2M_R_STORE_FORMAT = 59,     /* a store of another format */
    ONEM2M_R_BAD_SEAL = 60,         /* a seal that cannot be used, or is another store's */
    ONEM2M_R_KEY_NOT_FOUND = 61,    /* no key of that name */
    ONEM2M_R_AMBIGUOUS_NAME = 62,   /* keys of several kinds have that name */
    ONEM2M_R_NAME_IN_USE = 63,      /* a key has or had that name */
    ONEM2M_R_ROTATION_DUE = 64,     /* a data key that sealed as much as it may */

    /* The TLS engine. */
    ONEM2M_R_TLS_NOT_READY = 70,   /* the handshake has not finished, or calls out of order */
    ONEM2M_R_TLS_EXPORTED = 71,    /* that label was exported on this connection already */
    ONEM2M_R_TLS_RESUMED = 72,     /* a resumed session has no key of its own */
    ONEM2M_R_TLS_NO_EMS = 73,      /* TLS 1.2 without extended master secret (RFC 7627) */
    ONEM2M_R_TLS_FAILED = 74,      /* libssl refused; its own errors come before */
    ONEM2M_R_TLS_UNSUPPORTED = 75, /* not with this version of OpenSSL */
    ONEM2M_R_PEER_UNKNOWN = 76,    /* nobody, or nobody with a name, was authenticated */
    ONEM2M_R_PEER_MISMATCH = 77,   /* another peer than expected (TS-0003 8.1.2.5) */
    ONEM2M_R_BAD_CERTIFICATE = 78, /* not of the profile of TS-0003 10.1.1 */
    ONEM2M_R_BAD_MESSAGE = 79,     /* an ESCertKE message truncated, out of order or too long */
    ONEM2M_R_PEER_UNTRUSTED = 80,  /* path validation or status of a certificate (8.1.2.2) */

    /* PKCS#11 tokens. */
    ONEM2M_R_TOKEN_MISSING = 90,    /* no such module, or no such token */
    ONEM2M_R_TOKEN_PIN = 91,        /* no PIN, or one that the token refuses */
    ONEM2M_R_TOKEN_PIN_LOCKED = 92, /* the token takes no PIN any more */
    ONEM2M_R_TOKEN_KEY = 93,        /* the token has no such key, or not one for this */
    ONEM2M_R_TOKEN_FAILED = 94,     /* a call of the module failed */
    ONEM2M_R_TOKEN_CANNOT = 95      /* the token has no mechanism for this */
} ONEM2M_REASON;

#endif
