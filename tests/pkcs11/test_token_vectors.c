/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The vectors of kdf.txt with their keys in a token, on each rung that it has: what is derived to
 * octets is the vector's output, what is derived as a key makes the MACs of it.
 */
#include "../kdf/vector_file.h"
#include "expect.h"
#include "keystore/derivation.h"
#include "keystore/token_mechanisms.h"
#include "token_keys.h"

#define OCTETS_MAX 256

/* A vector as a derivation. */
typedef struct {
    const RECORD *record;
    ONEM2M_DERIVATION_INPUT input;
    unsigned char key[OCTETS_MAX], output[OCTETS_MAX];
    size_t key_length, output_length; /* output: 0 when it is to be refused */
    unsigned char octets[ONEM2M_OPERANDS_MAX][OCTETS_MAX];
    char texts[ONEM2M_OPERANDS_MAX][ONEM2M_OPERAND_TEXT_MAX];
} VECTOR;

static VECTOR_FILE file;

/* ---- Vectors ---- */

static const EVP_MD *digest_of(const char *name)
{
    for (size_t i = 0; i < COUNT(keeper.digests); i++) {
        if (EVP_MD_is_a(keeper.digests[i], name))
            return keeper.digests[i];
    }
    fail_msg("digest %s", name);
    return NULL;
}

static int take_operand(VECTOR *vector, size_t i, int is_hex, const char *value,
                        ONEM2M_ERROR *error)
{
    const ONEM2M_OPERAND_RULE *rule = onem2m_derivation_operand(vector->input.derivation, i);
    ONEM2M_OPERAND *operand = &vector->input.operands[i];

    if (is_hex) {
        const size_t length = octets_from_hex(vector->octets[i], OCTETS_MAX, value);

        assert_true(length > 0);
        return onem2m_operand_from_octets(operand, rule, vector->octets[i], length, error);
    }
    if (rule->type == ONEM2M_OPERAND_SUID)
        return onem2m_operand_from_number(operand, rule, (unsigned int)strtoul(value, NULL, 10),
                                          error);
    return onem2m_operand_from_text(operand, rule, value, strlen(value), vector->texts[i], error);
}

/* "name:value" or "hexname:value" of `openssl kdf`. */
static int take_option(VECTOR *vector, const char *option, ONEM2M_ERROR *error)
{
    const char *value = strchr(option, ':');
    const int is_hex = strncmp(option, "hex", 3) == 0;
    char name[64] = "";

    assert_non_null(value);
    memcpy(name, option + (is_hex ? 3 : 0), (size_t)(value - option) - (is_hex ? 3 : 0));
    value++;
    if (strcmp(name, "key") == 0) {
        vector->key_length = octets_from_hex(vector->key, sizeof(vector->key), value);
        return onem2m_derivation_check_key(vector->input.derivation, vector->key_length, error);
    }
    if (strcmp(name, "digest") == 0) {
        vector->input.digest = digest_of(value);
        return 1;
    }
    for (size_t i = 0; i < onem2m_derivation_operand_count(vector->input.derivation); i++) {
        if (strcmp(name, onem2m_derivation_operand(vector->input.derivation, i)->name) == 0)
            return take_operand(vector, i, is_hex, value, error);
    }
    fail_msg("operand %s", name);
    return 0;
}

/* 0 with *error when it is refused without a key. */
static int take_vector(VECTOR *vector, const RECORD *record, ONEM2M_ERROR *error)
{
    const char *output = record_value(record, "Output"), *name = record_value(record, "KDF");

    memset(vector, 0, sizeof(*vector));
    vector->record = record;
    if (output != NULL)
        vector->output_length = octets_from_hex(vector->output, OCTETS_MAX, output);
    assert_true(onem2m_derivation_parse(&vector->input.derivation, name, strlen(name), error));
    vector->input.digest = keeper.digests[0];
    for (size_t i = 0; i < record->count; i++) {
        if (strcmp(record->names[i], "Ctrl") == 0 && !take_option(vector, record->values[i], error))
            return 0;
    }
    return onem2m_derivation_check_operands(&vector->input, error);
}

/* ---- Keys and rungs ---- */

typedef struct {
    const char *name;
    CK_MECHANISM_TYPE hidden[4];
    /* Of SoftHSM; of NSS's softokn: of a wrapped key, and of an object, of which CKM_SP800_108
     * derives none that can be wrapped. */
    ONEM2M_BIRTH best[3];
} RUNG;

static const RUNG rungs[] = {
    { "all", { 0 }, { ONEM2M_BIRTH_SIGNED, ONEM2M_BIRTH_SP800_108, ONEM2M_BIRTH_HKDF } },
    { "HKDF",
      { ONEM2M_CKM_SP800_108_FEEDBACK_KDF },
      { ONEM2M_BIRTH_SIGNED, ONEM2M_BIRTH_HKDF, ONEM2M_BIRTH_HKDF } },
    { "host",
      { ONEM2M_CKM_SP800_108_FEEDBACK_KDF, ONEM2M_CKM_HKDF_DERIVE, CKM_EXTRACT_KEY_FROM_KEY },
      { ONEM2M_BIRTH_SIGNED, ONEM2M_BIRTH_SIGNED, ONEM2M_BIRTH_SIGNED } },
};

/* How the keys of the vectors are kept. */
typedef struct {
    const RUNG *rung;
    ONEM2M_CUSTODY custody;
    int extractable;
} KEPT;

