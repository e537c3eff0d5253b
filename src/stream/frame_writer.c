/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file frame_writer.c
 * \brief The parts of a frame as bytes.
 */
#include "config.h"

#include "src/stream/frame.h"

#include <string.h>

#include "src/base/bytes.h"
#include "src/base/check.h"
#include "src/base/varint.h"

static size_t write_start(uint8_t *p, enum mdci_form form)
{
    memcpy(p, MDCI_MAGIC, MDCI_MAGIC_SIZE - 1);
    p[3] = (uint8_t)form;
    p[4] = MDCI_EPOCH;
    return 5;
}

/* Fits into a byte if there are neither kinds nor a step. */
static size_t write_row(uint8_t *p, const struct mdci_plan *plan)
{
    const unsigned row = plan->row + (plan->kinds ? MDCI_ROW_KINDS : 0);
    if (plan->step == 0)
        return mdci_varint_write(p, row);
    const size_t n = mdci_varint_write(p, row + MDCI_ROW_NEAR);
    return n + mdci_varint_write(p + n, plan->step);
}

size_t mdci_write_compact_header(uint8_t *p, const struct mdci_plan *plan,
                                 const struct mdci_chunk *chunk,
                                 const uint8_t *payload, const uint8_t *content)
{
    const struct mdci_dictionary *dictionary = &plan->dictionary;
    size_t n = write_start(p, dictionary->size ? MDCI_FORM_COMPACT_DICTIONARY
                                               : MDCI_FORM_COMPACT);
    p[n++] = (uint8_t)plan->codec;
    n += write_row(p + n, plan);
    if (dictionary->size) {
        mdci_store_le(p + n, mdci_dictionary_id(dictionary->check), 4);
        n += 4;
        p[n] = 0;
        while (UINT64_C(1) << p[n] < mdci_plan_room(plan))
            p[n]++;
        n++;
    }
    n += mdci_varint_write(p + n, chunk->plain_size);
    n += mdci_varint_write(p + n, chunk->payload_size);
    p[n] = (uint8_t)mdci_check(p, n, 0);
    n++;
    const uint64_t seed = mdci_check(p, n, 0);
    mdci_store_le(p + n, mdci_chunk_check(chunk, seed, payload, content), 8);
    return n + 8;
}

size_t mdci_write_full_header(uint8_t *p)
{
    size_t n = write_start(p, MDCI_FORM_FULL);
    p[n++] = 0; /* flags */
    mdci_store_le(p + n, mdci_check(p, n, 0), 2);
    return n + 2;
}

/* The check of all bytes from out->data + from. */
static void add_record_check(struct mdci_buffer *out, size_t from)
{
    uint8_t *end = out->data + out->size;
    const uint64_t check = mdci_check(out->data + from, out->size - from, 0);
    mdci_store_le(end, check, 4);
    out->size += 4;
}

enum mdc_status mdci_write_dictionary(struct mdci_buffer *out,
                                      const struct mdc_allocator *allocator,
                                      const struct mdci_dictionary_head *head,
                                      const uint8_t *payload,
                                      size_t payload_size)
{
    uint8_t body[MDCI_DICTIONARY_HEAD_MAX];
    mdci_store_le(body, head->check, 8);
    size_t size = 8 + mdci_varint_write(body + 8, head->size);
    body[size++] = (uint8_t)head->embedded;
    if (head->embedded) {
        body[size++] = (uint8_t)head->plan.codec;
        body[size++] = (uint8_t)head->plan.row;
    }
    const size_t from = out->size;
    const size_t most = 2 * MDCI_VARINT_MAX + size + payload_size + 4;
    MDCI_TRY(mdci_buffer_reserve(out, allocator, from + most, SIZE_MAX));
    uint8_t *p = out->data + from;
    size_t n = mdci_varint_write(p, MDCI_ITEM_DICTIONARY * 2 + 1);
    n += mdci_varint_write(p + n, size + payload_size);
    memcpy(p + n, body, size);
    n += size;
    if (payload_size > 0)
        memcpy(p + n, payload, payload_size);
    out->size += n + payload_size;
    add_record_check(out, from);
    return MDC_OK;
}

