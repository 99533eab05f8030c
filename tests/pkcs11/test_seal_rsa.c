/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A seal under an RSA key of a token.
 */
#include "expect.h"
#include "keystore/pkcs11.h"
#include "keystore/seal_wrapped.h"
#include "token.h"

static ONEM2M_WRAPPED_SEAL wrapped;
static unsigned char octets[ONEM2M_SEAL_OCTETS];

typedef struct {
    CK_ULONG bits;
    CK_BBOOL may_decrypt, is_sensitive, authenticates;
} RSA_SPEC;

/* As an HSM's own tool makes one. */
static void make_rsa_key(const char *label, RSA_SPEC spec)
{
    static CK_BBOOL yes = CK_TRUE;
    static unsigned char f4[] = { 1, 0, 1 };
    CK_MECHANISM mechanism = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
    char *name = (char *)(uintptr_t)label;
    CK_ATTRIBUTE public[] = { { CKA_TOKEN, &yes, sizeof(yes) },
                              { CKA_LABEL, name, strlen(name) },
                              { CKA_ENCRYPT, &yes, sizeof(yes) },
                              { CKA_MODULUS_BITS, &spec.bits, sizeof(spec.bits) },
                              { CKA_PUBLIC_EXPONENT, f4, sizeof(f4) } };
    CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, sizeof(yes) },
                               { CKA_PRIVATE, &yes, sizeof(yes) },
                               { CKA_LABEL, name, strlen(name) },
                               { CKA_SENSITIVE, &spec.is_sensitive, sizeof(CK_BBOOL) },
                               { CKA_ALWAYS_AUTHENTICATE, &spec.authenticates, sizeof(CK_BBOOL) },
                               { CKA_DECRYPT, &spec.may_decrypt, sizeof(CK_BBOOL) } };
    CK_OBJECT_HANDLE public_key, private_key;
    ONEM2M_PKCS11_SESSION session;
    ONEM2M_ERROR error;
    P11KitUri *uri;

    assert_true(onem2m_pkcs11_parse_uri(&uri, token_uri("seals", "none"), &error));
    assert_true(onem2m_pkcs11_open(&session, uri, CKF_RW_SESSION, &error));
    assert_int_equal(session.module->C_GenerateKeyPair(session.handle, &mechanism, public,
                                                       COUNT(public), private, COUNT(private),
                                                       &public_key, &private_key),
                     CKR_OK);
    onem2m_pkcs11_close(&session);
    p11_kit_uri_free(uri);
}

static int wrap(const char *uri, ONEM2M_ERROR *error)
{
    ONEM2M_SEAL seal = { .secret = { 0 } };
    const int ok = onem2m_seal_open(&seal, uri, NULL, NULL, error);

    if (ok) {
        wrapped = seal.wrapped;
        memcpy(octets, seal.secret.octets, sizeof(octets));
    } else {
        assert_null(seal.secret.octets);
    }
    onem2m_seal_clear(&seal);
    return ok;
}

static int opens(const char *uri, ONEM2M_ERROR *error)
{
    ONEM2M_SEAL seal = { .secret = { 0 } };
    const int ok = onem2m_seal_open(&seal, uri, &wrapped, NULL, error);

    if (ok) {
        assert_int_equal(seal.secret.length, ONEM2M_SEAL_OCTETS);
        assert_memory_equal(seal.secret.octets, octets, sizeof(octets));
    } else {
        assert_null(seal.secret.octets);
    }
    onem2m_seal_clear(&seal);
    return ok;
}

static void must_refuse(int (*operation)(const char *uri, ONEM2M_ERROR *error), const char *uri,
                        ONEM2M_REASON reason, const char *detail)
{
    const REFUSAL refusal = { reason, NO_OFFSET, detail };
    ONEM2M_ERROR error;

    if (operation(uri, &error))
        fail_msg("%s was taken", uri);
    assert_refused(&error, &refusal, uri);
}

static int set_up(void **state)
{
    ONEM2M_ERROR error;

    set_up_tokens(state);
    make_rsa_key("key", (RSA_SPEC){ 2048, CK_TRUE, CK_TRUE, CK_FALSE });
    reset_shim();
    if (!wrap(token_uri("seals", "key"), &error))
        fail_msg("%s", error.detail);
    return 0;
}

