/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file byte_model_variants.h
 * \brief The byte model's variants for one instruction set: a translation
 *        unit defines MDCI_VARIANTS, the name of their table, and includes
 *        this once.
 */
#include "models/byte_model.h"
#include "models/model_shapes.h"
#include "models/variants.h"

/* Encoder and decoder share the code of a shape: half as much to compile, and
 * a branch that always goes one way costs no time that can be measured. */
#define VARIANT(number, shape)                                                 \
    static MDCI_NOINLINE int code_##number(                                    \
        void *arena, struct mdci_range_coder *rc, int decode, uint8_t *block,  \
        size_t to)                                                             \
    {                                                                          \
        return mdci_byte_model_code(arena, rc, decode, block, to, &shape);     \
    }
MDCI_SHAPES(VARIANT)

#define POINTER(number, shape) code_##number,
mdci_variant_fn *const MDCI_VARIANTS[] = {MDCI_SHAPES(POINTER)};
