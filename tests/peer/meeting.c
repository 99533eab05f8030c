/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "meeting.h"

void meet(MEETING *meeting, SIDE side, const CHAIN *peer, const CHAIN *trusted,
          const SSL_METHOD *method)
{
    static const SPEC usual = { .names = "DNS:own.example.com" };
    CHAIN own;
    SSL_CTX *verifying, *verified;

    chain_make(&own, NULL, NULL, &usual);
    verifying = context_make(method, &own, trusted);
    verified = context_make(method, peer, NULL);
    if (side == AT_CLIENT)
        pair_make(&meeting->pair, verifying, verified);
    else
        pair_make(&meeting->pair, verified, verifying);
    meeting->verifier = side == AT_CLIENT ? meeting->pair.client : meeting->pair.server;
    meeting->alert = side == AT_CLIENT ? &meeting->pair.client_alert : &meeting->pair.server_alert;
    chain_free(&own);
}

void check_refused(MEETING *meeting, int alert, ONEM2M_REASON reason, const char *refusal)
{
    const char *given = onem2m_tls_refusal(meeting->verifier);

    if (*meeting->alert != alert || meeting->pair.reason != reason ||
        strstr(given, refusal) == NULL)
        fail_msg("%s: alert %d, reason %d, '%s'", current_subject, *meeting->alert,
                 (int)meeting->pair.reason, given);
    check_nobody(meeting->verifier, ONEM2M_R_TLS_NOT_READY);
}
