/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "keystore/header.h"
#include "octets.h"

typedef struct {
    EVP_MD *sha256;
    ONEM2M_HMAC hmac;
    ONEM2M_SEAL seal;
    ONEM2M_HEADER header;
    ONEM2M_STORE_KEYS keys;
    unsigned char octets[ONEM2M_HEADER_MAX];
    size_t length;
} FIXTURE;

static ONEM2M_HEADER_CRYPTO crypto_of(FIXTURE *fixture)
{
    return (ONEM2M_HEADER_CRYPTO){ NULL, fixture->sha256, &fixture->hmac };
}

static void encode(FIXTURE *fixture)
{
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);

    assert_true(onem2m_header_encode(&fixture->header, &fixture->keys, &crypto, fixture->octets,
                                     &fixture->length, NULL));
}

static int set_up(void **state)
{
    FIXTURE *fixture = calloc(1, sizeof(*fixture));
    ONEM2M_HEADER_CRYPTO crypto;

    assert_non_null(fixture);
    fixture->sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    crypto = crypto_of(fixture);
    assert_true(onem2m_seal_random(&fixture->seal, NULL, NULL));
    assert_true(
        onem2m_header_create(&fixture->header, &fixture->keys, &fixture->seal, &crypto, NULL));
    encode(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    FIXTURE *fixture = *state;

    onem2m_hmac_clear(&fixture->hmac);
    onem2m_seal_clear(&fixture->seal);
    EVP_MD_free(fixture->sha256);
    free(fixture);
    return 0;
}

/* As the store takes a header: decode, open the keys, compare the MAC. */
static int take(FIXTURE *fixture, ONEM2M_SLICE octets, ONEM2M_HEADER *header,
                ONEM2M_STORE_KEYS *keys, ONEM2M_ERROR *error)
{
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);
    ONEM2M_SLICE covered, mac;

    return onem2m_header_decode(header, octets, &covered, &mac, error) &&
           onem2m_header_open_keys(header, keys, &fixture->seal, &crypto, error) &&
           onem2m_header_check_mac(covered, mac, keys, &crypto, error);
}

static ONEM2M_REASON refusal_of(FIXTURE *fixture, const unsigned char *octets, size_t length)
{
    unsigned char *copy = (unsigned char *)exact_copy((const char *)octets, length);
    ONEM2M_ERROR error = { .reason = ONEM2M_R_NONE };
    ONEM2M_STORE_KEYS keys;
    ONEM2M_HEADER header;

    if (take(fixture, slice(copy, length), &header, &keys, &error))
        error.reason = ONEM2M_R_NONE;
    else
        assert_printable(error.detail);
    free(copy);
    return error.reason;
}

static void must_refuse(FIXTURE *fixture, const unsigned char *octets, size_t length, size_t where)
{
    const ONEM2M_REASON reason = refusal_of(fixture, octets, length);

    if (reason != ONEM2M_R_HEADER_DAMAGED && reason != ONEM2M_R_BAD_SEAL &&
        reason != ONEM2M_R_STORE_FORMAT)
        fail_msg("octet %zu: reason %d", where, (int)reason);
}

static void takes_what_was_encoded(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_STORE_KEYS keys;
    ONEM2M_HEADER header;
    ONEM2M_ERROR error;

    fixture->header.writes = UINT64_MAX;
    fixture->header.records = 1000000;
    fixture->header.epoch_writes = 70000;
    random_octets(fixture->header.set_hash, sizeof(fixture->header.set_hash));
    encode(fixture);
    if (!take(fixture, slice(fixture->octets, fixture->length), &header, &keys, &error))
        fail_msg("%s", error.detail);
    assert_memory_equal(header.identity, fixture->header.identity, ONEM2M_STORE_IDENTITY_OCTETS);
    assert_true(header.writes == UINT64_MAX && header.records == 1000000);
    assert_true(header.epoch == 1 && header.epoch_writes == 70000);
    assert_memory_equal(header.set_hash, fixture->header.set_hash, ONEM2M_SET_HASH_OCTETS);
    assert_memory_equal(&keys, &fixture->keys, sizeof(keys));
    assert_ptr_equal(onem2m_store_keys_find(&keys, 1), keys.data[0].key);
    assert_null(onem2m_store_keys_find(&keys, 0));
    assert_null(onem2m_store_keys_find(&keys, 2));
}

