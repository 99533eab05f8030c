/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Every operation over secrets, with watch.c before libc: no secret is in a
 * block that is freed, on the stack of a thread that ended, or, when all is
 * freed, anywhere. All is done twice: the first time what is derived becomes
 * known, the second time it is looked for as well.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <openssl/core_names.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <openssl/store.h>
#include "support.h"
#include "watch.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define STACK ((size_t)1 << 20)
#define OUTPUT 512

static OSSL_LIB_CTX *libctx;
static unsigned char *octets;  /* of every key that is given: 64 */
static unsigned char *seal;    /* 32 */
static unsigned char *output;  /* what the application gets */
static unsigned char *session; /* random objects, of no meaning to others */

#define GIVEN(name, length) OSSL_PARAM_construct_octet_string(name, octets, length)
#define PRIV GIVEN(ONEM2M_PARAM_PRIV, 32)
#define KIND(kind) TEXT(ONEM2M_PARAM_KIND, kind)
#define NAME(name) TEXT(ONEM2M_PARAM_KEY_ID, name)
#define STORED number(ONEM2M_PARAM_STORE, 1)
#define OPEN number(ONEM2M_PARAM_EXTRACTABLE, 1)
#define REGISTERED                                                                                 \
    number(ONEM2M_PARAM_REGISTRATION, 1), TEXT(ONEM2M_PARAM_SOURCE_ID, "//sp.example.com/a"),      \
        TEXT(ONEM2M_PARAM_TARGET_IDS, "//sp.example.com/b")

/* A refusal names no secret. */
static int look_at_error(const char *text, size_t length, void *argument)
{
    (void)argument;
    watch_look("the text of an error", text, length);
    return 1;
}

static void forget_errors(void)
{
    ERR_print_errors_cb(look_at_error, NULL);
}

/* Derivations */

static int derive(const char *name, const OSSL_PARAM params[])
{
    EVP_KDF *kdf = EVP_KDF_fetch(libctx, name, ONEM2M_PROPERTY_QUERY);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf), *copy;
    size_t size;
    int ok;

    assert_non_null(ctx);
    ok = EVP_KDF_CTX_set_params(ctx, params);
    size = ok ? EVP_KDF_CTX_get_kdf_size(ctx) : 32;
    copy = EVP_KDF_CTX_dup(ctx);
    assert_non_null(copy);
    if (ok)
        ok = EVP_KDF_derive(ctx, output, size, NULL);
    if (ok) {
        assert_int_equal(EVP_KDF_derive(copy, output, size, NULL), 1);
        watch_for(name, output, size);
        assert_int_equal(EVP_KDF_derive(copy, output, size + 1, NULL), 0);
        forget_errors();
    }
    EVP_KDF_CTX_reset(copy);
    EVP_KDF_CTX_free(copy);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok;
}

#define KM_PARAMS TEXT(ONEM2M_PARAM_MAF_ID, "maf.example.com")
#define USAGE_PARAMS TEXT(ONEM2M_PARAM_TARGET_ID, "maf.example.com"), number(ONEM2M_PARAM_SUID, 21)
#define SESSION_PARAMS                                                                             \
    OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_RECEIVER_RAND, session, 16),                    \
        OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_ORIGINATOR_RAND, session + 16, 16)
#define GBA_PARAMS                                                                                 \
    TEXT(ONEM2M_PARAM_MODE, ONEM2M_MODE_GBA_ME),                                                   \
        OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_RAND, session, 16),                         \
        TEXT(ONEM2M_PARAM_IMPI, "user@example.com"),                                               \
        TEXT(ONEM2M_PARAM_NAF_FQDN, "naf.example.com"),                                            \
        OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_UA_PROTOCOL, session, 5)

typedef struct {
    const char *name;
    OSSL_PARAM params[8];
} DERIVATION;

