/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TLS_CERTIFICATE_H
#define ONEM2M_TLS_CERTIFICATE_H

#include <openssl/x509v3.h>
#include "keystore/text.h"

/*
 * What a certificate says of its subject, and what a CA's may say of it
 * (TS-0003 10.1.1, 8.1.2.2). Everything here was written by somebody whom the
 * path validation has not yet vouched for, or may refuse. Unless said, a
 * function returns 1, or 0 with *error filled in.
 */

/* Octets of an object identifier's content: far more than annex H of TS-0001 has arcs for, and
 * in dots still an identifier of ONEM2M_ID_MAX. */
#define ONEM2M_DEVICE_ID_OCTETS_MAX 128

/* An object identifier based M2M Device ID: the content octets of its encoding (X.690 8.19). */
typedef struct {
    size_t length;
    unsigned char octets[ONEM2M_DEVICE_ID_OCTETS_MAX];
} ONEM2M_DEVICE_ID;

/* Of digits and dots, NUL-terminated. */
int onem2m_device_id_parse(ONEM2M_DEVICE_ID *id, const char *text, ONEM2M_ERROR *error);

/* In dots, into size octets with a NUL. 1 or 0. */
int onem2m_device_id_print(const ONEM2M_DEVICE_ID *id, char *out, size_t size);

/*
 * type-id and value of an otherName, put together (10.1.1.4.1): the value is a
 * RELATIVE-OID, or a UTF8String of digits and dots. 1, or 0 when it is neither.
 */
int onem2m_device_id_of(ONEM2M_DEVICE_ID *id, const OTHERNAME *name);

/* One name of a subjectAltName extension; points into it. */
typedef struct {
    int type;                /* GEN_DNS, GEN_URI or GEN_OTHERNAME */
    ONEM2M_SLICE text;       /* dNSName or URI, whole */
    ONEM2M_SLICE host;       /* of either, without port; empty when a URI has none */
    int is_host_only;        /* a URI that says nothing else */
    int has_scheme;          /* a URI with "scheme:" */
    ONEM2M_DEVICE_ID device; /* otherName */
} ONEM2M_CERTIFICATE_NAME;

/* 1, or 0 when general is of no such type, or an otherName that is no device's. */
int onem2m_certificate_name(ONEM2M_CERTIFICATE_NAME *name, const GENERAL_NAME *general);

/* Whether every dNSName and URI of names is graphic ASCII, not empty, and, unless wildcards
 * are let pass, without a '*' (10.1.1.5 to 10.1.1.8). */
int onem2m_certificate_names_check(const GENERAL_NAMES *names, int let_wildcards,
                                   ONEM2M_ERROR *error);

/* The beginning of a text for an error, what is not printable ASCII as '?'. Returns out. */
const char *onem2m_quote_slice(char out[ONEM2M_QUOTED_MAX], ONEM2M_SLICE text);

/*
 * The profile of 10.1.1.1 and 10.1.1.3: an entity's certificate or a CA's
 * between it and the trust anchor, where it says "the certificate"; of the trust anchor, which
 * is trusted as it was delivered (8.1.2.2 note 1), the key alone, which signs by
 * secp256r1. depth: 0 for the entity's, for the text.
 */
int onem2m_certificate_profile_check(X509 *certificate, int depth, ONEM2M_ERROR *error);
int onem2m_anchor_profile_check(X509 *certificate, int depth, ONEM2M_ERROR *error);

/* The same of a raw public key (10.1.1.2), a DER SubjectPublicKeyInfo. */
int onem2m_raw_key_profile_check(const unsigned char *spki, size_t length, ONEM2M_ERROR *error);

/* How a name lies to a subtree of a name constraint. */
typedef enum {
    ONEM2M_OTHER_TYPE = 1, /* the subtree is not about such names */
    ONEM2M_OUTSIDE = 2,
    ONEM2M_WITHIN = 3,
    ONEM2M_UNCLEAR = 4 /* it is, and cannot be judged */
} ONEM2M_RELATION;

ONEM2M_RELATION onem2m_subtree_relate(const ONEM2M_CERTIFICATE_NAME *name,
                                      const GENERAL_SUBTREE *subtree);

/*
 * Name constraints (8.1.2.2, RFC 5280 4.2.1.10) of the names that OpenSSL's own
 * check refuses to judge: device identifiers, and URIs without a scheme.
 * Checks the certificate at depth of chain against every CA above it.
 */
int onem2m_constraints_check(const STACK_OF(X509) * chain, int depth, ONEM2M_ERROR *error);

/*
 * After OpenSSL's check gave up at depth for want of a rule: the same as
 * onem2m_constraints_check, and OpenSSL's check of all other names. hostflags:
 * of the verification, which say whether a common name counts.
 */
int onem2m_constraints_check_all(const STACK_OF(X509) * chain, int depth, unsigned int hostflags,
                                 ONEM2M_ERROR *error);

/*
 * Whether a CA above chain's entity permits name by a subtree of its type that
 * is not everything; where is_issuer is 1 the CA that signed it (10.1.1.5).
 * allow_unconstrained: also when no CA of the chain permits any such subtree at all.
 */
int onem2m_constraints_require(const STACK_OF(X509) * chain, const ONEM2M_CERTIFICATE_NAME *name,
                               int is_issuer, int allow_unconstrained, ONEM2M_ERROR *error);

#endif
