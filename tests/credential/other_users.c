/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * other_users HOW: a credential of a token ($CREDENTIAL), a provider whose store is sealed by the
 * same token ($CONFIG), and what else uses its module, one after the other and to the process's
 * end.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/store.h>
#include <p11-kit/p11-kit.h>
#include <onem2m/params.h>
#include <onem2m/tls.h>
#include "libp11_user.h"
#include "shim.h"

/* p11-kit passes over a user's configuration for root, who may run tests. */
__attribute__((visibility("default"))) uid_t getuid(void)
{
    return 65534;
}

static SSL_CTX *server;
static OSSL_LIB_CTX *libctx;

static int set_credential(void)
{
    server = SSL_CTX_new(TLS_method());
    return server != NULL && onem2m_tls_token_credential(server, getenv("CREDENTIAL"));
}

static int step(SSL *ssl)
{
    const int result = SSL_do_handshake(ssl);

    return result == 1 || SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
}

static int serves(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    SSL *client = SSL_new(ctx), *own = SSL_new(server);
    BIO *near = NULL, *far = NULL;
    int ok = client != NULL && own != NULL && BIO_new_bio_pair(&near, 1 << 16, &far, 1 << 16);

    if (ok) {
        SSL_set_bio(client, near, near);
        SSL_set_bio(own, far, far);
        SSL_set_connect_state(client);
        SSL_set_accept_state(own);
        for (int i = 0; i < 10 && ok; i++)
            ok = step(client) && step(own);
        ok = ok && SSL_is_init_finished(client) && SSL_is_init_finished(own);
    }
    SSL_free(client);
    SSL_free(own);
    SSL_CTX_free(ctx);
    return ok;
}

static int load_provider(void)
{
    libctx = OSSL_LIB_CTX_new();
    return libctx != NULL && OSSL_LIB_CTX_load_config(libctx, getenv("CONFIG"));
}

/* The one name that the store has: it was opened. */
static int lists(void)
{
    OSSL_STORE_CTX *store =
        OSSL_STORE_open_ex("onem2m:", libctx, ONEM2M_PROPERTY_QUERY, NULL, NULL, NULL, NULL, NULL);
    OSSL_STORE_INFO *info = store != NULL ? OSSL_STORE_load(store) : NULL;
    const int ok = info != NULL && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_NAME;

    OSSL_STORE_INFO_free(info);
    OSSL_STORE_close(store);
    return ok;
}

static void unload_provider(void)
{
    OSSL_LIB_CTX_free(libctx);
    libctx = NULL;
}

static void free_credential(void)
{
    SSL_CTX_free(server);
    server = NULL;
}

static int credential(void)
{
    return set_credential() && serves();
}

static int credential_first(void)
{
    const int ok = set_credential() && serves() && load_provider() && lists() && serves();

    free_credential();
    return ok && lists();
}

static int provider_first(void)
{
    return load_provider() && lists() && set_credential() && serves() && lists() && serves();
}

static int provider_unloaded(void)
{
    int ok = load_provider() && lists() && set_credential();

    unload_provider();
    ok = ok && serves() && load_provider() && lists();
    free_credential();
    unload_provider();
    return ok && set_credential() && serves();
}

/* The application has all modules of p11-kit, and ends its use. */
static int application(void)
{
    CK_FUNCTION_LIST **modules = p11_kit_modules_load_and_initialize(0);
    int ok = modules != NULL && set_credential() && serves() && load_provider() && lists();

    ok = ok && p11_kit_modules_finalize(modules) == CKR_OK;
    p11_kit_modules_release(modules);
    return ok && serves() && lists();
}

/* The application has libp11 itself, with p11-kit's proxy. */
static int libp11(void)
{
    int ok = libp11_begin() && set_credential() && serves() && load_provider() && lists() &&
             libp11_lists();

    libp11_end();
    return ok && serves() && libp11_begin() && libp11_lists() && (libp11_end(), serves()) &&
           lists();
}

static int forked(void)
{
    int status = 1, ok = set_credential() && serves() && load_provider() && lists();
    const pid_t child = fork();

    if (child == 0) {
        ok = ok && serves() && lists();
        free_credential();
        unload_provider();
        exit(!ok);
    }
    return ok && waitpid(child, &status, 0) == child && status == 0 && serves();
}

static int cleanup(void)
{
    const int ok = provider_first();

    free_credential();
    unload_provider();
    OPENSSL_cleanup();
    return ok;
}

/* The one that came first tells the other, whichever it was. */
static int takes_one_try(int (*first)(void), int (*other)(void))
{
    void *module = dlopen(getenv("SHIM"), RTLD_NOW | RTLD_LOCAL);
    const SHIM_CONTROL *shim = module != NULL ? dlsym(module, "shim") : NULL;

    return shim != NULL && load_provider() && !first() && shim->calls[SHIM_C_Login] == 1 &&
           !other() && shim->calls[SHIM_C_Login] == 1;
}

static int wrong_pin_of_credential(void)
{
    return takes_one_try(set_credential, lists);
}

static int wrong_pin_of_provider(void)
{
    return takes_one_try(lists, set_credential);
}

static const struct {
    const char *name;
    int (*run)(void);
    int is_kept; /* for the process's end */
} ways[] = { { "credential", credential, 0 },
             { "credential-first", credential_first, 0 },
             { "provider-first", provider_first, 0 },
             { "provider-unloaded", provider_unloaded, 0 },
             { "application", application, 0 },
             { "libp11", libp11, 0 },
             { "fork", forked, 0 },
             { "wrong-pin-of-credential", wrong_pin_of_credential, 0 },
             { "wrong-pin-of-provider", wrong_pin_of_provider, 0 },
             { "not-freed", provider_first, 1 },
             { "cleanup", cleanup, 1 } };

int main(int argc, char *argv[])
{
    for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (strcmp(argv[1], ways[i].name) != 0)
            continue;
        if (ways[i].run()) {
            if (!ways[i].is_kept) {
                unload_provider();
                free_credential();
            }
            return EXIT_SUCCESS;
        }
        ERR_print_errors_fp(stderr);
    }
    return EXIT_FAILURE;
}
