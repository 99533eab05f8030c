/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whom a connection is with (TS-0003 8.1.2, 10.1.1, 10.4): each row is a peer's certificate, what
 * is expected, and how the handshake ends, once at a client and once at a server.
 */
#include <string.h>
#include <onem2m/id.h>
#include "pair.h"

#define SUCCEEDS (-1)
#define DAY 86400L
#define ANYBODY NULL

#define DEVICE "0.2.481.1.100.3030.10011"
#define AE "//sp.example.com/cse1/C7"

typedef struct {
    const char *what;
    ONEM2M_PEER expected;
    SPEC entity, ca;
    int alert; /* that the verifying end sends, or SUCCEEDS */
    ONEM2M_REASON reason;
    const char *refusal; /* occurs in it */
    const char *entity_id;
    const char *credential_id; /* NULL: there is none */
} ROW;

#define CA(...) .ca = { .subject = "a CA", .is_ca = 1, __VA_ARGS__ }
#define DNS_CA CA(.constraints = "+DNS:example.com")
#define URI_CA CA(.constraints = "+URI:sp.example.com")
#define OID_CA CA(.constraints = "+OID:0.2.481.1/100")

static const ROW rows[] = {
    /* FQDN: MEF and MAF. */
    { .what = "FQDN in a dNSName",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "DNS:mef.example.com" },
      DNS_CA,
      .alert = SUCCEEDS,
      .entity_id = "mef.example.com" },
    { .what = "FQDN among several",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "DNS:maf.example.com DNS:mef.example.com" },
      DNS_CA,
      .alert = SUCCEEDS,
      .entity_id = "mef.example.com" },
    { .what = "FQDN in a URI alone",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "URI:mef.example.com" },
      CA(.constraints = "+URI:.example.com"),
      .alert = SUCCEEDS,
      .entity_id = "mef.example.com" },
    { .what = "FQDN in a URI with a scheme",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "URI:coaps://mef.example.com" },
      CA(.constraints = "+URI:.example.com"),
      .alert = SUCCEEDS,
      .entity_id = "mef.example.com" },
    { .what = "URI with more than the FQDN",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "URI:coaps://mef.example.com/path" },
      CA(.constraints = "+URI:.example.com"),
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "no FQDN" },
    { .what = "FQDN, whichever",
      .expected = { ONEM2M_PEER_FQDN, 0, ANYBODY, NULL },
      .entity = { .names = "DNS:mef.example.com" },
      DNS_CA,
      .alert = SUCCEEDS,
      .entity_id = "mef.example.com" },
    { .what = "FQDN, whichever, twice the same",
      .expected = { ONEM2M_PEER_FQDN, 0, ANYBODY, NULL },
      .entity = { .names = "DNS:mef.example.com URI://mef.example.com" },
      CA(.constraints = "+DNS:example.com +URI:mef.example.com"),
      .alert = SUCCEEDS,
      .entity_id = "mef.example.com" },
    { .what = "FQDN, whichever of two",
      .expected = { ONEM2M_PEER_FQDN, 0, ANYBODY, NULL },
      .entity = { .names = "DNS:mef.example.com DNS:maf.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "more than one FQDN" },
    { .what = "FQDN with an entity",
      .expected = { ONEM2M_PEER_FQDN, 0, "in.example.com", "//sp.example.com/in" },
      .entity = { .names = "DNS:in.example.com" },
      DNS_CA,
      .alert = SUCCEEDS,
      .entity_id = "//sp.example.com/in" },
    { .what = "another FQDN",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "DNS:mef2.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "expected FQDN 'mef.example.com' (TS-0003 8.1.2.5)" },
    { .what = "FQDN below",
      .expected = { ONEM2M_PEER_FQDN, 0, "example.com", NULL },
      .entity = { .names = "DNS:mef.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "expected FQDN" },
    { .what = "FQDN in upper case",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "DNS:MEF.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "no FQDN" },
    { .what = "FQDN in the common name alone",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .subject = "mef.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "no FQDN in the subjectAltName extension (TS-0003 8.1.2.5, 10.1.1.6)" },
    { .what = "FQDN, wildcard",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "DNS:*.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "wildcard" },
    { .what = "FQDN, and a wildcard beside it",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "DNS:mef.example.com DNS:*.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "wildcard" },
    { .what = "FQDN, certificate of an AE",
      .expected = { ONEM2M_PEER_FQDN, 0, "sp.example.com", NULL },
      .entity = { .names = "URI:" AE },
      URI_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "no FQDN" },
    { .what = "NUL in a dNSName",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "DNS:mef.example.com%00.evil.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "octet 0x00 in dNSName 'mef.example.com?.evil" },
    { .what = "NUL at the end of a dNSName, whichever",
      .expected = { ONEM2M_PEER_FQDN, 0, ANYBODY, NULL },
      .entity = { .names = "DNS:mef.example.com%00" },
      CA(.constraints = "+DNS:"),
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "octet 0x00" },
    { .what = "dNSName that is not ASCII",
      .expected = { ONEM2M_PEER_FQDN, 0, ANYBODY, NULL },
      .entity = { .names = "DNS:m%C3%A9f.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "octet 0xC3" },
    { .what = "empty dNSName",
      .expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL },
      .entity = { .names = "DNS:mef.example.com DNS:" },
      CA(.constraints = "+URI:example.com"),
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "an empty dNSName" },

    /* CSE-ID. */
    { .what = "CSE-ID",
      .expected = { ONEM2M_PEER_CSE_ID, 0, "cse1.sp.example.com", "//sp.example.com/cse1" },
      .entity = { .names = "DNS:cse1.sp.example.com" },
      DNS_CA,
      .alert = SUCCEEDS,
      .entity_id = "//sp.example.com/cse1",
      .credential_id = "32-cse1.sp.example.com" },
    { .what = "another CSE-ID",
      .expected = { ONEM2M_PEER_CSE_ID, 0, "cse1.sp.example.com", NULL },
      .entity = { .names = "DNS:cse2.sp.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "expected public domain name" },
    { .what = "CSE-ID in a URI",
      .expected = { ONEM2M_PEER_CSE_ID, 0, "cse1.sp.example.com", NULL },
      .entity = { .names = "URI://cse1.sp.example.com" },
      CA(.constraints = "+URI:.sp.example.com"),
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "no public domain name" },
    { .what = "CSE-ID, wildcard",
      .expected = { ONEM2M_PEER_CSE_ID, 0, "cse1.sp.example.com", NULL },
      .entity = { .names = "DNS:*.sp.example.com" },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "wildcard" },

    /* AE-ID: URIs that OpenSSL cannot compare with a constraint. */
    { .what = "AE-ID",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI:" AE },
      URI_CA,
      .alert = SUCCEEDS,
      .entity_id = AE,
      .credential_id = "33-" AE },
    { .what = "AE-ID, whichever",
      .expected = { ONEM2M_PEER_AE_ID, 0, ANYBODY, NULL },
      .entity = { .names = "URI:" AE " DNS:sp.example.com URI:coaps://sp.example.com/x" },
      CA(.constraints = "+URI:sp.example.com +DNS:example.com"),
      .alert = SUCCEEDS,
      .entity_id = AE,
      .credential_id = "33-" AE },
    { .what = "another AE-ID",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI:" AE "8" },
      URI_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "expected absolute AE-ID" },
    { .what = "AE-ID in another case",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI://sp.example.com/CSE1/C7" },
      URI_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "expected absolute AE-ID" },
    { .what = "AE-ID with a scheme",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI:coaps:" AE },
      URI_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "no absolute AE-ID" },
    { .what = "AE-ID in a dNSName",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "DNS:" AE },
      CA(.constraints = "+DNS:"),
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "no absolute AE-ID" },
    { .what = "AE-ID, wildcard",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI://sp.example.com/cse1/*" },
      URI_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "wildcard" },
    { .what = "AE-ID of a host that the CA does not permit",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI:" AE },
      CA(.constraints = "+URI:other.example.com"),
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "does not permit the name (TS-0003 8.1.2.2" },
    { .what = "AE-ID below the host that the CA permits",
      .expected = { ONEM2M_PEER_AE_ID, 0, "//a.sp.example.com/cse1/C7", NULL },
      .entity = { .names = "URI://a.sp.example.com/cse1/C7" },
      URI_CA,
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "does not permit" },
    { .what = "AE-ID of a host that the CA excludes",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI:" AE },
      CA(.constraints = "+URI:.example.com -URI:sp.EXAMPLE.com"),
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "excludes the name" },
    { .what = "AE-ID permitted, another name beside it not",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI:" AE " DNS:evil.example.org" },
      CA(.constraints = "+URI:sp.example.com +DNS:example.com"),
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "permitted subtree violation" },
    { .what = "AE-ID permitted, a common name like a host not",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .subject = "evil.example.org", .names = "URI:" AE },
      CA(.constraints = "+URI:sp.example.com +DNS:example.com"),
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "permitted subtree violation" },
    { .what = "AE-ID, and a URI without a host",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI:" AE " URI:urn:x:y" },
      URI_CA,
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "unsupported or invalid name syntax" },
    { .what = "AE-ID, and a URI with a user",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI:" AE " URI://sp.example.com@evil.example.org/cse1/C7" },
      URI_CA,
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "unsupported or invalid name syntax" },
    { .what = "AE-ID, constraint with a distance",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI:" AE },
      CA(.constraints = "+URI:sp.example.com", .minimum = 1),
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "cannot be judged" },
    { .what = "AE-ID, CA constrained in other names alone",
      .expected = { ONEM2M_PEER_AE_ID, 0, AE, NULL },
      .entity = { .names = "URI:" AE },
      DNS_CA,
      .alert = SSL_AD_UNKNOWN_CA,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "the CA certificate that signed the peer's" },
    { .what = "AE-ID, CA constrained in other names alone, unconstrained allowed",
      .expected = { ONEM2M_PEER_AE_ID, ONEM2M_PEER_ALLOW_UNCONSTRAINED, AE, NULL },
      .entity = { .names = "URI:" AE },
      DNS_CA,
      .alert = SSL_AD_UNKNOWN_CA,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "the CA certificate that signed the peer's" },

    /* Devices: names and constraints of which OpenSSL knows nothing. */
    { .what = "device",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, NULL },
      .entity = { .names = "OID:0.2.481.1/100.3030.10011" },
      OID_CA,
      .alert = SUCCEEDS,
      .entity_id = DEVICE,
      .credential_id = "31-" DEVICE },
    { .what = "device as text",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, "/S7" },
      .entity = { .names = "UTF8:0.2.481.1/100.3030.10011" },
      CA(.constraints = "+UTF8:0.2.481.1/100.3030"),
      .alert = SUCCEEDS,
      .entity_id = "/S7",
      .credential_id = "31-" DEVICE },
    { .what = "device, whichever, wildcard in a host name",
      .expected = { ONEM2M_PEER_DEVICE, 0, ANYBODY, NULL },
      .entity = { .names = "DNS:*.example.com OID:0.2.481.1/100.3030.10011" },
      OID_CA,
      .alert = SUCCEEDS,
      .entity_id = DEVICE,
      .credential_id = "31-" DEVICE },
    { .what = "device, whichever of two",
      .expected = { ONEM2M_PEER_DEVICE, 0, ANYBODY, NULL },
      .entity = { .names = "OID:0.2.481.1/100.3030.10011 OID:0.2.481.1/100.3030.10012" },
      OID_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "more than one device identifier" },
    { .what = "another device",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, NULL },
      .entity = { .names = "OID:0.2.481.1/100.3030.10012" },
      OID_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "expected device identifier '" DEVICE "'" },
    { .what = "device with an arc more",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, NULL },
      .entity = { .names = "OID:0.2.481.1/100.3030.10011.1" },
      OID_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "expected device identifier" },
    { .what = "device in a dNSName",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, NULL },
      .entity = { .names = "DNS:" DEVICE },
      DNS_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "no device identifier" },
    { .what = "device, value of text that is no arc",
      .expected = { ONEM2M_PEER_DEVICE, ONEM2M_PEER_ALLOW_UNCONSTRAINED, ANYBODY, NULL },
      .entity = { .names = "UTF8:0.2.481.1/100.03 UTF8:0.2.481.1/a UTF8:0.2.481.1/1..2 "
                           "UTF8:0.2.481.1/1%002 OID:0.2.481.1/" },
      .alert = SSL_AD_BAD_CERTIFICATE,
      CA(.constraints = NULL),
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "no device identifier" },
    { .what = "device that the CA does not permit",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, NULL },
      .entity = { .names = "OID:0.2.481.1/100.3030.10011" },
      CA(.constraints = "+OID:0.2.481.1/10 +OID:0.2.481.1/101"),
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "does not permit the name" },
    { .what = "device that the CA excludes",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, NULL },
      .entity = { .names = "OID:0.2.481.1/100.3030.10011" },
      CA(.constraints = "+OID:0.2.481.1/100 -OID:0.2.481.1/100.3030"),
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "excludes the name" },
    { .what = "device that the CA excludes, cut elsewhere",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, NULL },
      .entity = { .names = "OID:0.2.481/1.100.3030.10011" },
      CA(.constraints = "+OID:0.2/481 -OID:0.2.481.1/100.3030"),
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "excludes the name" },
    { .what = "device of another type-id than the CA permits",
      .expected = { ONEM2M_PEER_DEVICE, 0, "0.2.481.2.5", NULL },
      .entity = { .names = "OID:0.2.481.2/5" },
      OID_CA,
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "does not permit the name" },
    { .what = "device permitted, a host name beside it not",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, NULL },
      .entity = { .names = "OID:0.2.481.1/100.3030.10011 DNS:evil.example.org" },
      CA(.constraints = "+OID:0.2.481.1/100 +DNS:example.com"),
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "permitted subtree violation" },
    { .what = "device permitted, an otherName that cannot be judged beside it",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, NULL },
      .entity = { .names = "OID:0.2.481.1/100.3030.10011 UTF8:0.2.481.1/x" },
      OID_CA,
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "cannot be judged" },
    { .what = "device, constraint with a distance",
      .expected = { ONEM2M_PEER_DEVICE, 0, DEVICE, NULL },
      .entity = { .names = "OID:0.2.481.1/100.3030.10011" },
      CA(.constraints = "+OID:0.2.481.1/100", .minimum = 1),
      .alert = SSL_AD_CERTIFICATE_UNKNOWN,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "cannot be judged" },

    /* Node-ID. */
    { .what = "Node-ID",
      .expected = { ONEM2M_PEER_NODE_ID, 0, "//sp.example.com/node-7", NULL },
      .entity = { .names = "URI://sp.example.com/node-7" },
      URI_CA,
      .alert = SUCCEEDS,
      .entity_id = "//sp.example.com/node-7" },
    { .what = "Node-ID without a host",
      .expected = { ONEM2M_PEER_NODE_ID, ONEM2M_PEER_ALLOW_UNCONSTRAINED,
                    "urn:imei:356938035643809", NULL },
      .entity = { .names = "URI:urn:imei:356938035643809" },
      CA(.constraints = NULL),
      .alert = SUCCEEDS,
      .entity_id = "urn:imei:356938035643809" },
    { .what = "another Node-ID",
      .expected = { ONEM2M_PEER_NODE_ID, 0, "//sp.example.com/node-7", NULL },
      .entity = { .names = "URI://sp.example.com/node-70" },
      URI_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "expected Node-ID" },
    { .what = "Node-ID in a dNSName",
      .expected = { ONEM2M_PEER_NODE_ID, 0, "node-7", NULL },
      .entity = { .names = "DNS:node-7" },
      CA(.constraints = "+DNS:node-7"),
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_MISMATCH,
      .refusal = "no Node-ID" },
    { .what = "Node-ID, wildcard",
      .expected = { ONEM2M_PEER_NODE_ID, 0, "//sp.example.com/node-7", NULL },
      .entity = { .names = "URI://sp.example.com/*" },
      URI_CA,
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "wildcard" },
};

