/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/wait.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include "expect.h"
#include "token_keys.h"

KEEPER keeper;

const char *keeper_uri(const char *object)
{
    return token_uri(keeper.is_nss ? "our%20token" : "seals", object);
}

ONEM2M_TOKEN *new_token(void)
{
    ONEM2M_TOKEN *token;
    ONEM2M_ERROR error;

    if (!onem2m_token_new(&token, keeper_uri("keys"), &error))
        fail_msg("%s", error.detail);
    return token;
}

static int set_up(void **state)
{
    static const char *const names[] = { "SHA2-256", "SHA2-384", "SHA2-512" };
    ONEM2M_ERROR error;
    P11KitUri *uri;

    if (keeper.is_nss)
        set_up_nss_token(state);
    else
        set_up_tokens(state);
    for (size_t i = 0; i < COUNT(names); i++)
        keeper.digests[i] = EVP_MD_fetch(NULL, names[i], NULL);
    keeper.token = new_token();
    if (!onem2m_token_create(keeper.token, &error))
        fail_msg("%s", error.detail);
    assert_true(onem2m_pkcs11_parse_token_uri(&uri, keeper_uri("keys"), "keys", &error));
    assert_true(onem2m_pkcs11_open(&keeper.raw, uri, CKF_RW_SESSION, &error));
    p11_kit_uri_free(uri);
    reset_shim();
    return 0;
}

static int tear_down(void **state)
{
    onem2m_pkcs11_close(&keeper.raw);
    onem2m_token_free(keeper.token);
    for (size_t i = 0; i < COUNT(keeper.digests); i++)
        EVP_MD_free(keeper.digests[i]);
    return tear_down_tokens(state);
}

int run_with_keeper(int argc, char *argv[], const struct CMUnitTest *tests, size_t count)
{
    keeper.is_nss = strcmp(argv[argc - 1], "nss") == 0;
    return _cmocka_run_group_tests(argv[argc - 1], tests, count, set_up, tear_down);
}

size_t software_mac(size_t digest, ONEM2M_SLICE key, const ONEM2M_SLICE *parts, size_t count,
                    unsigned char *out)
{
    char *name = (char *)(uintptr_t)EVP_MD_get0_name(keeper.digests[digest]);
    const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                  OSSL_PARAM_construct_end() };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    size_t length;

    assert_int_equal(EVP_MAC_init(ctx, key.data, key.length, params), 1);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(EVP_MAC_update(ctx, parts[i].data, parts[i].length), 1);
    assert_int_equal(EVP_MAC_final(ctx, out, &length, EVP_MAX_MD_SIZE), 1);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    return length;
}

void assert_mac_of(const ONEM2M_TOKEN_KEY *key, ONEM2M_SLICE octets)
{
    static const unsigned char text[] = "text";
    const ONEM2M_SLICE part = { text, sizeof(text) };
    unsigned char expected[EVP_MAX_MD_SIZE], mac[EVP_MAX_MD_SIZE];
    ONEM2M_ERROR error;
    const size_t length = software_mac(0, octets, &part, 1, expected);

    if (!onem2m_token_mac(keeper.token, key, keeper.digests[0], &part, 1, mac, &error))
        fail_msg("%s", error.detail);
    assert_memory_equal(mac, expected, length);
}

size_t count_objects(int of_token)
{
    CK_OBJECT_HANDLE objects[64];
    CK_ULONG count;
    size_t all = 0;
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_FUNCTION_LIST *module = keeper.raw.module;

    onem2m_pkcs11_add_secret_key(&template, NULL);
    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, of_token);
    assert_int_equal(
        module->C_FindObjectsInit(keeper.raw.handle, template.attributes, template.count), CKR_OK);
    do {
        assert_int_equal(module->C_FindObjects(keeper.raw.handle, objects, COUNT(objects), &count),
                         CKR_OK);
        all += count;
    } while (count > 0);
    assert_int_equal(module->C_FindObjectsFinal(keeper.raw.handle), CKR_OK);
    return all;
}

void fill_octets(unsigned char *octets, size_t count, unsigned int seed)
{
    for (size_t i = 0; i < count; i++)
        octets[i] = (unsigned char)(17 * i + (size_t)31 * seed + (seed >> 8) + 1);
    if (count >= sizeof(seed))
        memcpy(octets, &seed, sizeof(seed));
}

ONEM2M_TOKEN_KEY import_key(ONEM2M_CUSTODY custody, int extractable, ONEM2M_SLICE octets)
{
    ONEM2M_TOKEN_KEY key;
    ONEM2M_ERROR error;

    if (!onem2m_token_import(keeper.token, custody, extractable, octets, &key, &error))
        fail_msg("%s", error.detail);
    return key;
}

void must_end_well(pid_t child)
{
    int status;

    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}
