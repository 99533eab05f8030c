/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <onem2m/params.h>
#include "identifier.h"
#include "policy_internal.h"

int onem2m_is_equal(ONEM2M_SLICE a, ONEM2M_SLICE b)
{
    return a.length == b.length && a.length > 0 && memcmp(a.data, b.data, a.length) == 0;
}

int onem2m_policy_check_state(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE_RULE *rule,
                              ONEM2M_ERROR *error)
{
    static const ONEM2M_REASON reasons[] = {
        [ONEM2M_STATE_ACTIVE] = ONEM2M_R_BAD_STATE, /* active serves every use */
        [ONEM2M_STATE_SUSPENDED] = ONEM2M_R_SUSPENDED,
        [ONEM2M_STATE_REVOKED] = ONEM2M_R_REVOKED,
        [ONEM2M_STATE_DESTROYED] = ONEM2M_R_DESTROYED,
    };

    if (key->state < ONEM2M_STATE_ACTIVE || key->state > ONEM2M_STATE_DESTROYED)
        return onem2m_refuse(error, ONEM2M_R_BAD_STATE, ONEM2M_NO_OFFSET,
                             "state: %d is no state of a key", (int)key->state);
    if ((rule->states >> key->state & 1) == 0)
        return onem2m_refuse(error, reasons[key->state], ONEM2M_NO_OFFSET,
                             "state: a %s key may not %s (docs/policy.md)",
                             onem2m_state_name(key->state), rule->what);
    return 1;
}

static int check_expiry(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE_RULE *rule, ONEM2M_TIME now,
                        ONEM2M_ERROR *error)
{
    char not_after[ONEM2M_TIMESTAMP_SIZE];

    if (rule->expired == ONEM2M_EXPIRED_ALWAYS ||
        (rule->expired == ONEM2M_EXPIRED_OWN_ONLY && !key->registration) ||
        !onem2m_attributes_expired(key, now))
        return 1;
    onem2m_timestamp_print(not_after, key->not_after);
    return onem2m_refuse(error, ONEM2M_R_EXPIRED, ONEM2M_NO_OFFSET,
                         "not-after: expired at %s, so the key may not %s (TS-0003 %s)", not_after,
                         rule->what, key->registration ? "8.3.5.2.9, 8.8.2.9, 10.7" : "10.7");
}

/* Whether the use is one of own keys, or of registrations for somebody. */
static int check_ownership(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE_RULE *rule,
                           const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    if (!key->registration) {
        return rule->own ||
               onem2m_refuse(error, ONEM2M_R_REGISTRATION, ONEM2M_NO_OFFSET,
                             "registration: this entity's own key may not %s; registered ones may "
                             "(TS-0003 8.3.5.2.8, 8.8.2.8)",
                             rule->what);
    }
    if (rule->registered == ONEM2M_WHO_NOBODY)
        return onem2m_refuse(error, ONEM2M_R_REGISTRATION, ONEM2M_NO_OFFSET,
                             "registration: a key held for others may not %s "
                             "(TS-0003 8.3.5.2.7, 8.8.2.7)",
                             rule->what);
    if (use->requester.length == 0)
        return onem2m_refuse(error, ONEM2M_R_REQUESTER_MISSING, ONEM2M_NO_OFFSET,
                             "requester: not set; a key held for others may %s only for one who "
                             "is authenticated (TS-0003 8.3.5.2.8, 8.8.2.8)",
                             rule->what);
    return 1;
}

static int refuse_usage(const ONEM2M_ATTRIBUTES *key, const char *what, ONEM2M_ERROR *error)
{
    if (key->kind == ONEM2M_KIND_E2E)
        return onem2m_refuse(error, ONEM2M_R_NOT_ALLOWED_BY_USAGE, ONEM2M_NO_OFFSET,
                             "purpose: a key for %s may not %s (TS-0003 10.3.6.2)",
                             onem2m_purpose_name(key->purpose), what);
    return onem2m_refuse(error, ONEM2M_R_NOT_ALLOWED_BY_USAGE, ONEM2M_NO_OFFSET,
                         "usage: SUID %u is for %s, so the key may not %s (" ONEM2M_SUID_CLAUSE ")",
                         key->suid, onem2m_usage_name(onem2m_attributes_usage(key)), what);
}

static int check_psk_usage(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    const ONEM2M_USAGE usage = onem2m_attributes_usage(key);
    const char *asked = onem2m_usage_name(use->usage);

    if (usage == use->usage)
        return 1;
    return onem2m_refuse(error, ONEM2M_R_NOT_ALLOWED_BY_USAGE, ONEM2M_NO_OFFSET,
                         "usage: SUID %u is for %s, not %s (" ONEM2M_SUID_CLAUSE ")", key->suid,
                         onem2m_usage_name(usage), asked != NULL ? asked : "one that is not set");
}

