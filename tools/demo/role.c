/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
/* The life of a process: its configuration, its credentials, then orders and clients. */
#include "role.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <openssl/err.h>
#include "clock.h"
#include "credential.h"
#include "frame.h"
#include "keys.h"
#include "tables.h"

#define ORDER_TIMEOUT 10000 /* milliseconds for one that has begun to come */

static const ROLE *const roles[] = { &role_mef, &role_maf, &role_a, &role_b, &role_c };

static const ROLE *find_role(const char *name)
{
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (strcmp(roles[i]->name, name) == 0)
            return roles[i];
    }
    return NULL;
}

static ONEM2M_PROFILE profile_of(const LISTENER *listener)
{
    return strcmp(listener->name, LISTENER_PSK) == 0 ? ONEM2M_PROFILE_PSK
                                                     : ONEM2M_PROFILE_CERTIFICATE;
}

static SSL_CTX *prepare_context(ENTITY *self, const ROLE *role, LISTENER *listener, int dtls,
                                FAILURE *failure)
{
    SSL_CTX *context = connection_context(self, dtls, 1, profile_of(listener), failure);

    if (context == NULL)
        return NULL;
    if (!onem2m_tls_server_name(context, entity_value(self, "fqdn"))) {
        failure_set_openssl(failure, "server name");
    } else if (profile_of(listener) == ONEM2M_PROFILE_CERTIFICATE ||
               role->prepare(self, listener, context, failure)) {
        return context;
    }
    SSL_CTX_free(context);
    return NULL;
}

/* One listener for each word of the configuration's `listeners`. */
static int prepare_listeners(ENTITY *self, const ROLE *role, FAILURE *failure)
{
    const char *word = entity_value(self, "listeners");
    int fd = ENTITY_LISTENER_FD;

    for (; *word != '\0' && self->listener_count < ENTITY_LISTENERS_MAX;
         word += strspn(word, " ")) {
        LISTENER *listener = &self->listeners[self->listener_count++];
        size_t length = strcspn(word, " ");

        snprintf(listener->name, sizeof(listener->name), "%.*s", (int)length, word);
        listener->tcp_fd = fd++;
        listener->udp_fd = fd++;
        listener->tls = prepare_context(self, role, listener, 0, failure);
        listener->dtls = prepare_context(self, role, listener, 1, failure);
        if (listener->tls == NULL || listener->dtls == NULL)
            return 0;
        word += length;
    }
    return 1;
}

/* An error response, where the connection can carry one; the audit in any case. */
static void refuse(CONNECTION *connection, const FAILURE *why)
{
    FAILURE failure = { "" };

    if (SSL_get_shutdown(connection->ssl) != 0)
        entity_refuses(connection->self, "", "%s", why->text);
    else
        dialogue_refuse(connection, "", "this request is refused", why->text, &failure);
}

/* Answers a client until it closes, or asks for what it may not. */
static void serve(CONNECTION *connection, const ROLE *role, const LISTENER *listener)
{
    static REQUEST request;
    char identity[ENTITY_ID_SIZE];
    const char *entity;
    FAILURE failure = { "" };
    int closed = 0;

    connection_peer_entity(connection, identity);
    entity = entity_of_certificate(connection->self, identity);
    if (role->greet != NULL && !role->greet(connection, listener, entity, &failure)) {
        entity_refuses(connection->self, "", "%s", failure.text);
        return;
    }
    while (dialogue_take(connection, &request, &closed, &failure) &&
           role->answer(connection, listener, entity, &request, &failure))
        ;
    OPENSSL_cleanse(&request, sizeof(request));
    if (!closed)
        refuse(connection, &failure);
}

/* Whom clients by certificate may be: which of two names of a domain, the listener says (8.1.2.5).
 */
static const ONEM2M_PEER *expected(const LISTENER *listener)
{
    static const ONEM2M_PEER fqdn = { .flavour = ONEM2M_PEER_FQDN };
    static const ONEM2M_PEER cse = { .flavour = ONEM2M_PEER_CSE_ID };

    if (profile_of(listener) != ONEM2M_PROFILE_CERTIFICATE)
        return NULL;
    return strcmp(listener->name, LISTENER_TARGETS) == 0 ? &fqdn : &cse;
}

static void accept_client(ENTITY *self, const ROLE *role, LISTENER *listener, int dtls)
{
    CONNECTION connection;
    FAILURE failure = { "" };

    if (connection_accept(&connection, self, listener, dtls, expected(listener), &failure)) {
        serve(&connection, role, listener);
        connection_close(&connection);
    } else {
        entity_refuses(self, "", "%s", failure.text);
    }
    if (role->leave != NULL)
        role->leave(self);
}

