/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include "store_internal.h"
#include "token_keystore.h"

/* The configuration of a store, its beginning and its end. */

static const ONEM2M_BACKEND_FUNCTIONS *const backends[] = { &onem2m_backend_memory,
                                                            &onem2m_backend_lmdb };

static int refuse_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

static int copy_text(char **to, const char *from)
{
    return from == NULL || (*to = OPENSSL_strdup(from)) != NULL;
}

/* Chooses the backend by the scheme of keystore; *location is what follows the colon. */
static const ONEM2M_BACKEND_FUNCTIONS *choose_backend(const char *keystore, const char **location,
                                                      ONEM2M_ERROR *error)
{
    const char *colon = strchr(keystore, ':');
    char described[ONEM2M_QUOTED_MAX];
    size_t i;

    for (i = 0; colon != NULL && i < sizeof(backends) / sizeof(backends[0]); i++) {
        if (strlen(backends[i]->scheme) == (size_t)(colon - keystore) &&
            strncmp(backends[i]->scheme, keystore, (size_t)(colon - keystore)) == 0) {
            *location = colon + 1;
            return backends[i];
        }
    }
    onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                  "keystore = %s: memory:, lmdb:DIR or a pkcs11: URI is needed",
                  onem2m_quote(described, keystore));
    return NULL;
}

/* What the value of keystore means. */
typedef struct {
    const ONEM2M_BACKEND_FUNCTIONS *functions;
    const char *location;
    int has_token; /* where keys are */
    ONEM2M_TOKEN_KEYSTORE token;
} PLACE;

/* *place is to be cleared, also after a failure. */
static int find_place(PLACE *place, const char *keystore, ONEM2M_ERROR *error)
{
    memset(place, 0, sizeof(*place));
    place->has_token = onem2m_token_keystore_is(keystore);
    if (!place->has_token) {
        place->functions = choose_backend(keystore, &place->location, error);
        return place->functions != NULL;
    }
    if (!onem2m_token_keystore_parse(&place->token, keystore, error))
        return 0;
    if (place->token.records == NULL)
        place->functions = onem2m_token_keystore_backend(&place->token, &place->location);
    else
        place->functions = choose_backend(place->token.records, &place->location, error);
    return place->functions != NULL;
}

static int check_seal(const ONEM2M_STORE_CONFIGURATION *configuration, const PLACE *place,
                      ONEM2M_ERROR *error)
{
    if (configuration->seal != NULL)
        return onem2m_seal_check_uri(configuration->seal, error);
    return configuration->keystore == NULL || place->functions == &onem2m_backend_memory ||
           place->has_token ||
           onem2m_refuse(error, ONEM2M_R_BAD_CONFIGURATION, ONEM2M_NO_OFFSET,
                         "this keystore needs a seal");
}

int onem2m_store_check_configuration(const ONEM2M_STORE_CONFIGURATION *configuration,
                                     const char **key, ONEM2M_ERROR *error)
{
    PLACE place = { .functions = NULL };
    ONEM2M_ID fqdn;
    int ok;

    *key = "keystore";
    ok = configuration->keystore == NULL || find_place(&place, configuration->keystore, error);
    if (ok) {
        *key = "seal";
        ok = check_seal(configuration, &place, error);
    }
    onem2m_token_keystore_clear(&place.token);
    if (!ok)
        return 0;
    *key = "fqdn";
    return configuration->fqdn == NULL ||
           onem2m_id_parse(&fqdn, ONEM2M_ID_FQDN, configuration->fqdn, strlen(configuration->fqdn),
                           ONEM2M_ID_STRICT, error);
}

/* A store that lives no longer than its process. */
static int make_memory_seal(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    if (store->seal_uri != NULL)
        return 1;
    return onem2m_seal_random(&store->memory_seal, store->libctx, error);
}

static int copy_texts(ONEM2M_STORE *store, const ONEM2M_STORE_CONFIGURATION *configuration,
                      const PLACE *place, ONEM2M_ERROR *error)
{
    const char *seal = configuration->seal != NULL ? configuration->seal : place->token.seal;

    return (copy_text(&store->location, place->location) && copy_text(&store->seal_uri, seal) &&
            copy_text(&store->fqdn, configuration->fqdn)) ||
           refuse_memory(error);
}

static int take_token(ONEM2M_STORE *store, const PLACE *place, ONEM2M_ERROR *error)
{
    if (!place->has_token)
        return 1;
    store->custody = place->token.records != NULL ? ONEM2M_CUSTODY_WRAPPED : ONEM2M_CUSTODY_OBJECT;
    store->protection = place->token.protection;
    return onem2m_token_new(&store->token, place->token.token, error);
}

static int open_place(ONEM2M_STORE **store, const ONEM2M_STORE_CONFIGURATION *configuration,
                      const PLACE *place, ONEM2M_ERROR *error)
{
    ONEM2M_STORE *made = OPENSSL_zalloc(sizeof(*made));

    if (made == NULL)
        return refuse_memory(error);
    made->functions = place->functions;
    made->libctx = configuration->libctx;
    made->sha256 = configuration->sha256;
    if (copy_texts(made, configuration, place, error) && take_token(made, place, error) &&
        make_memory_seal(made, error) &&
        made->functions->open(&made->backend, made->location, error)) {
        *store = made;
        return 1;
    }
    onem2m_store_close(made);
    return 0;
}

int onem2m_store_open(ONEM2M_STORE **store, const ONEM2M_STORE_CONFIGURATION *configuration,
                      ONEM2M_ERROR *error)
{
    PLACE place;
    const char *key;
    const int ok = find_place(&place, configuration->keystore, error) &&
                   onem2m_store_check_configuration(configuration, &key, error) &&
                   open_place(store, configuration, &place, error);

    onem2m_token_keystore_clear(&place.token);
    return ok;
}

void onem2m_store_close(ONEM2M_STORE *store)
{
    if (store == NULL)
        return;
    onem2m_store_writer_free(atomic_load(&store->idle_writer));
    store->functions->close(store->backend);
    onem2m_store_forget_keys(store);
    onem2m_seal_clear(&store->memory_seal);
    onem2m_token_free(store->token);
    OPENSSL_free(store->location);
    OPENSSL_free(store->seal_uri);
    OPENSSL_free(store->fqdn);
    OPENSSL_free(store);
}

int onem2m_store_open_seal(const ONEM2M_STORE *store, const ONEM2M_HEADER *header,
                           ONEM2M_SEAL *seal, ONEM2M_ERROR *error)
{
    if (store->seal_uri == NULL) {
        *seal = store->memory_seal;
        return 1;
    }
    memset(seal, 0, sizeof(*seal));
    return onem2m_seal_open(seal, store->seal_uri, header != NULL ? &header->wrapped : NULL,
                            store->libctx, error);
}

void onem2m_store_clear_seal(const ONEM2M_STORE *store, ONEM2M_SEAL *seal)
{
    if (store->seal_uri != NULL)
        onem2m_seal_clear(seal);
}
