/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "keystore/secret.h"
#include "kdf.h"
#include "provider.h"

/* The longest output: half of the longest key, or the longest digest. */
#define OUTPUT_MAX 256

typedef struct {
    ONEM2M_PROVIDER *provider;
    const ONEM2M_DERIVATION *derivation;
    ONEM2M_SECRET key;
    int key_served;     /* a derivation was made of it: the next one is worth preparing it */
    ONEM2M_HMAC *hmac;  /* NULL until the first derivation */
    EVP_MD *own_digest; /* when the caller chose digest or properties */
    char *digest_name;
    char *properties;
    ONEM2M_OPERAND operands[ONEM2M_OPERANDS_MAX];
    ONEM2M_SECRET storage[ONEM2M_OPERANDS_MAX]; /* what the operands point to */
} KDF_CTX;

/*
 * What a call brings, checked but not yet in the context: a call that fails
 * leaves the context as it was. input is the context's with the call's over it.
 */
typedef struct {
    ONEM2M_DERIVATION_INPUT input;
    int operand_given[ONEM2M_OPERANDS_MAX];
    int key_given;
    int key_taken; /* given or not: it may be the one that the context has */
    EVP_MD *new_digest;
    char *new_digest_name;
    char *new_properties;
    char text[ONEM2M_OPERANDS_MAX][ONEM2M_OPERAND_TEXT_MAX];
} CALL;

