/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_WORLD_H
#define ONEM2M_DEMO_WORLD_H

#include <limits.h>
#include "entity.h"

/* Who takes part, and what each has on disk: a directory with openssl.cnf, seal and store. */

typedef enum { MEF, MAF, A, B, C, MEMBERS } MEMBER_INDEX;

typedef struct {
    const char *name;
    const char *title;
    const char *identity;         /* FQDN, AE-ID or CSE-ID */
    const char *fqdn;             /* of its keys' names, and its server name */
    const char *subject_alt_name; /* of its certificate, as x509v3_config(5) writes it */
    const char *listeners;        /* space separated; "" for none */
} MEMBER;

extern const MEMBER members[MEMBERS];

/* What tests spoil, to see the demonstration fail. */
typedef enum {
    BREAK_NOTHING,
    BREAK_KPM,
    BREAK_KPM_ID,
    BREAK_SERVER_NAME,
    BREAK_MAF_ID,
    BREAK_SUID,
    BREAK_CBOR,
    BREAK_MESSAGE,
    BREAK_MEF_DOWN,
    BREAK_MAF_DOWN,
    BREAK_SILENCE
} BREAK;

typedef struct {
    char directory[PATH_MAX];
    char configuration[PATH_MAX];
    int listener_fds[2 * ENTITY_LISTENERS_MAX]; /* -1: none */
    unsigned long ports[ENTITY_LISTENERS_MAX];
} PLACE;

typedef struct {
    char directory[PATH_MAX];
    int keep;           /* 1: the caller's directory, not removed */
    const char *module; /* of the provider, as the user's configuration gives it; NULL: default */
    const char *credentials[MEMBERS]; /* "pkcs11:" URIs; NULL: its key is made by the process */
    const char *authority;            /* the file of the CA of these certificates, or NULL */
    unsigned long timeout;
    int dtls;
    BREAK spoiled;
    PLACE places[MEMBERS];
} WORLD;

/*
 * Makes everything under a new temporary directory, or under keep, which must not
 * exist. 1, or 0 with the failure set; world_remove in both cases.
 */
int world_make(WORLD *world, const char *keep, FAILURE *failure);
void world_remove(WORLD *world);

/* The index of a name; MEMBERS when there is none. */
MEMBER_INDEX member_index(const char *name);

#endif
