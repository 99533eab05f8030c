/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A store whose seal's URI has no PIN: OSSL_STORE asks for it, once in a process.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <sys/wait.h>
#include <unistd.h>
#include <onem2m/params.h>
#include "expect.h"
#include "token.h"

#define KEY_ID "82CA6FADC18789491AA65339C51B58A3@mef.example.com"

static char with_file[160], without[160];

static void write_configuration(const char *path, const char *seal)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fprintf(file,
            "openssl_conf = init\n[init]\nproviders = providers\n[providers]\n"
            "default = default_sect\nonem2m = onem2m_sect\n[default_sect]\nactivate = 1\n"
            "[onem2m_sect]\nactivate = 1\nkeystore = lmdb:%s/store\nseal = %s\n",
            tokens.directory, seal);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    char command[1024];

    set_up_tokens(state);
    snprintf(with_file, sizeof(with_file), "%s/with.cnf", tokens.directory);
    snprintf(without, sizeof(without), "%s/without.cnf", tokens.directory);
    write_configuration(with_file, token_uri("seals", "key"));
    write_configuration(without, "pkcs11:token=seals;object=key?module-path=" SHIM_MODULE);
    snprintf(command, sizeof(command),
             "export OPENSSL_CONF=%s; \"$KEY\" init >/dev/null && printf %%064d 7 | "
             "\"$KEY\" add --kind ke --key-id " KEY_ID " >/dev/null",
             with_file);
    /* NOLINTNEXTLINE(cert-env33-c): names made here */
    assert_int_equal(system(command), 0);
    return 0;
}

/* ---- Who is asked ---- */

static int asked;
static CK_FLAGS while_asked; /* what the token says from then on: others have taken tries */

static int give_pin(char *out, int size, int is_writing, void *argument)
{
    const char *pin = argument;

    (void)is_writing;
    asked++;
    tokens.shim->token_flags |= while_asked;
    if (pin == NULL || (size_t)size < strlen(pin))
        return -1;
    memcpy(out, pin, strlen(pin));
    return (int)strlen(pin);
}

static OSSL_LIB_CTX *new_context(const char *configuration)
{
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();

    assert_non_null(libctx);
    assert_true(OSSL_LIB_CTX_load_config(libctx, configuration));
    return libctx;
}

/* What a URI loads, with that PIN when it is asked for; pin "": nobody can be asked. */
static int loads(OSSL_LIB_CTX *libctx, const char *uri, const char *pin)
{
    UI_METHOD *method = UI_UTIL_wrap_read_pem_callback(give_pin, 0);
    const int can_ask = pin == NULL || *pin != '\0';
    OSSL_STORE_CTX *store =
        OSSL_STORE_open_ex(uri, libctx, ONEM2M_PROPERTY_QUERY, can_ask ? method : NULL,
                           (void *)(uintptr_t)pin, NULL, NULL, NULL);
    int count = 0;

    while (store != NULL && !OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);

        count += info != NULL;
        OSSL_STORE_INFO_free(info);
    }
    OSSL_STORE_close(store);
    UI_destroy_method(method);
    return count;
}

/* The provider's refusal has that text; no error has the PIN. */
static void assert_error(const char *detail)
{
    const char *data = NULL;
    int is_there = 0, flags = 0;

    while (ERR_get_error_all(NULL, NULL, NULL, &data, &flags) != 0) {
        if ((flags & ERR_TXT_STRING) == 0)
            continue;
        is_there = is_there || strstr(data, detail) != NULL;
        assert_null(strstr(data, TOKEN_PIN));
        assert_null(strstr(data, WRONG_PIN));
    }
    if (!is_there)
        fail_msg("no error says: %s", detail);
}

static int derives(OSSL_LIB_CTX *libctx)
{
    char key_id[] = KEY_ID, maf[] = "maf.example.com";
    const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID, key_id, 0),
                                  OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_MAF_ID, maf, 0),
                                  OSSL_PARAM_construct_end() };
    EVP_KDF *kdf = EVP_KDF_fetch(libctx, ONEM2M_KDF_KM, ONEM2M_PROPERTY_QUERY);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    unsigned char out[32];
    const int ok = EVP_KDF_derive(ctx, out, sizeof(out), params) == 1;

    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return ok;
}

/* Each in a child: what was asked for, and refused, is the process's. */
static void in_child(void (*test)(void))
{
    int status = 1;
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        reset_shim();
        test();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void must(int holds, const char *condition)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", condition);
    ERR_print_errors_fp(stderr);
    _exit(1);
}
#define MUST(condition) must((condition) != 0, #condition)

static int has_error(const char *detail)
{
    assert_error(detail);
    return 1;
}

