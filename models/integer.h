/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file integer.h
 * \brief The integer operations that C leaves open, with one meaning each.
 */
#ifndef MDCI_INTEGER_H
#define MDCI_INTEGER_H

#include <stdint.h>

#include "src/base/compiler.h"

/* C leaves the right shift of a negative value to the compiler; all of ours
 * keep the sign. Another kind would fail here, at its first compilation. */
#ifdef __cplusplus
static_assert((-5 >> 1) == -3, "the right shift must keep the sign");
#else
_Static_assert((-5 >> 1) == -3, "the right shift must keep the sign");
#endif

/** v / 2^n rounded towards minus infinity, n in 0..31: the only right shift
 *  of a signed value in the engine. */
MDCI_KERNEL int32_t mdci_sar(int32_t v, unsigned n)
{
    return v >> n;
}

/** The same for 64 bits, n in 0..63. */
MDCI_KERNEL int64_t mdci_sar64(int64_t v, unsigned n)
{
    return v >> n;
}

MDCI_KERNEL int32_t mdci_clamp(int32_t v, int32_t low, int32_t high)
{
    return v < low ? low : v > high ? high : v;
}

MDCI_KERNEL int32_t mdci_clamp64(int64_t v, int32_t low, int32_t high)
{
    return v < low ? low : v > high ? high : (int32_t)v;
}

/** Position of the highest set bit, x > 0. */
MDCI_KERNEL unsigned mdci_log2_floor(uint32_t x)
{
#if defined(__GNUC__)
    return 31u - (unsigned)__builtin_clz(x);
#else
    unsigned n = 0;
    while (x >>= 1)
        n++;
    return n;
#endif
}

/** Bits of a number, 0 of none: 0..64. */
MDCI_KERNEL unsigned mdci_bits_of(uint64_t number)
{
    unsigned bits = 0;
    while (bits < 64 && number >> bits)
        bits++;
    return bits;
}

/** Multiplies v by 2^31 / golden ratio and folds: a cheap 32-bit mix. */
MDCI_KERNEL uint32_t mdci_mix32(uint32_t v)
{
    v *= 0x9E3779B1u;
    return v ^ v >> 15;
}

/** Hash of a 64-bit key; the high half is the better one. */
MDCI_KERNEL uint64_t mdci_hash64(uint64_t v)
{
    v *= 0x9E3779B97F4A7C15u;
    v ^= v >> 32;
    return v * 0xD6E8FEB86659FD93u;
}

/** Hash of two 32-bit words to one. */
MDCI_KERNEL uint32_t mdci_hash2(uint32_t a, uint32_t b)
{
    return (uint32_t)(mdci_hash64((uint64_t)a << 32 | b) >> 32);
}

/** Little-endian load, any alignment, any machine. */
MDCI_KERNEL uint32_t mdci_load32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/** The same of eight bytes. */
MDCI_KERNEL uint64_t mdci_load64(const uint8_t *p)
{
    return mdci_load32(p) | (uint64_t)mdci_load32(p + 4) << 32;
}

#endif
