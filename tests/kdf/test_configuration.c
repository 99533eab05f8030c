/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The provider's section of an openssl.cnf: what each of its values does, and
 * how those that cannot be understood are refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include "support.h"

#define BAD_CONFIGURATION ONEM2M_R_BAD_CONFIGURATION

/* Where the files of the tests are. */
static char directory[64];

static int make_directory(void)
{
    const char *parent = getenv("TMPDIR");

    snprintf(directory, sizeof(directory), "%.32s/onem2m-kdf-XXXXXX",
             parent != NULL ? parent : "/tmp");
    return mkdtemp(directory) != NULL;
}

static void path_of(char path[128], const char *name)
{
    snprintf(path, 128, "%s/%s", directory, name);
}

static void write_file(const char *name, const char *text)
{
    char path[128];
    FILE *file;

    path_of(path, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
}

static void remove_file(const char *name)
{
    char path[128];

    path_of(path, name);
    unlink(path);
}

/* A library context with an openssl.cnf whose provider section has these lines; '@' in them
 * becomes the directory. */
static OSSL_LIB_CTX *configure(const char *lines, int *ok)
{
    char text[1024], path[128];
    const char *at = strchr(lines, '@');
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();

    snprintf(text, sizeof(text),
             "openssl_conf = init\n[init]\nproviders = providers\n[providers]\nonem2m = onem2m\n"
             "[onem2m]\n%.*s%s%s\n",
             at != NULL ? (int)(at - lines) : (int)strlen(lines), lines,
             at != NULL ? directory : "", at != NULL ? at + 1 : "");
    write_file("openssl.cnf", text);
    path_of(path, "openssl.cnf");
    CHECK(libctx != NULL);
    *ok = OSSL_LIB_CTX_load_config(libctx, path);
    remove_file("openssl.cnf");
    return libctx;
}

static void check_configuration_works(const SUITE *suite, const char *lines)
{
    OSSL_LIB_CTX *libctx;
    int ok;

    subject("configured: %s", lines);
    libctx = configure(lines, &ok);
    CHECK(ok);
    CHECK(OSSL_PROVIDER_available(libctx, ONEM2M_PROVIDER_NAME));
    check_no_error();
    CHECK(all_samples_work(&suite->samples, libctx, ONEM2M_PROPERTY_QUERY));
    check_no_error();
    OSSL_LIB_CTX_free(libctx);
}

static void test_configured(void **state)
{
    static const char default_provider[] = "openssl_conf = init\n"
                                           "[init]\nproviders = providers\n"
                                           "[providers]\ndefault = default_sect\n"
                                           "[default_sect]\nactivate = 1\n";
    static const char *const lines[] = {
        "activate = 1\n",
        "activate = 1\nproperties = provider=default\n",
        "activate = 1\nproperties = ?fips=yes\n",
        "activate = 1\nproperties = -fips\n",
        "activate = 1\ncrypto-config = @/crypto.cnf\n",
        "activate = 1\ncrypto-config = @/crypto.cnf\nproperties = provider=default\n",
        "activate = 1\nunknown = value\n",
    };
    size_t i;

    write_file("crypto.cnf", default_provider);
    for (i = 0; i < COUNT(lines); i++)
        check_configuration_works(*state, lines[i]);
    remove_file("crypto.cnf");
}

/* That one of the errors on the queue is the provider's with that reason and text. */
static void check_error_among(ONEM2M_REASON reason, const char *key, const char *detail)
{
    const char *data = "";
    unsigned long code;
    int found = 0;

    while ((code = ERR_get_error_all(NULL, NULL, NULL, &data, NULL)) != 0) {
        if (ERR_GET_REASON(code) == (int)reason && strstr(data, key) != NULL &&
            strstr(data, detail) != NULL)
            found = 1;
    }
    if (!found)
        fail_msg("%s: no error with %s and %s", current_subject(), key, detail);
}

typedef struct {
    const char *line;
    const char *key;
    const char *detail;
} BAD_VALUE;

/*
 * With `activate` OpenSSL goes on without a provider that refuses its section,
 * and drops its errors; a program that loads the provider itself gets them.
 */
static void check_load_refused(const BAD_VALUE *bad, int activate)
{
    char lines[128];
    OSSL_LIB_CTX *libctx;
    int ok;

    subject("configured: %s, %s", bad->line, activate ? "activated" : "loaded");
    snprintf(lines, sizeof(lines), "%s%s", activate ? "activate = 1\n" : "", bad->line);
    libctx = configure(lines, &ok);
    CHECK(activate || ok);
    CHECK(!OSSL_PROVIDER_available(libctx, ONEM2M_PROVIDER_NAME));
    if (!activate) {
        check_no_error();
        CHECK(OSSL_PROVIDER_load(libctx, ONEM2M_PROVIDER_NAME) == NULL);
        check_error_among(BAD_CONFIGURATION, bad->key, bad->detail);
        CHECK(!OSSL_PROVIDER_available(libctx, ONEM2M_PROVIDER_NAME));
    }
    ERR_clear_error();
    OSSL_LIB_CTX_free(libctx);
}

static void test_bad_values(void **state)
{
    static const BAD_VALUE rows[] = {
        { "properties =", "properties", "empty" },
        { "crypto-config =", "crypto-config", "empty" },
        { "properties = fips = = yes", "properties", "fips = = yes" },
        { "properties = =", "properties", "property(7)" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(rows); i++) {
        check_load_refused(&rows[i], 1);
        check_load_refused(&rows[i], 0);
    }
}

static void check_use_refused(const SUITE *suite, OSSL_LIB_CTX *libctx, const char *kdf,
                              ONEM2M_REASON reason, const char *detail)
{
    const SAMPLE *sample = sample_of(&suite->samples, kdf);
    EVP_KDF_CTX *ctx = new_context(libctx, kdf);
    int i;

    /* And again: what failed is not half made. */
    for (i = 0; i < 2; i++) {
        queue_own_error();
        CHECK(EVP_KDF_CTX_set_params(ctx, sample->params) <= 0 ||
              sample_derives(sample, ctx, NULL) == 0);
        check_error(reason, NULL, detail);
    }
    EVP_KDF_CTX_free(ctx);
}

/* Values that are found wrong at the first use. */
static void test_unusable_values(void **state)
{
    static const struct {
        const char *lines;
        ONEM2M_REASON reason;
        const char *detail;
    } rows[] = {
        { "activate = 1\nproperties = fips=yes\n", ONEM2M_R_CRYPTO_UNAVAILABLE, "fips=yes" },
        { "activate = 1\nproperties = provider=none\n", ONEM2M_R_CRYPTO_UNAVAILABLE,
          "provider=none" },
        { "activate = 1\ncrypto-config = @/none.cnf\n", BAD_CONFIGURATION, "none.cnf" },
        { "activate = 1\ncrypto-config = @/bad.cnf\n", BAD_CONFIGURATION, "bad.cnf" },
        { "activate = 1\ncrypto-config = @/base.cnf\n", ONEM2M_R_CRYPTO_UNAVAILABLE, "base.cnf" },
        { "activate = 1\ncrypto-config = @/nothing.cnf\n", ONEM2M_R_CRYPTO_UNAVAILABLE,
          "nothing.cnf" },
    };
    const SUITE *suite = *state;
    OSSL_LIB_CTX *libctx;
    size_t i;
    int ok;

    write_file("bad.cnf", "openssl_conf = [\n[[[\n");
    write_file("base.cnf", "openssl_conf = init\n[init]\nproviders = providers\n"
                           "[providers]\nbase = base\n[base]\nactivate = 1\n");
    write_file("nothing.cnf", "# activates nothing\n");
    for (i = 0; i < COUNT(rows); i++) {
        subject("configured: %s", rows[i].lines);
        libctx = configure(rows[i].lines, &ok);
        CHECK(ok);
        check_no_error();
        check_use_refused(suite, libctx, ONEM2M_KDF_KM, rows[i].reason, rows[i].detail);
        check_use_refused(suite, libctx, ONEM2M_KDF_GBA_NAF_KEY, rows[i].reason, rows[i].detail);
        /* Splitting needs no algorithm. */
        CHECK(sample_works(sample_of(&suite->samples, ONEM2M_KDF_SPLIT_KEY), libctx, NULL) == 1);
        OSSL_LIB_CTX_free(libctx);
    }
    remove_file("bad.cnf");
    remove_file("base.cnf");
    remove_file("nothing.cnf");
}

/* The parameter `properties` comes beside the configured ones and does not replace them. */
static void test_properties_are_added(void **state)
{
    static char fips[] = "fips=yes", default_provider[] = "provider=default";
    const SUITE *suite = *state;
    const SAMPLE *sample = sample_of(&suite->samples, ONEM2M_KDF_KM);
    const OSSL_PARAM no_fips[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_PROPERTIES, fips, 0),
        OSSL_PARAM_construct_end(),
    };
    const OSSL_PARAM usual[] = {
        OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_PROPERTIES, default_provider, 0),
        OSSL_PARAM_construct_end(),
    };
    OSSL_LIB_CTX *libctx;
    EVP_KDF_CTX *ctx;
    int ok;

    subject("properties of a context");
    libctx = configure("activate = 1\nproperties = provider=default\n", &ok);
    ctx = new_context(libctx, sample->kdf);
    CHECK(EVP_KDF_CTX_set_params(ctx, no_fips) <= 0);
    check_error(ONEM2M_R_BAD_DIGEST, ONEM2M_PARAM_PROPERTIES, "fips=yes");
    CHECK(EVP_KDF_CTX_set_params(ctx, usual) == 1);
    CHECK(sample_derives(sample, ctx, sample->params) == 1);
    EVP_KDF_CTX_free(ctx);
    OSSL_LIB_CTX_free(libctx);
}

static int configuration_setup(void **state)
{
    return make_directory() ? suite_setup(state) : -1;
}

static int configuration_teardown(void **state)
{
    rmdir(directory);
    return suite_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(test_configured),
        QUEUE_TEST(test_bad_values),
        QUEUE_TEST(test_unusable_values),
        QUEUE_TEST(test_properties_are_added),
    };

    return cmocka_run_group_tests(tests, configuration_setup, configuration_teardown);
}
