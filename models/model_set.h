/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file model_set.h
 * \brief Rows of tunables: which contexts, weight sets and sizes a level uses.
 *        A row's number stands in the block header, so rows are wire format.
 */
#ifndef MDCI_MODEL_SET_H
#define MDCI_MODEL_SET_H

#include <stddef.h>

#include "models/context.h"
#include "models/mixer.h"

#define MDCI_MAX_CONTEXTS 28
#define MDCI_MAX_SOURCES  8 /* of expected bytes, two of them matches */

/** What chooses the weights of a set; the keys are made in byte_model.h. */
enum mdci_selector {
    MDCI_SELECT_MATCH,     /* which match agrees, its length */
    MDCI_SELECT_NODE,      /* bits of the byte so far */
    MDCI_SELECT_FIELD,     /* field number, PPM order group, misses */
    MDCI_SELECT_BYTE,      /* last byte, bit */
    MDCI_SELECT_EXPECTED,  /* byte that the match expects */
    MDCI_SELECT_CLASSES,   /* kinds of the last two bytes, bit */
    MDCI_SELECT_BYTE2,     /* byte before the last, bit */
    MDCI_SELECT_ORDER,     /* PPM order group, bits so far */
    MDCI_SELECT_SLOT_A,    /* slot by skeleton, past the first bits */
    MDCI_SELECT_SLOT_B,    /* by column */
    MDCI_SELECT_SAYS,      /* which sources expect a bit */
    MDCI_SELECT_PLACE,     /* place in the field, kinds, refused, bit */
    MDCI_SELECT_HITS,      /* history of the slot's last value */
    MDCI_SELECT_CANDIDATE, /* byte of the value asked */
    MDCI_SELECTORS
};

#define MDCI_SELECTOR_KEYS 2048 /* keys of every selector */
#define MDCI_REFINE_STEPS  3

/** The half of a row that the compiler must know: code is made for each. */
struct mdci_shape {
    unsigned contexts;
    unsigned sources; /* of expected bytes; with the contexts 8, 16, 24, 32 */
    unsigned sets;
    unsigned steps;  /* of refine.h: bit k, the step with key k */
    unsigned apm;    /* 1: the steps are APMs, not micro-diffusion */
    unsigned fields; /* 1: with the log parser, field.h; 2: and with questions
                        for the bytes of fields */
    uint8_t context[MDCI_MAX_CONTEXTS];
    uint8_t selector[MDCI_MAX_SETS];
    uint8_t source[MDCI_MAX_SOURCES]; /* predictors, with the log parser */
};

/** Weights of one row of a weight set, padding included. */
MDCI_KERNEL size_t mdci_shape_row(const struct mdci_shape *shape)
{
    return (shape->contexts + shape->sources + 15u) / 16 * 16;
}

/** The other half: sizes and rates. */
struct mdci_model_set {
    unsigned row;
    unsigned shape;      /* number in model_shapes.h */
    uint8_t tree;        /* of symbol_tree.h: 0 the plain one, 1 that of logs */
    uint8_t slot_bits;   /* log2 of the slots a context has at most */
    uint8_t slot_bytes;  /* of the block for one of them, from 2^15 on */
    uint8_t match_bits;  /* log2 of the entries of a match table at most */
    uint8_t refine_bits; /* log2 of the rows of the second step at most */
    uint8_t short_match; /* least length */
    uint8_t long_match;  /* least length */
    uint8_t rate_start;  /* of the weights, falls to rate_floor */
    uint8_t rate_floor;
    uint32_t ask_floor;     /* least 22-bit probability for a question */
    uint32_t flag_floor;    /* the same for a field flag */
    uint32_t certain_floor; /* and for the question before it; 0: not asked */
};

#ifdef __cplusplus
extern "C" {
#endif

/** The row with this number, or NULL. */
const struct mdci_model_set *mdci_model_set_row(unsigned row);

/** The shape of a row. */
const struct mdci_shape *mdci_model_set_shape(const struct mdci_model_set *set);

#ifdef __cplusplus
}
#endif

#endif
