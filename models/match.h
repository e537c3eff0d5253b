/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file match.h
 * \brief A match model: follows the last place where the same bytes were, and
 *        expects the byte that came there.
 *
 * Candidates come from a hash of the last min_length bytes and are verified.
 * After a miss the place is kept for a while: in logs a changed number does
 * not end the likeness.
 */
#ifndef MDCI_MATCH_H
#define MDCI_MATCH_H

#include <stddef.h>

#include "models/integer.h"

#define MDCI_MATCH_LENGTH_MAX 65535
#define MDCI_MATCH_VERIFY_MAX 400
#define MDCI_MATCH_LENGTHS    32 /* buckets of lengths */

struct mdci_match {
    uint32_t at;     /* place of the expected byte in the block, 0: none */
    uint32_t length; /* bytes that matched, 0 right after a miss */
    uint32_t misses; /* history of misses, the newest lowest */
};

/** Bucket of a length, 0..31. */
MDCI_KERNEL uint32_t mdci_match_bucket(uint32_t length)
{
    return length < 16    ? length
           : length < 32  ? 16 + ((length - 16) >> 2)
           : length < 64  ? 20 + ((length - 32) >> 3)
           : length < 512 ? 24 + ((length - 64) >> 6)
                          : 31;
}

/** The expected byte with 256 added, or 0. */
MDCI_KERNEL uint32_t mdci_match_expected(const struct mdci_match *m,
                                         const uint8_t *block)
{
    return m->at ? block[m->at] | 256u : 0;
}

/** Follows on by the byte that was coded. */
MDCI_KERNEL void mdci_match_follow(struct mdci_match *m, const uint8_t *block,
                                   uint32_t byte)
{
    if (!m->at)
        return;
    if (block[m->at] == byte) {
        if (m->length < MDCI_MATCH_LENGTH_MAX)
            m->length++;
        if (m->length >= 16)
            m->misses = 0;
    } else {
        m->misses = m->misses << 1 | 1;
        /* Three misses in the last four: remembered in bit 3. */
        if ((m->misses & 15) >= 7)
            m->misses |= 8;
        m->length = 0;
    }
    m->at++;
    if (m->length == 0 && (m->misses & 8)) {
        m->at = 0;
        m->misses = 0;
    }
}

/**
 * Looks for a longer match and enters this place into the table.
 * \param table  [hash] = place behind those bytes, 0: none
 * \param other  place that another match model already follows, or 0
 * \param pos    bytes coded so far
 */
MDCI_KERNEL void mdci_match_find(struct mdci_match *m, uint32_t *table,
                                 uint32_t hash, const uint8_t *block,
                                 uint32_t pos, uint32_t other,
                                 const uint32_t min_length)
{
    const uint32_t at = table[hash];
    table[hash] = pos;
    if (m->length >= min_length || at == 0 || at == other)
        return;
    uint32_t length = 0;
    while (length < MDCI_MATCH_VERIFY_MAX && length < at &&
           block[at - 1 - length] == block[pos - 1 - length])
        length++;
    if (length >= min_length && length > m->length) {
        m->length = length;
        m->at = at;
        m->misses = 0;
    }
}

#endif