/* PSK, RETRIEVE, MAC, ENCRYPT: what the kind does, and there the usage or the purpose. */
static int check_usage(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    unsigned int serves;

    if ((onem2m_kind_rules[key->kind].uses >> use->kind & 1) == 0)
        return onem2m_refuse(error, ONEM2M_R_NOT_ALLOWED_BY_KIND, ONEM2M_NO_OFFSET,
                             "kind: a %s may not %s (" ONEM2M_SUID_CLAUSE ")",
                             onem2m_kind_name(key->kind), onem2m_use_rules[use->kind].what);
    if (use->kind == ONEM2M_USE_PSK)
        return check_psk_usage(key, use, error);
    if (use->kind == ONEM2M_USE_RETRIEVE)
        return use->suid == 0 || use->suid == key->suid ||
               onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                             "suid: %u; the key was registered with %u "
                             "(TS-0003 8.3.5.2.8, 8.8.2.8)",
                             use->suid, key->suid);
    serves = key->kind == ONEM2M_KIND_E2E ? onem2m_purpose_uses[key->purpose]
                                          : onem2m_usage_uses[onem2m_attributes_usage(key)];
    return (serves >> use->kind & 1) != 0 ||
           refuse_usage(key, onem2m_use_rules[use->kind].what, error);
}

/*
 * Whether target-id is the FQDN of the requester: what its item of target-ids
 * gives after '=', or the identifier itself when it is no CSE-ID or AE-ID.
 */
static int check_target_fqdn(ONEM2M_SLICE identifier, ONEM2M_SLICE fqdn, const ONEM2M_USE *use,
                             ONEM2M_ERROR *error)
{
    if (fqdn.length == 0 && identifier.data[0] != '/')
        fqdn = identifier;
    if (onem2m_is_equal(fqdn, use->target))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_NOT_A_TARGET, ONEM2M_NO_OFFSET,
                         "target-id: not the FQDN that target-ids give for the requester "
                         "(TS-0003 8.3.2.1, 10.3.7)");
}

static int check_is_target(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use,
                           const ONEM2M_MAKES *row, ONEM2M_ERROR *error)
{
    ONEM2M_SLICE item, identifier, fqdn;
    size_t position = 0;

    while (onem2m_list_next(key->text[ONEM2M_TEXT_TARGET_IDS], &position, &item)) {
        onem2m_target_split(item, &identifier, &fqdn);
        if (onem2m_is_equal(identifier, use->requester))
            return row == NULL || check_target_fqdn(identifier, fqdn, use, error);
    }
    return onem2m_refuse(error, ONEM2M_R_NOT_A_TARGET, ONEM2M_NO_OFFSET,
                         "requester: none of the key's target-ids "
                         "(TS-0003 8.3.2.1, 8.3.5.2.8, 8.8.2.8)");
}

static int check_is_source(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    if (onem2m_is_equal(key->text[ONEM2M_TEXT_SOURCE_ID], use->requester) ||
        onem2m_is_equal(key->text[ONEM2M_TEXT_ADMIN_FQDN], use->requester))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_NOT_THE_SOURCE, ONEM2M_NO_OFFSET,
                         "requester: neither the key's source-id nor its admin-fqdn "
                         "(TS-0003 8.3.5.2.9, 8.3.5.2.10, 8.8.2.9, 8.8.2.10)");
}

/* What a registration gives to whom. row: of a derivation, else NULL. */
static int check_requester(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use,
                           const ONEM2M_MAKES *row, ONEM2M_ERROR *error)
{
    if (onem2m_use_rules[use->kind].registered == ONEM2M_WHO_SOURCE)
        return check_is_source(key, use, error);
    if (row != NULL && (row->flags & ONEM2M_MAKES_BY_TARGET) == 0)
        return onem2m_refuse(error, ONEM2M_R_REGISTRATION, ONEM2M_NO_OFFSET,
                             "registration: of a key held for others only a ke derives, and only "
                             "by " ONEM2M_KDF_USAGE_KEY " (TS-0003 8.3.2.1)");
    if (!check_is_target(key, use, row, error))
        return 0;
    if (row != NULL && (key->allowed_suids & 1U << (use->suid - ONEM2M_ALLOWED_SUID_FIRST)) == 0)
        return onem2m_refuse(error, ONEM2M_R_SUID_NOT_ALLOWED, ONEM2M_NO_OFFSET,
                             "suid: %u is none of the key's allowed-suids (TS-0003 8.3.2.1)",
                             use->suid);
    return 1;
}

