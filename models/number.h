/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file number.h
 * \brief Signed numbers and symbols under many contexts, for measured data:
 *        up to 16 counters a bit, three weight sets and a final mixer.
 *
 * A number is coded as: is it zero, its sign, the place of its highest bit in
 * unary, the two bits below that, and the rest, which is noise, as it is.
 */
#ifndef MDCI_NUMBER_H
#define MDCI_NUMBER_H

#include "models/mixer.h"
#include "models/range_coder.h"

#define MDCI_NUMBER_INPUTS    16
#define MDCI_NUMBER_SETS      3
#define MDCI_NUMBER_SELECTORS 256 /* of each set */
#define MDCI_NUMBER_NODES     48  /* weight rows of a selector */
#define MDCI_NUMBER_BITS      34  /* numbers are below 2^34 */
#define MDCI_NUMBER_RATE      6   /* of the weights, see mdci_mix_update() */

/** Adaptive state of numbers; the memory is the owner's. */
struct mdci_numbers {
    mdci_counter *table; /* [inputs][8 << bits], aligned to 64 bytes */
    unsigned bits;
    /* [sets][selectors * nodes], aligned to 32 bytes */
    int16_t (*weights)[MDCI_NUMBER_INPUTS];
    int32_t (*final_weights)[4]; /* [selectors * nodes], aligned to 16 */
};

/** What the next number depends on. */
struct mdci_number_place {
    uint64_t context[MDCI_NUMBER_INPUTS];
    uint32_t selector[MDCI_NUMBER_SETS]; /* below MDCI_NUMBER_SELECTORS */
};

/** Bytes of the parts: counters, weights, final weights. */
MDCI_KERNEL size_t mdci_numbers_table_size(unsigned bits)
{
    return (sizeof(mdci_counter) * 8 * MDCI_NUMBER_INPUTS) << bits;
}

#define MDCI_NUMBER_ROWS ((size_t)MDCI_NUMBER_SELECTORS * MDCI_NUMBER_NODES)
#define MDCI_NUMBER_WEIGHTS_SIZE                                               \
    (MDCI_NUMBER_SETS * MDCI_NUMBER_ROWS * MDCI_NUMBER_INPUTS * sizeof(int16_t))
#define MDCI_NUMBER_FINAL_SIZE (MDCI_NUMBER_ROWS * 4 * sizeof(int32_t))

/** Brings the state to its start. */
MDCI_KERNEL void mdci_numbers_start(struct mdci_numbers *n)
{
    const size_t counters = ((size_t)8 * MDCI_NUMBER_INPUTS) << n->bits;
    const mdci_counter fresh = mdci_counter_make(32768, 43690);
    for (size_t i = 0; i < counters; i++)
        n->table[i] = fresh;
    for (size_t i = 0; i < MDCI_NUMBER_SETS * MDCI_NUMBER_ROWS; i++)
        for (unsigned k = 0; k < MDCI_NUMBER_INPUTS; k++)
            n->weights[i][k] = 450;
    for (size_t i = 0; i < MDCI_NUMBER_ROWS; i++)
        for (unsigned k = 0; k < 4; k++)
            n->final_weights[i][k] = 65536 / MDCI_NUMBER_SETS;
}

/**
 * Codes one bit.
 * \param inputs  constant, 8 or 16: contexts that are used
 * \param key     hashes of the contexts
 * \param node    of the bit within the number: counters of its own
 * \param row     of the bit: weights of its own, below MDCI_NUMBER_NODES
 */
