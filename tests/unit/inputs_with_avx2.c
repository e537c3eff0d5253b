/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_with_avx2.c
 * \brief The functions of inputs.h with AVX2, for test_inputs.c.
 */
#define MDCI_AVX2   1
#define INPUTS_WITH inputs_with_avx2
#include "tests/unit/inputs_with.h"