/* Whether octets may leave. row: of a derivation, else NULL. */
static int check_octets(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use,
                        const ONEM2M_MAKES *row, ONEM2M_ERROR *error)
{
    const int is_derivation = use->kind == ONEM2M_USE_DERIVE_OCTETS;

    if (use->kind != ONEM2M_USE_EXPORT && !is_derivation)
        return 1;
    if (is_derivation && !key->derive_octets)
        return onem2m_refuse(error, ONEM2M_R_DERIVE_OCTETS_OFF, ONEM2M_NO_OFFSET,
                             "derive-octets: 0, so the key makes key objects only "
                             "(TS-0003 6.2.5)");
    if (!key->extractable && (row == NULL || (row->flags & ONEM2M_MAKES_ITSELF) != 0))
        return onem2m_refuse(error, ONEM2M_R_NOT_EXTRACTABLE, ONEM2M_NO_OFFSET,
                             "extractable: 0, so the key's own octets may not leave "
                             "(TS-0003 6.2.5)");
    return 1;
}

int onem2m_policy_allows(const ONEM2M_ATTRIBUTES *key, const ONEM2M_USE *use, ONEM2M_ERROR *error)
{
    const ONEM2M_MAKES *row = NULL;

    if (use->kind < ONEM2M_USE_PSK || use->kind > ONEM2M_USE_KIND_MAX)
        return onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET, "%d is no use of a key",
                             (int)use->kind);
    if (!onem2m_policy_check_kind(key, error) ||
        !onem2m_policy_check_state(key, &onem2m_use_rules[use->kind], error) ||
        !check_expiry(key, &onem2m_use_rules[use->kind], use->now, error) ||
        !check_ownership(key, &onem2m_use_rules[use->kind], use, error))
        return 0;
    switch (use->kind) {
    case ONEM2M_USE_DERIVE:
    case ONEM2M_USE_DERIVE_OCTETS:
        if (!onem2m_policy_find_row(&row, key, use, error))
            return 0;
        break;
    case ONEM2M_USE_EXPORT:
    case ONEM2M_USE_UPDATE:
    case ONEM2M_USE_DESTROY:
        break;
    default:
        if (!check_usage(key, use, error))
            return 0;
        break;
    }
    if (key->registration && !check_requester(key, use, row, error))
        return 0;
    return check_octets(key, use, row, error);
}

static unsigned int kinds_of_derivation(const ONEM2M_DERIVATION *derivation)
{
    unsigned int found = 0;
    size_t i;

    for (i = 0; i < ONEM2M_MAKES_COUNT; i++) {
        if (onem2m_makes[i].derivation == derivation)
            found |= 1U << onem2m_makes[i].parent;
    }
    return found;
}

/* suids: of the usage, for a PSK. */
static int kind_serves(const ONEM2M_KIND_RULE *rule, const ONEM2M_USE *use, uint64_t suids)
{
    if (use->kind >= ONEM2M_USE_EXPORT)
        return 1;
    return (rule->uses >> use->kind & 1) != 0 &&
           (use->kind != ONEM2M_USE_PSK || (rule->suids & suids) != 0);
}

unsigned int onem2m_policy_kinds(const ONEM2M_USE *use)
{
    const uint64_t suids = use->kind == ONEM2M_USE_PSK ? onem2m_usage_suids(use->usage) : 0;
    unsigned int found = 0, kind;

    if (use->kind == ONEM2M_USE_DERIVE || use->kind == ONEM2M_USE_DERIVE_OCTETS)
        return kinds_of_derivation(use->derivation);
    for (kind = 1; kind <= ONEM2M_KIND_MAX; kind++) {
        if (kind_serves(&onem2m_kind_rules[kind], use, suids))
            found |= 1U << kind;
    }
    return found;
}

void onem2m_use_of_derivation(ONEM2M_USE *use, const ONEM2M_DERIVATION_INPUT *input)
{
    ONEM2M_DERIVATION_SCOPE scope;

    onem2m_derivation_scope(input, &scope);
    memset(use, 0, sizeof(*use));
    if (input->derivation == &onem2m_derivation_psk) {
        use->kind = ONEM2M_USE_PSK;
    } else if (input->derivation == &onem2m_derivation_retrieve) {
        use->kind = ONEM2M_USE_RETRIEVE;
    } else {
        use->kind = ONEM2M_USE_DERIVE_OCTETS;
        use->derivation = input->derivation;
    }
    use->usage = scope.usage;
    use->suid = scope.suid;
    use->purpose = (ONEM2M_PURPOSE)scope.purpose;
    use->target = scope.target;
}
