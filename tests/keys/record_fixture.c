/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "record_fixture.h"

const unsigned char record_identity[ONEM2M_STORE_IDENTITY_OCTETS] = {
    0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF
};
const unsigned char record_data_key[ONEM2M_DATA_KEY_OCTETS] = { 0,  1,  2,  3,  4,  5,  6,  7,
                                                                8,  9,  10, 11, 12, 13, 14, 15,
                                                                16, 17, 18, 19, 20, 21, 22, 23,
                                                                24, 25, 26, 27, 28, 29, 30, 31 };

int set_up(void **state)
{
    static FIXTURE fixture;

    assert_true(onem2m_record_cipher_init(&fixture.cipher, NULL, record_identity, RECORD_EPOCH,
                                          record_data_key, NULL));
    *state = &fixture;
    return 0;
}

int tear_down(void **state)
{
    FIXTURE *fixture = *state;

    onem2m_record_cipher_clear(&fixture->cipher);
    assert_null(fixture->cipher.open);
    onem2m_record_cipher_clear(&fixture->cipher);
    return 0;
}

ONEM2M_SLICE own_name(void)
{
    return slice(RECORD_NAME, RECORD_NAME_LENGTH);
}

int open_as(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE under, ONEM2M_SLICE record, OPENED *opened,
            ONEM2M_ERROR *error)
{
    ONEM2M_RECORD parsed;

    return onem2m_record_parse(&parsed, record, error) &&
           onem2m_record_open(cipher, under, &parsed, &opened->attributes, &opened->key, error);
}

/* Of a copy as long as the record is, so that a sanitizer sees a read beyond it. */
void must_refuse(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE under, const void *octets,
                 size_t length, const char *what)
{
    unsigned char *copy = (unsigned char *)exact_copy(octets, length);
    ONEM2M_ERROR error;
    OPENED opened;

    memset(&opened, UNTOUCHED, sizeof(opened));
    if (open_as(cipher, under, slice(copy, length), &opened, &error))
        fail_msg("%s: it opened", what);
    assert_untouched(&opened, sizeof(opened));
    assert_int_equal(error.reason, ONEM2M_R_RECORD_DAMAGED);
    assert_memory_equal(error.detail, "record: ", 8);
    assert_printable(error.detail);
    free(copy);
}
