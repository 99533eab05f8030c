/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_CREDENTIAL_H
#define ONEM2M_DEMO_CREDENTIAL_H

#include "entity.h"

/*
 * An entity's certificate (TS-0003 10.1.1): the private key is made in this
 * process and stays there; the parent, as the manufacturer's CA, gets a request and
 * answers with a certificate and its own. Where the configuration names a credential
 * in a PKCS#11 token, it is that, which is tried. 1, or 0 with the failure set.
 */
int credential_obtain(ENTITY *self, FAILURE *failure);

/* Certificate, private key and trust anchors, for connections by certificate. */
int credential_install(const ENTITY *self, SSL_CTX *context, FAILURE *failure);

#endif
