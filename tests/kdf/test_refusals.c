/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Bad input: every parameter of every derivation, missing, of every wrong type,
 * and with values beyond each of its rules. A refused call gives one error, of
 * the provider, that says what and where, and leaves the context as it was.
 */
#include <string.h>
#include "refusal.h"

#define UNKNOWN_TYPE 99

/* What a derivation lists is what the table has, so that no parameter is left untested. */
static void test_lists(void **state)
{
    const SUITE *suite = *state;
    size_t i, k, listed = 0;

    for (i = 0; derivations[i] != NULL; i++) {
        EVP_KDF *kdf = EVP_KDF_fetch(suite->loaded.libctx, derivations[i], ONEM2M_PROPERTY_QUERY);
        const OSSL_PARAM *params = EVP_KDF_settable_ctx_params(kdf);

        subject("%s", derivations[i]);
        for (k = 0; params[k].key != NULL; k++) {
            /* Of keys by name, which tests/named tries. */
            if (strcmp(params[k].key, ONEM2M_PARAM_KEY_ID) == 0 ||
                strcmp(params[k].key, ONEM2M_PARAM_REQUESTER) == 0)
                continue;
            parameter_of(derivations[i], params[k].key);
            listed++;
        }
        params = EVP_KDF_gettable_ctx_params(kdf);
        CHECK(strcmp(params[0].key, ONEM2M_PARAM_SIZE) == 0 && params[1].key == NULL);
        EVP_KDF_free(kdf);
    }
    assert_int_equal(listed, PARAMETERS);
}

static size_t params_without(OSSL_PARAM *some, const OSSL_PARAM *all, const char *name)
{
    size_t i, used = 0;

    for (i = 0; all[i].key != NULL; i++) {
        if (strcmp(all[i].key, name) != 0)
            some[used++] = all[i];
    }
    some[used] = OSSL_PARAM_construct_end();
    return used;
}

static void check_missing(const SUITE *suite, const PARAMETER *parameter)
{
    const SAMPLE *sample = sample_of(&suite->samples, parameter->kdf);
    EVP_KDF_CTX *ctx = new_context(suite->loaded.libctx, parameter->kdf);
    OSSL_PARAM some[SAMPLE_PARAMS_MAX + 1];

    params_without(some, sample->params, parameter->name);
    CHECK(EVP_KDF_CTX_set_params(ctx, some) == 1);
    queue_own_error();
    CHECK(sample_derives(sample, ctx, NULL) == 0);
    check_error(parameter->kind == KEY ? ONEM2M_R_MISSING_KEY : ONEM2M_R_MISSING_PARAMETER,
                parameter->name, parameter->clause);
    CHECK(sample_derives(sample, ctx, sample->params) == 1);
    check_no_error();
    EVP_KDF_CTX_free(ctx);
}

static void test_missing(void **state)
{
    size_t i;

    for (i = 0; i < PARAMETERS; i++) {
        subject("%s without %s", parameters[i].kdf, parameters[i].name);
        if (!parameters[i].optional)
            check_missing(*state, &parameters[i]);
    }
}

static int is_right_type(KIND kind, unsigned int type)
{
    switch (kind) {
    case KEY:
    case OCTETS:
        return type == OSSL_PARAM_OCTET_STRING || type == OSSL_PARAM_OCTET_PTR;
    case NUMBER:
        return type == OSSL_PARAM_INTEGER || type == OSSL_PARAM_UNSIGNED_INTEGER;
    default:
        return type == OSSL_PARAM_UTF8_STRING || type == OSSL_PARAM_UTF8_PTR;
    }
}

