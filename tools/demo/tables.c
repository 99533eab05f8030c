/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tables.h"

#define REQUIRED 0
#define OPTIONAL 1
#define END                                                                                        \
    {                                                                                              \
        NULL, PARAMETER_TEXT, REQUIRED                                                             \
    }

const TABLE table_request = { "request",
                              "request",
                              { { "To", PARAMETER_TEXT, REQUIRED },
                                { "From", PARAMETER_TEXT, REQUIRED },
                                { "Content", PARAMETER_OCTETS, OPTIONAL },
                                END } };

const TABLE table_enrolment_request = {
    "8.3.2.1-1",
    "initial request from Enrolee to MEF",
    { { "Certificate Enrolment Indication", PARAMETER_BOOLEAN, REQUIRED },
      { "MAF Enrolment Indication", PARAMETER_BOOLEAN, REQUIRED },
      { "Remote Management Indication", PARAMETER_BOOLEAN, REQUIRED },
      END }
};

const TABLE table_maf_enrolment = { "8.3.2.1-3",
                                    "enrol with a MAF",
                                    { { "Instruction Type", PARAMETER_TEXT, REQUIRED },
                                      { "Credential Type", PARAMETER_TEXT, REQUIRED },
                                      { "MAF Key Registration URI", PARAMETER_TEXT, REQUIRED },
                                      { "MAF Key Retrieval URI", PARAMETER_TEXT, REQUIRED },
                                      { "MAF Client Registration URI", PARAMETER_TEXT, OPTIONAL },
                                      { "Trust Anchors", PARAMETER_OCTETS, OPTIONAL },
                                      { "Lifetime", PARAMETER_TEXT, OPTIONAL },
                                      END } };

const TABLE table_credentials = { "8.3.2.1-5",
                                  "fetchCredentials succeeded",
                                  { { "Status", PARAMETER_BOOLEAN, REQUIRED },
                                    { "Credential", PARAMETER_OCTETS, REQUIRED },
                                    { "EnroleeID", PARAMETER_TEXT, REQUIRED },
                                    { "Lifetime", PARAMETER_TEXT, REQUIRED },
                                    END } };

const TABLE table_failure = {
    "8.3.2.1-6",
    "failure",
    { { "Status", PARAMETER_BOOLEAN, REQUIRED }, { "ErrorString", PARAMETER_TEXT, REQUIRED }, END }
};

const TABLE table_client_registration_request = { "8.8.2.3-1",
                                                  "MAF Client Registration request",
                                                  { { "MAF-FQDN", PARAMETER_TEXT, REQUIRED },
                                                    { "expirationTime", PARAMETER_TEXT, REQUIRED },
                                                    { "labels", PARAMETER_LIST, OPTIONAL },
                                                    { "adminFQDN", PARAMETER_TEXT, REQUIRED },
                                                    END } };

const TABLE table_client_registration = { "8.8.2.3-2",
                                          "MAF Client Registration response",
                                          { { "mafClientRegID", PARAMETER_TEXT, REQUIRED },
                                            { "labels", PARAMETER_LIST, OPTIONAL },
                                            { "expirationTime", PARAMETER_TEXT, REQUIRED },
                                            { "MAF Client ID", PARAMETER_TEXT, REQUIRED },
                                            { "adminFQDN", PARAMETER_TEXT, REQUIRED },
                                            { "assignedSymmKeyID", PARAMETER_TEXT, OPTIONAL },
                                            END } };

const TABLE table_key_registration_request = { "8.8.2.7-1",
                                               "MAF Key Registration request",
                                               { { "MAF-FQDN", PARAMETER_TEXT, REQUIRED },
                                                 { "expirationTime", PARAMETER_TEXT, REQUIRED },
                                                 { "labels", PARAMETER_LIST, OPTIONAL },
                                                 { "adminFQDN", PARAMETER_TEXT, REQUIRED },
                                                 { "SUID", PARAMETER_NUMBER, REQUIRED },
                                                 { "targetIDs", PARAMETER_LIST, OPTIONAL },
                                                 { "Key Value", PARAMETER_OCTETS, OPTIONAL },
                                                 END } };

