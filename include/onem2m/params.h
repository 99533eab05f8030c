/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_PARAMS_H
#define ONEM2M_PARAMS_H

/*
 * Names of the provider's algorithms and of their OSSL_PARAMs. Every name that
 * OpenSSL has already (key, salt, digest, properties, size) is the same as
 * OSSL_KDF_PARAM_* of <openssl/core_names.h>.
 */

/* The provider, and the property query that chooses it. */
#define ONEM2M_PROVIDER_NAME "onem2m"
#define ONEM2M_PROPERTY_QUERY "provider=onem2m"

/* EVP_KDF algorithms. */
#define ONEM2M_KDF_KM "ONEM2M-KM"                                 /* TS-0003 10.3.2 */
#define ONEM2M_KDF_KPSA "ONEM2M-KPSA"                             /* TS-0003 10.3.3 */
#define ONEM2M_KDF_USAGE_KEY "ONEM2M-USAGE-KEY"                   /* TS-0003 10.3.7 */
#define ONEM2M_KDF_E2E_KEY "ONEM2M-E2E-KEY"                       /* TS-0003 10.3.6 */
#define ONEM2M_KDF_SESSION_ESPRIM_KEY "ONEM2M-SESSION-ESPRIM-KEY" /* TS-0003 10.3.8.2 */
#define ONEM2M_KDF_SPLIT_KEY "ONEM2M-SPLIT-KEY"                   /* TS-0003 8.8.1 step 8 */
#define ONEM2M_KDF_GBA_NAF_KEY "ONEM2M-GBA-NAF-KEY"               /* TS-0003 8.3.2.3 */
#define ONEM2M_KDF_PSK "ONEM2M-PSK"           /* TS-0003 8.2.2, 8.3.5.2.2, 8.8.2.2 */
#define ONEM2M_KDF_RETRIEVE "ONEM2M-RETRIEVE" /* TS-0003 8.3.5.2.8, 8.8.2.8 */

/* Parameters of every derivation. */
#define ONEM2M_PARAM_KEY "key"       /* octets: the input key */
#define ONEM2M_PARAM_KEY_ID "key-id" /* UTF-8: the input key's name in the store */
#define ONEM2M_PARAM_REQUESTER                                                                     \
    "requester"                              /* UTF-8: who asks, authenticated; for a registration \
                                              */
#define ONEM2M_PARAM_PROPERTIES "properties" /* UTF-8: property query for the digest */
#define ONEM2M_PARAM_SIZE "size"             /* size_t, read only: octets of output */

/* Parameters of some. */
#define ONEM2M_PARAM_MAF_ID "maf-id"                   /* UTF-8: an FQDN */
#define ONEM2M_PARAM_TARGET_ID "target-id"             /* UTF-8: CSE-ID, AE-ID or FQDN */
#define ONEM2M_PARAM_SUID "suid"                       /* unsigned: 21 to 25 */
#define ONEM2M_PARAM_SUID_ENCODING "suid-encoding"     /* UTF-8: decimal, octet */
#define ONEM2M_PARAM_PURPOSE "purpose"                 /* UTF-8: see below */
#define ONEM2M_PARAM_SALT "salt"                       /* octets */
#define ONEM2M_PARAM_DIGEST "digest"                   /* UTF-8: name of a digest */
#define ONEM2M_PARAM_RECEIVER_RAND "receiver-rand"     /* octets, not empty */
#define ONEM2M_PARAM_ORIGINATOR_RAND "originator-rand" /* octets, not empty */
#define ONEM2M_PARAM_HALF "half"                       /* UTF-8: first, second */
#define ONEM2M_PARAM_MODE "mode"                       /* UTF-8: gba-me, gba-u */
#define ONEM2M_PARAM_RAND "rand"                       /* octets: 16 */
#define ONEM2M_PARAM_IMPI "impi"                       /* UTF-8 */
#define ONEM2M_PARAM_NAF_FQDN "naf-fqdn"               /* UTF-8: an FQDN */
#define ONEM2M_PARAM_UA_PROTOCOL "ua-protocol"         /* octets: 5 */

#define ONEM2M_PARAM_USAGE "usage" /* UTF-8: mef, maf, saef */

/* Values of usage. */
#define ONEM2M_USAGE_NAME_MEF "mef"
#define ONEM2M_USAGE_NAME_MAF "maf"
#define ONEM2M_USAGE_NAME_SAEF "saef"

/* Values of purpose. */
#define ONEM2M_PURPOSE_MASTER "master"
#define ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION "message-authentication"
#define ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY "message-confidentiality"
#define ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY "attribute-authenticity"
#define ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY "attribute-confidentiality"

/* Values of suid-encoding, half and mode. */
#define ONEM2M_SUID_ENCODING_DECIMAL "decimal"
#define ONEM2M_SUID_ENCODING_OCTET "octet"
#define ONEM2M_HALF_FIRST "first"
#define ONEM2M_HALF_SECOND "second"
#define ONEM2M_MODE_GBA_ME "gba-me"
#define ONEM2M_MODE_GBA_U "gba-u"

#endif