static int obey(ENTITY *self, const ROLE *role, const MESSAGE *order)
{
    const char *name = message_text(order, "step");
    FAILURE failure = { "" };
    int done = strcmp(name, STEP_SETTLE) == 0; /* whoever takes an order serves nobody */

    if (done) {
        entity_ended(self, done, "");
        return 1;
    }
    for (const ROLE_STEP *step = role->steps; step->name != NULL; step++) {
        if (strcmp(step->name, name) == 0) {
            done = step->step(self, message_text(order, "argument"), &failure);
            entity_ended(self, done, failure.text);
            return 1;
        }
    }
    failure_set(&failure, "knows no step '%s'", name);
    entity_ended(self, 0, failure.text);
    return 1;
}

/* 0 when the parent has no more orders. */
static int take_order(ENTITY *self, const ROLE *role)
{
    static MESSAGE order;
    FAILURE failure = { "" };
    int taken = frame_receive_message(ENTITY_CONTROL_FD, &table_order, &order,
                                      clock_milliseconds() + ORDER_TIMEOUT, &failure) &&
                obey(self, role, &order);

    message_clear(&order);
    return taken;
}

static nfds_t watch(const ENTITY *self, struct pollfd *waiting)
{
    nfds_t count = 0;

    waiting[count++] = (struct pollfd){ .fd = ENTITY_CONTROL_FD, .events = POLLIN };
    for (size_t i = 0; i < self->listener_count; i++) {
        waiting[count++] = (struct pollfd){ .fd = self->listeners[i].tcp_fd, .events = POLLIN };
        waiting[count++] = (struct pollfd){ .fd = self->listeners[i].udp_fd, .events = POLLIN };
    }
    return count;
}

static void live(ENTITY *self, const ROLE *role)
{
    struct pollfd waiting[1 + 2 * ENTITY_LISTENERS_MAX];

    for (;;) {
        int ready = poll(waiting, watch(self, waiting), -1);

        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0 || (waiting[0].revents != 0 && !take_order(self, role)))
            return;
        for (size_t i = 0; i < self->listener_count; i++) {
            LISTENER *listener = &self->listeners[i];

            if (waiting[1 + 2 * i].revents != 0)
                accept_client(self, role, listener, 0);
            if (waiting[2 + 2 * i].revents != 0 && connection_waiting(listener, expected(listener)))
                accept_client(self, role, listener, 1);
        }
    }
}

/* Kpm comes from the parent, as from a manufacturer; the provider keeps it from then on. */
static int import_kpm(const ENTITY *self, const MESSAGE *order, FAILURE *failure)
{
    size_t length;
    const unsigned char *octets = message_octets(order, "key", &length);
    ATTRIBUTES attributes;
    EVP_PKEY *kpm;

    if (octets == NULL)
        return 1;
    attributes_begin(&attributes);
    attributes_text(&attributes, ONEM2M_PARAM_KIND, ONEM2M_KIND_NAME_KPM);
    attributes_number(&attributes, ONEM2M_PARAM_SUID, 10);
    attributes_text(&attributes, ONEM2M_PARAM_KEY_ID, entity_value(self, "kpm-id"));
    attributes_text(&attributes, ONEM2M_PARAM_ENTITY_ID, entity_value(self, "kpm-entity"));
    attributes_octets(&attributes, ONEM2M_PARAM_PRIV, octets, length);
    attributes_number(&attributes, ONEM2M_PARAM_STORE, 1);
    kpm = keys_import(&attributes, failure);
    EVP_PKEY_free(kpm);
    return kpm != NULL;
}

/* The first order: "begin", with Kpm where the process has one. */
static int begin(ENTITY *self, const ROLE *role, FAILURE *failure)
{
    static MESSAGE order;
    int begun = frame_receive_message(ENTITY_CONTROL_FD, &table_order, &order,
                                      clock_milliseconds() + ORDER_TIMEOUT, failure) &&
                import_kpm(self, &order, failure);

    message_clear(&order);
    if (begun && entity_spoils(self, "silence")) {
        entity_ended(self, 1, "");
        pause();
    }
    return begun && credential_obtain(self, failure) && prepare_listeners(self, role, failure);
}

int role_main(const char *name)
{
    static ENTITY self;
    const ROLE *role = find_role(name);
    const char *configuration = getenv("OPENSSL_CONF");
    FAILURE failure = { "" };
    int begun;

    if (role == NULL || configuration == NULL || isatty(ENTITY_CONTROL_FD) ||
        isatty(ENTITY_EVENT_FD)) {
        fputs("onem2m-demo: --role is for processes that onem2m-demo itself starts\n", stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    begun = entity_open(&self, configuration, &failure);
    if (begun)
        begun = begin(&self, role, &failure);
    entity_ended(&self, begun, failure.text);
    if (begun)
        live(&self, role);
    entity_close(&self);
    return begun ? 0 : 1;
}
