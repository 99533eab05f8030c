/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include "backend_pkcs11_internal.h"

#define FOUND_AT_ONCE 512
#define GUESSED_LENGTH 2048 /* of the octets of an object: most are read with one call */

const ONEM2M_OBJECT_FORM onem2m_object_data = { CKO_DATA, CKA_APPLICATION, CKA_LABEL, CKA_VALUE };
const ONEM2M_OBJECT_FORM onem2m_object_key = { CKO_SECRET_KEY, CKA_LABEL, CKA_ID, CKA_ID };

int onem2m_records_out_of_memory(ONEM2M_ERROR *error)
{
    return onem2m_refuse(error, ONEM2M_R_OUT_OF_MEMORY, ONEM2M_NO_OFFSET,
                         "no memory for the records of a PKCS#11 token");
}

int onem2m_titled_add(ONEM2M_TITLED_LIST *list, const ONEM2M_TITLED *titled)
{
    if (list->count == list->room) {
        const size_t room = 2 * list->room + 16;
        ONEM2M_TITLED *items = realloc(list->items, room * sizeof(*items));

        if (items == NULL)
            return 0;
        list->items = items;
        list->room = room;
    }
    list->items[list->count++] = *titled;
    return 1;
}

void onem2m_titled_clear(ONEM2M_TITLED_LIST *list)
{
    free(list->items);
    *list = (ONEM2M_TITLED_LIST){ NULL, 0, 0 };
}

/* Sessions */

static void forget(ONEM2M_BACKEND *backend)
{
    backend->is_open = 0;
    backend->is_known = 0;
    backend->current.handle = backend->spare.handle = 0;
    onem2m_titled_clear(&backend->garbage);
}

void onem2m_records_close_session(ONEM2M_BACKEND *backend)
{
    if (backend->is_open)
        onem2m_pkcs11_close(&backend->session);
    forget(backend);
}

int onem2m_records_open_session(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error)
{
    ONEM2M_PKCS11_SESSION session = { .handle = 0 };

    if (backend->is_open)
        return 1;
    forget(backend);
    if (!onem2m_pkcs11_open(&session, backend->uri, CKF_RW_SESSION, error) &&
        ((session.token.flags & CKF_WRITE_PROTECTED) == 0 ||
         !onem2m_pkcs11_open(&session, backend->uri, 0, error)))
        return 0;
    backend->session = session;
    backend->is_open = 1;
    backend->openings++;
    return 1;
}

/* Searching */

void onem2m_object_add_family(ONEM2M_PKCS11_TEMPLATE *template, const ONEM2M_BACKEND *backend,
                              const ONEM2M_OBJECT_FORM *form)
{
    onem2m_pkcs11_add(template, CKA_CLASS, &form->class, sizeof(form->class));
    onem2m_pkcs11_add(template, form->family, backend->family, backend->family_length);
}

typedef struct {
    CK_OBJECT_HANDLE *handles;
    size_t count, room;
    CK_RV value;
    const char *function;
} SEARCH;

static int make_room(SEARCH *search)
{
    const size_t room = 2 * search->room + FOUND_AT_ONCE;
    CK_OBJECT_HANDLE *handles;

    if (search->room - search->count >= FOUND_AT_ONCE)
        return 1;
    handles = realloc(search->handles, room * sizeof(*handles));
    if (handles == NULL)
        return 0;
    search->handles = handles;
    search->room = room;
    return 1;
}

static void collect(SEARCH *search, const ONEM2M_PKCS11_SESSION *session)
{
    CK_ULONG found;

    search->function = "C_FindObjects";
    do {
        found = 0;
        search->value = CKR_HOST_MEMORY;
        if (make_room(search))
            search->value = session->module->C_FindObjects(
                session->handle, search->handles + search->count, FOUND_AT_ONCE, &found);
        if (search->value == CKR_OK)
            search->count += found;
    } while (search->value == CKR_OK && found > 0);
}

static void find(SEARCH *search, const ONEM2M_BACKEND *backend, const ONEM2M_OBJECT_FORM *form)
{
    const ONEM2M_PKCS11_SESSION *session = &backend->session;
    ONEM2M_PKCS11_TEMPLATE template = { .count = 0 };
    CK_RV end;

    onem2m_object_add_family(&template, backend, form);
    search->function = "C_FindObjectsInit";
    search->value =
        session->module->C_FindObjectsInit(session->handle, template.attributes, template.count);
    if (search->value != CKR_OK)
        return;
    collect(search, session);
    end = session->module->C_FindObjectsFinal(session->handle);
    if (search->value != CKR_OK || end == CKR_OK)
        return;
    search->function = "C_FindObjectsFinal";
    search->value = end;
}

