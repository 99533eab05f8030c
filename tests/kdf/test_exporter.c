/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The vectors of exporter.txt: the TLS 1.2 exporter computed with the default
 * provider's TLS1-PRF, and the identifiers formed of what it gives.
 */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <onem2m/id.h>
#include "support.h"

#define EXPORTED_OCTETS 48

static const char *text_value(const RECORD *record, const char *name)
{
    const char *value = record_value(record, name);

    CHECK(value != NULL);
    return value != NULL ? value : "";
}

static size_t hex_value(unsigned char *octets, size_t size, const RECORD *record, const char *name)
{
    size_t length = octets_from_hex(octets, size, text_value(record, name));

    CHECK(length > 0);
    return length;
}

/* RFC 5705 without context, as TLS 1.2 computes it. */
static void export_key(unsigned char exported[EXPORTED_OCTETS], const RECORD *record)
{
    unsigned char secret[EXPORTED_OCTETS], seed[256];
    const char *label = text_value(record, "Label");
    char digest[] = "SHA256";
    size_t used = strlen(label);
    EVP_KDF_CTX *ctx = kdf_context_new(NULL, "TLS1-PRF", NULL);
    OSSL_PARAM params[4];

    memcpy(seed, label, used);
    used += hex_value(seed + used, 32, record, "ClientRandom");
    used += hex_value(seed + used, 32, record, "ServerRandom");
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
    params[1] = OSSL_PARAM_construct_octet_string(
        OSSL_KDF_PARAM_SECRET, secret, hex_value(secret, sizeof(secret), record, "MasterSecret"));
    params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed, used);
    params[3] = OSSL_PARAM_construct_end();
    CHECK(ctx != NULL && EVP_KDF_derive(ctx, exported, EXPORTED_OCTETS, params) == 1);
    EVP_KDF_CTX_free(ctx);
}

static void check_key_identifier(const unsigned char *relative, const RECORD *record)
{
    const ONEM2M_ID_KIND kind =
        strstr(text_value(record, "Label"), "Bootstrap") != NULL ? ONEM2M_ID_KE : ONEM2M_ID_KC;
    const char *expected = text_value(record, "KeyIdentifier");
    const char *at = strchr(expected, '@');
    const char *fqdn = at != NULL ? at + 1 : "";
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    CHECK(at != NULL);
    CHECK(onem2m_id_form_exported(&id, kind, relative, fqdn, strlen(fqdn), &error));
    CHECK(strcmp(id.text, expected) == 0);
}

static void test_exporter(void **state)
{
    VECTOR_FILE file;
    size_t i;

    (void)state;
    assert_true(vector_file_read(&file, "exporter.txt"));
    for (i = 0; i < file.count; i++) {
        const RECORD *record = &file.records[i];
        unsigned char exported[EXPORTED_OCTETS], expected[EXPORTED_OCTETS], key[32];

        subject("exporter.txt, line %zu", record->line);
        export_key(exported, record);
        CHECK(hex_value(expected, sizeof(expected), record, "Exported") == EXPORTED_OCTETS);
        CHECK(memcmp(exported, expected, EXPORTED_OCTETS) == 0);
        CHECK(hex_value(key, sizeof(key), record, "Key") == sizeof(key));
        CHECK(memcmp(exported + ONEM2M_RELATIVE_KEY_ID_OCTETS, key, sizeof(key)) == 0);
        check_key_identifier(exported, record);
    }
    vector_file_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(test_exporter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
