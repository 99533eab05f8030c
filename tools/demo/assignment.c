/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "assignment.h"

#include <string.h>

#define FIELD_KPM_ID "kpm-id"
#define FIELD_KPM "kpm"
#define FIELD_MEF_FQDN "mef-fqdn"
#define FIELD_ENROLMENT_TARGET_ID "enrolment-target-id"
#define FIELD_MEF_PORT "mef-port"
#define FIELD_TIMEOUT "timeout"
#define FIELD_SILENT "silent"

int assignment_write(const ASSIGNMENT *assignment, WIRE_MESSAGE *message, FAILURE *failure)
{
    wire_clear(message);
    if (wire_put_text(message, FIELD_KPM_ID, assignment->kpm_id.text) &&
        wire_put(message, FIELD_KPM, assignment->kpm, sizeof(assignment->kpm)) &&
        wire_put_text(message, FIELD_MEF_FQDN, assignment->mef_fqdn) &&
        wire_put_text(message, FIELD_ENROLMENT_TARGET_ID, assignment->enrolment_target_id) &&
        wire_put_number(message, FIELD_MEF_PORT, assignment->mef_port) &&
        wire_put_number(message, FIELD_TIMEOUT, assignment->timeout) &&
        wire_put_number(message, FIELD_SILENT, assignment->silent))
        return 1;
    return failure_set(failure, "the assignment does not fit a message");
}

static int read_fqdn(char fqdn[ONEM2M_FQDN_MAX + 1], const WIRE_MESSAGE *message, const char *name)
{
    const char *text = wire_get_text(message, name);

    if (text == NULL || strlen(text) > ONEM2M_FQDN_MAX)
        return 0;
    memcpy(fqdn, text, strlen(text) + 1);
    return 1;
}

static int read_credential(ASSIGNMENT *assignment, const WIRE_MESSAGE *message)
{
    ONEM2M_ERROR error;
    size_t length;
    const char *kpm_id = wire_get_text(message, FIELD_KPM_ID);
    const unsigned char *kpm = wire_get(message, FIELD_KPM, &length);

    if (kpm_id == NULL || kpm == NULL || length != sizeof(assignment->kpm))
        return 0;
    memcpy(assignment->kpm, kpm, length);
    return onem2m_id_parse(&assignment->kpm_id, ONEM2M_ID_KPM, kpm_id, strlen(kpm_id),
                           ONEM2M_ID_STRICT, &error);
}

int assignment_read(ASSIGNMENT *assignment, const WIRE_MESSAGE *message, FAILURE *failure)
{
    if (read_credential(assignment, message) &&
        read_fqdn(assignment->mef_fqdn, message, FIELD_MEF_FQDN) &&
        read_fqdn(assignment->enrolment_target_id, message, FIELD_ENROLMENT_TARGET_ID) &&
        wire_get_number(message, FIELD_MEF_PORT, 65535, &assignment->mef_port) &&
        wire_get_number(message, FIELD_TIMEOUT, 3600, &assignment->timeout) &&
        wire_get_number(message, FIELD_SILENT, 1, &assignment->silent))
        return 1;
    return failure_set(failure, "the assignment cannot be understood");
}
