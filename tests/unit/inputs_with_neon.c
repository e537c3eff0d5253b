/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_with_neon.c
 * \brief The functions of inputs.h with NEON, for test_inputs.c.
 */
#define MDCI_NEON   1
#define INPUTS_WITH inputs_with_neon
#include "tests/unit/inputs_with.h"
