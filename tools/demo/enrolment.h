/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_ENROLMENT_H
#define ONEM2M_DEMO_ENROLMENT_H

#include <openssl/ssl.h>
#include "assignment.h"

/* Fields of a role's report: names of JSON members too. */
#define REPORT_PSK_IDENTITY "psk_identity"
#define REPORT_SERVER_NAME "server_name"
#define REPORT_TLS_VERSION "tls_version"
#define REPORT_CIPHERSUITE "ciphersuite"
#define REPORT_EXTENDED_MASTER_SECRET "extended_master_secret"
#define REPORT_ENROLMENT_TARGET_ID "enrolment_target_id"
#define REPORT_KE_ID "ke_id"
#define REPORT_KE "ke_fingerprint"
#define REPORT_KM "km_fingerprint"
#define REPORT_SUID_21_KEY "suid_21_key_fingerprint"

/*
 * What both ends do after the MEF Handshake (TS-0003 8.3.2.1, Enrolment Key
 * Generation): export Ke, form KeID, derive what the target will use, and
 * report it. No key leaves this function.
 */
int enrolment_complete(SSL *ssl, const ASSIGNMENT *assignment, WIRE_MESSAGE *report,
                       FAILURE *failure);

#endif
