/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file symbol_tree.h
 * \brief The binary trees that bytes are spelled by: a decision a node, from
 *        the root to the byte.
 *
 * A tree falls into clusters of at most 15 nodes that share a slot
 * (slots.h). The plain tree is that of a byte's bits, a cluster a nibble. The
 * log tree has what logs are made of near its root: a digit takes four to five
 * decisions and one slot.
 */
#ifndef MDCI_SYMBOL_TREE_H
#define MDCI_SYMBOL_TREE_H

#include "models/tables.h"
#include "src/base/compiler.h"

#define MDCI_TREE_ROOT  1
#define MDCI_TREE_DEPTH 15 /* decisions at most */

/** 1 if the path of a code goes through a node.
 *  \param path   the decisions so far, behind a 1
 *  \param depth  how many they are */
MDCI_KERNEL int mdci_tree_on(uint32_t code, uint32_t path, unsigned depth)
{
    return code >> (MDCI_TREE_DEPTH - depth) == path;
}

/** The decision that a code takes at this depth. */
MDCI_KERNEL uint32_t mdci_tree_bit(uint32_t code, unsigned depth)
{
    return code >> (MDCI_TREE_DEPTH - 1 - depth) & 1;
}

#endif
