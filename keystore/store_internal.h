/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_STORE_INTERNAL_H
#define ONEM2M_KEYSTORE_STORE_INTERNAL_H

#include <stdatomic.h>
#include "backend.h"
#include "header.h"
#include "lookup.h"
#include "store.h"

/* The parts of a store, for the files store*.c. */

/* What opening the header gave. Never changed; a newer one is put before it, all go with the store.
 */
typedef struct onem2m_opened_st {
    struct onem2m_opened_st *older;
    unsigned char identity[ONEM2M_STORE_IDENTITY_OCTETS];
    unsigned char sealed_keys[ONEM2M_SEALED_KEYS_MAX];
    size_t sealed_keys_length;
    ONEM2M_STORE_KEYS keys;
    unsigned char *decoy; /* a record that nobody has, under the newest data key */
    size_t decoy_length;
} ONEM2M_OPENED;

/* The last header that a writer authenticated or wrote: the very same octets need not be
 * authenticated again. */
typedef struct {
    const ONEM2M_OPENED *opened; /* NULL: there is none */
    size_t length;
    unsigned char octets[ONEM2M_HEADER_MAX];
    ONEM2M_HEADER header;
} ONEM2M_PROVEN_HEADER;

/* Keys of a token that a writer has made, or is to destroy. */
typedef struct {
    ONEM2M_TOKEN_KEY *keys;
    size_t count, room;
} ONEM2M_TOKEN_KEYS;

struct onem2m_store_st {
    const ONEM2M_BACKEND_FUNCTIONS *functions;
    char *location;
    char *seal_uri; /* NULL: memory_seal */
    char *fqdn;
    ONEM2M_SEAL memory_seal;
    OSSL_LIB_CTX *libctx;
    const EVP_MD *sha256;
    ONEM2M_BACKEND *backend;
    ONEM2M_TOKEN *token;    /* where keys are put; NULL: they are in software */
    ONEM2M_CUSTODY custody; /* likewise */
    int protection;         /* the level that the token is said to have (TS-0003 6.3.1) */
    _Atomic(ONEM2M_OPENED *) opened;
    _Atomic(ONEM2M_OPENED *) pretended; /* of no header: for a store that is not there yet */
    _Atomic(uint64_t) writes_seen;      /* the most that a header has counted */
    _Atomic(ONEM2M_STORE_WRITER *) idle_writer; /* for the next transaction; NULL: none */
};

struct onem2m_store_reader_st {
    ONEM2M_STORE *store;
    const ONEM2M_OPENED *opened; /* with what its last header was opened; NULL: it read none yet */
    uint64_t writes_before;      /* the most that were counted when its transaction began */
    ONEM2M_RECORD_CIPHER ciphers[ONEM2M_EPOCHS_MAX]; /* of epoch 0: not keyed */
    ONEM2M_RECORD_CIPHER pretended;                  /* likewise: of keys of no store */
    ONEM2M_HMAC hmac;
    ONEM2M_PROVEN_HEADER *proven; /* of a writer; NULL: it remembers no header */
};

struct onem2m_store_writer_st {
    ONEM2M_STORE *store;
    ONEM2M_TRANSACTION *transaction;
    ONEM2M_STORE_READER *reader;
    ONEM2M_HEADER header;
    ONEM2M_STORE_KEYS keys;
    ONEM2M_PROVEN_HEADER proven;
    ONEM2M_TOKEN_KEYS made;   /* objects of the token, to be destroyed when nothing is committed */
    ONEM2M_TOKEN_KEYS doomed; /* to be destroyed when all is */
    unsigned char record[ONEM2M_RECORD_MAX];
};

extern const ONEM2M_SLICE onem2m_header_name;

/* The seal as it is now, for a header, or for a new one when that is NULL; memory's own is
 * borrowed, so clear only what was opened. */
int onem2m_store_open_seal(const ONEM2M_STORE *store, const ONEM2M_HEADER *header,
                           ONEM2M_SEAL *seal, ONEM2M_ERROR *error);