static int raise_out_of_memory(const KDF_CTX *ctx)
{
    ONEM2M_ERROR error;

    onem2m_refuse(&error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
    return ONEM2M_RAISE(ctx->provider, onem2m_derivation_name(ctx->derivation), &error);
}

static int raise_wrong_type(const KDF_CTX *ctx, const OSSL_PARAM *param, const char *expected)
{
    ONEM2M_ERROR error;

    onem2m_refuse(&error, ONEM2M_R_WRONG_TYPE, ONEM2M_NO_OFFSET, "%s is needed", expected);
    return ONEM2M_RAISE(ctx->provider, param->key, &error);
}

void *onem2m_kdf_new(void *provctx, const ONEM2M_DERIVATION *derivation)
{
    KDF_CTX *ctx = OPENSSL_zalloc(sizeof(*ctx));
    ONEM2M_ERROR error;
    size_t i;

    if (ctx == NULL) {
        onem2m_refuse(&error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
        ONEM2M_RAISE((ONEM2M_PROVIDER *)provctx, onem2m_derivation_name(derivation), &error);
        return NULL;
    }
    ctx->provider = provctx;
    ctx->derivation = derivation;
    for (i = 0; i < ONEM2M_OPERANDS_MAX; i++)
        ctx->storage[i].is_public = 1;
    return ctx;
}

static void drop_hmac(KDF_CTX *ctx)
{
    onem2m_crypto_give_hmac(&ctx->provider->crypto, ctx->hmac);
    ctx->hmac = NULL;
}

static void drop_digest(KDF_CTX *ctx)
{
    drop_hmac(ctx);
    EVP_MD_free(ctx->own_digest);
    OPENSSL_free(ctx->digest_name);
    OPENSSL_free(ctx->properties);
    ctx->own_digest = NULL;
    ctx->digest_name = NULL;
    ctx->properties = NULL;
}

void onem2m_kdf_reset(void *vctx)
{
    KDF_CTX *ctx = vctx;
    size_t i;

    drop_digest(ctx);
    onem2m_secret_clear(&ctx->key);
    ctx->key_served = 0;
    for (i = 0; i < onem2m_derivation_operand_count(ctx->derivation); i++)
        onem2m_secret_clear(&ctx->storage[i]);
    memset(ctx->operands, 0, sizeof(ctx->operands));
}

void onem2m_kdf_free(void *vctx)
{
    if (vctx == NULL)
        return;
    onem2m_kdf_reset(vctx);
    OPENSSL_free(vctx);
}

static int copy_secret(ONEM2M_SECRET *to, const ONEM2M_SECRET *from)
{
    if (!onem2m_secret_reserve(to, from->capacity))
        return 0;
    onem2m_secret_assign(to, from->octets, from->length);
    return 1;
}

static int copy_operand(KDF_CTX *to, const KDF_CTX *from, size_t i)
{
    if (!copy_secret(&to->storage[i], &from->storage[i]))
        return 0;
    to->operands[i] = from->operands[i];
    to->operands[i].octets.data = to->storage[i].octets;
    return 1;
}

static int copy_text(char **to, const char *from)
{
    return from == NULL || (*to = OPENSSL_strdup(from)) != NULL;
}

static int copy_digest(KDF_CTX *to, const KDF_CTX *from)
{
    if (from->own_digest == NULL)
        return 1;
    if (!copy_text(&to->digest_name, from->digest_name) ||
        !copy_text(&to->properties, from->properties) || !EVP_MD_up_ref(from->own_digest))
        return 0;
    to->own_digest = from->own_digest;
    return 1;
}

static int copy_context(KDF_CTX *to, const KDF_CTX *from)
{
    size_t i;

    if (!copy_secret(&to->key, &from->key) || !copy_digest(to, from))
        return 0;
    for (i = 0; i < onem2m_derivation_operand_count(from->derivation); i++) {
        if (!copy_operand(to, from, i))
            return 0;
    }
    return 1;
}

void *onem2m_kdf_dup(void *vctx)
{
    const KDF_CTX *from = vctx;
    KDF_CTX *to = onem2m_kdf_new(from->provider, from->derivation);

    if (to == NULL || copy_context(to, from))
        return to;
    raise_out_of_memory(from);
    onem2m_kdf_free(to);
    return NULL;
}

static void call_begin(CALL *call, const KDF_CTX *ctx)
{
    call->input.derivation = ctx->derivation;
    call->input.key.data = ctx->key.length > 0 ? ctx->key.octets : NULL;
    call->input.key.length = ctx->key.length;
    call->input.digest = ctx->own_digest;
    memcpy(call->input.operands, ctx->operands, sizeof(ctx->operands));
    memset(call->operand_given, 0, sizeof(call->operand_given));
    call->input.key_is_prepared = 0;
    call->input.key_is_master = 0;
    call->key_given = 0;
    call->key_taken = 0;
    call->new_digest = NULL;
    call->new_digest_name = NULL;
    call->new_properties = NULL;
}

static void call_end(CALL *call)
{
    EVP_MD_free(call->new_digest);
    OPENSSL_free(call->new_digest_name);
    OPENSSL_free(call->new_properties);
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

static int get_octets(const KDF_CTX *ctx, const OSSL_PARAM *param, ONEM2M_SLICE *octets)
{
    static const unsigned char none[1];

    if (!is_of_type(param, OSSL_PARAM_OCTET_STRING, OSSL_PARAM_OCTET_PTR))
        return raise_wrong_type(ctx, param, "an octet string");
    octets->data = string_data(param, OSSL_PARAM_OCTET_PTR, &octets->length);
    if (octets->data == NULL)
        octets->data = none;
    return 1;
}

static int get_text(const KDF_CTX *ctx, const OSSL_PARAM *param, const char **text, size_t *length)
{
    *length = 0;
    *text = "";
    if (!is_of_type(param, OSSL_PARAM_UTF8_STRING, OSSL_PARAM_UTF8_PTR))
        return raise_wrong_type(ctx, param, "a UTF-8 string");
    *text = string_data(param, OSSL_PARAM_UTF8_PTR, length);
    if (*text == NULL)
        *text = "";
    return 1;
}

static int get_number(const KDF_CTX *ctx, const OSSL_PARAM *param, unsigned int *number)
{
    ONEM2M_ERROR error;
    int ok;

    if (!is_of_type(param, OSSL_PARAM_UNSIGNED_INTEGER, OSSL_PARAM_INTEGER))
        return raise_wrong_type(ctx, param, "an integer");
    ERR_set_mark();
    /* OpenSSL 3.0 does not look whether there is data. */
    ok = param->data != NULL && OSSL_PARAM_get_uint(param, number);
    ERR_pop_to_mark();
    if (ok)
        return 1;
    onem2m_refuse(&error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                  "the number is negative, absent or too large (TS-0004 6.3.4.2.39)");
    return ONEM2M_RAISE(ctx->provider, param->key, &error);
}

static ONEM2M_SLICE held_key(const KDF_CTX *ctx)
{
    return (ONEM2M_SLICE){ ctx->key.octets, ctx->key.length };
}

/* In constant time, as CRYPTO_memcmp, but a word at a time: a tenth of a derivation is at stake. */
static int is_key_held(const KDF_CTX *ctx, ONEM2M_SLICE key)
{
    uint64_t difference = 0, given, held;
    size_t i;

    if (key.length != ctx->key.length || key.length % sizeof(given) != 0)
        return 0;
    for (i = 0; i < key.length; i += sizeof(given)) {
        memcpy(&given, key.data + i, sizeof(given));
        memcpy(&held, ctx->key.octets + i, sizeof(held));
        difference |= given ^ held;
    }
    return difference == 0;
}

static int take_key(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM *param)
{
    ONEM2M_SLICE key;
    ONEM2M_ERROR error;

    call->key_taken = 1;
    if (!get_octets(ctx, param, &key))
        return 0;
    if (!onem2m_derivation_check_key(ctx->derivation, key.length, &error))
        return ONEM2M_RAISE(ctx->provider, param->key, &error);
    if (is_key_held(ctx, key)) {
        call->input.key = held_key(ctx);
        call->key_given = 0;
    } else {
        call->input.key = key;
        call->key_given = 1;
    }
    return 1;
}

static int take_octets(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM *param, size_t i)
{
    ONEM2M_SLICE octets;
    ONEM2M_ERROR error;

    if (!get_octets(ctx, param, &octets))
        return 0;
    if (!onem2m_operand_from_octets(&call->input.operands[i],
                                    onem2m_derivation_operand(ctx->derivation, i), octets.data,
                                    octets.length, &error))
        return ONEM2M_RAISE(ctx->provider, param->key, &error);
    return 1;
}

static int take_number(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM *param, size_t i)
{
    unsigned int number;
    ONEM2M_ERROR error;

    if (!get_number(ctx, param, &number))
        return 0;
    if (!onem2m_operand_from_number(&call->input.operands[i],
                                    onem2m_derivation_operand(ctx->derivation, i), number, &error))
        return ONEM2M_RAISE(ctx->provider, param->key, &error);
    return 1;
}

static int take_text(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM *param, size_t i)
{
    const char *text;
    size_t length;
    ONEM2M_ERROR error;

    if (!get_text(ctx, param, &text, &length))
        return 0;
    if (!onem2m_operand_from_text(&call->input.operands[i],
                                  onem2m_derivation_operand(ctx->derivation, i), text, length,
                                  call->text[i], &error))
        return ONEM2M_RAISE(ctx->provider, param->key, &error);
    return 1;
}

static int take_operand(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM *param, size_t i)
{
    call->operand_given[i] = 1;
    switch (onem2m_derivation_operand(ctx->derivation, i)->type) {
    case ONEM2M_OPERAND_OCTETS:
        return take_octets(call, ctx, param, i);
    case ONEM2M_OPERAND_SUID:
        return take_number(call, ctx, param, i);
    default:
        return take_text(call, ctx, param, i);
    }
}

/* Copies a name for OpenSSL, which wants it ended by a NUL. */
static int take_name(char **name, const KDF_CTX *ctx, const OSSL_PARAM *param)
{
    const char *text;
    size_t length;
    ONEM2M_ERROR error;

    if (!get_text(ctx, param, &text, &length))
        return 0;
    if (memchr(text, '\0', length) != NULL) {
        onem2m_refuse(&error, ONEM2M_R_CONTROL_CHARACTER, ONEM2M_NO_OFFSET, "NUL within the text");
        return ONEM2M_RAISE(ctx->provider, param->key, &error);
    }
    *name = OPENSSL_strndup(text, length);
    return *name != NULL || raise_out_of_memory(ctx);
}

static int fetch_digest(CALL *call, const KDF_CTX *ctx)
{
    const char *name = onem2m_derivation_digest(ctx->derivation);
    const char *properties = call->new_properties;
    ONEM2M_ERROR error;

    if (call->new_digest_name != NULL)
        name = call->new_digest_name;
    else if (ctx->digest_name != NULL)
        name = ctx->digest_name;
    if (properties == NULL)
        properties = ctx->properties;
    call->new_digest = onem2m_crypto_fetch_digest(&ctx->provider->crypto, name, properties, &error);
    if (call->new_digest == NULL || !onem2m_digest_check(call->new_digest, &error))
        return ONEM2M_RAISE(
            ctx->provider,
            call->new_digest_name != NULL ? ONEM2M_PARAM_DIGEST : ONEM2M_PARAM_PROPERTIES, &error);
    call->input.digest = call->new_digest;
    return 1;
}

/* Takes one parameter; unknown ones are somebody else's. Of two of one name the first counts, as in
 * OpenSSL's own algorithms. */
static int take_param(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM *param)
{
    const ONEM2M_DERIVATION *derivation = ctx->derivation;
    size_t i;

    if (strcmp(param->key, ONEM2M_PARAM_KEY) == 0)
        return call->key_taken || take_key(call, ctx, param);
    for (i = 0; i < onem2m_derivation_operand_count(derivation); i++) {
        if (strcmp(param->key, onem2m_derivation_operand(derivation, i)->name) == 0)
            return call->operand_given[i] || take_operand(call, ctx, param, i);
    }
    if (onem2m_derivation_takes_digest(derivation) && strcmp(param->key, ONEM2M_PARAM_DIGEST) == 0)
        return call->new_digest_name != NULL || take_name(&call->new_digest_name, ctx, param);
    if (onem2m_derivation_digest(derivation) != NULL &&
        strcmp(param->key, ONEM2M_PARAM_PROPERTIES) == 0)
        return call->new_properties != NULL || take_name(&call->new_properties, ctx, param);
    return 1;
}

static int call_take(CALL *call, const KDF_CTX *ctx, const OSSL_PARAM params[])
{
    const OSSL_PARAM *param;

    if (params == NULL)
        return 1;
    for (param = params; param->key != NULL; param++) {
        if (!take_param(call, ctx, param))
            return 0;
    }
    return (call->new_digest_name == NULL && call->new_properties == NULL) ||
           fetch_digest(call, ctx);
}

/* Makes room in the context for what the call brings: the last that can fail. */
static int call_reserve(const CALL *call, KDF_CTX *ctx)
{
    size_t i;

    if (call->key_given && !onem2m_secret_reserve(&ctx->key, call->input.key.length))
        return raise_out_of_memory(ctx);
    for (i = 0; i < onem2m_derivation_operand_count(ctx->derivation); i++) {
        if (!call->operand_given[i])
            continue;
        if (!onem2m_secret_reserve(&ctx->storage[i], call->input.operands[i].octets.length))
            return raise_out_of_memory(ctx);
        /* What it holds may have moved, and is still in use when the next one fails. */
        ctx->operands[i].octets.data = ctx->storage[i].octets;
    }
    return 1;
}

static void commit_digest(CALL *call, KDF_CTX *ctx)
{
    if (call->new_digest == NULL)
        return;
    drop_hmac(ctx);
    EVP_MD_free(ctx->own_digest);
    ctx->own_digest = call->new_digest;
    call->new_digest = NULL;
    if (call->new_digest_name != NULL) {
        OPENSSL_free(ctx->digest_name);
        ctx->digest_name = call->new_digest_name;
        call->new_digest_name = NULL;
    }
    if (call->new_properties != NULL) {
        OPENSSL_free(ctx->properties);
        ctx->properties = call->new_properties;
        call->new_properties = NULL;
    }
}

static void call_commit(CALL *call, KDF_CTX *ctx)
{
    size_t i;

    if (call->key_given) {
        onem2m_secret_assign(&ctx->key, call->input.key.data, call->input.key.length);
        if (ctx->hmac != NULL)
            onem2m_hmac_forget(ctx->hmac);
        ctx->key_served = 0;
    }
    for (i = 0; i < onem2m_derivation_operand_count(ctx->derivation); i++) {
        const ONEM2M_OPERAND *operand = &call->input.operands[i];

        if (!call->operand_given[i])
            continue;
        onem2m_secret_assign(&ctx->storage[i], operand->octets.data, operand->octets.length);
        ctx->operands[i] = *operand;
        ctx->operands[i].octets.data = ctx->storage[i].octets;
    }
    commit_digest(call, ctx);
}

int onem2m_kdf_set_ctx_params(void *vctx, const OSSL_PARAM params[])
{
    KDF_CTX *ctx = vctx;
    CALL call;
    int ok;

    if (params == NULL)
        return 1;
    call_begin(&call, ctx);
    ok = call_take(&call, ctx, params) && call_reserve(&call, ctx);
    if (ok)
        call_commit(&call, ctx);
    call_end(&call);
    return ok;
}

/* The digest of a derivation that has one, for which nobody asked for another. */
static int provide_digest(CALL *call, const KDF_CTX *ctx)
{
    ONEM2M_ERROR error;

    if (call->input.digest != NULL || onem2m_derivation_digest(ctx->derivation) == NULL)
        return 1;
    call->input.digest = onem2m_crypto_sha256(&ctx->provider->crypto, &error);
    if (call->input.digest == NULL)
        return ONEM2M_RAISE(ctx->provider, onem2m_derivation_name(ctx->derivation), &error);
    return 1;
}

static int check_output(const CALL *call, const KDF_CTX *ctx, const unsigned char *out,
                        size_t length)
{
    ONEM2M_ERROR error;
    size_t size;

    if (!onem2m_derivation_check_complete(&call->input, &error) ||
        !onem2m_derivation_size(&call->input, &size, &error))
        return ONEM2M_RAISE(ctx->provider, NULL, &error);
    if (out != NULL && length == size)
        return 1;
    onem2m_refuse(&error, ONEM2M_R_BAD_OUTPUT_LENGTH, ONEM2M_NO_OFFSET,
                  "the output is %zu octets, %zu were asked for%s", size, length,
                  out == NULL ? " without a buffer" : "");
    return ONEM2M_RAISE(ctx->provider, onem2m_derivation_name(ctx->derivation), &error);
}

/* Whether the key stands ready in ctx->hmac: from the second derivation on that it serves. */
static int prepare_key(const CALL *call, KDF_CTX *ctx)
{
    if (call->key_given || call->new_digest != NULL || !onem2m_derivation_is_mac(ctx->derivation))
        return 0;
    return ctx->hmac->inner != NULL ||
           (ctx->key_served &&
            onem2m_hmac_prepare(ctx->hmac, call->input.digest, call->input.key, NULL));
}

static int provide_hmac(KDF_CTX *ctx)
{
    if (ctx->hmac == NULL && onem2m_derivation_digest(ctx->derivation) != NULL)
        ctx->hmac = onem2m_crypto_take_hmac(&ctx->provider->crypto);
    return ctx->hmac != NULL || onem2m_derivation_digest(ctx->derivation) == NULL;
}

static int derive_checked(CALL *call, KDF_CTX *ctx, unsigned char *out, size_t length)
{
    unsigned char result[OUTPUT_MAX];
    ONEM2M_ERROR error;
    int ok;

    if (!provide_hmac(ctx))
        return raise_out_of_memory(ctx);
    call->input.key_is_prepared = prepare_key(call, ctx);
    ok = onem2m_derive(&call->input, ctx->hmac, result, &error);
    if (!ok) {
        ONEM2M_RAISE(ctx->provider, onem2m_derivation_name(ctx->derivation), &error);
    } else {
        /* First: out may lie over a parameter. */
        call_commit(call, ctx);
        ctx->key_served = 1;
        memcpy(out, result, length);
    }
    OPENSSL_cleanse(result, length);
    return ok;
}

int onem2m_kdf_derive(void *vctx, unsigned char *out, size_t length, const OSSL_PARAM params[])
{
    KDF_CTX *ctx = vctx;
    CALL call;
    int ok;

    call_begin(&call, ctx);
    ok = call_take(&call, ctx, params) && provide_digest(&call, ctx) &&
         check_output(&call, ctx, out, length) && call_reserve(&call, ctx) &&
         derive_checked(&call, ctx, out, length);
    call_end(&call);
    return ok;
}

const OSSL_PARAM *onem2m_kdf_gettable_ctx_params(void *vctx, void *provctx)
{
    static const OSSL_PARAM gettable[] = {
        OSSL_PARAM_size_t(OSSL_KDF_PARAM_SIZE, NULL),
        OSSL_PARAM_END,
    };

    (void)vctx;
    (void)provctx;
    return gettable;
}

int onem2m_kdf_get_ctx_params(void *vctx, OSSL_PARAM params[])
{
    const KDF_CTX *ctx = vctx;
    OSSL_PARAM *param = params != NULL ? OSSL_PARAM_locate(params, OSSL_KDF_PARAM_SIZE) : NULL;
    CALL call;
    ONEM2M_ERROR error;
    size_t size;
    int ok;

    if (param == NULL)
        return 1;
    call_begin(&call, ctx);
    if (!provide_digest(&call, ctx))
        return 0;
    if (!onem2m_derivation_size(&call.input, &size, &error))
        return ONEM2M_RAISE(ctx->provider, NULL, &error);
    ERR_set_mark();
    ok = OSSL_PARAM_set_size_t(param, size);
    ERR_pop_to_mark();
    if (ok)
        return 1;
    return raise_wrong_type(ctx, param, "an unsigned integer");
}
