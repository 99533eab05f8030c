/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "policy_internal.h"

/* The tables of docs/policy.md, in its order. */

/* Members of sets. */
#define SUID(number) ONEM2M_SUID_BIT(number)
#define USE(use) (1U << ONEM2M_USE_##use)
#define STATE(state) (1U << ONEM2M_STATE_##state)

#define NO_TARGETS ONEM2M_NO_TARGETS
#define ONE_TARGET ONEM2M_ONE_TARGET
#define TARGETS ONEM2M_TARGETS

const ONEM2M_KIND_RULE onem2m_kind_rules[ONEM2M_KIND_MAX + 1] = {
    [ONEM2M_KIND_KPM] = { SUID(10), USE(PSK), NO_TARGETS },
    [ONEM2M_KIND_KE] = { 0, 0, TARGETS },
    [ONEM2M_KIND_KM] = { SUID(11) | SUID(21), USE(PSK) | USE(RETRIEVE), ONE_TARGET },
    [ONEM2M_KIND_KPSA] = { SUID(12) | SUID(22), USE(PSK) | USE(RETRIEVE), ONE_TARGET },
    [ONEM2M_KIND_KC] = { SUID(22) | SUID(32), USE(PSK) | USE(RETRIEVE), ONE_TARGET },
    [ONEM2M_KIND_ESPRIM] = { SUID(13) | SUID(23) | SUID(33), USE(RETRIEVE), ONE_TARGET },
    [ONEM2M_KIND_ESPRIM_SESSION] = { SUID(13) | SUID(23) | SUID(33), USE(ENCRYPT), NO_TARGETS },
    [ONEM2M_KIND_ESDATA] = { SUID(14) | SUID(15) | SUID(24) | SUID(25) | SUID(34) | SUID(35),
                             USE(ENCRYPT) | USE(MAC) | USE(RETRIEVE), TARGETS },
    [ONEM2M_KIND_E2E_MASTER] = { 0, 0, NO_TARGETS },
    [ONEM2M_KIND_E2E] = { 0, USE(ENCRYPT) | USE(MAC), NO_TARGETS },
    [ONEM2M_KIND_PAIRWISE_E2E] = { 0, 0, NO_TARGETS },
    [ONEM2M_KIND_HALF] = { SUID(14) | SUID(15) | SUID(24) | SUID(25) | SUID(34) | SUID(35),
                           USE(ENCRYPT) | USE(MAC), NO_TARGETS },
};

const unsigned int onem2m_usage_uses[ONEM2M_USAGE_MAX + 1] = {
    [ONEM2M_USAGE_ESPRIM] = USE(ENCRYPT),
    [ONEM2M_USAGE_ESDATA_ENCRYPT] = USE(ENCRYPT),
    [ONEM2M_USAGE_ESDATA_SIGN] = USE(MAC),
};
const unsigned int onem2m_purpose_uses[ONEM2M_PURPOSE_MAX + 1] = {
    [ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY] = USE(MAC),
    [ONEM2M_PURPOSE_MESSAGE_CONFIDENTIALITY_KEY] = USE(ENCRYPT),
    [ONEM2M_PURPOSE_ATTRIBUTE_AUTHENTICITY_KEY] = USE(MAC),
    [ONEM2M_PURPOSE_ATTRIBUTE_CONFIDENTIALITY_KEY] = USE(ENCRYPT),
};

#define BY(derivation) &onem2m_derivation_##derivation
#define K(kind) ONEM2M_KIND_##kind
#define OWN ONEM2M_MAKES_OWN
#define BY_TARGET ONEM2M_MAKES_BY_TARGET
#define ITSELF ONEM2M_MAKES_ITSELF
#define PARENTS ONEM2M_PARENTS_SUID

