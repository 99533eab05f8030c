/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_ENTITY_H
#define ONEM2M_DEMO_ENTITY_H

#include <stdint.h>
#include <onem2m/id.h>
#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include "event.h"

/* Descriptors that the parent gives a process; listeners, two each, from the last on. */
#define ENTITY_CONTROL_FD 3
#define ENTITY_EVENT_FD 4
#define ENTITY_LISTENER_FD 10
#define ENTITY_LISTENERS_MAX 3

#define ENTITY_ID_SIZE (ONEM2M_ID_MAX + 1)

/* Where an entity answers, over TLS and over DTLS. */
typedef struct {
    char name[16]; /* psk, enrolees, targets, clients: who may call, and how they authenticate */
    int tcp_fd;
    int udp_fd;
    SSL_CTX *tls;
    SSL_CTX *dtls;
    SSL *waiting;   /* for the next DTLS client */
    int waiting_fd; /* its socket, once it has shown its cookie */
} LISTENER;

/* A key of the key objects' world that an entity remembers by name. */
typedef struct {
    char ke_id[ENTITY_ID_SIZE];
    char km_id[ENTITY_ID_SIZE];
    char kc_id[ENTITY_ID_SIZE];
    char short_kc_id[ENTITY_ID_SIZE]; /* of the Kc that is to expire */
    char short_end[32];
    char esprim_id[ENTITY_ID_SIZE];
} NAMES;

/* Resources of the MAF, as configured, or as the MEF told (table 8.3.2.1-3). */
typedef struct {
    char client_registration[64];
    char key_registration[64];
    char key_retrieval[64];
} URIS;

/* One of the demonstration's processes: what its configuration says, and its state. */
typedef struct {
    char name[EVENT_NAME]; /* MEF, MAF, A, B, C */
    CONF *conf;
    int timeout;   /* milliseconds that a peer has for a connection */
    int dtls;      /* 1: its connections are DTLS where there is a choice */
    EVP_PKEY *key; /* of its certificate: made here, never leaves; NULL: in a token */
    X509 *certificate;
    X509 *authority;
    unsigned char cookie_secret[32];
    LISTENER listeners[ENTITY_LISTENERS_MAX];
    size_t listener_count;
    URIS uris;
    NAMES names;
    unsigned long registrations; /* MAF Client Registrations so far */
    EVP_PKEY *fetched;           /* Km that the handshake in progress fetched, or NULL */
} ENTITY;

/* Reads the section of its configuration file. 1, or 0 with the failure set. */
int entity_open(ENTITY *self, const char *configuration, FAILURE *failure);
void entity_close(ENTITY *self);

/* A value of its configuration; "" when it has none. */
const char *entity_value(const ENTITY *self, const char *name);
unsigned long entity_number(const ENTITY *self, const char *name);

/* Whether it is to do that wrong, for tests. */
int entity_spoils(const ENTITY *self, const char *what);

/* The name of the process whose identity this is, else "?". */
const char *entity_name_of(const ENTITY *self, const char *identity);

/* The CSE-ID to which the certificate with that FQDN belongs (8.3.2.2), else the FQDN itself. */
const char *entity_of_certificate(const ENTITY *self, const char *fqdn);

/* Reports. clause: of TS-0003, or "". What is not printable ASCII in a text becomes '?'. */
void entity_note(const ENTITY *self, const char *clause, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void entity_sends(const ENTITY *self, const char *to, const char *clause, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void entity_refuses(const ENTITY *self, const char *clause, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void entity_holds(const ENTITY *self, const char *clause, const char *name, const char *value);
void entity_ended(const ENTITY *self, int done, const char *text);

#endif
