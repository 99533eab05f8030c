/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/store.h>
#include <onem2m/params.h>
#include "fault_keys.h"

#define FQDN "mef.example.com"
#define LABELS_MAX 1024
#define ARGUMENTS_MAX 8
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static FILE *create(const char *directory, const char *name)
{
    char path[PATH_MAX + 16];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "we");
    STORE_CHECK(file != NULL && fchmod(fileno(file), 0600) == 0);
    return file;
}

void fault_place(char directory[PATH_MAX])
{
    unsigned char seal[32];
    char store[PATH_MAX + 16];
    FILE *file;

    store_directory(directory);
    snprintf(store, sizeof(store), "%s/store", directory);
    STORE_CHECK(mkdir(store, 0700) == 0);
    for (size_t i = 0; i < sizeof(seal); i++)
        seal[i] = (unsigned char)store_random(256);
    file = create(directory, "seal");
    STORE_CHECK(fwrite(seal, 1, sizeof(seal), file) == sizeof(seal) && fclose(file) == 0);
    file = create(directory, "openssl.cnf");
    fprintf(file,
            "openssl_conf = init\n[init]\nproviders = providers\n[providers]\n"
            "default = base\nonem2m = keys\n[base]\nactivate = 1\n[keys]\nactivate = 1\n"
            "fqdn = " FQDN "\nkeystore = lmdb:%s\nseal = file:%s/seal\n",
            store, directory);
    STORE_CHECK(fclose(file) == 0);
}

_Noreturn void fault_failed(const char *file, int line, const char *what)
{
    ERR_print_errors_fp(stderr);
    store_failed(file, line, what);
}

OSSL_LIB_CTX *fault_context(const char *directory)
{
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
    char path[PATH_MAX + 16];

    snprintf(path, sizeof(path), "%s/openssl.cnf", directory);
    FAULT_CHECK(libctx != NULL && OSSL_LIB_CTX_load_config(libctx, path));
    return libctx;
}

static void octets_of(unsigned char octets[SHA256_DIGEST_LENGTH], const char *name)
{
    STORE_CHECK(EVP_Digest(name, strlen(name), octets, NULL, EVP_sha256(), NULL));
}

static OSSL_PARAM text(const char *name, const char *value)
{
    return OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)value, 0);
}

static int import(OSSL_LIB_CTX *libctx, OSSL_PARAM params[])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(libctx, ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY);
    EVP_PKEY *key = NULL;
    const int ok = ctx != NULL && EVP_PKEY_fromdata_init(ctx) > 0 &&
                   EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) > 0;

    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

int fault_try_add(OSSL_LIB_CTX *libctx, const char *name, size_t labels)
{
    unsigned char octets[SHA256_DIGEST_LENGTH];
    unsigned int suid = 10, yes = 1;
    char key_id[128], label[LABELS_MAX + 1];

    octets_of(octets, name);
    snprintf(key_id, sizeof(key_id), "%s@" FQDN, name);
    snprintf(label, sizeof(label), "%0*u", (int)labels, 7U);
    return import(libctx, (OSSL_PARAM[]){
                              text(ONEM2M_PARAM_KIND, ONEM2M_KIND_NAME_KPM),
                              text(ONEM2M_PARAM_KEY_ID, key_id),
                              text(ONEM2M_PARAM_LABELS, label),
                              OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &suid),
                              OSSL_PARAM_construct_uint(ONEM2M_PARAM_EXTRACTABLE, &yes),
                              OSSL_PARAM_construct_uint(ONEM2M_PARAM_STORE, &yes),
                              OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_PRIV, octets, 32),
                              OSSL_PARAM_construct_end(),
                          });
}

EVP_PKEY *fault_try_load(OSSL_LIB_CTX *libctx, const char *name)
{
    OSSL_STORE_CTX *store;
    OSSL_STORE_INFO *info;
    EVP_PKEY *key;
    char uri[160];

    snprintf(uri, sizeof(uri), "onem2m:%s@" FQDN, name);
    store = OSSL_STORE_open_ex(uri, libctx, ONEM2M_PROPERTY_QUERY, NULL, NULL, NULL, NULL, NULL);
    if (store == NULL)
        return NULL;
    info = OSSL_STORE_load(store);
    key = info != NULL ? OSSL_STORE_INFO_get1_PKEY(info) : NULL;
    OSSL_STORE_INFO_free(info);
    OSSL_STORE_close(store);
    return key;
}

/* Not by a signal: that is a crash of who is tested. */
static _Noreturn void wrong(const char *name, const char *what)
{
    fprintf(stderr, "%s: %s\n", name, what);
    _exit(FAULT_WRONG);
}

int fault_try_octets(EVP_PKEY *key, const char *name)
{
    unsigned char octets[512], expected[SHA256_DIGEST_LENGTH];
    size_t length = 0;

    if (!EVP_PKEY_get_octet_string_param(key, ONEM2M_PARAM_PRIV, octets, sizeof(octets), &length))
        return 0;
    octets_of(expected, name);
    if (length != sizeof(expected) || memcmp(octets, expected, length) != 0)
        wrong(name, "wrong octets");
    return 1;
}

int fault_try_read(OSSL_LIB_CTX *libctx, const char *name)
{
    EVP_PKEY *key;
    int ok;

    ERR_clear_error();
    key = fault_try_load(libctx, name);
    ok = key != NULL && fault_try_octets(key, name);
    EVP_PKEY_free(key);
    if (!ok && ERR_peek_error() == 0)
        wrong(name, "refused without an error");
    return ok;
}

int fault_try_set(EVP_PKEY *key, const char *attribute, const char *value)
{
    OSSL_PARAM params[] = { text(attribute, value), OSSL_PARAM_construct_end() };

    return EVP_PKEY_set_params(key, params);
}

ONEM2M_REASON fault_reason(void)
{
    ONEM2M_REASON reason = ONEM2M_R_NONE;
    unsigned long code;

    while ((code = ERR_get_error()) != 0) {
        const char *library = ERR_lib_error_string(code);

        if (library != NULL && strcmp(library, ONEM2M_PROVIDER_NAME) == 0)
            reason = (ONEM2M_REASON)ERR_GET_REASON(code);
    }
    return reason;
}

static void run_tool(const char *directory, const char *const arguments[])
{
    const char *program = getenv("KEY");
    char path[PATH_MAX + 16];
    const int null = open("/dev/null", O_RDWR);

    snprintf(path, sizeof(path), "%s/openssl.cnf", directory);
    if (program != NULL && null >= 0 && dup2(null, 0) == 0 && dup2(null, 1) == 1 &&
        setenv("OPENSSL_CONF", path, 1) == 0)
        execv(program, (char *const *)(uintptr_t)arguments);
    _exit(126);
}

pid_t fault_begin_tool(const char *directory, const char *command, ...)
{
    const char *arguments[ARGUMENTS_MAX] = { "onem2m-key", command, NULL };
    va_list more;
    pid_t child;
    size_t count = 2;

    va_start(more, command);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): the line above
    while (count < COUNT(arguments) - 1 && (arguments[count] = va_arg(more, const char *)) != NULL)
        count++;
    va_end(more);
    child = fork();
    STORE_CHECK(child >= 0);
    if (child == 0)
        run_tool(directory, arguments);
    return child;
}
