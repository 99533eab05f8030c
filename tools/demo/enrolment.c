/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "enrolment.h"

#include <string.h>
#include <openssl/crypto.h>
#include "keys.h"

#define LABEL_BOOTSTRAP "EXPORTER-oneM2M-Bootstrap" /* TS-0003 10.3.1 */
#define SUID_MAF_BY_RSPF 21                         /* TS-0004 6.3.4.2.39 */

typedef struct {
    ONEM2M_ID ke_id;
    unsigned char enrolment_key[KEY_OCTETS]; /* Ke */
    unsigned char km[KEY_OCTETS];
    unsigned char suid_21_key[KEY_OCTETS];
} ENROLMENT;

static int form_ke_id(ENROLMENT *enrolment, const unsigned char *relative_ke_id,
                      const char *mef_fqdn, FAILURE *failure)
{
    ONEM2M_ERROR error;

    if (onem2m_id_form_exported(&enrolment->ke_id, ONEM2M_ID_KE, relative_ke_id, mef_fqdn,
                                strlen(mef_fqdn), &error))
        return 1;
    return failure_set(failure, "KeID: %s", error.detail);
}

static int generate_enrolment_key(ENROLMENT *enrolment, SSL *ssl, const ASSIGNMENT *assignment,
                                  FAILURE *failure)
{
    unsigned char exported[TLS_PSK_EXPORT_OCTETS];
    int generated = tls_psk_export(ssl, LABEL_BOOTSTRAP, exported, failure);

    if (generated) {
        memcpy(enrolment->enrolment_key, exported + ONEM2M_RELATIVE_KEY_ID_OCTETS, KEY_OCTETS);
        generated = form_ke_id(enrolment, exported, assignment->mef_fqdn, failure);
    }
    OPENSSL_cleanse(exported, sizeof(exported));
    return generated;
}

static int derive_keys(ENROLMENT *enrolment, const ASSIGNMENT *assignment, FAILURE *failure)
{
    return keys_derive_km(enrolment->km, enrolment->enrolment_key, assignment->enrolment_target_id,
                          failure) &&
           keys_derive_usage_key(enrolment->suid_21_key, enrolment->enrolment_key, SUID_MAF_BY_RSPF,
                                 assignment->enrolment_target_id, failure);
}

static int report_text(WIRE_MESSAGE *report, const char *name, const char *text, FAILURE *failure)
{
    return wire_put_text(report, name, text) ||
           failure_set(failure, "the report does not fit a message");
}

static int report_fingerprint(WIRE_MESSAGE *report, const char *name,
                              const unsigned char key[KEY_OCTETS], FAILURE *failure)
{
    char fingerprint[KEY_FINGERPRINT_TEXT];

    return keys_fingerprint(fingerprint, key, failure) &&
           report_text(report, name, fingerprint, failure);
}

static const char *text_or_none(const char *text)
{
    return text != NULL ? text : "none";
}

/* psk_identity is printed as parsed: what a peer sent is not shown as it came. */
static int report_handshake(WIRE_MESSAGE *report, SSL *ssl, FAILURE *failure)
{
    const char *psk_identity = SSL_get_psk_identity(ssl);
    ONEM2M_ID kpm_id;
    ONEM2M_ERROR error;

    if (psk_identity == NULL || !onem2m_id_parse(&kpm_id, ONEM2M_ID_KPM, psk_identity,
                                                 strlen(psk_identity), ONEM2M_ID_FOLD_FQDN, &error))
        return failure_set(failure, "the psk_identity of the handshake is no KpmID");
    return report_text(report, REPORT_PSK_IDENTITY, kpm_id.text, failure) &&
           report_text(report, REPORT_SERVER_NAME,
                       text_or_none(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)), failure) &&
           report_text(report, REPORT_TLS_VERSION, SSL_get_version(ssl), failure) &&
           report_text(report, REPORT_CIPHERSUITE,
                       text_or_none(SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl))),
                       failure) &&
           report_text(report, REPORT_EXTENDED_MASTER_SECRET,
                       SSL_get_extms_support(ssl) == 1 ? "yes" : "no", failure);
}

static int report_keys(WIRE_MESSAGE *report, const ENROLMENT *enrolment, FAILURE *failure)
{
    return report_text(report, REPORT_KE_ID, enrolment->ke_id.text, failure) &&
           report_fingerprint(report, REPORT_KE, enrolment->enrolment_key, failure) &&
           report_fingerprint(report, REPORT_KM, enrolment->km, failure) &&
           report_fingerprint(report, REPORT_SUID_21_KEY, enrolment->suid_21_key, failure);
}

int enrolment_complete(SSL *ssl, const ASSIGNMENT *assignment, WIRE_MESSAGE *report,
                       FAILURE *failure)
{
    ENROLMENT enrolment;
    int complete =
        report_handshake(report, ssl, failure) &&
        report_text(report, REPORT_ENROLMENT_TARGET_ID, assignment->enrolment_target_id, failure) &&
        generate_enrolment_key(&enrolment, ssl, assignment, failure) &&
        derive_keys(&enrolment, assignment, failure) && report_keys(report, &enrolment, failure);

    OPENSSL_cleanse(&enrolment, sizeof(enrolment));
    return complete;
}