/* What is wrong with the path or the profile is wrong for every flavour. */
typedef struct {
    const char *what;
    SPEC entity, ca; /* what of them is not as usual */
    int alert;
    ONEM2M_REASON reason;
    const char *refusal;
} FLAW;

static const FLAW flaws[] = {
    { .what = "expired",
      .entity = { .begins = -2 * DAY, .ends = -DAY },
      .alert = SSL_AD_CERTIFICATE_EXPIRED,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "depth 0: certificate has expired (TS-0003 8.1.2.2)" },
    { .what = "not yet valid",
      .entity = { .begins = DAY, .ends = 2 * DAY },
      .alert = SSL_AD_BAD_CERTIFICATE,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "depth 0: certificate is not yet valid" },
    { .what = "CA expired",
      .ca = { .begins = -2 * DAY, .ends = -DAY },
      .alert = SSL_AD_CERTIFICATE_EXPIRED,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "depth 1: certificate has expired" },
    { .what = "wrong curve",
      .entity = { .curve = "P-384" },
      .alert = SSL_AD_UNSUPPORTED_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "certificate at depth 0: the key is not of named curve secp256r1" },
    { .what = "wrong curve of the CA",
      .ca = { .curve = "P-384" },
      .alert = SSL_AD_UNSUPPORTED_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "CA certificate at depth 1: the key is not of named curve secp256r1" },
    { .what = "compressed point",
      .entity = { .is_compressed = 1 },
      .alert = SSL_AD_UNSUPPORTED_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "not uncompressed" },
    { .what = "compressed point of the CA",
      .ca = { .is_compressed = 1 },
      .alert = SSL_AD_UNSUPPORTED_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "depth 1: the public key is not uncompressed" },
    { .what = "wrong hash",
      .entity = { .digest = "SHA384" },
      .alert = SSL_AD_UNSUPPORTED_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "not signed by ECDSA with SHA-256 (TS-0003 10.1.1.3)" },
    { .what = "wrong hash in the CA's",
      .ca = { .digest = "SHA384" },
      .alert = SSL_AD_UNSUPPORTED_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "depth 1: not signed by ECDSA with SHA-256" },
    { .what = "no key usage",
      .entity = { .key_usage = "" },
      .alert = SSL_AD_UNSUPPORTED_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "no key usage digitalSignature (TS-0003 10.1.1.1)" },
    { .what = "no digitalSignature in the CA's key usage",
      .ca = { .key_usage = "critical,keyCertSign,cRLSign" },
      .alert = SSL_AD_UNSUPPORTED_CERTIFICATE,
      .reason = ONEM2M_R_BAD_CERTIFICATE,
      .refusal = "depth 1: no key usage digitalSignature" },
    { .what = "CA that may not sign",
      .ca = { .key_usage = "critical,digitalSignature" },
      .alert = SSL_AD_UNKNOWN_CA,
      .reason = ONEM2M_R_PEER_UNTRUSTED,
      .refusal = "depth 1: invalid CA certificate" },
};

