/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The parent: provisions both ends as an administrator would, starts them and compares. */
#include "run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "enrolment.h"
#include "process.h"
#include "report.h"
#include "role.h"

#define KPM_ID "enrolee1@mef.example.com"
#define MEF_FQDN "mef.example.com"
#define MAF_FQDN "maf.example.com"
#define OTHER_KPM_ID "enrolee2@mef.example.com"
#define OTHER_MEF_FQDN "mef2.example.com"
#define OTHER_MAF_FQDN "maf2.example.com"

static const REPORT_ROW rows[] = {
    { REPORT_PSK_IDENTITY, "psk_identity, KpmID", "8.3.2.1" },
    { REPORT_SERVER_NAME, "server name (SNI)", "10.2.1" },
    { REPORT_TLS_VERSION, "TLS version", "10.2.1" },
    { REPORT_CIPHERSUITE, "ciphersuite", "10.2.2" },
    { REPORT_EXTENDED_MASTER_SECRET, "ext. master secret", "RFC 7627" },
    { REPORT_KE_ID, "KeID", "10.3.4" },
    { REPORT_KE, "Ke*", "10.3.1" },
    { REPORT_ENROLMENT_TARGET_ID, "MAF-ID (the target)", "8.3.2.1" },
    { REPORT_KM, "Km*", "10.3.2" },
    { REPORT_SUID_21_KEY, "key for SUID 21*", "10.3.7" },
};

static int assign_credential(ASSIGNMENT *assignment, const char *kpm_id, FAILURE *failure)
{
    ONEM2M_ERROR error;

    if (!onem2m_id_parse(&assignment->kpm_id, ONEM2M_ID_KPM, kpm_id, strlen(kpm_id),
                         ONEM2M_ID_STRICT, &error))
        return failure_set(failure, "KpmID: %s", error.detail);
    if (RAND_priv_bytes(assignment->kpm, sizeof(assignment->kpm)) != 1)
        return failure_set_openssl(failure, "random octets for Kpm");
    return 1;
}

static int assign(ASSIGNMENT *assignment, const OPTIONS *options, FAILURE *failure)
{
    memset(assignment, 0, sizeof(*assignment));
    strcpy(assignment->mef_fqdn, MEF_FQDN);
    strcpy(assignment->enrolment_target_id, MAF_FQDN);
    assignment->timeout = options->timeout;
    return assign_credential(assignment, KPM_ID, failure);
}

/* Makes of the MEF's assignment the enrolee's, which is the same unless spoiled. */
static int spoil(ASSIGNMENT *enrolee, BREAK spoiled, FAILURE *failure)
{
    ONEM2M_ERROR error;

    switch (spoiled) {
    case BREAK_PSK:
        return assign_credential(enrolee, KPM_ID, failure);
    case BREAK_PSK_IDENTITY:
        return onem2m_id_parse(&enrolee->kpm_id, ONEM2M_ID_KPM, OTHER_KPM_ID, strlen(OTHER_KPM_ID),
                               ONEM2M_ID_STRICT, &error);
    case BREAK_ENROLEE_MAF_ID:
        strcpy(enrolee->enrolment_target_id, OTHER_MAF_FQDN);
        return 1;
    case BREAK_SERVER_NAME:
        strcpy(enrolee->mef_fqdn, OTHER_MEF_FQDN);
        return 1;
    case BREAK_SILENCE:
        enrolee->silent = 1;
        return 1;
    default:
        return 1;
    }
}

static int start(PROCESS *process, const OPTIONS *options, const ASSIGNMENT *assignment)
{
    WIRE_MESSAGE message;
    int started = process_start(process, options->program) &&
                  assignment_write(assignment, &message, &process->failure) &&
                  process_assign(process, &message);

    wire_clear(&message);
    return started;
}

/* Starts the MEF, learns its port, starts the enrolee with it. */
static void start_both(PROCESS *mef, PROCESS *enrolee, ASSIGNMENT *assignment,
                       const OPTIONS *options, int64_t deadline)
{
    if (!start(mef, options, assignment) || !process_receive(mef, deadline))
        return;
    if (!wire_get_number(&mef->report, REPORT_LISTENING, 65535, &assignment->mef_port)) {
        failure_set(&mef->failure, "it did not tell its port");
        return;
    }
    if (spoil(assignment, options->spoiled, &enrolee->failure))
        start(enrolee, options, assignment);
}

static void run_both(PROCESS *mef, PROCESS *enrolee, const OPTIONS *options)
{
    int64_t deadline = wire_clock() + (int64_t)options->timeout * 1000;
    ASSIGNMENT assignment;

    if (assign(&assignment, options, &mef->failure))
        start_both(mef, enrolee, &assignment, options, deadline);
    OPENSSL_cleanse(&assignment, sizeof(assignment));
    if (enrolee->running && enrolee->failure.text[0] == '\0')
        process_collect((PROCESS *[]){ mef, enrolee }, 2, deadline);
    process_stop(mef);
    process_stop(enrolee);
}

int run_enrolment(const OPTIONS *options)
{
    static PROCESS mef;
    static PROCESS enrolee;
    REPORT report = { .title = "oneM2M TS-0003 8.3.2.1: a Pre-Provisioned Symmetric Enrolee Key, "
                               "two processes",
                      .configuration = options->configuration,
                      .rows = rows,
                      .row_count = sizeof(rows) / sizeof(rows[0]),
                      .a = &mef,
                      .b = &enrolee };

    signal(SIGPIPE, SIG_IGN);
    process_init(&mef, "mef", "MEF");
    process_init(&enrolee, "enrolee", "Enrolee");
    run_both(&mef, &enrolee, options);
    if (options->json)
        report_print_json(&report);
    else
        report_print_table(&report);
    return report_agrees(&report);
}
