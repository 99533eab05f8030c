/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
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
    unsigned int process; /* that drew them */
    size_t left;          /* octets not yet given, the first ones */
    unsigned char octets[HANDSHAKES * ONEM2M_TLS_RANDOM_OCTETS];
} RANDOM;

static void random_free(RANDOM *random)
{
    OPENSSL_clear_free(random, sizeof(*random));
}

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int is_watched;
/* How many forks this process comes after: its id would be a call of the kernel each time. */
static atomic_uint this_process;

static void after_fork_in_child(void)
{
    atomic_fetch_add_explicit(&this_process, 1, memory_order_relaxed);
}

static void watch_forks(void)
{
    is_watched = pthread_atfork(NULL, NULL, after_fork_in_child) == 0;
}

static int draw(RANDOM *random, OSSL_LIB_CTX *libctx)
{
    const unsigned int process = atomic_load_explicit(&this_process, memory_order_relaxed);

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
    RANDOM *random;
    int ok;

    if (!CRYPTO_THREAD_run_once(&once, watch_forks) || !is_watched)
        return 0;
    random = onem2m_spares_take(randoms);
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
