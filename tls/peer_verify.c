/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * OpenSSL validates the path (8.1.2.2) and asks here about each certificate and each error. Errors
 * stay errors, but for names that it cannot compare with a constraint; at the peer's own
 * certificate comes what oneM2M wants besides.
 */
#include <openssl/err.h>
#include "tls/peer.h"

/* Why the handshake ends: for the log, and for libssl, which makes an alert of it. */
typedef struct {
    ONEM2M_ERROR error;
    int code; /* X509_V_ERR_... */
} VERDICT;

static int end(VERDICT *verdict, int code)
{
    verdict->code = code;
    return 0;
}

static int refuse_openssl_s(VERDICT *verdict, X509_STORE_CTX *store)
{
    int code = X509_STORE_CTX_get_error(store);

    onem2m_refuse(&verdict->error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET,
                  "certificate at depth %d: %s (TS-0003 8.1.2.2)",
                  X509_STORE_CTX_get_error_depth(store), X509_verify_cert_error_string(code));
    return end(verdict, code);
}

static int judge_key(int matched, int ok, X509_STORE_CTX *store, VERDICT *verdict)
{
#ifdef X509_V_ERR_RPK_UNTRUSTED
    if (!ok && X509_STORE_CTX_get_error(store) != X509_V_ERR_RPK_UNTRUSTED)
        return refuse_openssl_s(verdict, store);
#endif
    (void)ok;
    (void)store;
    if (matched)
        return 1;
    return end(verdict, verdict->error.reason == ONEM2M_R_BAD_CERTIFICATE
                            ? X509_V_ERR_INVALID_PURPOSE
                            : X509_V_ERR_HOSTNAME_MISMATCH);
}

static int judge_error(X509_STORE_CTX *store, VERDICT *verdict)
{
    int code = X509_STORE_CTX_get_error(store);

    if (code != X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE &&
        code != X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX &&
        code != X509_V_ERR_UNSUPPORTED_NAME_SYNTAX)
        return refuse_openssl_s(verdict, store);
    return onem2m_constraints_check_all(
               X509_STORE_CTX_get0_chain(store), X509_STORE_CTX_get_error_depth(store),
               X509_VERIFY_PARAM_get_hostflags(X509_STORE_CTX_get0_param(store)),
               &verdict->error) ||
           end(verdict, X509_V_ERR_PERMITTED_VIOLATION);
}

static int check_profiles(const STACK_OF(X509) * chain, VERDICT *verdict)
{
    int anchor = sk_X509_num(chain) - 1;

    if (anchor < 1) {
        onem2m_refuse(&verdict->error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET,
                      "certificate: no CA above it (TS-0003 8.1.2.1, 8.1.2.2)");
        return end(verdict, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    }
    for (int depth = 0; depth < anchor; depth++) {
        if (!onem2m_certificate_profile_check(sk_X509_value(chain, depth), depth, &verdict->error))
            return end(verdict, X509_V_ERR_INVALID_PURPOSE);
    }
    return onem2m_anchor_profile_check(sk_X509_value(chain, anchor), anchor, &verdict->error) ||
           end(verdict, X509_V_ERR_INVALID_PURPOSE);
}

static int check_names(ONEM2M_EXPECTED_PEER *expected, const STACK_OF(X509) * chain,
                       const GENERAL_NAMES *names, VERDICT *verdict)
{
    int allow = (expected->flags & ONEM2M_PEER_ALLOW_UNCONSTRAINED) != 0;
    ONEM2M_CERTIFICATE_NAME found;

    if (!onem2m_certificate_names_check(names, expected->flavour == ONEM2M_PEER_DEVICE,
                                        &verdict->error) ||
        !onem2m_peer_match(expected, &found, names, &verdict->error))
        return end(verdict, X509_V_ERR_HOSTNAME_MISMATCH);
    if (!onem2m_constraints_check(chain, 0, &verdict->error))
        return end(verdict, X509_V_ERR_PERMITTED_VIOLATION);
    return onem2m_constraints_require(chain, &found, expected->flavour == ONEM2M_PEER_AE_ID, allow,
                                      &verdict->error) ||
           end(verdict, X509_V_ERR_INVALID_CA);
}

/* The path is valid but for name constraints and policies, which OpenSSL checks after this. */
static int judge_peer(ONEM2M_EXPECTED_PEER *expected, X509_STORE_CTX *store, VERDICT *verdict)
{
    const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store);
    X509 *certificate = sk_X509_value(chain, 0);
    GENERAL_NAMES *names;
    int done;

    onem2m_peer_forget(expected);
    if (!check_profiles(chain, verdict))
        return 0;
    names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    done = check_names(expected, chain, names, verdict) && X509_up_ref(certificate);
    GENERAL_NAMES_free(names);
    if (!done)
        return 0;
    expected->certificate = certificate;
    return 1;
}

