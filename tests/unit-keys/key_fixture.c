/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_fixture.h"

const unsigned char key_octets[32] = { 7 };
const ONEM2M_MATERIAL key_material = { .octets = { key_octets, sizeof(key_octets) } };

ONEM2M_SLICE slice(const char *text)
{
    return (ONEM2M_SLICE){ (const unsigned char *)text, strlen(text) };
}

void assert_text(ONEM2M_SLICE text, const char *expected)
{
    const char *data = text.data != NULL ? (const char *)text.data : "";

    if (expected == NULL)
        fail_msg("\"%.*s\" is one too many", (int)text.length, data);
    else if (text.length != strlen(expected) || memcmp(data, expected, text.length) != 0)
        fail_msg("\"%.*s\", expected \"%s\"", (int)text.length, data, expected);
}

ONEM2M_ATTRIBUTES valid_attributes(ONEM2M_KIND kind)
{
    static const unsigned int suids[] = { 0, 10, 0, 11, 12, 22, 13, 13, 14, 0, 0, 0, 14 };
    ONEM2M_ATTRIBUTES attributes;

    memset(&attributes, 0, sizeof(attributes));
    attributes.kind = kind;
    attributes.suid = suids[kind];
    attributes.purpose =
        kind == ONEM2M_KIND_E2E ? ONEM2M_PURPOSE_MESSAGE_AUTHENTICATION_KEY : ONEM2M_PURPOSE_NONE;
    attributes.state = ONEM2M_STATE_ACTIVE;
    attributes.derive_octets = 1;
    attributes.text[ONEM2M_TEXT_KEY_ID] = slice("key-1@mef.example.com");
    return attributes;
}

ONEM2M_ATTRIBUTES valid_registration(void)
{
    ONEM2M_ATTRIBUTES attributes = valid_attributes(ONEM2M_KIND_ESDATA);

    attributes.registration = 1;
    attributes.text[ONEM2M_TEXT_SOURCE_ID] = slice("//sp.example.com/cse9/C7");
    attributes.text[ONEM2M_TEXT_TARGET_IDS] = slice("//sp.example.com/cse1");
    return attributes;
}
