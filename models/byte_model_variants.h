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

#define VARIANT(number, shape)                                                 \
    static int encode_##number(void *arena, struct mdci_range_coder *rc,       \
                               uint8_t *block, size_t to)                      \
    {                                                                          \
        return mdci_byte_model_code(arena, rc, 0, block, to, &shape);          \
    }                                                                          \
    static int decode_##number(void *arena, struct mdci_range_coder *rc,       \
                               uint8_t *block, size_t to)                      \
    {                                                                          \
        return mdci_byte_model_code(arena, rc, 1, block, to, &shape);          \
    }                                                                          \
    static void learn_##number(void *arena, const uint8_t *block, size_t to)   \
    {                                                                          \
        mdci_byte_model_learn(arena, block, to, &shape);                       \
    }
MDCI_SHAPES(VARIANT)

#define POINTERS(number, shape)                                                \
    {encode_##number, decode_##number, learn_##number},
const struct mdci_variant MDCI_VARIANTS[] = {MDCI_SHAPES(POINTERS)};