static void keeps_the_keys_of_two_epochs(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);
    ONEM2M_STORE_KEYS keys;
    ONEM2M_HEADER header;
    ONEM2M_ERROR error;

    fixture->keys.data[0].epoch = UINT32_MAX - 1;
    fixture->keys.data[1].epoch = UINT32_MAX;
    random_octets(fixture->keys.data[1].key, ONEM2M_DATA_KEY_OCTETS);
    fixture->header.epoch = UINT32_MAX;
    fixture->header.writes = fixture->header.records = fixture->header.epoch_writes = UINT64_MAX;
    assert_true(
        onem2m_header_seal_keys(&fixture->header, &fixture->keys, &fixture->seal, &crypto, NULL));
    encode(fixture);
    if (!take(fixture, slice(fixture->octets, fixture->length), &header, &keys, &error))
        fail_msg("%s", error.detail);
    assert_memory_equal(&keys, &fixture->keys, sizeof(keys));
    assert_memory_equal(onem2m_store_keys_find(&keys, UINT32_MAX), fixture->keys.data[1].key,
                        ONEM2M_DATA_KEY_OCTETS);
}

/* Two epochs out of order, or the same one twice, are not how keys are written. */
static void refuses_epochs_out_of_order(void **state)
{
    static const uint32_t epochs[][2] = { { 2, 1 }, { 2, 2 } };
    FIXTURE *fixture = *state;
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);

    for (size_t i = 0; i < COUNT(epochs); i++) {
        fixture->keys.data[0].epoch = epochs[i][0];
        fixture->keys.data[1].epoch = epochs[i][1];
        assert_true(onem2m_header_seal_keys(&fixture->header, &fixture->keys, &fixture->seal,
                                            &crypto, NULL));
        encode(fixture);
        assert_int_equal(refusal_of(fixture, fixture->octets, fixture->length),
                         ONEM2M_R_HEADER_DAMAGED);
    }
}

static void refuses_every_bit_flipped(void **state)
{
    FIXTURE *fixture = *state;

    for (size_t bit = 0; bit < 8 * fixture->length; bit++) {
        fixture->octets[bit / 8] ^= (unsigned char)(1 << bit % 8);
        must_refuse(fixture, fixture->octets, fixture->length, bit / 8);
        fixture->octets[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}

static void refuses_every_other_length(void **state)
{
    FIXTURE *fixture = *state;
    unsigned char longer[ONEM2M_HEADER_MAX + 1] = { 0 };

    for (size_t cut = 0; cut < fixture->length; cut++)
        must_refuse(fixture, fixture->octets, cut, cut);
    memcpy(longer, fixture->octets, fixture->length);
    must_refuse(fixture, longer, fixture->length + 1, fixture->length);
}

/* Parts of two headers of one store, as one who can write its file would put them together. */
static void refuses_parts_of_an_older_header(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);
    const size_t mac = fixture->length - 32;
    unsigned char older[ONEM2M_HEADER_MAX], mixed[ONEM2M_HEADER_MAX];
    const size_t length = fixture->length;

    memcpy(older, fixture->octets, length);
    fixture->header.writes++;
    random_octets(fixture->header.set_hash, sizeof(fixture->header.set_hash));
    assert_true(
        onem2m_header_seal_keys(&fixture->header, &fixture->keys, &fixture->seal, &crypto, NULL));
    encode(fixture);
    assert_int_equal(fixture->length, length);
    assert_int_equal(refusal_of(fixture, older, length), ONEM2M_R_NONE);
    for (size_t from = 0; from <= mac; from++) {
        if (memcmp(older + from, fixture->octets + from, length - from) == 0 ||
            memcmp(older, fixture->octets, from) == 0)
            continue;
        memcpy(mixed, fixture->octets, length);
        memcpy(mixed + from, older + from, length - from);
        must_refuse(fixture, mixed, length, from);
    }
}

static void names_another_format(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_SLICE covered, mac;
    ONEM2M_HEADER header;
    ONEM2M_ERROR error;

    assert_int_equal(fixture->octets[2], ONEM2M_STORE_FORMAT);
    fixture->octets[2] = 7;
    assert_false(onem2m_header_decode(&header, slice(fixture->octets, fixture->length), &covered,
                                      &mac, &error));
    assert_int_equal(error.reason, ONEM2M_R_STORE_FORMAT);
    assert_non_null(strstr(error.detail, "store format 7; this version reads format 1"));
}

/* A newer format is told as such whatever else its header is. */
static void names_a_format_with_other_items(void **state)
{
    static const unsigned char newer[] = { 0x82, 0x83, 0x19, 0x01, 0x00, 0xA0, 0xF6, 0x40 };
    ONEM2M_SLICE covered, mac;
    ONEM2M_HEADER header;
    ONEM2M_ERROR error;

    (void)state;
    assert_false(
        onem2m_header_decode(&header, slice(newer, sizeof(newer)), &covered, &mac, &error));
    assert_int_equal(error.reason, ONEM2M_R_STORE_FORMAT);
    assert_non_null(strstr(error.detail, "256"));
}

static void refuses_another_seal(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);
    ONEM2M_SEAL other = { { 0 } };

    assert_true(onem2m_seal_random(&other, NULL, NULL));
    assert_true(onem2m_header_seal_keys(&fixture->header, &fixture->keys, &other, &crypto, NULL));
    encode(fixture);
    assert_int_equal(refusal_of(fixture, fixture->octets, fixture->length), ONEM2M_R_BAD_SEAL);
    onem2m_seal_clear(&fixture->seal);
    fixture->seal = other;
    assert_int_equal(refusal_of(fixture, fixture->octets, fixture->length), ONEM2M_R_NONE);
}

