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
    ONEM2M_HEADER_PROOF proof;

    return onem2m_header_decode(header, octets, &proof, error) &&
           onem2m_header_open_keys(header, keys, &fixture->seal, &crypto, error) &&
           onem2m_header_authenticate(header, &proof, keys, &crypto, error);
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
    static const unsigned char others[] = { 0, ONEM2M_STORE_FORMAT_TOKEN + 1, 7 };
    FIXTURE *fixture = *state;
    ONEM2M_HEADER_PROOF proof;
    ONEM2M_HEADER header;
    ONEM2M_ERROR error;
    char text[64];

    assert_int_equal(fixture->octets[2], ONEM2M_STORE_FORMAT);
    for (size_t i = 0; i < COUNT(others); i++) {
        fixture->octets[2] = others[i];
        assert_false(
            onem2m_header_decode(&header, slice(fixture->octets, fixture->length), &proof, &error));
        assert_int_equal(error.reason, ONEM2M_R_STORE_FORMAT);
        snprintf(text, sizeof(text), "store format %d; this version reads formats 1 to 3",
                 others[i]);
        assert_non_null(strstr(error.detail, text));
    }
}

/* A newer format is told as such whatever else its header is. */
static void names_a_format_with_other_items(void **state)
{
    static const unsigned char newer[] = { 0x82, 0x83, 0x19, 0x01, 0x00, 0xA0, 0xF6, 0x40 };
    ONEM2M_HEADER_PROOF proof;
    ONEM2M_HEADER header;
    ONEM2M_ERROR error;

    (void)state;
    assert_false(onem2m_header_decode(&header, slice(newer, sizeof(newer)), &proof, &error));
    assert_int_equal(error.reason, ONEM2M_R_STORE_FORMAT);
    assert_non_null(strstr(error.detail, "256"));
}

/* A header of format 1 has an item less, one of format 2 is not taken for it. */
static void refuses_the_items_of_another_format(void **state)
{
    FIXTURE *fixture = *state;

    for (unsigned char format = 1; format <= ONEM2M_STORE_FORMAT_TOKEN; format++) {
        fixture->octets[2] = format;
        if (format != ONEM2M_STORE_FORMAT)
            assert_int_equal(refusal_of(fixture, fixture->octets, fixture->length),
                             ONEM2M_R_HEADER_DAMAGED);
    }
}

/* What a token has wrapped decides about the format, both ways, and is covered by the MAC. */
static void keeps_a_wrapped_seal(void **state)
{
    static const unsigned char wrapped[] = { 1, 2, 3 };
    FIXTURE *fixture = *state;
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);
    ONEM2M_STORE_KEYS keys;
    ONEM2M_HEADER header;
    ONEM2M_ERROR error;

    fixture->seal.wrapped.length = sizeof(wrapped);
    memcpy(fixture->seal.wrapped.octets, wrapped, sizeof(wrapped));
    assert_true(
        onem2m_header_seal_keys(&fixture->header, &fixture->keys, &fixture->seal, &crypto, NULL));
    encode(fixture);
    assert_int_equal(fixture->octets[2], ONEM2M_STORE_FORMAT_TOKEN);
    assert_true(take(fixture, slice(fixture->octets, fixture->length), &header, &keys, &error));
    assert_int_equal(header.format, ONEM2M_STORE_FORMAT_TOKEN);
    assert_int_equal(header.wrapped.length, sizeof(wrapped));
    assert_memory_equal(header.wrapped.octets, wrapped, sizeof(wrapped));
    fixture->octets[fixture->length - 35] ^= 1; /* the last of the wrapped, before the MAC */
    assert_int_equal(refusal_of(fixture, fixture->octets, fixture->length),
                     ONEM2M_R_HEADER_DAMAGED);

    fixture->seal.wrapped.length = 0;
    assert_true(onem2m_header_seal_keys(&header, &keys, &fixture->seal, &crypto, NULL));
    assert_int_equal(header.format, ONEM2M_STORE_FORMAT);
    assert_int_equal(header.wrapped.length, 0);
    onem2m_store_keys_clear(&keys);
}

/* Nothing of an older format is written. */
static void encodes_the_present_format_only(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);
    ONEM2M_ERROR error;

    fixture->header.format = 1;
    assert_false(onem2m_header_encode(&fixture->header, &fixture->keys, &crypto, fixture->octets,
                                      &fixture->length, &error));
    assert_int_equal(error.reason, ONEM2M_R_HEADER_DAMAGED);
}

/* Where the set hash stands: before the sealed keys and the MAC, each with a head of 2 octets. */
static const unsigned char *masked_set_hash(const FIXTURE *fixture)
{
    return fixture->octets + fixture->length - (2 + 32) - (2 + fixture->header.sealed_keys_length) -
           ONEM2M_SET_HASH_OCTETS;
}

/* The same set hash twice: who sees both headers does not see that, and it is the same again when
 * they are opened. */
