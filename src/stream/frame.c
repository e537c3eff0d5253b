/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file frame.c
 * \brief What writers and readers of a frame have in common.
 */
#include "config.h"

#include "src/stream/frame.h"

#include "src/base/bytes.h"
#include "src/base/check.h"
#include "src/base/varint.h"

void mdci_plan_round_up(struct mdci_plan *plan)
{
    uint64_t room = 1;
    while (room < mdci_plan_room(plan))
        room *= 2;
    plan->capacity = room - plan->dictionary.size;
}

int mdci_plan_same(const struct mdci_plan *a, const struct mdci_plan *b)
{
    return a->codec == b->codec && a->row == b->row && a->step == b->step &&
           a->capacity == b->capacity &&
           mdci_dictionary_same(&a->dictionary, &b->dictionary);
}

uint64_t mdci_chunk_seed(uint64_t offset, const struct mdci_chunk *chunk)
{
    uint8_t bytes[24];
    mdci_store_le(bytes, offset, 8);
    mdci_store_le(bytes + 8, chunk->plain_size, 8);
    mdci_store_le(bytes + 16,
                  chunk->kind == MDCI_CHUNK_USUAL ? chunk->payload_size
                                                  : ~chunk->payload_size,
                  8);
    return mdci_check(bytes, sizeof(bytes), 0);
}

uint64_t mdci_chunk_check(const struct mdci_chunk *chunk, uint64_t seed,
                          const uint8_t *payload, const uint8_t *content)
{
    if (chunk->payload_size > 0)
        seed = mdci_check(payload, (size_t)chunk->payload_size, seed);
    return mdci_check(content, (size_t)chunk->plain_size, seed);
}

uint64_t mdci_seek_body_size(const struct mdci_totals *totals)
{
    return mdci_varint_size(totals->plain_size) + 8 +
           mdci_varint_size(totals->blocks) + totals->entries_size + 4;
}
