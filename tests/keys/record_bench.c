/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What opening a record costs beside what it is made of: one table, medians of
 * rounds in which every row has its turn. Run it on a quiet machine; the
 * ratios say more than the nanoseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <openssl/evp.h>
#include "keystore/cbor.h"
#include "keystore/header.h"
#include "keystore/lookup.h"
#include "keystore/policy.h"

#define ROUNDS 61
#define SLICE 2000 /* operations */
#define ENOUGH 1024
#define NOW ((ONEM2M_TIME)1800000000)
#define KEY_ID "82CA6FADC18789491AA65339C51B58A3@maf.example.com"

typedef struct {
    ONEM2M_RECORD_CIPHER cipher;
    ONEM2M_LOOKUP name;
    ONEM2M_ATTRIBUTES attributes;
    unsigned char record[ONEM2M_RECORD_MAX], header[ONEM2M_HEADER_MAX];
    size_t record_length, header_length;
    /* The same octets for a bare AES-256-GCM. */
    EVP_CIPHER_CTX *bare;
    unsigned char iv[12], tag[16], additional[ENOUGH], ciphertext[ENOUGH];
    size_t additional_length, ciphertext_length;
    EVP_MD *sha256;
    ONEM2M_HMAC hmac;
    ONEM2M_SEAL seal;
    ONEM2M_STORE_KEYS keys;
} BENCH;

typedef int bench_fn(BENCH *bench);

static ONEM2M_SLICE text(const char *value)
{
    return (ONEM2M_SLICE){ (const unsigned char *)value, strlen(value) };
}

static ONEM2M_SLICE name_of(const BENCH *bench)
{
    return (ONEM2M_SLICE){ bench->name.octets, bench->name.length };
}

static ONEM2M_SLICE record_of(const BENCH *bench)
{
    return (ONEM2M_SLICE){ bench->record, bench->record_length };
}

static int bare_open(BENCH *bench)
{
    unsigned char out[ENOUGH];
    int written;

    return EVP_DecryptInit_ex2(bench->bare, NULL, NULL, bench->iv, NULL) &&
           EVP_DecryptUpdate(bench->bare, NULL, &written, bench->additional,
                             (int)bench->additional_length) &&
           EVP_DecryptUpdate(bench->bare, out, &written, bench->ciphertext,
                             (int)bench->ciphertext_length) &&
           EVP_CIPHER_CTX_ctrl(bench->bare, EVP_CTRL_AEAD_SET_TAG, 16, bench->tag) &&
           EVP_DecryptFinal_ex(bench->bare, out, &written);
}

/* Every item of the record with the reader that the store uses, nothing kept. */
static int walk(BENCH *bench)
{
    ONEM2M_CBOR_READER outer, inner;
    ONEM2M_SLICE header, slice;
    uint64_t count, number;

    onem2m_cbor_reader_init(&outer, record_of(bench));
    if (!onem2m_cbor_read_array(&outer, &count) || !onem2m_cbor_read_octets(&outer, &header) ||
        !onem2m_cbor_read_map(&outer, &count) || !onem2m_cbor_read_unsigned(&outer, &number) ||
        !onem2m_cbor_read_octets(&outer, &slice) || !onem2m_cbor_read_octets(&outer, &slice))
        return 0;
    onem2m_cbor_reader_init(&inner, header);
    if (!onem2m_cbor_read_map(&inner, &count) || !onem2m_cbor_read_unsigned(&inner, &number) ||
        !onem2m_cbor_read_unsigned(&inner, &number) ||
        !onem2m_cbor_read_negative(&inner, &number) ||
        !onem2m_cbor_read_unsigned(&inner, &number) ||
        !onem2m_cbor_read_negative(&inner, &number) || !onem2m_cbor_read_map(&inner, &count))
        return 0;
    for (; count > 0; count--) {
        if (!onem2m_cbor_read_unsigned(&inner, &number) ||
            !(number < 16 ? onem2m_cbor_read_unsigned(&inner, &number)
                          : onem2m_cbor_read_text(&inner, &slice)))
            return 0;
    }
    return onem2m_cbor_at_end(&inner);
}

