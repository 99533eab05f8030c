/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <sys/stat.h>
#include "expect.h"
#include "keystore/derivation.h"
#include "token_store.h"

#define DERIVED_ID "82CA6FADC18789491AA65339C51B58A6@mef.example.com"
#define IMPORTED_ID "82CA6FADC18789491AA65339C51B58A7@mef.example.com"
#define GENERATED_ID "82CA6FADC18789491AA65339C51B58A8@mef.example.com"

static const unsigned char ke[32] = { 1, 2, 3, 4, 5, 6, 7, 8 };
const ONEM2M_SLICE octets_of_ke = { ke, sizeof(ke) };

static struct {
    ONEM2M_CUSTODY custody;
} chosen;

void token_store_choose(int argc, char *argv[])
{
    const char *where = argc == 3 ? argv[1] : "";

    if (strcmp(where, "wrapped") != 0 && strcmp(where, "object") != 0) {
        fprintf(stderr, "usage: %s wrapped|object softhsm|nss\n", argv[0]);
        exit(2);
    }
    chosen.custody = strcmp(where, "object") == 0 ? ONEM2M_CUSTODY_OBJECT : ONEM2M_CUSTODY_WRAPPED;
}

int token_store_has_objects(void)
{
    return chosen.custody == ONEM2M_CUSTODY_OBJECT;
}

/* ---- Places ---- */

static ONEM2M_SLICE text(const char *value)
{
    return (ONEM2M_SLICE){ (const unsigned char *)value, strlen(value) };
}

void token_store_clear(const char *name)
{
    char command[256];

    snprintf(command, sizeof(command), "rm -rf %s/%s && mkdir -m 700 %s/%s", tokens.directory, name,
             tokens.directory, name);
    /* NOLINTNEXTLINE(cert-env33-c): names made here */
    assert_int_equal(system(command), 0);
}

ONEM2M_STORE *token_store_open(const char *object, const char *name, const char *seal)
{
    char keystore[768];
    const ONEM2M_STORE_CONFIGURATION configuration = {
        .keystore = keystore, .seal = seal, .fqdn = "mef.example.com", .sha256 = keeper.digests[0]
    };
    ONEM2M_STORE *store = NULL;
    ONEM2M_ERROR error;

    snprintf(keystore, sizeof(keystore), "%s&x-records=lmdb:%s/%s", keeper_uri(object),
             tokens.directory, name);
    if (!onem2m_store_open(&store, &configuration, &error))
        fail_msg("%s", error.detail);
    store->custody = chosen.custody;
    return store;
}

static void find_labelled(const char *label, CK_OBJECT_HANDLE found[], CK_ULONG *count)
{
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    const char *function;

    onem2m_pkcs11_add_secret_key(&template, NULL);
    onem2m_pkcs11_add_flag(&template, CKA_TOKEN, 1);
    onem2m_pkcs11_add(&template, CKA_LABEL, label, strlen(label));
    assert_int_equal(onem2m_pkcs11_find(keeper.raw.module, keeper.raw.handle, &template, found,
                                        count, &function),
                     CKR_OK);
}

#define LABELLED_MAX 16

size_t token_store_count(const char *label)
{
    CK_OBJECT_HANDLE found[LABELLED_MAX];
    CK_ULONG count = LABELLED_MAX;

    find_labelled(label, found, &count);
    return count;
}

void token_store_destroy(const char *label)
{
    CK_OBJECT_HANDLE found[LABELLED_MAX];
    CK_ULONG count = LABELLED_MAX;

    find_labelled(label, found, &count);
    for (CK_ULONG i = 0; i < count; i++)
        assert_int_equal(keeper.raw.module->C_DestroyObject(keeper.raw.handle, found[i]), CKR_OK);
}

/* ---- Keys ---- */

typedef struct {
    const ONEM2M_ATTRIBUTES *attributes;
    const ONEM2M_MATERIAL *material;
} ADDITION;

static int add(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const ADDITION *addition = argument;

    return onem2m_store_add(writer, addition->attributes, addition->material, NULL, error);
}

static int add_key(ONEM2M_STORE *store, const ONEM2M_ATTRIBUTES *attributes,
                   const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    ADDITION addition = { attributes, material };

    return onem2m_store_write(store, add, &addition, error);
}