static void derive_from_octets(void)
{
    const OSSL_PARAM key = GIVEN(ONEM2M_PARAM_KEY, 32);
    const DERIVATION derivations[] = {
        { ONEM2M_KDF_KM, { key, KM_PARAMS, END } },
        { ONEM2M_KDF_KPSA, { key, TEXT(ONEM2M_PARAM_TARGET_ID, "//sp.example.com/cse"), END } },
        { ONEM2M_KDF_USAGE_KEY, { key, USAGE_PARAMS, END } },
        { ONEM2M_KDF_E2E_KEY, { key, TEXT(ONEM2M_PARAM_PURPOSE, ONEM2M_PURPOSE_MASTER), END } },
        { ONEM2M_KDF_E2E_KEY,
          { key, TEXT(ONEM2M_PARAM_PURPOSE, ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY),
            TEXT(ONEM2M_PARAM_DIGEST, "SHA2-512"), END } },
        { ONEM2M_KDF_SESSION_ESPRIM_KEY, { key, SESSION_PARAMS, END } },
        { ONEM2M_KDF_SPLIT_KEY, { key, TEXT(ONEM2M_PARAM_HALF, ONEM2M_HALF_SECOND), END } },
        { ONEM2M_KDF_GBA_NAF_KEY, { key, GBA_PARAMS, END } },
    };
    const OSSL_PARAM bad[] = { GIVEN(ONEM2M_PARAM_KEY, 31), KM_PARAMS, END };

    for (size_t i = 0; i < COUNT(derivations); i++)
        assert_int_equal(derive(derivations[i].name, derivations[i].params), 1);
    assert_int_equal(derive(ONEM2M_KDF_KM, bad), 0);
    forget_errors();
}

static void store_key(const OSSL_PARAM params[])
{
    EVP_PKEY *key = import(libctx, params);

    if (key == NULL)
        ERR_print_errors_fp(stderr);
    assert_non_null(key);
    EVP_PKEY_free(key);
}

static void store_keys(void)
{
    const OSSL_PARAM keys[][10] = {
        { KIND("ke"), NAME(KE_ID), PRIV, OPEN, STORED, END },
        { KIND("kpm"), NAME(ID("kpm1")), PRIV, number(ONEM2M_PARAM_SUID, 10), STORED, END },
        { KIND("kc"), NAME(ID("FFEEDDCCBBAA99887766554433221100")), PRIV,
          number(ONEM2M_PARAM_SUID, 32), REGISTERED, STORED, END },
        { KIND("esdata"), NAME(ID("sign1")), GIVEN(ONEM2M_PARAM_PRIV, 64), OPEN,
          number(ONEM2M_PARAM_SUID, 25), STORED, END },
        { KIND("kpsa"), NAME(ID("kpsa1")), PRIV, number(ONEM2M_PARAM_SUID, 22), STORED, END },
    };

    for (size_t i = 0; i < COUNT(keys); i++)
        store_key(keys[i]);
    assert_null(import(libctx, keys[0])); /* the name is in use */
    forget_errors();
}

static void derive_by_name(void)
{
    const DERIVATION derivations[] = {
        { ONEM2M_KDF_KM, { NAME(KE_ID), KM_PARAMS, END } },
        { ONEM2M_KDF_USAGE_KEY, { NAME(KE_ID), USAGE_PARAMS, END } },
        { ONEM2M_KDF_PSK, { NAME(ID("kpm1")), TEXT(ONEM2M_PARAM_USAGE, "mef"), END } },
        { ONEM2M_KDF_RETRIEVE,
          { NAME(ID("FFEEDDCCBBAA99887766554433221100")),
            TEXT(ONEM2M_PARAM_REQUESTER, "//sp.example.com/b"), END } },
        { ONEM2M_KDF_E2E_KEY,
          { NAME(ID("kpsa1")), TEXT(ONEM2M_PARAM_PURPOSE, ONEM2M_PURPOSE_MASTER), END } },
    };
    const OSSL_PARAM other[] = { NAME(ID("FFEEDDCCBBAA99887766554433221100")),
                                 TEXT(ONEM2M_PARAM_REQUESTER, "//sp.example.com/c"), END };

    for (size_t i = 0; i < COUNT(derivations); i++)
        assert_int_equal(derive(derivations[i].name, derivations[i].params), 1);
    assert_int_equal(derive(ONEM2M_KDF_RETRIEVE, other), 0);
    forget_errors();
}

/* Key objects */

/* As an application that wipes what it was given. */
static void export_and_wipe(EVP_PKEY *key)
{
    OSSL_PARAM *params = NULL;
    const OSSL_PARAM *priv;
    size_t length = 0;

    assert_int_equal(EVP_PKEY_todata(key, EVP_PKEY_KEYPAIR, &params), 1);
    priv = OSSL_PARAM_locate_const(params, ONEM2M_PARAM_PRIV);
    assert_non_null(priv);
    OPENSSL_cleanse(priv->data, priv->data_size);
    OSSL_PARAM_free(params);
    assert_int_equal(
        EVP_PKEY_get_octet_string_param(key, ONEM2M_PARAM_PRIV, output, OUTPUT, &length), 1);
}