/* Wrong whatever the value is: also with the very one that the right type has. */
static void check_wrong_type(const SUITE *suite, const PARAMETER *parameter, unsigned int type)
{
    static double number = 22;
    static char text[32] = "maf.example.com", *pointer = text;
    const int is_pointer = type == OSSL_PARAM_UTF8_PTR || type == OSSL_PARAM_OCTET_PTR;
    const int is_string = type == OSSL_PARAM_UTF8_STRING || type == OSSL_PARAM_OCTET_STRING;
    OSSL_PARAM param = text_param(parameter->name, &number, sizeof(number));

    param.data_type = type;
    if (is_pointer)
        param.data = &pointer;
    else if (is_string)
        param.data = text;
    if (is_pointer || is_string)
        param.data_size = strlen(text);
    subject("%s, %s of type %u", parameter->kdf, parameter->name, type);
    check_refused(suite, parameter, &param, ONEM2M_R_WRONG_TYPE, "is needed");
}

static void test_wrong_types(void **state)
{
    static const unsigned int types[] = {
        0,
        OSSL_PARAM_INTEGER,
        OSSL_PARAM_UNSIGNED_INTEGER,
        OSSL_PARAM_REAL,
        OSSL_PARAM_UTF8_STRING,
        OSSL_PARAM_OCTET_STRING,
        OSSL_PARAM_UTF8_PTR,
        OSSL_PARAM_OCTET_PTR,
        UNKNOWN_TYPE,
    };
    size_t i, k;

    for (i = 0; i < PARAMETERS; i++) {
        for (k = 0; k < COUNT(types); k++) {
            if (!is_right_type(parameters[i].kind, types[k]))
                check_wrong_type(*state, &parameters[i], types[k]);
        }
    }
}

static void check_pointer(const SUITE *suite, const PARAMETER *parameter, const OSSL_PARAM *given)
{
    const SAMPLE *sample = sample_of(&suite->samples, parameter->kdf);
    EVP_KDF_CTX *ctx = new_context(suite->loaded.libctx, parameter->kdf);
    OSSL_PARAM some[SAMPLE_PARAMS_MAX + 1];
    size_t used = params_without(some, sample->params, parameter->name);
    void *value = given->data;

    some[used] = *given;
    some[used].data = &value;
    some[used].data_type =
        given->data_type == OSSL_PARAM_UTF8_STRING ? OSSL_PARAM_UTF8_PTR : OSSL_PARAM_OCTET_PTR;
    used++;
    some[used] = OSSL_PARAM_construct_end();
    CHECK(sample_derives(sample, ctx, some) == 1);
    check_no_error();
    EVP_KDF_CTX_free(ctx);
}

/* UTF8_PTR and OCTET_PTR are text and octets as well. */
static void test_pointers(void **state)
{
    const SUITE *suite = *state;
    size_t i;

    for (i = 0; i < PARAMETERS; i++) {
        const SAMPLE *sample = sample_of(&suite->samples, parameters[i].kdf);
        const OSSL_PARAM *given = OSSL_PARAM_locate_const(sample->params, parameters[i].name);

        subject("%s, %s as pointer", parameters[i].kdf, parameters[i].name);
        if (given != NULL && parameters[i].kind != NUMBER)
            check_pointer(suite, &parameters[i], given);
    }
}

static ONEM2M_REASON reason_when_empty(const PARAMETER *parameter)
{
    switch (parameter->kind) {
    case KEY:
        return ONEM2M_R_BAD_KEY_LENGTH;
    case CHOICE:
        return ONEM2M_R_BAD_CHOICE;
    case NAME:
        return ONEM2M_R_BAD_DIGEST;
    case NUMBER:
        return ONEM2M_R_BAD_SUID;
    default:
        return ONEM2M_R_EMPTY;
    }
}

/* An empty salt is that of 10.3.6.1 when none is given, and an empty query none at all. */
static int may_be_empty(const PARAMETER *parameter)
{
    return strcmp(parameter->name, ONEM2M_PARAM_SALT) == 0 ||
           strcmp(parameter->name, ONEM2M_PARAM_PROPERTIES) == 0;
}

static void check_empty(const SUITE *suite, const PARAMETER *parameter, const void *data)
{
    OSSL_PARAM param = param_of(parameter, data, 0);

    if (parameter->kind == NUMBER)
        param.data_type = OSSL_PARAM_UNSIGNED_INTEGER;
    if (may_be_empty(parameter))
        check_taken(suite, parameter, &param);
    else
        check_refused(suite, parameter, &param, reason_when_empty(parameter), NULL);
}

