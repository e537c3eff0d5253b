/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file tables.h
 * \brief Constant tables of the models; models_tablegen.c made them, and a
 *        test holds their hash.
 */
#ifndef MDCI_TABLES_H
#define MDCI_TABLES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** 16-bit probability of stretch -2047..2047. */
extern const uint16_t mdci_squash_table[4095];

/** 2^22 / n, 0 for 0. */
extern const uint32_t mdci_inverse[1025];

/** p (1 - p) in 2^-22 at the centres of micro-diffusion's bins. */
extern const uint32_t mdci_diffusion_centre[16];

/** Bit history states: the next one after bit b is [b][state]. */
extern const uint8_t mdci_state_next[2][256];

/** Number of observations that a state stands for. */
extern const uint8_t mdci_state_count[256];

/** 16-bit P(1) of a state before anything was learned. */
extern const uint16_t mdci_state_start[256];

#define MDCI_TREE_LEAF 256 /* added to a byte */

/** A tree of 255 nodes, see symbol_tree.h. */
struct mdci_tree {
    uint16_t code[256];    /* path to a byte behind a 1, in the upper bits */
    uint16_t next[256][2]; /* by node and bit: node, or leaf */
    uint8_t place[256];    /* of a node in its cluster, 1..15 from the top */
    uint8_t second[256];   /* top node of the second cluster of a byte, or 0 */
};

/** The plain tree and the log tree. */
extern const struct mdci_tree mdci_trees[2];

#ifdef __cplusplus
}
#endif

#endif
