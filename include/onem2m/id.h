/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_ID_H
#define ONEM2M_ID_H

#include <stddef.h>
#include <openssl/types.h>
#include <onem2m/reasons.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Identifiers of oneM2M: parse, check, form, compare (TS-0003 8.3.2, 10.1.2,
 * 10.3.4, 10.3.5, 10.4 to 10.6, 12.3.2.1; TS-0004 6.2.3, 6.3.4.2.39). Nothing
 * here allocates or keeps a reference to the caller's memory; every function
 * may be called from any thread. Unless said, a function returns 1, or 0 with
 * *error filled in (when error is not NULL) and its outputs untouched. An
 * ONEM2M_ERROR that is passed in need not be initialised.
 */

/* Sizes in octets, without a terminating NUL. */
#define ONEM2M_FQDN_MAX 253
#define ONEM2M_LABEL_MAX 63
#define ONEM2M_RELATIVE_ID_MAX 253
#define ONEM2M_KEY_ID_MAX (ONEM2M_RELATIVE_ID_MAX + 1 + ONEM2M_FQDN_MAX)
#define ONEM2M_ID_MAX (2 + ONEM2M_FQDN_MAX + 2 * (1 + ONEM2M_RELATIVE_ID_MAX))
#define ONEM2M_RELATIVE_KEY_ID_OCTETS 16 /* of a TLS export, TS-0003 10.3.1 */
#define ONEM2M_PUBLIC_KEY_ID_MAX 64
#define ONEM2M_CREDENTIAL_ID_MAX (3 + 2 + ONEM2M_ID_MAX)

/* Why a function refused. */
typedef struct {
    ONEM2M_REASON reason;
    size_t offset; /* of the offending octet in the text taken to NFKC, which is the text given when
                    * that is ASCII; may be its length; SIZE_MAX where there is none */
    char detail[192]; /* what, where, which rule, which clause; NUL-terminated, printable ASCII */
} ONEM2M_ERROR;

typedef enum {
    ONEM2M_ID_FQDN = 1, /* TS-0004 6.2.3 */
    ONEM2M_ID_KPM = 2,  /* KpmID: relative@FQDN, TS-0003 8.3.2.1 */
    ONEM2M_ID_KE = 3,   /* KeID, 10.3.4; B-TID of GBA, 8.3.2.3 */
    ONEM2M_ID_KM = 4,   /* KmID, 10.6 */
    ONEM2M_ID_KC = 5,   /* Key Identifier (KcID), 10.3.5 */
    ONEM2M_ID_KPSA = 6, /* KpsaID, 10.5 */
    ONEM2M_ID_CSE = 7,  /* CSE-ID, TS-0004 6.2.3 */
    ONEM2M_ID_AE = 8    /* AE-ID, TS-0004 6.2.3 */
} ONEM2M_ID_KIND;

typedef enum {
    ONEM2M_FORM_NAME = 1,        /* an FQDN, or a key identifier with a chosen relative part */
    ONEM2M_FORM_HEX = 2,         /* a key identifier whose relative part is 32 hexadecimal digits */
    ONEM2M_FORM_B_TID = 3,       /* a key identifier whose relative part is base64 of a RAND */
    ONEM2M_FORM_ABSOLUTE = 4,    /* //sp.example.com/cse1, //sp.example.com/cse1/C7 */
    ONEM2M_FORM_SP_RELATIVE = 5, /* /cse1, /cse1/C7, /S7 */
    ONEM2M_FORM_CSE_RELATIVE = 6 /* C7, S7 */
} ONEM2M_ID_FORM;

/* A part of ONEM2M_ID.text; of length 0 where the identifier has no such part. */
typedef struct {
    size_t offset;
    size_t length;
} ONEM2M_ID_PART;

/* An identifier in its canonical form: NFKC, hexadecimal relative part in upper case. */
typedef struct {
    ONEM2M_ID_KIND kind;
    ONEM2M_ID_FORM form;
    ONEM2M_ID_PART relative; /* key identifiers: before the '@' */
    ONEM2M_ID_PART fqdn;     /* after the '@', of the service provider, or the whole FQDN */
    ONEM2M_ID_PART cse;      /* without slashes */
    ONEM2M_ID_PART ae;       /* AE-ID stem, C or S first */
    size_t length;
    char text[ONEM2M_ID_MAX + 1]; /* NUL-terminated */
} ONEM2M_ID;

