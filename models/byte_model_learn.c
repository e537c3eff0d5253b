/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file byte_model_learn.c
 * \brief The byte model's learners: they set a state up, for all instruction
 *        sets alike.
 */
#include "models/byte_model.h"
#include "models/model_shapes.h"
#include "models/variants.h"

#define LEARNER(number, shape)                                                 \
    static void learn_##number(void *arena, const uint8_t *block, size_t to)   \
    {                                                                          \
        mdci_byte_model_learn(arena, block, to, &shape);                       \
    }
MDCI_SHAPES(LEARNER)

#define POINTER(number, shape) learn_##number,
mdci_learner_fn *const mdci_learners[] = {MDCI_SHAPES(POINTER)};
