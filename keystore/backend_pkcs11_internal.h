/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_BACKEND_PKCS11_INTERNAL_H
#define ONEM2M_KEYSTORE_BACKEND_PKCS11_INTERNAL_H

#include <pthread.h>
#include "pkcs11_object.h"
#include "process.h"
#include "tree.h"

/*
 * A store whose entries are objects of a PKCS#11 token: docs/store-format.md
 * says what they look like, and which order of calls makes a transaction of
 * them. Each write has a number. An object is an entry, the removal of one, or
 * one of two anchors, which say in turns what the last write was.
 */

/* ---- Titles: what an object is, in a line of text ---- */

#define ONEM2M_TITLE_MAX 96

typedef enum {
    ONEM2M_TITLE_UNKNOWN = 0,
    ONEM2M_TITLE_ENTRY,
    ONEM2M_TITLE_REMOVAL,
    ONEM2M_TITLE_WRITING,  /* an anchor: somebody has begun this write */
    ONEM2M_TITLE_COMMITTED /* an anchor: this write is complete */
} ONEM2M_TITLE_KIND;

typedef struct {
    ONEM2M_TITLE_KIND kind;
    ONEM2M_TABLE table; /* of an entry or removal; the next two are an anchor's */
    uint64_t number;
    uint64_t sum; /* of the hashes of all entries, modulo 2^64 */
    uint64_t id;  /* random: no two writes have the same title */
} ONEM2M_TITLE;

typedef struct {
    char text[ONEM2M_TITLE_MAX + 1];
} ONEM2M_TITLE_TEXT;

ONEM2M_TITLE_TEXT onem2m_title_text(const ONEM2M_TITLE *title);
/* UNKNOWN for every other text than onem2m_title_text writes. */
ONEM2M_TITLE onem2m_title_parse(const ONEM2M_TITLE_TEXT *text);
int onem2m_title_equal(const ONEM2M_TITLE_TEXT *a, const ONEM2M_TITLE_TEXT *b);

/* FNV-1a of 64 bits: against accidents and not against anybody. */
#define ONEM2M_FNV_START UINT64_C(0xCBF29CE484222325)
uint64_t onem2m_fnv(uint64_t hash, const void *octets, size_t length);
/* What an entry adds to the sum. */
uint64_t onem2m_entry_hash(const ONEM2M_ENTRY *entry);

/* ---- The backend ---- */

/*
 * Where in an object title and octets are: in data objects, if the token keeps
 * any (NSS's softokn does not). Else in secret keys that nobody computes with:
 * their id has the title, a NUL, and the octets.
 */
typedef struct {
    CK_OBJECT_CLASS class;
    CK_ATTRIBUTE_TYPE family, title, octets;
} ONEM2M_OBJECT_FORM;
extern const ONEM2M_OBJECT_FORM onem2m_object_data, onem2m_object_key;

/* What an anchor's octets are, with a digit behind them. */
#define ONEM2M_OBJECT_MARK "onem2m-provider key store "
#define ONEM2M_OBJECT_VERSION '1'

/* Octets of the length of a name, which stands before it. */
#define ONEM2M_OBJECT_LENGTH_OCTETS 2

/* An object, and the title that it had when it was seen last. */
typedef struct {
    CK_OBJECT_HANDLE handle;
    ONEM2M_TITLE_TEXT title;
} ONEM2M_TITLED;

typedef struct {
    ONEM2M_TITLED *items;
    size_t count, room;
} ONEM2M_TITLED_LIST;

#define ONEM2M_FAMILY_MAX 80

struct onem2m_backend_st {
    P11KitUri *uri;                 /* NULL: a candidate, which has a root and nothing else */
    char family[ONEM2M_FAMILY_MAX]; /* what all objects of this store have in common */
    size_t family_length;
    ONEM2M_PROCESS_WATCH watch;
    int is_held; /* token, by who forks: during a fork */
    uint64_t random;
    uint64_t opening; /* which of this process's, for snapshots; a candidate has none */

    pthread_mutex_t writer; /* held by the transaction that writes, with the next two */
    int lock_file, lock_socket;

    pthread_mutex_t token; /* guards the rest; one search long at the most, or one call */
    ONEM2M_PKCS11_SESSION session;
    int is_open;
    unsigned int openings;          /* sessions so far: a handle is of one of them */
    const ONEM2M_OBJECT_FORM *form; /* NULL: not known yet */
    ONEM2M_TREE *root;              /* the entries of the write that current says */
    uint64_t number, sum;           /* likewise */
    uint64_t roots;                 /* so far: what has the same one reads the same */
    int is_known;                   /* root and what follows are of this session */
    ONEM2M_TITLED current, spare;   /* the anchors; spare.handle 0: there is none */
    ONEM2M_TITLED_LIST garbage;     /* of writers that died: entries before removals */
};

struct onem2m_transaction_st {
    ONEM2M_BACKEND *backend;
    ONEM2M_TRANSACTION_KIND kind;
    unsigned int generation; /* of the process that began it */
    int failed, is_creation;
    ONEM2M_TREE *root;
    ONEM2M_SNAPSHOT snapshot;