/* For onem2m_id_parse: how to take upper case in an FQDN. */
#define ONEM2M_ID_STRICT 0 /* refuse it, as TS-0004 6.2.3 wants */
#define ONEM2M_ID_FOLD_FQDN                                                                        \
    1 /* take it to lower case, to look a name up; never for a derivation                          \
       */

/*
 * Parses text (length octets of UTF-8; no NUL needed) as an identifier of kind
 * into *id. flags: ONEM2M_ID_STRICT or ONEM2M_ID_FOLD_FQDN.
 */
int onem2m_id_parse(ONEM2M_ID *id, ONEM2M_ID_KIND kind, const char *text, size_t length,
                    unsigned int flags, ONEM2M_ERROR *error);

/*
 * Parses text as a CSE-ID, an AE-ID or an FQDN, whichever its form shows:
 * what "target-id" and registrations name. id->kind tells which it was. A text
 * of one form for both CSE-ID and AE-ID (/S7, //sp.example.com/S7) is a CSE-ID.
 */
int onem2m_id_parse_entity(ONEM2M_ID *id, const char *text, size_t length, unsigned int flags,
                           ONEM2M_ERROR *error);

/*
 * Forms relative@fqdn of a key identifier kind. relative: relative_length
 * octets of text; fqdn: fqdn_length octets of UTF-8.
 */
int onem2m_id_form(ONEM2M_ID *id, ONEM2M_ID_KIND kind, const char *relative, size_t relative_length,
                   const char *fqdn, size_t fqdn_length, ONEM2M_ERROR *error);

/*
 * Forms KeID (TS-0003 10.3.4), or the Key Identifier (10.3.5), of the first 16
 * octets of a TLS export, relative_key_id, and the FQDN of the MEF or MAF.
 */
int onem2m_id_form_exported(ONEM2M_ID *id, ONEM2M_ID_KIND kind,
                            const unsigned char relative_key_id[ONEM2M_RELATIVE_KEY_ID_OCTETS],
                            const char *fqdn, size_t fqdn_length, ONEM2M_ERROR *error);

/*
 * Whether two parsed identifiers name the same: 1 or 0. Of the same kind and
 * form; FQDNs and hexadecimal relative parts without regard to case, the
 * relative part of a KmID that is no B-TID likewise (TS-0003 10.6); all else
 * exactly.
 */
int onem2m_id_equal(const ONEM2M_ID *a, const ONEM2M_ID *b);

/* The name of a kind for people: "KeID", "Key Identifier"; NULL for no kind. Static. */
const char *onem2m_id_kind_name(ONEM2M_ID_KIND kind);

/*
 * Copies what a caller wants as text: writes text and a NUL into out, of *size
 * octets, and sets *size to the octets of text without the NUL. With out NULL
 * only sets *size. Fails when *size is too small for text and NUL.
 */
int onem2m_id_print(const ONEM2M_ID *id, char *out, size_t *size, ONEM2M_ERROR *error);

/* Security Usage Identifiers (TS-0004 6.3.4.2.39). */
typedef enum {
    ONEM2M_USAGE_MEF = 1,
    ONEM2M_USAGE_MAF = 2,
    ONEM2M_USAGE_SAEF = 3,
    ONEM2M_USAGE_ESPRIM = 4,
    ONEM2M_USAGE_ESDATA_ENCRYPT = 5,
    ONEM2M_USAGE_ESDATA_SIGN = 6
} ONEM2M_USAGE;

typedef enum {
    ONEM2M_ORIGIN_PRE_PROVISIONED = 1,
    ONEM2M_ORIGIN_RSPF = 2,
    ONEM2M_ORIGIN_MAF = 3,
    ONEM2M_ORIGIN_CERTIFICATE = 4
} ONEM2M_ORIGIN;

typedef struct {
    unsigned int number;
    ONEM2M_USAGE usage;
    ONEM2M_ORIGIN origin;
} ONEM2M_SUID;

