/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <keystore/key.h>
#include "target.h"

/* The line that begins at *position, without its end. */
static ONEM2M_SLICE next_line(const uint8_t *data, size_t size, size_t *position)
{
    const ONEM2M_SLICE rest = { data + *position, size - *position };
    const uint8_t *end = rest.length > 0 ? memchr(rest.data, '\n', rest.length) : NULL;
    const ONEM2M_SLICE line = { rest.data, end != NULL ? (size_t)(end - rest.data) : rest.length };

    *position += line.length + (end != NULL);
    return line;
}

static void check_printable(const ONEM2M_ERROR *error)
{
    if (error->reason == ONEM2M_R_NONE)
        abort();
    for (const char *text = error->detail; *text != '\0'; text++) {
        if (*text < 0x20 || *text >= 0x7F)
            abort();
    }
}

/*
 * Kind, SUID, registration, parent's kind, allowed SUIDs, purpose; then a line
 * for each text. A key that can be made can be stored, and made again of itself
 * it is the same.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char octets[32];
    const ONEM2M_MATERIAL material = { .octets = { octets, sizeof(octets) } };
    ONEM2M_ATTRIBUTES attributes;
    size_t position = 6;
    ONEM2M_KEY key, again;
    ONEM2M_ERROR error = { ONEM2M_R_NONE, 0, "" };

    if (size < position)
        return 0;
    memset(&attributes, 0, sizeof(attributes));
    memset(&key, 0, sizeof(key));
    memset(&again, 0, sizeof(again));
    attributes.kind = (ONEM2M_KIND)(data[0] % (ONEM2M_KIND_MAX + 2));
    attributes.suid = data[1] % 64;
    attributes.registration = data[2] % 2;
    attributes.parent_kind = (ONEM2M_KIND)(data[3] % (ONEM2M_KIND_MAX + 2));
    attributes.allowed_suids = data[4] % 64;
    attributes.purpose = (ONEM2M_PURPOSE)(data[5] % 6);
    attributes.state = ONEM2M_STATE_ACTIVE;
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++)
        attributes.text[i] = next_line(data, size, &position);
    if (!onem2m_key_make(&key, &attributes, &material, &error)) {
        check_printable(&error);
        return 0;
    }
    if (key.attributes.text[ONEM2M_TEXT_KEY_ID].length > 0 &&
        !onem2m_attributes_check(&key.attributes, sizeof(octets), &error))
        abort();
    if (!onem2m_key_make(&again, &key.attributes, &material, &error))
        abort();
    for (int i = 0; i < ONEM2M_TEXT_COUNT; i++) {
        const ONEM2M_SLICE a = key.attributes.text[i], b = again.attributes.text[i];

        if (a.length != b.length || memcmp(a.data, b.data, a.length) != 0)
            abort();
    }
    onem2m_key_clear(&key);
    onem2m_key_clear(&again);
    return 0;
}