void onem2m_store_clear_seal(const ONEM2M_STORE *store, ONEM2M_SEAL *seal);

ONEM2M_HEADER_CRYPTO onem2m_store_crypto(const ONEM2M_STORE *store, ONEM2M_HMAC *hmac);

/* Forgets the keys of all headers; nobody may be using them. */
void onem2m_store_forget_keys(ONEM2M_STORE *store);

/* Opens the keys of a header with the seal as it is now. */
int onem2m_store_open_keys(const ONEM2M_STORE *store, const ONEM2M_HEADER *header,
                           ONEM2M_HMAC *hmac, ONEM2M_STORE_KEYS *keys, ONEM2M_ERROR *error);

/* Begins a transaction of the reader, or of the writer that it belongs to; from here on the count
 * of writes goes by what was seen before. */
int onem2m_store_begin(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION **transaction,
                       ONEM2M_TRANSACTION_KIND kind, ONEM2M_ERROR *error);

/* Reads and authenticates the header that the reader's transaction sees, opening its keys when
 * these sealed ones were never opened. Refuses one that this process knows to be out of date. */
int onem2m_store_read_header(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                             ONEM2M_HEADER *header, ONEM2M_STORE_KEYS *keys, ONEM2M_ERROR *error);

/* The reader's store has this header now, octets as they stand there: nothing to authenticate when
 * the reader's next transaction finds them. */
void onem2m_store_remember_header(ONEM2M_STORE_READER *reader, ONEM2M_SLICE octets,
                                  const ONEM2M_HEADER *header);

/* So many writes are on disk: a header that counts fewer is refused from now on. */
void onem2m_store_note_writes(ONEM2M_STORE *store, uint64_t writes);

/* Brings what a writer has begun with to the present format, in its transaction. */
int onem2m_store_upgrade(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error);

/* The reader's cipher for an epoch, 0 for the header's, keyed out of the header as the transaction
 * sees it; NULL with *error. It stays as it is until one for another epoch is asked for. */
ONEM2M_RECORD_CIPHER *onem2m_store_cipher(ONEM2M_STORE_READER *reader,
                                          ONEM2M_TRANSACTION *transaction, uint32_t epoch,
                                          ONEM2M_ERROR *error);

/* Forgets what the reader's ciphers are keyed with. */
void onem2m_store_clear_ciphers(ONEM2M_STORE_READER *reader);

/* NULL is allowed. */
void onem2m_store_writer_free(ONEM2M_STORE_WRITER *writer);

/* The place of an entry in a table, from which the next one is looked for. */
typedef struct {
    size_t length;
    unsigned char octets[ONEM2M_BACKEND_NAME_MAX + 1];
} ONEM2M_STORE_PLACE;

/* The next record and its name, from the first on with a zeroed place: 1, 0 at the end, -1 with
 * *error. */
int onem2m_store_next(const ONEM2M_STORE *store, ONEM2M_TRANSACTION *transaction,
                      ONEM2M_STORE_PLACE *place, ONEM2M_SLICE *name, ONEM2M_SLICE *record,
                      ONEM2M_ERROR *error);

/* Opens a record with the cipher of its epoch. The caller cleanses the octets of *key. */
int onem2m_store_open_record(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                             ONEM2M_SLICE name, ONEM2M_SLICE record, ONEM2M_ATTRIBUTES *attributes,
                             ONEM2M_RECORD_KEY *key, ONEM2M_ERROR *error);

/* What is computed with, borrowed of *key. Refuses a key that is in a token when the store is
 * configured without one. */
int onem2m_store_material(const ONEM2M_STORE *store, const ONEM2M_RECORD_KEY *key,
                          ONEM2M_MATERIAL *material, ONEM2M_ERROR *error);

