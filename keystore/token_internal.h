/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_TOKEN_INTERNAL_H
#define ONEM2M_KEYSTORE_TOKEN_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include "pkcs11_object.h"
#include "process.h"
#include "token_reference.h"

/* Sessions that a process opens at the most, and handles of keys that it keeps. */
#define ONEM2M_TOKEN_SESSIONS 32
#define ONEM2M_TOKEN_CACHED 1024

#define ONEM2M_TOKEN_KEY_MIN 8
#define ONEM2M_TOKEN_KEY_MAX 512

/* ---- Abilities ---- */

typedef enum {
    ONEM2M_TOKEN_SHA256,
    ONEM2M_TOKEN_SHA384,
    ONEM2M_TOKEN_SHA512,
    ONEM2M_TOKEN_DIGESTS
} ONEM2M_TOKEN_DIGEST;

/* What a token is asked; of those that take a digest, one for each. */
typedef enum {
    ONEM2M_TOKEN_GENERATES,
    ONEM2M_TOKEN_WRAPS,
    ONEM2M_TOKEN_WRAPS_KWP,
    ONEM2M_TOKEN_WRAPS_PAD,
    ONEM2M_TOKEN_MACS_SHORT, /* with keys of 8 octets */
    ONEM2M_TOKEN_SLICES,
    ONEM2M_TOKEN_DERIVES_SP800_108,
    ONEM2M_TOKEN_DERIVES_HKDF = ONEM2M_TOKEN_DERIVES_SP800_108 + ONEM2M_TOKEN_DIGESTS,
    ONEM2M_TOKEN_EXTRACTS_HKDF = ONEM2M_TOKEN_DERIVES_HKDF + ONEM2M_TOKEN_DIGESTS,
    ONEM2M_TOKEN_ABILITY_COUNT = ONEM2M_TOKEN_EXTRACTS_HKDF + ONEM2M_TOKEN_DIGESTS
} ONEM2M_TOKEN_ABILITY;

static inline ONEM2M_TOKEN_ABILITY onem2m_token_with(ONEM2M_TOKEN_ABILITY ability,
                                                     ONEM2M_TOKEN_DIGEST digest)
{
    return (ONEM2M_TOKEN_ABILITY)((unsigned int)ability + (unsigned int)digest);
}

/* ---- A login, and a call under it ---- */

/* The handle of a key, with the reference that it was found or unwrapped by. */
typedef struct onem2m_token_entry_st {
    struct onem2m_token_entry_st *next;          /* of the same bucket */
    struct onem2m_token_entry_st *newer, *older; /* by last use */
    CK_OBJECT_HANDLE handle;
    unsigned int users;
    int is_forgotten; /* in no list any more: its last user frees it */
    ONEM2M_CUSTODY custody;
    size_t length;
    unsigned char reference[];
} ONEM2M_TOKEN_ENTRY;

/* When it is full, only a key that comes again soon takes another's place: of keys that come once
 * each is destroyed after its use, while its object is warm in the processor's caches. */
typedef struct {
    ONEM2M_TOKEN_ENTRY *buckets[ONEM2M_TOKEN_CACHED];
    ONEM2M_TOKEN_ENTRY *newest, *oldest;
    size_t count;
    unsigned int came[ONEM2M_TOKEN_CACHED][2]; /* the last two keys of a hash that were not here */
} ONEM2M_TOKEN_CACHE;

/*
 * All that is forgotten together when a token is lost: sessions, and the
 * handles that are good in them. It lives as long as somebody uses it, so no
 * session is closed, and none of its objects goes, under a call.
 */
typedef struct onem2m_token_login_st {
    size_t references; /* of the token, and of every call */
    size_t open_count, limit, idle_count;
    CK_SESSION_HANDLE idle[ONEM2M_TOKEN_SESSIONS];
    struct onem2m_token_login_st *next;
    ONEM2M_PKCS11_SESSION first;
    ONEM2M_TOKEN_CACHE cache;
    _Atomic(CK_OBJECT_HANDLE) wrap_key; /* CK_INVALID_HANDLE: not looked for */
    /* Of wrapped keys, and of objects: token_probe.c */
    atomic_uchar abilities[2][ONEM2M_TOKEN_ABILITY_COUNT];
} ONEM2M_TOKEN_LOGIN;

/* What an object's label is: "<object> key", of the URI's object. */
typedef struct {
    unsigned char octets[160];
    size_t length;
} ONEM2M_TOKEN_LABEL;

