/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "commands.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <onem2m/params.h>
#include "keystore/derived.h"
#include "draft.h"
#include "refuse.h"
#include "secret_input.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Options that are a derivation's operands, its digest among them. */
static const OPTION operand_options[] = {
    OPTION_MAF_ID,
    OPTION_TARGET_ID,
    OPTION_SUID_ENCODING,
    OPTION_SALT,
    OPTION_DIGEST,
    OPTION_RECEIVER_RAND,
    OPTION_ORIGINATOR_RAND,
    OPTION_HALF,
    OPTION_MODE,
    OPTION_RAND,
    OPTION_IMPI,
    OPTION_NAF_FQDN,
    OPTION_UA_PROTOCOL,
    OPTION_PURPOSE,
};

typedef struct {
    TOOL *tool;
    const char *parent_id;
    unsigned int parent_kinds;
    ONEM2M_DERIVATION_INPUT input;
    EVP_MD *digest;
    unsigned char *buffers[ONEM2M_OPERANDS_MAX]; /* of the operands */
    ONEM2M_USE use;
    DRAFT child;
    ONEM2M_HMAC hmac;
    ONEM2M_ID requester;
    ONEM2M_STORE_WRITER *writer; /* while it is written */
    char key_id[ONEM2M_KEY_ID_MAX + 1];
} DERIVATION;

/* ---- The derivation as the options give it ---- */

static int choose_derivation(DERIVATION *derivation, ONEM2M_ERROR *error)
{
    const char *name = tool_option(derivation->tool, OPTION_DERIVATION);
    const ONEM2M_DERIVATION *candidate;

    for (size_t i = 0; name != NULL && (candidate = onem2m_derivation_at(i)) != NULL; i++) {
        if (strcmp(onem2m_derivation_name(candidate), name) == 0)
            derivation->input.derivation = candidate;
    }
    return name == NULL || derivation->input.derivation != NULL ||
           onem2m_refuse(error, ONEM2M_R_BAD_CHOICE, ONEM2M_NO_OFFSET,
                         "derivation: there is no %.60s", name);
}

static int takes(const ONEM2M_DERIVATION *derivation, OPTION option)
{
    if (derivation == NULL)
        return 0;
    if (option == OPTION_DIGEST)
        return onem2m_derivation_takes_digest(derivation);
    for (size_t i = 0; i < onem2m_derivation_operand_count(derivation); i++) {
        if (strcmp(onem2m_derivation_operand(derivation, i)->name, option_name(option)) == 0)
            return 1;
    }
    return 0;
}

static int check_options(DERIVATION *derivation, ONEM2M_ERROR *error)
{
    const ONEM2M_DERIVATION *chosen = derivation->input.derivation;

    for (size_t i = 0; i < COUNT(operand_options); i++) {
        if (tool_has(derivation->tool, operand_options[i]) && !takes(chosen, operand_options[i]))
            return tool_misused(derivation->tool, error, "%s takes no --%s",
                                chosen != NULL ? onem2m_derivation_name(chosen)
                                               : "taking the parent's octets",
                                option_name(operand_options[i]));
    }
    return 1;
}

static int read_hex_operand(ONEM2M_OPERAND *operand, const ONEM2M_OPERAND_RULE *rule,
                            const char *text, unsigned char **buffer, ONEM2M_ERROR *error)
{
    size_t length;

    *buffer = OPENSSL_malloc(strlen(text) / 2 + 1);
    if (*buffer == NULL)
        return refuse_memory(error);
    return hex_read(*buffer, strlen(text) / 2, &length, tool_slice(text), rule->name, error) &&
           onem2m_operand_from_octets(operand, rule, *buffer, length, error);
}

static int read_operand(DERIVATION *derivation, size_t index, ONEM2M_ERROR *error)
{
    const ONEM2M_OPERAND_RULE *rule =
        onem2m_derivation_operand(derivation->input.derivation, index);
    const char *text = tool_option(derivation->tool, option_find(rule->name, strlen(rule->name)));
    ONEM2M_OPERAND *operand = &derivation->input.operands[index];
    unsigned char **buffer = &derivation->buffers[index];

    if (text == NULL)
        return 1;
    if (rule->type == ONEM2M_OPERAND_SUID)
        return onem2m_operand_from_number(operand, rule, derivation->child.attributes.suid, error);
    if (rule->type == ONEM2M_OPERAND_OCTETS)
        return read_hex_operand(operand, rule, text, buffer, error);
    *buffer = OPENSSL_malloc(ONEM2M_OPERAND_TEXT_MAX);
    if (*buffer == NULL)
        return refuse_memory(error);
    return onem2m_operand_from_text(operand, rule, text, strlen(text), (char *)*buffer, error);
}

/* What policy asks about the operands. */
static void tell_policy(DERIVATION *derivation, size_t index)
{
    const char *name = onem2m_derivation_operand(derivation->input.derivation, index)->name;
    const ONEM2M_OPERAND *operand = &derivation->input.operands[index];

    if (strcmp(name, ONEM2M_PARAM_TARGET_ID) == 0)
        derivation->use.target = operand->octets;
    if (strcmp(name, ONEM2M_PARAM_PURPOSE) == 0)
        derivation->use.purpose = (ONEM2M_PURPOSE)operand->number;
}

