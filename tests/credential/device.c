/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/provider.h>
#include "device.h"
#include "keystore/pkcs11.h"

/* p11-kit passes over a user's configuration for root, who may run tests. */
__attribute__((visibility("default"))) uid_t getuid(void)
{
    return 65534;
}

void must_hold(int holds, const char *condition)
{
    if (!holds)
        fail_msg("%s: %s", current_subject, condition);
}

static int is_nss(void)
{
    const char *kind = getenv("KIND");

    return kind != NULL && strcmp(kind, "nss") == 0;
}

static void write_file(const char *name, const char *text)
{
    char path[160];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", tokens.directory, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void make_directory(const char *name)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", tokens.directory, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void register_shim(void)
{
    make_directory("pkcs11");
    make_directory("pkcs11/modules");
    write_file("pkcs11/pkcs11.conf", "user-config: only\n");
    write_file("pkcs11/modules/shim.module", "module: " SHIM_MODULE "\n");
    setenv("XDG_CONFIG_HOME", tokens.directory, 1);
}

/* As certutil would: softokn's database, and its PIN. */
static void set_nss_pin(void)
{
    static unsigned char nothing[] = "", pin[] = TOKEN_PIN;
    CK_FUNCTION_LIST *module = p11_kit_module_load(SHIM_MODULE, 0);
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slots[8];
    CK_ULONG count = COUNT(slots);

    assert_non_null(module);
    assert_int_equal(p11_kit_module_initialize(module), CKR_OK);
    assert_int_equal(module->C_GetSlotList(CK_TRUE, slots, &count), CKR_OK);
    assert_int_equal(count, 2); /* that of its algorithms is first */
    assert_int_equal(
        module->C_OpenSession(slots[1], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session),
        CKR_OK);
    assert_int_equal(module->C_Login(session, CKU_SO, nothing, 0), CKR_OK);
    assert_int_equal(module->C_InitPIN(session, pin, strlen(TOKEN_PIN)), CKR_OK);
    assert_int_equal(module->C_CloseSession(session), CKR_OK);
    assert_int_equal(p11_kit_module_finalize(module), CKR_OK);
    p11_kit_module_release(module);
}

static void prepare_nss(void)
{
    const char *softokn = getenv("SOFTOKN");
    char parameters[512];

    make_directory("db");
    snprintf(parameters, sizeof(parameters),
             "configdir='sql:%s/db' certPrefix='' keyPrefix='' secmod='secmod.db' "
             "tokenDescription='device' dbTokenDescription='device'",
             tokens.directory);
    setenv("ONEM2M_SHIM_MODULE", softokn != NULL ? softokn : "SOFTOKN is not set", 1);
    setenv("ONEM2M_SHIM_PARAMETERS", parameters, 1);
    set_nss_pin();
}

int set_up_device(void **state)
{
    set_up_tokens(state);
    register_shim();
    if (is_nss())
        prepare_nss();
    return 0;
}

int tear_down_device(void **state)
{
    return tear_down_tokens(state);
}

const char *device_token(void)
{
    return is_nss() ? "device" : "seals";
}

const char *credential_uri(const char *name)
{
    static char uris[4][512];
    static size_t next;
    char *uri = uris[next++ % COUNT(uris)];

    snprintf(uri, sizeof(uris[0]), "pkcs11:token=%s;object=%s?pin-source=file:%s", device_token(),
             name, tokens.pin_path);
    return uri;
}

/* ---- Objects ---- */

typedef struct {
    CK_ATTRIBUTE attributes[16];
    CK_ULONG count;
} TEMPLATE;

static void add(TEMPLATE *template, CK_ATTRIBUTE_TYPE type, const void *value, size_t length)
{
    template->attributes[template->count++] =
        (CK_ATTRIBUTE){ type, (void *)(uintptr_t)value, length };
}

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static void add_names(TEMPLATE *template, const char *label, const unsigned char *id)
{
    add(template, CKA_TOKEN, &yes, sizeof(yes));
    add(template, CKA_LABEL, label, strlen(label));
    add(template, CKA_ID, id, 1);
}

static void open_session(ONEM2M_PKCS11_SESSION *session, const char *name)
{
    ONEM2M_ERROR error;
    P11KitUri *uri;

    assert_true(onem2m_pkcs11_parse_uri(&uri, credential_uri(name), &error));
    if (!onem2m_pkcs11_open(session, uri, CKF_RW_SESSION, &error))
        fail_msg("%s", error.detail);
    p11_kit_uri_free(uri);
}

void log_out_device(void)
{
    ONEM2M_PKCS11_SESSION session;

    open_session(&session, "none");
    assert_int_equal(session.module->C_Logout(session.handle), CKR_OK);
    onem2m_pkcs11_close(&session);
}

static size_t read_attribute(const ONEM2M_PKCS11_SESSION *session, CK_OBJECT_HANDLE object,
                             CK_ATTRIBUTE_TYPE type, unsigned char *out, size_t size)
{
    ONEM2M_ERROR error;

    assert_true(onem2m_pkcs11_get_octets(session, object, type, out, &size, &error));
    assert_true(size > 0);
    return size;
}

static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *builder)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
    assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

