/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Handshakes whose certificates' private keys are in a token: certificate RSPF
 * (TS-0003 8.3.2.2) with the MEF's, the enrolee's or both, and others.
 */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <onem2m/params.h>
#include "device.h"

/* A slow machine must not let a datagram's timer run out: nobody would send it again. */
static unsigned int long_timer(SSL *ssl, unsigned int microseconds)
{
    (void)ssl;
    (void)microseconds;
    return 60U * 1000 * 1000;
}

static int shake_hands(PAIR *pair)
{
    if (SSL_is_dtls(pair->client)) {
        DTLS_set_timer_cb(pair->client, long_timer);
        DTLS_set_timer_cb(pair->server, long_timer);
    }
    return pair_shake_hands(pair);
}

/* Both export the same Ke, and each knows who the other is. */
static void assert_enrolled(PAIR *pair)
{
    const OSSL_PARAM none[] = { OSSL_PARAM_END };
    EVP_PKEY *client = onem2m_tls_export_key(pair->client, ONEM2M_EXPORT_ENROLMENT, MEF, none);
    EVP_PKEY *server = onem2m_tls_export_key(pair->server, ONEM2M_EXPORT_ENROLMENT, MEF, none);
    char name[ONEM2M_ID_MAX + 1], other[ONEM2M_ID_MAX + 1];

    HOLDS(client != NULL && server != NULL);
    HOLDS(EVP_PKEY_eq(client, server) == 1);
    HOLDS(EVP_PKEY_get_utf8_string_param(client, ONEM2M_PARAM_KEY_ID, name, sizeof(name), NULL));
    HOLDS(EVP_PKEY_get_utf8_string_param(server, ONEM2M_PARAM_KEY_ID, other, sizeof(other), NULL));
    HOLDS(strcmp(name, other) == 0);
    HOLDS(onem2m_tls_peer_entity(pair->client, name, sizeof(name)) && strcmp(name, MEF) == 0);
    HOLDS(onem2m_tls_peer_entity(pair->server, name, sizeof(name)) && strcmp(name, ENROLEE) == 0);
    EVP_PKEY_free(client);
    EVP_PKEY_free(server);
}

static void certificate_rspf(void **state)
{
    static const ONEM2M_PEER mef = { ONEM2M_PEER_FQDN, 0, MEF, NULL };
    static const ONEM2M_PEER enrolee = { ONEM2M_PEER_CSE_ID, 0, ENROLEE, NULL };

    (void)state;
    for (int i = 0; i < 8; i++) {
        const SSL_METHOD *method = (i & 4) != 0 ? DTLS_method() : TLS_method();
        PAIR pair;

        subject("%s, client's %s, server's %s", (i & 4) != 0 ? "DTLS" : "TLS",
                (i & 1) != 0 ? "in the token" : "in a file",
                (i & 2) != 0 ? "in the token" : "in a file");
        pair_make(&pair,
                  (i & 1) != 0 ? token_context(method, "cse")
                               : context_make(method, &enrolee_in_file, &mef_in_file),
                  (i & 2) != 0 ? token_context(method, "mef")
                               : context_make(method, &mef_in_file, &mef_in_file));
        HOLDS(onem2m_tls_expect_peer(pair.client, &mef));
        HOLDS(onem2m_tls_expect_peer(pair.server, &enrolee));
        reset_shim();
        HOLDS(shake_hands(&pair));
        HOLDS(tokens.shim->calls[SHIM_C_Sign] == (unsigned)((i & 1) + (i >> 1 & 1)));
        HOLDS(tokens.shim->calls[SHIM_C_Logout] == 0);
        assert_enrolled(&pair);
        pair_free(&pair);
    }
}

/* Without a profile, what libssl negotiates. */
static void other_versions(void **state)
{
    static const struct {
        const char *name;
        int version, is_dtls;
    } cases[] = { { "mef", TLS1_3_VERSION, 0 },
                  { "rsa", TLS1_3_VERSION, 0 },
                  { "rsa", TLS1_2_VERSION, 0 },
                  { "mef", TLS1_2_VERSION, 0 },
                  { "rsa", DTLS1_2_VERSION, 1 } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const SSL_METHOD *method = cases[i].is_dtls ? DTLS_method() : TLS_method();
        SSL_CTX *client = SSL_CTX_new(method), *server = SSL_CTX_new(method);
        PAIR pair;

        subject("%s, version 0x%X", cases[i].name, (unsigned int)cases[i].version);
        HOLDS(onem2m_tls_token_credential(server, credential_uri(cases[i].name)));
        HOLDS(SSL_CTX_set_max_proto_version(client, cases[i].version));
        SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
        HOLDS(X509_STORE_add_cert(SSL_CTX_get_cert_store(client), device_root.certificate));
        pair_make(&pair, client, server);
        HOLDS(shake_hands(&pair));
        HOLDS(SSL_version(pair.client) == cases[i].version);
        pair_free(&pair);
    }
}