static int read_operands(DERIVATION *derivation, ONEM2M_ERROR *error)
{
    const ONEM2M_DERIVATION *chosen = derivation->input.derivation;

    for (size_t i = 0; chosen != NULL && i < onem2m_derivation_operand_count(chosen); i++) {
        if (!read_operand(derivation, i, error))
            return tool_refuse_about(onem2m_derivation_operand(chosen, i)->name, error);
        tell_policy(derivation, i);
    }
    return 1;
}

static int fetch_digest(DERIVATION *derivation, ONEM2M_ERROR *error)
{
    const ONEM2M_DERIVATION *chosen = derivation->input.derivation;
    const char *name = tool_option(derivation->tool, OPTION_DIGEST);

    if (name == NULL && chosen != NULL)
        name = onem2m_derivation_digest(chosen);
    if (name == NULL)
        return 1;
    derivation->digest = EVP_MD_fetch(derivation->tool->libctx, name, NULL);
    ERR_clear_error();
    if (derivation->digest == NULL)
        return onem2m_refuse(error, ONEM2M_R_BAD_DIGEST, ONEM2M_NO_OFFSET,
                             "digest: there is no %.60s", name);
    derivation->input.digest = derivation->digest;
    return onem2m_digest_check(derivation->digest, error) || tool_refuse_about("digest", error);
}

/* The wishes for the child. */
static int read_child(DERIVATION *derivation, ONEM2M_ERROR *error)
{
    ONEM2M_ATTRIBUTES *child = &derivation->child.attributes;

    draft_begin(&derivation->child, derivation->tool->now);
    if (!draft_take_options(&derivation->child, derivation->tool, error))
        return 0;
    derivation->use.kind = ONEM2M_USE_DERIVE;
    derivation->use.derivation = derivation->input.derivation;
    derivation->use.suid = child->suid;
    derivation->use.child_kind = child->kind;
    derivation->use.now = derivation->tool->now;
    return 1;
}

static int read_options(DERIVATION *derivation, ONEM2M_ERROR *error)
{
    return choose_derivation(derivation, error) && check_options(derivation, error) &&
           read_child(derivation, error) && read_operands(derivation, error) &&
           fetch_digest(derivation, error) &&
           tool_requester(derivation->tool, &derivation->requester, &derivation->use.requester,
                          error) &&
           tool_kinds(derivation->tool, OPTION_PARENT_KIND, &derivation->parent_kinds, error);
}

/* ---- Deriving, inside the transaction that stores the child ---- */

static int store_child(DERIVATION *derivation, const ONEM2M_ATTRIBUTES *attributes,
                       const ONEM2M_DERIVED *derived, ONEM2M_ERROR *error)
{
    ONEM2M_MATERIAL material = onem2m_derived_material(derived);
    ONEM2M_KEY key = { .storage = NULL };
    int ok = onem2m_key_make(&key, attributes, &material, error);

    if (ok) {
        material = onem2m_key_material(&key);
        ok = onem2m_store_add(derivation->writer, &key.attributes, &material, derivation->key_id,
                              error);
    }
    onem2m_key_clear(&key);
    return ok;
}

static int derive_from(void *argument, const ONEM2M_ATTRIBUTES *parent,
                       const ONEM2M_MATERIAL *material, ONEM2M_ERROR *error)
{
    DERIVATION *derivation = argument;
    ONEM2M_DERIVATION_INPUT *input = &derivation->input;
    ONEM2M_ATTRIBUTES child = derivation->child.attributes;
    ONEM2M_DERIVED derived = { .token = NULL };
    int ok;

    child.parent_kind = (ONEM2M_KIND)0;
    input->key = *material;
    input->key_is_master = parent->kind == ONEM2M_KIND_E2E_MASTER;
    ok = onem2m_policy_child(&child, parent, &derivation->use, error) &&
         onem2m_derive_child(input, &derivation->hmac, child.extractable, &derived, error) &&
         store_child(derivation, &child, &derived, error);
    input->key = (ONEM2M_MATERIAL){ .token = NULL };
    onem2m_derived_clear(&derived);
    return ok;
}

/* The parent is read while other writers wait: nobody revokes it meanwhile. */
static int derive_and_store(ONEM2M_STORE_WRITER *writer, void *argument, ONEM2M_ERROR *error)
{
    DERIVATION *derivation = argument;

    derivation->writer = writer;
    return onem2m_store_look_up(derivation->tool->reader, derivation->parent_id,
                                strlen(derivation->parent_id), derivation->parent_kinds,
                                derive_from, derivation, error);
}

static void clear(DERIVATION *derivation)
{
    for (size_t i = 0; i < COUNT(derivation->buffers); i++)
        OPENSSL_free(derivation->buffers[i]);
    EVP_MD_free(derivation->digest);
    onem2m_hmac_clear(&derivation->hmac);
}

int command_derive(TOOL *tool, ONEM2M_ERROR *error)
{
    DERIVATION derivation = { .tool = tool, .parent_id = tool->arguments.operands[0] };
    const int ok = read_options(&derivation, error) &&
                   onem2m_store_write(tool->store, derive_and_store, &derivation, error);

    if (ok)
        output_result(&tool->output, "key-id", derivation.key_id);
    clear(&derivation);
    return ok;
}