static int judge(ONEM2M_EXPECTED_PEER *expected, int ok, X509_STORE_CTX *store, SSL *ssl,
                 VERDICT *verdict)
{
    int is_raw = 0;
    int matched = onem2m_peer_match_key(expected, store, ssl, &is_raw, &verdict->error);

    if (is_raw)
        return judge_key(matched, ok, store, verdict);
    if (!ok)
        return judge_error(store, verdict);
    if (expected->flavour == ONEM2M_PEER_PUBLIC_KEY) {
        onem2m_refuse(&verdict->error, ONEM2M_R_PEER_MISMATCH, ONEM2M_NO_OFFSET,
                      "a certificate instead of a raw public key (TS-0003 8.1.2.5)");
        return end(verdict, X509_V_ERR_HOSTNAME_MISMATCH);
    }
    return X509_STORE_CTX_get_error_depth(store) != 0 || judge_peer(expected, store, verdict);
}

/*
 * OpenSSL 3.5 also puts an error on the queue for a name that it cannot compare, and libssl would
 * take the next wait for a failure. It emptied the queue when it began this part of the handshake:
 * nobody else's error goes with this one.
 */
static void overrule(X509_STORE_CTX *store)
{
    X509_STORE_CTX_set_error(store, X509_V_OK);
    if (ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509V3)
        ERR_clear_error();
}

/* The application may refuse what we do not, and not admit what we refuse. */
static int ask_application(const ONEM2M_EXPECTED_PEER *expected, int ok, X509_STORE_CTX *store,
                           VERDICT *verdict)
{
    if (expected->application == NULL || expected->application(ok, store))
        return 1;
    if (ok) {
        onem2m_refuse(&verdict->error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET,
                      "certificate at depth %d: refused by the application's verify callback: %s",
                      X509_STORE_CTX_get_error_depth(store),
                      X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
        verdict->code = X509_STORE_CTX_get_error(store);
    }
    return 0;
}

static int refuse_peer(ONEM2M_TLS_CONNECTION *connection, const VERDICT *verdict,
                       X509_STORE_CTX *store)
{
    X509_STORE_CTX_set_error(store, verdict->code);
    onem2m_peer_forget(connection->peer);
    if (connection->refusal.reason == ONEM2M_R_NONE)
        connection->refusal = verdict->error;
    return onem2m_tls_raise_error("peer", &verdict->error);
}

int onem2m_peer_verify(int ok, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    ONEM2M_TLS_CONNECTION *connection = ssl != NULL ? onem2m_tls_connection(ssl) : NULL;
    VERDICT verdict = { { ONEM2M_R_NONE, ONEM2M_NO_OFFSET, "" }, X509_V_OK };
    int accepted, admitted;

    if (connection == NULL || connection->peer == NULL) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED);
        return 0;
    }
    connection->peer->was_called = 1;
    ERR_set_mark();
    accepted = judge(connection->peer, ok, store, ssl, &verdict);
    ERR_pop_to_mark();
    if (!accepted)
        X509_STORE_CTX_set_error(store, verdict.code);
    else if (!ok)
        overrule(store);
    admitted = ask_application(connection->peer, accepted && ok ? ok : accepted, store, &verdict);
    if (accepted && admitted)
        return 1;
    return refuse_peer(connection, &verdict, store);
}
