/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file counter.h
 * \brief An adaptive probability with its logit kept ready: one input of the
 *        mixer.
 *
 * Eight bytes: bits 63..32 P(1) as a 31-bit fraction, bits 31..16 the rate (a
 * 16-bit fraction, 1 / (n + 1.5) after n observations), bits 15..0 the
 * stretched probability. Prediction is one load; the price is paid in the
 * update, where vector code does eight at once (inputs_*.h).
 */
#ifndef MDCI_COUNTER_H
#define MDCI_COUNTER_H

#include "models/logistic.h"

typedef uint64_t mdci_counter;

#define MDCI_COUNTER_P_MIN    32768 /* 1 / 65536 of 2^31 */
#define MDCI_COUNTER_RATE_MIN 256   /* follows about the last 256 bits */

/** \param p     16-bit P(1), 1..65535
 *  \param rate  16-bit fraction that the next observation moves it by */
MDCI_KERNEL mdci_counter mdci_counter_make(uint32_t p, uint32_t rate)
{
    return (uint64_t)(p << 15) << 32 | (uint64_t)rate << 16 |
           (uint16_t)mdci_stretch(p);
}

MDCI_KERNEL int16_t mdci_counter_stretch(mdci_counter c)
{
    const uint32_t s = (uint32_t)(c & 0xFFFF);
    return (int16_t)((int32_t)(s ^ 0x8000u) - 0x8000);
}

/** 16-bit P(1). */
MDCI_KERNEL uint32_t mdci_counter_p(mdci_counter c)
{
    return (uint32_t)(c >> 47);
}

#define MDCI_COUNTER_OPEN 0x8000u /* no stretched probability */

/** Moves the probability towards bit, and the rate r to r - r^2 + r^3, which
 *  is 1 / (1 / r + 1) without a division. The stretched probability is left
 *  open: whoever only learns, without mixing, completes it at the end. */
MDCI_KERNEL mdci_counter mdci_counter_learn(mdci_counter c, int bit)
{
    const int32_t target = bit ? 0x7FFFFFFF : 0;
    int32_t p = (int32_t)(c >> 32);
    uint32_t rate = (uint32_t)(c >> 16) & 0xFFFFu;
    /* |target - p| < 2^31 and rate < 2^16, so the product fits 31 bits. */
    p += mdci_sar(target - p, 16) * (int32_t)rate;
    if (p < MDCI_COUNTER_P_MIN)
        p = MDCI_COUNTER_P_MIN;
    const uint32_t square = rate * rate >> 16;
    rate = rate - square + (square * rate >> 16);
    if (rate < MDCI_COUNTER_RATE_MIN)
        rate = MDCI_COUNTER_RATE_MIN;
    return (uint64_t)(uint32_t)p << 32 | (uint64_t)rate << 16 |
           MDCI_COUNTER_OPEN;
}

/** Completes the stretched probability, if it is open. */
MDCI_KERNEL mdci_counter mdci_counter_settle(mdci_counter c)
{
    if ((c & 0xFFFF) != MDCI_COUNTER_OPEN)
        return c;
    return (c & ~(mdci_counter)0xFFFF) |
           (uint16_t)mdci_stretch((uint32_t)(c >> 47));
}

/** Moves probability and rate, and keeps the stretched probability. */
MDCI_KERNEL mdci_counter mdci_counter_update(mdci_counter c, int bit)
{
    return mdci_counter_settle(mdci_counter_learn(c, bit));
}

#endif