static void print(EVP_PKEY *key, int selection)
{
    OSSL_ENCODER_CTX *ctx =
        OSSL_ENCODER_CTX_new_for_pkey(key, selection, "TEXT", NULL, ONEM2M_PROPERTY_QUERY);
    BIO *out = BIO_new(BIO_s_null());

    assert_int_equal(OSSL_ENCODER_to_bio(ctx, out), 1);
    BIO_free(out);
    OSSL_ENCODER_CTX_free(ctx);
}

static void import_and_export(void)
{
    const OSSL_PARAM params[] = { KIND("ke"), PRIV, OPEN, END };
    const OSSL_PARAM labels[] = { TEXT(ONEM2M_PARAM_LABELS, "changed"), END };
    const OSSL_PARAM wrong[] = { KIND("ke"), PRIV, number(ONEM2M_PARAM_SUID, 21), END };
    EVP_PKEY *key = import(libctx, params), *copy;

    assert_non_null(key);
    copy = EVP_PKEY_dup(key);
    assert_non_null(copy);
    assert_int_equal(EVP_PKEY_eq(key, copy), 1);
    assert_int_equal(EVP_PKEY_set_params(copy, (OSSL_PARAM *)(uintptr_t)labels), 1);
    export_and_wipe(copy);
    print(key, EVP_PKEY_KEYPAIR);
    EVP_PKEY_free(copy);
    EVP_PKEY_free(key);
    assert_null(import(libctx, wrong));
    forget_errors();
}

static void load_and_export(void)
{
    EVP_PKEY *key = load_key(libctx, "onem2m:" KE_ID), *copy = EVP_PKEY_dup(key);

    assert_non_null(copy);
    assert_int_equal(EVP_PKEY_eq(key, copy), 1);
    export_and_wipe(key);
    print(key, EVP_PKEY_KEYPAIR);
    EVP_PKEY_free(copy);
    EVP_PKEY_free(key);
    assert_true(count_names(libctx, "onem2m:") >= 5);
    forget_errors();
}

static void generate_random(void)
{
    const OSSL_PARAM params[] = { KIND("km"), number(ONEM2M_PARAM_SUID, 11), OPEN, END };
    const OSSL_PARAM stored[] = { KIND("km"), number(ONEM2M_PARAM_SUID, 11), OPEN, STORED, END };
    EVP_PKEY *key = generate(libctx, NULL, params);

    assert_non_null(key);
    export_and_wipe(key);
    assert_true(watch_knows(output, 32)); /* by RAND_priv_bytes_ex */
    EVP_PKEY_free(key);
    key = generate(libctx, NULL, stored);
    assert_non_null(key);
    export_and_wipe(key);
    EVP_PKEY_free(key);
}

static void generate_from_parent(void)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM), KM_PARAMS, OPEN,
                                  END };
    const OSSL_PARAM stored[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM),
                                  KM_PARAMS,
                                  OPEN,
                                  STORED,
                                  NAME("km1@maf.example.com"),
                                  END };
    const OSSL_PARAM unstored_parent[] = { KIND("ke"), PRIV, OPEN, END };
    EVP_PKEY *parents[] = { load_key(libctx, "onem2m:" KE_ID), import(libctx, unstored_parent) };

    for (size_t i = 0; i < COUNT(parents); i++) {
        EVP_PKEY *child = generate(libctx, parents[i], i == 0 ? stored : params);

        assert_non_null(child);
        export_and_wipe(child);
        EVP_PKEY_free(child);
        EVP_PKEY_free(parents[i]);
    }
    assert_null(generate(libctx, NULL, params));
    forget_errors();
}

