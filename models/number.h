/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file number.h
 * \brief Numbers and symbols under many contexts, for measured data and for
 *        columns: up to 16 counters a bit, three weight sets, a final mixer and
 *        two steps of micro-diffusion.
 *
 * A signed number is coded as: is it zero, its sign, the place of its highest
 * bit in unary, the two bits below that, and the rest, which is noise, as it
 * is. Where numbers are large, it is asked first whether this one is, too: most
 * of the unary digits are spared. Of an unsigned one the size is a symbol, and
 * many bits are foretold.
 */
#ifndef MDCI_NUMBER_H
#define MDCI_NUMBER_H

#include "models/microdiffusion.h"
#include "models/mixer.h"
#include "models/range_coder.h"

#include <string.h>

#define MDCI_NUMBER_INPUTS    16
#define MDCI_NUMBER_SETS      3
#define MDCI_NUMBER_SELECTORS 256  /* of each set */
#define MDCI_NUMBER_NODES     48   /* weight rows of a selector */
#define MDCI_NUMBER_BITS      34   /* signed numbers are below 2^34 */
#define MDCI_NUMBER_GROUPS    7    /* of three bits of unsigned ones */
#define MDCI_NUMBER_KEYS      1024 /* of each step of micro-diffusion */

/* How the least place of the highest bit is followed, in 1/64 of a bit: about
 * one number in twenty is to be below. */
#define MDCI_NUMBER_UP   2
#define MDCI_NUMBER_DOWN 40
/* The highest bit is at most in place 33, so "above 32" is all it can be. */
#define MDCI_NUMBER_LEAST ((MDCI_NUMBER_BITS - 2) << 6)

/** Micro-diffusion: by selectors, and by the first context. */
struct mdci_number_steps {
    uint16_t least[MDCI_NUMBER_SELECTORS]; /* by the first selector */
    struct mdci_diffusion_bins bins[2][MDCI_NUMBER_KEYS];
    struct mdci_diffusion_sums sums[2][MDCI_NUMBER_KEYS];
    int32_t length[2];
};

/** Adaptive state of numbers; the memory is the owner's. */
struct mdci_numbers {
    mdci_counter *table; /* [inputs][8 << bits], aligned to 64 bytes */
    unsigned bits;
    int32_t rate; /* of the weights, the owner's; see mdci_mix_update() */
    int16_t (*weights)[MDCI_NUMBER_INPUTS]; /* [sets][selectors * nodes] */
    int32_t (*final_weights)[4];            /* [selectors * nodes] */
    struct mdci_number_steps *steps;
};

/** What the next number depends on. */
struct mdci_number_place {
    uint64_t context[MDCI_NUMBER_INPUTS];
    uint32_t selector[MDCI_NUMBER_SETS]; /* below MDCI_NUMBER_SELECTORS */
};

#define MDCI_NUMBER_ROWS ((size_t)MDCI_NUMBER_SELECTORS * MDCI_NUMBER_NODES)
#define MDCI_NUMBER_WEIGHTS_SIZE                                               \
    (MDCI_NUMBER_SETS * MDCI_NUMBER_ROWS * MDCI_NUMBER_INPUTS * sizeof(int16_t))
#define MDCI_NUMBER_FINAL_SIZE (MDCI_NUMBER_ROWS * 4 * sizeof(int32_t))

MDCI_KERNEL size_t mdci_numbers_table_size(unsigned bits)
{
    return (sizeof(mdci_counter) * 8 * MDCI_NUMBER_INPUTS) << bits;
}

/** Bytes of memory. \param bits  log2 of the cache lines of each context */
MDCI_KERNEL size_t mdci_numbers_size(unsigned bits)
{
    return mdci_numbers_table_size(bits) + MDCI_NUMBER_WEIGHTS_SIZE +
           MDCI_NUMBER_FINAL_SIZE + sizeof(struct mdci_number_steps);
}

/** Puts the state into memory[mdci_numbers_size(bits)], aligned to 64 bytes. */
MDCI_KERNEL void mdci_numbers_put(struct mdci_numbers *n, unsigned bits,
                                  void *memory)
{
    uint8_t *at = (uint8_t *)memory;
    n->bits = bits;
    n->table = (mdci_counter *)(void *)at;
    at += mdci_numbers_table_size(bits);
    n->weights = (int16_t(*)[MDCI_NUMBER_INPUTS])(void *)at;
    at += MDCI_NUMBER_WEIGHTS_SIZE;
    n->final_weights = (int32_t(*)[4])(void *)at;
    at += MDCI_NUMBER_FINAL_SIZE;
    n->steps = (struct mdci_number_steps *)(void *)at;
}

