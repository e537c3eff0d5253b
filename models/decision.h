/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file decision.h
 * \brief Decisions for front ends and fast paths: bits, symbols and numbers,
 *        each coded under eight contexts, mixed and learned on the way.
 */
#ifndef MDCI_DECISION_H
#define MDCI_DECISION_H

#include "models/engine.h"
#include "models/inputs.h"
#include "models/range_coder.h"

/** Adaptive state of decisions; the memory is the arena's. */
struct mdci_decider {
    mdci_counter *table; /* [8][1 << bits] */
    unsigned bits;
    int16_t (*weights)[16]; /* [MDCI_DECISION_KEYS] */
};

/**
 * Codes one yes-or-no decision.
 * \param decode    constant: 1 decodes and ignores bit, 0 encodes it
 * \param context   one key for each of the eight inputs
 * \param selector  chooses the mixer's weights, below MDCI_DECISION_KEYS
 * \param rate      of the weights, see mdci_mix_update()
 * \return the bit
 */
MDCI_KERNEL int mdci_decide(struct mdci_decider *d, struct mdci_range_coder *rc,
                            const int decode, const uint64_t *context,
                            unsigned selector, int bit, int32_t rate)
{
    mdci_counter *at[MDCI_DECISION_INPUTS];
    struct mdci_inputs in;
    int16_t *weights = d->weights[selector];
    MDCI_UNROLL
    for (unsigned i = 0; i < MDCI_DECISION_INPUTS; i++)
        at[i] = d->table + ((size_t)i << d->bits) +
                (mdci_hash64(context[i] + 1) >> (64 - d->bits));
    mdci_inputs_load(&in, at, MDCI_DECISION_INPUTS);
    const uint32_t p =
        mdci_squash(mdci_inputs_dot(&in, weights, MDCI_DECISION_INPUTS));
    bit = mdci_range_code(rc, decode, bit, p);
    const int32_t error = (bit ? 65536 : 0) - (int32_t)(p >> 6);
    mdci_inputs_train(&in, weights, mdci_sar(error * rate, 8),
                      MDCI_DECISION_INPUTS);
    mdci_inputs_update(&in, at, bit, MDCI_DECISION_INPUTS);
    return bit;
}

#endif