static void test_empty(void **state)
{
    size_t i;

    for (i = 0; i < PARAMETERS; i++) {
        subject("%s, %s empty", parameters[i].kdf, parameters[i].name);
        check_empty(*state, &parameters[i], "");
        subject("%s, %s empty and NULL", parameters[i].kdf, parameters[i].name);
        check_empty(*state, &parameters[i], NULL);
    }
}

static void check_null_of_size(const SUITE *suite, const PARAMETER *parameter, size_t size)
{
    OSSL_PARAM param = param_of(parameter, NULL, size);

    if (parameter->kind == NUMBER)
        param.data_type = OSSL_PARAM_UNSIGNED_INTEGER;
    if (may_be_empty(parameter))
        check_taken(suite, parameter, &param);
    else
        check_refused(suite, parameter, &param, reason_when_empty(parameter), NULL);
}

/* A size and no data: as OSSL_PARAM_uint(name, NULL) of a template that was not filled in. */
static void test_null_data(void **state)
{
    size_t i;

    for (i = 0; i < PARAMETERS; i++) {
        subject("%s, %s NULL", parameters[i].kdf, parameters[i].name);
        check_null_of_size(*state, &parameters[i], sizeof(unsigned int));
        check_null_of_size(*state, &parameters[i], 32);
    }
}

typedef struct {
    const char *kdf;
    size_t lengths[10]; /* ended by 0 */
} KEY_LENGTHS;

static void test_bad_key_lengths(void **state)
{
    static const KEY_LENGTHS bad[] = {
        { ONEM2M_KDF_KM, { 1, 16, 31, 33, 64, MILLION } },
        { ONEM2M_KDF_KPSA, { 1, 16, 31, 33, 64, MILLION } },
        { ONEM2M_KDF_USAGE_KEY, { 1, 16, 31, 33, 64, MILLION } },
        { ONEM2M_KDF_GBA_NAF_KEY, { 1, 16, 31, 33, 64, MILLION } },
        { ONEM2M_KDF_E2E_KEY, { 1, 15, 513, MILLION } },
        { ONEM2M_KDF_SESSION_ESPRIM_KEY, { 1, 15, 65, MILLION } },
        { ONEM2M_KDF_SPLIT_KEY, { 1, 2, 14, 15, 17, 31, 33, 513, 514, MILLION } },
    };
    size_t i, k;

    for (i = 0; i < COUNT(bad); i++) {
        const PARAMETER *key = parameter_of(bad[i].kdf, ONEM2M_PARAM_KEY);

        for (k = 0; k < COUNT(bad[i].lengths) && bad[i].lengths[k] != 0; k++) {
            const OSSL_PARAM param = octets_param(key->name, a_million, bad[i].lengths[k]);

            subject("%s, key of %zu", key->kdf, bad[i].lengths[k]);
            check_refused(*state, key, &param, ONEM2M_R_BAD_KEY_LENGTH, key->clause);
        }
    }
}

static void test_good_key_lengths(void **state)
{
    static const KEY_LENGTHS good[] = {
        { ONEM2M_KDF_KM, { 32 } },
        { ONEM2M_KDF_E2E_KEY, { 16, 17, 31, 33, 64, 65, 511, 512 } },
        { ONEM2M_KDF_SESSION_ESPRIM_KEY, { 16, 17, 31, 33, 63, 64 } },
        { ONEM2M_KDF_SPLIT_KEY, { 16, 18, 34, 64, 510, 512 } },
    };
    size_t i, k;

    for (i = 0; i < COUNT(good); i++) {
        const PARAMETER *key = parameter_of(good[i].kdf, ONEM2M_PARAM_KEY);

        for (k = 0; k < COUNT(good[i].lengths) && good[i].lengths[k] != 0; k++) {
            const OSSL_PARAM param = octets_param(key->name, a_million, good[i].lengths[k]);

            subject("%s, key of %zu", key->kdf, good[i].lengths[k]);
            check_taken(*state, key, &param);
        }
    }
}

