/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Name constraints. OpenSSL judges all types of names but two that oneM2M has:
 * the otherName of a device, of which it refuses the constraint
 * (X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE), and the URI of an AE, //FQDN/..., of
 * which it refuses the name (X509_V_ERR_UNSUPPORTED_NAME_SYNTAX).
 */
#include <openssl/objects.h>
#include "tls/certificate.h"

#define CLAUSE "TS-0003 8.1.2.2, RFC 5280 4.2.1.10"
#define ABSENT (-1) /* what X509_get_ext_d2i says of an extension that is not there */

/* Names times constraints that are still compared: those of a peer that a CA trusted. */
#define COMPARISONS_MAX (1 << 16)

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
        ONEM2M_RELATION relation =
            onem2m_subtree_relate(name, sk_GENERAL_SUBTREE_value(subtrees, i));

        if (relation == ONEM2M_UNCLEAR)
            return refuse_unclear(depth, error);
        constrained |= relation != ONEM2M_OTHER_TYPE;
        permitted |= relation == ONEM2M_WITHIN;
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
        ONEM2M_RELATION relation =
            onem2m_subtree_relate(name, sk_GENERAL_SUBTREE_value(subtrees, i));

        if (relation == ONEM2M_UNCLEAR)
            return refuse_unclear(depth, error);
        if (relation == ONEM2M_WITHIN)
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

/* An extension that is there and cannot be read constrains nothing, and must not pass for none. */
static int refuse_extension(int depth, const char *name, ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET,
                         "certificate at depth %d: its %s cannot be read (" CLAUSE ")", depth,
                         name);
}

/* *constraints: NULL when the certificate has none. */
static int constraints_at(NAME_CONSTRAINTS **constraints, const STACK_OF(X509) * chain, int depth,
                          ONEM2M_ERROR *error)
{
    int found;

    *constraints =
        X509_get_ext_d2i(sk_X509_value(chain, depth), NID_name_constraints, &found, NULL);
    return *constraints != NULL || found == ABSENT ||
           refuse_extension(depth, "name constraints", error);
}

static int names_at(GENERAL_NAMES **names, const STACK_OF(X509) * chain, int depth,
                    ONEM2M_ERROR *error)
{
    int found;

    *names = X509_get_ext_d2i(sk_X509_value(chain, depth), NID_subject_alt_name, &found, NULL);
    return *names != NULL || found == ABSENT || refuse_extension(depth, "subjectAltName", error);
}

int onem2m_constraints_check(const STACK_OF(X509) * chain, int depth, ONEM2M_ERROR *error)
{
    GENERAL_NAMES *names;
    int done = names_at(&names, chain, depth, error);

    for (int above = depth + 1; done && above < sk_X509_num(chain); above++) {
        NAME_CONSTRAINTS *constraints;

        done = constraints_at(&constraints, chain, above, error) &&
               (constraints == NULL || check_names(names, constraints, above, error));
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

/* The certificate at depth, of which only the names matter, with those alone. NULL on failure. */
static X509 *with_names(const STACK_OF(X509) * chain, int depth, GENERAL_NAMES *names)
{
    X509 *copy = X509_dup(sk_X509_value(chain, depth));

    if (copy == NULL ||
        (X509_get_ext_by_NID(copy, NID_subject_alt_name, -1) >= 0 &&
         X509_add1_ext_i2d(copy, NID_subject_alt_name, NULL, 0, X509V3_ADD_DELETE) != 1) ||
        (sk_GENERAL_NAME_num(names) > 0 &&
         X509_add1_ext_i2d(copy, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) != 1)) {
        X509_free(copy);
        return NULL;
    }
    X509_get_extension_flags(copy); /* reads the extensions for NAME_CONSTRAINTS_check */
    return copy;
}

static int has_dns_name(const GENERAL_NAMES *names)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        if (sk_GENERAL_NAME_value(names, i)->type == GEN_DNS)
            return 1;
    }
    return 0;
}

/* When x509_vfy.c compares the common name as if it were a dNSName. */
static int common_name_counts(const GENERAL_NAMES *names, int depth, unsigned int hostflags)
{
    return depth == 0 && (hostflags & X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) == 0 &&
           ((hostflags & X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT) != 0 || !has_dns_name(names));
}

