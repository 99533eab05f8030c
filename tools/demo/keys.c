/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "keys.h"

#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/store.h>

#define URI_MAX 1200

int keys_available(void)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, ONEM2M_KDF_KM, ONEM2M_PROPERTY_QUERY);

    EVP_KDF_free(kdf);
    return kdf != NULL;
}

static EVP_PKEY_CTX *context_by_name(void)
{
    return EVP_PKEY_CTX_new_from_name(NULL, ONEM2M_KEY_TYPE, ONEM2M_PROPERTY_QUERY);
}

EVP_PKEY *keys_import(const ATTRIBUTES *attributes, FAILURE *failure)
{
    EVP_PKEY_CTX *context = context_by_name();
    EVP_PKEY *key = NULL;
    ATTRIBUTES copy = *attributes; /* EVP_PKEY_fromdata takes what is not const */

    if (context == NULL || EVP_PKEY_fromdata_init(context) <= 0 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, copy.params) <= 0)
        failure_set_openssl(failure, "import of a key");
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *generate(EVP_PKEY_CTX *context, const ATTRIBUTES *attributes, const char *what,
                          FAILURE *failure)
{
    EVP_PKEY *key = NULL;

    if (context == NULL || EVP_PKEY_keygen_init(context) <= 0 ||
        EVP_PKEY_CTX_set_params(context, attributes->params) <= 0 ||
        EVP_PKEY_generate(context, &key) <= 0)
        failure_set_openssl(failure, what);
    EVP_PKEY_CTX_free(context);
    return key;
}

EVP_PKEY *keys_generate(const ATTRIBUTES *attributes, FAILURE *failure)
{
    return generate(context_by_name(), attributes, "generation of a key", failure);
}

EVP_PKEY *keys_derive(EVP_PKEY *parent, const ATTRIBUTES *attributes, FAILURE *failure)
{
    return generate(EVP_PKEY_CTX_new_from_pkey(NULL, parent, ONEM2M_PROPERTY_QUERY), attributes,
                    "derivation of a key", failure);
}

static EVP_PKEY *load(const char *uri, FAILURE *failure)
{
    OSSL_STORE_CTX *store =
        OSSL_STORE_open_ex(uri, NULL, ONEM2M_PROPERTY_QUERY, NULL, NULL, NULL, NULL, NULL);
    OSSL_STORE_INFO *info = store != NULL ? OSSL_STORE_load(store) : NULL;
    EVP_PKEY *key = info != NULL ? OSSL_STORE_INFO_get1_PKEY(info) : NULL;

    if (key == NULL)
        failure_set_openssl(failure, "load of a key");
    OSSL_STORE_INFO_free(info);
    OSSL_STORE_close(store);
    return key;
}

/* The names here need no escapes but for what may come from a peer: those are refused. */
static int append(char *uri, size_t size, const char *before, const char *value)
{
    size_t length = strlen(uri);

    if (strpbrk(value, "%?&#") != NULL || length + strlen(before) + strlen(value) >= size)
        return 0;
    snprintf(uri + length, size - length, "%s%s", before, value);
    return 1;
}

EVP_PKEY *keys_load(const char *key_id, const char *kind, const char *requester, FAILURE *failure)
{
    char uri[URI_MAX] = ONEM2M_STORE_SCHEME ":";

    if (!append(uri, sizeof(uri), "", key_id) ||
        (*kind != '\0' && !append(uri, sizeof(uri), "?kind=", kind)) ||
        (*requester != '\0' &&
         !append(uri, sizeof(uri), *kind != '\0' ? "&requester=" : "?requester=", requester))) {
        failure_set(failure, "no key can have that name");
        return NULL;
    }
    return load(uri, failure);
}

int keys_derive_octets(EVP_PKEY *key, const ATTRIBUTES *attributes, unsigned char *out,
                       size_t *length, FAILURE *failure)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, ONEM2M_PROPERTY_QUERY);
    int derived = context != NULL && EVP_PKEY_derive_init_ex(context, attributes->params) > 0 &&
                  EVP_PKEY_derive(context, out, length) > 0;

    EVP_PKEY_CTX_free(context);
    return derived ? 1 : failure_set_openssl(failure, "derivation");
}

int keys_release(const char *algorithm, const ATTRIBUTES *attributes, unsigned char *out,
                 size_t *length, FAILURE *failure)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, algorithm, ONEM2M_PROPERTY_QUERY);
    EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
    size_t size = 0;
    int released = context != NULL && EVP_KDF_CTX_set_params(context, attributes->params) > 0;

    if (released) {
        size = EVP_KDF_CTX_get_kdf_size(context);
        released = size > 0 && size <= *length && EVP_KDF_derive(context, out, size, NULL) > 0;
    }
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    *length = released ? size : 0;
    return released ? 1 : failure_set_openssl(failure, algorithm);
}

void keys_text(const EVP_PKEY *key, const char *name, char *out, size_t size)
{
    if (!EVP_PKEY_get_utf8_string_param(key, name, out, size, NULL))
        *out = '\0';
}

int keys_fingerprint(char text[KEYS_FINGERPRINT], const unsigned char *octets, size_t length,
                     FAILURE *failure)
{
    static const char label[] = "onem2m-demo fingerprint";
    unsigned char message[sizeof(label) - 1 + KEYS_OCTETS_MAX];
    unsigned char digest[EVP_MAX_MD_SIZE];
    int done;

    if (length > KEYS_OCTETS_MAX)
        return failure_set(failure, "a key too long for a fingerprint");
    memcpy(message, label, sizeof(label) - 1);
    memcpy(message + sizeof(label) - 1, octets, length);
    done = EVP_Q_digest(NULL, "SHA2-256", NULL, message, sizeof(label) - 1 + length, digest, NULL);
    OPENSSL_cleanse(message, sizeof(message));
    if (!done)
        return failure_set_openssl(failure, "SHA2-256 for a fingerprint");
    for (size_t i = 0; i < (KEYS_FINGERPRINT - 1) / 2; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return 1;
}

int keys_fingerprint_psk(char text[KEYS_FINGERPRINT], const char *key_id, const char *usage,
                         FAILURE *failure)
{
    unsigned char octets[KEYS_OCTETS_MAX];
    size_t length = sizeof(octets);
    ATTRIBUTES attributes;
    int done;

    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_KEY_ID, key_id);
    attributes_text(&attributes, ONEM2M_PARAM_USAGE, usage);
    done = keys_release(ONEM2M_KDF_PSK, &attributes, octets, &length, failure) &&
           keys_fingerprint(text, octets, length, failure);
    OPENSSL_cleanse(octets, sizeof(octets));
    return done;
}