typedef struct {
    const char *what;
    ONEM2M_PEER_FLAVOUR flavour;
    const char *identifier, *names, *permitted, *excluded;
} FLAVOUR;

static const FLAVOUR flavours[] = {
    { "FQDN", ONEM2M_PEER_FQDN, "mef.example.com", "DNS:mef.example.com", "+DNS:example.com",
      "+DNS:example.com -DNS:mef.example.com" },
    { "CSE-ID", ONEM2M_PEER_CSE_ID, "cse1.example.com", "DNS:cse1.example.com", "+DNS:example.com",
      "+DNS:example.com -DNS:cse1.example.com" },
    { "AE-ID", ONEM2M_PEER_AE_ID, AE, "URI:" AE, "+URI:sp.example.com",
      "+URI:.example.com -URI:sp.example.com" },
    { "device", ONEM2M_PEER_DEVICE, DEVICE, "OID:0.2.481.1/100.3030.10011", "+OID:0.2.481.1/100",
      "+OID:0.2.481.1/100 -OID:0.2.481.1/100.3030.10011" },
    { "Node-ID", ONEM2M_PEER_NODE_ID, "//sp.example.com/n7", "URI://sp.example.com/n7",
      "+URI:sp.example.com", "+URI:.example.com -URI:sp.example.com" },
};