static ONEM2M_ATTRIBUTES attributes_of(ONEM2M_KIND kind, unsigned int suid, const char *key_id)
{
    ONEM2M_ATTRIBUTES attributes = {
        .kind = kind, .suid = suid, .state = ONEM2M_STATE_ACTIVE, .derive_octets = 1, .created = NOW
    };

    attributes.text[ONEM2M_TEXT_KEY_ID] = text(key_id);
    return attributes;
}

static int import_ke(ONEM2M_STORE *store, const char *key_id, ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_material_of(octets_of_ke);
    ONEM2M_ATTRIBUTES attributes = attributes_of(ONEM2M_KIND_KE, 0, key_id);

    attributes.extractable = 1;
    attributes.text[ONEM2M_TEXT_LABELS] = text("as made");
    return add_key(store, &attributes, &material, error);
}

static int generate_kpm(ONEM2M_STORE *store, const char *key_id, ONEM2M_ERROR *error)
{
    const ONEM2M_ATTRIBUTES attributes = attributes_of(ONEM2M_KIND_KPM, 10, key_id);
    ONEM2M_TOKEN *token = onem2m_store_token(store);
    ONEM2M_TOKEN_KEY key;
    const ONEM2M_MATERIAL material = { .token = token, .key = &key };

    return onem2m_token_generate(token, ONEM2M_CUSTODY_WRAPPED, 0, 32, &key, error) &&
           add_key(store, &attributes, &material, error);
}

static int derive_kpsa(const ONEM2M_KEY *parent, ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error)
{
    char room[ONEM2M_OPERAND_TEXT_MAX];
    static const char target[] = "//sp.example.com/cse1";
    ONEM2M_DERIVATION_INPUT input = { .derivation = &onem2m_derivation_kpsa,
                                      .key = onem2m_key_material(parent),
                                      .digest = keeper.digests[0] };

    return onem2m_operand_from_text(&input.operands[0],
                                    onem2m_derivation_operand(input.derivation, 0), target,
                                    strlen(target), room, error) &&
           onem2m_derive_token_key(&input, 0, child, error);
}

static int make_kpsa(ONEM2M_STORE *store, const char *key_id, ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES attributes = attributes_of(ONEM2M_KIND_KPSA, 22, key_id);
    ONEM2M_KEY parent = { 0 };
    ONEM2M_TOKEN_KEY child;
    const ONEM2M_MATERIAL material = { .token = onem2m_store_token(store), .key = &child };
    int ok;

    attributes.parent_kind = ONEM2M_KIND_KE;
    attributes.text[ONEM2M_TEXT_PARENT_KEY_ID] = text(KE_ID);
    ok = load_key(store, KE_ID, &parent, error) && derive_kpsa(&parent, &child, error) &&
         add_key(store, &attributes, &material, error);
    onem2m_key_clear(&parent);
    return ok;
}

int add_imported(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    return import_ke(store, IMPORTED_ID, error);
}

int add_generated(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    return generate_kpm(store, GENERATED_ID, error);
}

int add_derived(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    return make_kpsa(store, DERIVED_ID, error);
}

static void make_in_token(ONEM2M_STORE *store, ONEM2M_ERROR *error)
{
    const int is_there = onem2m_token_is_there(onem2m_store_token(store), error);

    if (is_there < 0 || (!is_there && !onem2m_token_create(onem2m_store_token(store), error)) ||
        (!is_there && !onem2m_seal_create(store->seal_uri, NULL, error)))
        fail_msg("%s", error->detail);
}

ONEM2M_STORE *token_store_make(const char *name)
{
    ONEM2M_STORE *store;
    ONEM2M_ERROR error;

    token_store_clear(name);
    token_store_destroy(TOKEN_STORE_OBJECT " key");
    store = token_store_open(TOKEN_STORE_OBJECT, name, NULL);
    make_in_token(store, &error);
    if (!onem2m_store_create(store, &error) || !import_ke(store, KE_ID, &error) ||
        !generate_kpm(store, KPM_ID, &error) || !make_kpsa(store, KPSA_ID, &error))
        fail_msg("%s", error.detail);
    return store;
}

