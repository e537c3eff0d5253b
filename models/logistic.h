/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file logistic.h
 * \brief The logistic domain: stretch(p) = log2(p / (1 - p)) in 1/128 steps.
 *
 * Models speak and the mixer adds in this domain. stretch() is arithmetic, so
 * that vector code can do eight at once; squash() is a table.
 */
#ifndef MDCI_LOGISTIC_H
#define MDCI_LOGISTIC_H

#include "models/integer.h"
#include "models/tables.h"

#define MDCI_STRETCH_MAX 2047 /* 16 bits: p = 1 / 65536 */

/** log2(x) * 4096, x in 1..65536, within 0.008 of the true logarithm: the
 *  float's exponent and mantissa, and a parabola over the mantissa. */
MDCI_KERNEL uint32_t mdci_log2_4096(uint32_t x)
{
    const unsigned e = mdci_log2_floor(x);
    const uint32_t f = (e + 127u) << 23 | ((x << (23 - e)) & 0x7FFFFFu);
    const uint32_t m = (f & 0x7FFFFFu) >> 8;
    const uint32_t q = (m * (32767u - m) + 16384u) >> 15;
    return (f >> 11) + ((q * 1408u + 16384u) >> 15);
}

/** \param p  16-bit probability, 1..65535
 *  \return -2047..2047 */
MDCI_KERNEL int32_t mdci_stretch(uint32_t p)
{
    const int32_t d = (int32_t)(mdci_log2_4096(p) - mdci_log2_4096(65536u - p));
    return mdci_clamp(mdci_sar(d, 5), -MDCI_STRETCH_MAX, MDCI_STRETCH_MAX);
}

/** \param s  -2047..2047
 *  \return 16-bit probability, 1..65535 */
MDCI_KERNEL uint32_t mdci_squash(int32_t s)
{
    return mdci_squash_table[s + MDCI_STRETCH_MAX];
}

#endif