static void opens_what_it_wrapped(void **state)
{
    ONEM2M_WRAPPED_PARTS parts;
    ONEM2M_ERROR error;

    (void)state;
    reset_shim();
    assert_true(opens(token_uri("seals", "key"), &error));
    assert_true(opens(token_uri("seals", "key;type=private"), &error));
    assert_true(onem2m_wrapped_seal_decode(&wrapped, &parts, &error));
    assert_int_equal(parts.mechanism, CKM_RSA_PKCS_OAEP);
    assert_int_equal(parts.ciphertext.length, 256);
    /* SoftHSM 2.6 refuses SHA-256 here. */
    assert_int_equal(parts.iv.length, 5);
    assert_memory_equal(parts.iv.data, "SHA-1", 5);
    assert_int_equal(tokens.shim->calls[SHIM_C_OpenSession],
                     tokens.shim->calls[SHIM_C_CloseSession]);
    assert_int_equal(tokens.shim->calls[SHIM_C_Logout], 0);
    must_refuse(opens, token_uri("seals", "key;type=secret-key"), ONEM2M_R_TOKEN_KEY,
                "has no key key");
}

static void refuses_every_octet_changed(void **state)
{
    const ONEM2M_WRAPPED_SEAL kept = wrapped;
    ONEM2M_WRAPPED_PARTS parts;
    ONEM2M_ERROR error;
    size_t protected;

    (void)state;
    reset_shim();
    assert_true(onem2m_wrapped_seal_decode(&kept, &parts, &error));
    protected = (size_t)(parts.ciphertext.data + parts.ciphertext.length - kept.octets);
    for (size_t i = 0; i < protected; i++) {
        wrapped.octets[i] ^= 1;
        if (opens(token_uri("seals", "key"), &error))
            fail_msg("octet %zu", i);
        if (error.reason != ONEM2M_R_HEADER_DAMAGED)
            assert_int_equal(error.reason, ONEM2M_R_BAD_SEAL);
        wrapped = kept;
    }
}

/* Of an AES and an RSA key of one name type= says which; without it the store's own. */
static void keys_of_one_name(void **state)
{
    const ONEM2M_WRAPPED_SEAL kept = wrapped;
    ONEM2M_ERROR error;
    unsigned char kept_octets[ONEM2M_SEAL_OCTETS];

    (void)state;
    reset_shim();
    memcpy(kept_octets, octets, sizeof(octets));
    assert_true(onem2m_seal_create(token_uri("seals", "key;type=secret-key"), NULL, &error));
    assert_true(opens(token_uri("seals", "key"), &error));
    must_refuse(opens, token_uri("seals", "key;type=secret-key"), ONEM2M_R_BAD_SEAL,
                "of another type,");
    assert_true(wrap(token_uri("seals", "key"), &error)); /* AES before RSA */
    assert_true(opens(token_uri("seals", "key"), &error));
    must_refuse(opens, token_uri("seals", "key;type=private"), ONEM2M_R_BAD_SEAL,
                "of another type,");
    wrapped = kept;
    memcpy(octets, kept_octets, sizeof(octets));
}

static void other_keys(void **state)
{
    const ONEM2M_WRAPPED_SEAL kept = wrapped;
    unsigned char kept_octets[ONEM2M_SEAL_OCTETS];
    ONEM2M_ERROR error;

    (void)state;
    reset_shim();
    memcpy(kept_octets, octets, sizeof(octets));
    make_rsa_key("other", (RSA_SPEC){ 3072, CK_TRUE, CK_TRUE, CK_FALSE });
    must_refuse(opens, token_uri("seals", "other"), ONEM2M_R_BAD_SEAL, "is sealed by key key");
    assert_true(wrap(token_uri("seals", "other"), &error));
    assert_true(opens(token_uri("seals", "other"), &error));
    make_rsa_key("large", (RSA_SPEC){ 4096, CK_TRUE, CK_TRUE, CK_FALSE });
    assert_true(wrap(token_uri("seals", "large"), &error));
    assert_true(opens(token_uri("seals", "large"), &error));
    wrapped = kept;
    memcpy(octets, kept_octets, sizeof(octets));
    make_rsa_key("small", (RSA_SPEC){ 1024, CK_TRUE, CK_TRUE, CK_FALSE });
    must_refuse(wrap, token_uri("seals", "small"), ONEM2M_R_TOKEN_KEY, "2048 to 4096 bits");
    make_rsa_key("mute", (RSA_SPEC){ 2048, CK_FALSE, CK_TRUE, CK_FALSE });
    must_refuse(wrap, token_uri("seals", "mute"), ONEM2M_R_TOKEN_FAILED,
                "CKR_KEY_FUNCTION_NOT_PERMITTED");
    make_rsa_key("open", (RSA_SPEC){ 2048, CK_TRUE, CK_FALSE, CK_FALSE });
    must_refuse(wrap, token_uri("seals", "open"), ONEM2M_R_TOKEN_KEY, "it is not sensitive");
}

