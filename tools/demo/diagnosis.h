/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ONEM2M_DEMO_DIAGNOSIS_H
#define ONEM2M_DEMO_DIAGNOSIS_H

/*
 * Whether the configuration file gave this process what the demonstration
 * needs: the provider's derivations and the default provider. If not, says to
 * standard error what is missing and how to enable it, and returns 0. *module: the
 * file of the provider when the configuration names it, to be freed with OPENSSL_free.
 */
int diagnosis_ready(const char *configuration, char **module);

#endif
