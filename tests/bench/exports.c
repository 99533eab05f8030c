/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include <onem2m/tls.h>
#include "exports.h"

/*
 * A label is exported once on a connection, so connections are made, and their exports measured, in
 * turns: all labels at both ends.
 */
#define PAIRS 8
#define EXPORTS_MAX 1.15
#define FQDN "maf.example.com"

typedef int export_fn(SSL *ssl, ONEM2M_EXPORT what, OSSL_LIB_CTX *libctx);

static int by_engine(SSL *ssl, ONEM2M_EXPORT what, OSSL_LIB_CTX *libctx)
{
    EVP_PKEY *key =
        onem2m_tls_export_key(ssl, what, what == ONEM2M_EXPORT_ESCERTKE ? NULL : FQDN, NULL);

    (void)libctx;
    EVP_PKEY_free(key);
    return key != NULL;
}

/* The same key of the same attributes, with a name that somebody else made. */
static int by_hand(SSL *ssl, ONEM2M_EXPORT what, OSSL_LIB_CTX *libctx)
{
    static const char *const labels[] = { "EXPORTER-oneM2M-Bootstrap", "EXPORTER-oneM2M-Connection",
                                          "EXPORTER-oneM2M-ESCertKE" };
    static char kinds[][16] = { "ke", "kc", "pairwise-e2e" };
    static char key_id[] = "0123456789ABCDEF0123456789ABCDEF@" FQDN;
    static char hex[] = "0123456789ABCDEF0123456789ABCDEF";
    static char parent[] = "0123456789ABCDEF0123456789ABCDEF@" FQDN, parent_kind[] = "km";
    const size_t i = (size_t)what - ONEM2M_EXPORT_ENROLMENT;
    unsigned char octets[48];
    unsigned int suid = 32;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KIND, kinds[i], 0),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID,
                                         what == ONEM2M_EXPORT_ESCERTKE ? hex : key_id, 0),
        OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_PRIV, octets + 16, 32),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_PARENT_KEY_ID, parent, 0),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_PARENT_KIND, parent_kind, 0),
        OSSL_PARAM_construct_end(),
        OSSL_PARAM_construct_end()
    };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(libctx, ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY);
    EVP_PKEY *key = NULL;
    int ok;

    if (what == ONEM2M_EXPORT_CONNECTION)
        params[5] = OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &suid);
    ok = ctx != NULL &&
         SSL_export_keying_material(ssl, octets, sizeof(octets), labels[i], strlen(labels[i]), NULL,
                                    0, 0) == 1 &&
         EVP_PKEY_fromdata_init(ctx) > 0 &&
         EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) > 0;
    OPENSSL_cleanse(octets, sizeof(octets));
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static int export_all(SSL *ssl, export_fn *export, OSSL_LIB_CTX *libctx)
{
    return export(ssl, ONEM2M_EXPORT_ENROLMENT, libctx) &&
           export(ssl, ONEM2M_EXPORT_CONNECTION, libctx) &&
           export(ssl, ONEM2M_EXPORT_ESCERTKE, libctx);
}

static int measure(BENCH_ROW *row, const BENCH_PAIR *pairs, export_fn *export, OSSL_LIB_CTX *libctx)
{
    const double start = bench_now();
    int ok = 1;

    for (size_t i = 0; ok && i < PAIRS; i++)
        ok = export_all(pairs[i].client, export, libctx) &&
             export_all(pairs[i].server, export, libctx);
    if (ok)
        bench_sample(row, (bench_now() - start) / (6.0 * PAIRS));
    return ok;
}

static int measure_round(BENCH_ROW *hand, BENCH_ROW *engine, const BENCH_PSK *psk,
                         OSSL_LIB_CTX *libctx, int engine_first)
{
    BENCH_PAIR pairs[PAIRS] = { { NULL, NULL } };
    int ok = 1;

    for (size_t i = 0; ok && i < PAIRS; i++)
        ok = bench_pair_connect(&pairs[i], psk->clients[i], psk->server);
    ok = ok && (!engine_first || measure(engine, pairs, by_engine, libctx)) &&
         measure(hand, pairs, by_hand, libctx) &&
         (engine_first || measure(engine, pairs, by_engine, libctx));
    for (size_t i = 0; i < PAIRS; i++)
        bench_pair_free(&pairs[i]);
    return ok || bench_failed("an export");
}

int bench_exports(BENCH *bench, const char *section, const BENCH_PSK *psk, OSSL_LIB_CTX *libctx)
{
    BENCH_ROW *hand = bench_add(bench, section, "ns", "SSL_export_keying_material, EVP_PKEY");
    BENCH_ROW *engine = bench_add(bench, section, "ns", "onem2m_tls_export_key");

    engine->reference = hand;
    engine->at_most = EXPORTS_MAX;
    for (size_t round = 0; round < bench->rounds; round++) {
        if (!measure_round(hand, engine, psk, libctx, round % 2 == 0))
            return 0;
    }
    return 1;
}