/* Whose end verifies. */
typedef enum { AT_CLIENT, AT_SERVER } SIDE;
#define SIDE_NAME(side) ((side) == AT_CLIENT ? "at a client" : "at a server")

/* One handshake, its verifying end, and what that one needs besides the root. */
typedef struct {
    PAIR pair;
    SSL *verifier;
    int *alert;
} MEETING;

static void meet(MEETING *meeting, SIDE side, const CHAIN *peer, const CHAIN *trusted,
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

static void check_identity(const SSL *ssl, const char *entity_id, const char *credential_id)
{
    char text[ONEM2M_CREDENTIAL_ID_MAX + 1] = "";

    CHECK(onem2m_tls_peer_entity(ssl, text, sizeof(text)));
    CHECK(strcmp(text, entity_id) == 0);
    if (credential_id != NULL) {
        CHECK(onem2m_tls_peer_credential_id(ssl, text, sizeof(text)));
        CHECK(strcmp(text, credential_id) == 0);
    }
}

static void check_nobody(const SSL *ssl, ONEM2M_REASON reason)
{
    char text[ONEM2M_CREDENTIAL_ID_MAX + 1] = "untouched";

    take_reason();
    CHECK(!onem2m_tls_peer_entity(ssl, text, sizeof(text)));
    CHECK(take_reason() == reason);
    CHECK(!onem2m_tls_peer_credential_id(ssl, text, sizeof(text)));
    CHECK(take_reason() == reason);
    CHECK(strcmp(text, "untouched") == 0);
}

static void check_refused(MEETING *meeting, int alert, ONEM2M_REASON reason, const char *refusal)
{
    const char *given = onem2m_tls_refusal(meeting->verifier);

    if (*meeting->alert != alert || meeting->pair.reason != reason ||
        strstr(given, refusal) == NULL)
        fail_msg("%s: alert %d, reason %d, '%s'", current_subject, *meeting->alert,
                 (int)meeting->pair.reason, given);
    check_nobody(meeting->verifier, ONEM2M_R_TLS_NOT_READY);
}

static void run_row(const ROW *row, SIDE side, const SSL_METHOD *method)
{
    MEETING meeting;
    CHAIN peer;
    int done;

    subject("%s, %s", row->what, SIDE_NAME(side));
    chain_make(&peer, NULL, &row->ca, &row->entity);
    meet(&meeting, side, &peer, &peer, method);
    CHECK(onem2m_tls_expect_peer(meeting.verifier, &row->expected));
    done = pair_shake_hands(&meeting.pair);
    if (row->alert == SUCCEEDS) {
        if (!done)
            fail_msg("%s: alert %d, '%s'", current_subject, *meeting.alert,
                     onem2m_tls_refusal(meeting.verifier));
        CHECK(*onem2m_tls_refusal(meeting.verifier) == '\0');
        check_identity(meeting.verifier, row->entity_id, row->credential_id);
    } else {
        CHECK(!done);
        check_refused(&meeting, row->alert, row->reason, row->refusal);
    }
    pair_free(&meeting.pair);
    chain_free(&peer);
}

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        run_row(&rows[i], AT_CLIENT, TLS_method());
        run_row(&rows[i], AT_SERVER, TLS_method());
    }
}