typedef struct {
    const char *kdf;
    const char *name;
    size_t bad[4], good[4]; /* ended by 0 */
} OCTET_LENGTHS;

static void test_octet_lengths(void **state)
{
    static const OCTET_LENGTHS rows[] = {
        { ONEM2M_KDF_E2E_KEY, ONEM2M_PARAM_SALT, { 65537, MILLION }, { 1, 64, 129, 65536 } },
        { ONEM2M_KDF_SESSION_ESPRIM_KEY,
          ONEM2M_PARAM_RECEIVER_RAND,
          { 65537, MILLION },
          { 1, 16, 513, 65536 } },
        { ONEM2M_KDF_SESSION_ESPRIM_KEY,
          ONEM2M_PARAM_ORIGINATOR_RAND,
          { 65537, MILLION },
          { 1, 16, 513, 65536 } },
        { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_RAND, { 1, 15, 17, MILLION }, { 16 } },
        { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_UA_PROTOCOL, { 1, 4, 6, MILLION }, { 5 } },
    };
    size_t i, k;

    for (i = 0; i < COUNT(rows); i++) {
        const PARAMETER *parameter = parameter_of(rows[i].kdf, rows[i].name);

        for (k = 0; k < 4; k++) {
            const OSSL_PARAM bad = octets_param(parameter->name, a_million, rows[i].bad[k]);
            const OSSL_PARAM good = octets_param(parameter->name, a_million, rows[i].good[k]);

            subject("%s, %s of %zu or %zu", parameter->kdf, parameter->name, rows[i].bad[k],
                    rows[i].good[k]);
            if (bad.data_size > 0)
                check_refused(*state, parameter, &bad, ONEM2M_R_BAD_LENGTH, parameter->clause);
            if (good.data_size > 0)
                check_taken(*state, parameter, &good);
        }
    }
}

static void refuse_number(const SUITE *suite, OSSL_PARAM param)
{
    check_refused(suite, parameter_of(ONEM2M_KDF_USAGE_KEY, ONEM2M_PARAM_SUID), &param,
                  ONEM2M_R_BAD_SUID, "TS-0004 6.3.4.2.39");
}

static void test_bad_suids(void **state)
{
    static unsigned int bad[] = {
        0,  1,  9,   10,       11,    12,         13,         14,         15,        16, 19,
        20, 26, 30,  31,       32,    33,         34,         35,         36,        40, 41,
        45, 46, 255, 256 + 21, 65535, 65536 + 21, 2147483647, 2147483648, 4294967295
    };
    static int negative[] = { -1, -21, -22, INT32_MIN };
    static uint64_t large[] = { ((uint64_t)1 << 32) + 21, UINT64_MAX, (uint64_t)1 << 63 };
    static int64_t large_signed[] = { ((int64_t)1 << 32) + 22, INT64_MIN, -1, INT64_MAX };
    size_t i;

    for (i = 0; i < COUNT(bad); i++) {
        subject("suid %u", bad[i]);
        refuse_number(*state, OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &bad[i]));
    }
    for (i = 0; i < COUNT(negative); i++) {
        subject("suid %d", negative[i]);
        refuse_number(*state, OSSL_PARAM_construct_int(ONEM2M_PARAM_SUID, &negative[i]));
    }
    for (i = 0; i < COUNT(large); i++) {
        subject("64-bit suid %zu", i);
        refuse_number(*state, OSSL_PARAM_construct_uint64(ONEM2M_PARAM_SUID, &large[i]));
    }
    for (i = 0; i < COUNT(large_signed); i++) {
        subject("signed 64-bit suid %zu", i);
        refuse_number(*state, OSSL_PARAM_construct_int64(ONEM2M_PARAM_SUID, &large_signed[i]));
    }
}

