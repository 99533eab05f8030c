/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/objects.h>
#include "tls/certificate.h"

#define UNCOMPRESSED_POINT 0x04
#define POINT_LENGTH (1 + 2 * 32)

static const char *whose(int depth)
{
    return depth == 0 ? "certificate" : "CA certificate";
}

/* secp256r1 by its name, point uncompressed. */
static int check_public_key(const X509_PUBKEY *key, const char *subject, int depth,
                            ONEM2M_ERROR *error)
{
    const ASN1_OBJECT *algorithm = NULL;
    ASN1_OBJECT *key_type = NULL;
    const unsigned char *point = NULL;
    X509_ALGOR *identifier = NULL;
    const void *curve = NULL;
    int parameters = V_ASN1_UNDEF, length = 0;

    if (key == NULL || !X509_PUBKEY_get0_param(&key_type, &point, &length, &identifier, key))
        return onem2m_refuse(error, ONEM2M_R_BAD_CERTIFICATE, ONEM2M_NO_OFFSET,
                             "%s at depth %d: no public key (TS-0003 10.1.1.1)", subject, depth);
    X509_ALGOR_get0(&algorithm, &parameters, &curve, identifier);
    if (OBJ_obj2nid(algorithm) != NID_X9_62_id_ecPublicKey || parameters != V_ASN1_OBJECT ||
        OBJ_obj2nid(curve) != NID_X9_62_prime256v1)
        return onem2m_refuse(error, ONEM2M_R_BAD_CERTIFICATE, ONEM2M_NO_OFFSET,
                             "%s at depth %d: the key is not of named curve secp256r1 (TS-0003 "
                             "10.1.1.1)",
                             subject, depth);
    if (length != POINT_LENGTH || point[0] != UNCOMPRESSED_POINT)
        return onem2m_refuse(error, ONEM2M_R_BAD_CERTIFICATE, ONEM2M_NO_OFFSET,
                             "%s at depth %d: the public key is not uncompressed (TS-0003 "
                             "10.1.1.1)",
                             subject, depth);
    return 1;
}

int onem2m_anchor_profile_check(X509 *certificate, int depth, ONEM2M_ERROR *error)
{
    return check_public_key(X509_get_X509_PUBKEY(certificate), "trust anchor", depth, error);
}

int onem2m_certificate_profile_check(X509 *certificate, int depth, ONEM2M_ERROR *error)
{
    if (!check_public_key(X509_get_X509_PUBKEY(certificate), whose(depth), depth, error))
        return 0;
    if (X509_get_signature_nid(certificate) != NID_ecdsa_with_SHA256)
        return onem2m_refuse(error, ONEM2M_R_BAD_CERTIFICATE, ONEM2M_NO_OFFSET,
                             "%s at depth %d: not signed by ECDSA with SHA-256 (TS-0003 10.1.1.3)",
                             whose(depth), depth);
    if ((X509_get_extension_flags(certificate) & EXFLAG_KUSAGE) == 0 ||
        (X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) == 0)
        return onem2m_refuse(error, ONEM2M_R_BAD_CERTIFICATE, ONEM2M_NO_OFFSET,
                             "%s at depth %d: no key usage digitalSignature (TS-0003 10.1.1.1)",
                             whose(depth), depth);
    return 1;
}

int onem2m_raw_key_profile_check(const unsigned char *spki, size_t length, ONEM2M_ERROR *error)
{
    X509_PUBKEY *key = d2i_X509_PUBKEY(NULL, &spki, (long)length);
    int done = check_public_key(key, "raw public key", 0, error);

    X509_PUBKEY_free(key);
    return done;
}
