/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_emulated_neon.c
 * \brief The functions of inputs.h with NEON as SIMDe computes it, for
 *        test_inputs.c; few numbers of sets, as SIMDe compiles slowly.
 */
#define MDCI_NEON   1
#define INPUTS_WITH inputs_emulated_neon
#define INPUTS_FEW
#include "tests/unit/inputs_with.h"
