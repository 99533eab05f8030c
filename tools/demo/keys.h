/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_KEYS_H
#define ONEM2M_DEMO_KEYS_H

#include "failure.h"

/*
 * Derivations by the provider, reached as any OpenSSL program reaches it: by
 * EVP, in the default library context, as an openssl.cnf configured it.
 */
#define KEY_OCTETS 32
#define KEY_FINGERPRINT_TEXT (2 * 8 + 1) /* hexadecimal, with its NUL */

/* Whether the provider's derivations can be fetched: 1 or 0. */
int keys_available(void);

/* Km of the Enrolment Key and MAF-ID, an FQDN (TS-0003 10.3.2). */
int keys_derive_km(unsigned char km[KEY_OCTETS], const unsigned char enrolment_key[KEY_OCTETS],
                   const char *maf_id, FAILURE *failure);

/* The key of one SUID, usage-constrained, for the FQDN of a target (TS-0003 10.3.7). */
int keys_derive_usage_key(unsigned char usage_key[KEY_OCTETS],
                          const unsigned char enrolment_key[KEY_OCTETS], unsigned int suid,
                          const char *enrolment_target_id, FAILURE *failure);

/* The first 8 octets of SHA-256("onem2m-demo fingerprint" || key): tells keys apart, shows none. */
int keys_fingerprint(char text[KEY_FINGERPRINT_TEXT], const unsigned char key[KEY_OCTETS],
                     FAILURE *failure);

#endif