typedef struct {
    const char *key_id;
    const ONEM2M_STORE_CHANGE *change;
} CHANGING;

static int change(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    const CHANGING *changing = argument;

    return onem2m_store_change(writer, changing->key_id, strlen(changing->key_id), ONEM2M_KINDS_ALL,
                               changing->change, (ONEM2M_SLICE){ .length = 0 }, NOW, error);
}

int change_key(ONEM2M_STORE *store, const char *key_id, const ONEM2M_STORE_CHANGE *change_of_it,
               ONEM2M_ERROR *error)
{
    CHANGING changing = { key_id, change_of_it };

    return onem2m_store_write(store, change, &changing, error);
}

static int keep(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    return onem2m_key_copy(argument, attributes, material) ||
           onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET, "allocation failed");
}

int load_key(ONEM2M_STORE *store, const char *key_id, ONEM2M_KEY *key, ONEM2M_ERROR *error)
{
    ONEM2M_STORE_READER *reader = onem2m_store_reader_new(store, error);
    const int ok = reader != NULL && onem2m_store_look_up(reader, key_id, strlen(key_id),
                                                          ONEM2M_KINDS_ALL, keep, key, error);

    onem2m_store_reader_free(reader);
    return ok;
}

static int mac_with(const ONEM2M_MATERIAL *material, unsigned char mac[32], ONEM2M_ERROR *error)
{
    const ONEM2M_SLICE message = text("some message");
    ONEM2M_HMAC hmac = { .context = NULL };
    const int ok = onem2m_material_mac(material, &hmac, keeper.digests[0], &message, 1, mac, error);

    onem2m_hmac_clear(&hmac);
    return ok;
}

int mac_with_key(const ONEM2M_KEY *key, unsigned char mac[32], ONEM2M_ERROR *error)
{
    const ONEM2M_MATERIAL material = onem2m_key_material(key);

    return mac_with(&material, mac, error);
}

/* ---- What is there ---- */

static void describe_mac(FILE *out, const ONEM2M_ATTRIBUTES *attributes,
                         const ONEM2M_MATERIAL *material)
{
    unsigned char mac[32];
    ONEM2M_ERROR error;

    if (!mac_with(material, mac, &error))
        fail_msg("%.*s: %s", (int)attributes->text[ONEM2M_TEXT_KEY_ID].length,
                 (const char *)attributes->text[ONEM2M_TEXT_KEY_ID].data, error.detail);
    /* What was generated differs each time. */
    for (size_t i = 0; i < sizeof(mac) && attributes->birth != ONEM2M_BIRTH_GENERATED; i++)
        fprintf(out, "%02x", mac[i]);
}

static int describe_key(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                        const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    FILE *out = argument;

    (void)error;
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++)
        fprintf(out, "%.*s|", (int)attributes->text[i].length,
                (const char *)attributes->text[i].data);
    fprintf(out, "%d %u %d %d %d ", (int)attributes->kind, attributes->suid, (int)attributes->state,
            attributes->extractable, (int)attributes->custody);
    if (attributes->state != ONEM2M_STATE_DESTROYED)
        describe_mac(out, attributes, material);
    fputc('\n', out);
    return 1;
}

char *describe_store(ONEM2M_STORE *store, int may_be_left)
{
    ONEM2M_STORE_FINDINGS findings;
    ONEM2M_STORE_READER *reader;
    ONEM2M_ERROR error;
    char *description;
    size_t length;
    FILE *out = open_memstream(&description, &length);

    assert_non_null(out);
    reader = onem2m_store_reader_new(store, &error);
    if (!onem2m_store_verify(reader, &findings, NULL, NULL, &error))
        fail_msg("%s", error.detail);
    if (findings.first.reason != ONEM2M_R_NONE &&
        (!may_be_left || strstr(findings.first.detail, "objects that no record names") == NULL))
        fail_msg("%s", findings.first.detail);
    if (!onem2m_store_each(reader, describe_key, out, &error))
        fail_msg("%s", error.detail);
    onem2m_store_reader_free(reader);
    assert_int_equal(fclose(out), 0);
    return description;
}
