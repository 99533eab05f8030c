/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "keystore/derived.h"
#include "derivation_params.h"
#include "key_draft.h"
#include "keymgmt.h"
#include "param.h"

#define SIZE_DEFAULT 32
#define GIVEN_MAX 64

/* What was said so far; all of it is read when the key is made, in whatever order it came. */
typedef struct {
    ONEM2M_PROVIDER *provider;
    OSSL_PARAM *params;        /* a copy; NULL: nothing */
    ONEM2M_KEY_OBJECT *parent; /* NULL: the octets are random */
} GENERATION;

/* ---- Collecting ---- */

const OSSL_PARAM *onem2m_keymgmt_gen_settable_params(void *genctx, void *provctx)
{
    static const OSSL_PARAM settable[] = {
        ONEM2M_KEY_DRAFT_SETTABLE,
        ONEM2M_DERIVATION_SETTABLE,
        OSSL_PARAM_uint(ONEM2M_PARAM_SIZE, NULL),
        OSSL_PARAM_utf8_string(ONEM2M_PARAM_REQUESTER, NULL, 0),
        OSSL_PARAM_END,
    };

    (void)genctx;
    (void)provctx;
    return settable;
}

void onem2m_keymgmt_gen_cleanup(void *genctx)
{
    GENERATION *generation = genctx;

    if (generation == NULL)
        return;
    OSSL_PARAM_free(generation->params);
    onem2m_key_object_free(generation->parent);
    OPENSSL_free(generation);
}

void *onem2m_keymgmt_gen_init(void *provctx, int selection, const OSSL_PARAM params[])
{
    GENERATION *generation;
    ONEM2M_ERROR error;

    if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) == 0) {
        onem2m_refuse(&error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                      "keys have no domain parameters to be generated");
        ONEM2M_RAISE((ONEM2M_PROVIDER *)provctx, ONEM2M_KEY_TYPE, &error);
        return NULL;
    }
    generation = OPENSSL_zalloc(sizeof(*generation));
    if (generation == NULL) {
        onem2m_raise_out_of_memory(provctx, ONEM2M_KEY_TYPE);
        return NULL;
    }
    generation->provider = provctx;
    if (onem2m_keymgmt_gen_set_params(generation, params))
        return generation;
    onem2m_keymgmt_gen_cleanup(generation);
    return NULL;
}

int onem2m_keymgmt_gen_set_template(void *genctx, void *templ)
{
    GENERATION *generation = genctx;
    ONEM2M_KEY_OBJECT *parent = templ;
    ONEM2M_ERROR error;

    if (parent == NULL || parent->key.attributes.kind == 0) {
        onem2m_refuse(&error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET,
                      "the parent has no octets and no name");
        return ONEM2M_RAISE(generation->provider, ONEM2M_PARAM_DERIVATION, &error);
    }
    onem2m_key_object_up_ref(parent);
    onem2m_key_object_free(generation->parent);
    generation->parent = parent;
    return 1;
}

/* A value that is not behind a pointer, so that OSSL_PARAM_dup copies it. */
static OSSL_PARAM direct(const OSSL_PARAM *param)
{
    OSSL_PARAM value = *param;

    if (param->data_type == OSSL_PARAM_UTF8_PTR || param->data_type == OSSL_PARAM_OCTET_PTR) {
        value.data = *(void *const *)param->data;
        value.data_type = param->data_type == OSSL_PARAM_UTF8_PTR ? OSSL_PARAM_UTF8_STRING
                                                                  : OSSL_PARAM_OCTET_STRING;
    }
    return value;
}

/* Those that are ours, ended. Absent values say nothing. */
static int select_known(const ONEM2M_PROVIDER *provider, const OSSL_PARAM params[],
                        OSSL_PARAM known[GIVEN_MAX + 1])
{
    const OSSL_PARAM *settable = onem2m_keymgmt_gen_settable_params(NULL, NULL);
    ONEM2M_ERROR error;
    size_t count = 0;

    for (; params != NULL && params->key != NULL; params++) {
        if (params->data == NULL || OSSL_PARAM_locate_const(settable, params->key) == NULL)
            continue;
        if (count == GIVEN_MAX) {
            onem2m_refuse(&error, ONEM2M_R_BAD_LENGTH, ONEM2M_NO_OFFSET,
                          "more than %d parameters in one call", GIVEN_MAX);
            return ONEM2M_RAISE(provider, params->key, &error);
        }
        known[count] = direct(params);
        if (known[count].data != NULL)
            count++;
    }
    known[count] = OSSL_PARAM_construct_end();
    return 1;
}

static int add_params(GENERATION *generation, const OSSL_PARAM known[])
{
    OSSL_PARAM *merged = NULL, *copy;

    if (generation->params != NULL) {
        merged = OSSL_PARAM_merge(generation->params, known);
        if (merged == NULL)
            return 0;
        known = merged;
    }
    copy = OSSL_PARAM_dup(known);
    OPENSSL_free(merged);
    if (copy == NULL)
        return 0;
    OSSL_PARAM_free(generation->params);
    generation->params = copy;
    return 1;
}