static int record_open(BENCH *bench)
{
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_RECORD_KEY key;
    ONEM2M_RECORD parsed;

    return onem2m_record_parse(&parsed, record_of(bench), NULL) &&
           onem2m_record_open(&bench->cipher, name_of(bench), &parsed, &attributes, &key, NULL);
}

static int record_seal(BENCH *bench)
{
    static const unsigned char secret[32] = { 1 };
    static unsigned char out[ONEM2M_RECORD_MAX];
    size_t length;

    return onem2m_record_seal(&bench->cipher, name_of(bench), &bench->attributes,
                              &(ONEM2M_MATERIAL){ .octets = { secret, sizeof(secret) } }, out,
                              &length, NULL);
}

static ONEM2M_HEADER_CRYPTO crypto_of(BENCH *bench)
{
    return (ONEM2M_HEADER_CRYPTO){ NULL, bench->sha256, &bench->hmac };
}

static int header_take(BENCH *bench)
{
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(bench);
    const ONEM2M_SLICE octets = { bench->header, bench->header_length };
    ONEM2M_HEADER_PROOF proof;
    ONEM2M_HEADER header;

    return onem2m_header_decode(&header, octets, &proof, NULL) &&
           onem2m_header_authenticate(&header, &proof, &bench->keys, &crypto, NULL);
}

static int header_open(BENCH *bench)
{
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(bench);
    const ONEM2M_SLICE octets = { bench->header, bench->header_length };
    ONEM2M_HEADER_PROOF proof;
    ONEM2M_STORE_KEYS keys;
    ONEM2M_HEADER header;

    return onem2m_header_decode(&header, octets, &proof, NULL) &&
           onem2m_header_open_keys(&header, &keys, &bench->seal, &crypto, NULL) &&
           onem2m_header_authenticate(&header, &proof, &keys, &crypto, NULL);
}

static int set_hash(BENCH *bench)
{
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(bench);
    ONEM2M_HEADER sum = { .format = ONEM2M_STORE_FORMAT };

    return onem2m_set_hash_add(&sum, name_of(bench), record_of(bench), &bench->keys, &crypto, NULL);
}

static int lookup_form(BENCH *bench)
{
    (void)bench;
    ONEM2M_LOOKUP lookup;

    return onem2m_lookup_form(&lookup, ONEM2M_KIND_KC, KEY_ID, strlen(KEY_ID), NULL);
}

static int policy_allows(BENCH *bench)
{
    const ONEM2M_USE use = { .kind = ONEM2M_USE_RETRIEVE,
                             .requester = text("//sp.example.com/cse1"),
                             .now = NOW };

    return onem2m_policy_allows(&bench->attributes, &use, NULL);
}

