/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * use HOW KEY-ID: derives Km of a stored Ke by EVP alone, in the ways that
 * programs have with contexts, threads, forks and the module of the seal's token,
 * and prints it once. $OPENSSL_CONF configures each context, $MODULE is the module.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <p11-kit/p11-kit.h>
#include <onem2m/params.h>

#define THREADS 8
#define ROUNDS 20
#define KM_OCTETS 32

static const char *key_id;
static unsigned char km[KM_OCTETS];

static int derive_with(EVP_KDF_CTX *ctx, unsigned char out[KM_OCTETS])
{
    char maf[] = "maf.example.com";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID, (char *)(uintptr_t)key_id, 0),
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_MAF_ID, maf, 0), OSSL_PARAM_construct_end()
    };

    return ctx != NULL && EVP_KDF_derive(ctx, out, KM_OCTETS, params) == 1;
}

static int derive_into(OSSL_LIB_CTX *libctx, unsigned char out[KM_OCTETS])
{
    EVP_KDF *kdf = EVP_KDF_fetch(libctx, ONEM2M_KDF_KM, ONEM2M_PROPERTY_QUERY);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    const int ok = derive_with(ctx, out);

    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok;
}

/* The same as what was derived first. */
static int derives(OSSL_LIB_CTX *libctx)
{
    static const unsigned char none[KM_OCTETS];
    unsigned char out[KM_OCTETS];

    if (!derive_into(libctx, out))
        return 0;
    if (memcmp(km, none, sizeof(km)) == 0)
        memcpy(km, out, sizeof(km));
    return memcmp(km, out, sizeof(km)) == 0;
}

static OSSL_LIB_CTX *new_context(void)
{
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();

    if (libctx != NULL && OSSL_LIB_CTX_load_config(libctx, getenv("OPENSSL_CONF")))
        return libctx;
    OSSL_LIB_CTX_free(libctx);
    return NULL;
}

static int once(void)
{
    return derives(NULL);
}

static int contexts(void)
{
    OSSL_LIB_CTX *one = new_context(), *other = new_context();
    int ok = one != NULL && other != NULL && derives(one) && derives(other) && derives(NULL);

    OSSL_LIB_CTX_free(one);
    ok = ok && derives(other);
    OSSL_LIB_CTX_free(other);
    return ok && derives(NULL);
}

/* The provider is unloaded each time. */
static int reload(void)
{
    int ok = 1;

    for (int i = 0; i < ROUNDS && ok; i++) {
        OSSL_LIB_CTX *libctx = new_context();

        ok = libctx != NULL && derives(libctx);
        OSSL_LIB_CTX_free(libctx);
    }
    return ok;
}

static void *derive_often(void *argument)
{
    int *ok = argument;

    for (int i = 0; i < ROUNDS && *ok; i++) {
        OSSL_LIB_CTX *libctx = new_context();
        unsigned char out[KM_OCTETS];

        *ok = libctx != NULL && derive_into(libctx, out) && memcmp(out, km, sizeof(km)) == 0;
        if (!*ok)
            ERR_print_errors_fp(stderr);
        OSSL_LIB_CTX_free(libctx);
    }
    return NULL;
}

/* Threads that all are the first to use their context. */
static int threads(void)
{
    pthread_t thread[THREADS];
    int ok[THREADS], all = derives(NULL);

    for (size_t i = 0; i < THREADS; i++) {
        ok[i] = 1;
        if (pthread_create(&thread[i], NULL, derive_often, &ok[i]) != 0)
            return 0;
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        all = all && ok[i];
    }
    return all;
}

static void end_child(int ok)
{
    if (!ok)
        ERR_print_errors_fp(stderr);
    exit(ok ? EXIT_SUCCESS : EXIT_FAILURE);
}

static int ended_well(pid_t child)
{
    int status = 0;

    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static int derives_anywhere(void)
{
    OSSL_LIB_CTX *libctx = new_context();
    const int ok = libctx != NULL && derives(libctx) && derives(NULL);

    OSSL_LIB_CTX_free(libctx);
    return ok;
}

/* A child, and a child of that, derive what the parent derives. */
static int fork_before(void)
{
    const pid_t child = fork();

    if (child == 0) {
        const int ok = derives_anywhere();
        const pid_t grandchild = fork();

        if (grandchild == 0)
            end_child(derives_anywhere());
        end_child(ok && ended_well(grandchild) && derives(NULL));
    }
    return ended_well(child) && derives(NULL);
}

static int fork_after(void)
{
    return derives(NULL) && fork_before();
}

/* The application uses the module as well, by p11-kit, and ends its use between ours. */
static int other_user(void)
{
    CK_FUNCTION_LIST *module = p11_kit_module_load(getenv("MODULE"), 0);
    OSSL_LIB_CTX *libctx = new_context();
    CK_INFO info;
    int ok = module != NULL && libctx != NULL && p11_kit_module_initialize(module) == CKR_OK &&
             derives(NULL) && module->C_GetInfo(&info) == CKR_OK &&
             p11_kit_module_finalize(module) == CKR_OK && derives(libctx);

    if (module != NULL)
        p11_kit_module_release(module);
    OSSL_LIB_CTX_free(libctx);
    libctx = new_context();
    ok = ok && libctx != NULL && derives(libctx);
    OSSL_LIB_CTX_free(libctx);
    return ok;
}

/* From the file $PIN, as somebody would type it. UI_UTIL_wrap_read_pem_callback would leave it on
 * the stack. */
static int read_pin(UI *ui, UI_STRING *string)
{
    const char *path = getenv("PIN");
    const int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    char pin[64] = "";
    const ssize_t length = fd >= 0 ? read(fd, pin, sizeof(pin) - 1) : -1;
    int ok;

    close(fd);
    if (length > 0 && pin[length - 1] == '\n')
        pin[length - 1] = '\0';
    ok = length > 0 && UI_set_result(ui, string, pin) == 0;
    OPENSSL_cleanse(pin, sizeof(pin));
    return ok;
}

/* The PIN is asked for by OSSL_STORE. */
static int prompt(void)
{
    UI_METHOD *method = UI_create_method("a file");
    OSSL_STORE_CTX *store;
    OSSL_STORE_INFO *info;
    int ok;

    UI_method_set_reader(method, read_pin);
    store =
        OSSL_STORE_open_ex("onem2m:", NULL, ONEM2M_PROPERTY_QUERY, method, NULL, NULL, NULL, NULL);
    info = store != NULL ? OSSL_STORE_load(store) : NULL;
    ok = info != NULL && derives(NULL);
    OSSL_STORE_INFO_free(info);
    OSSL_STORE_close(store);
    UI_destroy_method(method);
    return ok;
}

static const struct {
    const char *name;
    int (*run)(void);
} ways[] = { { "once", once },
             { "contexts", contexts },
             { "reload", reload },
             { "threads", threads },
             { "fork-before", fork_before },
             { "fork-after", fork_after },
             { "other-user", other_user },
             { "prompt", prompt } };

int main(int argc, char *argv[])
{
    int ok = 0;

    if (argc != 3)
        return 2;
    key_id = argv[2];
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(argv[1], ways[i].name) == 0)
            ok = ways[i].run();
    }
    if (!ok) {
        ERR_print_errors_fp(stderr);
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < KM_OCTETS; i++)
        printf("%02X%s", km[i], i + 1 < KM_OCTETS ? ":" : "\n");
    return EXIT_SUCCESS;
}
