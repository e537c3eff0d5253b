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
    /* Chosen without branches, which would often be foretold wrong. */
    const uint32_t a = hash & 3, b = a ^ 1, c = a ^ 2;
    uint32_t way = line[b].check == check ? b : c;
    way = line[a].check == check ? a : way;
    if (MDCI_LIKELY(line[way].check == check))
        return (uint8_t *)(line + way);
    const unsigned seen_a = mdci_state_count[line[a].state[0]];
    const unsigned seen_b = mdci_state_count[line[b].state[0]];
    const unsigned seen_c = mdci_state_count[line[c].state[0]];
    way = seen_b < seen_a ? b : a;
    way = seen_c < (seen_b < seen_a ? seen_b : seen_a) ? c : way;
    memset(line + way, 0, sizeof *line);
    line[way].check = check;
    return (uint8_t *)(line + way);
}

#endif
