/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file inspect.c
 * \brief A walk over the headers of an archive that decodes nothing.
 *
 * Every header is read at once into one small buffer: what follows it does
 * not matter to its reader.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/stream/coder.h"

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
    bool in_block;

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

/* info says offset, chunks, sizes and the dictionary's size already. */
static enum mdc_status report(struct walk *w, const struct mdci_plan *plan,
                              struct mdc_block_info *info)
{
    const struct mdci_codec *codec;
    MDCI_TRY(mdci_find_codec(plan, &codec, &w->fault));
    const uint64_t memory = mdci_block_memory(codec, MDCI_DECODE, plan);
    info->encode_memory = mdci_block_memory(codec, MDCI_ENCODE, plan);
    info->dictionary = w->kind;
    info->dictionary_id = mdci_dictionary_id(w->dictionary.check);
    info->size = sizeof(*info);
    info->frame = w->info->frames;
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

static enum mdc_status walk_compact(struct walk *w)
{
    struct mdci_compact_header header;
    size_t used = 0;
    MDCI_TRY(passed(
        w,
        mdci_read_compact_header(w->bytes, w->count, &used, &header, &w->fault),
        &used));
    MDCI_TRY(skip(w, mdci_chunk_packed(&header.chunk)));
    struct mdc_block_info info = {
        .offset = w->frame_offset,
        .packed_size = w->offset - w->frame_offset,
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
    return report(w, &header.plan, &info);
}

static enum mdc_status walk_block(struct walk *w, uint64_t offset,
                                  const struct mdci_block_header *header)
{
    struct mdc_block_info info = {
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
    struct mdci_plan plan = header->plan;
    plan.dictionary = w->dictionary;
    if (header->number != w->totals.blocks)
        return mdci_fault_set(&w->fault, MDC_DATA,
                              "block %" PRIu64 " stands here", header->number);
    const uint64_t most =
        header->size_known ? header->plain_size : header->plan.capacity;
    for (;;) {
        struct mdci_chunk chunk;
        size_t used = 0;
        int end = 0;
        MDCI_TRY(peek(w));
        MDCI_TRY(passed(w,
                        mdci_read_chunk_header(w->bytes, w->count, &used,
                                               plan.kinds,
                                               most - info.plain_size, &end,
                                               &chunk, &w->fault),
                        &used));
        if (end)
            break;
        MDCI_TRY(skip(w, mdci_chunk_packed(&chunk)));
        info.plain_size += chunk.plain_size;
        info.chunks++;
    }
    w->totals.blocks++;
    info.packed_size = w->offset - offset;
    return report(w, &plan, &info);
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
        MDCI_TRY(peek(w));
        MDCI_TRY(passed(
            w, mdci_read_item(w->bytes, w->count, &used, &item, &w->fault),
            &used));
        if (item.type == MDCI_ITEM_BLOCK) {
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
    MDCI_TRY(form == MDCI_FORM_FULL ? walk_full(w) : walk_compact(w));
    MDCI_TRY(peek(w));
    const uint64_t frame_size = w->offset + MDCI_FOOTER_SIZE - w->frame_offset;
    MDCI_TRY(passed(
        w, mdci_read_footer(w->bytes, w->count, &used, frame_size, &w->fault),
        &used));
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

static enum mdc_status walk_archive(struct walk *w)
{
    do {
        enum mdci_form form = MDCI_FORM_COMPACT;
        const size_t used = 0; /* the header's reader wants the magic, too */
        MDCI_TRY(peek(w));
        MDCI_TRY(passed(
            w, mdci_read_magic(w->bytes, w->count, &form, &w->fault), &used));
        MDCI_TRY(walk_frame(w, form));
        MDCI_TRY(skip_zeros(w));
    } while (w->offset < w->size);
    return MDC_OK;
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
    if (status != MDC_OK && error)
        set_error(error, &w);
    return status;
}