static void derive_octets(void)
{
    const OSSL_PARAM params[] = { TEXT(ONEM2M_PARAM_DERIVATION, ONEM2M_KDF_KM), KM_PARAMS, END };
    EVP_PKEY *key = load_key(libctx, "onem2m:" KE_ID);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(libctx, key, ONEM2M_PROPERTY_QUERY), *copy;
    size_t length = OUTPUT;

    assert_int_equal(EVP_PKEY_derive_init_ex(ctx, params), 1);
    copy = EVP_PKEY_CTX_dup(ctx);
    assert_int_equal(EVP_PKEY_derive(ctx, output, &length), 1);
    assert_int_equal(EVP_PKEY_derive(copy, output, &length), 1);
    EVP_PKEY_CTX_free(copy);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
}

/* Not a secret: a MIC. */
static void sign(void)
{
    static const unsigned char message[] = "a message";
    EVP_PKEY *key = load_key(libctx, "onem2m:" ID("sign1"));
    unsigned char mic[EVP_MAX_MD_SIZE];

    for (size_t i = 0; i < 3; i++) {
        static const char *const digests[] = { "SHA2-256", "SHA2-384", "SHA2-512" };
        EVP_MD_CTX *ctx = EVP_MD_CTX_new(), *copy = EVP_MD_CTX_new();
        size_t length = sizeof(mic);

        assert_int_equal(
            EVP_DigestSignInit_ex(ctx, NULL, digests[i], libctx, ONEM2M_PROPERTY_QUERY, key, NULL),
            1);
        assert_int_equal(EVP_DigestSignUpdate(ctx, message, sizeof(message)), 1);
        assert_int_equal(EVP_MD_CTX_copy_ex(copy, ctx), 1);
        assert_int_equal(EVP_DigestSignFinal(ctx, mic, &length), 1);
        EVP_MD_CTX_free(copy);
        EVP_MD_CTX_free(ctx);
    }
    EVP_PKEY_free(key);
}

static void compute_mac(void)
{
    static const unsigned char message[] = "a message";
    const OSSL_PARAM params[] = { NAME(ID("sign1")), END };
    EVP_MAC *mac = EVP_MAC_fetch(libctx, ONEM2M_MAC_HMAC, ONEM2M_PROPERTY_QUERY);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac), *copy;
    unsigned char mic[EVP_MAX_MD_SIZE];
    size_t length;

    assert_int_equal(EVP_MAC_init(ctx, NULL, 0, params), 1);
    assert_int_equal(EVP_MAC_update(ctx, message, sizeof(message)), 1);
    copy = EVP_MAC_CTX_dup(ctx);
    assert_int_equal(EVP_MAC_final(ctx, mic, &length, sizeof(mic)), 1);
    EVP_MAC_CTX_free(copy);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
}

static void destroy(void)
{
    const OSSL_PARAM end[] = { TEXT(ONEM2M_PARAM_NOT_AFTER, "20400101T000000"), END };
    const OSSL_PARAM destroyed[] = { TEXT(ONEM2M_PARAM_STATE, ONEM2M_STATE_NAME_DESTROYED), END };
    EVP_PKEY *key = load_key(libctx, "onem2m:" KE_ID);

    assert_int_equal(EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)end), 1);
    assert_int_equal(EVP_PKEY_set_params(key, (OSSL_PARAM *)(uintptr_t)destroyed), 1);
    assert_int_equal(EVP_PKEY_get_octet_string_param(key, ONEM2M_PARAM_PRIV, output, OUTPUT, NULL),
                     0);
    EVP_PKEY_free(key);
    forget_errors();
}

/* The run */

static const struct {
    const char *name;
    void (*run)(void);
} operations[] = {
    { "derivations of octets", derive_from_octets },
    { "storing", store_keys },
    { "derivations by name", derive_by_name },
    { "import and export", import_and_export },
    { "loading", load_and_export },
    { "random keys", generate_random },
    { "keys of keys", generate_from_parent },
    { "derived octets", derive_octets },
    { "signing", sign },
    { "MAC", compute_mac },
    { "destroying", destroy },
};

static void *run_operation(void *argument)
{
    (*(void (**)(void))argument)();
    OPENSSL_thread_stop();
    return NULL;
}

/* In a thread of its own, on a stack that is looked through when it has ended. */
static size_t run_on_new_stack(const char *name, void (*run)(void))
{
    unsigned char *stack =
        mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_t attributes;
    pthread_t thread;
    char where[64];
    size_t finds;

    assert_true(stack != MAP_FAILED);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, STACK), 0);
    assert_int_equal(pthread_create(&thread, &attributes, run_operation, &run), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    snprintf(where, sizeof(where), "the stack after: %s", name);
    finds = watch_look(where, stack, STACK);
    munmap(stack, STACK);
    return finds;
}

