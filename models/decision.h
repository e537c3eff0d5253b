/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file decision.h
 * \brief Decisions for front ends and fast paths: bits, symbols, numbers and
 *        strings, coded under eight contexts, mixed and learned on the way.
 */
#ifndef MDCI_DECISION_H
#define MDCI_DECISION_H

#include "models/character.h"
#include "models/engine.h"
#include "models/inputs.h"
#include "models/range_coder.h"

/** Adaptive state of decisions; the memory is the arena's. */
struct mdci_decider {
    mdci_counter *table;    /* [8][1 << bits] */
    unsigned bits;          /* 0..32 */
    int16_t (*weights)[16]; /* [MDCI_DECISION_KEYS] */
};

/** Bytes of a table of this many bits. */
static inline size_t mdci_decider_size(unsigned bits)
{
    return ((size_t)MDCI_DECISION_INPUTS << bits) * sizeof(mdci_counter);
}

/** Fills the tables with what knows nothing and learns fast.
 *  \param weight  of each input, 2048 = 1.0 */
static inline void mdci_decider_start(struct mdci_decider *d, int16_t weight)
{
    const mdci_counter start = mdci_counter_make(32768, 32768);
    for (size_t i = 0; i < (size_t)MDCI_DECISION_INPUTS << d->bits; i++)
        d->table[i] = start;
    for (unsigned i = 0; i < MDCI_DECISION_KEYS; i++)
        for (unsigned k = 0; k < 16; k++)
            d->weights[i][k] = k < MDCI_DECISION_INPUTS ? weight : 0;
}

/** A decision's place in the tables, from mdci_decision_predict() on. */
struct mdci_decision {
    mdci_counter *at[MDCI_DECISION_INPUTS];
    struct mdci_inputs in;
    int16_t *weights;
    uint32_t p; /* 22 bits */
};

/**
 * Looks up and mixes what the contexts say.
 * \param context   one key for each of the eight inputs
 * \param selector  chooses the mixer's weights, below MDCI_DECISION_KEYS
 */
MDCI_KERNEL void mdci_decision_predict(struct mdci_decision *x,
                                       struct mdci_decider *d,
                                       const uint64_t *context,
                                       unsigned selector)
{
    MDCI_UNROLL
    for (unsigned i = 0; i < MDCI_DECISION_INPUTS; i++)
        x->at[i] = d->table + ((size_t)i << d->bits) +
                   (mdci_hash64(context[i] + 1) >> 1 >> (63 - d->bits));
    x->weights = d->weights[selector];
    mdci_inputs_load(&x->in, x->at, MDCI_DECISION_INPUTS);
    int32_t logit[4] MDCI_ALIGNED(16);
    mdci_inputs_dot(&x->in, &x->weights, logit, MDCI_DECISION_INPUTS, 1);
    x->p = mdci_squash(logit[0]) << 6;
}

/** Learns what came. \param rate  of the weights, see mdci_mix_update() */
MDCI_KERNEL void mdci_decision_update(struct mdci_decision *x, int bit,
                                      int32_t rate)
{
    const int32_t error = (bit ? 65536 : 0) - (int32_t)(x->p >> 6);
    mdci_inputs_train(&x->in, x->weights, mdci_sar(error * rate, 8),
                      MDCI_DECISION_INPUTS);
    mdci_inputs_update(&x->in, x->at, bit, MDCI_DECISION_INPUTS);
}

/**
 * Codes one yes-or-no decision.
 * \param decode  constant: 1 decodes and ignores bit, 0 encodes it
 * \return the bit
 */
MDCI_KERNEL int mdci_code_bit(struct mdci_decider *d,
                              struct mdci_range_coder *rc, const int decode,
                              const uint64_t *context, unsigned selector,
                              int bit, int32_t rate)
{
    struct mdci_decision x;
    mdci_decision_predict(&x, d, context, selector);
    bit = mdci_range_code(rc, decode, bit, x.p);
    mdci_decision_update(&x, bit, rate);
    return bit;
}

/**
 * Codes a symbol of `bits` bits, the highest first, each under the contexts
 * and the bits before it.
 * \param bits    1..8
 * \param symbol  below 2^bits; ignored by the decoder
 * \return the symbol
 */
