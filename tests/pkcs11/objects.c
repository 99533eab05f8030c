/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "objects.h"

FIXTURE objects_fixture;

/* ---- Stores, each of another object ---- */

void objects_open(void)
{
    objects_fixture.store = open_store(&objects_fixture);
    objects_fixture.reader = onem2m_store_reader_new(objects_fixture.store, NULL);
    assert_non_null(objects_fixture.reader);
}

void objects_close(void)
{
    onem2m_store_reader_free(objects_fixture.reader);
    onem2m_store_close(objects_fixture.store);
}

int objects_set_up(void **state)
{
    static unsigned int stores;
    ONEM2M_ERROR error;
    char object[16];

    *state = &objects_fixture;
    reset_shim();
    objects_fixture.sha256 = keeper.digests[0];
    snprintf(object, sizeof(object), "o%u", stores++);
    snprintf(objects_fixture.directory, sizeof(objects_fixture.directory), "%s", tokens.directory);
    snprintf(objects_fixture.keystore, sizeof(objects_fixture.keystore), "%s", keeper_uri(object));
    snprintf(objects_fixture.seal, sizeof(objects_fixture.seal), "file:%s/%s.seal",
             tokens.directory, object);
    assert_true(onem2m_seal_create(objects_fixture.seal, NULL, &error));
    objects_open();
    if (!onem2m_token_create(onem2m_store_token(objects_fixture.store), &error) ||
        !onem2m_store_create(objects_fixture.store, &error))
        fail_msg("%s", error.detail);
    reset_shim();
    return 0;
}

int objects_tear_down(void **state)
{
    (void)state;
    reset_shim();
    objects_close();
    return 0;
}

size_t objects_of_store(void)
{
    ONEM2M_TOKEN_OBJECT *objects;
    ONEM2M_ERROR error;
    size_t count;

    if (!onem2m_token_list(onem2m_store_token(objects_fixture.store), &objects, &count, &error))
        fail_msg("%s", error.detail);
    OPENSSL_free(objects);
    return count;
}

void add_ke(void)
{
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KE, 0, KE_ID);

    must_add(&objects_fixture, &a);
}

void add_kpm(int extractable)
{
    ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KPM, 10, KPM_ID);

    a.extractable = extractable;
    must_add(&objects_fixture, &a);
}

static FOUND must_find(const char *key_id)
{
    FOUND found;
    ONEM2M_ERROR error;

    if (!look_up(&objects_fixture, key_id, ONEM2M_KINDS_ALL, &found, &error))
        fail_msg("%s", error.detail);
    return found;
}

ONEM2M_TOKEN_KEY token_key_of(const char *key_id)
{
    FOUND found = must_find(key_id);
    const ONEM2M_MATERIAL material = onem2m_key_material(&found.key);
    ONEM2M_TOKEN_KEY key = { .custody = ONEM2M_CUSTODY_SOFTWARE };

    if (material.token != NULL)
        key = *material.key;
    onem2m_key_clear(&found.key);
    return key;
}

void must_work(const char *key_id)
{
    FOUND found = must_find(key_id);

    assert_true(is_key(&found, (ONEM2M_SLICE){ octets, 32 }));
    onem2m_key_clear(&found.key);
}

ONEM2M_STORE_FINDINGS must_verify(void)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;

    if (!onem2m_store_verify(objects_fixture.reader, &findings, NULL, NULL, &error))
        fail_msg("%s", error.detail);
    assert_true(findings.has_objects);
    return findings;
}

ONEM2M_STORE_FINDINGS must_tidy(void)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_ERROR error;

    if (!onem2m_store_tidy(objects_fixture.reader, &findings, NULL, NULL, &error))
        fail_msg("%s", error.detail);
    return findings;
}

void must_be_clean(void)
{
    const ONEM2M_STORE_FINDINGS findings = must_verify();

    if (findings.first.reason != ONEM2M_R_NONE)
        fail_msg("%s", findings.first.detail);
    assert_int_equal(findings.missing + findings.unfit + findings.unrecorded, 0);
}

/* ---- The token's own view ---- */

CK_OBJECT_HANDLE raw_find(const ONEM2M_TOKEN_KEY *key)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_OBJECT_HANDLE found[2];
    CK_ULONG count = 2;
    const char *function;

    onem2m_pkcs11_add_secret_key(&template, NULL);
    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 1);
    onem2m_pkcs11_add(&template, CKA_ID, key->reference, key->length);
    assert_int_equal(onem2m_pkcs11_find(keeper.raw.module, keeper.raw.handle, &template, found,
                                        &count, &function),
                     CKR_OK);
    assert_int_equal(count, 1);
    return found[0];
}

void raw_destroy(const ONEM2M_TOKEN_KEY *key)
{
    assert_int_equal(keeper.raw.module->C_DestroyObject(keeper.raw.handle, raw_find(key)), CKR_OK);
}

/* An object in the place of a key's: of that type, sensitive and extractable or not. */
void raw_make(const ONEM2M_TOKEN_KEY *key, CK_KEY_TYPE type, int is_sensitive, int is_extractable)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    const char *object = strstr(objects_fixture.keystore, "object=") + strlen("object=");
    char label[32];
    CK_OBJECT_HANDLE made;

    snprintf(label, sizeof(label), "%.*s key", (int)strcspn(object, "?"), object);
    onem2m_pkcs11_add_secret_key(&template, &type);
    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 1);
    onem2m_pkcs11_add_flag(&template, CKA_PRIVATE, 1);
    onem2m_pkcs11_add_flag(&template, CKA_SENSITIVE, is_sensitive);
    onem2m_pkcs11_add_flag(&template, CKA_EXTRACTABLE, is_extractable);
    onem2m_pkcs11_add_flag(&template, CKA_SIGN, 1);
    onem2m_pkcs11_add(&template, CKA_ID, key->reference, key->length);
    onem2m_pkcs11_add(&template, CKA_LABEL, label, strlen(label));
    onem2m_pkcs11_add(&template, CKA_VALUE, octets, 32);
    assert_int_equal(keeper.raw.module->C_CreateObject(keeper.raw.handle, template.attributes,
                                                       template.count, &made),
                     CKR_OK);
}

/* Whether such a commit happened need not be known: the object is left to verify. */
void leave_an_object(void)
{
    const ONEM2M_ATTRIBUTES a = attributes(ONEM2M_KIND_KE, 0, KE_ID);
    ONEM2M_ERROR error;

    let_fail(SHIM_C_CreateObject, CKR_DEVICE_ERROR, 1);
    assert_false(try_add(&objects_fixture, &a, &error));
    assert_int_equal(error.reason, ONEM2M_R_TOKEN_FAILED);
    reset_shim();
    assert_int_equal(objects_of_store(), 1);
}
