/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_TESTS_KDF_REFUSAL_H
#define ONEM2M_TESTS_KDF_REFUSAL_H

#include <openssl/params.h>
#include "support.h"

/* Beyond the bounds of any parameter, in octets. */
#define MILLION 1000000
extern const unsigned char a_million[MILLION]; /* zeros */

/* What a parameter is, for the rules that all of a kind share. */
typedef enum { KEY, OCTETS, FQDN, ENTITY, TEXT, NUMBER, CHOICE, NAME } KIND;

typedef struct {
    const char *kdf;
    const char *name;
    KIND kind;
    int optional;
    const char *clause; /* in the text when it is missing or of a bad length */
} PARAMETER;

/* Every parameter of every derivation. */
#define PARAMETERS 29
extern const PARAMETER parameters[PARAMETERS];

/* A value of a parameter, and why it is refused: what the text must say beside the name. */
typedef struct {
    const void *data;
    size_t length;
    ONEM2M_REASON reason;
    const char *detail;
} VALUE;

#define LITERAL(text) (text), sizeof(text) - 1

/* text: length octets */
OSSL_PARAM text_param(const char *name, const void *text, size_t length);
OSSL_PARAM octets_param(const char *name, const void *octets, size_t length);

/* Of the type that the parameter wants: text or octets. */
OSSL_PARAM param_of(const PARAMETER *parameter, const void *data, size_t length);

/* The parameter's entry in the table; fails the test when it has none. */
const PARAMETER *parameter_of(const char *kdf, const char *name);

/*
 * That param is refused by set_params and by derive, each time with one error
 * of that reason whose text names the parameter and says detail (NULL:
 * anything), and that the context then derives what it did before.
 */
void check_refused(const SUITE *suite, const PARAMETER *parameter, const OSSL_PARAM *param,
                   ONEM2M_REASON reason, const char *detail);

/* That param is taken, and that the context then derives. */
void check_taken(const SUITE *suite, const PARAMETER *parameter, const OSSL_PARAM *param);

/* The same for a list of values; its name is for messages. */
void refuse_values(const SUITE *suite, const PARAMETER *parameter, const char *list,
                   const VALUE *values, size_t count);
void take_values(const SUITE *suite, const PARAMETER *parameter, const char *list,
                 const VALUE *values, size_t count);

#define REFUSE_VALUES(suite, parameter, values)                                                    \
    refuse_values(suite, parameter, #values, values, COUNT(values))
#define TAKE_VALUES(suite, parameter, values)                                                      \
    take_values(suite, parameter, #values, values, COUNT(values))

#endif
