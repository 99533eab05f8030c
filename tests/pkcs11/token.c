/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "expect.h"
#include "token.h"

TOKENS tokens;

static void run(const char *command)
{
    /* NOLINTNEXTLINE(cert-env33-c): names made here */
    if (system(command) != 0)
        fail_msg("%s", command);
}

void write_pin(const char *pin, unsigned int mode)
{
    static time_t changed = 1700000000;
    const struct timespec now = { .tv_sec = changed++ };
    const struct timespec times[2] = { now, now };
    const int fd = open(tokens.pin_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, pin, strlen(pin)), (ssize_t)strlen(pin));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(futimens(fd, times), 0);
    close(fd);
}

static void make_token(const char *label)
{
    char command[256];

    snprintf(command, sizeof(command),
             "softhsm2-util --init-token --free --label %s --so-pin 12345678 --pin " TOKEN_PIN
             " >/dev/null",
             label);
    run(command);
}

static void set_up_softhsm(void)
{
    char path[96], command[512];

    snprintf(path, sizeof(path), "%s/softhsm2.conf", tokens.directory);
    snprintf(
        command, sizeof(command),
        "mkdir %s/tokens && printf 'directories.tokendir = %s/tokens\nlog.level = ERROR\n' >%s",
        tokens.directory, tokens.directory, path);
    run(command);
    setenv("SOFTHSM2_CONF", path, 1);
    make_token("seals");
    make_token("others");
}

/* Of NSS's softokn, which takes its database from the arguments of C_Initialize. */
static void set_up_nss(void)
{
    char command[512];

    snprintf(command, sizeof(command), "mkdir %s/db", tokens.directory);
    run(command);
    snprintf(command, sizeof(command),
             "configdir='sql:%s/db' certPrefix='' keyPrefix='' secmod='secmod.db' "
             "tokenDescription='our token' dbTokenDescription='our token'",
             tokens.directory);
    setenv("ONEM2M_SHIM_MODULE", SOFTOKN_MODULE, 1);
    setenv("ONEM2M_SHIM_PARAMETERS", command, 1);
    run(NSS_PIN_PROGRAM " " SHIM_MODULE " " TOKEN_PIN);
}

static int set_up(int is_nss)
{
    void *module;

    /* SoftHSM makes an object in 1 ms in memory, and in 10 ms on a disk. */
    snprintf(tokens.directory, sizeof(tokens.directory), "%s/onem2m-token-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(tokens.directory));
    if (is_nss)
        set_up_nss();
    else
        set_up_softhsm();
    snprintf(tokens.pin_path, sizeof(tokens.pin_path), "%s/pin", tokens.directory);
    write_pin(TOKEN_PIN "\n", 0600);
    module = dlopen(SHIM_MODULE, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(module);
    tokens.shim = dlsym(module, "shim");
    assert_non_null(tokens.shim);
    return 0;
}

int set_up_tokens(void **state)
{
    (void)state;
    return set_up(0);
}

int set_up_nss_token(void **state)
{
    (void)state;
    return set_up(1);
}

int tear_down_tokens(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf %s", tokens.directory);
    run(command);
    return 0;
}

void reset_shim(void)
{
    tokens.shim->value = CKR_OK;
    tokens.shim->skip = 0;
    tokens.shim->token_flags = 0;
    tokens.shim->length_off = 0;
    tokens.shim->fails_always = 0;
    tokens.shim->fails_from = 0;
    tokens.shim->fails_until = 0;
    tokens.shim->after_login = 0;
    tokens.shim->delay = 0;
    tokens.shim->forks = 0;
    tokens.shim->close_delay = 0;
    tokens.shim->fails_every = 0;
    tokens.shim->derives_wrong = 0;
    tokens.shim->fails_any = 0;
    tokens.shim->after = 0;
    tokens.shim->kills = 0;
    tokens.shim->meanwhile = NULL;
    tokens.shim->is_elsewhere = 0;
    tokens.shim->all_calls = 0;
    tokens.shim->failed = SHIM_FUNCTION_COUNT;
    for (size_t i = 0; i < SHIM_FUNCTION_COUNT; i++)
        tokens.shim->calls[i] = 0;
}

void let_fail(SHIM_FUNCTION function, CK_RV value, unsigned long skip)
{
    reset_shim();
    tokens.shim->failing = function;
    tokens.shim->skip = skip;
    tokens.shim->value = value;
}

const char *token_uri(const char *token, const char *key)
{
    static _Thread_local char uris[4][512];
    static _Thread_local size_t next;
    char *uri = uris[next++ % COUNT(uris)];

    snprintf(uri, sizeof(uris[0]),
             "pkcs11:token=%s;object=%s?module-path=" SHIM_MODULE "&pin-source=file:%s", token, key,
             tokens.pin_path);
    return uri;
}
