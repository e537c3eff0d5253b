/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inputs_with_scalar.c
 * \brief The functions of inputs.h in plain C, for test_inputs.c.
 */
#define INPUTS_WITH inputs_with_scalar
#include "tests/unit/inputs_with.h"
