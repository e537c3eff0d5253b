/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file model_set.h
 * \brief Rows of tunables: which contexts, weight sets and sizes a level uses.
 *        A row's number stands in the block header, so rows are wire format.
 */
#ifndef MDCI_MODEL_SET_H
#define MDCI_MODEL_SET_H

#include "models/context.h"
#include "models/mixer.h"

#define MDCI_MAX_CONTEXTS  28
#define MDCI_DIRECT_INPUTS 4 /* two matches, order 1, order 0 */

/** What chooses the weights of a set; the keys are made in byte_model.h. */
enum mdci_selector {
    MDCI_SELECT_MATCH,    /* which match agrees, its length */
    MDCI_SELECT_NODE,     /* bits of the byte so far */
    MDCI_SELECT_FIELD,    /* field number, PPM order group, misses */
    MDCI_SELECT_BYTE,     /* last byte, bit */
    MDCI_SELECT_EXPECTED, /* byte that the match expects */
    MDCI_SELECT_CLASSES,  /* kinds of the last two bytes, bit */
    MDCI_SELECT_BYTE2,    /* byte before the last, bit */
    MDCI_SELECT_ORDER,    /* PPM order group, bits so far */
    MDCI_SELECTORS
};

#define MDCI_SELECTOR_KEYS 2048 /* keys of every selector */

/** Compiled variants of the byte model: number, contexts, weight sets, and
 *  whether a long match is asked for the whole byte first. */
#define MDCI_SHAPES(X)                                                         \
    X(0, 6, 3, 1)                                                              \
    X(1, 6, 3, 0)                                                              \
    X(2, 12, 3, 0)                                                             \
    X(3, 20, 8, 0)

struct mdci_model_set {
    uint8_t row;
    uint8_t shape;
    uint8_t contexts;
    uint8_t sets;
    uint8_t slot_bits;    /* log2 of the slots a context has at most */
    uint8_t match_bits;   /* log2 of the entries of a match table at most */
    uint8_t short_match;  /* least length, 5 */
    uint8_t long_match;   /* least length, 12 */
    uint8_t fast_length;  /* match length from which a byte is asked whole */
    int16_t first_weight; /* 2048 = 1.0 */
    uint8_t rate_start;   /* of the weights, falls to rate_floor */
    uint8_t rate_floor;
    uint8_t context[MDCI_MAX_CONTEXTS];
    uint8_t selector[MDCI_MAX_SETS];
};

#ifdef __cplusplus
extern "C" {
#endif

/** The row with this number, or NULL. */
const struct mdci_model_set *mdci_model_set_row(unsigned row);

#ifdef __cplusplus
}
#endif

#endif
