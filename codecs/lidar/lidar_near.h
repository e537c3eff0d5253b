/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_near.h
 * \brief Near-lossless coordinates: cells of as many places as a step allows,
 *        around what is predicted.
 *
 * A step is in 2^-40 m, rounded down; 0 moves nothing. A coordinate is told by
 * how many cells it is from its prediction, and restored as a cell's middle.
 * Where that is further off than half a step, as it may be where floats get
 * coarser, and for what is no number, the difference is told as well.
 */
#ifndef MDCI_LIDAR_NEAR_H
#define MDCI_LIDAR_NEAR_H

#include "codecs/lidar/lidar_bits.h"

#define MDCI_LIDAR_STEP_MAX 1000000000 /* nanometres */

/** A step of 0..MDCI_LIDAR_STEP_MAX nanometres. */
MDCI_KERNEL int64_t mdci_lidar_step_of(uint64_t nanometres)
{
    return (int64_t)(nanometres * ((uint64_t)1 << 31) / 1953125);
}

/** Places of 2^(q - 40) m that a cell has: an odd number, 1 if none may be
 *  moved. */
MDCI_KERNEL int64_t mdci_lidar_cell(int64_t step, unsigned q)
{
    return mdci_sar64(step, q) | 1;
}

/** The same for places of 10^-digits m, digits in 0..6. */
MDCI_KERNEL int64_t mdci_lidar_decimal_cell(int64_t step, unsigned digits)
{
    return mdci_sar64(step * mdci_lidar_power(digits), 40) | 1;
}

/** log2 of how far a number's neighbours are from it, in 2^-40 m, 0..40. */
MDCI_KERNEL unsigned mdci_lidar_unit(uint32_t bits)
{
    const uint32_t exponent = bits >> 23 & 255;
    return exponent < 110 ? 0 : exponent > 150 ? 40 : exponent - 110;
}

/** The place of a number of 2^-40 m: the nearest multiple of 2^(q - 40). */
MDCI_KERNEL int64_t mdci_lidar_place(int64_t v, unsigned q)
{
    return mdci_sar64(v + ((int64_t)1 << q) / 2, q);
}

/** The number at a place, at most 2^15 m in size. */
MDCI_KERNEL uint32_t mdci_lidar_at_place(int64_t place, unsigned q)
{
    const int64_t most = (int64_t)1 << 55;
    return mdci_lidar_from_fixed(
        mdci_lidar_hold(place, most >> q) * ((int64_t)1 << q), 40);
}

/** The middle of a cell, in places; of what no encoder writes, some place. */
MDCI_KERNEL int64_t mdci_lidar_middle(int64_t number, int64_t cell)
{
    return cell == 1
               ? number
               : mdci_lidar_hold(number, ((int64_t)1 << 56) / cell) * cell;
}

/** Whether two numbers are at most half a step apart, or the same. What is no
 *  number, and what is 2^15 m or more, is near to itself alone. */
MDCI_KERNEL int mdci_lidar_is_near(int64_t step, uint32_t a, uint32_t b)
{
    const uint32_t most = 127 + 15, fine = 110; /* exponents */
    const uint32_t i = a >> 23 & 255, j = b >> 23 & 255;
    if (a == b)
        return 1;
    if (step == 0 || i >= most || j >= most)
        return 0;
    const int64_t d = mdci_lidar_fixed(a, 40) - mdci_lidar_fixed(b, 40);
    /* Below 2^-17, fixed point drops bits of less than a place each. */
    const int64_t dropped = (i < fine) + (j < fine);
    return 2 * ((d < 0 ? -d : d) + dropped) <= step;
}

/** The number of the cell that a value is in, `rest` places from the middle
 *  of cell 0, which is `base`. Cell 0 is for what is near to that alone. */
MDCI_KERNEL int64_t mdci_lidar_cell_of(int64_t step, int64_t cell, int64_t rest,
                                       uint32_t base, uint32_t bits)
{
    if (cell == 1)
        return rest;
    const int64_t half = rest < 0 ? -(cell / 2) : cell / 2;
    const int64_t number = (rest + half) / cell;
    if (number == 0 || (number >> 33 && ~number >> 33))
        return !mdci_lidar_is_near(step, base, bits);
    return number;
}

/** What a value is told as, of which the cell's middle is `near`. */
MDCI_KERNEL uint32_t mdci_lidar_moved(int64_t step, int64_t cell, uint32_t near,
                                      uint32_t bits)
{
    return cell > 1 && mdci_lidar_is_near(step, near, bits) ? near : bits;
}

#endif
