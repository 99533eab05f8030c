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

/* The EVP_MAC algorithm: a MIC with a key of the store. */
#define ONEM2M_MAC_HMAC "ONEM2M-HMAC"

/* Parameters of every derivation. */
#define ONEM2M_PARAM_KEY "key"               /* octets: the input key */
#define ONEM2M_PARAM_KEY_ID "key-id"         /* UTF-8: the input key's name in the store */
#define ONEM2M_PARAM_REQUESTER "requester"   /* UTF-8: who asks, authenticated */
#define ONEM2M_PARAM_PROPERTIES "properties" /* UTF-8: property query for the digest */
#define ONEM2M_PARAM_SIZE "size"             /* size_t, read only: octets of output */

/* The derivation of EVP_PKEY_derive and of key generation: a name above. */
#define ONEM2M_PARAM_DERIVATION "derivation"

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

/*
 * Key type of EVP_PKEY, and scheme of OSSL_STORE: "onem2m:<key-id>".
 */
#define ONEM2M_KEY_TYPE "ONEM2M"
#define ONEM2M_STORE_SCHEME "onem2m"

/* Attributes of a key; key-id, suid, purpose and usage, which are some of them, are above. */
#define ONEM2M_PARAM_KIND "kind"           /* UTF-8: one of ONEM2M_KIND_NAME_* */
#define ONEM2M_PARAM_PRIV "priv"           /* octets: the key's own */
#define ONEM2M_PARAM_NOT_AFTER "not-after" /* UTF-8: m2m:timestamp, UTC */
#define ONEM2M_PARAM_CREATED "created"     /* UTF-8: m2m:timestamp; read only */
#define ONEM2M_PARAM_STATE                                                                         \
    "state"                                    /* UTF-8: active, suspended, revoked, destroyed;    \
                                                  read also: expired */
#define ONEM2M_PARAM_EXTRACTABLE "extractable" /* unsigned: 0 (default) or 1 */
#define ONEM2M_PARAM_DERIVE_OCTETS "derive-octets" /* unsigned: 0 or 1 (default) */
#define ONEM2M_PARAM_REGISTRATION "registration"   /* unsigned: 0 (default), 1: held for others */
#define ONEM2M_PARAM_PROTECTION_LEVEL "protection-level" /* unsigned: TS-0003 6.3.1; read only */
#define ONEM2M_PARAM_CUSTODY "custody" /* UTF-8: software, object or wrapped; read only */
#define ONEM2M_PARAM_BIRTH "birth"     /* UTF-8: how it came into its token; read only */
#define ONEM2M_PARAM_PARENT_KEY_ID "parent-key-id"               /* UTF-8: where it came from */
#define ONEM2M_PARAM_PARENT_KIND "parent-kind"                   /* UTF-8: the kind of that key */
#define ONEM2M_PARAM_SOURCE_ID "source-id"                       /* UTF-8: CSE-ID, AE-ID or FQDN */
#define ONEM2M_PARAM_SOURCE_CREDENTIAL_ID "source-credential-id" /* UTF-8: a Credential-ID */
#define ONEM2M_PARAM_TARGET_IDS "target-ids"       /* UTF-8: identifiers, separated by a space */
#define ONEM2M_PARAM_LABELS "labels"               /* UTF-8: words, separated by a space */
#define ONEM2M_PARAM_ALLOWED_SUIDS "allowed-suids" /* UTF-8: "21 24", of a registered ke */
#define ONEM2M_PARAM_ADMIN_FQDN "admin-fqdn"       /* UTF-8: who may change it beside the source */
#define ONEM2M_PARAM_ENTITY_ID "entity-id"         /* UTF-8: the enrolee's CSE-ID or AE-ID */
#define ONEM2M_PARAM_REGISTRAR_URI "registrar-uri" /* UTF-8: of the <CSEBase> to register at */

/* Of a call that makes a key: 1 puts it into the configured store. Unsigned. */
#define ONEM2M_PARAM_STORE "store"

/* Values of kind. */
#define ONEM2M_KIND_NAME_KPM "kpm"
#define ONEM2M_KIND_NAME_KE "ke"
#define ONEM2M_KIND_NAME_KM "km"
#define ONEM2M_KIND_NAME_KPSA "kpsa"
#define ONEM2M_KIND_NAME_KC "kc"
#define ONEM2M_KIND_NAME_ESPRIM "esprim"
#define ONEM2M_KIND_NAME_ESPRIM_SESSION "esprim-session"
#define ONEM2M_KIND_NAME_ESDATA "esdata"
#define ONEM2M_KIND_NAME_E2E_MASTER "e2e-master"
#define ONEM2M_KIND_NAME_E2E "e2e"
#define ONEM2M_KIND_NAME_PAIRWISE_E2E "pairwise-e2e"
#define ONEM2M_KIND_NAME_HALF "half"

/* Values of state; the last is computed from not-after. */
#define ONEM2M_STATE_NAME_ACTIVE "active"
#define ONEM2M_STATE_NAME_SUSPENDED "suspended"
#define ONEM2M_STATE_NAME_REVOKED "revoked"
#define ONEM2M_STATE_NAME_DESTROYED "destroyed"
#define ONEM2M_STATE_NAME_EXPIRED "expired"

#endif
