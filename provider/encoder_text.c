/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <onem2m/params.h>
#include "keystore/escape.h"
#include "encoder.h"
#include "key_object.h"
#include "key_text.h"
#include "param.h"

static OSSL_FUNC_encoder_encode_fn text_encode;

#define LINE_MAX_OCTETS 128
#define OCTETS_A_LINE 15

typedef struct {
    ONEM2M_PROVIDER *provider;
    ONEM2M_KEY_OBJECT *object;
    OSSL_CORE_BIO *bio;
    int selection;
    int failed; /* to write */
} PRINTING;

static void put(PRINTING *printing, const void *text, size_t length)
{
    size_t written;

    if (!printing->failed && !printing->provider->bio_write(printing->bio, text, length, &written))
        printing->failed = 1;
}

static void put_line(PRINTING *printing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put_line(PRINTING *printing, const char *format, ...)
{
    char line[LINE_MAX_OCTETS];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    put(printing, line, strlen(line));
    put(printing, "\n", 1);
}

static void put_word(PRINTING *printing, const char *name, const char *word)
{
    if (word != NULL && *word != '\0')
        put_line(printing, "%s: %s", name, word);
}

static void put_time(PRINTING *printing, const char *name, ONEM2M_TIME time)
{
    char text[ONEM2M_TIMESTAMP_SIZE];

    if (time == 0)
        return;
    onem2m_timestamp_print(text, time);
    put_word(printing, name, text);
}

/* Labels may be anybody's words. */
static void put_escaped(PRINTING *printing, const char *name, ONEM2M_SLICE text)
{
    char buffer[ONEM2M_ESCAPE_SIZE];
    ONEM2M_CHARACTER character;
    size_t position = 0;

    if (text.length == 0)
        return;
    put(printing, name, strlen(name));
    put(printing, ": ", 2);
    while (onem2m_escape_next(&character, text, &position)) {
        const ONEM2M_SLICE shown = onem2m_escape_character(&character, buffer);

        put(printing, shown.data, shown.length);
    }
    put(printing, "\n", 1);
}

static void put_texts(PRINTING *printing, const ONEM2M_ATTRIBUTES *attributes)
{
    for (int i = ONEM2M_TEXT_PARENT_KEY_ID; i < ONEM2M_TEXT_COUNT; i++)
        put_escaped(printing, onem2m_text_name((ONEM2M_TEXT)i), attributes->text[i]);
}

static void put_role(PRINTING *printing, const ONEM2M_ATTRIBUTES *attributes)
{
    put_escaped(printing, ONEM2M_PARAM_KEY_ID, attributes->text[ONEM2M_TEXT_KEY_ID]);
    put_word(printing, ONEM2M_PARAM_KIND, onem2m_kind_name(attributes->kind));
    if (attributes->suid != 0)
        put_line(printing, "%s: %u", ONEM2M_PARAM_SUID, attributes->suid);
    put_word(printing, ONEM2M_PARAM_USAGE, onem2m_usage_name(onem2m_attributes_usage(attributes)));
    put_word(printing, ONEM2M_PARAM_PURPOSE, onem2m_purpose_name(attributes->purpose));
}

static void put_custody(PRINTING *printing, const ONEM2M_ATTRIBUTES *attributes)
{
    put_line(printing, "%s: %d", ONEM2M_PARAM_PROTECTION_LEVEL,
             onem2m_keys_protection(&printing->provider->keys, attributes));
    put_word(printing, ONEM2M_PARAM_CUSTODY, onem2m_custody_name(attributes->custody));
    if (attributes->birth != ONEM2M_BIRTH_UNKNOWN)
        put_word(printing, ONEM2M_PARAM_BIRTH, onem2m_birth_name(attributes->birth));
}

static void put_attributes(PRINTING *printing, const ONEM2M_ATTRIBUTES *attributes, ONEM2M_TIME now)
{
    char allowed_suids[ONEM2M_ALLOWED_SUIDS_SIZE];

    put_role(printing, attributes);
    put_word(printing, ONEM2M_PARAM_STATE, onem2m_key_state_text(attributes, now));
    put_time(printing, ONEM2M_PARAM_CREATED, attributes->created);
    put_time(printing, ONEM2M_PARAM_NOT_AFTER, attributes->not_after);
    put_line(printing, "%s: %d", ONEM2M_PARAM_EXTRACTABLE, attributes->extractable);
    put_line(printing, "%s: %d", ONEM2M_PARAM_DERIVE_OCTETS, attributes->derive_octets);
    put_custody(printing, attributes);
    put_line(printing, "%s: %d", ONEM2M_PARAM_REGISTRATION, attributes->registration);
    put_texts(printing, attributes);
    put_word(printing, ONEM2M_PARAM_PARENT_KIND, onem2m_kind_name(attributes->parent_kind));
    onem2m_allowed_suids_print(allowed_suids, attributes->allowed_suids);
    put_word(printing, ONEM2M_PARAM_ALLOWED_SUIDS, allowed_suids);
}

/* As OpenSSL prints octets: 15 a line, indented, with colons. */
static void put_octets(PRINTING *printing, ONEM2M_SLICE octets)
{
    char line[4 + 3 * OCTETS_A_LINE + 1];
    size_t used;

    put_line(printing, "%s:", ONEM2M_PARAM_PRIV);
    for (size_t i = 0; i < octets.length; i += OCTETS_A_LINE) {
        used = (size_t)snprintf(line, sizeof(line), "    ");
        for (size_t j = i; j < octets.length && j < i + OCTETS_A_LINE; j++)
            used += (size_t)snprintf(line + used, sizeof(line) - used, "%02x%s", octets.data[j],
                                     j + 1 < octets.length ? ":" : "");
        put(printing, line, used);
        put(printing, "\n", 1);
    }
    OPENSSL_cleanse(line, sizeof(line));
}

/* Octets only when a private key was asked for and policy lets it be exported. */
static int print_key(PRINTING *printing, const ONEM2M_KEY *key, ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(key);
    ONEM2M_USE use = { .kind = ONEM2M_USE_EXPORT };
    const size_t length = onem2m_material_length(&material);
    unsigned char octets[ONEM2M_KEY_OCTETS_MAX];

    onem2m_key_object_complete_use(printing->object, &use);
    put_line(printing, "oneM2M Key: (%zu bit)", 8 * length);
    put_attributes(printing, &key->attributes, use.now);
    if ((printing->selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0 &&
        onem2m_policy_allows(&key->attributes, &use, NULL)) {
        if (!onem2m_material_read(&material, octets, error))
            return 0;
        put_octets(printing, (ONEM2M_SLICE){ octets, length });
        OPENSSL_cleanse(octets, length);
    }
    return !printing->failed || onem2m_refuse(error, ONEM2M_R_CRYPTO_FAILED, ONEM2M_NO_OFFSET,
                                              "the text cannot be written");
}

static int text_encode(void *ctx, OSSL_CORE_BIO *out, const void *object,
                       const OSSL_PARAM abstract[], int selection,
                       OSSL_PASSPHRASE_CALLBACK *callback, void *argument)
{
    PRINTING printing = { .provider = ctx,
                          .object = (ONEM2M_KEY_OBJECT *)(uintptr_t)object,
                          .bio = out,
                          .selection = selection };
    ONEM2M_KEY key = { .storage = NULL };
    ONEM2M_ERROR error;
    int ok;

    (void)callback;
    (void)argument;
    if (object == NULL || abstract != NULL) {
        onem2m_refuse(&error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET, "no key to print");
        return ONEM2M_RAISE(printing.provider, ONEM2M_KEY_TYPE, &error);
    }
    ok = onem2m_key_object_read(printing.object, NULL, &key, &error) &&
         print_key(&printing, &key, &error);
    onem2m_key_clear(&key);
    return ok || ONEM2M_RAISE(printing.provider, ONEM2M_KEY_TYPE, &error);
}

const OSSL_DISPATCH onem2m_encoder_text_functions[] = {
    { OSSL_FUNC_ENCODER_NEWCTX, (void (*)(void))onem2m_encoder_newctx },
    { OSSL_FUNC_ENCODER_FREECTX, (void (*)(void))onem2m_encoder_freectx },
    { OSSL_FUNC_ENCODER_DOES_SELECTION, (void (*)(void))onem2m_encoder_does_selection },
    { OSSL_FUNC_ENCODER_ENCODE, (void (*)(void))text_encode },
    { 0, NULL },
};
