/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inspect.c
 * \brief A walk over the headers of an archive that decodes nothing.
 *
 * Every header is read at once into one small buffer: what follows it does
 * not matter to its reader.
 *
 * Payloads are skipped, so that a cut is seen late: behind it, other bytes are
 * taken for headers until they cannot be any. A block is therefore believed
 * when the next block's header, or the footer, is good. Before that, its chunks
 * are searched for the start of another frame, as the decoder does.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/stream/coder.h"
#include "src/stream/encoder.h"

struct walk {
    mdc_read_at_fn *read_at;
    void *read_opaque;
    mdc_block_fn *on_block;
    void *opaque;
    struct mdc_archive_info *info;

    uint64_t size;   /* of the archive */
    uint64_t offset; /* where the walk is */
    uint8_t bytes[MDCI_HEADER_MAX];
    size_t count; /* of bytes, from offset */
    struct mdci_fault fault;

    uint64_t frame_offset;
    struct mdci_totals totals; /* of the frame */
    bool in_frame, in_block;
    uint64_t part; /* where the header or the record began */

    /* The newest block, until it is believed. */
    bool pending, ended;
    uint64_t chunks_at;      /* offset of its first chunk's header */
    size_t compact;          /* size of that; 0: the frame is not compact */
    struct mdci_chunk chunk; /* of a compact frame */
    struct mdci_plan plan;
    uint64_t most; /* plain bytes that it may have */
    struct mdc_block_info block;

    struct mdc_error gap; /* the first; MDC_OK: there is none */

    /* The frame's dictionary: its size, without data. */
    struct mdci_dictionary dictionary;
    enum mdc_dictionary_kind kind;
};

/* Fills w->bytes from w->offset, as far as the archive goes. */
static enum mdc_status peek(struct walk *w)
{
    w->count = (size_t)mdci_min_u64(w->size - w->offset, sizeof(w->bytes));
    if (w->count > 0 &&
        w->read_at(w->read_opaque, w->offset, w->bytes, w->count))
        return mdci_fault_set(&w->fault, MDC_IO, "%s", mdc_status_text(MDC_IO));
    return MDC_OK;
}

/* What a reader of w->bytes returned: there are no more bytes to wait for. */
static enum mdc_status passed(struct walk *w, enum mdc_status status,
                              const size_t *used)
{
    if (status == MDC_NEED_INPUT) {
        w->offset = w->size;
        return mdci_fault_set(&w->fault, MDC_TRUNCATED, "%s",
                              mdc_status_text(MDC_TRUNCATED));
    }
    MDCI_TRY(status);
    w->offset += *used;
    return MDC_OK;
}

static enum mdc_status skip(struct walk *w, uint64_t count)
{
    if (count > w->size - w->offset) {
        w->offset = w->size;
        return passed(w, MDC_NEED_INPUT, NULL);
    }
    w->offset += count;
    return MDC_OK;
}

/* What coding the block took: its level's codec and a front end take turns, and
 * the rows of front ends are levels. Those of the byte models' are ten or
 * twenty more for logs. */
static uint64_t encode_memory(const struct mdci_codec *codec,
                              const struct mdci_plan *plan)
{
    const struct mdc_options options = {.threads = 1};
    const uint64_t own = mdci_block_memory(codec, MDCI_ENCODE, plan);
    struct mdci_plan of_level = *plan;
    if (plan->dictionary.size > 0) /* no front end is tried */
        return own;
    if (codec->id != MDCI_CODEC_CM && codec->id != MDCI_CODEC_LOG &&
        codec->id != MDCI_CODEC_LIDAR)
        return own;
    const struct mdci_codec *level =
        mdci_codec_for_level((int)(plan->row % 10), &of_level.row);
    of_level.codec = level->id;
    const uint64_t memory = mdci_encoder_memusage(level, &of_level, &options);
    return memory == UINT64_MAX || memory < own ? own : memory;
}

