/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/core_names.h>
#include "refusal.h"

const unsigned char a_million[MILLION];

const PARAMETER parameters[PARAMETERS] = {
    { ONEM2M_KDF_KM, ONEM2M_PARAM_KEY, KEY, 0, "TS-0003 10.3.2" },
    { ONEM2M_KDF_KM, ONEM2M_PARAM_MAF_ID, FQDN, 0, "TS-0003 10.3.2" },
    { ONEM2M_KDF_KM, ONEM2M_PARAM_PROPERTIES, NAME, 1, NULL },
    { ONEM2M_KDF_KPSA, ONEM2M_PARAM_KEY, KEY, 0, "TS-0003 10.3.3" },
    { ONEM2M_KDF_KPSA, ONEM2M_PARAM_TARGET_ID, ENTITY, 0, "TS-0003 10.3.3" },
    { ONEM2M_KDF_KPSA, ONEM2M_PARAM_PROPERTIES, NAME, 1, NULL },
    { ONEM2M_KDF_USAGE_KEY, ONEM2M_PARAM_KEY, KEY, 0, "TS-0003 10.3.7" },
    { ONEM2M_KDF_USAGE_KEY, ONEM2M_PARAM_SUID, NUMBER, 0, "TS-0003 10.3.7" },
    { ONEM2M_KDF_USAGE_KEY, ONEM2M_PARAM_TARGET_ID, FQDN, 0, "TS-0003 10.3.7" },
    { ONEM2M_KDF_USAGE_KEY, ONEM2M_PARAM_SUID_ENCODING, CHOICE, 1, "TS-0003 10.3.7" },
    { ONEM2M_KDF_USAGE_KEY, ONEM2M_PARAM_PROPERTIES, NAME, 1, NULL },
    { ONEM2M_KDF_E2E_KEY, ONEM2M_PARAM_KEY, KEY, 0, "TS-0003 10.3.6" },
    { ONEM2M_KDF_E2E_KEY, ONEM2M_PARAM_PURPOSE, CHOICE, 0, "TS-0003 10.3.6.2" },
    { ONEM2M_KDF_E2E_KEY, ONEM2M_PARAM_SALT, OCTETS, 1, "TS-0003 10.3.6.1" },
    { ONEM2M_KDF_E2E_KEY, ONEM2M_PARAM_DIGEST, NAME, 1, NULL },
    { ONEM2M_KDF_E2E_KEY, ONEM2M_PARAM_PROPERTIES, NAME, 1, NULL },
    { ONEM2M_KDF_SESSION_ESPRIM_KEY, ONEM2M_PARAM_KEY, KEY, 0, "TS-0003 10.3.8.2" },
    { ONEM2M_KDF_SESSION_ESPRIM_KEY, ONEM2M_PARAM_RECEIVER_RAND, OCTETS, 0, "TS-0003 10.3.8.2" },
    { ONEM2M_KDF_SESSION_ESPRIM_KEY, ONEM2M_PARAM_ORIGINATOR_RAND, OCTETS, 0, "TS-0003 10.3.8.2" },
    { ONEM2M_KDF_SESSION_ESPRIM_KEY, ONEM2M_PARAM_PROPERTIES, NAME, 1, NULL },
    { ONEM2M_KDF_SPLIT_KEY, ONEM2M_PARAM_KEY, KEY, 0, "TS-0003 8.8.1 step 8" },
    { ONEM2M_KDF_SPLIT_KEY, ONEM2M_PARAM_HALF, CHOICE, 0, "TS-0003 8.8.1 step 8" },
    { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_KEY, KEY, 0, "TS-0003 8.3.2.3" },
    { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_MODE, CHOICE, 0, "TS-0003 8.3.2.3" },
    { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_RAND, OCTETS, 0, "3GPP TS 33.220 B.3" },
    { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_IMPI, TEXT, 0, "3GPP TS 33.220 B.3" },
    { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_NAF_FQDN, FQDN, 0, "3GPP TS 33.220 B.3" },
    { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_UA_PROTOCOL, OCTETS, 0, "3GPP TS 33.220 B.3" },
    { ONEM2M_KDF_GBA_NAF_KEY, ONEM2M_PARAM_PROPERTIES, NAME, 1, NULL },
};

OSSL_PARAM text_param(const char *name, const void *text, size_t length)
{
    OSSL_PARAM param = OSSL_PARAM_utf8_string(name, NULL, 0);

    param.data = (void *)(uintptr_t)text;
    param.data_size = length;
    return param;
}