static int create(const char *uri, ONEM2M_ERROR *error)
{
    return onem2m_seal_create(uri, NULL, error);
}

/* Whether a flag of the private key of a label is set. */
static CK_BBOOL flag_of(const char *label, CK_ATTRIBUTE_TYPE type)
{
    CK_BBOOL flag = CK_FALSE;
    CK_ATTRIBUTE attribute = { type, &flag, sizeof(flag) };
    ONEM2M_PKCS11_SESSION session;
    CK_OBJECT_HANDLE key;
    ONEM2M_ERROR error;
    P11KitUri *uri;

    assert_true(onem2m_pkcs11_parse_uri_of_any(&uri, token_uri("seals", label), &error));
    assert_true(onem2m_pkcs11_open(&session, uri, 0, &error));
    assert_int_equal(onem2m_pkcs11_find_rsa_key(&session, uri, &key, &error), 1);
    assert_int_equal(session.module->C_GetAttributeValue(session.handle, key, &attribute, 1),
                     CKR_OK);
    onem2m_pkcs11_close(&session);
    p11_kit_uri_free(uri);
    return flag;
}

/* type=private: an RSA key that does nothing but open seals, and never leaves. */
static void makes_one_when_asked_to(void **state)
{
    static const SHIM_FUNCTION failing[] = { SHIM_C_OpenSession, SHIM_C_FindObjectsInit,
                                             SHIM_C_FindObjects, SHIM_C_GenerateKeyPair };
    static const CK_ATTRIBUTE_TYPE set[] = { CKA_PRIVATE, CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE,
                                             CKA_NEVER_EXTRACTABLE, CKA_DECRYPT };
    static const CK_ATTRIBUTE_TYPE not_set[] = { CKA_EXTRACTABLE, CKA_SIGN, CKA_UNWRAP,
                                                 CKA_SIGN_RECOVER };
    const ONEM2M_WRAPPED_SEAL kept = wrapped;
    const char *uri = token_uri("seals", "made;type=private");
    ONEM2M_WRAPPED_PARTS parts;
    unsigned char kept_octets[ONEM2M_SEAL_OCTETS];
    ONEM2M_ERROR error;

    (void)state;
    memcpy(kept_octets, octets, sizeof(octets));
    for (size_t i = 0; i < COUNT(failing); i++) {
        let_fail(failing[i], CKR_DEVICE_MEMORY, 0);
        must_refuse(create, uri, ONEM2M_R_TOKEN_FAILED, "CKR_DEVICE_MEMORY");
    }
    reset_shim();
    must_refuse(wrap, uri, ONEM2M_R_TOKEN_KEY, "has no key made");
    assert_true(create(uri, &error));
    must_refuse(create, uri, ONEM2M_R_TOKEN_KEY, "has a key made already");
    assert_true(wrap(uri, &error));
    assert_true(opens(uri, &error));
    assert_true(onem2m_wrapped_seal_decode(&wrapped, &parts, &error));
    assert_int_equal(parts.ciphertext.length, 384); /* 3072 bits */
    for (size_t i = 0; i < COUNT(set); i++)
        assert_int_equal(flag_of("made", set[i]), CK_TRUE);
    for (size_t i = 0; i < COUNT(not_set); i++)
        assert_int_equal(flag_of("made", not_set[i]), CK_FALSE);
    must_refuse(create, token_uri("seals", "other"), ONEM2M_R_TOKEN_KEY, "has a key other already");
    wrapped = kept;
    memcpy(octets, kept_octets, sizeof(octets));
}

