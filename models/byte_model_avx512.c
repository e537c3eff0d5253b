/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file byte_model_avx512.c
 * \brief The byte model's variants for AVX-512; built with the flags for it.
 */
#define MDCI_AVX512   1
#define MDCI_VARIANTS mdci_variants_avx512
#include "models/byte_model_variants.h"