const TABLE table_key_registration = { "8.8.2.7-2",
                                       "MAF Key Registration response",
                                       { { "RelativeKeyID", PARAMETER_TEXT, REQUIRED },
                                         { "expirationTime", PARAMETER_TEXT, REQUIRED },
                                         { "Source MAF Client ID", PARAMETER_TEXT, REQUIRED },
                                         { "labels", PARAMETER_LIST, OPTIONAL },
                                         { "adminFQDN", PARAMETER_TEXT, REQUIRED },
                                         { "SUID", PARAMETER_NUMBER, REQUIRED },
                                         { "targetIDs", PARAMETER_LIST, REQUIRED },
                                         END } };

const TABLE table_key_retrieval_request = {
    "8.8.2.8-1", "MAF Key Retrieval request", { { "RelativeKeyID", PARAMETER_TEXT, REQUIRED }, END }
};

const TABLE table_key_retrieval = { "8.8.2.8-2",
                                    "MAF Key Retrieval response",
                                    { { "expirationTime", PARAMETER_TEXT, REQUIRED },
                                      { "Source MAF Client ID", PARAMETER_TEXT, REQUIRED },
                                      { "labels", PARAMETER_LIST, OPTIONAL },
                                      { "adminFQDN", PARAMETER_TEXT, REQUIRED },
                                      { "SUID", PARAMETER_NUMBER, REQUIRED },
                                      { "Key Value", PARAMETER_OCTETS, REQUIRED },
                                      END } };

const TABLE table_notification = { "primitive",
                                   "a primitive",
                                   { { "Text", PARAMETER_TEXT, REQUIRED }, END } };

const TABLE table_escertke = { "8.7.2.2-1",
                               "ESCertKE",
                               { { "ESCertKE Message", PARAMETER_OCTETS, REQUIRED }, END } };

const TABLE table_receiver_rand = { "8.4.3.1.2-1",
                                    "receiverESPrimRandObject",
                                    { { "esprimRandID", PARAMETER_TEXT, REQUIRED },
                                      { "esprimRandValue", PARAMETER_OCTETS, REQUIRED },
                                      { "esprimRandExpiry", PARAMETER_TEXT, REQUIRED },
                                      { "esprimKeyGenAlgIDs", PARAMETER_LIST, REQUIRED },
                                      { "esprimProtocolAndAlgIDs", PARAMETER_LIST, REQUIRED },
                                      END } };

const TABLE table_originator_rand = { "8.4.3.1.1-1",
                                      "originatorESPrimRandObject",
                                      { { "esprimRandID", PARAMETER_TEXT, REQUIRED },
                                        { "esprimRandValue", PARAMETER_OCTETS, REQUIRED },
                                        { "esprimRandExpiry", PARAMETER_TEXT, REQUIRED },
                                        { "esprimKeyGenAlgID", PARAMETER_NUMBER, REQUIRED },
                                        { "esprimProtocolAndAlgIDs", PARAMETER_LIST, REQUIRED },
                                        END } };

const TABLE table_order = { "order",
                            "an order of the parent",
                            { { "step", PARAMETER_TEXT, REQUIRED },
                              { "argument", PARAMETER_TEXT, OPTIONAL },
                              { "key", PARAMETER_OCTETS, OPTIONAL },
                              END } };

const TABLE table_certificates = { "certificates",
                                   "a request for a certificate, or a certificate and its CA's",
                                   { { "request", PARAMETER_OCTETS, OPTIONAL },
                                     { "certificate", PARAMETER_OCTETS, OPTIONAL },
                                     { "authority", PARAMETER_OCTETS, OPTIONAL },
                                     END } };

const TABLE table_event = { "event",
                            "what a process reports",
                            { { "kind", PARAMETER_NUMBER, REQUIRED },
                              { "at", PARAMETER_TEXT, REQUIRED },
                              { "to", PARAMETER_TEXT, OPTIONAL },
                              { "clause", PARAMETER_TEXT, OPTIONAL },
                              { "name", PARAMETER_TEXT, OPTIONAL },
                              { "text", PARAMETER_TEXT, OPTIONAL },
                              END } };
