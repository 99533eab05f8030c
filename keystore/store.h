/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_STORE_H
#define ONEM2M_KEYSTORE_STORE_H

#include <openssl/evp.h>
#include "backend.h"
#include "key.h"
#include "policy.h"

/*
 * A store of keys: names, records, header and backend together. A store may be
 * used by all threads of a process and survives a fork; a reader or a writer
 * belongs to one thread at a time.
 */
typedef struct onem2m_store_st ONEM2M_STORE;
typedef struct onem2m_store_reader_st ONEM2M_STORE_READER;
typedef struct onem2m_store_writer_st ONEM2M_STORE_WRITER;

typedef struct {
    const char *keystore; /* "memory:", "lmdb:DIR", or a "pkcs11:" URI: store_uri.h */
    const char *seal;     /* "file:PATH" or "pkcs11:" URI; NULL for memory:, and for the token's */
    const char *fqdn;     /* this entity's own; NULL when it assigns no names */
    OSSL_LIB_CTX *libctx; /* these two outlive the store */
    const EVP_MD *sha256;
} ONEM2M_STORE_CONFIGURATION;

/*
 * Whether such a configuration can be meant: schemes, a seal where one is
 * needed, an FQDN. Opens nothing. On failure *key is the name of the culprit.
 */
int onem2m_store_check_configuration(const ONEM2M_STORE_CONFIGURATION *configuration,
                                     const char **key, ONEM2M_ERROR *error);

/*
 * Opens. An existing, empty directory is a store without keys, made by the
 * first write; an absent one is an error. configuration's texts are copied.
 */
int onem2m_store_open(ONEM2M_STORE **store, const ONEM2M_STORE_CONFIGURATION *configuration,
                      ONEM2M_ERROR *error);
void onem2m_store_close(ONEM2M_STORE *store);

/* The token that keys are put into, borrowed; NULL: they are in software. */
ONEM2M_TOKEN *onem2m_store_token(const ONEM2M_STORE *store);

/* Whether keys are objects of that token, and not wrapped by it. */
int onem2m_store_has_objects(const ONEM2M_STORE *store);

/* The protection level of one of its keys (TS-0003 table 6.3.1-1). */
int onem2m_store_protection(const ONEM2M_STORE *store, const ONEM2M_ATTRIBUTES *attributes);

/* Makes the store; ONEM2M_R_STORE_EXISTS when there is one. */
int onem2m_store_create(ONEM2M_STORE *store, ONEM2M_ERROR *error);

/* NULL with *error when memory is out. */
ONEM2M_STORE_READER *onem2m_store_reader_new(ONEM2M_STORE *store, ONEM2M_ERROR *error);
void onem2m_store_reader_free(ONEM2M_STORE_READER *reader);

/* Kinds that a look-up may find, as bits. */
#define ONEM2M_KIND_BIT(kind) (1U << (kind))
#define ONEM2M_KINDS_ALL ((ONEM2M_KIND_BIT(ONEM2M_KIND_MAX) << 1) - 2)

/*
 * Called with a key; its attributes and material are valid during the call only,
 * and octets are cleansed after it. What it returns is returned.
 */
typedef int onem2m_store_visit_fn(void *argument, const ONEM2M_ATTRIBUTES *attributes,
                                  const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error);

/*
 * Looks a key up by its identifier and visits it. Fails when there is none of
 * these kinds, or more than one.
 */
int onem2m_store_look_up(ONEM2M_STORE_READER *reader, const char *key_id, size_t length,
                         unsigned int kinds, onem2m_store_visit_fn *visit, void *argument,
                         ONEM2M_ERROR *error);

/*
 * A key that was found, and in which state of the store; holds its octets, in the
 * secure heap where there is one, until it is cleared. A zeroed structure is none.
 */
typedef struct {
    ONEM2M_SNAPSHOT snapshot;
    unsigned int kinds; /* those among which it was the only one */
    ONEM2M_KEY key;
} ONEM2M_FOUND_KEY;
void onem2m_found_key_clear(ONEM2M_FOUND_KEY *found);

/*
 * The same for who asks again: *found is what an earlier call of the same reader's
 * store and of the same key_id has left, or zeroed, and is visited instead while
 * nothing was committed to the store since. For names of one's own alone: this call
 * tells by its time that the key was asked for before, and RFC 4279 7.2 wants nobody
 * to be told whether a server has a name.
 */
int onem2m_store_look_up_again(ONEM2M_STORE_READER *reader, ONEM2M_FOUND_KEY *found,
                               const char *key_id, size_t length, unsigned int kinds,
                               onem2m_store_visit_fn *visit, void *argument, ONEM2M_ERROR *error);

/*
 * Visits every key in the order of names, until a visit returns 0. The store is
 * read in short transactions and none is open during a visit, however long that
 * takes: a key that is there from the beginning to the end is visited once, as
 * it was at some moment in between; one that is added meanwhile perhaps. What
 * needs one moment for all is onem2m_store_verify and onem2m_store_backup.
 */
int onem2m_store_each(ONEM2M_STORE_READER *reader, onem2m_store_visit_fn *visit, void *argument,
                      ONEM2M_ERROR *error);

/*
 * The same with the caller's pauses in between, and a fork perhaps. A walk holds
 * a batch of records, some 150 KB, however large the store is. reader: lives
 * longer. NULL with *error when memory is out.
 */
typedef struct onem2m_store_walk_st ONEM2M_STORE_WALK;
ONEM2M_STORE_WALK *onem2m_store_walk_new(ONEM2M_STORE_READER *reader, ONEM2M_ERROR *error);
void onem2m_store_walk_free(ONEM2M_STORE_WALK *walk);

