/*
 * Copyright 2026 The onem2m-provider authors
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_text.h"

const char *onem2m_key_state_text(const ONEM2M_ATTRIBUTES *attributes, ONEM2M_TIME now)
{
    if (attributes->state <= ONEM2M_STATE_SUSPENDED && onem2m_attributes_expired(attributes, now))
        return ONEM2M_STATE_NAME_EXPIRED;
    return onem2m_state_name(attributes->state);
}
