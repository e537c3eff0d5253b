/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file mixer.h
 * \brief The logistic mixer, two layers: several weight sets, each chosen by a
 *        small context and trained on its own error, then one mix of theirs.
 *
 * After M. Mahoney, "Adaptive weighing of context models for lossless data
 * compression" (2005): p = squash(sum w_i stretch(p_i)), and w moves along
 * error * input, the gradient of the coding cost.
 */
#ifndef MDCI_MIXER_H
#define MDCI_MIXER_H

#include "models/inputs.h"

#define MDCI_MAX_SETS 8

/** The weights that one bit uses, and what came of them. */
struct mdci_mix {
    int16_t *weights[MDCI_MAX_SETS];
    int32_t *final_weights; /* 65536 = 1.0, aligned to 16 bytes */
    int32_t logit[MDCI_MAX_SETS] MDCI_ALIGNED(16);
    uint32_t p[MDCI_MAX_SETS]; /* 16 bits */
    int32_t final_logit;
    uint32_t final_p; /* 16 bits */
};

/** Mixes; weights and final_weights are set by the caller. */
MDCI_KERNEL void mdci_mix_predict(struct mdci_mix *mix,
                                  const struct mdci_inputs *in,
                                  const unsigned inputs, const unsigned sets)
{
    mdci_inputs_dot(in, mix->weights, mix->logit, inputs, sets);
    MDCI_UNROLL
    for (unsigned k = 0; k < sets; k++)
        mix->p[k] = mdci_squash(mix->logit[k]);
    mix->final_logit = mdci_clamp(
        mdci_sar(mdci_logits_sum(mix->logit, mix->final_weights, sets), 12),
        -MDCI_STRETCH_MAX, MDCI_STRETCH_MAX);
    mix->final_p = mdci_squash(mix->final_logit);
}

/** \param rate  of the weight sets: 1..127 in 1/256 of the error */
MDCI_KERNEL void mdci_mix_update(struct mdci_mix *mix,
                                 const struct mdci_inputs *in, int bit,
                                 int32_t rate, const unsigned inputs,
                                 const unsigned sets)
{
    const int32_t target = bit ? 65536 : 0;
    MDCI_UNROLL
    for (unsigned k = 0; k < sets; k++)
        mdci_inputs_train(in, mix->weights[k],
                          mdci_sar((target - (int32_t)mix->p[k]) * rate, 8),
                          inputs);
    mdci_logits_train(mix->logit, mix->final_weights,
                      mdci_sar(target - (int32_t)mix->final_p, 3), sets);
}

#endif
