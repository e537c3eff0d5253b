/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file byte_model_avx2.c
 * \brief The byte model's variants and learners for AVX2; built with the flags
 *        for it.
 */
#define MDCI_AVX2     1
#define MDCI_VARIANTS mdci_variants_avx2
#define MDCI_LEARNERS mdci_learners_avx2
#include "models/byte_model_learners.h"
#include "models/byte_model_variants.h"