/*
 * Puts the material where this store has its keys: octets are brought into its
 * token, what is wrapped becomes an object where keys are objects, and one whose
 * attributes are no more extractable is no more so. *attributes say so then.
 * *key: room for what *placed points to.
 */
int onem2m_store_place(ONEM2M_STORE_WRITER *writer, ONEM2M_ATTRIBUTES *attributes,
                       const ONEM2M_MATERIAL *material, ONEM2M_TOKEN_KEY *key,
                       ONEM2M_MATERIAL *placed, ONEM2M_ERROR *error);

/* A key of the token that goes with the commit. */
int onem2m_store_doom(ONEM2M_STORE_WRITER *writer, const ONEM2M_MATERIAL *material,
                      ONEM2M_ERROR *error);

/* How a transaction has ended. UNKNOWN: the token was lost during the commit, perhaps after it. */
typedef enum { ONEM2M_END_NOTHING, ONEM2M_END_COMMITTED, ONEM2M_END_UNKNOWN } ONEM2M_END;

/* After the end of the transaction: destroys what is of no use any more. */
void onem2m_store_tidy_token(ONEM2M_STORE_WRITER *writer, ONEM2M_END end);

/* ---- Records, and the objects of the token that they name: store_objects.c ---- */

typedef struct {
    ONEM2M_TOKEN_OBJECT *items;
    size_t count;
} ONEM2M_STORE_OBJECTS;

/* What is there, of no record yet. *objects: to be freed. */
int onem2m_store_list_objects(const ONEM2M_STORE *store, ONEM2M_STORE_OBJECTS *objects,
                              ONEM2M_ERROR *error);
void onem2m_store_free_objects(ONEM2M_STORE_OBJECTS *objects);

/* Takes note that a record names this key, and counts what is wrong with its object. Returns 0 with
 * *finding when something is. */
int onem2m_store_check_object(ONEM2M_STORE_OBJECTS *objects, const ONEM2M_ATTRIBUTES *attributes,
                              const ONEM2M_TOKEN_KEY *key, ONEM2M_STORE_FINDINGS *findings,
                              ONEM2M_ERROR *finding);

/* Counts those that no record names. Returns 0 with *finding when there are any. */
int onem2m_store_count_unrecorded(const ONEM2M_STORE_OBJECTS *objects,
                                  ONEM2M_STORE_FINDINGS *findings, ONEM2M_ERROR *finding);

/* Destroys them, after a commit in whose transaction they were listed and counted. */
int onem2m_store_destroy_unrecorded(const ONEM2M_STORE *store, const ONEM2M_STORE_OBJECTS *objects,
                                    ONEM2M_STORE_FINDINGS *findings, ONEM2M_ERROR *error);

/* As onem2m_store_verify, of a backup's records, beside which the token may have other keys. */
int onem2m_store_verify_backup(ONEM2M_STORE_READER *reader, ONEM2M_STORE_FINDINGS *findings,
                               onem2m_store_progress_fn *progress, void *argument,
                               ONEM2M_ERROR *error);

/* Makes the decoy of keys that were opened, and frees keys with it; NULL is allowed. */
int onem2m_store_make_decoy(const ONEM2M_STORE *store, ONEM2M_OPENED *opened, ONEM2M_ERROR *error);
void onem2m_store_free_opened(ONEM2M_OPENED *opened);

/*
 * Does what opening a record does, where there is none to be opened, so that a
 * name which is not there takes as long as one which is refused (RFC 4279 7.2).
 * transaction: NULL when there is no store yet. Returns 0 with *error when a
 * record could not have been opened either.
 */
int onem2m_store_open_decoy(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                            ONEM2M_ERROR *error);

/* Finds the one record of these kinds: 1, or 0 with *error. */
int onem2m_store_find(ONEM2M_STORE *store, ONEM2M_TRANSACTION *transaction, const char *key_id,
                      size_t length, unsigned int kinds, ONEM2M_LOOKUP *lookup,
                      ONEM2M_SLICE *record, ONEM2M_ERROR *error);