static void test_suid_widths(void **state)
{
    const PARAMETER *suid = parameter_of(ONEM2M_KDF_USAGE_KEY, ONEM2M_PARAM_SUID);
    static unsigned char octets[16] = { 21 }; /* of a machine with the least significant first */
    static const size_t sizes[] = { 1, 2, 3, 4, 8, 16 };
    size_t i;

    for (i = 0; i < COUNT(sizes); i++) {
        OSSL_PARAM param = octets_param(suid->name, octets, sizes[i]);

        subject("suid of %zu octets", sizes[i]);
        param.data_type = OSSL_PARAM_UNSIGNED_INTEGER;
        check_taken(*state, suid, &param);
        param.data_type = OSSL_PARAM_INTEGER;
        check_taken(*state, suid, &param);
        octets[sizes[i] - 1] = (unsigned char)(sizes[i] == 1 ? 26 : 0x40);
        check_refused(*state, suid, &param, ONEM2M_R_BAD_SUID, NULL);
        octets[sizes[i] - 1] = 0;
        octets[0] = 21;
    }
}

static void test_bad_choices(void **state)
{
    static const VALUE bad_choices[] = {
        { LITERAL("anything"), ONEM2M_R_BAD_CHOICE, "none of " },
        { LITERAL("maste"), ONEM2M_R_BAD_CHOICE, "none of " },
        { LITERAL("master "), ONEM2M_R_BAD_CHOICE, "none of " },
        { LITERAL("master\0"), ONEM2M_R_BAD_CHOICE, "none of " },
        { LITERAL("Master"), ONEM2M_R_BAD_CHOICE, "none of " },
        { LITERAL("FIRST"), ONEM2M_R_BAD_CHOICE, "none of " },
        { LITERAL("gba-me\n"), ONEM2M_R_BAD_CHOICE, "none of " },
        { LITERAL("decimal,octet"), ONEM2M_R_BAD_CHOICE, "none of " },
        { LITERAL("%s"), ONEM2M_R_BAD_CHOICE, "none of " },
        { LITERAL("\xFF"), ONEM2M_R_BAD_CHOICE, "none of " },
        { a_million, MILLION, ONEM2M_R_BAD_CHOICE, "none of " },
    };
    size_t i;

    for (i = 0; i < PARAMETERS; i++) {
        if (parameters[i].kind == CHOICE)
            REFUSE_VALUES(*state, &parameters[i], bad_choices);
    }
}

/* The texts list every word. */
static void test_choices_are_listed(void **state)
{
    static const struct {
        const char *kdf;
        const char *name;
        const char *words;
    } rows[] = {
        { ONEM2M_KDF_USAGE_KEY, ONEM2M_PARAM_SUID_ENCODING, "decimal, octet (TS-0003 10.3.7)" },
        { ONEM2M_KDF_E2E_KEY, ONEM2M_PARAM_PURPOSE,
          "master, message-authentication, message-confidentiality, attribute-authenticity, "
          "attribute-confidentiality (TS-0003 10.3.6" },
        { ONEM2M_KDF_SPLIT_KEY, ONEM2M_PARAM_HALF, "first, second (TS-0003 8.8.1 step 8)" },
        { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_MODE, "gba-me, gba-u (TS-0003 8.3.2.3)" },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        const PARAMETER *parameter = parameter_of(rows[i].kdf, rows[i].name);
        const OSSL_PARAM param = text_param(parameter->name, "x", 1);

        subject("%s, %s", parameter->kdf, parameter->name);
        check_refused(*state, parameter, &param, ONEM2M_R_BAD_CHOICE, rows[i].words);
    }
}

