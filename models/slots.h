/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file slots.h
 * \brief Hashed bit histories: a slot holds the 15 nodes of one cluster of a
 *        tree in one context.
 *
 * A slot is 16 bytes, a check and 15 one-byte states; four share a cache line,
 * and a look-up stays within the line. Every context has a table of its own,
 * so that look-ups do not depend on each other's order.
 */
#ifndef MDCI_SLOTS_H
#define MDCI_SLOTS_H

#include <string.h>

#include "models/integer.h"
#include "models/tables.h"

struct mdci_slot {
    uint8_t check;
    uint8_t state[15]; /* place n (1..15) is state[n - 1] */
};

/** The cache line that a hash falls into. */
MDCI_KERNEL struct mdci_slot *mdci_slot_line(struct mdci_slot *table,
                                             uint32_t mask, uint32_t hash)
{
    return table + (hash & mask & ~(uint32_t)3);
}

/**
 * Finds the slot of a hash, or clears the one of three whose first state has
 * seen least for it.
 * \param table  slots, aligned to 64 bytes
 * \param mask   number of slots - 1, a power of two of at least 4
 * \param check  other bits of the hash
 * \return the 16 bytes of the slot: state of node n at [n]
 */
MDCI_KERNEL uint8_t *mdci_slot_find(struct mdci_slot *table, uint32_t mask,
                                    uint32_t hash, uint8_t check)
{
    struct mdci_slot *line = mdci_slot_line(table, mask, hash);
    struct mdci_slot *a = line + (hash & 3);
    if (MDCI_LIKELY(a->check == check))
        return (uint8_t *)a;
    struct mdci_slot *b = line + ((hash & 3) ^ 1);
    if (b->check == check)
        return (uint8_t *)b;
    struct mdci_slot *c = line + ((hash & 3) ^ 2);
    if (c->check == check)
        return (uint8_t *)c;
    unsigned least = mdci_state_count[a->state[0]];
    const unsigned seen_b = mdci_state_count[b->state[0]];
    const unsigned seen_c = mdci_state_count[c->state[0]];
    if (seen_b < least) {
        a = b;
        least = seen_b;
    }
    if (seen_c < least)
        a = c;
    memset(a, 0, sizeof *a);
    a->check = check;
    return (uint8_t *)a;
}

#endif