/* info says offset, chunks, sizes and the dictionary's size already. */
static enum mdc_status report(struct walk *w, const struct mdci_plan *plan,
                              struct mdc_block_info *info)
{
    const struct mdci_codec *codec;
    MDCI_TRY(mdci_find_codec(plan, &codec, &w->fault));
    const uint64_t memory = mdci_block_memory(codec, MDCI_DECODE, plan);
    info->encode_memory = encode_memory(codec, plan);
    info->dictionary = w->kind;
    info->dictionary_id = mdci_dictionary_id(w->dictionary.check);
    info->size = sizeof(*info);
    info->frame = w->info->frames + w->info->cut_off;
    info->plain_offset = w->info->plain_size;
    info->memory = memory > info->memory ? memory : info->memory;
    info->codec = codec->name;
    info->row = plan->row;
    info->quantize = plan->step;
    if (w->info->quantize < plan->step)
        w->info->quantize = plan->step;
    info->epoch = MDCI_EPOCH;
    w->info->blocks++;
    w->info->plain_size += info->plain_size;
    if (info->lines == MDC_LINES_UNKNOWN)
        w->info->lines = MDC_LINES_UNKNOWN;
    else if (w->info->lines != MDC_LINES_UNKNOWN)
        w->info->lines += info->lines;
    if (w->info->memory < info->memory)
        w->info->memory = info->memory;
    if (w->on_block && w->on_block(w->opaque, info))
        return mdci_fault_set(&w->fault, MDC_IO, "%s", mdc_status_text(MDC_IO));
    return MDC_OK;
}

static enum mdc_status believe(struct walk *w)
{
    if (!w->pending)
        return MDC_OK;
    w->pending = false;
    return report(w, &w->plan, &w->block);
}

static enum mdc_status walk_compact(struct walk *w)
{
    struct mdci_compact_header header;
    size_t used = 0;
    MDCI_TRY(passed(
        w,
        mdci_read_compact_header(w->bytes, w->count, &used, &header, &w->fault),
        &used));
    w->block = (struct mdc_block_info){
        .offset = w->frame_offset,
        .packed_size = used + mdci_chunk_packed(&header.chunk),
        .plain_size = header.chunk.plain_size,
        .chunks = 1,
        .lines = MDC_LINES_UNKNOWN,
    };
    if (header.needs_dictionary) {
        w->kind = MDC_DICTIONARY_EXTERNAL;
        w->dictionary.check = header.dictionary_id;
        /* At most: its size is not known, but what there is room for. */
        header.plan.dictionary.size =
            (size_t)mdci_min_u64(header.plan.capacity - header.chunk.plain_size,
                                 MDCI_DICTIONARY_MAX);
        header.plan.capacity -= header.plan.dictionary.size;
    }
    w->plan = header.plan;
    w->chunk = header.chunk;
    w->chunks_at = w->frame_offset;
    w->compact = used;
    w->pending = true;
    w->ended = false;
    w->part = w->offset;
    MDCI_TRY(skip(w, mdci_chunk_packed(&header.chunk)));
    w->ended = true;
    return MDC_OK;
}

/* Reads a chunk's header where the walk is; *end is 1 behind the last. */
static enum mdc_status read_chunk(struct walk *w, struct mdci_chunk *chunk,
                                  int *end)
{
    size_t used = 0;
    *end = 0;
    MDCI_TRY(peek(w));
    return passed(w,
                  mdci_read_chunk_header(
                      w->bytes, w->count, &used, w->plan.kinds,
                      w->most - w->block.plain_size, end, chunk, &w->fault),
                  &used);
}

