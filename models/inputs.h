/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs.h
 * \brief The mixer's inputs: counters read, mixed, trained and updated
 *        together. A translation unit built for AVX2 defines MDCI_AVX2.
 */
#ifndef MDCI_INPUTS_H
#define MDCI_INPUTS_H

#define MDCI_MAX_INPUTS       32
#define MDCI_FINAL_WEIGHT_MAX 524287 /* 8.0 */

#if defined(MDCI_AVX2)
#include "models/inputs_avx2.h"
#else
#include "models/inputs_scalar.h"
#endif

#endif