OSSL_PARAM octets_param(const char *name, const void *octets, size_t length)
{
    OSSL_PARAM param = text_param(name, octets, length);

    param.data_type = OSSL_PARAM_OCTET_STRING;
    return param;
}

OSSL_PARAM param_of(const PARAMETER *parameter, const void *data, size_t length)
{
    if (parameter->kind == KEY || parameter->kind == OCTETS)
        return octets_param(parameter->name, data, length);
    return text_param(parameter->name, data, length);
}

static void check_still_derives(const SAMPLE *sample, EVP_KDF_CTX *ctx)
{
    CHECK(sample_derives(sample, ctx, NULL) == 1);
    check_no_error();
}

/* Another key, salt and so on before what is refused must not be taken either. */
static void set_and_be_refused(EVP_KDF_CTX *ctx, const OSSL_PARAM *param)
{
    static const unsigned char other_key[32] = { 1 };
    const OSSL_PARAM both[] = { octets_param(ONEM2M_PARAM_KEY, other_key, sizeof(other_key)),
                                *param, OSSL_PARAM_construct_end() };
    const int is_key = strcmp(param->key, ONEM2M_PARAM_KEY) == 0;

    /* Of two keys only the first would be looked at. */
    CHECK(EVP_KDF_CTX_set_params(ctx, is_key ? both + 1 : both) <= 0);
}

static void derive_and_be_refused(EVP_KDF_CTX *ctx, const SAMPLE *sample, const OSSL_PARAM *param)
{
    const OSSL_PARAM one[] = { *param, OSSL_PARAM_construct_end() };

    CHECK(sample_derives(sample, ctx, one) == 0);
}

void check_refused(const SUITE *suite, const PARAMETER *parameter, const OSSL_PARAM *param,
                   ONEM2M_REASON reason, const char *detail)
{
    const SAMPLE *sample = sample_of(&suite->samples, parameter->kdf);
    EVP_KDF_CTX *ctx = new_context(suite->loaded.libctx, parameter->kdf);

    CHECK(EVP_KDF_CTX_set_params(ctx, sample->params) == 1);
    queue_own_error();
    set_and_be_refused(ctx, param);
    check_error(reason, parameter->name, detail);
    check_still_derives(sample, ctx);
    derive_and_be_refused(ctx, sample, param);
    check_error(reason, parameter->name, detail);
    check_still_derives(sample, ctx);
    EVP_KDF_CTX_free(ctx);
}

void check_taken(const SUITE *suite, const PARAMETER *parameter, const OSSL_PARAM *param)
{
    const SAMPLE *sample = sample_of(&suite->samples, parameter->kdf);
    const OSSL_PARAM one[] = { *param, OSSL_PARAM_construct_end() };
    EVP_KDF_CTX *ctx = new_context(suite->loaded.libctx, parameter->kdf);
    unsigned char output[SAMPLE_OUTPUT_MAX];

    CHECK(EVP_KDF_CTX_set_params(ctx, sample->params) == 1);
    CHECK(EVP_KDF_CTX_set_params(ctx, one) == 1);
    CHECK(EVP_KDF_derive(ctx, output, EVP_KDF_CTX_get_kdf_size(ctx), NULL) == 1);
    check_no_error();
    EVP_KDF_CTX_free(ctx);
}

static void describe(const PARAMETER *parameter, const char *list, size_t row)
{
    subject("%s, %s, %s[%zu]", parameter->kdf, parameter->name, list, row);
}

void refuse_values(const SUITE *suite, const PARAMETER *parameter, const char *list,
                   const VALUE *values, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const OSSL_PARAM param = param_of(parameter, values[i].data, values[i].length);

        describe(parameter, list, i);
        check_refused(suite, parameter, &param, values[i].reason, values[i].detail);
    }
}

void take_values(const SUITE *suite, const PARAMETER *parameter, const char *list,
                 const VALUE *values, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const OSSL_PARAM param = param_of(parameter, values[i].data, values[i].length);

        describe(parameter, list, i);
        check_taken(suite, parameter, &param);
    }
}

const PARAMETER *parameter_of(const char *kdf, const char *name)
{
    size_t i;

    for (i = 0; i < COUNT(parameters); i++) {
        if (strcmp(parameters[i].kdf, kdf) == 0 && strcmp(parameters[i].name, name) == 0)
            return &parameters[i];
    }
    fail_msg("%s has no %s", kdf, name);
    return NULL;
}