static enum mdc_status walk_block(struct walk *w, uint64_t offset,
                                  const struct mdci_block_header *header)
{
    w->block = (struct mdc_block_info){
        .offset = offset,
        .block = w->totals.blocks,
        .memory = header->memory > UINT64_MAX >> 10 ? UINT64_MAX
                                                    : header->memory << 10,
        .dictionary_size = w->dictionary.size,
        .lines = header->is_text ? header->text.lines : MDC_LINES_UNKNOWN,
        .clock = (enum mdc_clock)header->text.clock,
        .least_time = header->text.least,
        .greatest_time = header->text.greatest,
    };
    w->plan = header->plan;
    w->plan.dictionary = w->dictionary;
    w->chunks_at = w->offset;
    w->most = header->size_known ? header->plain_size : header->plan.capacity;
    w->pending = true;
    w->ended = false;
    if (header->number != w->totals.blocks)
        return mdci_fault_set(&w->fault, MDC_DATA,
                              "block %" PRIu64 " stands here", header->number);
    for (;;) {
        struct mdci_chunk chunk;
        int end;
        MDCI_TRY(read_chunk(w, &chunk, &end));
        if (end)
            break;
        MDCI_TRY(skip(w, mdci_chunk_packed(&chunk)));
        w->block.plain_size += chunk.plain_size;
        w->block.chunks++;
    }
    w->totals.blocks++;
    w->block.packed_size = w->offset - offset;
    w->ended = true;
    return MDC_OK;
}

static enum mdc_status walk_dictionary(struct walk *w, uint64_t body_size)
{
    struct mdci_dictionary_head head;
    size_t used = 0;
    if (w->kind != MDC_DICTIONARY_NONE || w->totals.blocks > 0)
        return mdci_fault_set(&w->fault, MDC_DATA,
                              "a dictionary record stands at a wrong place");
    MDCI_TRY(peek(w));
    w->count = (size_t)mdci_min_u64(w->count, body_size);
    const enum mdc_status status = mdci_read_dictionary_head(
        w->bytes, w->count, &used, body_size, &head, &w->fault);
    if (status == MDC_NEED_INPUT && w->count == body_size)
        return mdci_fault_set(&w->fault, MDC_DATA,
                              "a dictionary record is malformed");
    MDCI_TRY(passed(w, status, &used));
    w->kind = head.embedded ? MDC_DICTIONARY_EMBEDDED : MDC_DICTIONARY_EXTERNAL;
    w->dictionary.size = (size_t)head.size;
    w->dictionary.check = head.check;
    return skip(w, body_size - used);
}

static enum mdc_status walk_full(struct walk *w)
{
    size_t used = 0;
    MDCI_TRY(passed(
        w, mdci_read_full_header(w->bytes, w->count, &used, &w->fault), &used));
    for (;;) {
        const uint64_t offset = w->offset;
        struct mdci_item item;
        used = 0;
        w->part = offset;
        MDCI_TRY(peek(w));
        MDCI_TRY(passed(
            w, mdci_read_item(w->bytes, w->count, &used, &item, &w->fault),
            &used));
        if (item.type == MDCI_ITEM_BLOCK) {
            MDCI_TRY(believe(w));
            w->in_block = true;
            MDCI_TRY(walk_block(w, offset, &item.block));
            w->in_block = false;
            continue;
        }
        if (item.type == MDCI_ITEM_DICTIONARY)
            MDCI_TRY(walk_dictionary(w, item.body_size));
        else if (item.critical)
            return mdci_refuse_record(&item, &w->fault);
        else
            MDCI_TRY(skip(w, item.body_size));
        MDCI_TRY(skip(w, 4)); /* the check */
        if (item.type == MDCI_ITEM_SEEK_TABLE)
            return MDC_OK;
    }
}

static enum mdc_status walk_frame(struct walk *w, enum mdci_form form)
{
    size_t used = 0;
    w->frame_offset = w->offset;
    w->totals = (struct mdci_totals){0};
    w->dictionary = (struct mdci_dictionary){0};
    w->kind = MDC_DICTIONARY_NONE;
    w->in_frame = true;
    w->part = w->offset;
    w->compact = 0;
    MDCI_TRY(form == MDCI_FORM_FULL ? walk_full(w) : walk_compact(w));
    MDCI_TRY(peek(w));
    const uint64_t frame_size = w->offset + MDCI_FOOTER_SIZE - w->frame_offset;
    MDCI_TRY(passed(
        w, mdci_read_footer(w->bytes, w->count, &used, frame_size, &w->fault),
        &used));
    MDCI_TRY(believe(w));
    w->in_frame = false;
    w->info->frames++;
    w->info->packed_size = w->offset;
    return MDC_OK;
}