static void asks_once(void)
{
    OSSL_LIB_CTX *libctx = new_context(without), *other = new_context(without);

    /* Nobody to ask: refused, by a name that says what to do. */
    MUST(!derives(libctx) &&
         has_error("pin-source=file:PATH in the URI, or a passphrase callback"));
    MUST(loads(libctx, "onem2m:" KEY_ID, "") == 0 && has_error("a passphrase callback"));
    MUST(loads(libctx, "onem2m:" KEY_ID, NULL) == 0 && has_error("a passphrase callback"));
    MUST(asked == 1 && tokens.shim->calls[SHIM_C_Login] == 0);
    asked = 0;
    MUST(loads(libctx, "onem2m:" KEY_ID, TOKEN_PIN) == 1);
    MUST(asked == 1 && ERR_peek_error() == 0);
    MUST(loads(libctx, "onem2m:", TOKEN_PIN) == 1 && derives(libctx));
    /* Another context opens the store for itself, with the process's login. */
    MUST(loads(other, "onem2m:", TOKEN_PIN) == 1 && derives(other));
    MUST(asked == 1 && tokens.shim->calls[SHIM_C_Login] == 1);
    MUST(tokens.shim->calls[SHIM_C_Logout] == 0);
    OSSL_LIB_CTX_free(libctx);
    libctx = new_context(without);
    MUST(derives(libctx) && asked == 1);
    OSSL_LIB_CTX_free(libctx);
    OSSL_LIB_CTX_free(other);
}

static void wrong_pin(void)
{
    OSSL_LIB_CTX *libctx = new_context(without);

    MUST(loads(libctx, "onem2m:", WRONG_PIN) == 0 && has_error("CKR_PIN_INCORRECT"));
    MUST(loads(libctx, "onem2m:", TOKEN_PIN) == 0 && has_error("does not ask again"));
    MUST(asked == 1 && tokens.shim->calls[SHIM_C_Login] == 1);
    OSSL_LIB_CTX_free(libctx);
}

static void tries_taken_meanwhile(void)
{
    OSSL_LIB_CTX *libctx = new_context(without);

    while_asked = CKF_USER_PIN_FINAL_TRY;
    MUST(loads(libctx, "onem2m:", TOKEN_PIN) == 0 && has_error("one try is left"));
    MUST(asked == 1 && tokens.shim->calls[SHIM_C_Login] == 0);
    reset_shim();
    while_asked = CKF_USER_PIN_LOCKED;
    MUST(loads(libctx, "onem2m:", TOKEN_PIN) == 0 && has_error("its PIN is locked"));
    MUST(asked == 2 && tokens.shim->calls[SHIM_C_Login] == 0);
    reset_shim();
    while_asked = 0;
    MUST(loads(libctx, "onem2m:", TOKEN_PIN) == 1 && asked == 3);
    OSSL_LIB_CTX_free(libctx);
}

/* The token asks itself; SoftHSM has no pad, and refuses to be called without a PIN. */
static void pin_pad(void)
{
    OSSL_LIB_CTX *libctx = new_context(without);

    tokens.shim->token_flags = CKF_PROTECTED_AUTHENTICATION_PATH;
    MUST(loads(libctx, "onem2m:", TOKEN_PIN) == 0 && has_error("C_Login returned"));
    MUST(asked == 0 && tokens.shim->calls[SHIM_C_Login] == 1);
    reset_shim();
    MUST(loads(libctx, "onem2m:", TOKEN_PIN) == 1 && asked == 1);
    OSSL_LIB_CTX_free(libctx);
}

/* Who has a file is not asked, and neither is one whose token needs nothing. */
static void file_first(void)
{
    OSSL_LIB_CTX *libctx = new_context(with_file);

    write_pin(TOKEN_PIN, 0640);
    MUST(loads(libctx, "onem2m:", TOKEN_PIN) == 0 && has_error("chmod 600"));
    write_pin(TOKEN_PIN, 0600);
    MUST(loads(libctx, "onem2m:", TOKEN_PIN) == 1 && asked == 0);
    MUST(loads(libctx, "onem2m:none@mef.example.com", TOKEN_PIN) == 0 && asked == 0);
    OSSL_LIB_CTX_free(libctx);
}

/* What the load finds missing after the PIN was given. */
static void missing_key(void)
{
    OSSL_LIB_CTX *libctx = new_context(without);

    MUST(loads(libctx, "onem2m:none@mef.example.com", TOKEN_PIN) == 0 && asked == 1);
    MUST(ERR_peek_error() != 0);
    ERR_clear_error();
    OSSL_LIB_CTX_free(libctx);
}

static void test_asks_once(void **state)
{
    (void)state;
    in_child(asks_once);
}

static void test_wrong_pin(void **state)
{
    (void)state;
    in_child(wrong_pin);
}

static void test_tries_taken_meanwhile(void **state)
{
    (void)state;
    in_child(tries_taken_meanwhile);
}

static void test_pin_pad(void **state)
{
    (void)state;
    in_child(pin_pad);
}

static void test_file_first(void **state)
{
    (void)state;
    in_child(file_first);
}

static void test_missing_key(void **state)
{
    (void)state;
    in_child(missing_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asks_once),
        cmocka_unit_test(test_wrong_pin),
        cmocka_unit_test(test_tries_taken_meanwhile),
        cmocka_unit_test(test_pin_pad),
        cmocka_unit_test(test_file_first),
        cmocka_unit_test(test_missing_key),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down_tokens);
}