/* Looks number up; 20, 30, 31 and all others that are not assigned are refused. */
int onem2m_suid_parse(ONEM2M_SUID *suid, unsigned long number, ONEM2M_ERROR *error);
/* "mef", "maf", "saef", "esprim", "esdata-encrypt", "esdata-sign"; NULL for no usage. Static. */
const char *onem2m_usage_name(ONEM2M_USAGE usage);
/* "pre-provisioned", "RSPF", "MAF-distributed", "certificate"; NULL for no origin. Static. */
const char *onem2m_origin_name(ONEM2M_ORIGIN origin);

/* Public key identifiers (TS-0003 10.1.2; RFC 6920 section 2). */
typedef enum { /* RFC 6920's suite numbers */
               ONEM2M_PUBLIC_KEY_ID_SHA_256 = 1,
               ONEM2M_PUBLIC_KEY_ID_SHA_256_128 = 2,
               ONEM2M_PUBLIC_KEY_ID_SHA_256_120 = 3
} ONEM2M_PUBLIC_KEY_ID_SUITE;

/*
 * Writes the public key identifier of a DER SubjectPublicKeyInfo (spki_length
 * octets) as an ni URI without authority (RFC 6920 section 3), such as
 * "ni:///sha-256-128;f4OxZX_x_FO5LcGBSKHWXQ". out and *size as in
 * onem2m_id_print. libctx and propq choose the SHA-256; both may be NULL.
 */
int onem2m_public_key_id_form(char *out, size_t *size, ONEM2M_PUBLIC_KEY_ID_SUITE suite,
                              const unsigned char *spki, size_t spki_length, OSSL_LIB_CTX *libctx,
                              const char *propq, ONEM2M_ERROR *error);

/*
 * Whether a SubjectPublicKeyInfo matches a trusted public key identifier: the
 * procedure of TS-0003 10.1.2. Takes ni URIs with or without an authority, and
 * the form that a Credential-ID uses ("sha-256-128.f4OxZX..."). Returns 1 when
 * it matches; 0 with reason ONEM2M_R_MISMATCH when it does not, or with another
 * reason when trusted is no public key identifier.
 */
int onem2m_public_key_id_match(const char *trusted, size_t trusted_length,
                               const unsigned char *spki, size_t spki_length, OSSL_LIB_CTX *libctx,
                               const char *propq, ONEM2M_ERROR *error);

/*
 * Credential-IDs (TS-0003 10.4, 12.2, 12.3.2.1): "11-km7@maf.example.com".
 * The value is formed in the alphabet of 10.4 (letters, digits, '.', '_', '-',
 * '@') and read in the larger one of xs:anyURI.
 */
typedef struct {
    unsigned int type;    /* sec:credIDTypeID: 10 to 16, 30 to 33, 41 to 44, 51 to 54 */
    ONEM2M_ID_PART value; /* in text, after "<type>-" */
    size_t length;
    char text[ONEM2M_CREDENTIAL_ID_MAX + 1]; /* canonical, NUL-terminated */
} ONEM2M_CREDENTIAL_ID;

/*
 * Parses length octets of text; the value must be an identifier of the kind
 * that table 12.3.2.1-1 gives for the type.
 */
int onem2m_credential_id_parse(ONEM2M_CREDENTIAL_ID *credential_id, const char *text, size_t length,
                               ONEM2M_ERROR *error);

/*
 * Forms the Credential-ID of type and value (value_length octets): a key
 * identifier (10 to 16), a public key identifier as
 * onem2m_public_key_id_form gives it (30, 41, 51), a hardware instance
 * identifier (31, 42, 52), the FQDN of a CSE-ID or AE-ID (32, 33, 43, 44, 53,
 * 54). A value that 10.4's alphabet cannot hold is refused.
 */
int onem2m_credential_id_form(ONEM2M_CREDENTIAL_ID *credential_id, unsigned int type,
                              const char *value, size_t value_length, ONEM2M_ERROR *error);

/* Whether two Credential-IDs name the same credential: 1 or 0. */
int onem2m_credential_id_equal(const ONEM2M_CREDENTIAL_ID *a, const ONEM2M_CREDENTIAL_ID *b);

#ifdef __cplusplus
}
#endif
#endif
