/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file bytes.h
 * \brief Little-endian integers at any address, on any machine.
 */
#ifndef MDCI_BYTES_H
#define MDCI_BYTES_H

#include <stddef.h>
#include <stdint.h>

/** Stores the low `count` bytes of value at p[count]; count is 1..8. */
static inline void mdci_store_le(uint8_t *p, uint64_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

/** The integer at p[count]; count is 1..8. */
static inline uint64_t mdci_load_le(const uint8_t *p, unsigned count)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value |= (uint64_t)p[i] << (8 * i);
    return value;
}

static inline size_t mdci_min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline uint64_t mdci_min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

#endif
