/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs.h
 * \brief The mixer's inputs: counters read, mixed, trained and updated
 *        together. A translation unit built for an instruction set defines
 *        MDCI_AVX512, MDCI_AVX2 or MDCI_NEON.
 */
#ifndef MDCI_INPUTS_H
#define MDCI_INPUTS_H

#define MDCI_MAX_INPUTS       32
#define MDCI_FINAL_WEIGHT_MAX 524287 /* 8.0 */

#if defined(MDCI_AVX512)
#include "models/inputs_avx512.h"
#elif defined(MDCI_AVX2)
#include "models/inputs_avx2.h"
#elif defined(MDCI_NEON)
#include "models/inputs_neon.h"
#else
#include "models/inputs_scalar.h"
#endif

#if defined(MDCI_AVX512) || !defined(MDCI_AVX2)
/** As mdci_inputs_update() for n counters, but leaves stretched probabilities
 *  open: for who mixes nothing. */
MDCI_KERNEL void mdci_inputs_learn(mdci_counter *const *at, int bit,
                                   const unsigned n)
{
    MDCI_UNROLL
    for (unsigned i = 0; i < n; i++)
        *at[i] = mdci_counter_learn(*at[i], bit);
}
#endif

#endif
