/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include "param.h"

int onem2m_raise_out_of_memory(const ONEM2M_PROVIDER *provider, const char *subject)
{
    ONEM2M_ERROR error;

    onem2m_refuse(&error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    return ONEM2M_RAISE(provider, subject, &error);
}

int onem2m_raise_wrong_type(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param,
                            const char *expected)
{
    ONEM2M_ERROR error;

    onem2m_refuse(&error, ONEM2M_R_WRONG_TYPE, ONEM2M_NO_OFFSET, "%s is needed", expected);
    return ONEM2M_RAISE(provider, param->key, &error);
}

static int is_of_type(const OSSL_PARAM *param, unsigned int type, unsigned int other_type)
{
    return param->data_type == type || param->data_type == other_type;
}

/*
 * What a string or a pointer to one has, of a type that was checked.
 * OSSL_PARAM_get_octet_string_ptr and its like do the same, but from OpenSSL 3.2 they queue an
 * error and take it off again, for every string that is not a pointer: 100 ns each.
 */
static const void *string_data(const OSSL_PARAM *param, unsigned int pointer, size_t *length)
{
    const void *data = param->data;

    if (data != NULL && param->data_type == pointer)
        data = *(const void *const *)data;
    *length = data != NULL ? param->data_size : 0;
    return data;
}

int onem2m_param_octets(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param,
                        ONEM2M_SLICE *octets)
{
    static const unsigned char none[1];

    if (!is_of_type(param, OSSL_PARAM_OCTET_STRING, OSSL_PARAM_OCTET_PTR))
        return onem2m_raise_wrong_type(provider, param, "an octet string");
    octets->data = string_data(param, OSSL_PARAM_OCTET_PTR, &octets->length);
    if (octets->data == NULL)
        octets->data = none;
    return 1;
}

int onem2m_param_text(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param, const char **text,
                      size_t *length)
{
    *length = 0;
    *text = "";
    if (!is_of_type(param, OSSL_PARAM_UTF8_STRING, OSSL_PARAM_UTF8_PTR))
        return onem2m_raise_wrong_type(provider, param, "a UTF-8 string");
    *text = string_data(param, OSSL_PARAM_UTF8_PTR, length);
    if (*text == NULL)
        *text = "";
    return 1;
}

/* 1, 0 when it is no integer, -1 when it is absent, negative or too large. */
static int read_integer(const OSSL_PARAM *param, unsigned int *number)
{
    int ok;

    if (!is_of_type(param, OSSL_PARAM_UNSIGNED_INTEGER, OSSL_PARAM_INTEGER))
        return 0;
    ERR_set_mark();
    /* OpenSSL 3.0 does not look whether there is data. */
    ok = param->data != NULL && OSSL_PARAM_get_uint(param, number);
    ERR_pop_to_mark();
    return ok ? 1 : -1;
}

int onem2m_param_number(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param, unsigned int max,
                        unsigned int *number)
{
    const int read = read_integer(param, number);
    ONEM2M_ERROR error;

    if (read == 0)
        return onem2m_raise_wrong_type(provider, param, "an integer");
    if (read > 0 && *number <= max)
        return 1;
    onem2m_refuse(&error, ONEM2M_R_BAD_ATTRIBUTE, ONEM2M_NO_OFFSET, "0 to %u is needed", max);
    return ONEM2M_RAISE(provider, param->key, &error);
}

int onem2m_param_suid(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param,
                      unsigned int *number)
{
    const int read = read_integer(param, number);
    ONEM2M_ERROR error;

    if (read == 0)
        return onem2m_raise_wrong_type(provider, param, "an integer");
    if (read > 0)
        return 1;
    onem2m_refuse(&error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                  "the number is negative, absent or too large (TS-0004 6.3.4.2.39)");
    return ONEM2M_RAISE(provider, param->key, &error);
}

int onem2m_param_name(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param, char **name)
{
    const char *text;
    size_t length;
    ONEM2M_ERROR error;

    if (!onem2m_param_text(provider, param, &text, &length))
        return 0;
    if (memchr(text, '\0', length) != NULL) {
        onem2m_refuse(&error, ONEM2M_R_CONTROL_CHARACTER, ONEM2M_NO_OFFSET, "NUL within the text");
        return ONEM2M_RAISE(provider, param->key, &error);
    }
    OPENSSL_free(*name);
    *name = OPENSSL_strndup(text, length);
    return *name != NULL || onem2m_raise_out_of_memory(provider, param->key);
}

int onem2m_param_key_id(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param,
                        ONEM2M_SLICE *key_id)
{
    const char *text;
    size_t length;
    ONEM2M_ERROR error;

    if (!onem2m_param_text(provider, param, &text, &length))
        return 0;
    if (length == 0 || length > ONEM2M_TEXT_INPUT_MAX(ONEM2M_KEY_ID_MAX)) {
        onem2m_refuse(&error, length == 0 ? ONEM2M_R_EMPTY : ONEM2M_R_NAME_TOO_LONG,
                      ONEM2M_NO_OFFSET, "%zu octets are no key identifier (TS-0003 10.3.4)",
                      length);
        return ONEM2M_RAISE(provider, param->key, &error);
    }
    *key_id = (ONEM2M_SLICE){ (const unsigned char *)text, length };
    return 1;
}

int onem2m_param_entity(const ONEM2M_PROVIDER *provider, const OSSL_PARAM *param,
                        char buffer[ONEM2M_ID_MAX], ONEM2M_SLICE *entity)
{
    const char *text;
    size_t length;
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    if (!onem2m_param_text(provider, param, &text, &length))
        return 0;
    if (!onem2m_id_parse_entity(&id, text, length, ONEM2M_ID_STRICT, &error))
        return ONEM2M_RAISE(provider, param->key, &error);
    memcpy(buffer, id.text, id.length);
    *entity = (ONEM2M_SLICE){ (const unsigned char *)buffer, id.length };
    return 1;
}

int onem2m_param_answer_size(const ONEM2M_PROVIDER *provider, OSSL_PARAM *param, size_t size)
{
    int ok;

    if (param == NULL)
        return 1;
    ERR_set_mark();
    ok = OSSL_PARAM_set_size_t(param, size);
    ERR_pop_to_mark();
    return ok || onem2m_raise_wrong_type(provider, param, "an unsigned integer");
}
