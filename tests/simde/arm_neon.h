/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file arm_neon.h
 * \brief The same as immintrin.h beside it, for NEON.
 */
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/arm/neon.h>
