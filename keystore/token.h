/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_TOKEN_H
#define ONEM2M_KEYSTORE_TOKEN_H

#include <openssl/evp.h>
#include "text.h"

/*
 * A PKCS#11 token that keeps keys: their octets are in it, or wrapped by it, and
 * what is computed with them is computed there. Nothing here knows records,
 * names or policy.
 *
 * A token is used by many threads at once; each call takes a session out of a
 * pool of 32, and waits for one when they, or the token's, are exhausted.
 * Nothing of a module is called before the first use. After a fork, or when the
 * token was taken out and put back, the next call logs in again and finds or
 * unwraps keys again; a session, a handle and a key of the session are
 * forgotten, never used. A fork waits, for 2 seconds at most, for calls that
 * are in the module.
 *
 * Functions return 1, or 0 with *error, unless said otherwise; one that fails
 * leaves the token without the objects it began to make.
 */
typedef struct onem2m_token_st ONEM2M_TOKEN;

/* Where a key's octets are. The numbers are written into records: never change one. */
typedef enum {
    ONEM2M_CUSTODY_SOFTWARE = 0, /* in the record, sealed */
    ONEM2M_CUSTODY_OBJECT = 1,   /* an object of the token */
    ONEM2M_CUSTODY_WRAPPED = 2   /* wrapped by a key of the token (RFC 3394, or RFC 5649 for a
                                    length that is no multiple of 8) */
} ONEM2M_CUSTODY;

/*
 * How a key came into its token: the rungs of derivation from the best down.
 * The numbers are written into records: never change one.
 */
typedef enum {
    ONEM2M_BIRTH_UNKNOWN = 0,
    ONEM2M_BIRTH_IMPORTED = 1,  /* its octets were brought */
    ONEM2M_BIRTH_GENERATED = 2, /* by the token, and never outside */
    ONEM2M_BIRTH_SP800_108 = 3, /* derived in the token, CKM_SP800_108_FEEDBACK_KDF */
    ONEM2M_BIRTH_HKDF = 4,      /* derived in the token, CKM_HKDF_DERIVE */
    ONEM2M_BIRTH_EXTRACT = 5,   /* derived in the token, CKM_EXTRACT_KEY_FROM_KEY */
    ONEM2M_BIRTH_SIGNED = 6     /* C_Sign, whose result passed through host memory once */
} ONEM2M_BIRTH;

/* Octets of a reference: an object's CKA_ID, or a wrapped key. */
#define ONEM2M_TOKEN_ID_OCTETS 16
#define ONEM2M_TOKEN_REFERENCE_MAX (512 + 8 + 8)

/*
 * A key of a token, by value: it may be copied and kept, and holds nothing.
 *
 * Of a wrapped key the reference protects the octets alone (RFC 3394): custody,
 * birth, extractable and key_length are what the record says that holds it, and
 * must be authenticated there, since extractable decides with which attributes
 * it is unwrapped. Equal keys, wrapped, are equal octets. Of an object the
 * token itself knows whether it is extractable.
 */
typedef struct {
    ONEM2M_CUSTODY custody; /* OBJECT or WRAPPED */
    ONEM2M_BIRTH birth;
    int extractable;   /* the token gives its octets; see below */
    size_t key_length; /* octets of the key itself */
    size_t length;
    unsigned char reference[ONEM2M_TOKEN_REFERENCE_MAX];
} ONEM2M_TOKEN_KEY;

/*
 * uri: "pkcs11:" (RFC 7512) of a token; its object attribute, "onem2m" without one,
 * is what the labels of all that is made there begin with. Nothing is opened.
 */
int onem2m_token_new(ONEM2M_TOKEN **token, const char *uri, ONEM2M_ERROR *error);

/* NULL is allowed. No call may be running; session objects go, nobody is logged out. */
void onem2m_token_free(ONEM2M_TOKEN *token);

/*
 * Makes the AES-256 key "<object> wrap" that wraps, sensitive and not
 * extractable. is_there: whether there is one, 1 or 0; -1 with *error.
 */
int onem2m_token_create(ONEM2M_TOKEN *token, ONEM2M_ERROR *error);
int onem2m_token_is_there(ONEM2M_TOKEN *token, ONEM2M_ERROR *error);

/*
 * Brings octets into the token, or lets it generate length (8 to 512) of them,
 * under a fresh random CKA_ID when custody is OBJECT: CKK_GENERIC_SECRET,
 * private, sensitive unless extractable, for MACs and derivations. What is to be
 * wrapped must be CKA_EXTRACTABLE: until then it is a sensitive object of a
 * session of this process, for the time of three calls of the module, and from
 * then on it is unwrapped not extractable. A length that the token makes no HMACs
 * with or does not wrap gets zeros behind it there, which is the same key of an
 * HMAC; where that cannot be, ONEM2M_R_TOKEN_CANNOT.
 */
int onem2m_token_import(ONEM2M_TOKEN *token, ONEM2M_CUSTODY custody, int extractable,
                        ONEM2M_SLICE octets, ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error);
int onem2m_token_generate(ONEM2M_TOKEN *token, ONEM2M_CUSTODY custody, int extractable,
                          size_t length, ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error);

