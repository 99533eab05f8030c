/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A cipher of records, and what must not open with it.
 */
#ifndef ONEM2M_TESTS_KEYS_RECORD_FIXTURE_H
#define ONEM2M_TESTS_KEYS_RECORD_FIXTURE_H

#include "keystore/record.h"
#include "octets.h"

#define RECORD_EPOCH 258
#define RECORD_NAME "82CA6FADC18789491AA65339C51B58A3@mef.example.com\0\x02"
#define RECORD_NAME_LENGTH (sizeof(RECORD_NAME) - 1)

extern const unsigned char record_identity[ONEM2M_STORE_IDENTITY_OCTETS];
extern const unsigned char record_data_key[ONEM2M_DATA_KEY_OCTETS];

typedef struct {
    ONEM2M_ATTRIBUTES attributes;
    ONEM2M_RECORD_KEY key;
} OPENED;

typedef struct {
    ONEM2M_RECORD_CIPHER cipher;
} FIXTURE;

/* *state: a FIXTURE with the identity, epoch and data key above. */
int set_up(void **state);
int tear_down(void **state);

ONEM2M_SLICE own_name(void);

/* Parses and opens. */
int open_as(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE under, ONEM2M_SLICE record, OPENED *opened,
            ONEM2M_ERROR *error);

/* Fails the test unless it is refused as damaged, with nothing written. */
void must_refuse(ONEM2M_RECORD_CIPHER *cipher, ONEM2M_SLICE under, const void *octets,
                 size_t length, const char *what);

#endif