int onem2m_object_find(ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE **handles, size_t *count,
                       const ONEM2M_OBJECT_FORM **form, ONEM2M_ERROR *error)
{
    SEARCH search = { .handles = NULL };

    *form = backend->form != NULL ? backend->form : &onem2m_object_data;
    find(&search, backend, *form);
    if (search.value == CKR_OK && search.count == 0) {
        *form = *form == &onem2m_object_data ? &onem2m_object_key : &onem2m_object_data;
        find(&search, backend, *form);
    }
    if (search.value != CKR_OK) {
        free(search.handles);
        return onem2m_pkcs11_refuse(error, search.function, search.value);
    }
    if (search.count == 0)
        *form = NULL;
    *handles = search.handles;
    *count = search.count;
    return 1;
}

/* Reading */

typedef struct {
    CK_ATTRIBUTE attributes[2]; /* octets and title; those of a key are one */
    CK_ULONG count;
} READING;

static CK_RV get(const ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE handle, READING *reading)
{
    return backend->session.module->C_GetAttributeValue(backend->session.handle, handle,
                                                        reading->attributes, reading->count);
}

static int is_length(CK_ULONG length)
{
    return length <= ONEM2M_TITLE_MAX + 1 + ONEM2M_OBJECT_LENGTH_OCTETS + ONEM2M_BACKEND_NAME_MAX +
                         ONEM2M_BACKEND_VALUE_MAX;
}

/* Asks for the lengths first. */
static CK_RV get_long(const ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE handle, READING *reading,
                      unsigned char **octets)
{
    void *title = reading->attributes[1].pValue;
    unsigned char *room;
    CK_RV value;

    for (CK_ULONG i = 0; i < reading->count; i++)
        reading->attributes[i].pValue = NULL;
    value = get(backend, handle, reading);
    if (value != CKR_OK)
        return value;
    if (!is_length(reading->attributes[0].ulValueLen) ||
        (reading->count > 1 && reading->attributes[1].ulValueLen > ONEM2M_TITLE_MAX))
        return CKR_ATTRIBUTE_TYPE_INVALID; /* none of ours */
    room = realloc(*octets, reading->attributes[0].ulValueLen + 1);
    if (room == NULL)
        return CKR_HOST_MEMORY;
    *octets = room;
    reading->attributes[0].pValue = room;
    reading->attributes[1].pValue = title;
    return get(backend, handle, reading);
}

static void set_title(ONEM2M_OBJECT *object, const void *text, size_t length)
{
    if (length > ONEM2M_TITLE_MAX)
        length = ONEM2M_TITLE_MAX;
    memcpy(object->title.text, text, length);
    object->title.text[length] = '\0';
}

/* Title, NUL, octets. */
static void split(ONEM2M_OBJECT *object)
{
    const unsigned char *end = memchr(object->octets, 0, object->length);
    const size_t length = end != NULL ? (size_t)(end - object->octets) : object->length;

    set_title(object, object->octets, length);
    object->length -= end != NULL ? length + 1 : length;
    if (object->length > 0)
        memmove(object->octets, end + 1, object->length);
}

/* One that has not what all of ours have is what a token made of an object half written. */
static int is_strange(CK_RV value)
{
    return value == CKR_ATTRIBUTE_TYPE_INVALID || value == CKR_ATTRIBUTE_SENSITIVE;
}