/* Makes of a wrapped key an object of the token, with a fresh CKA_ID. */
int onem2m_token_settle(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *wrapped,
                        ONEM2M_TOKEN_KEY *object, ONEM2M_ERROR *error);

/* Destroys an object; a wrapped key is only forgotten. 1 also when there is no such object.
 * Another process that has used the object notices at its next use. */
int onem2m_token_destroy(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error);

/* An object of the token that is labelled "<object> key", as all are that are made here. */
typedef struct {
    unsigned char id[ONEM2M_TOKEN_ID_OCTETS];
    size_t copies;    /* more than 1: so many have this id, and the rest is of one of them */
    int is_secret;    /* CKK_GENERIC_SECRET */
    int is_protected; /* sensitive and not extractable */
    int is_recorded;  /* the caller's, 0 at first */
    unsigned long handle;
} ONEM2M_TOKEN_OBJECT;

/*
 * All of them, each id once, ascending: *objects is for OPENSSL_free, NULL when there are none. One
 * whose id has not 16 octets was not made here, and is left out. Searches the token.
 */
int onem2m_token_list(ONEM2M_TOKEN *token, ONEM2M_TOKEN_OBJECT **objects, size_t *count,
                      ONEM2M_ERROR *error);

/* Destroys many, each with all that have its id, by one search for all, for which it reads every
 * object of the label: some tokens take milliseconds for a search by CKA_ID. What it has begun with
 * stays destroyed when it fails. */
int onem2m_token_destroy_all(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *keys, size_t count,
                             ONEM2M_ERROR *error);

/* Turns extractable off. Of a wrapped key *key changes with it. */
int onem2m_token_restrict(ONEM2M_TOKEN *token, ONEM2M_TOKEN_KEY *key, ONEM2M_ERROR *error);

/* The octets of an extractable key: out has key_length octets, which the caller cleanses. Another
 * is refused with ONEM2M_R_NOT_EXTRACTABLE. */
int onem2m_token_read(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key, unsigned char *out,
                      ONEM2M_ERROR *error);

/*
 * HMAC in the token: digest SHA-256, -384 or -512 (EVP_MD_is_a), any other
 * refused by name. out: EVP_MD_get_size(digest) octets. The message is
 * parts[0] || parts[1] || ... and may be secret. A key of a length that the token
 * makes no HMAC with is refused with ONEM2M_R_TOKEN_CANNOT.
 */
int onem2m_token_mac(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *key, const EVP_MD *digest,
                     const ONEM2M_SLICE *parts, size_t count, unsigned char *out,
                     ONEM2M_ERROR *error);

/*
 * A new key, whose octets are that MAC, on the best rung that the token was
 * found to have for a parent of its custody. *child is always WRAPPED; its birth
 * says which rung it was. A message that is empty or has more than 4096 octets
 * is signed on every token. For SP800_108, HKDF and EXTRACT a wrapped parent is
 * unwrapped anew, sensitive and extractable, and destroyed with the call: of
 * a key that is not extractable some tokens derive none that can be wrapped.
 */
int onem2m_token_derive(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *parent, const EVP_MD *digest,
                        const ONEM2M_SLICE *parts, size_t count, int extractable,
                        ONEM2M_TOKEN_KEY *child, ONEM2M_ERROR *error);

/*
 * HKDF-Extract (RFC 5869) of a key that is the input keying material: a new
 * key, WRAPPED, of the digest's size, its birth HKDF. Where the token cannot, in
 * software of an extractable key, birth IMPORTED, and refused with
 * ONEM2M_R_TOKEN_CANNOT of another.
 */
int onem2m_token_extract(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *parent, const EVP_MD *digest,
                         ONEM2M_SLICE salt, int extractable, ONEM2M_TOKEN_KEY *child,
                         ONEM2M_ERROR *error);

/*
 * A new key, WRAPPED, of length octets of another from offset on, its birth
 * EXTRACT; otherwise as onem2m_token_extract.
 */
int onem2m_token_slice(ONEM2M_TOKEN *token, const ONEM2M_TOKEN_KEY *parent, size_t offset,
                       size_t length, int extractable, ONEM2M_TOKEN_KEY *child,
                       ONEM2M_ERROR *error);

/* What the token was found to do, each asked once a login with a known answer; of derivations, for
 * wrapped keys. Objects it may deny what it grants wrapped keys. */
typedef struct {
    char label[33], manufacturer[33], model[17], serial[17]; /* printable, trimmed */
    int generates, wraps, wraps_padded;
    int derives_sp800_108, derives_hkdf; /* HMAC with SHA-256 */
    int extracts_hkdf, slices;
} ONEM2M_TOKEN_ABILITIES;
int onem2m_token_abilities(ONEM2M_TOKEN *token, ONEM2M_TOKEN_ABILITIES *abilities,
                           ONEM2M_ERROR *error);

/* "object", "wrapped" ...; "imported", "generated", "sp800-108-feedback", "hkdf-extract", "host"
 * ...: for people. Static. */
const char *onem2m_custody_name(ONEM2M_CUSTODY custody);
const char *onem2m_birth_name(ONEM2M_BIRTH birth);

#endif