static void test_datagrams(void **state)
{
    (void)state;
    run_row(&rows[0], AT_CLIENT, DTLS_method());
    run_row(&rows[0], AT_SERVER, DTLS_method());
}

/* The peer's chain, as usual but for what a flaw changes, and one handshake with it. */
static void run_flaw(const FLAVOUR *flavour, const FLAW *flaw, SIDE side)
{
    const ONEM2M_PEER expected = { flavour->flavour, 0, flavour->identifier, NULL };
    SPEC entity = flaw->entity, ca = flaw->ca;
    MEETING meeting;
    CHAIN peer;

    subject("%s, %s, %s", flavour->what, flaw->what, SIDE_NAME(side));
    entity.names = flavour->names;
    ca.subject = "a CA";
    ca.is_ca = 1;
    ca.constraints = flavour->permitted;
    chain_make(&peer, NULL, &ca, &entity);
    meet(&meeting, side, &peer, &peer, TLS_method());
    CHECK(onem2m_tls_expect_peer(meeting.verifier, &expected));
    CHECK(!pair_shake_hands(&meeting.pair));
    check_refused(&meeting, flaw->alert, flaw->reason, flaw->refusal);
    pair_free(&meeting.pair);
    chain_free(&peer);
}

static void test_flaws(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(flavours); i++) {
        for (size_t k = 0; k < COUNT(flaws); k++) {
            run_flaw(&flavours[i], &flaws[k], AT_CLIENT);
            run_flaw(&flavours[i], &flaws[k], AT_SERVER);
        }
    }
}

