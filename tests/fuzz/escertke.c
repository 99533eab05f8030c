/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The input is a message of ESCertKE that one end gets instead of the genuine one. Its first octet
 * says which: 1 to 4 in the lowest two bits (0 is 4), and how, in the next two:
 *
 *     0  the rest is the message
 *     1  the rest is changes of the genuine one: two octets of offset, one to add
 *     2  two octets of length of what is left of the genuine one, and what follows it
 *
 * Aborts when a promise of onem2m_escertke_step is broken: after a failure nothing goes on and what
 * is given out is an alert or nothing; ends that both finish share a key.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <onem2m/tls.h>
#include "tests/peer/pki.h"

#define HOLDS(condition) ((condition) ? (void)0 : broken(#condition, __LINE__))
#define LAST 4
#define LABEL "EXPORTER-oneM2M-ESCertKE"
#define EXPORTED_OCTETS 48

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    unsigned char octets[ONEM2M_ESCERTKE_MESSAGE_MAX];
    size_t length;
} MESSAGE;

static SSL_CTX *contexts[2]; /* terminating, initiating */
static const ONEM2M_PEER expected[2] = { { ONEM2M_PEER_AE_ID, 0, "//sp.example.com/cse1/C7", NULL },
                                         { ONEM2M_PEER_FQDN, 0, "cse2.sp.example.com", NULL } };

static void broken(const char *condition, int line)
{
    fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, line, condition);
    ERR_print_errors_fp(stderr);
    abort();
}

static SSL_CTX *make_context(const IDENTITY *root, const char *names)
{
    const SPEC spec = { .subject = "a CA",
                        .is_ca = 1,
                        .constraints = "+URI:sp.example.com +DNS:sp.example.com" };
    const SPEC entity_spec = { .names = names };
    IDENTITY ca = identity_make(&spec, root), entity = identity_make(&entity_spec, &ca);
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());

    HOLDS(ctx != NULL && onem2m_tls_profile(ctx, ONEM2M_PROFILE_CERTIFICATE));
    HOLDS(SSL_CTX_use_certificate(ctx, entity.certificate) == 1);
    HOLDS(SSL_CTX_use_PrivateKey(ctx, entity.key) == 1);
    HOLDS(SSL_CTX_add1_chain_cert(ctx, ca.certificate) == 1);
    HOLDS(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root->certificate) == 1);
    identity_free(&ca);
    identity_free(&entity);
    return ctx;
}

static void free_contexts(void)
{
    SSL_CTX_free(contexts[0]);
    SSL_CTX_free(contexts[1]);
}

static void make_contexts(void)
{
    static const SPEC spec = { .subject = "a root", .is_ca = 1 };
    IDENTITY root = identity_make(&spec, NULL);

    contexts[0] = make_context(&root, "DNS:cse2.sp.example.com");
    contexts[1] = make_context(&root, "URI://sp.example.com/cse1/C7");
    identity_free(&root);
    HOLDS(atexit(free_contexts) == 0);
}

static int step(ONEM2M_ESCERTKE *end, const MESSAGE *in, MESSAGE *out)
{
    int result;

    out->length = sizeof(out->octets);
    ERR_clear_error();
    result = onem2m_escertke_step(end, in != NULL ? in->octets : NULL, in != NULL ? in->length : 0,
                                  out->octets, &out->length);
    HOLDS(out->length <= sizeof(out->octets));
    HOLDS((result == 0) == (ERR_peek_error() != 0));
    return result;
}

static void change(MESSAGE *message, const uint8_t *data, size_t size)
{
    for (; size >= 3; data += 3, size -= 3) {
        size_t offset = (size_t)data[0] << 8 | data[1];

        if (message->length > 0)
            message->octets[offset % message->length] =
                (unsigned char)(message->octets[offset % message->length] + data[2]);
    }
}

static void append(MESSAGE *message, const uint8_t *data, size_t size)
{
    size_t room = sizeof(message->octets) - message->length;

    if (size > room)
        size = room;
    if (size > 0)
        memcpy(message->octets + message->length, data, size);
    message->length += size;
}

/* The genuine message becomes what the input says. */
static void spoil(MESSAGE *message, unsigned int how, const uint8_t *data, size_t size)
{
    size_t left;

    switch (how) {
    case 0:
        message->length = 0;
        append(message, data, size);
        break;
    case 1:
        change(message, data, size);
        break;
    default:
        if (size < 2)
            break;
        left = (size_t)data[0] << 8 | data[1];
        message->length = left < message->length ? left : message->length;
        append(message, data + 2, size - 2);
    }
}

/* Whether the end that failed gives out an alert or nothing, and goes on with nothing. */
static void check_failed(ONEM2M_ESCERTKE *end, const MESSAGE *given_out)
{
    static MESSAGE ignored, again;

    HOLDS(given_out->length == 0 || given_out->octets[0] == SSL3_RT_ALERT);
    again = *given_out;
    HOLDS(step(end, &again, &ignored) == 0 && ignored.length == 0);
    HOLDS(onem2m_escertke_key(end, NULL) == NULL);
}

static void check_same(ONEM2M_ESCERTKE *ends[2])
{
    unsigned char exported[2][EXPORTED_OCTETS];

    for (int i = 0; i < 2; i++)
        HOLDS(SSL_export_keying_material(onem2m_escertke_ssl(ends[i]), exported[i], EXPORTED_OCTETS,
                                         LABEL, strlen(LABEL), NULL, 0, 0) == 1);
    HOLDS(memcmp(exported[0], exported[1], EXPORTED_OCTETS) == 0);
}

/* Messages to and fro; that of number is spoilt. */
static void run(ONEM2M_ESCERTKE *ends[2], int number, unsigned int how, const uint8_t *data,
                size_t size)
{
    static MESSAGE messages[2];
    int result = step(ends[1], NULL, &messages[1]);

    HOLDS(result == 1);
    for (int i = 1; i <= LAST; i++) {
        MESSAGE *in = &messages[i % 2], *out = &messages[(i + 1) % 2];

        if (i == number)
            spoil(in, how, data, size);
        result = step(ends[(i + 1) % 2], in, out);
        HOLDS(result != 0 || i >= number);
        if (result == 0) {
            check_failed(ends[(i + 1) % 2], out);
            return;
        }
        HOLDS(result == (i < LAST - 1 ? 1 : 2));
    }
    check_same(ends);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ONEM2M_ESCERTKE *ends[2];

    if (size == 0)
        return 0;
    if (contexts[0] == NULL)
        make_contexts();
    for (int i = 0; i < 2; i++) {
        ends[i] = onem2m_escertke_new(contexts[i], i);
        HOLDS(ends[i] != NULL);
        HOLDS(onem2m_tls_expect_peer(onem2m_escertke_ssl(ends[i]), &expected[i]));
    }
    run(ends, (data[0] & 3) != 0 ? data[0] & 3 : LAST, data[0] >> 2 & 3, data + 1, size - 1);
    onem2m_escertke_free(ends[0]);
    onem2m_escertke_free(ends[1]);
    return 0;
}