static const struct {
    const char *name;
    bench_fn *run;
} rows[] = {
    { "AES-256-GCM open alone, keyed context", bare_open },
    { "decode alone", walk },
    { "record open", record_open },
    { "record seal", record_seal },
    { "record into the set hash", set_hash },
    { "header take, keys known", header_take },
    { "header take, keys opened", header_open },
    { "onem2m_lookup_form", lookup_form },
    { "onem2m_policy_allows (retrieve)", policy_allows },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int set_up_attributes(BENCH *bench)
{
    ONEM2M_ATTRIBUTES *a = &bench->attributes;

    a->kind = ONEM2M_KIND_KC;
    a->suid = 32;
    a->state = ONEM2M_STATE_ACTIVE;
    a->created = NOW - 86400;
    a->not_after = NOW + 86400;
    a->registration = 1;
    a->derive_octets = 1;
    a->text[ONEM2M_TEXT_KEY_ID] = text(KEY_ID);
    a->text[ONEM2M_TEXT_SOURCE_ID] = text("//sp.example.com/cse0/Cae7");
    a->text[ONEM2M_TEXT_TARGET_IDS] = text("//sp.example.com/cse1");
    a->text[ONEM2M_TEXT_LABELS] =
        text("meter building-7 floor-3 commissioned-by-contractor-12 tariff-night-and-day");
    a->text[ONEM2M_TEXT_ADMIN_FQDN] = text("admin.example.com");
    a->text[ONEM2M_TEXT_SOURCE_CREDENTIAL_ID] = text("12-km7@maf.example.com");
    return onem2m_lookup_of(&bench->name, a, NULL);
}

/* Takes the record's own sizes, so that both open the same number of octets. */
static int set_up_bare(BENCH *bench, const unsigned char key[32])
{
    EVP_CIPHER *aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    EVP_CIPHER_CTX *seal = EVP_CIPHER_CTX_new();
    int written, ok;

    bench->ciphertext_length = 39; /* a COSE_Key of 32 octets */
    bench->additional_length = bench->record_length - 39 - 16 + bench->name.length + 16;
    bench->bare = EVP_CIPHER_CTX_new();
    ok =
        EVP_EncryptInit_ex2(seal, aes, key, bench->iv, NULL) &&
        EVP_EncryptUpdate(seal, NULL, &written, bench->additional, (int)bench->additional_length) &&
        EVP_EncryptUpdate(seal, bench->ciphertext, &written, bench->ciphertext, 39) &&
        EVP_EncryptFinal_ex(seal, bench->ciphertext, &written) &&
        EVP_CIPHER_CTX_ctrl(seal, EVP_CTRL_AEAD_GET_TAG, 16, bench->tag) &&
        EVP_DecryptInit_ex2(bench->bare, aes, key, NULL, NULL);
    EVP_CIPHER_CTX_free(seal);
    EVP_CIPHER_free(aes);
    return ok;
}

static int set_up(BENCH *bench)
{
    static const unsigned char identity[ONEM2M_STORE_IDENTITY_OCTETS] = { 1 };
    static const unsigned char key[ONEM2M_DATA_KEY_OCTETS] = { 2 }, secret[32] = { 3 };
    ONEM2M_HEADER header;
    ONEM2M_HEADER_CRYPTO crypto;

    bench->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    crypto = crypto_of(bench);
    return set_up_attributes(bench) &&
           onem2m_record_cipher_init(&bench->cipher, NULL, identity, 1, key, NULL) &&
           onem2m_record_seal(&bench->cipher, name_of(bench), &bench->attributes,
                              &(ONEM2M_MATERIAL){ .octets = { secret, sizeof(secret) } },
                              bench->record, &bench->record_length, NULL) &&
           set_up_bare(bench, key) && onem2m_seal_random(&bench->seal, NULL, NULL) &&
           onem2m_header_create(&header, &bench->keys, &bench->seal, &crypto, NULL) &&
           onem2m_header_encode(&header, &bench->keys, &crypto, bench->header,
                                &bench->header_length, NULL);
}

static void tear_down(BENCH *bench)
{
    onem2m_record_cipher_clear(&bench->cipher);
    EVP_CIPHER_CTX_free(bench->bare);
    onem2m_hmac_clear(&bench->hmac);
    onem2m_seal_clear(&bench->seal);
    EVP_MD_free(bench->sha256);
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static int measure(BENCH *bench, double samples[ROWS][ROUNDS])
{
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t row = 0; row < ROWS; row++) {
            const double start = now_ns();

            for (int i = 0; i < SLICE; i++) {
                if (!rows[row].run(bench)) {
                    fprintf(stderr, "%s failed\n", rows[row].name);
                    return 0;
                }
            }
            samples[row][round] = (now_ns() - start) / SLICE;
        }
    }
    return 1;
}

int main(void)
{
    static double samples[ROWS][ROUNDS];
    static BENCH bench;
    int ok = set_up(&bench) && measure(&bench, samples);

    if (ok)
        printf("record of %zu octets; nanoseconds, median and least of %d rounds\n",
               bench.record_length, ROUNDS);
    for (size_t row = 0; ok && row < ROWS; row++) {
        qsort(samples[row], ROUNDS, sizeof(double), compare);
        printf("%-40s %8.0f %8.0f\n", rows[row].name, samples[row][ROUNDS / 2], samples[row][0]);
    }
    tear_down(&bench);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