/* A CA without constraints: refused, unless allowed; what permits everything is none. */
static void run_constraints(const FLAVOUR *flavour, const char *constraints, unsigned int flags,
                            int alert, const char *refusal)
{
    const ONEM2M_PEER expected = { flavour->flavour, flags, flavour->identifier, NULL };
    const SPEC entity = { .names = flavour->names };
    const SPEC ca = { .subject = "a CA", .is_ca = 1, .constraints = constraints };
    MEETING meeting;
    CHAIN peer;

    subject("%s, constraints %s, flags %u", flavour->what,
            constraints != NULL ? constraints : "none", flags);
    chain_make(&peer, NULL, &ca, &entity);
    meet(&meeting, AT_CLIENT, &peer, &peer, TLS_method());
    CHECK(onem2m_tls_expect_peer(meeting.verifier, &expected));
    if (alert == SUCCEEDS) {
        CHECK(pair_shake_hands(&meeting.pair));
        check_identity(meeting.verifier, flavour->identifier, NULL);
    } else {
        CHECK(!pair_shake_hands(&meeting.pair));
        check_refused(&meeting, alert, ONEM2M_R_PEER_UNTRUSTED, refusal);
    }
    pair_free(&meeting.pair);
    chain_free(&peer);
}

static void test_constraints(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(flavours); i++) {
        const FLAVOUR *flavour = &flavours[i];

        run_constraints(flavour, flavour->permitted, 0, SUCCEEDS, NULL);
        run_constraints(flavour, flavour->permitted, ONEM2M_PEER_ALLOW_UNCONSTRAINED, SUCCEEDS,
                        NULL);
        run_constraints(flavour, NULL, 0, SSL_AD_UNKNOWN_CA, "name constraint");
        run_constraints(flavour, NULL, ONEM2M_PEER_ALLOW_UNCONSTRAINED, SUCCEEDS, NULL);
        run_constraints(flavour, "+EMAIL:example.com", 0, SSL_AD_UNKNOWN_CA, "name constraint");
        run_constraints(flavour, "-DNS:other.example.com", ONEM2M_PEER_ALLOW_UNCONSTRAINED,
                        SUCCEEDS, NULL);
        run_constraints(flavour, flavour->excluded, ONEM2M_PEER_ALLOW_UNCONSTRAINED,
                        SSL_AD_CERTIFICATE_UNKNOWN, "");
    }
    run_constraints(&flavours[0], "+DNS:", 0, SSL_AD_UNKNOWN_CA, "name constraint");
}

