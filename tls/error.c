/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "keystore/error.h"
#include "keystore/reason_texts.h"
#include "engine.h"

/* A library of OpenSSL's error queue, of the engine's own, with the provider's texts. */

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int library;

static void load_texts(void)
{
#define ITEM(reason, text) { ERR_PACK(0, 0, reason), text },
    static ERR_STRING_DATA reasons[] = { ONEM2M_REASON_TEXTS(ITEM) ITEM(0, NULL) };
    static ERR_STRING_DATA name[] = { { 0, "onem2m TLS engine" }, { 0, NULL } };

    library = ERR_get_next_error_library();
    name[0].error = ERR_PACK(library, 0, 0);
    ERR_load_strings(library, name);
    ERR_load_strings(library, reasons);
}

int onem2m_tls_raise_at(const char *file, int line, const char *function, ONEM2M_REASON reason,
                        const char *format, ...)
{
    va_list arguments;

    if (!CRYPTO_THREAD_run_once(&once, load_texts))
        return 0;
    ERR_new();
    ERR_set_debug(file, line, function);
    va_start(arguments, format);
    ERR_vset_error(library, (int)reason, format, arguments);
    va_end(arguments);
    return 0;
}

int onem2m_tls_raise_memory(void)
{
    return onem2m_tls_raise(ONEM2M_R_OUT_OF_MEMORY, "allocation failed");
}

static const char *text_of(ONEM2M_REASON reason)
{
    static const struct {
        ONEM2M_REASON reason;
        const char *text;
    } texts[] = {
#define TEXT(reason, text) { reason, text },
        ONEM2M_REASON_TEXTS(TEXT)
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].reason == reason)
            return texts[i].text;
    }
    return NULL;
}

/*
 * OpenSSL numbers libraries from ERR_LIB_USER on as they come, the provider's once for each time it
 * is loaded, under whatever name: its reasons are known by their texts, which it has in common with
 * the engine.
 */
static int is_ours(unsigned long code)
{
    const char *own = text_of((ONEM2M_REASON)ERR_GET_REASON(code));
    const char *text = ERR_reason_error_string(code);

    return ERR_GET_LIB(code) >= ERR_LIB_USER && own != NULL && text != NULL &&
           strcmp(text, own) == 0;
}

void onem2m_tls_last_error(ONEM2M_ERROR *error)
{
    const char *data = NULL;
    int flags = 0;
    const unsigned long code = ERR_peek_last_error_all(NULL, NULL, NULL, &data, &flags);

    if (data == NULL || (flags & ERR_TXT_STRING) == 0 || *data == '\0')
        data = ERR_reason_error_string(code);
    onem2m_refuse(error, is_ours(code) ? (ONEM2M_REASON)ERR_GET_REASON(code) : ONEM2M_R_TLS_FAILED,
                  ONEM2M_NO_OFFSET, "%s", data != NULL ? data : "an error of OpenSSL's");
}