/* Another hash is tried where the token wants that, and nowhere else. */
static void what_fails(void **state)
{
    static const CK_RV others[] = { CKR_DEVICE_ERROR, CKR_FUNCTION_FAILED, CKR_HOST_MEMORY,
                                    CKR_KEY_FUNCTION_NOT_PERMITTED };
    static const SHIM_FUNCTION functions[] = { SHIM_C_DecryptInit, SHIM_C_Decrypt,
                                               SHIM_C_FindObjects, SHIM_C_GetAttributeValue };
    const ONEM2M_WRAPPED_SEAL kept = wrapped;
    ONEM2M_ERROR error;

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        let_fail(SHIM_C_DecryptInit, others[i], 0);
        assert_false(wrap(token_uri("seals", "other"), &error));
        assert_non_null(strstr(error.detail, onem2m_pkcs11_value_name(others[i])));
        assert_int_equal(tokens.shim->calls[SHIM_C_DecryptInit], 1);
    }
    for (size_t i = 0; i < COUNT(functions); i++) {
        let_fail(functions[i], CKR_DEVICE_ERROR, 0);
        assert_false(opens(token_uri("seals", "key;type=private"), &error));
        assert_non_null(strstr(error.detail, "CKR_DEVICE_ERROR"));
    }
    /* The module gives another length than it was given. */
    reset_shim();
    tokens.shim->length_off = (CK_ULONG)-1;
    must_refuse(opens, token_uri("seals", "key;type=private"), ONEM2M_R_BAD_SEAL, "gave no seal");
    reset_shim();
    wrapped = kept;
    assert_true(opens(token_uri("seals", "key;type=private"), &error));
}

/* A key that wants the PIN for each operation, as those of smart cards do. */
static void always_authenticates(void **state)
{
    const ONEM2M_WRAPPED_SEAL kept = wrapped;
    unsigned char kept_octets[ONEM2M_SEAL_OCTETS];
    const char *uri = token_uri("seals", "each");
    ONEM2M_ERROR error;

    (void)state;
    memcpy(kept_octets, octets, sizeof(octets));
    make_rsa_key("each", (RSA_SPEC){ 2048, CK_TRUE, CK_TRUE, CK_TRUE });
    reset_shim();
    if (!wrap(uri, &error))
        fail_msg("%s", error.detail);
    assert_int_equal(tokens.shim->calls[SHIM_C_Login], 2);
    reset_shim();
    if (!opens(uri, &error))
        fail_msg("%s", error.detail);
    assert_int_equal(tokens.shim->calls[SHIM_C_Login], 2);
    for (unsigned long login = 0; login < 2; login++) {
        let_fail(SHIM_C_Login, CKR_PIN_INCORRECT, login);
        must_refuse(opens, uri, ONEM2M_R_TOKEN_PIN, "C_Login returned CKR_PIN_INCORRECT");
        assert_int_equal(tokens.shim->calls[SHIM_C_Login], login + 1);
        reset_shim();
        must_refuse(opens, uri, ONEM2M_R_TOKEN_PIN, "has refused this PIN");
        assert_int_equal(tokens.shim->calls[SHIM_C_Login], 0);
        write_pin(TOKEN_PIN, 0600);
    }
    let_fail(SHIM_C_Login, CKR_PIN_LOCKED, 1);
    must_refuse(opens, uri, ONEM2M_R_TOKEN_PIN_LOCKED, "C_Login returned CKR_PIN_LOCKED");
    let_fail(SHIM_C_Login, CKR_FUNCTION_FAILED, 1);
    must_refuse(opens, uri, ONEM2M_R_BAD_SEAL, "C_Login returned CKR_FUNCTION_FAILED");
    /* Where the module does not say so, it refuses itself. */
    let_fail(SHIM_C_GetAttributeValue, CKR_ATTRIBUTE_TYPE_INVALID, 3);
    must_refuse(opens, uri, ONEM2M_R_BAD_SEAL, "CKR_USER_NOT_LOGGED_IN");
    reset_shim();
    assert_true(opens(uri, &error));
    wrapped = kept;
    memcpy(octets, kept_octets, sizeof(octets));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_it_wrapped),   cmocka_unit_test(refuses_every_octet_changed),
        cmocka_unit_test(keys_of_one_name),        cmocka_unit_test(other_keys),
        cmocka_unit_test(makes_one_when_asked_to), cmocka_unit_test(what_fails),
        cmocka_unit_test(always_authenticates),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down_tokens);
}