static void add_crl(SSL *ssl, const IDENTITY *issuer, X509 *revoked)
{
    X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
    X509_CRL *crl = crl_make(issuer, revoked);

    CHECK(X509_STORE_add_crl(store, crl) == 1);
    X509_CRL_free(crl);
}

typedef enum { NOBODY_REVOKED, ENTITY_REVOKED, CA_REVOKED, NO_LISTS } REVOCATION;

static void run_revocation(const FLAVOUR *flavour, REVOCATION revocation, SIDE side)
{
    const ONEM2M_PEER expected = { flavour->flavour, ONEM2M_PEER_CHECK_REVOCATION,
                                   flavour->identifier, NULL };
    const SPEC entity = { .names = flavour->names };
    const SPEC ca = { .subject = "a CA", .is_ca = 1, .constraints = flavour->permitted };
    MEETING meeting;
    CHAIN peer;
    int done;

    subject("%s, revocation %d, %s", flavour->what, (int)revocation, SIDE_NAME(side));
    chain_make(&peer, NULL, &ca, &entity);
    meet(&meeting, side, &peer, &peer, TLS_method());
    CHECK(onem2m_tls_expect_peer(meeting.verifier, &expected));
    if (revocation != NO_LISTS) {
        add_crl(meeting.verifier, &peer.ca,
                revocation == ENTITY_REVOKED ? peer.entity.certificate : NULL);
        add_crl(meeting.verifier, &peer.root,
                revocation == CA_REVOKED ? peer.ca.certificate : NULL);
    }
    done = pair_shake_hands(&meeting.pair);
    CHECK(done == (revocation == NOBODY_REVOKED));
    if (revocation == NO_LISTS)
        check_refused(&meeting, SSL_AD_UNKNOWN_CA, ONEM2M_R_PEER_UNTRUSTED, "CRL");
    else if (!done)
        check_refused(&meeting, SSL_AD_CERTIFICATE_REVOKED, ONEM2M_R_PEER_UNTRUSTED,
                      revocation == CA_REVOKED ? "depth 1: certificate revoked"
                                               : "depth 0: certificate revoked");
    pair_free(&meeting.pair);
    chain_free(&peer);
}