/* The sealed keys are bound to the identity: they are of no use in another store. */
static void refuses_the_keys_of_another_store(void **state)
{
    FIXTURE *fixture = *state;

    fixture->header.identity[0] ^= 1;
    encode(fixture);
    assert_int_equal(refusal_of(fixture, fixture->octets, fixture->length), ONEM2M_R_BAD_SEAL);
}

static void change(FIXTURE *fixture, unsigned char sum[ONEM2M_SET_HASH_OCTETS], int add,
                   const char *name, const char *record)
{
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);

    assert_true((add ? onem2m_set_hash_add : onem2m_set_hash_remove)(
        sum, text_slice(name), text_slice(record), &fixture->keys, &crypto, NULL));
}

static void set_hash_is_of_the_set(void **state)
{
    static const char *const records[] = { "one", "two", "three", "four" };
    FIXTURE *fixture = *state;
    unsigned char sum[ONEM2M_SET_HASH_OCTETS] = { 0 }, other[ONEM2M_SET_HASH_OCTETS] = { 0 };
    const unsigned char zero[ONEM2M_SET_HASH_OCTETS] = { 0 };

    for (size_t i = 0; i < COUNT(records); i++) {
        change(fixture, sum, 1, "name", records[i]);
        change(fixture, other, 1, "name", records[COUNT(records) - 1 - i]);
    }
    assert_memory_equal(sum, other, sizeof(sum));
    assert_memory_not_equal(sum, zero, sizeof(sum));
    change(fixture, sum, 0, "name", "two");
    assert_memory_not_equal(sum, other, sizeof(sum));
    change(fixture, sum, 1, "name", "two");
    assert_memory_equal(sum, other, sizeof(sum));
    for (size_t i = 0; i < COUNT(records); i++)
        change(fixture, sum, 0, "name", records[i]);
    assert_memory_equal(sum, zero, sizeof(sum));
}

static void set_hash_tells_records_apart(void **state)
{
    static const char *const pairs[][2] = {
        { "name", "record" }, { "nam", "erecord" }, { "namer", "ecord" }, { "", "namerecord" },
        { "name", "Record" }, { "Name", "record" }, { "name", "" },
    };
    FIXTURE *fixture = *state;
    unsigned char sums[COUNT(pairs)][ONEM2M_SET_HASH_OCTETS] = { { 0 } };

    for (size_t i = 0; i < COUNT(pairs); i++) {
        change(fixture, sums[i], 1, pairs[i][0], pairs[i][1]);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(sums[i], sums[k], ONEM2M_SET_HASH_OCTETS);
    }
}

/* Adding and taking away carry over all octets. */
static void set_hash_carries(void **state)
{
    FIXTURE *fixture = *state;
    unsigned char sum[ONEM2M_SET_HASH_OCTETS], before[ONEM2M_SET_HASH_OCTETS];

    for (int i = 0; i < 1000; i++) {
        memset(sum, i % 3 == 0 ? 0xFF : 0, sizeof(sum));
        if (i % 3 == 2)
            random_octets(sum, sizeof(sum));
        memcpy(before, sum, sizeof(sum));
        change(fixture, sum, i % 2, "name", "record");
        assert_memory_not_equal(sum, before, sizeof(sum));
        change(fixture, sum, i % 2 == 0, "name", "record");
        assert_memory_equal(sum, before, sizeof(sum));
    }
}

static void clears_keys(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_STORE_KEYS zero = { .root = { 0 } };

    onem2m_store_keys_clear(&fixture->keys);
    assert_memory_equal(&fixture->keys, &zero, sizeof(zero));
}

#define WITH_HEADER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HEADER(takes_what_was_encoded),
        WITH_HEADER(keeps_the_keys_of_two_epochs),
        WITH_HEADER(refuses_epochs_out_of_order),
        WITH_HEADER(refuses_every_bit_flipped),
        WITH_HEADER(refuses_every_other_length),
        WITH_HEADER(refuses_parts_of_an_older_header),
        WITH_HEADER(names_another_format),
        cmocka_unit_test(names_a_format_with_other_items),
        WITH_HEADER(refuses_another_seal),
        WITH_HEADER(refuses_the_keys_of_another_store),
        WITH_HEADER(set_hash_is_of_the_set),
        WITH_HEADER(set_hash_tells_records_apart),
        WITH_HEADER(set_hash_carries),
        WITH_HEADER(clears_keys),
    };

    return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