/* Octets that are given are not generated, and must not be taken for those of the new key. */
static int check_octets(const ONEM2M_PROVIDER *provider, const ONEM2M_KEY_DRAFT *draft)
{
    ONEM2M_ERROR error;

    if ((draft->given & ONEM2M_FIELD_BIT(ONEM2M_FIELD_PRIV)) == 0)
        return 1;
    onem2m_refuse(&error, ONEM2M_R_BAD_ATTRIBUTE, ONEM2M_NO_OFFSET,
                  "a generated key's octets are random or derived; EVP_PKEY_fromdata takes given "
                  "ones");
    return ONEM2M_RAISE(provider, ONEM2M_PARAM_PRIV, &error);
}

int onem2m_keymgmt_gen_set_params(void *genctx, const OSSL_PARAM params[])
{
    GENERATION *generation = genctx;
    OSSL_PARAM known[GIVEN_MAX + 1];
    ONEM2M_KEY_DRAFT draft;
    int ok;

    onem2m_key_draft_begin(&draft, 0);
    if (!onem2m_key_draft_take(&draft, generation->provider, params) ||
        !check_octets(generation->provider, &draft) ||
        !select_known(generation->provider, params, known))
        return 0;
    if (known[0].key == NULL)
        return 1;
    ERR_set_mark();
    ok = add_params(generation, known);
    ERR_pop_to_mark();
    return ok || onem2m_raise_out_of_memory(generation->provider, ONEM2M_KEY_TYPE);
}

/* ---- Making ---- */

typedef struct {
    GENERATION *generation;
    ONEM2M_KEY_DRAFT draft;
    ONEM2M_DERIVATION_STAGE stage;
    ONEM2M_USE use; /* of the parent */
    ONEM2M_HMAC *hmac;
    ONEM2M_TIME limit; /* the parent's not-after */
    ONEM2M_KEY *key;
} MAKING;

static int make_of(ONEM2M_KEY *key, const ONEM2M_ATTRIBUTES *attributes,
                   const ONEM2M_DERIVED *derived, ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_derived_material(derived);

    return onem2m_key_make(key, attributes, &material, error);
}

/*
 * Stored or not: where there is a token, no octets of a generated key are in this process. One
 * that cannot be used is an error, and no reason to make the key in software.
 */
static int generate_octets(const MAKING *making, ONEM2M_DERIVED *derived, ONEM2M_ERROR *error)
{
    ONEM2M_PROVIDER *provider = making->generation->provider;
    ONEM2M_CRYPTO *crypto = &provider->crypto;
    const ONEM2M_ATTRIBUTES *attributes = &making->draft.attributes;
    const size_t size = making->draft.size != 0 ? making->draft.size : SIZE_DEFAULT;
    ONEM2M_TOKEN *token;

    return onem2m_attributes_check_rules(attributes, size, error) &&
           onem2m_crypto_sha256(crypto, error) != NULL &&
           onem2m_keys_token(&provider->keys, &token, error) &&
           onem2m_generate_child(token, onem2m_crypto_libctx(crypto), attributes->extractable, size,
                                 derived, error);
}

static int make_random(void *argument, ONEM2M_KEY *key, ONEM2M_ERROR *error)
{
    const MAKING *making = argument;
    ONEM2M_DERIVED derived = { .token = NULL };
    const int ok = generate_octets(making, &derived, error) &&
                   make_of(key, &making->draft.attributes, &derived, error);

    onem2m_derived_clear(&derived);
    return ok;
}

static int check_size(const MAKING *making, const ONEM2M_DERIVED *derived, ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_derived_material(derived);
    const size_t size = onem2m_material_length(&material);

    return making->draft.size == 0 || making->draft.size == size ||
           onem2m_refuse(error, ONEM2M_R_BAD_OUTPUT_LENGTH, ONEM2M_NO_OFFSET,
                         "size: the derived key has %zu octets, %u were asked for", size,
                         making->draft.size);
}

static int derive_child(void *argument, const ONEM2M_ATTRIBUTES *parent,
                        const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    MAKING *making = argument;
    ONEM2M_DERIVATION_INPUT *input = &making->stage.input;
    ONEM2M_ATTRIBUTES child = making->draft.attributes;
    ONEM2M_DERIVED derived = { .token = NULL };
    int ok;

    child.parent_kind = (ONEM2M_KIND)0;
    making->limit = parent->not_after;
    input->key = *material;
    input->key_is_master = parent->kind == ONEM2M_KIND_E2E_MASTER;
    ok = onem2m_policy_child(&child, parent, &making->use, error) &&
         onem2m_derive_child(input, making->hmac, child.extractable, &derived, error) &&
         check_size(making, &derived, error) && make_of(making->key, &child, &derived, error);
    input->key = (ONEM2M_MATERIAL){ .token = NULL };
    onem2m_derived_clear(&derived);
    return ok;
}

