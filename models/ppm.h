/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file ppm.h
 * \brief Prediction by partial matching, orders 0 to 4, in binary form.
 *
 * After J. Cleary and I. Witten, "Data compression using adaptive coding and
 * partial string matching" (1984). Coded bit by bit, an order that has never
 * been at a node has an empty bit history there and says nothing, which is its
 * escape; and only the symbols below the node are left, which is exclusion.
 * What remains of the escape estimate is the order group: how many of the
 * orders know this context. The mixer and the calibration are told.
 */
#ifndef MDCI_PPM_H
#define MDCI_PPM_H

#include "models/context.h"
#include "models/slots.h"

/** Keys of orders 1 to 4; order 0 and 1 also have direct tables.
 *  \param last8  the last eight bytes, the newest lowest */
MDCI_KERNEL void mdci_ppm_keys(uint64_t *key, uint64_t last8)
{
    key[MDCI_CONTEXT_ORDER1] = last8 & 0xFF;
    key[MDCI_CONTEXT_ORDER2] = last8 & 0xFFFF;
    key[MDCI_CONTEXT_ORDER3] = last8 & 0xFFFFFF;
    key[MDCI_CONTEXT_ORDER4] = last8 & 0xFFFFFFFF;
}

/** 1 if a slot has been here before, 0 if it escapes. */
MDCI_KERNEL unsigned mdci_ppm_knows(const uint8_t *slot)
{
    return slot[1] != 0;
}

#endif