/*
 * What a call that used the same key as the one before it leaves to the next of its thread: login,
 * session and handle, which are given back without delay when the token's attention changes.
 * is_busy: a thread looks at it, or is in the module with it; the rest is that thread's alone.
 * apart: what threads write to is in no line of a processor's caches with their neighbours'.
 */
typedef union {
    struct {
        atomic_int is_busy;
        unsigned int attention;    /* of the token, when it was left here */
        ONEM2M_TOKEN_LOGIN *login; /* NULL: nothing is here */
        CK_SESSION_HANDLE session;
        ONEM2M_TOKEN_ENTRY *held;
        const ONEM2M_TOKEN_ENTRY *last; /* what was held last, to be compared and not looked into */
    };
    char apart[128];
} ONEM2M_TOKEN_SLOT;
#define ONEM2M_TOKEN_SLOTS 8

/* What every call writes to stands together, as in a login. */
struct onem2m_token_st {
    pthread_mutex_t lock;      /* of what follows, and of what is in logins; never during a call */
    ONEM2M_TOKEN_LOGIN *login; /* NULL: to be opened */
    unsigned int running;      /* calls that may be in the module */
    int is_forking;            /* no call begins */
    pthread_cond_t changed;
    ONEM2M_TOKEN_LOGIN *logins; /* with those that calls have not left yet */
    int is_opening;
    pthread_t opener;
    unsigned int waiting; /* calls that wait for a session: none is left in a slot */
    P11KitUri *uri;
    ONEM2M_TOKEN_LABEL key_label, wrap_label;
    ONEM2M_PROCESS_WATCH watch;
    atomic_uint attention; /* changes when slots are to be emptied */
    ONEM2M_TOKEN_SLOT slots[ONEM2M_TOKEN_SLOTS];
};

/* A session of a login for one thread, and the key that it holds. */
typedef struct {
    ONEM2M_TOKEN *token;
    ONEM2M_TOKEN_LOGIN *login;
    CK_FUNCTION_LIST *module;
    CK_SESSION_HANDLE session;
    ONEM2M_TOKEN_ENTRY *held;
    ONEM2M_TOKEN_SLOT *slot;  /* that all of this is out of, busy; NULL: none */
    int is_passing;           /* the key is not to be kept */
    CK_OBJECT_HANDLE passing; /* its handle, destroyed with the call's end */
    int tries;                /* 0, or 1 when the token was lost the first time */
    CK_RV left;  /* why an object could not be destroyed: with this call its sessions end, too */
    CK_RV value; /* what failed; CKR_OK: nothing, or nothing of the module */
    ONEM2M_ERROR *error;
} ONEM2M_TOKEN_CALL;

/* Returns 0 with call->error, and call->value when it was the module. */
typedef int onem2m_token_operation_fn(ONEM2M_TOKEN_CALL *call, void *argument);

/*
 * Runs an operation with a session, and with the handle of a key that the operation may hold, when
 * it is known (NULL: it holds none); once more when sessions and handles turn out
 * to be lost, with a new login.
 */
int onem2m_token_run(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key,
                     onem2m_token_operation_fn *operation, void *argument, ONEM2M_ERROR *error);

/* ---- Slots ---- */

/* Goes on with what the thread's last call left, when that was of this key. 0: it was not. */
int onem2m_token_resume(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key);

/* At the end of a call that resumed: leaves it again, or gives it back. */
void onem2m_token_leave_again(ONEM2M_TOKEN_CALL *call);

/* With the token's lock, at the end of another one. 1: it is left, and no more the caller's. */
int onem2m_token_leave_first(ONEM2M_TOKEN_CALL *call);

/* With the token's lock, which is let go meanwhile: what is left in slots is given back, now or by
 * the thread that uses it. */
void onem2m_token_empty_slots(ONEM2M_TOKEN *token);

/* Whether a thread is in the module with what is in a slot. */
int onem2m_token_uses_slot(ONEM2M_TOKEN *token);

/* With the token's lock. Between the two a call may be in the module: a fork waits for it, and it
 * waits for a fork that has begun. */
void onem2m_token_enter(const ONEM2M_TOKEN_CALL *call);
void onem2m_token_exit(const ONEM2M_TOKEN_CALL *call);

/* Between these, with the token's lock, which is let go meanwhile: gives login, session and handle
 * back. */
