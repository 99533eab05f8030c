/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TLS_H
#define ONEM2M_TLS_H

#include <stddef.h>
#include <openssl/params.h>
#include <openssl/ssl.h>
#include <openssl/types.h>
#include <onem2m/reasons.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * TLS engine: oneM2M's keys on the connections of an application that uses
 * libssl (TS-0003 8.1.2, 8.2, 8.3, 8.7, 8.8, 10.1, 10.2, 10.3.1, 10.4). Keys
 * come and go as EVP_PKEYs and through OSSL_STORE; the provider onem2m must be
 * activated in the library context that onem2m_tls_use names.
 *
 * Unless said, a function returns 1, or 0 with an error on OpenSSL's queue
 * whose reason is one of <onem2m/reasons.h>. An SSL_CTX is set up by one
 * thread before connections are made of it; connections of one SSL_CTX may then
 * be used by as many threads as there are connections.
 */

/*
 * Tells the library context and property query by which this SSL_CTX's keys are
 * fetched: the ones that it was made with, which libssl does not tell. libctx:
 * NULL for the default one; must outlive ctx. propq: copied; NULL for
 * "provider=onem2m". Without this call it is the default one and that query.
 * Called before the other functions of that ctx, or refused.
 */
int onem2m_tls_use(SSL_CTX *ctx, OSSL_LIB_CTX *libctx, const char *propq);

/* Ciphersuites of TS-0003 10.2.2, the same with ephemeral keys before them, and of 10.2.3. */
typedef enum {
    ONEM2M_PROFILE_PSK = 1,
    ONEM2M_PROFILE_PSK_PFS = 2, /* DHE_PSK of RFC 4279 first */
    ONEM2M_PROFILE_CERTIFICATE = 3
} ONEM2M_PROFILE;

/*
 * Sets versions and ciphersuites of the profile, TLS or DTLS as ctx's method
 * is: 1.2 alone (10.2.1); no renegotiation, no tickets, no session cache, since
 * a resumed session outlives its key (8.2.2.3 step 13). CCM_8 suites are admitted
 * by a security callback in front of the application's; the security level of
 * everything else stays as it is.
 */
int onem2m_tls_profile(SSL_CTX *ctx, ONEM2M_PROFILE profile);

/*
 * A server's own FQDN: a client's server name (RFC 6066) must be one of those
 * given, or the handshake ends with unrecognized_name (10.2.1); a client that sends none
 * goes on. Called once for each name. fqdn: NUL-terminated ASCII, copied.
 */
int onem2m_tls_server_name(SSL_CTX *ctx, const char *fqdn);

/* The server name that a client sends, the authority's that it means (10.2.1). */
int onem2m_tls_client_server_name(SSL *ssl, const char *fqdn);

/*
 * The own certificate of ctx, its chain and its private key, of a PKCS#11 token: signatures are
 * made there (TS-0003 6.3.1, 8.1.2). uri: RFC 7512, with token or serial, and object or id, which
 * name the certificate and the key (or the key has the certificate's CKA_ID); its module must be
 * registered with p11-kit. The PIN is that of pin-source=file:PATH, or is asked by ctx's
 * password callback (SSL_CTX_set_default_passwd_cb), once in a process; a child that the process
 * forks logs in anew, at its first handshake. EC and RSA keys. Takes the place of a credential of
 * the same type that ctx had; a failed call leaves that. Refused where the library
 * was built without libp11.
 */
int onem2m_tls_token_credential(SSL_CTX *ctx, const char *uri);

typedef enum {
    ONEM2M_EXPORT_ENROLMENT = 1,  /* Ke and KeID; fqdn: the MEF's */
    ONEM2M_EXPORT_CONNECTION = 2, /* Kc or the key of a registration; fqdn: the MAF's or MEF's */
    ONEM2M_EXPORT_ESCERTKE = 3    /* pairwiseE2EKey; fqdn: NULL */
} ONEM2M_EXPORT;

/* An attribute for onem2m_tls_export_key alone: unsigned, 1 admits TLS 1.2 without RFC 7627. */
#define ONEM2M_PARAM_ALLOW_NO_EMS "allow-no-ems"

/*
 * The key that both ends of ssl export (TS-0003 10.3.1), with its identifier
 * (10.3.4, 10.3.5), as an ONEM2M key object. attributes: of <onem2m/params.h>, or
 * NULL; suid says what a connection's key is for (a kc when there is none, with
 * 32); store = 1 puts it into the configured store before this returns. The key
 * that authenticated the handshake is set as parent-key-id when it is known.
 * Returns a key to be freed by the caller, or NULL: before the handshake has finished, in a
 * version before (D)TLS 1.2, on a resumed session, without extended master secret in TLS 1.2,
 * and the second time on one connection for one label, also when that came from a call that
 * then failed in the store.
 */
