/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_KEYSTORE_ERROR_H
#define ONEM2M_KEYSTORE_ERROR_H

#include <onem2m/id.h>

/* Where a refusal has no offending octet. */
#define ONEM2M_NO_OFFSET ((size_t)-1)

/*
 * Fills *error, when it is not NULL, and returns 0, so that a check can end in
 * `return onem2m_refuse(...)`. format: printf's; octets of the caller's input
 * never go into it but as onem2m_describe_character's. The result is cut to fit.
 */
int onem2m_refuse(ONEM2M_ERROR *error, ONEM2M_REASON reason, size_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* So that compilers and analysers know too that a refusal is 0. */
static inline int onem2m_refused(int zero)
{
    (void)zero;
    return 0;
}
#define onem2m_refuse(...) onem2m_refused(onem2m_refuse(__VA_ARGS__))

/*
 * One octet, or the UTF-8 character that begins there, as printable ASCII for
 * an error text: 'a', 0x1F, U+00FC. out: at least 12 octets; returns out.
 */
#define ONEM2M_DESCRIBED_MAX 12
const char *onem2m_describe_character(char out[ONEM2M_DESCRIBED_MAX], const char *text,
                                      size_t length);

/* The beginning of a text for an error, what is not printable ASCII as '?'. Returns out. */
#define ONEM2M_QUOTED_MAX 64
const char *onem2m_quote(char out[ONEM2M_QUOTED_MAX], const char *text);

#endif
