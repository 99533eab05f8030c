/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include "error.h"
#include "identifier.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* m2m:suid, TS-0004 6.3.4.2.39. */
static const ONEM2M_SUID suids[] = {
    { 10, ONEM2M_USAGE_MEF, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 11, ONEM2M_USAGE_MAF, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 12, ONEM2M_USAGE_SAEF, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 13, ONEM2M_USAGE_ESPRIM, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 14, ONEM2M_USAGE_ESDATA_ENCRYPT, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 15, ONEM2M_USAGE_ESDATA_SIGN, ONEM2M_ORIGIN_PRE_PROVISIONED },
    { 21, ONEM2M_USAGE_MAF, ONEM2M_ORIGIN_RSPF },
    { 22, ONEM2M_USAGE_SAEF, ONEM2M_ORIGIN_RSPF },
    { 23, ONEM2M_USAGE_ESPRIM, ONEM2M_ORIGIN_RSPF },
    { 24, ONEM2M_USAGE_ESDATA_ENCRYPT, ONEM2M_ORIGIN_RSPF },
    { 25, ONEM2M_USAGE_ESDATA_SIGN, ONEM2M_ORIGIN_RSPF },
    { 32, ONEM2M_USAGE_SAEF, ONEM2M_ORIGIN_MAF },
    { 33, ONEM2M_USAGE_ESPRIM, ONEM2M_ORIGIN_MAF },
    { 34, ONEM2M_USAGE_ESDATA_ENCRYPT, ONEM2M_ORIGIN_MAF },
    { 35, ONEM2M_USAGE_ESDATA_SIGN, ONEM2M_ORIGIN_MAF },
    { 40, ONEM2M_USAGE_MEF, ONEM2M_ORIGIN_CERTIFICATE },
    { 41, ONEM2M_USAGE_MAF, ONEM2M_ORIGIN_CERTIFICATE },
    { 42, ONEM2M_USAGE_SAEF, ONEM2M_ORIGIN_CERTIFICATE },
    { 43, ONEM2M_USAGE_ESPRIM, ONEM2M_ORIGIN_CERTIFICATE },
    { 44, ONEM2M_USAGE_ESDATA_ENCRYPT, ONEM2M_ORIGIN_CERTIFICATE },
    { 45, ONEM2M_USAGE_ESDATA_SIGN, ONEM2M_ORIGIN_CERTIFICATE },
};

int onem2m_suid_parse(ONEM2M_SUID *suid, unsigned long number, ONEM2M_ERROR *error)
{
    for (size_t i = 0; i < COUNT(suids); i++) {
        if (suids[i].number == number) {
            *suid = suids[i];
            return 1;
        }
    }
    return onem2m_refuse(error, ONEM2M_R_BAD_SUID, ONEM2M_NO_OFFSET,
                         "%lu is no Security Usage Identifier: 10 to 15, 21 to 25, 32 to 35, "
                         "40 to 45 (TS-0004 6.3.4.2.39)",
                         number);
}

uint64_t onem2m_usage_suids(ONEM2M_USAGE usage)
{
    uint64_t found = 0;

    for (size_t i = 0; i < COUNT(suids); i++)
        found |= (uint64_t)(suids[i].usage == usage) << suids[i].number;
    return found;
}

const char *onem2m_usage_name(ONEM2M_USAGE usage)
{
    switch (usage) {
    case ONEM2M_USAGE_MEF:
        return "mef";
    case ONEM2M_USAGE_MAF:
        return "maf";
    case ONEM2M_USAGE_SAEF:
        return "saef";
    case ONEM2M_USAGE_ESPRIM:
        return "esprim";
    case ONEM2M_USAGE_ESDATA_ENCRYPT:
        return "esdata-encrypt";
    case ONEM2M_USAGE_ESDATA_SIGN:
        return "esdata-sign";
    }
    return NULL;
}

const char *onem2m_origin_name(ONEM2M_ORIGIN origin)
{
    switch (origin) {
    case ONEM2M_ORIGIN_PRE_PROVISIONED:
        return "pre-provisioned";
    case ONEM2M_ORIGIN_RSPF:
        return "RSPF";
    case ONEM2M_ORIGIN_MAF:
        return "MAF-distributed";
    case ONEM2M_ORIGIN_CERTIFICATE:
        return "certificate";
    }
    return NULL;
}
