/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_PKCS11_TURN_H
#define ONEM2M_KEYSTORE_PKCS11_TURN_H

#include <p11-kit/p11-kit.h>

/*
 * What is shared by all who look for a token and log in to it.
 *
 * Some modules bear no two who do that at once. SoftHSM writes a token's file anew at each login,
 * first making it empty; whoever initialises it in that moment, in another process, finds no such
 * token until he initialises it again. NSS's softokn does not initialise while another process
 * writes to its database. And of two who log in with a wrong PIN the second would burn another try.
 *
 * So one thread of the process does it at a time, and of the processes that can, one: each locks
 * the module's own file, flock(2), which all of them have and nobody has to name. Another user can
 * hold that lock, so nobody waits for it for longer than two seconds, and a process that has waited
 * in vain not again before it has had the lock; what then fails is tried again as what programs of
 * others do to it is (pkcs11_session.c).
 */

/* Puts what follows, and the memory of PINs, among what is told of forks, once. To be called before
 * anybody who waits for calls of a module, so that a fork waits for him first. 0: out of memory. */
int onem2m_pkcs11_watch_forks(void);

/*
 * Around calls of a module: a fork waits for those that run, two seconds at the most, since what
 * they hold of it would stay held in the child. They nest.
 */
void onem2m_pkcs11_enter(void);
void onem2m_pkcs11_leave(void);

/* The turn among the process's threads, and the same as the two above. They nest. */
void onem2m_pkcs11_take_turn(void);
void onem2m_pkcs11_give_turn(void);

/* With the turn: the lock among processes. Returns whether it was free and is now had, for unlock.
 */
int onem2m_pkcs11_lock(CK_FUNCTION_LIST *module);
void onem2m_pkcs11_unlock(int is_locked);

/* Within a call of the above: a pause in which a fork waits for nobody. */
void onem2m_pkcs11_rest(unsigned int milliseconds);

/* ---- PINs that were refused: pkcs11_refused.c ---- */

#define ONEM2M_PKCS11_REFUSAL_MAX 200

/*
 * text: whatever tells a PIN and its token from others, not the PIN itself. What one process notes
 * is known to it, to those that it forks or that were forked beside it by one that has watched
 * forks, and to whoever else in it has loaded this code (provider and libonem2m).
 */
void onem2m_pkcs11_note_refusal(const char *text);
int onem2m_pkcs11_was_refused(const char *text);

/* Makes the memory where that is to be shared with children. */
void onem2m_pkcs11_share_refusals(void);

/* Tells others in the process, through p11-kit. Once it has been called this code must stay loaded.
 */
void onem2m_pkcs11_publish_refusals(void);

#endif