MDCI_KERNEL int mdci_number_bit(struct mdci_numbers *n,
                                struct mdci_range_coder *rc, const int decode,
                                const unsigned inputs, const uint64_t *key,
                                const uint32_t *selector, uint32_t node,
                                uint32_t row, int bit)
{
    mdci_counter *at[MDCI_NUMBER_INPUTS];
    struct mdci_inputs in;
    struct mdci_mix mix;
    const uint64_t line = (uint64_t)(node >> 3) * 0x9E3779B97F4A7C15u;
    MDCI_UNROLL
    for (unsigned i = 0; i < inputs; i++)
        at[i] =
            n->table + ((size_t)i << (n->bits + 3)) +
            ((((key[i] + line) * 0xD6E8FEB86659FD93u) >> (64 - n->bits)) << 3) +
            (node & 7);
    MDCI_UNROLL
    for (unsigned k = 0; k < MDCI_NUMBER_SETS; k++)
        mix.weights[k] =
            n->weights[k * MDCI_NUMBER_ROWS +
                       (size_t)selector[k] * MDCI_NUMBER_NODES + row];
    mix.final_weights =
        n->final_weights[(size_t)selector[0] * MDCI_NUMBER_NODES + row];
    mdci_inputs_load(&in, at, inputs);
    mdci_mix_predict(&mix, &in, inputs, MDCI_NUMBER_SETS);
    bit = mdci_range_code(rc, decode, bit, mix.final_p << 6);
    mdci_mix_update(&mix, &in, bit, MDCI_NUMBER_RATE, inputs, MDCI_NUMBER_SETS);
    mdci_inputs_update(&in, at, bit, inputs);
    return bit;
}

MDCI_KERNEL void mdci_number_keys(uint64_t *key,
                                  const struct mdci_number_place *place,
                                  const unsigned inputs)
{
    for (unsigned i = 0; i < inputs; i++)
        key[i] = mdci_hash64(place->context[i] + 1);
}

/**
 * Codes a signed number.
 * \param decode  constant: 1 ignores value, 0 encodes it
 * \param inputs  constant, 8 or 16
 * \param value   magnitude below 2^MDCI_NUMBER_BITS
 * \return the number; of a damaged archive it is in range, too
 */
MDCI_OUTLINE int64_t mdci_code_signed(struct mdci_numbers *n,
                                      struct mdci_range_coder *rc,
                                      const int decode, const unsigned inputs,
                                      const struct mdci_number_place *place,
                                      int64_t value)
{
    uint64_t key[MDCI_NUMBER_INPUTS];
    const uint32_t *selector = place->selector;
    mdci_number_keys(key, place, inputs);
    if (mdci_number_bit(n, rc, decode, inputs, key, selector, 0, 0, value == 0))
        return 0;
    const int negative =
        mdci_number_bit(n, rc, decode, inputs, key, selector, 1, 1, value < 0);
    const uint64_t size = (uint64_t)(value < 0 ? -value : value);
    const uint32_t side = negative ? 256 : 8; /* nodes of one sign */
    unsigned top = 0;
    while (top < MDCI_NUMBER_BITS - 1) {
        if (!mdci_number_bit(n, rc, decode, inputs, key, selector, side + top,
                             2 + (top < 18 ? top : 18), size >> top > 1))
            break;
        top++;
    }
    uint64_t known = 1;
    for (unsigned i = top; i-- > 0;) {
        int bit = (int)(size >> i & 1);
        const unsigned depth = top - 1 - i;
        if (depth < 2) {
            const uint32_t node =
                side + 40 + top * 4 + depth * 2 + (uint32_t)(known & depth);
            bit = mdci_number_bit(n, rc, decode, inputs, key, selector, node,
                                  21 + depth * 13 + (top < 13 ? top : 12), bit);
        } else {
            bit = mdci_range_code(rc, decode, bit, 1u << (MDCI_PROB_BITS - 1));
        }
        known = known << 1 | (uint64_t)bit;
    }
    return negative ? -(int64_t)known : (int64_t)known;
}

/** Codes a symbol of `bits` bits (1..8), the highest first. */
MDCI_OUTLINE uint32_t mdci_code_small(struct mdci_numbers *n,
                                      struct mdci_range_coder *rc,
                                      const int decode, const unsigned inputs,
                                      const struct mdci_number_place *place,
                                      const unsigned bits, uint32_t symbol)
{
    uint64_t key[MDCI_NUMBER_INPUTS];
    uint32_t node = 1;
    mdci_number_keys(key, place, inputs);
    for (unsigned i = bits; i-- > 0;)
        node = node << 1 | (uint32_t)mdci_number_bit(
                               n, rc, decode, inputs, key, place->selector,
                               node, bits - 1 - i, (int)(symbol >> i & 1));
    return node - (1u << bits);
}

#endif