MDCI_KERNEL uint32_t mdci_code_symbol(struct mdci_decider *d,
                                      struct mdci_range_coder *rc,
                                      const int decode, const uint64_t *context,
                                      unsigned selector, unsigned bits,
                                      uint32_t symbol, int32_t rate)
{
    uint32_t node = 1;
    for (unsigned i = bits; i-- > 0;) {
        uint64_t key[MDCI_DECISION_INPUTS];
        for (unsigned k = 0; k < MDCI_DECISION_INPUTS; k++)
            key[k] = mdci_hash64(context[k]) + node;
        node =
            node << 1 | (uint32_t)mdci_code_bit(d, rc, decode, key, selector,
                                                (int)(symbol >> i & 1), rate);
    }
    return node - (1u << bits);
}

/**
 * Codes a number of any size: the position of its highest bit as a symbol,
 * then the bits below, of which the first three have contexts of their own.
 * \param number  ignored by the decoder
 * \return the number
 */
MDCI_KERNEL uint64_t mdci_code_number(struct mdci_decider *d,
                                      struct mdci_range_coder *rc,
                                      const int decode, const uint64_t *context,
                                      unsigned selector, uint64_t number,
                                      int32_t rate)
{
    uint32_t width = mdci_bits_of(number);
    width = mdci_code_symbol(d, rc, decode, context, selector, 7, width, rate);
    /* Only a damaged archive says more than 64. */
    width = width < 64 ? width : 64;
    uint64_t known = width > 0;
    for (uint32_t i = width; i-- > 1;) {
        const int bit = (int)(number >> (i - 1) & 1);
        uint64_t key[MDCI_DECISION_INPUTS];
        /* Deeper bits share their statistics whatever the bits above. */
        const uint64_t path = width - i <= 3 ? known : 0;
        for (unsigned k = 0; k < MDCI_DECISION_INPUTS; k++)
            key[k] =
                mdci_hash64(context[k] + 1) + (path << 16 | width << 8 | i);
        known = known << 1 | (uint64_t)mdci_code_bit(d, rc, decode, key,
                                                     selector, bit, rate);
    }
    return known;
}

/** A string that is probably the next, such as the last one in this place. */
struct mdci_guess {
    const uint8_t *bytes; /* not where the next one is written to */
    size_t size;          /* 0: there is none */
};

/**
 * Codes a string: its size as a number, then its bytes as symbols, under the
 * bytes before them, the caller's context, and the guess.
 * \param context   what the string depends on: its column, its kind
 * \param selector  first of the three rows of weights that strings take
 * \param bytes     room for `room` bytes; the decoder writes here
 * \param size      at most room; ignored by the decoder
 * \return the size; a damaged archive cannot make it larger than room
 */
MDCI_KERNEL size_t mdci_code_string(struct mdci_decider *d,
                                    struct mdci_range_coder *rc,
                                    const int decode, uint64_t context,
                                    unsigned selector, struct mdci_guess guess,
                                    uint8_t *bytes, size_t size, size_t room,
                                    int32_t rate)
{
    const uint64_t kind = mdci_hash64(context + 1);
    const uint64_t of_size[MDCI_DECISION_INPUTS] = {
        kind, kind + guess.size, guess.size, 3, 4, 5, 6, 7};
    const uint64_t coded = mdci_code_number(d, rc, decode, of_size, selector,
                                            (uint64_t)size, rate);
    uint64_t last = 0, word = 0;
    size_t agreed = 0; /* bytes of the guess since the last wrong one */
    size = coded < room ? (size_t)coded : room;
    for (size_t i = 0; i < size; i++) {
        const uint64_t expected = i < guess.size ? guess.bytes[i] + 1u : 0;
        const uint64_t key[MDCI_DECISION_INPUTS] = {
            kind + i,
            last & 0xFF,
            kind + (last & 0xFF),
            last & 0xFFFF,
            kind + (last & 0xFFFF),
            last & 0xFFFFFF,
            word,
            (agreed < 15 ? agreed : 15) << 9 | expected};
        const uint32_t byte = mdci_code_symbol(
            d, rc, decode, key, selector + 1 + (expected && agreed == i), 8,
            decode ? 0 : bytes[i], rate);
        if (decode)
            bytes[i] = (uint8_t)byte;
        agreed = byte + 1 == expected ? agreed + 1 : 0;
        last = last << 8 | byte;
        word = mdci_is_alnum(byte) ? mdci_hash64(word + byte + 1) : byte;
    }
    return size;
}

#endif