/* Policy is asked by onem2m_policy_child, with what the new key wants to be. */
static int make_derived(void *argument, ONEM2M_KEY *key, ONEM2M_ERROR *error)
{
    MAKING *making = argument;

    making->key = key;
    return onem2m_key_object_visit(making->generation->parent, derive_child, making, error);
}

static void describe_use(MAKING *making)
{
    ONEM2M_DERIVATION_SCOPE scope = { .suid = 0 };

    if (making->stage.input.derivation != NULL)
        onem2m_derivation_scope(&making->stage.input, &scope);
    making->use = (ONEM2M_USE){ .kind = ONEM2M_USE_DERIVE,
                                .derivation = making->stage.input.derivation,
                                .purpose = (ONEM2M_PURPOSE)scope.purpose,
                                .suid = scope.suid,
                                .requester = making->draft.requester,
                                .target = scope.target };
    onem2m_key_object_complete_use(making->generation->parent, &making->use);
}

static int derive_key(MAKING *making, ONEM2M_KEY_OBJECT *object)
{
    ONEM2M_PROVIDER *provider = making->generation->provider;
    const ONEM2M_DERIVATION *derivation = making->stage.input.derivation;
    const char *name = derivation != NULL ? onem2m_derivation_name(derivation) : ONEM2M_KEY_TYPE;
    ONEM2M_ERROR error;
    int ok;

    making->hmac = onem2m_crypto_take_hmac(&provider->crypto);
    if (making->hmac == NULL)
        return onem2m_raise_out_of_memory(provider, name);
    describe_use(making);
    ok = onem2m_key_object_fill(object, make_derived, making, making->draft.store, &error);
    onem2m_crypto_give_hmac(&provider->crypto, making->hmac);
    if (!ok)
        return ONEM2M_RAISE(provider, name, &error);
    /* A stored one is limited by the store. */
    if (!object->is_stored)
        onem2m_key_object_set_parent(object, making->generation->parent, making->limit);
    return 1;
}

static int check_random(const MAKING *making, ONEM2M_ERROR *error)
{
    if (making->stage.input.derivation != NULL)
        return onem2m_refuse(error, ONEM2M_R_MISSING_KEY, ONEM2M_NO_OFFSET,
                             "derivation: of no key; make the EVP_PKEY_CTX from the parent");
    if ((making->draft.given & ONEM2M_FIELD_BIT(ONEM2M_FIELD_KIND)) == 0)
        return onem2m_refuse(error, ONEM2M_R_MISSING_PARAMETER, ONEM2M_NO_OFFSET, "kind: not set");
    return 1;
}

static int generate_key(MAKING *making, ONEM2M_KEY_OBJECT *object)
{
    ONEM2M_PROVIDER *provider = making->generation->provider;
    ONEM2M_ERROR error;

    return (check_random(making, &error) &&
            onem2m_key_draft_find_parent(&making->draft, provider, &error) &&
            onem2m_key_object_fill(object, make_random, making, making->draft.store, &error)) ||
           ONEM2M_RAISE(provider, "generate", &error);
}

static int read_params(MAKING *making, const ONEM2M_DERIVATION_PARAMS *nothing)
{
    GENERATION *generation = making->generation;
    ONEM2M_PROVIDER *provider = generation->provider;

    onem2m_key_draft_begin(&making->draft, onem2m_keys_now(&provider->keys));
    return onem2m_key_draft_take(&making->draft, provider, generation->params) &&
           onem2m_derivation_stage_take(&making->stage, provider, nothing, generation->params) &&
           (making->stage.input.derivation == NULL ||
            onem2m_derivation_stage_provide_digest(&making->stage, provider));
}

void *onem2m_keymgmt_gen(void *genctx, OSSL_CALLBACK *callback, void *argument)
{
    static const ONEM2M_DERIVATION_PARAMS nothing = { .derivation = NULL };
    MAKING making = { .generation = genctx };
    ONEM2M_KEY_OBJECT *object = onem2m_key_object_new(making.generation->provider);
    int ok;

    (void)callback;
    (void)argument;
    if (object == NULL) {
        onem2m_raise_out_of_memory(making.generation->provider, ONEM2M_KEY_TYPE);
        return NULL;
    }
    onem2m_derivation_stage_begin(&making.stage, &nothing);
    ok = read_params(&making, &nothing) &&
         (making.generation->parent != NULL ? derive_key(&making, object)
                                            : generate_key(&making, object));
    onem2m_derivation_stage_end(&making.stage);
    if (ok)
        return object;
    onem2m_key_object_free(object);
    return NULL;
}
