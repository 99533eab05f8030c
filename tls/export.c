/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <onem2m/params.h>
#include "keystore/error.h"
#include "psk.h"

/* Keys that both ends of a connection export (TS-0003 10.3.1). */

#define KEY_OCTETS 32
#define EXPORT_OCTETS (ONEM2M_RELATIVE_KEY_ID_OCTETS + KEY_OCTETS)

typedef struct {
    const char *label;
    ONEM2M_ID_KIND id_kind; /* of its identifier; 0: hexadecimal digits alone */
    const char *kind;       /* NULL: what the SUID says */
} LABEL;

static const LABEL *label_of(ONEM2M_EXPORT what)
{
    static const LABEL enrolment = { "EXPORTER-oneM2M-Bootstrap", ONEM2M_ID_KE,
                                     ONEM2M_KIND_NAME_KE };
    static const LABEL connection = { "EXPORTER-oneM2M-Connection", ONEM2M_ID_KC, NULL };
    static const LABEL escertke = { "EXPORTER-oneM2M-ESCertKE", 0, ONEM2M_KIND_NAME_PAIRWISE_E2E };

    switch (what) {
    case ONEM2M_EXPORT_ENROLMENT:
        return &enrolment;
    case ONEM2M_EXPORT_CONNECTION:
        return &connection;
    case ONEM2M_EXPORT_ESCERTKE:
        return &escertke;
    }
    return NULL;
}

/* ---- What the caller gives ---- */

/* What goes into the key beside the caller's attributes. */
typedef struct {
    const char *kind;
    unsigned int suid; /* 0: the caller's, or none */
    int allow_no_ems;
} WISHES;

static const char *kind_of_usage(ONEM2M_USAGE usage)
{
    switch (usage) {
    case ONEM2M_USAGE_MAF:
        return ONEM2M_KIND_NAME_KM;
    case ONEM2M_USAGE_SAEF:
        return ONEM2M_KIND_NAME_KC;
    case ONEM2M_USAGE_ESPRIM:
        return ONEM2M_KIND_NAME_ESPRIM;
    case ONEM2M_USAGE_ESDATA_ENCRYPT:
    case ONEM2M_USAGE_ESDATA_SIGN:
        return ONEM2M_KIND_NAME_ESDATA;
    default:
        return NULL;
    }
}

#define DEFAULT_SUID 32 /* SAEF, MAF-distributed */

static int take_suid(WISHES *wishes, const OSSL_PARAM *param)
{
    unsigned int number = DEFAULT_SUID;
    ONEM2M_ERROR error;
    ONEM2M_SUID suid;

    if (param == NULL)
        wishes->suid = DEFAULT_SUID;
    else if (!OSSL_PARAM_get_uint(param, &number))
        return onem2m_tls_raise(ONEM2M_R_WRONG_TYPE, "suid: an integer is needed");
    if (!onem2m_suid_parse(&suid, number, &error))
        return onem2m_tls_raise_error(ONEM2M_PARAM_SUID, &error);
    wishes->kind = kind_of_usage(suid.usage);
    return wishes->kind != NULL ||
           onem2m_tls_raise(ONEM2M_R_BAD_SUID,
                            "suid: %u is for %s, whose keys no connection gives (TS-0003 8.8.2.7)",
                            number, onem2m_usage_name(suid.usage));
}

static int check_free(const OSSL_PARAM attributes[])
{
    static const char *const taken[] = { ONEM2M_PARAM_KIND, ONEM2M_PARAM_KEY_ID, ONEM2M_PARAM_PRIV,
                                         ONEM2M_PARAM_PARENT_KEY_ID, ONEM2M_PARAM_PARENT_KIND };

    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (OSSL_PARAM_locate_const(attributes, taken[i]) != NULL)
            return onem2m_tls_raise(ONEM2M_R_BAD_ATTRIBUTE,
                                    "%s: the export decides it (TS-0003 10.3.1)", taken[i]);
    }
    return 1;
}

static int take_wishes(WISHES *wishes, const LABEL *label, const OSSL_PARAM attributes[])
{
    const OSSL_PARAM *param = OSSL_PARAM_locate_const(attributes, ONEM2M_PARAM_ALLOW_NO_EMS);

    memset(wishes, 0, sizeof(*wishes));
    wishes->kind = label->kind;
    if (param != NULL && !OSSL_PARAM_get_int(param, &wishes->allow_no_ems))
        return onem2m_tls_raise(ONEM2M_R_WRONG_TYPE, "%s: an integer is needed",
                                ONEM2M_PARAM_ALLOW_NO_EMS);
    if (!check_free(attributes))
        return 0;
    return label->kind != NULL ||
           take_suid(wishes, OSSL_PARAM_locate_const(attributes, ONEM2M_PARAM_SUID));
}