int onem2m_object_read(ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE handle, ONEM2M_OBJECT *object,
                       ONEM2M_ERROR *error)
{
    const ONEM2M_OBJECT_FORM *form = backend->form;
    READING reading = { .count = form->title == form->octets ? 1 : 2 };
    char title[ONEM2M_TITLE_MAX];
    CK_RV value;

    object->octets = malloc(GUESSED_LENGTH);
    if (object->octets == NULL)
        return onem2m_records_out_of_memory(error) - 1;
    reading.attributes[0] = (CK_ATTRIBUTE){ form->octets, object->octets, GUESSED_LENGTH };
    reading.attributes[1] = (CK_ATTRIBUTE){ form->title, title, sizeof(title) };
    value = get(backend, handle, &reading);
    if (value == CKR_BUFFER_TOO_SMALL)
        value = get_long(backend, handle, &reading, &object->octets);
    object->length = 0;
    object->title.text[0] = '\0';
    if (value == CKR_OK) {
        object->length = reading.attributes[0].ulValueLen;
        if (reading.count == 1)
            split(object);
        else
            set_title(object, title, reading.attributes[1].ulValueLen);
    }
    if (value == CKR_OK || is_strange(value))
        return 1;
    free(object->octets);
    object->octets = NULL;
    return value == CKR_OBJECT_HANDLE_INVALID
               ? 0
               : onem2m_pkcs11_refuse(error, "C_GetAttributeValue", value) - 1;
}

static CK_RV get_title(const ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE handle, char *title,
                       CK_ULONG *length)
{
    READING reading = { .attributes = { { backend->form->title, title, ONEM2M_TITLE_MAX } },
                        .count = 1 };
    const CK_RV value = get(backend, handle, &reading);

    *length = value == CKR_OK ? reading.attributes[0].ulValueLen : 0;
    return value;
}

int onem2m_object_title(ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE handle, ONEM2M_TITLE_TEXT *title,
                        ONEM2M_ERROR *error)
{
    ONEM2M_OBJECT object = { .octets = NULL };
    char text[ONEM2M_TITLE_MAX];
    CK_ULONG length;
    CK_RV value;
    int there;

    if (backend->form->title == backend->form->octets) {
        there = onem2m_object_read(backend, handle, &object, error);
        free(object.octets);
    } else {
        value = get_title(backend, handle, text, &length);
        set_title(&object, text, length);
        there = value != CKR_OBJECT_HANDLE_INVALID;
        if (there && value != CKR_OK && value != CKR_BUFFER_TOO_SMALL && !is_strange(value))
            there = onem2m_pkcs11_refuse(error, "C_GetAttributeValue", value) - 1;
    }
    *title = object.title;
    return there;
}

int onem2m_object_check_anchor(const ONEM2M_OBJECT *object, ONEM2M_ERROR *error)
{
    static const char mark[] = ONEM2M_OBJECT_MARK;

    if (object->length != sizeof(mark) || memcmp(object->octets, mark, sizeof(mark) - 1) != 0)
        return onem2m_refuse(error, ONEM2M_R_STORE_NOT_OURS, ONEM2M_NO_OFFSET,
                             "an object of the PKCS#11 token that is named as the store's anchor "
                             "is none of this program");
    return object->octets[sizeof(mark) - 1] == ONEM2M_OBJECT_VERSION ||
           onem2m_refuse(error, ONEM2M_R_STORE_NEWER, ONEM2M_NO_OFFSET,
                         "the records in the PKCS#11 token were written by a newer version of "
                         "this program");
}

ONEM2M_ENTRY *onem2m_object_entry(const ONEM2M_OBJECT *object, const ONEM2M_TITLE *title,
                                  CK_OBJECT_HANDLE handle, ONEM2M_ERROR *error)
{
    const unsigned char *octets = object->octets + ONEM2M_OBJECT_LENGTH_OCTETS;
    size_t name_length = 0;
    ONEM2M_ENTRY *entry;

    if (object->length >= ONEM2M_OBJECT_LENGTH_OCTETS)
        name_length = (size_t)object->octets[0] << 8 | object->octets[1];
    if (name_length < 1 || name_length > ONEM2M_BACKEND_NAME_MAX ||
        name_length + ONEM2M_OBJECT_LENGTH_OCTETS > object->length) {
        onem2m_refuse(error, ONEM2M_R_STORE_DAMAGED, ONEM2M_NO_OFFSET,
                      "object \"%s\" of the PKCS#11 token is not what was written",
                      object->title.text);
        return NULL;
    }
    entry = onem2m_entry_new(
        title->table, (ONEM2M_SLICE){ octets, name_length },
        (ONEM2M_SLICE){ octets + name_length,
                        object->length - ONEM2M_OBJECT_LENGTH_OCTETS - name_length });
    if (entry == NULL) {
        onem2m_records_out_of_memory(error);
        return NULL;
    }
    entry->number = title->number;
    entry->object = handle;
    entry->is_removal = title->kind == ONEM2M_TITLE_REMOVAL;
    return entry;
}
