/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_REASON_TEXTS_H
#define ONEM2M_KEYSTORE_REASON_TEXTS_H

/*
 * ONEM2M_REASON with its text, R(reason, text) for each: the provider and the TLS engine make the
 * tables of it that OpenSSL wants.
 */
#define ONEM2M_REASON_TEXTS(R)                                                                     \
    R(ONEM2M_R_MISSING_KEY, "missing key")                                                         \
    R(ONEM2M_R_MISSING_PARAMETER, "missing parameter")                                             \
    R(ONEM2M_R_WRONG_TYPE, "wrong parameter type")                                                 \
    R(ONEM2M_R_BAD_KEY_LENGTH, "bad key length")                                                   \
    R(ONEM2M_R_BAD_OUTPUT_LENGTH, "bad output length")                                             \
    R(ONEM2M_R_BAD_LENGTH, "bad length")                                                           \
    R(ONEM2M_R_EMPTY, "empty value")                                                               \
    R(ONEM2M_R_INVALID_UTF8, "invalid UTF-8")                                                      \
    R(ONEM2M_R_CONTROL_CHARACTER, "control character")                                             \
    R(ONEM2M_R_UPPER_CASE, "upper case in an FQDN")                                                \
    R(ONEM2M_R_BAD_CHARACTER, "bad character")                                                     \
    R(ONEM2M_R_BAD_HYPHEN, "hyphen at the end of a label")                                         \
    R(ONEM2M_R_LABEL_TOO_LONG, "label too long")                                                   \
    R(ONEM2M_R_NAME_TOO_LONG, "name too long")                                                     \
    R(ONEM2M_R_BAD_FORM, "bad form of identifier")                                                 \
    R(ONEM2M_R_BAD_SUID, "bad security usage identifier")                                          \
    R(ONEM2M_R_BAD_CHOICE, "unknown value")                                                        \
    R(ONEM2M_R_BAD_CREDENTIAL_TYPE, "bad credential type")                                         \
    R(ONEM2M_R_BAD_DIGEST, "bad digest")                                                           \
    R(ONEM2M_R_BAD_CONFIGURATION, "bad configuration")                                             \
    R(ONEM2M_R_CRYPTO_UNAVAILABLE, "algorithm unavailable")                                        \
    R(ONEM2M_R_CRYPTO_FAILED, "algorithm failed")                                                  \
    R(ONEM2M_R_OUT_OF_MEMORY, "out of memory")                                                     \
    R(ONEM2M_R_MISMATCH, "mismatch")                                                               \
    R(ONEM2M_R_BAD_KIND, "bad kind of key")                                                        \
    R(ONEM2M_R_BAD_STATE, "bad state")                                                             \
    R(ONEM2M_R_BAD_TIME, "bad time")                                                               \
    R(ONEM2M_R_BAD_TARGETS, "bad targets")                                                         \
    R(ONEM2M_R_BAD_ATTRIBUTE, "bad attribute")                                                     \
    R(ONEM2M_R_NOT_ALLOWED_BY_KIND, "not allowed by kind")                                         \
    R(ONEM2M_R_NOT_ALLOWED_BY_USAGE, "not allowed by usage")                                       \
    R(ONEM2M_R_SUSPENDED, "key suspended")                                                         \
    R(ONEM2M_R_REVOKED, "key revoked")                                                             \
    R(ONEM2M_R_DESTROYED, "key destroyed")                                                         \
    R(ONEM2M_R_EXPIRED, "key expired")                                                             \
    R(ONEM2M_R_REGISTRATION, "own keys or registrations only")                                     \
    R(ONEM2M_R_REQUESTER_MISSING, "requester missing")                                             \
    R(ONEM2M_R_NOT_A_TARGET, "requester is no target")                                             \
    R(ONEM2M_R_NOT_THE_SOURCE, "requester is not the source")                                      \
    R(ONEM2M_R_SUID_NOT_ALLOWED, "security usage identifier not allowed")                          \
    R(ONEM2M_R_NOT_EXTRACTABLE, "not extractable")                                                 \
    R(ONEM2M_R_DERIVE_OCTETS_OFF, "derive-octets is off")                                          \
    R(ONEM2M_R_OUTLIVES_PARENT, "outlives its parent")                                             \
    R(ONEM2M_R_NOT_CHANGEABLE, "not changeable")                                                   \
    R(ONEM2M_R_STORE_MISSING, "key store missing")                                                 \
    R(ONEM2M_R_STORE_EXISTS, "key store exists")                                                   \
    R(ONEM2M_R_STORE_NOT_OURS, "not a key store")                                                  \
    R(ONEM2M_R_STORE_NEWER, "key store of a newer version")                                        \
    R(ONEM2M_R_STORE_DAMAGED, "key store damaged")                                                 \
    R(ONEM2M_R_STORE_PERMISSION, "no permission for the key store")                                \
    R(ONEM2M_R_STORE_READ_ONLY, "key store read only")                                             \
    R(ONEM2M_R_STORE_LOCKED, "key store locked")                                                   \
    R(ONEM2M_R_STORE_FULL, "no room for the key store")                                            \
    R(ONEM2M_R_STORE_TOO_LARGE, "key store has to grow")                                           \
    R(ONEM2M_R_STORE_PLACE, "bad place for a key store")                                           \
    R(ONEM2M_R_STORE_FAILED, "key store failed")                                                   \
    R(ONEM2M_R_RECORD_DAMAGED, "record damaged")                                                   \
    R(ONEM2M_R_HEADER_DAMAGED, "header damaged")                                                   \
    R(ONEM2M_R_STORE_FORMAT, "unknown format of key store")                                        \
    R(ONEM2M_R_BAD_SEAL, "bad seal")                                                               \
    R(ONEM2M_R_KEY_NOT_FOUND, "key not found")                                                     \
    R(ONEM2M_R_AMBIGUOUS_NAME, "ambiguous name")                                                   \
    R(ONEM2M_R_NAME_IN_USE, "name in use")                                                         \
    R(ONEM2M_R_ROTATION_DUE, "rotation of the data key due")                                       \
    R(ONEM2M_R_TLS_NOT_READY, "handshake not finished, or calls out of order")                     \
    R(ONEM2M_R_TLS_EXPORTED, "label exported on this connection already")                          \
    R(ONEM2M_R_TLS_RESUMED, "resumed session")                                                     \
    R(ONEM2M_R_TLS_NO_EMS, "no extended master secret")                                            \
    R(ONEM2M_R_TLS_FAILED, "TLS failed")                                                           \
    R(ONEM2M_R_TLS_UNSUPPORTED, "not with this version of OpenSSL")                                \
    R(ONEM2M_R_PEER_UNKNOWN, "peer without an authenticated name")                                 \
    R(ONEM2M_R_PEER_MISMATCH, "another peer than expected")                                        \
    R(ONEM2M_R_BAD_CERTIFICATE, "certificate outside the profile")                                 \
    R(ONEM2M_R_BAD_MESSAGE, "bad ESCertKE message")                                                \
    R(ONEM2M_R_PEER_UNTRUSTED, "certificate path or status")                                       \
    R(ONEM2M_R_TOKEN_MISSING, "PKCS#11 token missing")                                             \
    R(ONEM2M_R_TOKEN_PIN, "PIN refused")                                                           \
    R(ONEM2M_R_TOKEN_PIN_LOCKED, "PIN locked")                                                     \
    R(ONEM2M_R_TOKEN_KEY, "no such key in the PKCS#11 token")                                      \
    R(ONEM2M_R_TOKEN_FAILED, "PKCS#11 module failed")                                              \
    R(ONEM2M_R_TOKEN_CANNOT, "PKCS#11 token cannot do this")

#endif