/* ---- The connection ---- */

/* What came before 1.2 is not of TS-0003 10.2.1. */
static int is_admitted(int version)
{
    return version == TLS1_2_VERSION || version == DTLS1_2_VERSION || version == TLS1_3_VERSION;
}

static int check_connection(SSL *ssl, const ONEM2M_TLS_CONNECTION *connection, ONEM2M_EXPORT what,
                            const WISHES *wishes)
{
    if (!SSL_is_init_finished(ssl))
        return onem2m_tls_raise(ONEM2M_R_TLS_NOT_READY, "the handshake has not finished");
    if (!is_admitted(SSL_version(ssl)))
        return onem2m_tls_raise(
            ONEM2M_R_TLS_FAILED,
            "%s gives no key; TLS 1.2, DTLS 1.2 and TLS 1.3 do (TS-0003 10.2.1)",
            SSL_get_version(ssl));
    if ((connection->exported >> what & 1) != 0)
        return onem2m_tls_raise(ONEM2M_R_TLS_EXPORTED,
                                "two keys of one connection would be one key: a new handshake "
                                "gives another (TS-0003 10.3.1)");
    if (onem2m_tls_is_resumed(ssl, connection))
        return onem2m_tls_raise(ONEM2M_R_TLS_RESUMED, "a resumed session gives no key of its own "
                                                      "(TS-0003 8.3.1.2, 8.8.2.7)");
    if (SSL_version(ssl) != TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1 &&
        wishes->allow_no_ems != 1)
        return onem2m_tls_raise(ONEM2M_R_TLS_NO_EMS,
                                "without extended master secret another connection could give the "
                                "same key (RFC 7627); %s = 1 allows it",
                                ONEM2M_PARAM_ALLOW_NO_EMS);
    /* The application may have put another verification in the place of the engine's. */
    return connection->peer == NULL || onem2m_peer_is_verified(ssl);
}

static int export_octets(SSL *ssl, const LABEL *label, unsigned char octets[EXPORT_OCTETS])
{
    return SSL_export_keying_material(ssl, octets, EXPORT_OCTETS, label->label,
                                      strlen(label->label), NULL, 0, 0) == 1 ||
           onem2m_tls_raise(ONEM2M_R_TLS_FAILED, "%s: libssl exports nothing", label->label);
}

/* ---- The key ---- */

static int form_name(ONEM2M_ID *id, const LABEL *label, const unsigned char *relative,
                     const char *fqdn)
{
    static const char digits[] = "0123456789ABCDEF";
    ONEM2M_ERROR error;

    if (label->id_kind != 0)
        return onem2m_id_form_exported(id, label->id_kind, relative, fqdn, strlen(fqdn), &error) ||
               onem2m_tls_raise_error("fqdn", &error);
    for (size_t i = 0; i < ONEM2M_RELATIVE_KEY_ID_OCTETS; i++) {
        id->text[2 * i] = digits[relative[i] >> 4];
        id->text[2 * i + 1] = digits[relative[i] & 15];
    }
    id->length = (size_t)2 * ONEM2M_RELATIVE_KEY_ID_OCTETS;
    id->text[id->length] = '\0';
    return 1;
}

typedef struct {
    ONEM2M_ID id;
    int has_parent;
    char parent_key_id[ONEM2M_KEY_ID_MAX + 1];
    char parent_kind[ONEM2M_TLS_KIND_SIZE];
    char kind[ONEM2M_TLS_KIND_SIZE];
    unsigned int suid;
    unsigned char *priv;
} PARTS;

#define PARTS_MAX 6

/* The caller's attributes with the export's parts before them; to be freed. */
static OSSL_PARAM *merge(PARTS *parts, const OSSL_PARAM attributes[])
{
    size_t count = 0, used = 0;
    OSSL_PARAM *merged;

    while (attributes[count].key != NULL)
        count++;
    merged = OPENSSL_malloc((PARTS_MAX + count + 1) * sizeof(*merged));
    if (merged == NULL)
        return NULL;
    merged[used++] = OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KIND, parts->kind, 0);
    merged[used++] = OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_KEY_ID, parts->id.text, 0);
    merged[used++] = OSSL_PARAM_construct_octet_string(ONEM2M_PARAM_PRIV, parts->priv, KEY_OCTETS);
    if (parts->suid != 0)
        merged[used++] = OSSL_PARAM_construct_uint(ONEM2M_PARAM_SUID, &parts->suid);
    if (parts->has_parent) {
        merged[used++] =
            OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_PARENT_KEY_ID, parts->parent_key_id, 0);
        merged[used++] =
            OSSL_PARAM_construct_utf8_string(ONEM2M_PARAM_PARENT_KIND, parts->parent_kind, 0);
    }
    for (; attributes->key != NULL; attributes++) {
        if (strcmp(attributes->key, ONEM2M_PARAM_ALLOW_NO_EMS) != 0)
            merged[used++] = *attributes;
    }
    merged[used] = OSSL_PARAM_construct_end();
    return merged;
}

