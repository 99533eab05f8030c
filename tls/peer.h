/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TLS_PEER_H
#define ONEM2M_TLS_PEER_H

#include "tls/certificate.h"
#include "tls/engine.h"

/* Whom a connection must be with, and who it is. */
typedef struct onem2m_peer_st {
    ONEM2M_PEER_FLAVOUR flavour;
    unsigned int flags;
    char *identifier;          /* in its canonical form, or NULL for any */
    char *entity_id;           /* in its canonical form, or NULL */
    ONEM2M_DEVICE_ID device;   /* identifier of that flavour */
    SSL_verify_cb application; /* the callback that ours goes before, or NULL */
    int was_called;            /* libssl asked about a certificate */
    /* The last certificate, or DER SubjectPublicKeyInfo, that was verified, and its name. */
    X509 *certificate;
    unsigned char *public_key;
    size_t public_key_length;
    char matched[ONEM2M_ID_MAX + 1];
} ONEM2M_EXPECTED_PEER;

/*
 * peer_name.c: fills in identifier, device and entity_id of what the application
 * expects. 1, or 0 with *error filled in.
 */
int onem2m_peer_parse(ONEM2M_EXPECTED_PEER *expected, const ONEM2M_PEER *peer, ONEM2M_ERROR *error);

/*
 * peer_name.c: looks for the expected name among those of the peer's certificate, which
 * onem2m_certificate_names_check let pass, writes it to
 * expected->matched, and gives it in *found, which points into names. 1, or 0 with *error filled
 * in.
 */
int onem2m_peer_match(ONEM2M_EXPECTED_PEER *expected, ONEM2M_CERTIFICATE_NAME *found,
                      const GENERAL_NAMES *names, ONEM2M_ERROR *error);

/* peer_verify.c: libssl's verify callback of a connection with an expected peer. */
int onem2m_peer_verify(int ok, X509_STORE_CTX *store);

/* peer_key.c: has the peer asked for the kind of certificate that the flavour needs. */
int onem2m_peer_ask(SSL *ssl, ONEM2M_PEER_FLAVOUR flavour, ONEM2M_ERROR *error);

/* peer_key.c: whether the raw public key that store verifies is the expected one. 1 or 0; there is
 * none when *is_raw is 0. */
int onem2m_peer_match_key(ONEM2M_EXPECTED_PEER *expected, X509_STORE_CTX *store, SSL *ssl,
                          int *is_raw, ONEM2M_ERROR *error);

/* peer_key.c: whether expected->public_key is the connection's. */
int onem2m_peer_has_key(const ONEM2M_EXPECTED_PEER *expected, const SSL *ssl);

/* Forgets who was verified. */
void onem2m_peer_forget(ONEM2M_EXPECTED_PEER *expected);

#endif
