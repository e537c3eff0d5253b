/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file noise.h
 * \brief Bytes of values that look random: is one as that of the last value at
 *        this place, and if not, a letter of an alphabet.
 *
 * Such values have no history to match. What is left to know is which letters
 * they are made of, and where what is not random stands, as between the parts
 * of an identifier.
 */
#ifndef MDCI_NOISE_H
#define MDCI_NOISE_H

#include "models/counter.h"
#include "models/range_coder.h"

#define MDCI_NOISE_PLACE_BITS 12 /**< others share their counters */
#define MDCI_NOISE_ALPHABETS  64

struct mdci_noise {
    mdci_counter same[1 << MDCI_NOISE_PLACE_BITS];
    mdci_counter alphabet[MDCI_NOISE_ALPHABETS][256]; /* by node */
};

MDCI_KERNEL void mdci_noise_start(struct mdci_noise *n)
{
    const mdci_counter even = mdci_counter_make(32768, 32768);
    const mdci_counter seldom = mdci_counter_make(4096, 32768);
    for (unsigned i = 0; i < 1u << MDCI_NOISE_PLACE_BITS; i++)
        n->same[i] = seldom;
    for (unsigned i = 0; i < MDCI_NOISE_ALPHABETS; i++)
        for (unsigned k = 0; k < 256; k++)
            n->alphabet[i][k] = even;
}

MDCI_KERNEL int mdci_noise_bit(mdci_counter *counter,
                               struct mdci_range_coder *rc, const int decode,
                               int bit)
{
    bit = mdci_range_code(rc, decode, bit, mdci_counter_p(*counter) << 6);
    *counter = mdci_counter_learn(*counter, bit); /* nobody mixes it */
    return bit;
}

/**
 * Codes a byte.
 * \param decode    constant: 1 ignores byte, 0 encodes it
 * \param alphabet  below MDCI_NOISE_ALPHABETS
 * \param place     where the byte stands, any number
 * \param last      the byte that stood there last; NULL: none
 * \return the byte
 */
MDCI_KERNEL uint8_t mdci_noise_byte(struct mdci_noise *n,
                                    struct mdci_range_coder *rc,
                                    const int decode, uint32_t alphabet,
                                    uint64_t place, const uint8_t *last,
                                    uint8_t byte)
{
    const uint64_t at = mdci_hash64(place) >> (64 - MDCI_NOISE_PLACE_BITS);
    if (last && mdci_noise_bit(&n->same[at], rc, decode, byte == *last))
        return *last;
    uint32_t node = 1;
    for (unsigned i = 8; i-- > 0;)
        node =
            node << 1 | (uint32_t)mdci_noise_bit(&n->alphabet[alphabet][node],
                                                 rc, decode, byte >> i & 1);
    return (uint8_t)node;
}

#endif
