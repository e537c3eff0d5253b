/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_bits.h
 * \brief What 32-bit IEEE 754 numbers mean, in integers alone: their order,
 *        fixed point, decimals, products.
 */
#ifndef MDCI_LIDAR_BITS_H
#define MDCI_LIDAR_BITS_H

#include "models/integer.h"

/** v, but at most `most` in size. */
MDCI_KERNEL int64_t mdci_lidar_hold(int64_t v, int64_t most)
{
    return v > most ? most : v < -most ? -most : v;
}

/** Position of the highest set bit, x > 0. */
MDCI_KERNEL unsigned mdci_lidar_top(uint64_t x)
{
    return x >> 32 ? 32 + mdci_log2_floor((uint32_t)(x >> 32))
                   : mdci_log2_floor((uint32_t)x);
}

/** The place of a number among all, so that neighbours differ by 1; -0 comes
 *  just before 0. */
MDCI_KERNEL int64_t mdci_lidar_order(uint32_t bits)
{
    const int64_t size = (int64_t)(bits & 0x7FFFFFFFu);
    return bits >> 31 ? -size - 1 : size;
}

/** The inverse; of what is no place, some number. */
MDCI_KERNEL uint32_t mdci_lidar_at_order(int64_t order)
{
    return order < 0 ? (uint32_t)(-order - 1) | 0x80000000u
                     : (uint32_t)order & 0x7FFFFFFFu;
}

/** The value in units of 2^-q, rounded down in size, q in 0..47; at most
 *  2^15 in size; 0 for what is no number. */
MDCI_KERNEL int64_t mdci_lidar_fixed(uint32_t bits, unsigned q)
{
    const int exponent = (int)(bits >> 23 & 255);
    if (exponent == 0 || exponent == 255)
        return 0;
    const int64_t most = (int64_t)1 << (15 + q);
    const int64_t mantissa = (int64_t)((bits & 0x7FFFFFu) | 0x800000u);
    const int shift = exponent - 150 + (int)q;
    int64_t size = shift >= 39    ? most
                   : shift >= 0   ? mantissa << shift
                   : shift >= -24 ? mantissa >> -shift
                                  : 0;
    size = size < most ? size : most;
    return bits >> 31 ? -size : size;
}

/** x / 2^n to the nearest, ties to even, n in 1..63. */
MDCI_KERNEL uint64_t mdci_lidar_round(uint64_t x, unsigned n)
{
    const uint64_t half = (uint64_t)1 << (n - 1);
    return (x + half - 1 + (x >> n & 1)) >> n;
}

/** The number nearest to value * 2^-q, q in 0..48, |value| < 2^62. */
MDCI_KERNEL uint32_t mdci_lidar_from_fixed(int64_t value, unsigned q)
{
    const uint32_t sign = value < 0 ? 0x80000000u : 0;
    uint64_t size = (uint64_t)(value < 0 ? -value : value);
    if (size == 0)
        return 0;
    const unsigned top = mdci_lidar_top(size);
    /* A mantissa that rounds up to 2^24 carries into the exponent. */
    size = top > 23 ? mdci_lidar_round(size, top - 23) : size << (23 - top);
    return sign | (((127 + top - q) << 23) + (uint32_t)(size - 0x800000u));
}

/** The product of two normal numbers, in between normal, too. */
MDCI_KERNEL uint32_t mdci_lidar_multiply(uint32_t a, uint32_t b)
{
    const uint32_t sign = (a ^ b) & 0x80000000u;
    if ((a << 1) == 0 || (b << 1) == 0)
        return sign;
    const uint64_t product =
        (uint64_t)((a & 0x7FFFFFu) | 0x800000u) * ((b & 0x7FFFFFu) | 0x800000u);
    const unsigned carry = (unsigned)(product >> 47);
    const uint32_t exponent = (a >> 23 & 255) + (b >> 23 & 255) - 127 + carry;
    const uint64_t mantissa = mdci_lidar_round(product, 23 + carry);
    return sign | ((exponent << 23) + (uint32_t)(mantissa - 0x800000u));
}

/** 10^digits, digits in 0..9. */
MDCI_KERNEL int64_t mdci_lidar_power(unsigned digits)
{
    int64_t power = 1;
    while (digits-- > 0)
        power *= 10;
    return power;
}

/** The number nearest to k / 10^digits, |k| < 2^34, digits in 0..6. */
MDCI_KERNEL uint32_t mdci_lidar_decimal(int64_t k, unsigned digits)
{
    const uint64_t power = (uint64_t)mdci_lidar_power(digits);
    uint64_t size = (uint64_t)(k < 0 ? -k : k);
    const uint32_t sign = k < 0 ? 0x80000000u : 0;
    if (size == 0)
        return 0;
    /* 26 bits or more of the quotient, the lowest is 1 if there is a rest. */
    const unsigned up = 62 - mdci_lidar_top(size);
    const uint64_t whole = size << up;
    const uint64_t quotient = whole / power | (whole % power != 0);
    const unsigned top = mdci_lidar_top(quotient);
    const uint64_t mantissa = mdci_lidar_round(quotient, top - 23);
    return sign | (((127 + top - up) << 23) + (uint32_t)(mantissa - 0x800000u));
}

/** The k whose decimal is nearest; 0 for what is far too large. */
MDCI_KERNEL int64_t mdci_lidar_to_decimal(uint32_t bits, unsigned digits)
{
    const int exponent = (int)(bits >> 23 & 255);
    if (exponent < 96 || exponent >= 127 + 24)
        return 0;
    const int64_t scaled =
        (int64_t)((bits & 0x7FFFFFu) | 0x800000u) * mdci_lidar_power(digits);
    const int shift = 150 - exponent; /* 0..54 */
    const int64_t k =
        shift ? (int64_t)mdci_lidar_round((uint64_t)scaled, (unsigned)shift)
              : scaled;
    if (k >> 33)
        return 0;
    return bits >> 31 ? -k : k;
}

/** The square root, rounded down. */
MDCI_KERNEL uint32_t mdci_lidar_root(uint64_t x)
{
    uint64_t root = 0, bit = (uint64_t)1 << 62;
    while (bit > x)
        bit >>= 2;
    for (; bit; bit >>= 2) {
        if (x >= root + bit) {
            x -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    return (uint32_t)root;
}

#endif
