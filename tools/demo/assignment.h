/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_ASSIGNMENT_H
#define ONEM2M_DEMO_ASSIGNMENT_H

#include "failure.h"
#include "tls_psk.h"
#include "wire.h"

/*
 * What a role is provisioned with before it runs (TS-0003 8.3.2.1, Bootstrap
 * Credential Configuration and Bootstrap Instruction Configuration). It comes
 * from the parent by a pipe.
 */
typedef struct {
    ONEM2M_ID kpm_id;
    unsigned char kpm[TLS_PSK_OCTETS];
    char mef_fqdn[ONEM2M_FQDN_MAX + 1];
    char enrolment_target_id[ONEM2M_FQDN_MAX + 1]; /* the MAF's FQDN */
    unsigned long mef_port;                        /* for the enrolee; 0 for the MEF */
    unsigned long timeout;                         /* seconds */
    unsigned long silent;                          /* 1: never begin (--break silence) */
} ASSIGNMENT;

int assignment_write(const ASSIGNMENT *assignment, WIRE_MESSAGE *message, FAILURE *failure);
int assignment_read(ASSIGNMENT *assignment, const WIRE_MESSAGE *message, FAILURE *failure);

#endif