static void test_bad_digests(void **state)
{
    static const VALUE bad[] = {
        { LITERAL("SHA2-999"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("MD5"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("MD5-SHA1"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("SHA1"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("SHA2-224"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("SHA3-224"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("SHA2-512/224"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("SHAKE128"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("SHAKE256"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("NULL"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("HMAC"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("%s%s%n"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("SHA2-256\0"), ONEM2M_R_CONTROL_CHARACTER, NULL },
        { LITERAL("SHA2-256\0x"), ONEM2M_R_CONTROL_CHARACTER, NULL },
    };
    static const VALUE good[] = {
        { LITERAL("SHA2-256"), 0, NULL },     { LITERAL("sha256"), 0, NULL },
        { LITERAL("SHA2-384"), 0, NULL },     { LITERAL("SHA2-512"), 0, NULL },
        { LITERAL("SHA3-256"), 0, NULL },     { LITERAL("SHA3-512"), 0, NULL },
        { LITERAL("SHA2-512/256"), 0, NULL },
    };
    const PARAMETER *digest = parameter_of(ONEM2M_KDF_E2E_KEY, ONEM2M_PARAM_DIGEST);

    REFUSE_VALUES(*state, digest, bad);
    TAKE_VALUES(*state, digest, good);
}

static void test_bad_properties(void **state)
{
    static const VALUE bad_properties[] = {
        { LITERAL("provider=none"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("fips=yes"), ONEM2M_R_BAD_DIGEST, "fips=yes" },
        { LITERAL("a = = b"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("=,=?%s"), ONEM2M_R_BAD_DIGEST, NULL },
        { LITERAL("provider=default\0"), ONEM2M_R_CONTROL_CHARACTER, NULL },
        /* Never back to the provider itself. */
        { LITERAL("provider=onem2m"), ONEM2M_R_BAD_DIGEST, NULL },
    };
    static const VALUE good_properties[] = {
        { LITERAL("provider=default"), 0, NULL },
        { LITERAL("?fips=yes"), 0, NULL },
        { LITERAL("-fips"), 0, NULL },
    };
    size_t i;

    for (i = 0; i < PARAMETERS; i++) {
        if (strcmp(parameters[i].name, ONEM2M_PARAM_PROPERTIES) != 0)
            continue;
        REFUSE_VALUES(*state, &parameters[i], bad_properties);
        TAKE_VALUES(*state, &parameters[i], good_properties);
    }
}

/* Parameters that a derivation does not know are somebody else's. */
static void check_unknown_ignored(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);
    OSSL_PARAM unknown[] = { text_param("", "x", 1),
                             text_param("ke", "x", 1),
                             text_param("keys", "x", 1),
                             text_param("Key", "x", 1),
                             text_param("info", NULL, 0),
                             octets_param("purposes", a_million, MILLION),
                             octets_param("nobody-knows-this", NULL, 1),
                             OSSL_PARAM_construct_end() };

    CHECK(EVP_KDF_CTX_set_params(ctx, unknown) == 1);
    CHECK(EVP_KDF_CTX_set_params(ctx, sample->params) == 1);
    CHECK(EVP_KDF_CTX_set_params(ctx, unknown) == 1);
    CHECK(sample_derives(sample, ctx, unknown) == 1);
    check_no_error();
    EVP_KDF_CTX_free(ctx);
}

static void check_nothing_set(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);
    const OSSL_PARAM none[] = { OSSL_PARAM_construct_end() };

    CHECK(EVP_KDF_CTX_set_params(ctx, NULL) == 1);
    CHECK(EVP_KDF_CTX_set_params(ctx, none) == 1);
    CHECK(EVP_KDF_CTX_set_params(ctx, sample->params) == 1);
    CHECK(EVP_KDF_CTX_set_params(ctx, NULL) == 1);
    CHECK(EVP_KDF_CTX_set_params(ctx, none) == 1);
    CHECK(sample_derives(sample, ctx, none) == 1);
    check_no_error();
    EVP_KDF_CTX_free(ctx);
}

static void check_queue_kept(const SAMPLE *sample, OSSL_LIB_CTX *libctx)
{
    EVP_KDF_CTX *ctx = new_context(libctx, sample->kdf);

    queue_own_error();
    CHECK(EVP_KDF_CTX_set_params(ctx, sample->params) == 1);
    CHECK(EVP_KDF_CTX_get_kdf_size(ctx) == sample->length);
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    check_own_error_only();
    EVP_KDF_CTX_free(ctx);
}

static void test_each_derivation(void **state)
{
    const SUITE *suite = *state;
    size_t i;

    for (i = 0; derivations[i] != NULL; i++) {
        const SAMPLE *sample = sample_of(&suite->samples, derivations[i]);

        subject("%s", derivations[i]);
        check_unknown_ignored(sample, suite->loaded.libctx);
        check_nothing_set(sample, suite->loaded.libctx);
        check_queue_kept(sample, suite->loaded.libctx);
    }
}

/* The first use makes the private context, and leaves nothing of that on the queue. */
static void test_queue_kept_at_first_use(void **state)
{
    const SUITE *suite = *state;
    size_t i;

    for (i = 0; derivations[i] != NULL; i++) {
        LOADED loaded;

        subject("%s, first use", derivations[i]);
        load(&loaded);
        check_queue_kept(sample_of(&suite->samples, derivations[i]), loaded.libctx);
        unload(&loaded);
        check_no_error();
    }
}

static void test_size_refusals(void **state)
{
    const SUITE *suite = *state;
    EVP_KDF_CTX *ctx = new_context(suite->loaded.libctx, ONEM2M_KDF_SPLIT_KEY);
    char text[8] = "";
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_SIZE, text, sizeof(text)),
                            OSSL_PARAM_construct_end() };

    subject("size");
    CHECK(EVP_KDF_CTX_get_kdf_size(ctx) == 0);
    check_error(ONEM2M_R_MISSING_KEY, ONEM2M_PARAM_KEY, "TS-0003 8.8.1 step 8");
    CHECK(EVP_KDF_CTX_set_params(ctx, sample_of(&suite->samples, ONEM2M_KDF_SPLIT_KEY)->params));
    CHECK(EVP_KDF_CTX_get_params(ctx, params) <= 0);
    check_error(ONEM2M_R_WRONG_TYPE, ONEM2M_PARAM_SIZE, NULL);
    EVP_KDF_CTX_free(ctx);
}

/* Of two parameters of one name the first counts, as in OpenSSL's own KDFs. */
static void test_twice(void **state)
{
    const SUITE *suite = *state;
    const SAMPLE *sample = sample_of(&suite->samples, ONEM2M_KDF_KM);
    static const unsigned char other_key[31] = { 1 };
    EVP_KDF_CTX *ctx = new_context(suite->loaded.libctx, ONEM2M_KDF_KM);
    OSSL_PARAM twice[8];
    size_t n = 0;

    for (; sample->params[n].key != NULL; n++)
        twice[n] = sample->params[n];
    twice[n++] = octets_param(ONEM2M_PARAM_KEY, other_key, sizeof(other_key));
    twice[n++] = text_param(ONEM2M_PARAM_MAF_ID, "UPPER.example.com", 17);
    twice[n] = OSSL_PARAM_construct_end();
    CHECK(sample_derives(sample, ctx, twice) == 1);
    check_no_error();
    EVP_KDF_CTX_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twice),      QUEUE_TEST(test_lists),
        QUEUE_TEST(test_missing),          QUEUE_TEST(test_wrong_types),
        QUEUE_TEST(test_pointers),         QUEUE_TEST(test_empty),
        QUEUE_TEST(test_null_data),        QUEUE_TEST(test_bad_key_lengths),
        QUEUE_TEST(test_good_key_lengths), QUEUE_TEST(test_octet_lengths),
        QUEUE_TEST(test_bad_suids),        QUEUE_TEST(test_suid_widths),
        QUEUE_TEST(test_bad_choices),      QUEUE_TEST(test_choices_are_listed),
        QUEUE_TEST(test_bad_digests),      QUEUE_TEST(test_bad_properties),
        QUEUE_TEST(test_each_derivation),  QUEUE_TEST(test_queue_kept_at_first_use),
        QUEUE_TEST(test_size_refusals),
    };

    return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
