/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first octet of the input chooses what the rest is read as; corpus/ has
 * one of each. Aborts when a promise of id.h is broken.
 */
#include <onem2m/id.h>
#include "target.h"

static void check_refusal(const ONEM2M_ERROR *error, size_t length)
{
    size_t i = 0;

    HOLDS(error->reason > ONEM2M_R_NONE && error->reason <= ONEM2M_R_MISMATCH);
    /* NFKC makes up to eleven octets of one. */
    HOLDS(error->offset == SIZE_MAX || error->offset <= 11 * length + ONEM2M_ID_MAX);
    while (i < sizeof(error->detail) && error->detail[i] >= 0x20 && error->detail[i] < 0x7F)
        i++;
    HOLDS(i > 0 && i < sizeof(error->detail) && error->detail[i] == '\0');
}

static void check_part(const ONEM2M_ID *id, ONEM2M_ID_PART part, size_t max)
{
    HOLDS(part.length <= max);
    HOLDS(part.length == 0 ? part.offset == 0 : part.offset + part.length <= id->length);
}

static int is_same_part(ONEM2M_ID_PART a, ONEM2M_ID_PART b)
{
    return a.offset == b.offset && a.length == b.length;
}

static int is_same_id(const ONEM2M_ID *a, const ONEM2M_ID *b)
{
    return a->kind == b->kind && a->form == b->form && is_same_part(a->relative, b->relative) &&
           is_same_part(a->fqdn, b->fqdn) && is_same_part(a->cse, b->cse) &&
           is_same_part(a->ae, b->ae) && a->length == b->length && strcmp(a->text, b->text) == 0;
}

static void check_id(const ONEM2M_ID *id)
{
    char out[ONEM2M_ID_MAX + 1];
    size_t size = sizeof(out);
    ONEM2M_ID again;

    HOLDS(id->length > 0 && id->length <= ONEM2M_ID_MAX && strlen(id->text) == id->length);
    check_part(id, id->relative, ONEM2M_RELATIVE_ID_MAX);
    check_part(id, id->fqdn, ONEM2M_FQDN_MAX);
    check_part(id, id->cse, ONEM2M_RELATIVE_ID_MAX);
    check_part(id, id->ae, ONEM2M_RELATIVE_ID_MAX);
    HOLDS(onem2m_id_kind_name(id->kind) != NULL);
    HOLDS(onem2m_id_parse(&again, id->kind, id->text, id->length, ONEM2M_ID_STRICT, NULL));
    HOLDS(is_same_id(&again, id) && onem2m_id_equal(&again, id));
    HOLDS(onem2m_id_parse(&again, id->kind, id->text, id->length, ONEM2M_ID_FOLD_FQDN, NULL));
    HOLDS(is_same_id(&again, id));
    HOLDS(onem2m_id_print(id, out, &size, NULL) && size == id->length);
    HOLDS(memcmp(out, id->text, size + 1) == 0);
}

static void read_id(ONEM2M_ID_KIND kind, unsigned int flags, const char *text, size_t length)
{
    ONEM2M_ERROR error;
    ONEM2M_ID id;
    int taken;

    memset(&id, UNTOUCHED, sizeof(id));
    taken = kind == 0 ? onem2m_id_parse_entity(&id, text, length, flags, &error)
                      : onem2m_id_parse(&id, kind, text, length, flags, &error);
    if (taken) {
        check_id(&id);
    } else {
        HOLDS(is_untouched(&id, sizeof(id)));
        check_refusal(&error, length);
    }
}

/* text: relative part, line feed, FQDN. */
static void form_id(ONEM2M_ID_KIND kind, const char *text, size_t length)
{
    const char *end = length == 0 ? NULL : memchr(text, '\n', length);
    size_t relative_length = end == NULL ? length : (size_t)(end - text);
    const char *fqdn = end == NULL ? text + length : end + 1;
    ONEM2M_ERROR error;
    ONEM2M_ID id;

    memset(&id, UNTOUCHED, sizeof(id));
    if (onem2m_id_form(&id, kind, text, relative_length, fqdn, (size_t)(text + length - fqdn),
                       &error)) {
        check_id(&id);
    } else {
        HOLDS(is_untouched(&id, sizeof(id)));
        check_refusal(&error, length);
    }
}

static void check_credential_id(const ONEM2M_CREDENTIAL_ID *id)
{
    ONEM2M_CREDENTIAL_ID again;

    HOLDS(id->length > 3 && id->length <= ONEM2M_CREDENTIAL_ID_MAX);
    HOLDS(strlen(id->text) == id->length);
    HOLDS(id->value.offset == 3 && id->value.offset + id->value.length == id->length);
    HOLDS(onem2m_credential_id_parse(&again, id->text, id->length, NULL));
    HOLDS(again.type == id->type && is_same_part(again.value, id->value));
    HOLDS(again.length == id->length && strcmp(again.text, id->text) == 0);
    HOLDS(onem2m_credential_id_equal(&again, id));
}

static void read_credential_id(const char *text, size_t length)
{
    ONEM2M_CREDENTIAL_ID id;
    ONEM2M_ERROR error;

    memset(&id, UNTOUCHED, sizeof(id));
    if (onem2m_credential_id_parse(&id, text, length, &error)) {
        check_credential_id(&id);
    } else {
        HOLDS(is_untouched(&id, sizeof(id)));
        check_refusal(&error, length);
    }
}

/* text: the type as one octet counted from '0' (':' is 10), then the value. */
static void form_credential_id(const char *text, size_t length)
{
    unsigned int type = length == 0 ? 0 : (unsigned char)text[0] - 48U;
    ONEM2M_CREDENTIAL_ID id;
    ONEM2M_ERROR error;

    memset(&id, UNTOUCHED, sizeof(id));
    if (length > 0 && onem2m_credential_id_form(&id, type, text + 1, length - 1, &error)) {
        HOLDS(strspn(id.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                              "0123456789._-@") == id.length);
        check_credential_id(&id);
    } else if (length > 0) {
        HOLDS(is_untouched(&id, sizeof(id)));
        check_refusal(&error, length);
    }
}

static void match_public_key_id(const char *text, size_t length)
{
    static const unsigned char key[] = "Hello World!";
    ONEM2M_ERROR error;

    if (!onem2m_public_key_id_match(text, length, key, sizeof(key) - 1, NULL, NULL, &error))
        check_refusal(&error, length);
}

static void read_as(uint8_t choice, const uint8_t *octets, size_t length)
{
    const char *text = (const char *)octets;

    if (choice >= '0' && choice <= '8')
        read_id((ONEM2M_ID_KIND)(choice - '0'), ONEM2M_ID_STRICT, text, length);
    else if (choice >= '@' && choice <= 'H')
        read_id((ONEM2M_ID_KIND)(choice - '@'), ONEM2M_ID_FOLD_FQDN, text, length);
    else if (choice >= 'a' && choice <= 'i')
        form_id((ONEM2M_ID_KIND)(choice - '`'), text, length);
    else if (choice == 'r')
        read_credential_id(text, length);
    else if (choice == 's')
        form_credential_id(text, length);
    else if (choice == 't')
        match_public_key_id(text, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return target_choose(data, size, read_as);
}
