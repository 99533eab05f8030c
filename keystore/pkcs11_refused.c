/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <p11-kit/pin.h>
#include <sys/mman.h>
#include "pkcs11_turn.h"

/* What p11-kit, which is one in a process, calls us by when the provider asks libonem2m or it the
 * provider. */
#define PIN_SOURCE "onem2m-provider:refused"

#define REFUSALS 160

typedef struct {
    atomic_uint count; /* ever noted: the oldest goes first */
    struct {
        atomic_int is_whole;
        char text[ONEM2M_PKCS11_REFUSAL_MAX];
    } refusals[REFUSALS];
} MEMORY;

/* Pages that a child shares with its parent: of children that are started together with a wrong
 * PIN the first tells the others. Never freed. */
static _Atomic(MEMORY *) memory;

static MEMORY *get_memory(void)
{
    MEMORY *known = atomic_load(&memory);
    void *made;

    if (known != NULL)
        return known;
    made = mmap(NULL, sizeof(MEMORY), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED)
        return NULL;
    if (atomic_compare_exchange_strong(&memory, &known, made))
        return made;
    munmap(made, sizeof(MEMORY));
    return known;
}

void onem2m_pkcs11_share_refusals(void)
{
    (void)get_memory();
}

void onem2m_pkcs11_note_refusal(const char *text)
{
    MEMORY *own = get_memory();
    unsigned int next;

    if (own == NULL)
        return;
    next = atomic_fetch_add(&own->count, 1) % REFUSALS;
    atomic_store(&own->refusals[next].is_whole, 0);
    snprintf(own->refusals[next].text, sizeof(own->refusals[next].text), "%s", text);
    atomic_store(&own->refusals[next].is_whole, 1);
}

static int is_noted(const char *text)
{
    MEMORY *own = atomic_load(&memory);

    for (size_t i = 0; own != NULL && i < REFUSALS; i++) {
        if (atomic_load(&own->refusals[i].is_whole) && strcmp(own->refusals[i].text, text) == 0)
            return 1;
    }
    return 0;
}

/* Any PIN means: it was refused. */
static P11KitPin *answer(const char *pin_source, P11KitUri *pin_uri, const char *pin_description,
                         P11KitPinFlags pin_flags, void *callback_data)
{
    static const unsigned char nothing[1];

    (void)pin_source;
    (void)pin_uri;
    (void)pin_flags;
    (void)callback_data;
    return pin_description != NULL && is_noted(pin_description) ? p11_kit_pin_new(nothing, 0)
                                                                : NULL;
}

void onem2m_pkcs11_publish_refusals(void)
{
    static atomic_flag is_published = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&is_published))
        (void)p11_kit_pin_register_callback(PIN_SOURCE, answer, NULL, NULL);
}

int onem2m_pkcs11_was_refused(const char *text)
{
    P11KitPin *pin;

    if (is_noted(text))
        return 1;
    /* Of all who are asked the first that knows of it answers. */
    pin = p11_kit_pin_request(PIN_SOURCE, NULL, text, 0);
    if (pin == NULL)
        return 0;
    p11_kit_pin_unref(pin);
    return 1;
}