void onem2m_token_give_back(ONEM2M_TOKEN_CALL *call);

/* Whether an entry of the handles is that of a key. */
int onem2m_token_entry_is_of(const ONEM2M_TOKEN_ENTRY *entry, const ONEM2M_TOKEN_KEY *key);

/* Refuses because the module did. Returns 0. */
int onem2m_token_failed(ONEM2M_TOKEN_CALL *call, const char *function, CK_RV value);

/* Refuses because the token lacks what the text says. Returns 0. */
int onem2m_token_cannot(const ONEM2M_TOKEN_CALL *call, const char *what);

/* Whether a value means that sessions and handles are of no use any more. */
int onem2m_token_is_lost(CK_RV value);

/*
 * Around a fork: waits for those who are in the module, since what they hold of it would stay held
 * in the child; not for the thread itself, as p11-kit forks for some modules, and not for ever.
 */
void onem2m_token_hold_back(ONEM2M_TOKEN *token);
void onem2m_token_go_on(ONEM2M_TOKEN *token);

/* For the fork's child: nothing of its parent's is closed. */
void onem2m_token_forget_logins(ONEM2M_TOKEN *token);
void onem2m_token_end_logins(ONEM2M_TOKEN *token);

/* ---- Handles of keys ---- */

/* The handle of the call's key, which stays good until the call ends. */
int onem2m_token_hold(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key,
                      CK_OBJECT_HANDLE *handle);

/* The handle of a key that another which can be wrapped is to be derived of: a wrapped one is
 * unwrapped extractable, for onem2m_token_drop_parent. */
int onem2m_token_hold_parent(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key,
                             CK_OBJECT_HANDLE *handle);
int onem2m_token_drop_parent(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key,
                             CK_OBJECT_HANDLE handle, int ok);

/* The key is used no more; whoever uses it now finishes. */
void onem2m_token_forget(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key);

/* With the token's lock: call->held, when the key's handle is known, or call->is_passing. */
void onem2m_token_hold_known(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key);

/* With the token's lock: takes the user away. 1: *handle is left to be destroyed. */
int onem2m_token_leave(ONEM2M_TOKEN_ENTRY *entry, CK_OBJECT_HANDLE *handle);
void onem2m_token_free_cache(ONEM2M_TOKEN_CACHE *cache);

/* ---- Objects ---- */

/* A secret key that is to be made. */
typedef struct {
    int is_sensitive, is_extractable;
    const unsigned char
        *id; /* ONEM2M_TOKEN_ID_OCTETS of an object of the token; NULL: of the session */
} ONEM2M_TOKEN_PLACE;

extern const ONEM2M_TOKEN_PLACE onem2m_token_for_use, onem2m_token_for_wrapping,
    onem2m_token_for_reading;

/* The template of a generic secret that makes MACs and derives. */
void onem2m_token_describe(const ONEM2M_TOKEN_CALL *call, ONEM2M_PKCS11_TEMPLATE *template,
                           const ONEM2M_TOKEN_PLACE *place);

int onem2m_token_make(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_PLACE *place, ONEM2M_SLICE octets,
                      CK_OBJECT_HANDLE *object);

/* The object of a CKA_ID: 1, 0 when there is none, -1 with the error. */
int onem2m_token_find(ONEM2M_TOKEN_CALL *call, const unsigned char id[ONEM2M_TOKEN_ID_OCTETS],
                      CK_OBJECT_HANDLE *object);

int onem2m_token_generate_object(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_PLACE *place,
                                 size_t length, CK_OBJECT_HANDLE *object);

/* The one that fits, of which there may be one a what. */
int onem2m_token_find_one(ONEM2M_TOKEN_CALL *call, ONEM2M_PKCS11_TEMPLATE *template,
                          const char *what, CK_OBJECT_HANDLE *object);

/* Of a search that found nothing: somebody who shares the login may have ended it, and then private
 * objects are not found. */
int onem2m_token_check_login(ONEM2M_TOKEN_CALL *call);

/* ok: whether all was well until here. Destroys the object in any case; returns 0 when either
 * failed. */
int onem2m_token_dispose(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE object, int ok);

/* ---- Wrapping ---- */

/* The token's key that wraps: 1, 0 when there is none, -1 with the error. */
int onem2m_token_find_wrap_key(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE *object);

