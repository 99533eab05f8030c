/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The input is a URI of the scheme onem2m. Aborts when a promise of
 * provider/store_uri.h is broken: what was understood, written again, is not
 * the same.
 */
#include <openssl/crypto.h>
#include "provider/store_uri.h"
#include "target.h"

static void check_refusal(const ONEM2M_ERROR *error)
{
    size_t i = 0;

    HOLDS(error->reason != ONEM2M_R_NONE);
    while (i < sizeof(error->detail) && error->detail[i] >= 0x20 && error->detail[i] < 0x7F)
        i++;
    HOLDS(i > 0 && i < sizeof(error->detail) && error->detail[i] == '\0');
}

static void check_uri(const ONEM2M_STORE_URI *uri)
{
    ONEM2M_ATTRIBUTES attributes = { .kind = uri->kind != 0 ? uri->kind : ONEM2M_KIND_KE };
    ONEM2M_STORE_URI again;
    char *written;

    HOLDS(uri->key_id.length == 0 || memchr(uri->key_id.data, '\0', uri->key_id.length) == NULL);
    HOLDS(uri->key_id.length == 0 || (uri->suid == 0 && uri->label.length == 0));
    HOLDS(uri->requester.length <= ONEM2M_ID_MAX);
    if (uri->key_id.length == 0)
        return;
    attributes.text[ONEM2M_TEXT_KEY_ID] = uri->key_id;
    written = onem2m_store_uri_of(&attributes);
    HOLDS(written != NULL);
    if (strlen(written) < 8192) {
        HOLDS(onem2m_store_uri_parse(&again, written, NULL));
        HOLDS(again.kind == attributes.kind && again.key_id.length == uri->key_id.length);
        HOLDS(memcmp(again.key_id.data, uri->key_id.data, uri->key_id.length) == 0);
        onem2m_store_uri_clear(&again);
    }
    OPENSSL_free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    ONEM2M_STORE_URI uri;
    ONEM2M_ERROR error;

    HOLDS(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (onem2m_store_uri_parse(&uri, text, &error)) {
        check_uri(&uri);
        onem2m_store_uri_clear(&uri);
    } else {
        check_refusal(&error);
        HOLDS(uri.storage == NULL);
    }
    free(text);
    return 0;
}
