/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include "psk.h"

/*
 * Every handshake takes random octets, whether it needs them or not (RFC 4279 section 7.2): drawn
 * from OpenSSL for many at once, for a call costs as much as the look-up of a key. They are keys:
 * drawn from the private generator, and a child of fork draws its own.
 */
#define HANDSHAKES 64

typedef struct {
    pid_t process; /* that drew them */
    size_t left;   /* octets not yet given, the first ones */
    unsigned char octets[HANDSHAKES * ONEM2M_TLS_RANDOM_OCTETS];
} RANDOM;

static void random_free(RANDOM *random)
{
    OPENSSL_clear_free(random, sizeof(*random));
}

static int draw(RANDOM *random, OSSL_LIB_CTX *libctx)
{
    const pid_t process = getpid();

    if (random->left > 0 && random->process == process)
        return 1;
    random->left = 0;
    if (RAND_priv_bytes_ex(libctx, random->octets, sizeof(random->octets), 0) <= 0)
        return 0;
    random->process = process;
    random->left = sizeof(random->octets);
    return 1;
}

static void give(RANDOM *random, unsigned char out[ONEM2M_TLS_RANDOM_OCTETS])
{
    random->left -= ONEM2M_TLS_RANDOM_OCTETS;
    memcpy(out, random->octets + random->left, ONEM2M_TLS_RANDOM_OCTETS);
    OPENSSL_cleanse(random->octets + random->left, ONEM2M_TLS_RANDOM_OCTETS);
}

int onem2m_tls_random(ONEM2M_SPARES *randoms, OSSL_LIB_CTX *libctx,
                      unsigned char out[ONEM2M_TLS_RANDOM_OCTETS])
{
    RANDOM *random = onem2m_spares_take(randoms);
    int ok;

    if (random == NULL)
        random = OPENSSL_zalloc(sizeof(*random));
    if (random == NULL)
        return 0;
    ok = draw(random, libctx);
    if (ok)
        give(random, out);
    random_free(onem2m_spares_give(randoms, random));
    return ok;
}

void onem2m_tls_randoms_clear(ONEM2M_SPARES *randoms)
{
    RANDOM *random;

    while ((random = onem2m_spares_take(randoms)) != NULL)
        random_free(random);
}