EVP_PKEY *onem2m_tls_export_key(SSL *ssl, ONEM2M_EXPORT what, const char *fqdn,
                                const OSSL_PARAM attributes[]);

/*
 * A server's keys by psk_identity, from the store, under usage "mef" (8.3.2.1),
 * "maf" (8.8.2.2) or "saef" (8.2.2.1, 8.2.2.3). An identity that is not known,
 * or whose key may not be used, gets a random key: the client cannot tell it from
 * a wrong key (RFC 4279 7.2). onem2m_tls_refusal tells the server. In TLS 1.3, what is no
 * key identifier is passed over: it may be a ticket. Sets the PSK
 * server callback of ctx; the provider is asked here whether it is there.
 */
int onem2m_tls_psk_server(SSL_CTX *ctx, const char *usage);

/*
 * Gets the key of an identity that the store does not hold, during the
 * handshake and in its thread (8.2.2.3, 8.3.2.1, 8.8.2.3). key_id: the identity, a
 * well-formed key identifier; fqdn: its FQDN, one of those given. Returns a key
 * object to be freed by the engine, stored or not, that may serve the
 * usage of onem2m_tls_psk_server; NULL when there is none. No lock of the engine
 * is held. argument: as given to onem2m_tls_psk_server_fetch.
 */
typedef EVP_PKEY *ONEM2M_FETCH_CB(SSL *ssl, const char *key_id, const char *fqdn, void *argument);

/*
 * After onem2m_tls_psk_server: calls fetch for identities at fqdns (an array
 * ending in NULL, copied) that the store does not hold. argument: must outlive ctx.
 */
int onem2m_tls_psk_server_fetch(SSL_CTX *ctx, const char *const fqdns[], ONEM2M_FETCH_CB *fetch,
                                void *argument);

/*
 * A client's own key of that name, from the store, under usage; looked up at each handshake, which
 * ends when there is none. A ctx that verifies nobody is set to SSL_VERIFY_PEER: outside a profile
 * a server could choose a certificate instead.
 */
int onem2m_tls_psk_client(SSL_CTX *ctx, const char *usage, const char *key_id);

/*
 * KeID as psk_identity, and the key derived of that Ke for the target's FQDN:
 * SUID 21 for usage "maf" (8.8.2.3), 22 for "saef" (8.3.2.1). The last call of this
 * or the one before counts.
 */
int onem2m_tls_psk_client_enrolled(SSL_CTX *ctx, const char *usage, const char *ke_id,
                                   const char *target_fqdn);

/*
 * The key of a psk_identity for a TLS stack with callbacks of its own. out: *len
 * octets of room (64 fit every key that a profile's peer may have, 512 every key);
 * *len becomes the key's size. The caller wipes out. When it returns 0 a server
 * should go on with random octets (RFC 4279 7.2).
 */
int onem2m_tls_psk(OSSL_LIB_CTX *libctx, const char *propq, const char *identity, const char *usage,
                   unsigned char *out, size_t *len);

/* How a peer's certificate names it (8.1.2.5, 10.1.1). */
typedef enum {
    ONEM2M_PEER_FQDN = 1,       /* MEF or MAF: dNSName, or a URI that is a host alone */
    ONEM2M_PEER_CSE_ID = 2,     /* dNSName: public domain name of the CSE-ID */
    ONEM2M_PEER_AE_ID = 3,      /* URI: the absolute AE-ID */
    ONEM2M_PEER_DEVICE = 4,     /* otherName: type-id and value are one object identifier */
    ONEM2M_PEER_NODE_ID = 5,    /* URI: the Node-ID */
    ONEM2M_PEER_PUBLIC_KEY = 6, /* RFC 7250; OpenSSL 3.2 and newer */
} ONEM2M_PEER_FLAVOUR;

/* Accept a path in which no CA constrains such names (8.1.2.2 wants it). */
#define ONEM2M_PEER_ALLOW_UNCONSTRAINED 1
/* Look for the peer's and its CAs' certificates in the revocation lists of the trust store, which
 * must have one of each issuer. */
#define ONEM2M_PEER_CHECK_REVOCATION 2

