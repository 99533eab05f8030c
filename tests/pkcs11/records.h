/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_PKCS11_RECORDS_H
#define ONEM2M_TESTS_PKCS11_RECORDS_H

#include "store_backend.h"
#include "keystore/backend_pkcs11.h"
#include "token.h"

/*
 * A token for records, of SoftHSM or, when the program's argument is "nss", of
 * NSS's softokn, behind the shim. Ends the program when that does not work.
 */
void records_set_up(int argc, char *argv[]);
int records_is_nss(void);
void records_remove(void);

/* The shim of this process, for reset_shim. */
extern SHIM_CONTROL *records_shim;

/* The location of another store in the token with each call; the last one's again. */
const char *records_new_location(void);
const char *records_location(void);

/* How many objects, 64 at the most, the last location's store has in the token, anchors among
 * them; and their end. */
size_t records_objects(void);
void records_wipe(void);

#endif
