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

#endif