static int openssl_check(X509 *copy, NAME_CONSTRAINTS *constraints, int with_common_name)
{
    int result = NAME_CONSTRAINTS_check(copy, constraints);

    if (result == X509_V_OK && with_common_name)
        result = NAME_CONSTRAINTS_check_CN(copy, constraints);
    return result;
}

/* OpenSSL's check of a certificate at depth, without our names, against every CA above. */
static int check_others(X509 *copy, const STACK_OF(X509) * chain, int depth, int with_common_name,
                        ONEM2M_ERROR *error)
{
    for (int above = depth + 1; above < sk_X509_num(chain); above++) {
        NAME_CONSTRAINTS *constraints;
        int result = X509_V_OK;

        if (!constraints_at(&constraints, chain, above, error))
            return 0;
        if (constraints != NULL)
            result = openssl_check(copy, constraints, with_common_name);
        NAME_CONSTRAINTS_free(constraints);
        if (result != X509_V_OK)
            return onem2m_refuse(error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET,
                                 "certificate at depth %d, CA certificate at depth %d: %s "
                                 "(" CLAUSE ")",
                                 depth, above, X509_verify_cert_error_string(result));
    }
    return 1;
}

int onem2m_constraints_check_all(const STACK_OF(X509) * chain, int depth, unsigned int hostflags,
                                 ONEM2M_ERROR *error)
{
    int with_common_name, done = 0;
    GENERAL_NAMES *names;
    X509 *copy;

    if (!onem2m_constraints_check(chain, depth, error) || !names_at(&names, chain, depth, error))
        return 0;
    with_common_name = common_name_counts(names, depth, hostflags);
    remove_ours(names);
    copy = with_names(chain, depth, names);
    if (copy == NULL)
        onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET,
                      "certificate at depth %d: no copy of it could be made", depth);
    else
        done = check_others(copy, chain, depth, with_common_name, error);
    X509_free(copy);
    GENERAL_NAMES_free(names);
    return done;
}

static int is_empty_base(const GENERAL_NAME *base)
{
    return (base->type == GEN_DNS && ASN1_STRING_length(base->d.dNSName) == 0) ||
           (base->type == GEN_URI && ASN1_STRING_length(base->d.uniformResourceIdentifier) == 0);
}

/* What the CA at depth permits: anything of the three types, and name in particular. */
static int look(int *permits_some, int *permits_name, const STACK_OF(X509) * chain, int depth,
                const ONEM2M_CERTIFICATE_NAME *name, ONEM2M_ERROR *error)
{
    STACK_OF(GENERAL_SUBTREE) *subtrees = NULL;
    NAME_CONSTRAINTS *constraints;

    if (!constraints_at(&constraints, chain, depth, error))
        return 0;
    if (constraints != NULL)
        subtrees = constraints->permittedSubtrees;
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); i++) {
        const GENERAL_SUBTREE *subtree = sk_GENERAL_SUBTREE_value(subtrees, i);

        if (is_empty_base(subtree->base))
            continue;
        *permits_some |= subtree->base->type == GEN_DNS || subtree->base->type == GEN_URI ||
                         subtree->base->type == GEN_OTHERNAME;
        *permits_name |= onem2m_subtree_relate(name, subtree) == ONEM2M_WITHIN;
    }
    NAME_CONSTRAINTS_free(constraints);
    return 1;
}

int onem2m_constraints_require(const STACK_OF(X509) * chain, const ONEM2M_CERTIFICATE_NAME *name,
                               int is_issuer, int allow_unconstrained, ONEM2M_ERROR *error)
{
    int permits_some = 0, permits_name = 0, elsewhere = 0;

    for (int depth = 1; depth < sk_X509_num(chain); depth++) {
        if (!look(&permits_some, is_issuer && depth > 1 ? &elsewhere : &permits_name, chain, depth,
                  name, error))
            return 0;
    }
    if (permits_name || (allow_unconstrained && !permits_some))
        return 1;
    return onem2m_refuse(error, ONEM2M_R_PEER_UNTRUSTED, ONEM2M_NO_OFFSET, "%s",
                         is_issuer ? "the CA certificate that signed the peer's has no name "
                                     "constraint that permits the name (TS-0003 8.1.2.2, 10.1.1.5)"
                                   : "no CA certificate has a name constraint that permits the "
                                     "peer's name (TS-0003 8.1.2.2)");
}
