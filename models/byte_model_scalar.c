/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file byte_model_scalar.c
 * \brief The byte model's variants in plain C; these keep accounts, too.
 */
#define MDCI_ACCOUNT
#define MDCI_VARIANTS mdci_variants_scalar
#include "models/byte_model_variants.h"
