/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_scalar.h
 * \brief The mixer's inputs and weights, plain: the truth that the vector
 *        versions equal bit for bit.
 *
 * n, the number of inputs, is a constant multiple of 8, at most 32. Weights
 * are 16-bit, 1.0 = 2048: the coarse step is a dead zone that keeps noise out.
 */
#ifndef MDCI_INPUTS_SCALAR_H
#define MDCI_INPUTS_SCALAR_H

#include "models/counter.h"

struct mdci_inputs {
    int16_t stretch[MDCI_MAX_INPUTS];
    mdci_counter counter[MDCI_MAX_INPUTS];
};

/** Reads n counters. */
MDCI_KERNEL void mdci_inputs_load(struct mdci_inputs *in,
                                  mdci_counter *const *at, const unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        in->counter[i] = *at[i];
        in->stretch[i] = mdci_counter_stretch(in->counter[i]);
    }
    for (unsigned i = n; i % 16 != 0; i++)
        in->stretch[i] = 0;
}

/** Writes back the n counters, each having seen bit. */
MDCI_KERNEL void mdci_inputs_update(const struct mdci_inputs *in,
                                    mdci_counter *const *at, int bit,
                                    const unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        *at[i] = mdci_counter_update(in->counter[i], bit);
}

/** Weighted sums in the logistic domain, one for each of `sets` weight sets.
 *  \param weights  [sets] of [n rounded up to 16], aligned to 32 bytes
 *  \param logit    [sets rounded up to 4], zeros behind sets, aligned to 16 */
MDCI_KERNEL void mdci_inputs_dot(const struct mdci_inputs *in,
                                 int16_t *const *weights, int32_t *logit,
                                 const unsigned n, const unsigned sets)
{
    for (unsigned k = 0; k < sets; k++) {
        /* 2047 * 32768 * 32 inputs < 2^31. */
        int32_t sum = 0;
        for (unsigned i = 0; i < n; i++)
            sum += (int32_t)in->stretch[i] * weights[k][i];
        logit[k] =
            mdci_clamp(mdci_sar(sum, 11), -MDCI_STRETCH_MAX, MDCI_STRETCH_MAX);
    }
    for (unsigned k = sets; k % 4 != 0; k++)
        logit[k] = 0;
}

/** The second layer's weighted sum, in 2^-12 of the logistic domain.
 *  \param weights  65536 = 1.0, at most MDCI_FINAL_WEIGHT_MAX */
MDCI_KERNEL int32_t mdci_logits_sum(const int32_t *logit,
                                    const int32_t *weights, const unsigned sets)
{
    /* 2^11 * 2^19 / 2^4 * 8 sets < 2^30. */
    int32_t sum = 0;
    for (unsigned k = 0; k < sets; k++)
        sum += mdci_sar(logit[k] * weights[k], 4);
    return sum;
}

/** Moves the second layer's weights; |error| <= 8192. */
MDCI_KERNEL void mdci_logits_train(const int32_t *logit, int32_t *weights,
                                   int32_t error, const unsigned sets)
{
    for (unsigned k = 0; k < sets; k++)
        weights[k] =
            mdci_clamp(weights[k] + mdci_sar(logit[k] * error + 8192, 14),
                       -MDCI_FINAL_WEIGHT_MAX, MDCI_FINAL_WEIGHT_MAX);
}

/** Moves the weights along error * input; error: -32768..32767. */
MDCI_KERNEL void mdci_inputs_train(const struct mdci_inputs *in,
                                   int16_t *weights, int32_t error,
                                   const unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const int32_t step = mdci_sar(in->stretch[i] * error + 16384, 15);
        weights[i] = (int16_t)mdci_clamp(weights[i] + step, -32768, 32767);
    }
}

#endif