static void write_seal(const PLACE *place)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "%s/seal", place->directory);
    file = fopen(path, "w");
    assert_non_null(file);
    setvbuf(file, (char *)watch_room(BUFSIZ), _IOFBF, BUFSIZ);
    assert_int_equal(fwrite(seal, 1, 32, file), 32);
    assert_int_equal(fclose(file), 0);
}

/* What is in the store's files is sealed. */
static void look_at_file(const PLACE *place, const char *name)
{
    char path[128];
    struct stat status;
    void *octets_of_file;
    int file;

    snprintf(path, sizeof(path), "%s/store/%s", place->directory, name);
    file = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(fstat(file, &status), 0);
    octets_of_file = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    assert_true(octets_of_file != MAP_FAILED);
    watch_look(path, octets_of_file, (size_t)status.st_size);
    munmap(octets_of_file, (size_t)status.st_size);
    close(file); /* with LMDB's locks: the last use of the store */
}

static void run_all(const char *keystore)
{
    PLACE place;

    for (int pass = 0; pass < 2; pass++) {
        place_make(&place, keystore);
        write_seal(&place);
        libctx = place.libctx;
        for (size_t i = 0; i < COUNT(operations); i++) {
            const size_t before = watch_finds();

            run_on_new_stack(operations[i].name, operations[i].run);
            if (watch_finds() != before)
                fprintf(stderr, "during: %s (%s)\n\n", operations[i].name, keystore);
        }
        if (strcmp(keystore, "lmdb") == 0) {
            look_at_file(&place, "data.mdb");
            look_at_file(&place, "lock.mdb");
        }
        place_remove(&place);
    }
    watch_look_everywhere();
}

static void no_secret_is_left(void **state)
{
    (void)state;
    run_all("lmdb");
    run_all("memory");
    print_message("%zu blocks looked at\n", watch_blocks());
    assert_true(watch_blocks() > 1000);
    assert_int_equal(watch_finds(), 0);
}

/* That what looks sees. */
static void a_secret_that_is_left_is_found(void **state)
{
    const size_t before = watch_finds();
    unsigned char *block = malloc(100);

    (void)state;
    memcpy(block + 31, octets + 8, 8);
    __asm__ volatile("" : : "r"(block) : "memory"); /* or the copy would be left out */
    free(block);
    assert_int_equal(watch_finds(), before + 1);
    block = malloc(100);
    memcpy(block + 7, seal, 32);
    __asm__ volatile("" : : "r"(block) : "memory");
    assert_true(watch_look_everywhere() >= 4);
    OPENSSL_cleanse(block, 100);
    free(block);
}

static void watch_for_text(const char *label, const unsigned char *secret, size_t length)
{
    static const char *const digits[] = { "0123456789ABCDEF", "0123456789abcdef" };
    unsigned char *text = watch_room(2 * length);

    for (size_t alphabet = 0; alphabet < 2; alphabet++) {
        for (size_t i = 0; i < length; i++) {
            text[2 * i] = (unsigned char)digits[alphabet][secret[i] >> 4];
            text[2 * i + 1] = (unsigned char)digits[alphabet][secret[i] & 0xF];
        }
        watch_for(label, text, 2 * length);
    }
}

static int prepare(void **state)
{
    (void)state;
    octets = watch_room(64);
    seal = watch_room(32);
    output = watch_room(OUTPUT);
    session = watch_room(32);
    if (RAND_bytes(octets, 64) <= 0 || RAND_bytes(seal, 32) <= 0 || RAND_bytes(session, 32) <= 0)
        return -1;
    watch_for("a key", octets, 64);
    watch_for_text("a key in hexadecimal", octets, 64);
    watch_for("the seal", seal, 32);
    watch_for_text("the seal in hexadecimal", seal, 32);
    return 0;
}

/* secure: with OpenSSL's secure heap. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_secret_is_left),
        cmocka_unit_test(a_secret_that_is_left_is_found),
    };

    if (argc == 2 && strcmp(argv[1], "secure") == 0 && CRYPTO_secure_malloc_init(1 << 18, 32) == 0)
        return 1;
    return cmocka_run_group_tests(tests, prepare, NULL);
}
