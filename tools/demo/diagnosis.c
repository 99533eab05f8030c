/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diagnosis.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <onem2m/params.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include "keys.h"

#define MODULE_FILE ONEM2M_PROVIDER_NAME ".so"

static const char how_to_enable[] =
    "To enable it, an openssl.cnf needs (conf/openssl.cnf is one):\n"
    "    openssl_conf = openssl_init\n"
    "    [openssl_init]\n"
    "    providers = provider_sect\n"
    "    [provider_sect]\n"
    "    default = default_sect\n"
    "    onem2m = onem2m_sect\n"
    "    [default_sect]\n"
    "    activate = 1\n"
    "    [onem2m_sect]\n"
    "    activate = 1\n";

static void say(const char *what, const char *detail)
{
    fprintf(stderr, "onem2m-demo: %s%s%s\n", what, *detail != '\0' ? ": " : "", detail);
}

/* The section of the file that configures the provider called name; NULL when none does. */
static const char *provider_section(CONF *conf, const char *name)
{
    const char *application = NCONF_get_string(conf, "default", "openssl_conf");
    const char *providers =
        application != NULL ? NCONF_get_string(conf, application, "providers") : NULL;

    return providers != NULL ? NCONF_get_string(conf, providers, name) : NULL;
}

/* What the file says of the provider called name, when that explains why it is not active. */
static const char *fault_of_section(CONF *conf, const char *name)
{
    const char *section = provider_section(conf, name);

    if (section == NULL)
        return "no section of it configures this provider";
    if (NCONF_get_string(conf, section, "activate") == NULL)
        return "the provider's section has no \"activate = 1\"";
    return NULL;
}

/* Whether the module lies where OpenSSL looks when no "module" line says where. */
static int module_found(CONF *conf, const char **directory)
{
    const char *section = provider_section(conf, ONEM2M_PROVIDER_NAME);
    const char *module = section != NULL ? NCONF_get_string(conf, section, "module") : NULL;
    char path[4096];

    *directory = getenv("OPENSSL_MODULES");
    if (*directory == NULL)
        *directory = OPENSSL_info(OPENSSL_INFO_MODULES_DIR);
    if (module != NULL && *module == '/')
        snprintf(path, sizeof(path), "%s", module);
    else
        snprintf(path, sizeof(path), "%s/%s", *directory, module != NULL ? module : MODULE_FILE);
    return access(path, R_OK) == 0;
}

static void explain_provider(const char *configuration, CONF *conf)
{
    const char *fault = fault_of_section(conf, ONEM2M_PROVIDER_NAME);
    const char *directory;

    fprintf(stderr, "onem2m-demo: the provider onem2m is not active in %s\n", configuration);
    if (fault != NULL) {
        say(fault, "");
        fputs(how_to_enable, stderr);
    } else if (!module_found(conf, &directory)) {
        say("its module " MODULE_FILE " is not where OpenSSL looks for it", directory);
        fputs("Install it there, or set OPENSSL_MODULES to the directory that holds it\n"
              "(in a build tree: OPENSSL_MODULES=build/provider).\n",
              stderr);
    } else {
        fputs("Its module is there and did not load; to see why:\n"
              "    openssl list -providers -provider onem2m\n",
              stderr);
    }
}

static void explain_default(const char *configuration)
{
    fprintf(stderr,
            "onem2m-demo: the default provider is not active in %s\n"
            "A file that activates one provider must activate the default one too; OpenSSL\n"
            "gives it by itself only to programs that name no provider.\n",
            configuration);
    fputs(how_to_enable, stderr);
}

/* The file as OpenSSL reads it; NULL, with the reason said, when it cannot. */
static CONF *read_configuration(const char *configuration)
{
    CONF *conf = NCONF_new(NULL);
    long line = 0;
    char where[32];

    if (access(configuration, R_OK) != 0) {
        fprintf(stderr, "onem2m-demo: the configuration file %s cannot be read: %s\n",
                configuration, strerror(errno));
        fputs(how_to_enable, stderr);
    } else if (conf != NULL && NCONF_load(conf, configuration, &line) > 0) {
        return conf;
    } else {
        snprintf(where, sizeof(where), "line %ld", line);
        say("the configuration file cannot be understood", where);
    }
    NCONF_free(conf);
    return NULL;
}

/* Whether ordinary algorithms are there, be it from the default or a FIPS provider. */
static int digests_available(void)
{
    EVP_MD *digest = EVP_MD_fetch(NULL, "SHA2-256", NULL);

    EVP_MD_free(digest);
    return digest != NULL;
}

/* The processes' own configurations load the same module. */
static char *named_module(const char *configuration)
{
    CONF *conf = NCONF_new(NULL);
    const char *section = NULL;
    const char *module = NULL;
    char *copy;

    if (conf != NULL && NCONF_load(conf, configuration, NULL) > 0)
        section = provider_section(conf, ONEM2M_PROVIDER_NAME);
    if (section != NULL)
        module = NCONF_get_string(conf, section, "module");
    copy = module != NULL ? OPENSSL_strdup(module) : NULL;
    NCONF_free(conf);
    return copy;
}

int diagnosis_ready(const char *configuration, char **module)
{
    CONF *conf;
    int provider = keys_available();
    int digests = digests_available();

    *module = NULL;
    if (provider && digests)
        *module = named_module(configuration);
    ERR_clear_error();
    if (provider && digests)
        return 1;
    conf = read_configuration(configuration);
    if (conf != NULL && !provider)
        explain_provider(configuration, conf);
    else if (conf != NULL)
        explain_default(configuration);
    NCONF_free(conf);
    return 0;
}