static enum mdc_status skip_zeros(struct walk *w)
{
    while (w->offset < w->size) {
        MDCI_TRY(peek(w));
        for (size_t i = 0; i < w->count; i++) {
            if (w->bytes[i] != 0) {
                w->offset += i;
                return MDC_OK;
            }
        }
        w->offset += w->count;
    }
    return MDC_OK;
}

/* ---- Cuts ---------------------------------------------------------------- */

/* Looks for the start of a frame from one offset on, before another. \return
 * MDC_OK: there is one, at w->offset; MDC_DATA: there is none; MDC_IO */
static enum mdc_status find_frame(struct walk *w, uint64_t from, uint64_t end)
{
    end = mdci_min_u64(end, w->size);
    for (w->offset = from; w->offset < end;) {
        MDCI_TRY(peek(w));
        if (mdci_read_frame_start(w->bytes, w->count) == MDC_OK)
            return MDC_OK;
        const uint8_t *next =
            memchr(w->bytes + 1, (uint8_t)MDCI_MAGIC[0], w->count - 1);
        w->offset += next ? (size_t)(next - w->bytes) : w->count;
    }
    return MDC_DATA;
}

/* The same, in the chunks of the newest block, whose sums are of those before
 * it then. What is stored may be an archive: there, only headers count. */
static enum mdc_status search_chunks(struct walk *w)
{
    if (w->compact) {
        const uint64_t packed = w->chunk.payload_size;
        w->block.chunks = w->block.plain_size = 0;
        return find_frame(w, w->chunks_at + 1,
                          w->chunks_at + w->compact + packed);
    }
    w->offset = w->chunks_at;
    w->block.chunks = w->block.plain_size = 0;
    for (;;) {
        const uint64_t at = w->offset;
        struct mdci_chunk chunk;
        int end;
        const enum mdc_status status = read_chunk(w, &chunk, &end);
        if (status != MDC_OK)
            return status == MDC_IO
                       ? status
                       : find_frame(w, at, at + MDCI_CHUNK_HEADER_MAX);
        if (end)
            return MDC_DATA;
        const uint64_t next = w->offset + mdci_chunk_packed(&chunk);
        const enum mdc_status found =
            find_frame(w, at, chunk.payload_size > 0 ? next : w->offset);
        if (found != MDC_DATA || next >= w->size)
            return found;
        w->offset = next;
        w->block.plain_size += chunk.plain_size;
        w->block.chunks++;
    }
}

/* The same, in the header or the record that is not good, from w->part to
 * w->offset, or behind zeros that stand where it should. */
static enum mdc_status search_part(struct walk *w)
{
    const uint64_t from = w->part + (w->part == w->frame_offset);
    const uint64_t end = w->offset > w->part ? w->offset : w->part;
    const enum mdc_status found = find_frame(w, from, end + MDCI_HEADER_MAX);
    if (found != MDC_DATA)
        return found;
    w->offset = w->part;
    MDCI_TRY(skip_zeros(w));
    if (w->offset == w->part || w->offset == w->size)
        return MDC_DATA;
    return find_frame(w, w->offset, w->offset + 1);
}

/* A frame that ends in a good footer was not cut: it is damaged. */
static bool is_footer_before(struct walk *w)
{
    const uint64_t offset = w->offset;
    size_t used;
    struct mdci_fault fault;
    if (offset - w->frame_offset < MDCI_FOOTER_SIZE)
        return false;
    w->offset -= MDCI_FOOTER_SIZE;
    const bool good =
        peek(w) == MDC_OK &&
        mdci_read_footer(w->bytes, w->count, &used, offset - w->frame_offset,
                         &fault) == MDC_OK;
    w->offset = offset;
    return good;
}

static void set_error(struct mdc_error *error, const struct walk *w);

/* Counts and reports what is whole of a frame that ends at w->offset. */
static enum mdc_status end_cut_frame(struct walk *w)
{
    if (!w->ended) {
        w->block.cut_off = 1;
        w->block.packed_size = w->offset - w->block.offset;
        w->block.lines = MDC_LINES_UNKNOWN;
        w->block.clock = MDC_CLOCK_NONE;
        if (w->compact) /* its only chunk is not whole */
            w->block.chunks = w->block.plain_size = 0;
    }
    MDCI_TRY(believe(w));
    w->info->cut_off++;
    w->info->packed_size = w->offset;
    w->in_frame = w->in_block = false;
    return MDC_OK;
}

