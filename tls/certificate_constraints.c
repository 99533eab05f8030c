/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Name constraints. OpenSSL judges all types of names but two that oneM2M has:
 * the otherName of a device, of which it refuses the constraint
 * (X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE), and the URI of an AE, //FQDN/..., of
 * which it refuses the name (X509_V_ERR_UNSUPPORTED_NAME_SYNTAX).
 */
#include <string.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include "tls/certificate.h"

#define CLAUSE "TS-0003 8.1.2.2, RFC 5280 4.2.1.10"

/* As OpenSSL's own check: names times constraints that are still compared. */
#define COMPARISONS_MAX (1 << 20)

static ONEM2M_SLICE octets_of(const ASN1_STRING *string)
{
    ONEM2M_SLICE slice = { ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string) };

    return slice;
}

static int lower(unsigned char octet)
{
    return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
}

/* Whether text ends with end, without regard to the case of ASCII. */
static int ends_with(ONEM2M_SLICE text, ONEM2M_SLICE end)
{
    if (text.length < end.length)
        return 0;
    for (size_t i = 0; i < end.length; i++) {
        if (lower(text.data[text.length - end.length + i]) != lower(end.data[i]))
            return 0;
    }
    return 1;
}

/* RFC 5280: a host, or after a '.' every host below it. */
static int host_is_within(ONEM2M_SLICE host, ONEM2M_SLICE base)
{
    int is_domain = base.length > 0 && base.data[0] == '.';

    if (!ends_with(host, base))
        return 0;
    return is_domain ? host.length > base.length : host.length == base.length;
}

/* RFC 5280: the name itself and all with labels before it. */
static int dns_name_is_within(ONEM2M_SLICE name, ONEM2M_SLICE base)
{
    if (base.length == 0)
        return 1;
    return ends_with(name, base) && (name.length == base.length || base.data[0] == '.' ||
                                     name.data[name.length - base.length - 1] == '.');
}

static int device_is_within(const ONEM2M_DEVICE_ID *id, const ONEM2M_DEVICE_ID *base)
{
    return id->length >= base->length && memcmp(id->octets, base->octets, base->length) == 0;
}

typedef enum {
    OTHER_TYPE, /* the subtree is not about such names */
    OUTSIDE,
    WITHIN,
    UNCLEAR /* it is, and cannot be judged */
} RELATION;

static int has_distances(const GENERAL_SUBTREE *subtree)
{
    return subtree->maximum != NULL ||
           (subtree->minimum != NULL && ASN1_INTEGER_get(subtree->minimum) != 0);
}

/* The tree of object identifiers is one, whatever its subtrees give as type-id. */
static RELATION relate_device(const ONEM2M_CERTIFICATE_NAME *name, const GENERAL_NAME *base)
{
    ONEM2M_DEVICE_ID subtree;

    if (base->type != GEN_OTHERNAME || !onem2m_device_id_of(&subtree, base->d.otherName))
        return OTHER_TYPE;
    return device_is_within(&name->device, &subtree) ? WITHIN : OUTSIDE;
}

static RELATION relate(const ONEM2M_CERTIFICATE_NAME *name, const GENERAL_SUBTREE *subtree)
{
    const GENERAL_NAME *base = subtree->base;
    RELATION relation;

    if (name->type == GEN_OTHERNAME) {
        relation = relate_device(name, base);
    } else if (name->type != base->type) {
        relation = OTHER_TYPE;
    } else if (name->type == GEN_DNS) {
        relation = dns_name_is_within(name->text, octets_of(base->d.dNSName)) ? WITHIN : OUTSIDE;
    } else if (name->host.length == 0) {
        relation = UNCLEAR;
    } else {
        relation = host_is_within(name->host, octets_of(base->d.uniformResourceIdentifier))
                       ? WITHIN
                       : OUTSIDE;
    }
    return relation != OTHER_TYPE && has_distances(subtree) ? UNCLEAR : relation;
}

static int refuse_unclear(int depth, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET,
                         "CA certificate at depth %d: a name or name constraint that cannot be "
                         "judged (" CLAUSE ")",
                         depth);
}

static int check_permitted(const ONEM2M_CERTIFICATE_NAME *name,
                           const STACK_OF(GENERAL_SUBTREE) * subtrees, int depth,
                           ONEM2M_ERROR *error)
{
    int constrained = 0, permitted = 0;

    for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); i++) {
        RELATION relation = relate(name, sk_GENERAL_SUBTREE_value(subtrees, i));

        if (relation == UNCLEAR)
            return refuse_unclear(depth, error);
        constrained |= relation != OTHER_TYPE;
        permitted |= relation == WITHIN;
    }
    if (constrained && !permitted)
        return onem2m_refuse(error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET,
                             "CA certificate at depth %d: does not permit the name (" CLAUSE ")",
                             depth);
    return 1;
}