typedef struct {
    ONEM2M_PEER_FLAVOUR flavour;
    unsigned int flags;
    /*
     * What must match exactly: an FQDN, the public domain name of a CSE-ID, an
     * absolute AE-ID, an object identifier in dots, a Node-ID, a public key
     * identifier (10.1.2). NULL, not for the last: whichever one the certificate has, which
     * must be the only one of the flavour.
     */
    const char *identifier;
    /* The CSE-ID or AE-ID to associate with the connection; NULL: the identifier that matched. */
    const char *entity_id;
} ONEM2M_PEER;

/*
 * Before the handshake, and once ssl is a client's or a server's: whom this
 * connection must be with. peer: copied; takes the place of one given before. The
 * peer's certificate is asked for and verified as 8.1.2.5 says, by the trust store of ssl;
 * otherwise the handshake ends with an alert. A verify callback that ssl has is called after
 * the engine's, and may refuse what that accepted. No PSK and no older session serves
 * such a connection.
 */
int onem2m_tls_expect_peer(SSL *ssl, const ONEM2M_PEER *peer);

/*
 * The authenticated identity of the peer: the name in its certificate that was
 * expected, or entity-id of the key used, or that key's source-id (8.2.2.3). It is
 * what a registration's requester is. Writes text and NUL to out, of size octets
 * (ONEM2M_ID_MAX + 1 of <onem2m/id.h> always fit). Refused where nobody, or nobody with a
 * name, was authenticated.
 */
int onem2m_tls_peer_entity(const SSL *ssl, char *out, size_t size);

/*
 * The Credential-ID (10.4) of what the peer authenticated with: KpmID 10, KmID
 * 11, KpsaID or Key Identifier 12 (of a retrieved Kc its source-credential-id:
 * 8.2.2.3), certificates 30 to 33. out and size as before
 * (ONEM2M_CREDENTIAL_ID_MAX + 1 always fit).
 */
int onem2m_tls_peer_credential_id(const SSL *ssl, char *out, size_t size);

/*
 * Why the engine refused this connection's key or peer, for an audit: printable ASCII, empty
 * when it did not. Valid until ssl is freed. Never to be sent to the peer.
 */
const char *onem2m_tls_refusal(const SSL *ssl);

/* One end of ESCertKE (8.7): four opaque messages, and a key. */
typedef struct onem2m_escertke_st ONEM2M_ESCERTKE;

/* Octets of a message at most: certificates of both profiles with a chain of several. */
#define ONEM2M_ESCERTKE_MESSAGE_MAX 65536

/*
 * ctx: a context of profile ONEM2M_PROFILE_CERTIFICATE for TLS (not DTLS), with this
 * end's certificate and trust store; referenced. initiating: 1 or 0. To be freed with
 * onem2m_escertke_free. NULL on failure.
 */
ONEM2M_ESCERTKE *onem2m_escertke_new(SSL_CTX *ctx, int initiating);

/*
 * The connection within: for onem2m_tls_expect_peer, which must be called before the first step,
 * and for what is asked of a connection. Not to be freed, read or written.
 */
SSL *onem2m_escertke_ssl(ONEM2M_ESCERTKE *exchange);

/*
 * Takes the message received (in NULL and 0 octets for the initiating end's first step)
 * and gives the next one to send: out has *out_length octets of room
 * (ONEM2M_ESCERTKE_MESSAGE_MAX always fit), *out_length becomes its size, 0 when this
 * end has none to send. Returns 1 when the exchange goes on, 2 when it is finished at this
 * end (a message may still have to be sent), 0 when it failed: a message that is truncated, out of
 * order, or followed by anything is refused, and the exchange cannot go on. A
 * handshake that failed may leave a TLS alert in out, of *out_length octets, to be
 * sent if the other end is to know. With ONEM2M_R_TLS_NOT_READY the call was out of place and
 * changed nothing; with ONEM2M_R_BAD_LENGTH, and *out_length the size that it takes, the next
 * step, with in NULL, gives the message.
 */
int onem2m_escertke_step(ONEM2M_ESCERTKE *exchange, const unsigned char *in, size_t in_length,
                         unsigned char *out, size_t *out_length);

/* pairwiseE2EKey with its identifier, as onem2m_tls_export_key; once, when finished. */
EVP_PKEY *onem2m_escertke_key(ONEM2M_ESCERTKE *exchange, const OSSL_PARAM attributes[]);

/* May be NULL. */
void onem2m_escertke_free(ONEM2M_ESCERTKE *exchange);

#ifdef __cplusplus
}
#endif
#endif
