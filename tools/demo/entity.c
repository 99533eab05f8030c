/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "entity.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#define SECTION "entity"
#define NAMES_SECTION "names"
#define CERTIFICATES_SECTION "certificates"

static const char *lookup(const ENTITY *self, const char *section, const char *name)
{
    const char *value = NCONF_get_string(self->conf, section, name);

    ERR_clear_error();
    return value;
}

const char *entity_value(const ENTITY *self, const char *name)
{
    const char *value = lookup(self, SECTION, name);

    return value != NULL ? value : "";
}

unsigned long entity_number(const ENTITY *self, const char *name)
{
    return strtoul(entity_value(self, name), NULL, 10);
}

int entity_spoils(const ENTITY *self, const char *what)
{
    return strcmp(entity_value(self, "spoil"), what) == 0;
}

static void configure_uris(ENTITY *self)
{
    snprintf(self->uris.client_registration, sizeof(self->uris.client_registration), "%s",
             entity_value(self, "maf-client-registration-uri"));
    snprintf(self->uris.key_registration, sizeof(self->uris.key_registration), "%s",
             entity_value(self, "maf-key-registration-uri"));
    snprintf(self->uris.key_retrieval, sizeof(self->uris.key_retrieval), "%s",
             entity_value(self, "maf-key-retrieval-uri"));
}

int entity_open(ENTITY *self, const char *configuration, FAILURE *failure)
{
    long line = 0;

    memset(self, 0, sizeof(*self));
    self->conf = NCONF_new(NULL);
    if (self->conf == NULL || NCONF_load(self->conf, configuration, &line) <= 0)
        return failure_set(failure, "%s, line %ld, cannot be read", configuration, line);
    snprintf(self->name, sizeof(self->name), "%s", entity_value(self, "name"));
    self->timeout = (int)entity_number(self, "timeout") * 1000;
    self->dtls = entity_number(self, "dtls") != 0;
    configure_uris(self);
    if (RAND_bytes(self->cookie_secret, sizeof(self->cookie_secret)) != 1)
        return failure_set_openssl(failure, "random octets");
    return 1;
}

static void close_listener(LISTENER *listener)
{
    SSL_free(listener->waiting);
    SSL_CTX_free(listener->tls);
    SSL_CTX_free(listener->dtls);
}

void entity_close(ENTITY *self)
{
    for (size_t i = 0; i < self->listener_count; i++)
        close_listener(&self->listeners[i]);
    EVP_PKEY_free(self->fetched);
    EVP_PKEY_free(self->key);
    X509_free(self->certificate);
    X509_free(self->authority);
    NCONF_free(self->conf);
    OPENSSL_cleanse(self, sizeof(*self));
}

const char *entity_name_of(const ENTITY *self, const char *identity)
{
    const STACK_OF(CONF_VALUE) *names = NCONF_get_section(self->conf, NAMES_SECTION);

    for (int i = 0; i < sk_CONF_VALUE_num(names); i++) {
        const CONF_VALUE *name = sk_CONF_VALUE_value(names, i);

        if (strcmp(name->value, identity) == 0)
            return name->name;
    }
    return "?";
}

const char *entity_of_certificate(const ENTITY *self, const char *fqdn)
{
    const char *entity = lookup(self, CERTIFICATES_SECTION, fqdn);

    return entity != NULL ? entity : fqdn;
}

static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~')
            *text = '?';
    }
}

static void begin(EVENT *event, const ENTITY *self, EVENT_KIND kind, const char *clause)
{
    memset(event, 0, sizeof(*event));
    event->kind = kind;
    memcpy(event->at, self->name, sizeof(event->at));
    snprintf(event->clause, sizeof(event->clause), "%s", clause);
}

static void finish(EVENT *event)
{
    make_printable(event->text);
    event_send(ENTITY_EVENT_FD, event);
}

static void format_text(EVENT *event, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void format_text(EVENT *event, const char *format, va_list arguments)
{
    vsnprintf(event->text, sizeof(event->text), format, arguments);
}

void entity_note(const ENTITY *self, const char *clause, const char *format, ...)
{
    va_list arguments;
    EVENT event;

    begin(&event, self, EVENT_NOTE, clause);
    va_start(arguments, format);
    format_text(&event, format, arguments);
    va_end(arguments);
    finish(&event);
}

void entity_sends(const ENTITY *self, const char *to, const char *clause, const char *format, ...)
{
    va_list arguments;
    EVENT event;

    begin(&event, self, EVENT_MESSAGE, clause);
    snprintf(event.to, sizeof(event.to), "%s", to);
    va_start(arguments, format);
    format_text(&event, format, arguments);
    va_end(arguments);
    finish(&event);
}

void entity_refuses(const ENTITY *self, const char *clause, const char *format, ...)
{
    va_list arguments;
    EVENT event;

    begin(&event, self, EVENT_REFUSAL, clause);
    va_start(arguments, format);
    format_text(&event, format, arguments);
    va_end(arguments);
    finish(&event);
}

void entity_holds(const ENTITY *self, const char *clause, const char *name, const char *value)
{
    EVENT event;

    begin(&event, self, EVENT_VALUE, clause);
    snprintf(event.name, sizeof(event.name), "%s", name);
    snprintf(event.text, sizeof(event.text), "%s", value);
    finish(&event);
}

void entity_ended(const ENTITY *self, int done, const char *text)
{
    EVENT event;

    begin(&event, self, done ? EVENT_DONE : EVENT_FAILED, "");
    snprintf(event.text, sizeof(event.text), "%s", text);
    finish(&event);
}