/* Wraps an object of stored octets, the key's or with zeros behind them, for whose extractable and
 * birth the caller answers. */
int onem2m_token_wrap(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE object, size_t stored,
                      ONEM2M_TOKEN_KEY *key);
int onem2m_token_unwrap(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *wrapped,
                        const ONEM2M_TOKEN_PLACE *place, CK_OBJECT_HANDLE *object);

/* One mechanism, of octets that are in hand: for probes too. */
CK_RV onem2m_token_wrap_by(const ONEM2M_TOKEN_CALL *call, CK_MECHANISM_TYPE type,
                           CK_OBJECT_HANDLE wrap_key, CK_OBJECT_HANDLE object, unsigned char *out,
                           CK_ULONG *length);

/* Wraps a new object and destroys it: what a key is made by. */
int onem2m_token_wrap_new(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE object, size_t stored,
                          ONEM2M_TOKEN_KEY *key);

/* Whether a key of a length can be wrapped: 1, 0; -1 with the error. */
int onem2m_token_can_wrap(ONEM2M_TOKEN_CALL *call, size_t stored);

/* ---- Computing ---- */

/* ONEM2M_TOKEN_DIGESTS with an error when the digest is none of them. */
ONEM2M_TOKEN_DIGEST onem2m_token_digest(const EVP_MD *digest, ONEM2M_ERROR *error);
size_t onem2m_token_digest_octets(ONEM2M_TOKEN_DIGEST digest);

/* HMAC with the key of a handle; out: the digest's octets. */
int onem2m_token_sign(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key, ONEM2M_TOKEN_DIGEST digest,
                      const ONEM2M_SLICE *parts, size_t count, unsigned char *out);

/* New objects by one mechanism each. message and salt are not written to. */
int onem2m_token_derive_sp800_108(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key,
                                  ONEM2M_TOKEN_DIGEST digest, ONEM2M_SLICE message,
                                  CK_OBJECT_HANDLE *child);
int onem2m_token_derive_hkdf(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key,
                             ONEM2M_TOKEN_DIGEST digest, ONEM2M_SLICE message,
                             CK_OBJECT_HANDLE *child);
int onem2m_token_extract_hkdf(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key,
                              ONEM2M_TOKEN_DIGEST digest, ONEM2M_SLICE salt,
                              CK_OBJECT_HANDLE *child);
int onem2m_token_slice_key(ONEM2M_TOKEN_CALL *call, CK_OBJECT_HANDLE key, size_t offset,
                           size_t length, CK_OBJECT_HANDLE *child);

/* The octets of an extractable key; out: key->key_length. */
int onem2m_token_get_octets(ONEM2M_TOKEN_CALL *call, const ONEM2M_TOKEN_KEY *key,
                            unsigned char *out);

/* Brings octets as a wrapped key; its birth and extractable are the caller's to set. */
int onem2m_token_wrap_octets(ONEM2M_TOKEN_CALL *call, ONEM2M_SLICE octets, ONEM2M_TOKEN_KEY *key);

/*
 * Whether the token can: asked once a login, with a known answer. 1, 0; -1 with the error.
 * custody: of the key that it is asked of. An object is not extractable, and of such a key some
 * tokens derive none that can be wrapped.
 */
int onem2m_token_can(ONEM2M_TOKEN_CALL *call, ONEM2M_TOKEN_ABILITY ability, ONEM2M_CUSTODY custody);

/* ---- What comes in ---- */

/* Octets of a key: ONEM2M_TOKEN_KEY_MIN to ONEM2M_TOKEN_KEY_MAX. */
int onem2m_token_check_length(size_t length, ONEM2M_ERROR *error);

/* A key that was perhaps read of a record: lengths and custody fit each other. */
int onem2m_token_check_key(const ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error);

/*
 * How many octets a key that is brought has in the token: as many, or where the token makes no
 * HMACs with such a short key, or does not wrap it, with zeros behind it, which make no other HMAC
 * (RFC 2104, 2) up to the 64 octets of a block of SHA-256. 0: *stored is not set, an error.
 */
int onem2m_token_choose_stored(ONEM2M_TOKEN_CALL *call, int is_wrapped, size_t key_length,
                               size_t *stored);

/* parts in one piece, for OPENSSL_clear_free. */
int onem2m_token_join(const ONEM2M_SLICE *parts, size_t count, unsigned char **message,
                      size_t *length, ONEM2M_ERROR *error);

#endif
