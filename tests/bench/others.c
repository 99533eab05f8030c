/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include "handshake.h"
#include "others.h"

#define SECTION "what else a program does; ratio: to the same without onem2m loaded"
#define KIB 1024
#define GCM_IV 12
#define GCM_TAG 16
#define WITHIN 0.01

/* Everything that is used in one library context. */
typedef struct {
    BENCH_LIBCTX context;
    EVP_MD *sha256;
    EVP_MD_CTX *digest;
    EVP_CIPHER *aes;
    EVP_CIPHER_CTX *cipher;
    BENCH_HANDSHAKE handshake;
} WORKBENCH;

enum { WITHOUT, WITH, WITHOUT_AGAIN, WORKBENCHES };
static WORKBENCH workbenches[WORKBENCHES];
static const unsigned char data[KIB];

static int implicit_digest(size_t length)
{
    unsigned char out[EVP_MAX_MD_SIZE];

    return EVP_Digest(data, length, out, NULL, EVP_sha256(), NULL);
}

static int implicit_digest_64(void *state)
{
    (void)state;
    return implicit_digest(64);
}

static int implicit_digest_kib(void *state)
{
    (void)state;
    return implicit_digest(KIB);
}

static int fetched_digest(const WORKBENCH *bench, size_t length)
{
    unsigned char out[EVP_MAX_MD_SIZE];

    return EVP_DigestInit_ex2(bench->digest, bench->sha256, NULL) &&
           EVP_DigestUpdate(bench->digest, data, length) &&
           EVP_DigestFinal_ex(bench->digest, out, NULL);
}

static int fetched_digest_64(void *state)
{
    return fetched_digest(state, 64);
}

static int fetched_digest_kib(void *state)
{
    return fetched_digest(state, KIB);
}

static int seal(void *state)
{
    static const unsigned char iv[GCM_IV];
    const WORKBENCH *bench = state;
    unsigned char out[KIB], tag[GCM_TAG];
    int length;

    return EVP_EncryptInit_ex2(bench->cipher, NULL, NULL, iv, NULL) &&
           EVP_EncryptUpdate(bench->cipher, out, &length, data, KIB) &&
           EVP_EncryptFinal_ex(bench->cipher, out, &length) &&
           EVP_CIPHER_CTX_ctrl(bench->cipher, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, tag);
}

static int fetch_digest(void *state)
{
    const WORKBENCH *bench = state;
    EVP_MD *sha256 = EVP_MD_fetch(bench->context.libctx, "SHA2-256", NULL);

    EVP_MD_free(sha256);
    return sha256 != NULL;
}

static int fetch_hkdf(void *state)
{
    const WORKBENCH *bench = state;
    EVP_KDF *hkdf = EVP_KDF_fetch(bench->context.libctx, OSSL_KDF_NAME_HKDF, NULL);

    EVP_KDF_free(hkdf);
    return hkdf != NULL;
}

static int handshake(void *state)
{
    WORKBENCH *bench = state;

    return bench_handshake_run(&bench->handshake);
}

static int workbench_init(WORKBENCH *bench, int with_onem2m)
{
    if (!bench_libctx_init(&bench->context) ||
        (with_onem2m && !bench_libctx_load_onem2m(&bench->context)))
        return 0;
    bench->sha256 = EVP_MD_fetch(bench->context.libctx, "SHA2-256", NULL);
    bench->aes = EVP_CIPHER_fetch(bench->context.libctx, "AES-128-GCM", NULL);
    bench->digest = EVP_MD_CTX_new();
    bench->cipher = EVP_CIPHER_CTX_new();
    if (bench->sha256 == NULL || bench->aes == NULL || bench->digest == NULL ||
        bench->cipher == NULL || !EVP_EncryptInit_ex2(bench->cipher, bench->aes, data, data, NULL))
        return bench_failed("preparing digests and ciphers");
    return bench_handshake_init(&bench->handshake, bench->context.libctx);
}

static void workbench_clear(WORKBENCH *bench)
{
    bench_handshake_clear(&bench->handshake);
    EVP_CIPHER_CTX_free(bench->cipher);
    EVP_CIPHER_free(bench->aes);
    EVP_MD_CTX_free(bench->digest);
    EVP_MD_free(bench->sha256);
    bench_libctx_clear(&bench->context);
}

static void add(BENCH *bench, const char *what, bench_fn *run)
{
    static const char *const names[WORKBENCHES] = { "without", "with onem2m", "without, again" };
    BENCH_ROW *rows[WORKBENCHES];

    bench->last_block++;
    for (int i = 0; i < WORKBENCHES; i++) {
        rows[i] = bench_add(bench, SECTION, "ns", "%s, %s", what, names[i]);
        rows[i]->libctx = workbenches[i].context.libctx;
        rows[i]->run = run;
        rows[i]->state = &workbenches[i];
        rows[i]->reference = i == WITHOUT ? NULL : rows[WITHOUT];
    }
    rows[WITH]->at_least = 1 - WITHIN;
    rows[WITH]->at_most = 1 + WITHIN;
}

int bench_others_add(BENCH *bench)
{
    for (int i = 0; i < WORKBENCHES; i++) {
        if (!workbench_init(&workbenches[i], i == WITH))
            return 0;
    }
    add(bench, "SHA-256 of 64, EVP_Digest", implicit_digest_64);
    add(bench, "SHA-256 of 1024, EVP_Digest", implicit_digest_kib);
    add(bench, "SHA-256 of 64, fetched", fetched_digest_64);
    add(bench, "SHA-256 of 1024, fetched", fetched_digest_kib);
    add(bench, "AES-128-GCM of 1024", seal);
    add(bench, "EVP_MD_fetch", fetch_digest);
    add(bench, "EVP_KDF_fetch HKDF", fetch_hkdf);
    add(bench, "TLS 1.2 ECDHE-ECDSA", handshake);
    return 1;
}

void bench_others_clear(void)
{
    for (int i = 0; i < WORKBENCHES; i++)
        workbench_clear(&workbenches[i]);
}
