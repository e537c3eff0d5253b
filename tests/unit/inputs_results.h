/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_results.h
 * \brief What the functions of inputs.h give, from each set of kernels, in a
 *        form that all have.
 */
#ifndef INPUTS_RESULTS_H
#define INPUTS_RESULTS_H

#include "models/counter.h"

/** Arguments of all the functions. */
struct inputs_case {
    uint64_t counter[32];
    int16_t weights[8][32] MDCI_ALIGNED(32);
    int32_t final_weights[8] MDCI_ALIGNED(32);
    int32_t error;       /* of the weights, 16 bits */
    int32_t final_error; /* at most 8192 */
    int bit;
};

/** The case after all of them, with the sums between. */
struct inputs_results {
    struct inputs_case after;
    int32_t logit[8] MDCI_ALIGNED(16);
    int32_t sum;
};

/** \param inputs  8, 16, 24 or 32
 *  \param sets    1..8; 3 or 8 where emulated */
typedef void inputs_fn(const struct inputs_case *given,
                       struct inputs_results *results, unsigned inputs,
                       unsigned sets);

inputs_fn inputs_with_scalar, inputs_with_avx2, inputs_with_avx512,
    inputs_with_neon, inputs_emulated_avx512, inputs_emulated_neon;

#endif
