/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <string.h>
#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <onem2m/params.h>
#include "encoder.h"
#include "key_object.h"
#include "param.h"
#include "store_uri.h"

static OSSL_FUNC_encoder_encode_fn reference_encode;

/*
 * What `openssl genpkey` writes of a key: the URI under which OSSL_STORE loads
 * it, and never its octets. A key without one would be lost, and is refused.
 */
static int reference_encode(void *ctx, OSSL_CORE_BIO *out, const void *object,
                            const OSSL_PARAM abstract[], int selection,
                            OSSL_PASSPHRASE_CALLBACK *callback, void *argument)
{
    const ONEM2M_KEY_OBJECT *key = object;
    ONEM2M_PROVIDER *provider = ctx;
    ONEM2M_ERROR error;
    size_t written;
    char *uri;
    int ok;

    (void)selection;
    (void)callback;
    (void)argument;
    if (key == NULL || abstract != NULL || !key->is_stored) {
        onem2m_refuse(&error, ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_NO_OFFSET,
                      "0: written are names of stored keys, never octets, so this key would be "
                      "lost; make it with store:1, or with an application that exports it "
                      "(extractable:1)");
        return ONEM2M_RAISE(provider, ONEM2M_PARAM_STORE, &error);
    }
    uri = onem2m_store_uri_of(&key->key.attributes);
    if (uri == NULL)
        return onem2m_raise_out_of_memory(provider, ONEM2M_KEY_TYPE);
    ok = provider->bio_write(out, uri, strlen(uri), &written) &&
         provider->bio_write(out, "\n", 1, &written);
    OPENSSL_free(uri);
    return ok;
}

const OSSL_DISPATCH onem2m_encoder_reference_functions[] = {
    { OSSL_FUNC_ENCODER_NEWCTX, (void (*)(void))onem2m_encoder_newctx },
    { OSSL_FUNC_ENCODER_FREECTX, (void (*)(void))onem2m_encoder_freectx },
    { OSSL_FUNC_ENCODER_DOES_SELECTION, (void (*)(void))onem2m_encoder_does_selection },
    { OSSL_FUNC_ENCODER_ENCODE, (void (*)(void))reference_encode },
    { 0, NULL },
};