/* Visits the next key: 1, 0 at the end, -1 with *error, which the visit may have set. */
int onem2m_store_walk_next(ONEM2M_STORE_WALK *walk, onem2m_store_visit_fn *visit, void *argument,
                           ONEM2M_ERROR *error);

/*
 * Makes changes in one transaction, all or nothing, on disk when this returns
 * 1; other writers wait. change returns 1 to commit; it may be called again,
 * from the beginning, when the store had to grow. The first write into an
 * existing, empty directory makes the store.
 */
typedef int onem2m_store_change_fn(ONEM2M_STORE_WRITER *writer, void *argument,
                                   ONEM2M_ERROR *error);
int onem2m_store_write(ONEM2M_STORE *store, onem2m_store_change_fn *change, void *argument,
                       ONEM2M_ERROR *error);

/*
 * Adds a key. Without a key-id, this entity assigns a relative part at its
 * fqdn that was never used. key_id: set to the name that the key has now, of
 * ONEM2M_KEY_ID_MAX + 1 octets, may be NULL.
 */
int onem2m_store_add(ONEM2M_STORE_WRITER *writer, const ONEM2M_ATTRIBUTES *attributes,
                     const ONEM2M_MATERIAL *material, char *key_id, ONEM2M_ERROR *error);

/* What to change: the members whose flag is set. */
typedef struct {
    int change_not_after, change_labels, change_targets, change_state;
    int change_extractable, change_derive_octets;
    ONEM2M_TIME not_after;
    ONEM2M_SLICE labels;
    ONEM2M_SLICE targets;
    ONEM2M_STATE state; /* destroyed: wipes the octets, leaves a tombstone */
    int extractable, derive_octets;
} ONEM2M_STORE_CHANGE;

/* Whether it changes anything. */
int onem2m_store_change_is_any(const ONEM2M_STORE_CHANGE *change);

/* The attributes as they are to be; nobody is asked. Texts are borrowed of the change. */
void onem2m_store_change_apply(const ONEM2M_STORE_CHANGE *change, ONEM2M_ATTRIBUTES *attributes);

/* requester: the authenticated identity, for a registration; length 0: none. */
int onem2m_store_change(ONEM2M_STORE_WRITER *writer, const char *key_id, size_t length,
                        unsigned int kinds, const ONEM2M_STORE_CHANGE *change,
                        ONEM2M_SLICE requester, ONEM2M_TIME now, ONEM2M_ERROR *error);

/* Called now and then; done of total records. */
typedef void onem2m_store_progress_fn(void *argument, uint64_t done, uint64_t total);

/* What onem2m_store_verify found. */
typedef struct {
    uint64_t records;
    uint64_t damaged; /* records that do not open, or stand under another name */
    uint64_t orphans; /* derived keys that their parent has no link to: they would outlive it */
    int set_hash_differs;
    int has_objects;     /* keys are objects of a token; else the next four are 0 */
    uint64_t missing;    /* keys that the token has no object of */
    uint64_t unfit;      /* keys with an object that is another sort, or protected less */
    uint64_t unrecorded; /* objects that no record names; of a backup: 0 */
    uint64_t destroyed;  /* of those, by onem2m_store_tidy */
    ONEM2M_ERROR first;  /* the first finding */
} ONEM2M_STORE_FINDINGS;

/*
 * Opens every record and compares them with the header, and keys that are
 * objects of a token with these, for which other writers of this host wait. An
 * object may be found without a record while another host adds its key. Returns
 * 1 when the store could be read, whatever was found.
 */
int onem2m_store_verify(ONEM2M_STORE_READER *reader, ONEM2M_STORE_FINDINGS *findings,
                        onem2m_store_progress_fn *progress, void *argument, ONEM2M_ERROR *error);

/*
 * The same; and where objects are that no record names, verifies again in a
 * write, and destroys them when that is committed. Writers of this host wait; of
 * one of another host and this one, who come at the same time, the later to
 * commit is refused with ONEM2M_R_STORE_LOCKED: then nothing is destroyed, or
 * the other one's key is not stored. The objects stay when a record is damaged,
 * was taken away or put back, because then they may be that record's.
 */
int onem2m_store_tidy(ONEM2M_STORE_READER *reader, ONEM2M_STORE_FINDINGS *findings,
                      onem2m_store_progress_fn *progress, void *argument, ONEM2M_ERROR *error);

/*
 * Writes the store as it is at one moment into a new file of mode 0600, on
 * disk when this returns 1; writers go on. Its keys are under the store's seal.
 */
int onem2m_store_backup(ONEM2M_STORE *store, const char *path, ONEM2M_ERROR *error);

/*
 * Makes the store of such a file, in one step, when the configured seal opens
 * it and it verifies with no finding. ONEM2M_R_STORE_EXISTS when there is one.
 * *findings: as onem2m_store_verify sets it.
 */
int onem2m_store_restore(ONEM2M_STORE *store, const char *path, ONEM2M_STORE_FINDINGS *findings,
                         onem2m_store_progress_fn *progress, void *argument, ONEM2M_ERROR *error);

/*
 * Gives the store a new data key, seals every record anew with it in
 * transactions of some thousand and drops the old one. Others go on reading and
 * writing. After an end in between both keys are there and all works as before;
 * the next call goes on. It joins a rotation that another process is about.
 * Records that do not open stay, and with them the old key: then it returns 0
 * when all others are done.
 */
int onem2m_store_rotate(ONEM2M_STORE *store, onem2m_store_progress_fn *progress, void *argument,
                        ONEM2M_ERROR *error);

/* Puts the store's keys under another seal; no record is touched. */
int onem2m_store_reseal(ONEM2M_STORE *store, const char *seal, ONEM2M_ERROR *error);

#endif