static int check_excluded(const ONEM2M_CERTIFICATE_NAME *name,
                          const STACK_OF(GENERAL_SUBTREE) * subtrees, int depth,
                          ONEM2M_ERROR *error)
{
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); i++) {
        RELATION relation = relate(name, sk_GENERAL_SUBTREE_value(subtrees, i));

        if (relation == UNCLEAR)
            return refuse_unclear(depth, error);
        if (relation == WITHIN)
            return onem2m_refuse(error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET,
                                 "CA certificate at depth %d: excludes the name (" CLAUSE ")",
                                 depth);
    }
    return 1;
}

static int has_type_id(const STACK_OF(GENERAL_SUBTREE) * subtrees, const ASN1_OBJECT *type_id)
{
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); i++) {
        const GENERAL_NAME *base = sk_GENERAL_SUBTREE_value(subtrees, i)->base;

        if (base->type == GEN_OTHERNAME && OBJ_cmp(base->d.otherName->type_id, type_id) == 0)
            return 1;
    }
    return 0;
}

/* The one otherName that OpenSSL compares itself (RFC 8398). */
static int is_openssl_s(const GENERAL_NAME *general)
{
    return general->type != GEN_OTHERNAME
               ? general->type != GEN_URI
               : OBJ_obj2nid(general->d.otherName->type_id) == NID_id_on_SmtpUTF8Mailbox;
}

/* Of the two types: 1 when it is ours to judge; then *name is filled in, or *is_known is 0. */
static int is_ours(ONEM2M_CERTIFICATE_NAME *name, int *is_known, const GENERAL_NAME *general)
{
    *is_known = 0;
    if (is_openssl_s(general))
        return 0;
    *is_known = onem2m_certificate_name(name, general);
    return general->type == GEN_OTHERNAME || (!name->has_scheme && name->host.length > 0);
}

static int check_name(const GENERAL_NAME *general, const NAME_CONSTRAINTS *constraints, int depth,
                      ONEM2M_ERROR *error)
{
    ONEM2M_CERTIFICATE_NAME name;
    int is_known;

    if (!is_ours(&name, &is_known, general))
        return 1;
    if (is_known)
        return check_permitted(&name, constraints->permittedSubtrees, depth, error) &&
               check_excluded(&name, constraints->excludedSubtrees, depth, error);
    if (has_type_id(constraints->permittedSubtrees, general->d.otherName->type_id) ||
        has_type_id(constraints->excludedSubtrees, general->d.otherName->type_id))
        return refuse_unclear(depth, error);
    return 1;
}

static int at_least_0(int count)
{
    return count < 0 ? 0 : count;
}

static int check_names(const GENERAL_NAMES *names, const NAME_CONSTRAINTS *constraints, int depth,
                       ONEM2M_ERROR *error)
{
    int count = at_least_0(sk_GENERAL_NAME_num(names));
    int subtrees = at_least_0(sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees)) +
                   at_least_0(sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees));

    if (count > 0 && subtrees > COMPARISONS_MAX / count)
        return onem2m_refuse(error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET,
                             "CA certificate at depth %d: %d name constraints for %d names "
                             "(" CLAUSE ")",
                             depth, subtrees, count);
    for (int i = 0; i < count; i++) {
        if (!check_name(sk_GENERAL_NAME_value(names, i), constraints, depth, error))
            return 0;
    }
    return 1;
}

static NAME_CONSTRAINTS *constraints_at(const STACK_OF(X509) * chain, int depth)
{
    return X509_get_ext_d2i(sk_X509_value(chain, depth), NID_name_constraints, NULL, NULL);
}

static GENERAL_NAMES *names_at(const STACK_OF(X509) * chain, int depth)
{
    return X509_get_ext_d2i(sk_X509_value(chain, depth), NID_subject_alt_name, NULL, NULL);
}

int onem2m_constraints_check(const STACK_OF(X509) * chain, int depth, ONEM2M_ERROR *error)
{
    GENERAL_NAMES *names = names_at(chain, depth);
    int done = 1;

    for (int above = depth + 1; done && above < sk_X509_num(chain); above++) {
        NAME_CONSTRAINTS *constraints = constraints_at(chain, above);

        if (constraints != NULL)
            done = check_names(names, constraints, above, error);
        NAME_CONSTRAINTS_free(constraints);
    }
    GENERAL_NAMES_free(names);
    return done;
}

/* names loses ours. */
static void remove_ours(GENERAL_NAMES *names)
{
    for (int i = sk_GENERAL_NAME_num(names) - 1; i >= 0; i--) {
        GENERAL_NAME *general = sk_GENERAL_NAME_value(names, i);
        ONEM2M_CERTIFICATE_NAME name;
        int is_known;

        if (is_ours(&name, &is_known, general))
            GENERAL_NAME_free(sk_GENERAL_NAME_delete(names, i));
    }
}

