/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file highctx.h
 * \brief High orders, 5 to 8, and sparse ones that skip or blur bytes.
 */
#ifndef MDCI_HIGHCTX_H
#define MDCI_HIGHCTX_H

#include "models/context.h"
#include "models/integer.h"

/** \param last8  the last eight bytes, the newest lowest */
MDCI_KERNEL void mdci_highctx_keys(uint64_t *key, uint64_t last8)
{
    key[MDCI_CONTEXT_ORDER5] = last8 & 0xFFFFFFFFFF;
    key[MDCI_CONTEXT_ORDER6] = last8 & 0xFFFFFFFFFFFF;
    key[MDCI_CONTEXT_ORDER8] = last8;
    key[MDCI_CONTEXT_SKIP1] = last8 & 0xFFFF00;
    key[MDCI_CONTEXT_SKIP2] = last8 & 0xFFFFFF00FFFF;
    key[MDCI_CONTEXT_BLURRED] = last8 & 0xF0F0F0FF;
}

#endif