/* Behind the other fields of a block's body: what texts have. */
static size_t write_text_facts(uint8_t *p, const struct mdci_text_facts *text)
{
    const uint64_t least = (uint64_t)text->least;
    size_t n = mdci_varint_write(p, text->lines);
    n += mdci_varint_write(p + n, text->clock);
    if (text->clock == MDC_CLOCK_NONE)
        return n;
    n += mdci_varint_write(p + n, least << 1 ^ (0 - (least >> 63)));
    return n + mdci_varint_write(p + n, (uint64_t)text->greatest - least);
}

size_t mdci_write_block_header(uint8_t *p,
                               const struct mdci_block_header *header)
{
    uint8_t body[11 * MDCI_VARINT_MAX];
    size_t size = mdci_varint_write(body, header->number);
    size += mdci_varint_write(body + size, header->plan.codec);
    size += write_row(body + size, &header->plan);
    size += mdci_varint_write(body + size, header->plan.capacity);
    size += mdci_varint_write(body + size, header->memory);
    size += mdci_varint_write(body + size,
                              header->size_known ? header->plain_size + 1 : 0);
    if (header->is_text)
        size += write_text_facts(body + size, &header->text);

    size_t n = mdci_varint_write(p, MDCI_ITEM_BLOCK * 2 + 1);
    memcpy(p + n, MDCI_SYNC_MARKER, MDCI_SYNC_MARKER_SIZE);
    n += MDCI_SYNC_MARKER_SIZE;
    n += mdci_varint_write(p + n, size);
    memcpy(p + n, body, size);
    n += size;
    mdci_store_le(p + n, mdci_check(p, n, 0), 4);
    return n + 4;
}

/* What stands for the size of the payload. */
static uint64_t what_is_said(int kinds, const struct mdci_chunk *chunk)
{
    if (chunk->kind == MDCI_CHUNK_NOISE)
        return MDCI_SAYS_NOISE;
    if (chunk->kind == MDCI_CHUNK_RUN)
        return MDCI_SAYS_RUN + chunk->payload_size;
    return chunk->payload_size +
           (kinds && chunk->payload_size > 0 ? MDCI_SAYS_PAYLOAD : 0);
}

size_t mdci_write_chunk_header(uint8_t *p, int kinds,
                               const struct mdci_chunk *chunk)
{
    size_t n = mdci_varint_write(p, chunk->plain_size);
    n += mdci_varint_write(p + n, what_is_said(kinds, chunk));
    mdci_store_le(p + n, chunk->check, 8);
    return n + 8;
}

size_t mdci_write_seek_entry(uint8_t *p, uint64_t packed, uint64_t plain)
{
    const size_t n = mdci_varint_write(p, packed);
    return n + mdci_varint_write(p + n, plain);
}

enum mdc_status mdci_write_seek_table(struct mdci_buffer *out,
                                      const struct mdc_allocator *allocator,
                                      const struct mdci_totals *totals,
                                      const uint8_t *entries, uint64_t content)
{
    const uint64_t body = mdci_seek_body_size(totals);
    const size_t most = (size_t)body + 2 * MDCI_VARINT_MAX + 4;
    MDCI_TRY(mdci_buffer_reserve(out, allocator, out->size + most, SIZE_MAX));
    uint8_t *p = out->data + out->size;
    size_t n = mdci_varint_write(p, MDCI_ITEM_SEEK_TABLE * 2);
    n += mdci_varint_write(p + n, body);
    n += mdci_varint_write(p + n, totals->plain_size);
    mdci_store_le(p + n, content, 8);
    n += 8;
    n += mdci_varint_write(p + n, totals->blocks);
    if (totals->entries_size > 0)
        memcpy(p + n, entries, (size_t)totals->entries_size);
    n += (size_t)totals->entries_size;
    mdci_store_le(p + n, n + 4 + 4, 4);
    const size_t from = out->size;
    out->size += n + 4;
    add_record_check(out, from);
    return MDC_OK;
}

size_t mdci_write_footer(uint8_t *p, uint64_t frame_size)
{
    mdci_store_le(p, frame_size, 6);
    mdci_store_le(p + 6, mdci_check(p, 6, MDCI_FOOTER_SEED), 2);
    return MDCI_FOOTER_SIZE;
}