/* The certificate at depth, of which only the names matter, without ours. NULL on failure. */
static X509 *without_our_names(const STACK_OF(X509) * chain, int depth)
{
    X509 *copy = X509_dup(sk_X509_value(chain, depth));
    GENERAL_NAMES *names = names_at(chain, depth);
    int done = copy != NULL;

    if (done && names != NULL) {
        remove_ours(names);
        done = X509_add1_ext_i2d(copy, NID_subject_alt_name, NULL, 0, X509V3_ADD_DELETE) == 1;
        if (done && sk_GENERAL_NAME_num(names) > 0)
            done = X509_add1_ext_i2d(copy, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
    }
    GENERAL_NAMES_free(names);
    if (!done) {
        X509_free(copy);
        return NULL;
    }
    X509_get_extension_flags(copy); /* reads the extensions for NAME_CONSTRAINTS_check */
    return copy;
}

static int has_dns_name(const STACK_OF(X509) * chain, int depth)
{
    GENERAL_NAMES *names = names_at(chain, depth);
    int found = 0;

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        found |= sk_GENERAL_NAME_value(names, i)->type == GEN_DNS;
    GENERAL_NAMES_free(names);
    return found;
}

/* When x509_vfy.c compares the common name as if it were a dNSName. */
static int common_name_counts(const STACK_OF(X509) * chain, int depth, unsigned int hostflags)
{
    return depth == 0 && (hostflags & X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) == 0 &&
           ((hostflags & X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT) != 0 || !has_dns_name(chain, depth));
}

static int openssl_check(X509 *copy, NAME_CONSTRAINTS *constraints, int with_common_name)
{
    int result = NAME_CONSTRAINTS_check(copy, constraints);

    if (result == X509_V_OK && with_common_name)
        result = NAME_CONSTRAINTS_check_CN(copy, constraints);
    return result;
}

int onem2m_constraints_check_all(const STACK_OF(X509) * chain, int depth, unsigned int hostflags,
                                 ONEM2M_ERROR *error)
{
    int with_common_name = common_name_counts(chain, depth, hostflags), result = X509_V_OK, above;
    X509 *copy;

    if (!onem2m_constraints_check(chain, depth, error))
        return 0;
    copy = without_our_names(chain, depth);
    if (copy == NULL)
        return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET,
                             "certificate at depth %d: no copy of it could be made", depth);
    for (above = depth + 1; result == X509_V_OK && above < sk_X509_num(chain); above++) {
        NAME_CONSTRAINTS *constraints = constraints_at(chain, above);

        if (constraints != NULL)
            result = openssl_check(copy, constraints, with_common_name);
        NAME_CONSTRAINTS_free(constraints);
    }
    X509_free(copy);
    if (result != X509_V_OK)
        return onem2m_refuse(error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET,
                             "certificate at depth %d, CA certificate at depth %d: %s (" CLAUSE ")",
                             depth, above - 1, X509_verify_cert_error_string(result));
    return 1;
}

static int is_empty_base(const GENERAL_NAME *base)
{
    return (base->type == GEN_DNS && ASN1_STRING_length(base->d.dNSName) == 0) ||
           (base->type == GEN_URI && ASN1_STRING_length(base->d.uniformResourceIdentifier) == 0);
}

/* What the CA at depth permits: anything of the three types, and name in particular. */
static void look(int *permits_some, int *permits_name, const STACK_OF(X509) * chain, int depth,
                 const ONEM2M_CERTIFICATE_NAME *name)
{
    NAME_CONSTRAINTS *constraints = constraints_at(chain, depth);
    STACK_OF(GENERAL_SUBTREE) *subtrees = NULL;

    if (constraints != NULL)
        subtrees = constraints->permittedSubtrees;
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); i++) {
        const GENERAL_SUBTREE *subtree = sk_GENERAL_SUBTREE_value(subtrees, i);

        if (is_empty_base(subtree->base))
            continue;
        *permits_some |= subtree->base->type == GEN_DNS || subtree->base->type == GEN_URI ||
                         subtree->base->type == GEN_OTHERNAME;
        *permits_name |= relate(name, subtree) == WITHIN;
    }
    NAME_CONSTRAINTS_free(constraints);
}

int onem2m_constraints_require(const STACK_OF(X509) * chain, const ONEM2M_CERTIFICATE_NAME *name,
                               int is_issuer, int allow_unconstrained, ONEM2M_ERROR *error)
{
    int permits_some = 0, permits_name = 0, elsewhere = 0;

    for (int depth = 1; depth < sk_X509_num(chain); depth++)
        look(&permits_some, is_issuer && depth > 1 ? &elsewhere : &permits_name, chain, depth,
             name);
    if (permits_name || (allow_unconstrained && !permits_some))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET, "%s",
                         is_issuer ? "the CA certificate that signed the peer's has no name "
                                     "constraint that permits the name (TS-0003 8.1.2.2, 10.1.1.5)"
                                   : "no CA certificate has a name constraint that permits the "
                                     "peer's name (TS-0003 8.1.2.2)");
}
