/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_emulated_avx512.c
 * \brief The functions of inputs.h with AVX-512 as SIMDe computes it, for
 *        test_inputs.c; few numbers of sets, as SIMDe compiles slowly.
 */
#define MDCI_AVX512 1
#define INPUTS_WITH inputs_emulated_avx512
#define INPUTS_FEW
#include "tests/unit/inputs_with.h"
