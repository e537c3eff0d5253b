/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file byte_model_account.c
 * \brief The byte model's decoders in plain C, keeping accounts of the bits.
 */
#define MDCI_ACCOUNT
#include "models/byte_model.h"
#include "models/model_shapes.h"
#include "models/variants.h"

#define VARIANT(number, shape)                                                 \
    static int explain_##number(void *arena, struct mdci_range_coder *rc,      \
                                uint8_t *block, size_t to)                     \
    {                                                                          \
        return mdci_byte_model_code(arena, rc, 1, block, to, &shape);          \
    }
MDCI_SHAPES(VARIANT)

#define POINTER(number, shape) explain_##number,
mdci_variant_fn *const mdci_variants_account[] = {MDCI_SHAPES(POINTER)};