static void masks_the_set_hash_anew_each_time(void **state)
{
    FIXTURE *fixture = *state;
    unsigned char first[ONEM2M_SET_HASH_OCTETS];
    ONEM2M_STORE_KEYS keys;
    ONEM2M_HEADER header;

    random_octets(fixture->header.set_hash, sizeof(fixture->header.set_hash));
    for (int i = 0; i < 2; i++) {
        encode(fixture);
        assert_memory_not_equal(masked_set_hash(fixture), fixture->header.set_hash,
                                ONEM2M_SET_HASH_OCTETS);
        if (i == 0)
            memcpy(first, masked_set_hash(fixture), sizeof(first));
        assert_true(take(fixture, slice(fixture->octets, fixture->length), &header, &keys, NULL));
        assert_memory_equal(header.set_hash, fixture->header.set_hash, ONEM2M_SET_HASH_OCTETS);
    }
    assert_memory_not_equal(masked_set_hash(fixture), first, sizeof(first));
}

static void refuses_another_seal(void **state)
{
    FIXTURE *fixture = *state;
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);
    ONEM2M_SEAL other = { .secret = { 0 } };

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

/* Adds a record to the set hash, or takes it away. */
static void change(FIXTURE *fixture, ONEM2M_HEADER *header, int add, const char *name,
                   const char *record)
{
    const ONEM2M_HEADER_CRYPTO crypto = crypto_of(fixture);

    assert_true((add ? onem2m_set_hash_add : onem2m_set_hash_remove)(
        header, text_slice(name), text_slice(record), &fixture->keys, &crypto, NULL));
}

static void assert_same_hash(const ONEM2M_HEADER *a, const ONEM2M_HEADER *b)
{
    assert_memory_equal(a->set_hash, b->set_hash, ONEM2M_SET_HASH_OCTETS);
}

static void assert_other_hash(const ONEM2M_HEADER *a, const ONEM2M_HEADER *b)
{
    assert_memory_not_equal(a->set_hash, b->set_hash, ONEM2M_SET_HASH_OCTETS);
}

static void set_hash_is_of_the_set(void **state)
{
    static const char *const records[] = { "one", "two", "three", "four" };
    const ONEM2M_HEADER zero = { .format = 2 };
    FIXTURE *fixture = *state;
    ONEM2M_HEADER sum = zero, other = zero;

    for (size_t i = 0; i < COUNT(records); i++) {
        change(fixture, &sum, 1, "name", records[i]);
        change(fixture, &other, 1, "name", records[COUNT(records) - 1 - i]);
    }
    assert_same_hash(&sum, &other);
    assert_other_hash(&sum, &zero);
    change(fixture, &sum, 0, "name", "two");
    assert_other_hash(&sum, &other);
    change(fixture, &sum, 1, "name", "two");
    assert_same_hash(&sum, &other);
    for (size_t i = 0; i < COUNT(records); i++)
        change(fixture, &sum, 0, "name", records[i]);
    assert_same_hash(&sum, &zero);
}

static void set_hash_tells_records_apart(void **state)
{
    static const char *const pairs[][2] = {
        { "name", "record" }, { "nam", "erecord" }, { "namer", "ecord" }, { "", "namerecord" },
        { "name", "Record" }, { "Name", "record" }, { "name", "" },
    };
    FIXTURE *fixture = *state;
    ONEM2M_HEADER sums[2 * COUNT(pairs)] = { { 0 } };

    for (size_t i = 0; i < COUNT(sums); i++) {
        sums[i].format = 1 + (unsigned int)(i % 2); /* a record has another hash in each */
        change(fixture, &sums[i], 1, pairs[i / 2][0], pairs[i / 2][1]);
        for (size_t k = 0; k < i; k++)
            assert_other_hash(&sums[i], &sums[k]);
    }
}

/* Adding and taking away carry over all octets. */
static void set_hash_carries(void **state)
{
    FIXTURE *fixture = *state;
    ONEM2M_HEADER sum = { .format = 2 }, before;

    for (int i = 0; i < 1000; i++) {
        memset(sum.set_hash, i % 3 == 0 ? 0xFF : 0, sizeof(sum.set_hash));
        if (i % 3 == 2)
            random_octets(sum.set_hash, sizeof(sum.set_hash));
        before = sum;
        change(fixture, &sum, i % 2, "name", "record");
        assert_other_hash(&sum, &before);
        change(fixture, &sum, i % 2 == 0, "name", "record");
        assert_same_hash(&sum, &before);
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
        WITH_HEADER(refuses_the_items_of_another_format),
        WITH_HEADER(keeps_a_wrapped_seal),
        WITH_HEADER(encodes_the_present_format_only),
        WITH_HEADER(masks_the_set_hash_anew_each_time),
        WITH_HEADER(refuses_another_seal),
        WITH_HEADER(refuses_the_keys_of_another_store),
        WITH_HEADER(set_hash_is_of_the_set),
        WITH_HEADER(set_hash_tells_records_apart),
        WITH_HEADER(set_hash_carries),
        WITH_HEADER(clears_keys),
    };

    return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