static EVP_PKEY *read_ec(const ONEM2M_PKCS11_SESSION *session, CK_OBJECT_HANDLE object)
{
    unsigned char point[67];
    const size_t length = read_attribute(session, object, CKA_EC_POINT, point, sizeof(point));
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();

    assert_int_equal(length, sizeof(point)); /* an OCTET STRING of 65 octets */
    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point + 2, length - 2);
    return from_params("EC", builder);
}

static EVP_PKEY *read_rsa(const ONEM2M_PKCS11_SESSION *session, CK_OBJECT_HANDLE object)
{
    unsigned char modulus[256], exponent[8];
    const size_t modulus_length =
        read_attribute(session, object, CKA_MODULUS, modulus, sizeof(modulus));
    const size_t exponent_length =
        read_attribute(session, object, CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent));
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_length, NULL);
    BIGNUM *e = BN_bin2bn(exponent, (int)exponent_length, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key;

    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n);
    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
    key = from_params("RSA", builder);
    BN_free(n);
    BN_free(e);
    return key;
}

static EVP_PKEY *make_key(const char *label, unsigned char id, int is_rsa, int always_asks)
{
    static const unsigned char p256[] = { 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7 };
    static const unsigned char f4[] = { 1, 0, 1 };
    const CK_ULONG bits = 2048;
    CK_MECHANISM mechanism = { is_rsa ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    TEMPLATE public = { .count = 0 }, private = { .count = 0 };
    CK_OBJECT_HANDLE public_key, private_key;
    ONEM2M_PKCS11_SESSION session;
    EVP_PKEY *key;
    CK_RV value;

    open_session(&session, label);
    add_names(&public, label, &id);
    add(&public, CKA_VERIFY, &yes, sizeof(yes));
    if (is_rsa) {
        add(&public, CKA_MODULUS_BITS, &bits, sizeof(bits));
        add(&public, CKA_PUBLIC_EXPONENT, f4, sizeof(f4));
    } else {
        add(&public, CKA_EC_PARAMS, p256, sizeof(p256));
    }
    add_names(&private, label, &id);
    add(&private, CKA_PRIVATE, &yes, sizeof(yes));
    add(&private, CKA_SENSITIVE, &yes, sizeof(yes));
    add(&private, CKA_EXTRACTABLE, &no, sizeof(no));
    add(&private, CKA_SIGN, &yes, sizeof(yes));
    if (always_asks)
        add(&private, CKA_ALWAYS_AUTHENTICATE, &yes, sizeof(yes));
    value = session.module->C_GenerateKeyPair(session.handle, &mechanism, public.attributes,
                                              public.count, private.attributes, private.count,
                                              &public_key, &private_key);
    assert_int_equal(value, CKR_OK);
    key = is_rsa ? read_rsa(&session, public_key) : read_ec(&session, public_key);
    onem2m_pkcs11_close(&session);
    return key;
}

EVP_PKEY *make_device_key(const char *label, unsigned char id, int is_rsa)
{
    return make_key(label, id, is_rsa, 0);
}

EVP_PKEY *make_always_asking_key(const char *label, unsigned char id)
{
    return make_key(label, id, 0, 1);
}

void put_certificate(const char *label, unsigned char id, X509 *certificate)
{
    const CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    const CK_CERTIFICATE_TYPE type = CKC_X_509;
    unsigned char *octets = NULL, *subject = NULL, *issuer = NULL, *serial = NULL;
    const int length = i2d_X509(certificate, &octets);
    const int subject_length = i2d_X509_NAME(X509_get_subject_name(certificate), &subject);
    const int issuer_length = i2d_X509_NAME(X509_get_issuer_name(certificate), &issuer);
    const int serial_length = i2d_ASN1_INTEGER(X509_get_serialNumber(certificate), &serial);
    TEMPLATE template = { .count = 0 };
    ONEM2M_PKCS11_SESSION session;
    CK_OBJECT_HANDLE object;

    open_session(&session, label);
    add(&template, CKA_CLASS, &class, sizeof(class));
    add(&template, CKA_CERTIFICATE_TYPE, &type, sizeof(type));
    add_names(&template, label, &id);
    add(&template, CKA_SUBJECT, subject, (size_t)subject_length);
    add(&template, CKA_ISSUER, issuer, (size_t)issuer_length);
    add(&template, CKA_SERIAL_NUMBER, serial, (size_t)serial_length);
    add(&template, CKA_VALUE, octets, (size_t)length);
    assert_int_equal(session.module->C_CreateObject(session.handle, template.attributes,
                                                    template.count, &object),
                     CKR_OK);
    onem2m_pkcs11_close(&session);
    OPENSSL_free(octets);
    OPENSSL_free(subject);
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
}

X509 *certify(EVP_PKEY *public_key, const SPEC *spec, const IDENTITY *ca)
{
    IDENTITY made = identity_make(spec, ca);

    assert_int_equal(X509_set_pubkey(made.certificate, public_key), 1);
    assert_true(X509_sign(made.certificate, ca->key, EVP_sha256()) > 0);
    EVP_PKEY_free(made.key);
    return made.certificate;
}

/* ---- Credentials ---- */

IDENTITY device_root, device_ca;
CHAIN mef_in_file, enrolee_in_file;
static OSSL_PROVIDER *providers[2];

void make_credential(const char *label, unsigned char id, int is_rsa, const char *names)
{
    const SPEC spec = { .names = names };
    EVP_PKEY *key = make_device_key(label, id, is_rsa);
    X509 *certificate = certify(key, &spec, &device_ca);

    put_certificate(label, id, certificate);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void make_file(CHAIN *chain, const char *names)
{
    const SPEC spec = { .names = names };

    chain->root = device_root;
    chain->ca = device_ca;
    chain->entity = identity_make(&spec, &device_ca);
}

int set_up_credentials(void **state)
{
    static const SPEC root = { .subject = "a root", .is_ca = 1 };
    static const SPEC ca = { .subject = "a CA", .is_ca = 1, .constraints = "+DNS:example.com" };

    set_up_device(state);
    providers[0] = OSSL_PROVIDER_load(NULL, "default");
    providers[1] = OSSL_PROVIDER_load(NULL, "onem2m");
    assert_true(providers[0] != NULL && providers[1] != NULL);
    device_root = identity_make(&root, NULL);
    device_ca = identity_make(&ca, &device_root);
    make_credential("mef", 1, 0, "DNS:" MEF);
    make_credential("cse", 2, 0, "DNS:" ENROLEE);
    make_credential("rsa", 3, 1, "DNS:" MEF);
    put_certificate("ca", 9, device_ca.certificate);
    put_certificate("root", 10, device_root.certificate);
    make_file(&mef_in_file, "DNS:" MEF);
    make_file(&enrolee_in_file, "DNS:" ENROLEE);
    ERR_clear_error(); /* SoftHSM's */
    return 0;
}

int tear_down_credentials(void **state)
{
    OSSL_PROVIDER_unload(providers[1]);
    OSSL_PROVIDER_unload(providers[0]);
    identity_free(&mef_in_file.entity);
    identity_free(&enrolee_in_file.entity);
    identity_free(&device_ca);
    identity_free(&device_root);
    return tear_down_device(state);
}

SSL_CTX *token_context(const SSL_METHOD *method, const char *name)
{
    SSL_CTX *ctx = context_make(method, NULL, &mef_in_file);

    if (!onem2m_tls_token_credential(ctx, credential_uri(name))) {
        ERR_print_errors_fp(stderr);
        fail();
    }
    assert_int_equal(ERR_peek_error(), 0);
    return ctx;
}