/* The CA's certificate of the token goes along, its root does not; the key has no octets. */
static void what_the_context_has(void **state)
{
    SSL_CTX *ctx = token_context(TLS_method(), "mef");
    STACK_OF(X509) *chain = NULL;
    BIGNUM *private = NULL;

    (void)state;
    assert_int_equal(SSL_CTX_get0_chain_certs(ctx, &chain), 1);
    assert_int_equal(sk_X509_num(chain), 1);
    assert_int_equal(X509_cmp(sk_X509_value(chain, 0), device_ca.certificate), 0);
    (void)EVP_PKEY_get_bn_param(SSL_CTX_get0_privatekey(ctx), OSSL_PKEY_PARAM_PRIV_KEY, &private);
    assert_true(private == NULL || BN_is_zero(private));
    BN_free(private);
    ERR_clear_error();
    SSL_CTX_free(ctx);
}

/* By id, by certificate's id, by type, by module: the same credential. */
static void other_names(void **state)
{
    static const struct {
        const char *path, *query;
    } forms[] = { { "id=%01", "" },
                  { "object=mef;id=%01;type=cert", "" },
                  { "object=mef;type=private", "" },
                  { "object=mef", "module-name=shim&" },
                  { "object=mef", "module-path=" SHIM_MODULE "&" } };
    EVP_PKEY *expected;
    SSL_CTX *ctx = token_context(TLS_method(), "mef");

    (void)state;
    expected = X509_get0_pubkey(SSL_CTX_get0_certificate(ctx));
    for (size_t i = 0; i < COUNT(forms); i++) {
        SSL_CTX *other = SSL_CTX_new(TLS_method());
        char uri[512];

        subject("%s?%s", forms[i].path, forms[i].query);
        snprintf(uri, sizeof(uri), "pkcs11:token=%s;%s?%spin-source=file:%s", device_token(),
                 forms[i].path, forms[i].query, tokens.pin_path);
        HOLDS(onem2m_tls_token_credential(other, uri));
        HOLDS(EVP_PKEY_eq(X509_get0_pubkey(SSL_CTX_get0_certificate(other)), expected) == 1);
        SSL_CTX_free(other);
    }
    SSL_CTX_free(ctx);
}

/* Keys of the process that are in no token are OpenSSL's as before, whatever libp11 does to it. */
static void other_rsa_keys(void **state)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    EVP_PKEY *key = EVP_RSA_gen(2048);
    EVP_PKEY_CTX *encrypting, *decrypting;
    unsigned char text[] = "text", out[256], back[256];
    size_t length = sizeof(out), back_length = sizeof(back);

    (void)state;
    assert_true(onem2m_tls_token_credential(ctx, credential_uri("rsa")));
    encrypting = EVP_PKEY_CTX_new(key, NULL);
    decrypting = EVP_PKEY_CTX_new(key, NULL);
    assert_int_equal(EVP_PKEY_encrypt_init(encrypting), 1);
    assert_int_equal(EVP_PKEY_encrypt(encrypting, out, &length, text, sizeof(text)), 1);
    assert_int_equal(EVP_PKEY_decrypt_init(decrypting), 1);
    assert_int_equal(EVP_PKEY_decrypt(decrypting, back, &back_length, out, length), 1);
    assert_int_equal(back_length, sizeof(text));
    assert_memory_equal(back, text, sizeof(text));
    EVP_PKEY_CTX_free(encrypting);
    EVP_PKEY_CTX_free(decrypting);
    EVP_PKEY_free(key);
    SSL_CTX_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_rspf),     cmocka_unit_test(other_versions),
        cmocka_unit_test(what_the_context_has), cmocka_unit_test(other_names),
        cmocka_unit_test(other_rsa_keys),
    };

    return cmocka_run_group_tests(tests, set_up_credentials, tear_down_credentials);
}