/** Brings the state to its start. \param weight  of inputs, 2048 = 1.0 */
MDCI_KERNEL void mdci_numbers_start(struct mdci_numbers *n, int16_t weight)
{
    const size_t counters = ((size_t)8 * MDCI_NUMBER_INPUTS) << n->bits;
    const mdci_counter fresh = mdci_counter_make(32768, 43690);
    for (size_t i = 0; i < counters; i++)
        n->table[i] = fresh;
    for (size_t i = 0; i < MDCI_NUMBER_SETS * MDCI_NUMBER_ROWS; i++)
        for (unsigned k = 0; k < MDCI_NUMBER_INPUTS; k++)
            n->weights[i][k] = weight;
    for (size_t i = 0; i < MDCI_NUMBER_ROWS; i++)
        for (unsigned k = 0; k < 4; k++)
            n->final_weights[i][k] = 65536 / MDCI_NUMBER_SETS;
    memset(n->steps, 0, sizeof(*n->steps));
}

/* What mdci_number_bit() does, whose parameters it has. */
MDCI_KERNEL int mdci_number_work(struct mdci_numbers *n,
                                 struct mdci_range_coder *rc, const int decode,
                                 const unsigned inputs, const uint64_t *key,
                                 const uint32_t *selector, uint32_t node,
                                 uint32_t row, int bit)
{
    mdci_counter *at[MDCI_NUMBER_INPUTS] = {0}; /* some are not used */
    struct mdci_inputs in;
    struct mdci_mix mix;
    struct mdci_diffusion_step step[2];
    struct mdci_number_steps *s = n->steps;
    const uint64_t line = (uint64_t)(node >> 3) * 0x9E3779B97F4A7C15u;
    const uint32_t by[2] = {
        (selector[1] & 15) << 6 | (selector[0] & 63),
        (uint32_t)((key[0] + node) * 0xD6E8FEB86659FD93u >> 54)};
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
    int32_t p = (int32_t)(mix.final_p << 6);
    const struct mdci_diffusion_place place =
        mdci_diffusion_locate(mix.final_logit, p);
    MDCI_UNROLL
    for (unsigned k = 0; k < 2; k++)
        p = mdci_diffusion_predict(&step[k], &s->bins[k][by[k]],
                                   &s->sums[k][by[k]], &s->length[k], place, p);
    bit = mdci_range_code(rc, decode, bit, (uint32_t)p);
    MDCI_UNROLL
    for (unsigned k = 0; k < 2; k++)
        mdci_diffusion_update(&step[k], bit, p);
    mdci_mix_update(&mix, &in, bit, n->rate, inputs, MDCI_NUMBER_SETS);
    mdci_inputs_update(&in, at, bit, inputs);
    return bit;
}

/* There is one function for each direction and number of inputs, not one for
 * each place that it is called from: these stay in the cache. */
#define MDCI_NUMBER_WORK(name, decode, inputs)                                 \
    MDCI_OUTLINE int name(struct mdci_numbers *n, struct mdci_range_coder *rc, \
                          const uint64_t *key, const uint32_t *selector,       \
                          uint32_t node, uint32_t row, int bit)                \
    {                                                                          \
        return mdci_number_work(n, rc, decode, inputs, key, selector, node,    \
                                row, bit);                                     \
    }
MDCI_NUMBER_WORK(mdci_number_encode_8, 0, 8)
MDCI_NUMBER_WORK(mdci_number_decode_8, 1, 8)
MDCI_NUMBER_WORK(mdci_number_encode_16, 0, 16)
MDCI_NUMBER_WORK(mdci_number_decode_16, 1, 16)
#undef MDCI_NUMBER_WORK

/**
 * Codes one bit.
 * \param inputs  8 or 16: contexts that are used
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
    if (inputs == 8)
        return decode
                   ? mdci_number_decode_8(n, rc, key, selector, node, row, 0)
                   : mdci_number_encode_8(n, rc, key, selector, node, row, bit);
    return decode ? mdci_number_decode_16(n, rc, key, selector, node, row, 0)
                  : mdci_number_encode_16(n, rc, key, selector, node, row, bit);
}

MDCI_KERNEL void mdci_number_keys(uint64_t *key,
                                  const struct mdci_number_place *place,
                                  const unsigned inputs)
{
    for (unsigned i = 0; i < inputs; i++)
        key[i] = mdci_hash64(place->context[i] + 1);
}

/** The least place of the highest bit, behind a number that has it at top. A
 *  damaged archive may say that all are above, which none can be. */