static EVP_PKEY *make_key(const ONEM2M_TLS_CONTEXT *context, PARTS *parts,
                          const OSSL_PARAM attributes[])
{
    OSSL_PARAM *params = merge(parts, attributes);
    EVP_PKEY_CTX *ctx =
        EVP_PKEY_CTX_new_from_name(context->libctx, ONEM2M_KEY_TYPE, context->propq);
    EVP_PKEY *key = NULL;

    if (params == NULL)
        onem2m_tls_raise_memory();
    else if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) <= 0)
        onem2m_tls_raise(ONEM2M_R_CRYPTO_UNAVAILABLE,
                         ONEM2M_KEY_TYPE ": not there; the provider onem2m has to be active in the "
                                         "library context that onem2m_tls_use names");
    else if (EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) <= 0)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    OPENSSL_free(params);
    return key;
}

/* Whether the provider refused an attribute: then there never was a key. */
static int is_attribute_refused(void)
{
    ONEM2M_ERROR error;

    onem2m_tls_last_error(&error);
    return error.reason < ONEM2M_R_BAD_CONFIGURATION ||
           (error.reason >= ONEM2M_R_BAD_KIND && error.reason <= ONEM2M_R_NOT_CHANGEABLE);
}

static EVP_PKEY *export_key(SSL *ssl, ONEM2M_TLS_CONNECTION *connection, const LABEL *label,
                            const char *fqdn, const WISHES *wishes, ONEM2M_EXPORT what,
                            const OSSL_PARAM attributes[])
{
    unsigned char octets[EXPORT_OCTETS];
    EVP_PKEY *key = NULL;
    PARTS parts = { .suid = wishes->suid, .priv = octets + ONEM2M_RELATIVE_KEY_ID_OCTETS };

    OPENSSL_strlcpy(parts.kind, wishes->kind, sizeof(parts.kind));
    if (export_octets(ssl, label, octets) && form_name(&parts.id, label, octets, fqdn)) {
        parts.has_parent =
            onem2m_tls_psk_parent(ssl, connection, parts.parent_key_id, parts.parent_kind);
        key = make_key(onem2m_tls_context_of(SSL_get_SSL_CTX(ssl)), &parts, attributes);
        if (key != NULL || !is_attribute_refused())
            connection->exported |= 1U << what;
    }
    OPENSSL_cleanse(octets, sizeof(octets));
    return key;
}

static int check_fqdn(const LABEL *label, const char *fqdn)
{
    if (label->id_kind != 0 && fqdn == NULL)
        return onem2m_tls_raise(ONEM2M_R_MISSING_PARAMETER,
                                "fqdn: NULL; a %s ends in it (TS-0003 10.3.4, 10.3.5)",
                                onem2m_id_kind_name(label->id_kind));
    if (label->id_kind == 0 && fqdn != NULL)
        return onem2m_tls_raise(ONEM2M_R_BAD_ATTRIBUTE,
                                "fqdn: a pairwiseE2EKeyID has none (TS-0003 10.3.1)");
    return 1;
}

EVP_PKEY *onem2m_tls_export_key(SSL *ssl, ONEM2M_EXPORT what, const char *fqdn,
                                const OSSL_PARAM attributes[])
{
    static const OSSL_PARAM nothing[] = { OSSL_PARAM_END };
    const LABEL *label = label_of(what);
    ONEM2M_TLS_CONNECTION *connection = onem2m_tls_connection(ssl);
    WISHES wishes;

    if (attributes == NULL)
        attributes = nothing;
    if (label == NULL) {
        onem2m_tls_raise(ONEM2M_R_BAD_CHOICE, "what: %d is no export", (int)what);
        return NULL;
    }
    if (connection == NULL || !check_fqdn(label, fqdn) ||
        !take_wishes(&wishes, label, attributes) ||
        !check_connection(ssl, connection, what, &wishes))
        return NULL;
    return export_key(ssl, connection, label, fqdn, &wishes, what, attributes);
}
