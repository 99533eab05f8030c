/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_TABLES_H
#define ONEM2M_DEMO_TABLES_H

#include "message.h"

/* A request: To, From (the originator field), and Content, a message of the table that To says. */
extern const TABLE table_request;

/* TS-0003 8.3.2.1: the Enrolment Exchange, and fetchCredentials. */
extern const TABLE table_enrolment_request;
extern const TABLE table_maf_enrolment;
extern const TABLE table_credentials;
extern const TABLE table_failure;

/* TS-0003 8.8.2.3, 8.8.2.7, 8.8.2.8. */
extern const TABLE table_client_registration_request;
extern const TABLE table_client_registration;
extern const TABLE table_key_registration_request;
extern const TABLE table_key_registration;
extern const TABLE table_key_retrieval_request;
extern const TABLE table_key_retrieval;

/* TS-0003 8.7.2.2 and 8.4.2: what is carried between A and B. */
extern const TABLE table_notification;
extern const TABLE table_escertke;
extern const TABLE table_receiver_rand;
extern const TABLE table_originator_rand;

/* Between this program's own processes. */
extern const TABLE table_order;
extern const TABLE table_certificates;
extern const TABLE table_event;

#endif