MDCI_KERNEL uint16_t mdci_number_least(uint16_t least, unsigned top)
{
    if (top > (unsigned)least >> 6)
        return (uint16_t)(least < MDCI_NUMBER_LEAST ? least + MDCI_NUMBER_UP
                                                    : least);
    return (uint16_t)(least > MDCI_NUMBER_DOWN ? least - MDCI_NUMBER_DOWN : 0);
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
    uint16_t *low = &n->steps->least[selector[0]];
    const unsigned least = *low >> 6;
    const uint64_t size = (uint64_t)(value < 0 ? -value : value);
    unsigned top = 0, end = MDCI_NUMBER_BITS - 1;
    mdci_number_keys(key, place, inputs);
    if (least >= 2) {
        /* Its counters lie beside those of zero and sign. */
        if (mdci_number_bit(n, rc, decode, inputs, key, selector, 2 + least % 6,
                            47, size >> least > 1))
            top = least + 1;
        else
            end = least;
    }
    if (top == 0 && mdci_number_bit(n, rc, decode, inputs, key, selector, 0, 0,
                                    value == 0)) {
        *low = mdci_number_least(*low, 0);
        return 0;
    }
    const int negative =
        mdci_number_bit(n, rc, decode, inputs, key, selector, 1, 1, value < 0);
    const uint32_t side = negative ? 256 : 8; /* nodes of one sign */
    while (top < end) {
        if (!mdci_number_bit(n, rc, decode, inputs, key, selector, side + top,
                             2 + (top < 18 ? top : 18), size >> top > 1))
            break;
        top++;
    }
    *low = mdci_number_least(*low, top);
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

/** Codes a symbol of `bits` bits (1..8), the highest first, whose first bit
 *  has `root` + 1 for a node, a multiple of 2^bits, and weights of row `row`.
 */
MDCI_KERNEL uint32_t mdci_number_symbol(
    struct mdci_numbers *n, struct mdci_range_coder *rc, const int decode,
    const unsigned inputs, const uint64_t *key, const uint32_t *selector,
    uint32_t root, uint32_t row, const unsigned bits, uint32_t symbol)
{
    uint32_t node = 1;
    for (unsigned i = bits; i-- > 0;)
        node = node << 1 | (uint32_t)mdci_number_bit(n, rc, decode, inputs, key,
                                                     selector, root + node,
                                                     row + bits - 1 - i,
                                                     (int)(symbol >> i & 1));
    return node - (1u << bits);
}

/** Codes a symbol of `bits` bits (1..8), the highest first. */
MDCI_OUTLINE uint32_t mdci_code_small(struct mdci_numbers *n,
                                      struct mdci_range_coder *rc,
                                      const int decode, const unsigned inputs,
                                      const struct mdci_number_place *place,
                                      const unsigned bits, uint32_t symbol)
{
    uint64_t key[MDCI_NUMBER_INPUTS];
    mdci_number_keys(key, place, inputs);
    return mdci_number_symbol(n, rc, decode, inputs, key, place->selector, 0, 0,
                              bits, symbol);
}

/**
 * Codes a number of any size: how many bits it has, in five bits, and in six
 * more if that is 31 or above; then those below the highest, in groups of
 * three. Contexts with odd numbers know all bits above a group, the others
 * those of the first group alone. Bits behind the seventh group are noise.
 * \param value  ignored by the decoder
 * \return the number
 */
MDCI_OUTLINE uint64_t mdci_code_unsigned(struct mdci_numbers *n,
                                         struct mdci_range_coder *rc,
                                         const int decode,
                                         const unsigned inputs,
                                         const struct mdci_number_place *place,
                                         uint64_t value)
{
    uint64_t key[MDCI_NUMBER_INPUTS], below[MDCI_NUMBER_INPUTS];
    const uint32_t *selector = place->selector;
    uint32_t size = mdci_bits_of(value), node;
    mdci_number_keys(key, place, inputs);
    uint32_t coded = mdci_number_symbol(n, rc, decode, inputs, key, selector, 0,
                                        0, 5, size < 31 ? size : 31);
    if (coded == 31)
        coded += mdci_number_symbol(n, rc, decode, inputs, key, selector, 64, 5,
                                    6, size - 31);
    size = coded < 64 ? coded : 64; /* a damaged archive may say more */
    uint64_t known = size > 0, first = 1;
    uint32_t left = size > 0 ? size - 1 : 0; /* bits that are not known */
    for (uint32_t group = 0; group < MDCI_NUMBER_GROUPS && left > 0; group++) {
        for (unsigned k = 0; k < inputs; k++)
            below[k] = key[k] + (k & 1 ? known : first) * 0x9E6D62D06F6A9A9Bu;
        node = 1;
        for (uint32_t k = 0; k < 3 && left > 0; k++) {
            left--;
            node =
                node << 1 | (uint32_t)mdci_number_bit(
                                n, rc, decode, inputs, below, selector,
                                (16 + size * 8 + group) << 3 | node,
                                11 + group * 3 + k, (int)(value >> left & 1));
            known = known << 1 | (node & 1);
        }
        if (group == 0)
            first = known;
    }
    while (left > 0) {
        left--;
        known = known << 1 |
                (uint64_t)mdci_range_code(rc, decode, (int)(value >> left & 1),
                                          1u << (MDCI_PROB_BITS - 1));
    }
    return known;
}

#endif