static void test_revocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(flavours); i++) {
        for (REVOCATION revocation = NOBODY_REVOKED; revocation <= NO_LISTS; revocation++) {
            run_revocation(&flavours[i], revocation, AT_CLIENT);
            run_revocation(&flavours[i], revocation, AT_SERVER);
        }
    }
}

/* Not a CA that is trusted, none at all, and no certificate. */
static void test_untrusted(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * COUNT(flavours); i++) {
        const FLAVOUR *flavour = &flavours[i / 2];
        const ONEM2M_PEER expected = { flavour->flavour, ONEM2M_PEER_ALLOW_UNCONSTRAINED,
                                       flavour->identifier, NULL };
        const SPEC entity = { .names = flavour->names };
        const SPEC other_root = { .subject = "another root", .is_ca = 1 };
        MEETING meeting;
        CHAIN peer, other;

        subject("%s, unknown CA, %s", flavour->what, SIDE_NAME(i % 2));
        chain_make(&peer, NULL, NULL, &entity);
        chain_make(&other, &other_root, NULL, &entity);
        meet(&meeting, i % 2, &peer, &other, TLS_method());
        CHECK(onem2m_tls_expect_peer(meeting.verifier, &expected));
        CHECK(!pair_shake_hands(&meeting.pair));
        check_refused(&meeting, SSL_AD_UNKNOWN_CA, ONEM2M_R_PEER_UNTRUSTED, "depth 1: ");
        pair_free(&meeting.pair);
        chain_free(&peer);
        chain_free(&other);
    }
}

/* The certificate itself in the trust store, or not. */
static void run_self_signed(int is_trusted, SIDE side)
{
    const ONEM2M_PEER expected = { ONEM2M_PEER_FQDN, ONEM2M_PEER_ALLOW_UNCONSTRAINED,
                                   "mef.example.com", NULL };
    const SPEC entity = { .names = "DNS:mef.example.com" };
    MEETING meeting;
    CHAIN peer;
    SSL_CTX *ctx;

    subject("self-signed, %s, %s", is_trusted ? "trusted" : "not trusted", SIDE_NAME(side));
    chain_make(&peer, NULL, NULL, &entity);
    identity_free(&peer.entity);
    peer.entity = identity_make(&entity, NULL);
    meet(&meeting, side, &peer, &peer, TLS_method());
    ctx = SSL_get_SSL_CTX(meeting.verifier);
    if (is_trusted)
        CHECK(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), peer.entity.certificate) == 1);
    CHECK(onem2m_tls_expect_peer(meeting.verifier, &expected));
    CHECK(!pair_shake_hands(&meeting.pair));
    check_refused(&meeting, SSL_AD_UNKNOWN_CA, ONEM2M_R_PEER_UNTRUSTED,
                  is_trusted ? "no CA above it" : "self-signed certificate");
    pair_free(&meeting.pair);
    chain_free(&peer);
}

static void test_self_signed(void **state)
{
    (void)state;
    run_self_signed(0, AT_CLIENT);
    run_self_signed(0, AT_SERVER);
    run_self_signed(1, AT_CLIENT);
    run_self_signed(1, AT_SERVER);
}

static void test_no_certificate(void **state)
{
    const ONEM2M_PEER expected = { ONEM2M_PEER_FQDN, 0, "mef.example.com", NULL };
    MEETING meeting;

    (void)state;
    subject("no certificate");
    meet(&meeting, AT_SERVER, NULL, NULL, TLS_method());
    CHECK(onem2m_tls_expect_peer(meeting.verifier, &expected));
    CHECK(!pair_shake_hands(&meeting.pair));
    check_refused(&meeting, SSL_AD_HANDSHAKE_FAILURE, ONEM2M_R_NONE,
                  "it gave no certificate (TS-0003 8.1.2.5)");
    pair_free(&meeting.pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),       cmocka_unit_test(test_datagrams),
        cmocka_unit_test(test_flaws),       cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_revocation),  cmocka_unit_test(test_untrusted),
        cmocka_unit_test(test_self_signed), cmocka_unit_test(test_no_certificate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