    /* Of one that writes. */
    uint64_t random;
    ONEM2M_TREE *base, *changed; /* changed: what is to be written, removals among it */
    unsigned int openings;
    uint64_t number, sum; /* of base, then of what is written */
    ONEM2M_TITLED_LIST made;
};

int onem2m_records_out_of_memory(ONEM2M_ERROR *error);

/* ---- Objects: with the mutex of the token held ---- */

/* Opens a session when there is none; a handle of before is worth nothing then. */
int onem2m_records_open_session(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error);
void onem2m_records_close_session(ONEM2M_BACKEND *backend);

/* What all objects of a store have. */
void onem2m_object_add_family(ONEM2M_PKCS11_TEMPLATE *template, const ONEM2M_BACKEND *backend,
                              const ONEM2M_OBJECT_FORM *form);

/* What was read of an object. octets: for free. */
typedef struct {
    ONEM2M_TITLE_TEXT title;
    unsigned char *octets;
    size_t length;
} ONEM2M_OBJECT;

/* The handles of all objects of the store, for free. *form: NULL when there are none. */
int onem2m_object_find(ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE **handles, size_t *count,
                       const ONEM2M_OBJECT_FORM **form, ONEM2M_ERROR *error);
/* 1, 0 when there is no such object any more, -1 with *error. */
int onem2m_object_read(ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE handle, ONEM2M_OBJECT *object,
                       ONEM2M_ERROR *error);
/* The same of the title alone. */
int onem2m_object_title(ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE handle, ONEM2M_TITLE_TEXT *title,
                        ONEM2M_ERROR *error);
/* Makes an entry or removal of entry, or an anchor when that is NULL. */
int onem2m_object_make(ONEM2M_BACKEND *backend, const ONEM2M_TITLE *title,
                       const ONEM2M_ENTRY *entry, ONEM2M_TITLED *made, ONEM2M_ERROR *error);
/* 1 when it is there with that title, 0, -1 with *error. */
int onem2m_object_has_title(ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE handle,
                            const ONEM2M_TITLE_TEXT *title, ONEM2M_ERROR *error);
/* Gives an anchor another title, and reads it again: 1 when it has that. */
int onem2m_object_retitle(ONEM2M_BACKEND *backend, CK_OBJECT_HANDLE anchor,
                          const ONEM2M_TITLE_TEXT *title, ONEM2M_ERROR *error);
/* Destroys what still has that title: a handle may have become another object's. 1 when it is
 * not there. */
int onem2m_object_destroy(ONEM2M_BACKEND *backend, const ONEM2M_TITLED *titled,
                          ONEM2M_ERROR *error);
/* The entry that an object's octets are, NULL with *error. */
ONEM2M_ENTRY *onem2m_object_entry(const ONEM2M_OBJECT *object, const ONEM2M_TITLE *title,
                                  CK_OBJECT_HANDLE handle, ONEM2M_ERROR *error);
/* Whether an anchor is of a store that this program knows. */
int onem2m_object_check_anchor(const ONEM2M_OBJECT *object, ONEM2M_ERROR *error);

int onem2m_titled_add(ONEM2M_TITLED_LIST *list, const ONEM2M_TITLED *titled);
void onem2m_titled_clear(ONEM2M_TITLED_LIST *list);

/* ---- The mirror: with the mutex of the token held ---- */

typedef enum {
    ONEM2M_UPDATE_FAILED, /* *error */
    ONEM2M_UPDATE_DONE,
    ONEM2M_UPDATE_BUSY /* it is written faster than it can be read */
} ONEM2M_UPDATE;

/*
 * Makes root what the token has. A writer, who has locked all others out,
 * learns what they left, too. ONEM2M_R_STORE_MISSING: there is no store; then
 * garbage is what there is of it.
 */
ONEM2M_UPDATE onem2m_records_update(ONEM2M_BACKEND *backend, int is_writer, ONEM2M_ERROR *error);

/* ---- Writing ---- */

/* Locks out the other writers of this host, with the mutex of writers held: waits for them. */
int onem2m_records_lock(ONEM2M_BACKEND *backend, ONEM2M_ERROR *error);
void onem2m_records_unlock(ONEM2M_BACKEND *backend);
/* In a child: the lock is the parent's. */
void onem2m_records_leave_lock(ONEM2M_BACKEND *backend);

/* Writes what a transaction has changed. */
int onem2m_records_write(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error);

/* ---- Transactions, as in backend.h ---- */

int onem2m_records_begin(ONEM2M_BACKEND *backend, ONEM2M_TRANSACTION **transaction,
                         ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error);
int onem2m_records_commit(ONEM2M_TRANSACTION *transaction, ONEM2M_ERROR *error);
void onem2m_records_abort(ONEM2M_TRANSACTION *transaction);
int onem2m_records_create(ONEM2M_BACKEND *backend, onem2m_fill_fn *fill, void *argument,
                          ONEM2M_ERROR *error);

/* ---- Backups ---- */

int onem2m_records_save(ONEM2M_TREE *root, const char *path, ONEM2M_ERROR *error);
int onem2m_records_load(ONEM2M_TREE **root, const char *path, ONEM2M_ERROR *error);

#endif
