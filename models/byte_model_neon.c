/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file byte_model_neon.c
 * \brief The byte model's variants for NEON.
 */
#define MDCI_NEON     1
#define MDCI_VARIANTS mdci_variants_neon
#include "models/byte_model_variants.h"
