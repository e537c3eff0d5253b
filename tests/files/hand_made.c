/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file hand_made.c
 * \brief Archives that are put together part by part.
 */
#include "config.h"

#include "tests/files/hand_made.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/check.h"
#include "src/base/varint.h"

/* Room for a part, behind what is there. */
static uint8_t *room(struct hand_made *a, size_t size)
{
    if (HAND_MADE_MAX - a->size < size)
        abort();
    return a->bytes + a->size;
}

void hand_add(struct hand_made *a, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(room(a, size), bytes, size);
    a->size += size;
}

void hand_add_frame(struct hand_made *a, const void *content, size_t size,
                    const struct mdc_options *options)
{
    size_t packed;
    a->frame_at = a->size;
    if (mdc_compress(a->bytes + a->size, HAND_MADE_MAX - a->size, &packed,
                     content, size, options) != MDC_OK)
        abort();
    a->size += packed;
}

void hand_start_frame(struct hand_made *a)
{
    a->frame_at = a->size;
    a->totals = (struct mdci_totals){0};
    a->size += mdci_write_full_header(room(a, MDCI_FULL_HEADER_SIZE));
}

struct mdci_block_header hand_stored_block(void)
{
    return (struct mdci_block_header){
        .plan = {.codec = 0, .row = 0, .capacity = 4096},
        .memory = 1,
    };
}

void hand_start_block(struct hand_made *a,
                      const struct mdci_block_header *header)
{
    a->block_at = a->size;
    a->block_plain = 0;
    a->size += mdci_write_block_header(room(a, MDCI_BLOCK_HEADER_MAX), header);
}

void hand_add_chunk(struct hand_made *a, const void *content, size_t size,
                    const void *payload, size_t payload_size)
{
    struct mdci_chunk chunk = {
        .plain_size = size,
        .payload_size = payload ? payload_size : 0,
    };
    chunk.check =
        mdci_chunk_check(&chunk, mdci_chunk_seed(a->totals.plain_size, &chunk),
                         payload, content);
    if (size > HAND_MADE_MAX - a->totals.plain_size)
        abort();
    memcpy(a->content + a->totals.plain_size, content, size);
    a->totals.plain_size += size;
    a->block_plain += size;
    a->chunk_at = a->size;
    a->size +=
        mdci_write_chunk_header(room(a, MDCI_CHUNK_HEADER_MAX), 0, &chunk);
    hand_add(a, payload ? payload : content, payload ? payload_size : size);
}

void hand_end_block(struct hand_made *a)
{
    const uint8_t end = MDCI_BLOCK_END;
    a->end_at = a->size;
    hand_add(a, &end, 1);
    if (sizeof(a->entries) - a->totals.entries_size < 2 * MDCI_VARINT_MAX)
        abort();
    a->totals.blocks++;
    a->totals.entries_size +=
        mdci_write_seek_entry(a->entries + a->totals.entries_size,
                              a->size - a->block_at, a->block_plain);
}

void hand_add_record(struct hand_made *a, uint64_t tag, const void *body,
                     size_t size)
{
    const size_t from = a->size;
    uint8_t *p = room(a, 2 * MDCI_VARINT_MAX);
    size_t n = mdci_varint_write(p, tag);
    n += mdci_varint_write(p + n, size);
    a->size += n;
    hand_add(a, body, size);
    hand_add(a, "????", 4);
    hand_fix_check(a, from, a->size, 4);
}

void hand_end_frame(struct hand_made *a)
{
    static const struct mdc_allocator no_hooks;
    struct mdci_buffer table = {0};
    const uint64_t content =
        mdci_check(a->content, (size_t)a->totals.plain_size, 0);
    if (mdci_write_seek_table(&table, &no_hooks, &a->totals, a->entries,
                              content) != MDC_OK)
        abort();
    a->tail_at = a->size;
    hand_add(a, table.data, table.size);
    mdci_buffer_free(&table, &no_hooks);
    uint8_t *footer = room(a, MDCI_FOOTER_SIZE);
    a->size += MDCI_FOOTER_SIZE;
    (void)mdci_write_footer(footer, a->size - a->frame_at);
}

void hand_fix_check(struct hand_made *a, size_t from, size_t to, unsigned count)
{
    const uint64_t check = mdci_check(a->bytes + from, to - count - from, 0);
    mdci_store_le(a->bytes + to - count, check, count);
}

void hand_fix_footer(struct hand_made *a)
{
    uint8_t *footer = a->bytes + a->size - MDCI_FOOTER_SIZE;
    (void)mdci_write_footer(footer, mdci_load_le(footer, 6));
}
