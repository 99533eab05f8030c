/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is wrong with a peer's path or profile, whatever is expected of its names (TS-0003 8.1.2,
 * 10.1.1): times, curves, key usages, constraints, revocation, trust.
 */
#include "meeting.h"

#define DAY 86400L

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
        cmocka_unit_test(test_flaws),       cmocka_unit_test(test_constraints),
        cmocka_unit_test(test_revocation),  cmocka_unit_test(test_untrusted),
        cmocka_unit_test(test_self_signed), cmocka_unit_test(test_no_certificate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