/**
 * Looks at what is wrong with a frame.
 * \return MDC_OK: it is cut off, and the walk is where the next one begins;
 *         what is wrong
 */
static enum mdc_status pass_cut(struct walk *w, enum mdc_status status)
{
    const struct mdci_fault fault = w->fault;
    const uint64_t offset = w->offset;
    const struct mdc_block_info block = w->block;
    const bool in_block = w->in_block;
    if (!w->in_frame || (status != MDC_DATA && status != MDC_TRUNCATED &&
                         status != MDC_UNSUPPORTED))
        return status;
    enum mdc_status found = w->pending ? search_chunks(w) : MDC_DATA;
    if (found == MDC_OK)
        w->ended = false;
    if (found == MDC_DATA && !in_block) {
        w->block = block;
        w->offset = offset;
        found = search_part(w);
    }
    if (found == MDC_IO)
        return found;
    const bool cut = found == MDC_OK && !is_footer_before(w);
    if (!cut)
        w->offset = offset;
    w->fault = fault;
    if (cut) {
        (void)mdci_fault_set(&w->fault, MDC_GAP,
                             "the frame is cut off, another one begins here");
        if (w->gap.status == MDC_OK)
            set_error(&w->gap, w);
        return end_cut_frame(w);
    }
    if (status == MDC_TRUNCATED)
        MDCI_TRY(end_cut_frame(w));
    else if (w->pending && w->ended)
        MDCI_TRY(believe(w));
    w->in_block = in_block;
    w->fault = fault;
    return status;
}

static enum mdc_status walk_archive(struct walk *w)
{
    do {
        enum mdci_form form = MDCI_FORM_COMPACT;
        const size_t used = 0; /* the header's reader wants the magic, too */
        MDCI_TRY(peek(w));
        MDCI_TRY(passed(
            w, mdci_read_magic(w->bytes, w->count, &form, &w->fault), &used));
        enum mdc_status status = walk_frame(w, form);
        if (status != MDC_OK)
            MDCI_TRY(pass_cut(w, status));
        else
            MDCI_TRY(skip_zeros(w));
    } while (w->offset < w->size);
    return w->gap.status;
}

static void set_error(struct mdc_error *error, const struct walk *w)
{
    *error = (struct mdc_error){
        .status = w->fault.status,
        .block = w->totals.blocks,
        .offset = w->offset,
        .plain_offset = w->info->plain_size,
    };
    if (w->in_block)
        (void)snprintf(error->text, sizeof(error->text),
                       "block %" PRIu64 ", offset %" PRIu64 ": %s",
                       error->block, error->offset, w->fault.text);
    else
        (void)snprintf(error->text, sizeof(error->text),
                       "offset %" PRIu64 ": %s", error->offset, w->fault.text);
}

enum mdc_status mdc_inspect(mdc_read_at_fn *read_at, void *read_opaque,
                            uint64_t archive_size, mdc_block_fn *on_block,
                            void *opaque, struct mdc_archive_info *info,
                            struct mdc_error *error)
{
    if (error)
        *error = (struct mdc_error){0};
    if (!read_at || !info || info->size < sizeof(info->size))
        return MDC_PROG;
    struct mdc_archive_info sums = {.size = info->size};
    struct walk w = {
        .read_at = read_at,
        .read_opaque = read_opaque,
        .on_block = on_block,
        .opaque = opaque,
        .info = &sums,
        .size = archive_size,
    };
    const enum mdc_status status = walk_archive(&w);
    sums.trailing = archive_size - sums.packed_size;
    memcpy(info, &sums, info->size < sizeof(sums) ? info->size : sizeof(sums));
    if (status == MDC_GAP && error)
        *error = w.gap;
    else if (status != MDC_OK && error)
        set_error(error, &w);
    return status;
}