/* The two halves of onem2m_store_look_up. Begins to read; what was not made yet has no key. */
int onem2m_store_begin_look_up(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION **transaction,
                               ONEM2M_ERROR *error);
int onem2m_store_find_and_visit(ONEM2M_STORE_READER *reader, ONEM2M_TRANSACTION *transaction,
                                const char *key_id, size_t length, unsigned int kinds,
                                onem2m_store_visit_fn *visit, void *argument, ONEM2M_ERROR *error);

/* A record of the store, copied so that writing cannot move it away. *key is to be cleared. */
int onem2m_store_load_key(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, ONEM2M_SLICE record,
                          ONEM2M_KEY *key, ONEM2M_ERROR *error);

/* Seals a key under its name and enters it into the header's account, both or neither. */
int onem2m_store_put_record(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name,
                            const ONEM2M_ATTRIBUTES *attributes, const ONEM2M_MATERIAL *material,
                            ONEM2M_ERROR *error);

/* The keys of the header as it is now, sealed by the configured seal; and sealed so anew. */
int onem2m_store_open_keys_again(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error);
int onem2m_store_seal_keys_again(ONEM2M_STORE_WRITER *writer, ONEM2M_ERROR *error);

static inline ONEM2M_SLICE onem2m_lookup_slice(const ONEM2M_LOOKUP *lookup)
{
    return (ONEM2M_SLICE){ lookup->octets, lookup->length };
}

/* The record of a look-up name: 1, 0 when there is none, -1 with *error. */
int onem2m_store_get_record(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name, ONEM2M_SLICE *record,
                            ONEM2M_ERROR *error);

/* Whether a new key may have its name: no key of its kind had it, and if it is this entity's to
 * assign, it has the form of those. */
int onem2m_store_check_name(ONEM2M_STORE_WRITER *writer, const ONEM2M_ATTRIBUTES *attributes,
                            const ONEM2M_LOOKUP *lookup, ONEM2M_ERROR *error);
/* A name at this entity's FQDN that no key ever had. */
int onem2m_store_assign_key_id(ONEM2M_STORE_WRITER *writer, ONEM2M_KIND kind, ONEM2M_ID *id,
                               ONEM2M_ERROR *error);

/* An entry of the table of children is named by two hashes, because two names are longer than a
 * key of LMDB. */
#define ONEM2M_LINK_DIGEST_OCTETS ((size_t)32)
#define ONEM2M_LINK_OCTETS (2 * ONEM2M_LINK_DIGEST_OCTETS)
int onem2m_store_name_link(const ONEM2M_STORE *store, ONEM2M_SLICE parent, ONEM2M_SLICE child,
                           unsigned char link[ONEM2M_LINK_OCTETS], ONEM2M_ERROR *error);

/* The look-up name of the key from which one was derived: 1, 0 when it was not, -1 with *error. */
int onem2m_store_name_parent(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_LOOKUP *lookup,
                             ONEM2M_ERROR *error);

/* The key from which one was derived, when it is in this store: 1, 0 without one, -1 with *error.
 * *parent is to be cleared. */
int onem2m_store_load_parent(ONEM2M_STORE_WRITER *writer, const ONEM2M_ATTRIBUTES *attributes,
                             ONEM2M_KEY *parent, ONEM2M_ERROR *error);

/* Makes a new key a child of the one from which it was derived, limited by it. */
int onem2m_store_add_to_parent(ONEM2M_STORE_WRITER *writer, ONEM2M_ATTRIBUTES *attributes,
                               const ONEM2M_LOOKUP *lookup, ONEM2M_ERROR *error);

/* TS-0003 10.7: what was derived of a key does not outlive it, also when its end is moved. */
int onem2m_store_limit_children(ONEM2M_STORE_WRITER *writer, ONEM2M_SLICE name,
                                const ONEM2M_ATTRIBUTES *parent, ONEM2M_ERROR *error);

#endif
