/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys and uses for the tests of policy, and what is expected of them.
 */
#ifndef ONEM2M_TESTS_UNIT_KEYS_POLICY_EXPECT_H
#define ONEM2M_TESTS_UNIT_KEYS_POLICY_EXPECT_H

#include <keystore/policy.h>
#include "expect.h"

#define SUID_LAST 50
#define NOW INT64_C(1800000000)

#define TARGET_CSE "//sp.example.com/cse1"
#define TARGET_CSE_FQDN "cse1.example.com"
#define TARGET_MAF "maf.example.com"
#define TARGET_BARE "//sp.example.com/cse2" /* of which no FQDN is known */
#define TARGETS TARGET_CSE "=" TARGET_CSE_FQDN " " TARGET_MAF " " TARGET_BARE
#define SOURCE "//sp.example.com/cse9/C7"
#define ADMIN "admin.example.com"
#define STRANGER "//sp.example.com/cse"

/* Empty, or all that a text has without its NUL. */
ONEM2M_SLICE policy_slice(const char *text);
int policy_is(ONEM2M_SLICE text, const char *expected);

/* "no kind", "none": what a message says. */
const char *policy_kind_name(ONEM2M_KIND kind);
const char *policy_derivation_name(const ONEM2M_DERIVATION *derivation);

/* An active key that may do everything, a registration made of it, and a use at NOW. */
ONEM2M_ATTRIBUTES policy_own_key(ONEM2M_KIND kind, unsigned int suid, ONEM2M_PURPOSE purpose);
void policy_make_registration(ONEM2M_ATTRIBUTES *key);
ONEM2M_USE policy_new_use(ONEM2M_USE_KIND kind);
int policy_is_derivation(const ONEM2M_USE *use);

/* The refusals of a use, of kind, SUID and purpose alone, and of a key with so many targets. */
ONEM2M_REASON policy_expect(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use);
ONEM2M_REASON policy_expect_kind(const ONEM2M_ATTRIBUTES *key);
ONEM2M_REASON policy_expect_admitted(const ONEM2M_ATTRIBUTES *key, size_t targets);

#endif
