/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_with_avx512.c
 * \brief The functions of inputs.h with AVX-512, for test_inputs.c.
 */
#define MDCI_AVX512 1
#define INPUTS_WITH inputs_with_avx512
#include "tests/unit/inputs_with.h"