static size_t derived, refused; /* of E2E and SPLIT, which need more than MACs */

static void fail_vector(const KEPT *kept, const VECTOR *vector, const char *what)
{
    fail_msg("line %zu, rung %s, %s, %sextractable: %s", vector->record->line, kept->rung->name,
             onem2m_custody_name(kept->custody), kept->extractable ? "" : "not ", what);
}

static int is_of_macs(const VECTOR *vector)
{
    return onem2m_derivation_is_mac(vector->input.derivation);
}

/* A token may lack what E2E and SPLIT want of a key that it does not give out, and says so. */
static void check_refusal(const KEPT *kept, const VECTOR *vector, const ONEM2M_ERROR *error)
{
    if (is_of_macs(vector) || kept->extractable ||
        (error->reason != ONEM2M_R_TOKEN_CANNOT && error->reason != ONEM2M_R_NOT_EXTRACTABLE))
        fail_vector(kept, vector, error->detail);
    refused++;
}

static void derive_octets(const KEPT *kept, const VECTOR *vector)
{
    unsigned char out[OCTETS_MAX];
    ONEM2M_HMAC hmac = { .context = NULL };
    ONEM2M_ERROR error;
    const int ok = onem2m_derive(&vector->input, &hmac, out, &error);

    onem2m_hmac_clear(&hmac);
    if (!ok)
        check_refusal(kept, vector, &error);
    else if (memcmp(out, vector->output, vector->output_length) != 0)
        fail_vector(kept, vector, "other octets");
    else
        derived += !is_of_macs(vector);
}

/* Which rung it was is what the key says. */
static void check_birth(const KEPT *kept, const VECTOR *vector, const ONEM2M_TOKEN_KEY *child)
{
    const size_t of_nss = kept->custody == ONEM2M_CUSTODY_OBJECT ? 2 : 1;
    const ONEM2M_BIRTH best = kept->rung->best[keeper.is_nss ? of_nss : 0];

    if (is_of_macs(vector) && child->birth != best)
        fail_vector(kept, vector, onem2m_birth_name(child->birth));
}

static void derive_key(const KEPT *kept, const VECTOR *vector)
{
    ONEM2M_TOKEN_KEY child;
    ONEM2M_ERROR error;

    if (!onem2m_derive_token_key(&vector->input, 0, &child, &error)) {
        check_refusal(kept, vector, &error);
        return;
    }
    derived += !is_of_macs(vector);
    assert_int_equal(child.key_length, vector->output_length);
    check_birth(kept, vector, &child);
    assert_mac_of(&child, (ONEM2M_SLICE){ vector->output, vector->output_length });
}

static void run_vector(const KEPT *kept, VECTOR *vector)
{
    const ONEM2M_SLICE octets = { vector->key, vector->key_length };
    ONEM2M_TOKEN_KEY key = import_key(kept->custody, kept->extractable, octets);
    ONEM2M_ERROR error;

    vector->input.key = (ONEM2M_MATERIAL){ .token = keeper.token, .key = &key };
    assert_true(onem2m_derivation_check_complete(&vector->input, &error));
    derive_octets(kept, vector);
    derive_key(kept, vector);
    assert_true(onem2m_token_destroy(keeper.token, &key, &error));
}

static void run_all(const KEPT *kept)
{
    ONEM2M_ERROR error;

    derived = refused = 0;
    for (size_t i = 0; i < file.count; i++) {
        VECTOR vector;

        if (!take_vector(&vector, &file.records[i], &error) || vector.key_length == 0) {
            assert_int_equal(vector.output_length, 0);
            continue;
        }
        if (vector.output_length == 0)
            fail_vector(kept, &vector, "is not refused");
        run_vector(kept, &vector);
    }
}

/* A new login, which asks anew what the token can. */
static void choose(const RUNG *rung)
{
    onem2m_token_free(keeper.token);
    keeper.token = new_token();
    memcpy(tokens.shim->hidden, rung->hidden, sizeof(rung->hidden));
}

/* What E2E and SPLIT can do: all of a key that is extractable; of another what the token can. */
static void check_counts(const KEPT *kept)
{
    if (kept->extractable)
        assert_int_equal(refused, 0);
    else if (!keeper.is_nss || kept->rung == &rungs[2])
        assert_int_equal(derived, 0);
    else if (kept->custody == ONEM2M_CUSTODY_WRAPPED)
        assert_int_equal(refused, 2); /* SPLIT to octets: the key itself */
    assert_true(derived + refused > 0);
}

static void vectors_on_each_rung(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rungs); i++) {
        choose(&rungs[i]);
        for (int n = 0; n < 4; n++) {
            const KEPT kept = { &rungs[i], n % 2 ? ONEM2M_CUSTODY_OBJECT : ONEM2M_CUSTODY_WRAPPED,
                                n / 2 };

            run_all(&kept);
            check_counts(&kept);
        }
    }
}

static void read_vectors(void **state)
{
    (void)state;
    assert_true(vector_file_read(&file, "kdf.txt"));
}

static void forget_vectors(void **state)
{
    (void)state;
    vector_file_free(&file);
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_vectors),
        cmocka_unit_test(vectors_on_each_rung),
        cmocka_unit_test(forget_vectors),
    };

    return run_with_keeper(argc, argv, tests, COUNT(tests));
}
