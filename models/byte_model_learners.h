/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file byte_model_learners.h
 * \brief The byte model's learners for one instruction set, which set states
 *        up: a translation unit defines MDCI_LEARNERS, the name of their table,
 *        and includes this once.
 */
#include "models/byte_model.h"
#include "models/model_shapes.h"
#include "models/variants.h"

/* Completes what mdci_counter_learn() left open in n counters. */
MDCI_KERNEL void mdci_byte_settle(mdci_counter *counter, size_t n)
{
    for (size_t i = 0; i < n; i++)
        counter[i] = mdci_counter_settle(counter[i]);
}

/** Lets counters and bit histories learn block[count..to) without coding it;
 *  mixer and micro-diffusion stay as they are. */
MDCI_KERNEL void mdci_byte_model_learn(void *arena, const uint8_t *block,
                                       size_t to,
                                       const struct mdci_shape *const shape)
{
    struct mdci_byte_model m;
    mdci_byte_model_open(&m, arena);
    const struct mdci_tree *tree = m.tree;
    while (m.text.count < to) {
        struct mdci_byte_view v;
        const uint32_t byte = block[m.text.count];
        uint8_t *slot[MDCI_MAX_CONTEXTS] = {0};
        if (shape->fields && !m.text.field.length)
            mdci_values_predict(&m.text.values, &m.text.field, &m.fields,
                                m.text.match, block, m.text.count);
        mdci_byte_look(&m, &v, block, shape);
        mdci_byte_open_codes(m.tree, &v, shape);
        mdci_byte_contexts(&m, &v, block, shape);
        const uint32_t code = tree->code[byte];
        uint32_t node = MDCI_TREE_ROOT;
        for (unsigned depth = 0; node < MDCI_TREE_LEAF; depth++) {
            const unsigned place = tree->place[node];
            const int bit = (int)mdci_tree_bit(code, depth);
            mdci_counter *at[MDCI_MAX_INPUTS];
            int expected_bit[2];
            if (place == 1)
                mdci_byte_slots(&m, &v, slot, node, shape);
            mdci_byte_counters(&m, &v, at, expected_bit, slot, place,
                               code >> (MDCI_TREE_DEPTH - depth), depth, shape);
            mdci_inputs_learn(at, bit, shape->contexts + shape->sources);
            mdci_byte_histories(slot, place, bit, shape);
            node = tree->next[node][bit];
        }
        mdci_byte_follow(&m, block, byte, shape);
    }
    struct mdci_direct *d = m.direct;
    mdci_byte_settle(m.maps, (size_t)shape->contexts * 256);
    mdci_byte_settle(d->expected[0][0],
                     sizeof d->expected / sizeof(mdci_counter));
    mdci_byte_settle(d->nothing[0], sizeof d->nothing / sizeof(mdci_counter));
    mdci_byte_settle(d->refused[0], sizeof d->refused / sizeof(mdci_counter));
    mdci_byte_model_close(&m, arena);
}

#define LEARNER(number, shape)                                                 \
    static void learn_##number(void *arena, const uint8_t *block, size_t to)   \
    {                                                                          \
        mdci_byte_model_learn(arena, block, to, &shape);                       \
    }
MDCI_SHAPES(LEARNER)

#define LEARNER_POINTER(number, shape) learn_##number,
mdci_learner_fn *const MDCI_LEARNERS[] = {MDCI_SHAPES(LEARNER_POINTER)};