const ONEM2M_MAKES onem2m_makes[ONEM2M_MAKES_COUNT] = {
    { K(KE), K(KM), BY(km), SUID(21), "TS-0003 10.3.2", OWN },
    { K(KE), K(KPSA), BY(kpsa), SUID(22), "TS-0003 10.3.3", OWN },
    { K(KE), K(KM), BY(usage_key), SUID(21), "TS-0003 10.3.7", BY_TARGET },
    { K(KE), K(KPSA), BY(usage_key), SUID(22), "TS-0003 10.3.7", BY_TARGET },
    { K(KE), K(ESPRIM), BY(usage_key), SUID(23), "TS-0003 10.3.7", BY_TARGET },
    { K(KE), K(ESDATA), BY(usage_key), SUID(24) | SUID(25), "TS-0003 10.3.7", BY_TARGET },
    { K(KE), K(KM), BY(gba_naf_key), SUID(21), "TS-0003 8.3.2.3", OWN },
    { K(KE), K(KPSA), BY(gba_naf_key), SUID(22), "TS-0003 8.3.2.3", OWN },
    { K(KM), K(E2E_MASTER), BY(e2e_key), 0, "TS-0003 8.6.2", OWN },
    { K(KM), K(E2E), BY(e2e_key), 0, "TS-0003 8.6.2", OWN },
    { K(KPSA), K(E2E_MASTER), BY(e2e_key), 0, "TS-0003 8.6.2", OWN },
    { K(KPSA), K(E2E), BY(e2e_key), 0, "TS-0003 8.6.2", OWN },
    { K(E2E_MASTER), K(E2E), BY(e2e_key), 0, "TS-0003 10.3.6.2", OWN },
    { K(ESPRIM), K(ESPRIM_SESSION), BY(session_esprim_key), PARENTS, "TS-0003 10.3.8.2", OWN },
    { K(ESDATA), K(HALF), BY(split_key), PARENTS, "TS-0003 8.8.1 step 8", ITSELF },
    { K(PAIRWISE_E2E), K(ESPRIM), NULL, SUID(13), "TS-0003 8.7.1, 8.4.2", ITSELF },
    { K(PAIRWISE_E2E), K(ESDATA), NULL, SUID(14) | SUID(15), "TS-0003 8.7.1", ITSELF },
};

#define NEVER ONEM2M_EXPIRED_NEVER
#define OWN_ONLY ONEM2M_EXPIRED_OWN_ONLY
#define ALWAYS ONEM2M_EXPIRED_ALWAYS
#define NOBODY ONEM2M_WHO_NOBODY
#define TARGET ONEM2M_WHO_TARGET
#define SOURCE ONEM2M_WHO_SOURCE

const ONEM2M_USE_RULE onem2m_use_rules[ONEM2M_USE_KIND_MAX + 1] = {
    [ONEM2M_USE_PSK] = { "key a TLS handshake", STATE(ACTIVE), NEVER, 1, NOBODY },
    [ONEM2M_USE_RETRIEVE] = { "be retrieved", STATE(ACTIVE), NEVER, 0, TARGET },
    [ONEM2M_USE_DERIVE] = { "make a key", STATE(ACTIVE), NEVER, 1, TARGET },
    [ONEM2M_USE_DERIVE_OCTETS] = { "derive octets", STATE(ACTIVE), NEVER, 1, TARGET },
    [ONEM2M_USE_MAC] = { "compute a MIC", STATE(ACTIVE), NEVER, 1, NOBODY },
    [ONEM2M_USE_ENCRYPT] = { "encrypt", STATE(ACTIVE), NEVER, 1, NOBODY },
    [ONEM2M_USE_EXPORT] = { "be exported", STATE(ACTIVE), NEVER, 1, NOBODY },
    [ONEM2M_USE_UPDATE] = { "be changed", STATE(ACTIVE) | STATE(SUSPENDED), OWN_ONLY, 1, SOURCE },
    [ONEM2M_USE_DESTROY] = { "be destroyed", STATE(ACTIVE) | STATE(SUSPENDED) | STATE(REVOKED),
                             ALWAYS, 1, SOURCE },
};
