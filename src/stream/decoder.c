/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file decoder.c
 * \brief From frames to plain bytes.
 *
 * The caller's thread walks the archive byte by byte through the headers and
 * collects payloads; blocks restore them, with several threads several blocks
 * at once; what is checked leaves in order. An error of the walk waits until
 * all bytes before it have left.
 *
 * A frame may be cut off, as its writer was, and another one may follow. The
 * part that was cut then holds the start of the next frame, and is not good.
 * So a payload that a frame's header stands in is judged before the walk goes
 * on: if it is not good, what stands from that header on is read again.
 */
#include "config.h"

#include "src/stream/decoder.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/check.h"
#include "src/base/varint.h"
#include "src/stream/block_decoder.h"

enum {
    /* Payloads up to this size, a usual chunk's, get their memory at once: it
     * is not moved while they arrive. */
    AT_ONCE = 1 << 20,
    /* Bytes of a record that are kept in case that it is cut. Larger ones are
     * seek tables of some 10,000 blocks. */
    KEEP_MOST = 64 << 10,
    /* Reading again behind cuts may cost so many times what the archive has,
     * and so many bytes for a start: many cuts in a row are no accident. */
    AGAIN_TIMES = 64,
    AGAIN_DECODED = 8, /* so much more a byte that was decoded counts */
    AGAIN_START = 64 << 20
};

/* What the walk reads next. */
enum part {
    PART_MAGIC,
    PART_COMPACT_HEADER,
    PART_FULL_HEADER,
    PART_ITEM,
    PART_BLOCK_START, /* reads nothing: waits for a place for the block */
    PART_CHUNK_HEADER,
    PART_PAYLOAD,
    PART_VERDICT, /* reads nothing: waits until the chunk is judged */
    PART_RECORD_BODY,
    PART_DICTIONARY_BODY,
    PART_DICTIONARY_CHECK,
    PART_SEEK_HEAD,
    PART_SEEK_ENTRIES,
    PART_SEEK_LENGTH,
    PART_RECORD_CHECK,
    PART_FOOTER,
    PART_FRAME_END, /* reads nothing: waits until all has left */
    PART_SEARCH,    /* the next frame, behind a cut */
    PART_CUT,       /* reads nothing: waits until all has left */
    PART_NEXT,      /* reads nothing: the header that was found is in hold */
    PART_FAULT      /* reads nothing: the walk is over */
};

struct mdc_dctx {
    struct mdc_options options;
    struct mdci_queue queue;
    struct mdc_error error;

    /* The walk. */
    enum part part;
    uint8_t hold[MDCI_HEADER_MAX]; /* the part so far, if it is a header */
    size_t hold_size;
    bool waiting;         /* a whole header is in hold */
    uint64_t left;        /* bytes of the part to come, if it is not */
    uint64_t offset;      /* bytes read of the archive */
    uint64_t part_offset; /* where the part, or its chunk or record, began */
    struct mdci_fault fault;
    uint64_t fault_offset;

    /* Cuts. */
    struct mdci_buffer again; /* what is read again, */
    size_t again_pos;         /* as far as it was */
    uint64_t again_sum;       /* of all that was read again */
    struct mdci_buffer kept;  /* the record so far */
    bool keeping;             /* `kept` is all of it */
    uint64_t
        search_end; /* the next frame begins before, or behind zeros only */
    uint64_t tail;  /* the last eight bytes before the place of search */
    uint64_t cuts;  /* frames that were cut off */

    /* The frame. */
    uint64_t frames; /* complete ones */
    uint64_t frame_offset;
    bool compact;
    struct mdci_totals totals;
    struct mdci_hash *content; /* of what has left */
    uint64_t content_check;    /* what it must come to */
    struct mdci_item item;
    struct mdci_dictionary given;      /* from outside */
    struct mdci_dictionary own;        /* embedded in the frame */
    bool dictionary_seen;              /* the frame has a record of one */
    struct mdci_dictionary dictionary; /* of the frame: given, own or none */

    /* The block. */
    bool in_block;
    uint64_t block_offset;
    struct mdci_block_header block;
    uint64_t block_plain; /* bytes of its chunks so far */
    struct mdci_packed_chunk *chunk;

    /* Records: what is read, what entries the blocks gave, what were read. */
    struct mdci_hash *record, *entries, *entries_read;
    struct mdci_buffer body; /* of a dictionary record */

    /* Blocks, a ring: the newest gets chunks, the oldest is written out. */
    struct mdci_block_decoder *blocks;
    unsigned oldest, used;
    uint64_t plain_written; /* of all frames */
    uint64_t plain_claimed; /* the same, as headers say */
    uint64_t plain_most;
    uint64_t step; /* the largest of a block that began */
};

static enum mdc_status set_error(struct mdc_dctx *d,
                                 const struct mdci_fault *fault, bool in_block,
                                 uint64_t block, uint64_t offset)
{
    struct mdc_error *e = &d->error;
    e->status = fault->status;
    e->block = block;
    e->offset = offset;
    e->plain_offset = d->plain_written;
    if (in_block)
        (void)snprintf(e->text, sizeof(e->text),
                       "block %" PRIu64 ", offset %" PRIu64 ": %s", block,
                       offset, fault->text);
    else
        (void)snprintf(e->text, sizeof(e->text), "offset %" PRIu64 ": %s",
                       offset, fault->text);
    return e->status;
}

/* ---- Blocks and what leaves them ---------------------------------------- */

static struct mdci_block_decoder *oldest_block(struct mdc_dctx *d)
{
    return &d->blocks[d->oldest];
}

static struct mdci_block_decoder *newest_block(struct mdc_dctx *d)
{
    return &d->blocks[(d->oldest + d->used - 1) % d->options.threads];
}

static void tell_progress(const struct mdc_dctx *d)
{
    if (d->options.progress)
        d->options.progress(d->options.progress_opaque, d->plain_written,
                            d->offset);
}

static void take(struct mdc_dctx *d, struct mdci_block_decoder *block,
                 struct mdc_output *out, size_t size)
{
    uint8_t *p = (uint8_t *)out->data + out->pos;
    mdci_block_decoder_take(block, p, size);
    if (!d->compact)
        mdci_hash_update(d->content, p, size);
    out->pos += size;
    d->plain_written += size;
    tell_progress(d);
}

/**
 * Writes what is ready, oldest block first.
 * \return MDC_OK; MDC_NEED_OUTPUT if more is ready; what is wrong with the
 *         block that comes next
 */
static enum mdc_status deliver(struct mdc_dctx *d, struct mdc_output *out)
{
    while (d->used > 0) {
        struct mdci_block_decoder *block = oldest_block(d);
        const struct mdci_block_news news =
            mdci_block_decoder_look(block, false);
        const size_t n = mdci_min_size(news.ready, out->size - out->pos);
        if (n > 0)
            take(d, block, out, n);
        if (n < news.ready)
            return MDC_NEED_OUTPUT;
        if (news.busy)
            return MDC_OK;
        if (news.failed && d->part == PART_VERDICT && block == newest_block(d))
            return MDC_OK;
        if (news.failed && !block->cut_off)
            return set_error(d, &block->fault, true, block->number,
                             block->fault_offset);
        if (!block->closed)
            return MDC_OK;
        if (block->cut_off)
            mdci_block_decoder_release(block);
        d->oldest = (d->oldest + 1) % d->options.threads;
        d->used--;
    }
    return MDC_OK;
}

/* Whether the oldest block has, or will have, something without new input;
 * waits for it if so. */
static bool wait_for_blocks(struct mdc_dctx *d)
{
    if (d->used == 0)
        return false;
    const struct mdci_block_news news =
        mdci_block_decoder_look(oldest_block(d), true);
    return news.ready > 0 || news.failed || oldest_block(d)->closed ||
           d->part == PART_VERDICT || d->used > 1;
}

static uint64_t other_memory(const struct mdc_dctx *d,
                             const struct mdci_block_decoder *but)
{
    uint64_t sum = d->again.capacity;
    for (unsigned i = 0; i < d->options.threads; i++)
        if (&d->blocks[i] != but)
            sum += d->blocks[i].memory;
    return sum;
}

static void release_unused(struct mdc_dctx *d)
{
    for (unsigned i = d->used; i < d->options.threads; i++)
        mdci_block_decoder_release(
            &d->blocks[(d->oldest + i) % d->options.threads]);
}

static uint64_t memory_of(const struct mdc_dctx *d,
                          const struct mdci_codec *codec)
{
    const struct mdci_block_header *header = &d->block;
    const uint64_t own = mdci_block_memory(codec, MDCI_DECODE, &header->plan);
    const uint64_t stated =
        header->memory > UINT64_MAX >> 10 ? UINT64_MAX : header->memory << 10;
    return own > stated ? own : stated;
}

static uint64_t memory_limit(const struct mdc_dctx *d)
{
    return d->options.memory_limit ? d->options.memory_limit : UINT64_MAX;
}

static enum mdc_status check_memory(struct mdc_dctx *d, uint64_t memory)
{
    const uint64_t limit = memory_limit(d);
    if (memory > limit)
        return mdci_fault_set(&d->fault, MDC_MEMLIMIT,
                              "decoding needs %" PRIu64
                              " KiB of memory, the limit is %" PRIu64 " KiB",
                              (memory >> 10) + (memory % 1024 != 0),
                              limit >> 10);
    return MDC_OK;
}

/**
 * Makes the block whose header was read the newest.
 * \return MDC_OK; MDC_NEED_OUTPUT if older ones must leave before; an error
 */
static enum mdc_status start_block(struct mdc_dctx *d)
{
    if (d->used == d->options.threads)
        return MDC_NEED_OUTPUT;
    const struct mdci_codec *codec;
    MDCI_TRY(mdci_find_codec(&d->block.plan, &codec, &d->fault));
    struct mdci_block_decoder *block =
        &d->blocks[(d->oldest + d->used) % d->options.threads];
    const uint64_t memory = memory_of(d, codec);
    const uint64_t limit = memory_limit(d);
    MDCI_TRY(check_memory(d, memory));
    if (block->codec != codec ||
        !mdci_coder_serves(codec, &block->plan, &d->block.plan))
        mdci_block_decoder_release(block);
    if (other_memory(d, block) > limit - memory)
        release_unused(d);
    if (other_memory(d, block) > limit - memory)
        return d->used > 0 ? MDC_NEED_OUTPUT
                           : check_memory(d, memory + other_memory(d, block));
    /* A state that serves again may be one for more. */
    if (block->memory < memory)
        block->memory = memory;
    if (d->step < d->block.plan.step)
        d->step = d->block.plan.step;
    if (mdci_block_decoder_start(block, codec, &d->block.plan,
                                 d->block.number) != MDC_OK)
        return mdci_fault_set(&d->fault, MDC_MEM, "%s",
                              mdc_status_text(MDC_MEM));
    d->used++;
    return MDC_OK;
}

/* ---- The walk ------------------------------------------------------------ */

static void start_part(struct mdc_dctx *d, enum part part)
{
    d->part = part;
    d->hold_size = 0;
}

static enum mdc_status no_memory(struct mdc_dctx *d)
{
    return mdci_fault_set(&d->fault, MDC_MEM, "%s", mdc_status_text(MDC_MEM));
}

/* Refuses what is more than may be restored, before it is. */
static enum mdc_status check_claim(struct mdc_dctx *d, uint64_t size)
{
    if (size > d->plain_most - d->plain_claimed)
        return mdci_fault_set(&d->fault, MDC_OUTLIMIT,
                              "more output than the limit of %" PRIu64
                              " bytes allows",
                              d->plain_most);
    return MDC_OK;
}

static void append_hold(struct mdc_dctx *d, struct mdci_buffer *to)
{
    memcpy(to->data + to->size, d->hold, d->hold_size);
    to->size += d->hold_size;
}

/* The chunk's header is in hold. */
static enum mdc_status
start_chunk(struct mdc_dctx *d, const struct mdci_chunk *header, uint64_t seed)
{
    const struct mdc_allocator *allocator = &d->options.allocator;
    const uint64_t size = d->hold_size + mdci_chunk_packed(header);
    MDCI_TRY(check_claim(d, header->plain_size));
    d->chunk = mdci_packed_chunk_new((size_t)size, allocator);
    if (!d->chunk ||
        mdci_buffer_reserve(&d->chunk->bytes, allocator,
                            size <= AT_ONCE ? (size_t)size : d->hold_size,
                            (size_t)size) != MDC_OK)
        return no_memory(d);
    d->chunk->header = *header;
    d->chunk->seed = seed;
    d->chunk->offset = d->part_offset;
    d->chunk->head = d->hold_size;
    append_hold(d, &d->chunk->bytes);
    d->plain_claimed += header->plain_size;
    d->block_plain += header->plain_size;
    d->totals.plain_size += header->plain_size;
    return MDC_OK;
}

static enum mdc_status end_block(struct mdc_dctx *d)
{
    if (d->block.size_known && d->block_plain != d->block.plain_size)
        return mdci_fault_set(&d->fault, MDC_DATA,
                              "the block is shorter than its header says");
    uint8_t entry[2 * MDCI_VARINT_MAX];
    const size_t size = mdci_write_seek_entry(
        entry, d->offset - d->block_offset, d->block_plain);
    mdci_hash_update(d->entries, entry, size);
    d->totals.entries_size += size;
    d->totals.blocks++;
    newest_block(d)->closed = true;
    d->in_block = false;
    start_part(d, PART_ITEM);
    return MDC_OK;
}

/* Keeps bytes of a record, unless they become too many. */
static void keep(struct mdc_dctx *d, const uint8_t *p, size_t size)
{
    struct mdci_buffer *kept = &d->kept;
    d->keeping = d->keeping && size <= KEEP_MOST - kept->size &&
                 mdci_buffer_reserve(kept, &d->options.allocator,
                                     kept->size + size, KEEP_MOST) == MDC_OK;
    if (!d->keeping || size == 0)
        return;
    memcpy(kept->data + kept->size, p, size);
    kept->size += size;
}

static void start_record(struct mdc_dctx *d)
{
    d->kept.size = 0;
    d->keeping = true;
    keep(d, d->hold, d->hold_size);
    mdci_hash_reset(d->record);
    mdci_hash_update(d->record, d->hold, d->hold_size);
    d->left = d->item.body_size;
}

static enum mdc_status start_dictionary(struct mdc_dctx *d)
{
    if (d->dictionary_seen || d->totals.blocks > 0)
        return mdci_fault_set(&d->fault, MDC_DATA,
                              "a dictionary record stands at a wrong place");
    if (d->item.body_size > MDCI_DICTIONARY_MAX + MDCI_DICTIONARY_HEAD_MAX)
        return mdci_fault_set(&d->fault, MDC_UNSUPPORTED,
                              "a dictionary of more than %u MiB",
                              (unsigned)(MDCI_DICTIONARY_MAX >> 20));
    MDCI_TRY(check_memory(d, d->item.body_size));
    d->dictionary_seen = true;
    d->keeping = false;
    start_part(d, PART_DICTIONARY_BODY);
    return MDC_OK;
}

/* An item's first bytes are in hold. */
static enum mdc_status handle_item(struct mdc_dctx *d)
{
    const struct mdci_item *item = &d->item;
    if (item->type == MDCI_ITEM_BLOCK) {
        d->block = item->block;
        d->block.plan.dictionary = d->dictionary;
        d->block_offset = d->part_offset;
        d->block_plain = 0;
        d->in_block = true;
        if (d->block.size_known)
            MDCI_TRY(check_claim(d, d->block.plain_size));
        if (d->block.number != d->totals.blocks)
            return mdci_fault_set(&d->fault, MDC_DATA,
                                  "block %" PRIu64 " stands here",
                                  d->block.number);
        start_part(d, PART_BLOCK_START);
        return MDC_OK;
    }
    start_record(d);
    if (item->type == MDCI_ITEM_DICTIONARY)
        return start_dictionary(d);
    if (item->type != MDCI_ITEM_SEEK_TABLE) {
        if (item->critical)
            return mdci_refuse_record(item, &d->fault);
        start_part(d, PART_RECORD_BODY);
        return MDC_OK;
    }
    if (item->body_size != mdci_seek_body_size(&d->totals))
        return mdci_fault_set(&d->fault, MDC_DATA,
                              "the seek table does not match the blocks");
    start_part(d, PART_SEEK_HEAD);
    mdci_hash_reset(d->entries_read);
    return MDC_OK;
}

/* The dictionary from outside must be the one that is asked for. */
static enum mdc_status use_given(struct mdc_dctx *d, uint32_t id)
{
    const uint32_t given = mdci_dictionary_id(d->given.check);
    if (d->given.size == 0)
        return mdci_fault_set(
            &d->fault, MDC_DICTIONARY,
            "the archive needs dictionary %08" PRIx32 ", none is given", id);
    if (given != id)
        return mdci_fault_set(&d->fault, MDC_DICTIONARY,
                              "the archive needs dictionary %08" PRIx32
                              ", the one given is %08" PRIx32,
                              id, given);
    return MDC_OK;
}

static enum mdc_status read_compact_header(struct mdc_dctx *d)
{
    struct mdci_compact_header header;
    size_t used;
    MDCI_TRY(mdci_read_compact_header(d->hold, d->hold_size, &used, &header,
                                      &d->fault));
    if (header.needs_dictionary) {
        MDCI_TRY(use_given(d, header.dictionary_id));
        if (header.plan.capacity < d->given.size + header.chunk.plain_size)
            return mdci_fault_set(&d->fault, MDC_DATA,
                                  "a block is larger than its capacity");
        header.plan.capacity -= d->given.size;
        header.plan.dictionary = d->given;
    }
    d->block = (struct mdci_block_header){.plan = header.plan};
    d->compact = true;
    d->in_block = true;
    d->block_plain = 0;
    MDCI_TRY(start_chunk(d, &header.chunk, header.seed));
    start_part(d, PART_BLOCK_START);
    return MDC_OK;
}

static enum mdc_status read_full_header(struct mdc_dctx *d)
{
    size_t used;
    MDCI_TRY(mdci_read_full_header(d->hold, d->hold_size, &used, &d->fault));
    d->compact = false;
    mdci_hash_reset(d->content);
    mdci_hash_reset(d->entries);
    start_part(d, PART_ITEM);
    return MDC_OK;
}

static enum mdc_status read_magic(struct mdc_dctx *d)
{
    enum mdci_form form;
    MDCI_TRY(mdci_read_magic(d->hold, d->hold_size, &form, &d->fault));
    d->frame_offset = d->part_offset;
    d->totals = (struct mdci_totals){0};
    d->kept.size = 0;
    d->keeping = false;
    d->dictionary_seen = false;
    d->dictionary = (struct mdci_dictionary){0};
    /* The header's reader wants the magic, too. */
    d->part = form == MDCI_FORM_FULL ? PART_FULL_HEADER : PART_COMPACT_HEADER;
    return MDC_OK;
}

static enum mdc_status read_chunk_header(struct mdc_dctx *d)
{
    const uint64_t most =
        d->block.size_known ? d->block.plain_size : d->block.plan.capacity;
    struct mdci_chunk chunk;
    size_t used;
    int end;
    MDCI_TRY(mdci_read_chunk_header(d->hold, d->hold_size, &used,
                                    d->block.plan.kinds, most - d->block_plain,
                                    &end, &chunk, &d->fault));
    if (end)
        return end_block(d);
    /* What the chunk takes, and what moving it takes if it has to grow. */
    const uint64_t packed = d->hold_size + mdci_chunk_packed(&chunk);
    if (!mdci_block_decoder_has_room(
            newest_block(d), packed <= AT_ONCE ? packed : packed + packed / 2))
        return MDC_NEED_OUTPUT;
    MDCI_TRY(
        start_chunk(d, &chunk, mdci_chunk_seed(d->totals.plain_size, &chunk)));
    d->left = mdci_chunk_packed(&chunk);
    start_part(d, PART_PAYLOAD);
    return MDC_OK;
}

static enum mdc_status read_item(struct mdc_dctx *d)
{
    size_t used;
    MDCI_TRY(mdci_read_item(d->hold, d->hold_size, &used, &d->item, &d->fault));
    return handle_item(d);
}

static enum mdc_status read_seek_head(struct mdc_dctx *d)
{
    size_t used;
    MDCI_TRY(mdci_read_seek_head(d->hold, d->hold_size, &used, &d->totals,
                                 &d->content_check, &d->fault));
    mdci_hash_update(d->record, d->hold, d->hold_size);
    keep(d, d->hold, d->hold_size);
    d->left = d->totals.entries_size;
    start_part(d, PART_SEEK_ENTRIES);
    return MDC_OK;
}

static enum mdc_status read_seek_length(struct mdc_dctx *d)
{
    if (d->hold_size < 4)
        return MDC_NEED_INPUT;
    const uint64_t length = d->offset + 4 - d->part_offset;
    if (mdci_load_le(d->hold, 4) != (length & UINT32_MAX) ||
        mdci_hash_value(d->entries) != mdci_hash_value(d->entries_read))
        return mdci_fault_set(&d->fault, MDC_DATA,
                              "the seek table does not match the blocks");
    mdci_hash_update(d->record, d->hold, d->hold_size);
    keep(d, d->hold, d->hold_size);
    start_part(d, PART_RECORD_CHECK);
    return MDC_OK;
}

static enum mdc_status read_check(struct mdc_dctx *d)
{
    if (d->hold_size < 4)
        return MDC_NEED_INPUT;
    if (mdci_load_le(d->hold, 4) != (mdci_hash_value(d->record) & UINT32_MAX))
        return mdci_fault_set(&d->fault, MDC_DATA,
                              "record check does not match");
    return MDC_OK;
}

static enum mdc_status read_record_check(struct mdc_dctx *d)
{
    MDCI_TRY(read_check(d));
    keep(d, d->hold, d->hold_size);
    start_part(d,
               d->item.type == MDCI_ITEM_SEEK_TABLE ? PART_FOOTER : PART_ITEM);
    return MDC_OK;
}

/* Restores the embedded dictionary from its payload. */
static enum mdc_status decode_dictionary(struct mdc_dctx *d,
                                         const struct mdci_dictionary_head *h,
                                         const uint8_t *payload, size_t size)
{
    const struct mdc_allocator *allocator = &d->options.allocator;
    const struct mdci_codec *codec;
    struct mdci_coder coder = {0};
    MDCI_TRY(mdci_find_codec(&h->plan, &codec, &d->fault));
    if (!codec->decode)
        return mdci_fault_set(&d->fault, MDC_DATA,
                              "a dictionary record is malformed");
    MDCI_TRY(check_memory(
        d, size + mdci_block_memory(codec, MDCI_DECODE, &h->plan)));
    release_unused(d); /* no block of the frame has begun: of all others */
    mdci_dictionary_free(&d->own, allocator);
    d->own.data = mdci_alloc(allocator, (size_t)h->size);
    enum mdc_status status = d->own.data ? MDC_OK : MDC_MEM;
    if (status == MDC_OK)
        status = mdci_coder_start(&coder, codec, MDCI_DECODE, &h->plan, false,
                                  allocator);
    if (status == MDC_OK)
        status = codec->decode(coder.state, d->own.data, 0, (size_t)h->size,
                               payload, size);
    mdci_coder_close(&coder);
    if (status != MDC_OK)
        return mdci_fault_set(&d->fault, status, "the dictionary: %s",
                              mdc_status_text(status));
    d->own.size = (size_t)h->size;
    d->own.check = mdci_check(d->own.data, d->own.size, 0);
    if (d->own.check != h->check)
        return mdci_fault_set(&d->fault, MDC_CHECK,
                              "the dictionary's check does not match");
    d->dictionary = d->own;
    return MDC_OK;
}

/* The record is complete: what is damaged is not believed. */
static enum mdc_status read_dictionary(struct mdc_dctx *d)
{
    struct mdci_dictionary_head head;
    const struct mdci_buffer *body = &d->body;
    size_t used = 0;
    MDCI_TRY(read_check(d));
    const enum mdc_status status = mdci_read_dictionary_head(
        body->data, body->size, &used, body->size, &head, &d->fault);
    if (status == MDC_NEED_INPUT)
        return mdci_fault_set(&d->fault, MDC_DATA,
                              "a dictionary record is malformed");
    MDCI_TRY(status);
    if (head.embedded) {
        MDCI_TRY(
            decode_dictionary(d, &head, body->data + used, body->size - used));
    } else {
        MDCI_TRY(use_given(d, mdci_dictionary_id(head.check)));
        if (head.check != d->given.check || head.size != d->given.size)
            return mdci_fault_set(&d->fault, MDC_DICTIONARY,
                                  "the archive needs another dictionary with "
                                  "the id of the one given");
        d->dictionary = d->given;
    }
    mdci_buffer_free(&d->body, &d->options.allocator);
    start_part(d, PART_ITEM);
    return MDC_OK;
}

static enum mdc_status read_footer(struct mdc_dctx *d)
{
    size_t used;
    MDCI_TRY(mdci_read_footer(d->hold, d->hold_size, &used,
                              d->offset - d->frame_offset, &d->fault));
    start_part(d, PART_FRAME_END);
    return MDC_OK;
}

static enum mdc_status read_header(struct mdc_dctx *d)
{
    switch (d->part) {
    case PART_MAGIC:
        return read_magic(d);
    case PART_COMPACT_HEADER:
        return read_compact_header(d);
    case PART_FULL_HEADER:
        return read_full_header(d);
    case PART_ITEM:
        return read_item(d);
    case PART_CHUNK_HEADER:
        return read_chunk_header(d);
    case PART_SEEK_HEAD:
        return read_seek_head(d);
    case PART_SEEK_LENGTH:
        return read_seek_length(d);
    case PART_RECORD_CHECK:
        return read_record_check(d);
    case PART_DICTIONARY_CHECK:
        return read_dictionary(d);
    default:
        return read_footer(d);
    }
}

/* Is this part one within a record, whose start part_offset keeps? */
static bool within_record(enum part part)
{
    return part == PART_SEEK_HEAD || part == PART_SEEK_LENGTH ||
           part == PART_RECORD_CHECK || part == PART_DICTIONARY_CHECK;
}

/* Headers are short: they are read a byte at a time until they are whole. One
 * that is, but must wait, is read again. */
static enum mdc_status walk_header(struct mdc_dctx *d, struct mdc_input *in)
{
    const uint8_t *data = in->data;
    enum mdc_status status = d->waiting ? read_header(d) : MDC_NEED_INPUT;
    while (status == MDC_NEED_INPUT && in->pos < in->size) {
        const uint8_t byte = data[in->pos++];
        /* Zeros may fill up the space behind a frame. */
        const bool padding = d->part == PART_MAGIC && d->hold_size == 0 &&
                             d->frames > 0 && byte == 0;
        if (!padding) {
            if (d->hold_size == 0 && !within_record(d->part))
                d->part_offset = d->offset;
            d->hold[d->hold_size++] = byte;
        }
        d->offset++;
        if (!padding)
            status = read_header(d);
    }
    d->waiting = status == MDC_NEED_OUTPUT;
    return status;
}

/* Collects what is left of a part; MDC_NEED_INPUT until it is whole. */
static enum mdc_status collect(struct mdc_dctx *d, struct mdc_input *in,
                               struct mdci_buffer *to)
{
    const size_t n = (size_t)mdci_min_u64(in->size - in->pos, d->left);
    if (n > 0) {
        /* Memory for what is there, not for what a header says. */
        if (mdci_buffer_reserve(to, &d->options.allocator, to->size + n,
                                to->size + (size_t)d->left) != MDC_OK)
            return mdci_fault_set(&d->fault, MDC_MEM, "%s",
                                  mdc_status_text(MDC_MEM));
        memcpy(to->data + to->size, (const uint8_t *)in->data + in->pos, n);
        to->size += n;
        in->pos += n;
        d->offset += n;
        d->left -= n;
    }
    return d->left > 0 ? MDC_NEED_INPUT : MDC_OK;
}

/* The first place from which on data[size] may be a frame's start, as far as it
 * goes, of the places below `end`; MDCI_NO_FRAME if there is none. */
static size_t find_start(const uint8_t *data, size_t from, size_t end,
                         size_t size)
{
    while (from < end) {
        const uint8_t *at = memchr(data + from, MDCI_MAGIC[0], end - from);
        if (!at)
            return MDCI_NO_FRAME;
        from = (size_t)(at - data);
        if (mdci_read_frame_start(at, size - from) != MDC_DATA)
            return from;
        from++;
    }
    return MDCI_NO_FRAME;
}

/* Where in a chunk another frame begins, if this one seems to be cut. What is
 * stored may be an archive: there, only headers count. */
static size_t find_frame(const struct mdc_dctx *d,
                         const struct mdci_packed_chunk *chunk)
{
    const struct mdci_buffer *bytes = &chunk->bytes;
    const size_t end = chunk->header.payload_size > 0
                           ? bytes->size
                           : mdci_min_size(chunk->head, bytes->size);
    return find_start(bytes->data, d->compact, end, bytes->size);
}

/* The chunk was handed over, and there is nothing wrong with it so far. */
static void pass_chunk(struct mdc_dctx *d)
{
    newest_block(d)->closed = d->compact;
    d->in_block = !d->compact;
    start_part(d, d->compact ? PART_FOOTER : PART_CHUNK_HEADER);
}

static enum mdc_status walk_payload(struct mdc_dctx *d, struct mdc_input *in)
{
    MDCI_TRY(collect(d, in, &d->chunk->bytes));
    d->chunk->frame_at = find_frame(d, d->chunk);
    const bool suspect = d->chunk->frame_at != MDCI_NO_FRAME;
    mdci_block_decoder_put(newest_block(d), d->chunk);
    d->chunk = NULL;
    if (suspect)
        start_part(d, PART_VERDICT);
    else
        pass_chunk(d);
    return MDC_OK;
}

/* The body of a record that is skipped, or the entries of a seek table. */
static enum mdc_status walk_body(struct mdc_dctx *d, struct mdc_input *in,
                                 enum part next)
{
    const size_t n = (size_t)mdci_min_u64(in->size - in->pos, d->left);
    if (n > 0) {
        const uint8_t *p = (const uint8_t *)in->data + in->pos;
        mdci_hash_update(d->record, p, n);
        keep(d, p, n);
        if (d->part == PART_SEEK_ENTRIES)
            mdci_hash_update(d->entries_read, p, n);
        in->pos += n;
        d->offset += n;
        d->left -= n;
    }
    if (d->left > 0)
        return MDC_NEED_INPUT;
    start_part(d, next);
    return MDC_OK;
}

static enum mdc_status walk_dictionary(struct mdc_dctx *d, struct mdc_input *in)
{
    MDCI_TRY(collect(d, in, &d->body));
    mdci_hash_update(d->record, d->body.data, d->body.size);
    start_part(d, PART_DICTIONARY_CHECK);
    return MDC_OK;
}

static enum mdc_status walk_block_start(struct mdc_dctx *d)
{
    MDCI_TRY(start_block(d));
    if (d->compact)
        d->left = mdci_chunk_packed(&d->chunk->header);
    start_part(d, d->compact ? PART_PAYLOAD : PART_CHUNK_HEADER);
    return MDC_OK;
}

static enum mdc_status walk_frame_end(struct mdc_dctx *d)
{
    if (d->used > 0)
        return MDC_NEED_OUTPUT;
    if (!d->compact && mdci_hash_value(d->content) != d->content_check)
        return mdci_fault_set(&d->fault, MDC_CHECK,
                              "the frame's content check does not match");
    d->frames++;
    start_part(d, PART_MAGIC);
    tell_progress(d); /* what follows the last block was read since */
    /* The caller's input stands behind what is read again. */
    return d->again_pos < d->again.size ? MDC_OK : MDC_STREAM_END;
}

/* ---- Cuts ---------------------------------------------------------------- */

/* Lets bytes be read again, which were the last that was read. */
static enum mdc_status read_again(struct mdc_dctx *d, struct mdci_buffer *bytes)
{
    struct mdci_buffer *again = &d->again;
    const size_t left = again->size - d->again_pos;
    const size_t size = bytes->size;
    if (d->again_sum + size > AGAIN_START + AGAIN_TIMES * d->offset)
        return MDC_DATA;
    if (left > 0) {
        if (mdci_buffer_reserve(bytes, &d->options.allocator, size + left,
                                size + left) != MDC_OK)
            return MDC_MEM;
        memcpy(bytes->data + size, again->data + d->again_pos, left);
        bytes->size += left;
    }
    mdci_buffer_free(again, &d->options.allocator);
    *again = *bytes;
    *bytes = (struct mdci_buffer){0};
    d->again_pos = 0;
    d->again_sum += size;
    d->search_end = d->offset;
    d->offset -= size;
    d->tail = 0;
    start_part(d, PART_SEARCH);
    return MDC_OK;
}

/* Moves the place of search on, behind `size` bytes. */
static void pass_bytes(struct mdc_dctx *d, const uint8_t *p, size_t size)
{
    for (size_t i = size > 8 ? size - 8 : 0; i < size; i++)
        d->tail = d->tail >> 8 | (uint64_t)p[i] << 56;
    d->offset += size;
}

/* The same, in what is read again: no frame begins before. */
static void pass_to(struct mdc_dctx *d, size_t at)
{
    pass_bytes(d, d->again.data, at);
    d->again_pos = at;
}

/* A frame that ends in a good footer was not cut: it is damaged. */
static bool is_footer_before(const struct mdc_dctx *d, uint64_t offset)
{
    uint8_t footer[MDCI_FOOTER_SIZE];
    struct mdci_fault fault;
    size_t used;
    mdci_store_le(footer, d->tail, sizeof(footer));
    return mdci_read_footer(footer, sizeof(footer), &used,
                            offset - d->frame_offset, &fault) == MDC_OK;
}

/* Drops the first byte of hold, and what no frame can begin with. \return
 * false if there, no frame may begin any more */
static bool drop_start(struct mdc_dctx *d)
{
    size_t i = 0;
    do {
        const uint64_t at = d->offset - d->hold_size + i;
        if (at >= d->search_end && d->hold[i] != 0)
            return false;
        d->tail = d->tail >> 8 | (uint64_t)d->hold[i] << 56;
        i++;
    } while (i < d->hold_size && d->hold[i] != (uint8_t)MDCI_MAGIC[0]);
    d->hold_size -= i;
    memmove(d->hold, d->hold + i, d->hold_size);
    return true;
}

/* Skips what no frame can begin with. \return as drop_start() */
static bool skip_bytes(struct mdc_dctx *d, struct mdc_input *in)
{
    const uint8_t *p = (const uint8_t *)in->data + in->pos;
    size_t n = in->size - in->pos, i = 0;
    if (d->offset < d->search_end) {
        n = (size_t)mdci_min_u64(n, d->search_end - d->offset);
        const uint8_t *at = memchr(p, MDCI_MAGIC[0], n);
        i = at ? (size_t)(at - p) : n;
    } else {
        while (i < n && p[i] == 0)
            i++;
        if (i < n && p[i] != (uint8_t)MDCI_MAGIC[0])
            return false;
    }
    pass_bytes(d, p, i);
    in->pos += i;
    return true;
}

/* Looks for the next frame's header, which is in hold then. */
static enum mdc_status walk_search(struct mdc_dctx *d, struct mdc_input *in)
{
    while (in->pos < in->size) {
        if (d->hold_size == 0 && !skip_bytes(d, in))
            return d->fault.status;
        if (in->pos == in->size)
            break;
        d->hold[d->hold_size++] = ((const uint8_t *)in->data)[in->pos++];
        d->offset++;
        enum mdc_status status;
        while ((status = mdci_read_frame_start(d->hold, d->hold_size)) ==
               MDC_DATA) {
            if (!drop_start(d))
                return d->fault.status;
            if (d->hold_size == 0)
                break;
        }
        if (status == MDC_OK) {
            const uint64_t at = d->offset - d->hold_size;
            if (is_footer_before(d, at))
                return d->fault.status;
            d->part = PART_CUT;
            return MDC_OK;
        }
    }
    return MDC_NEED_INPUT;
}

/* The chunks that were whole have left: tells of the cut. */
static enum mdc_status walk_cut(struct mdc_dctx *d)
{
    if (d->used > 0)
        return MDC_NEED_OUTPUT;
    d->part_offset = d->offset - d->hold_size;
    (void)mdci_fault_set(&d->fault, MDC_GAP,
                         "the frame is cut off, went on with the one at "
                         "offset %" PRIu64,
                         d->part_offset);
    (void)set_error(d, &d->fault, d->in_block, d->totals.blocks,
                    d->fault_offset);
    d->in_block = false;
    d->plain_claimed = d->plain_written;
    d->cuts++;
    d->part = PART_NEXT;
    return MDC_GAP;
}

/* The chunk in which another frame seems to begin was judged. */
static enum mdc_status walk_verdict(struct mdc_dctx *d)
{
    struct mdci_block_decoder *block = newest_block(d);
    const struct mdci_block_news news = mdci_block_decoder_look(block, false);
    if (news.busy)
        return MDC_NEED_OUTPUT;
    if (!news.failed) {
        pass_chunk(d);
        return MDC_OK;
    }
    struct mdci_packed_chunk *chunk = block->failed;
    d->fault = block->fault;
    if (chunk->cut)
        block->fault_offset = d->offset;
    d->fault_offset = chunk->offset;
    block->closed = true;
    /* An earlier chunk may have failed, which explains nothing; and what failed
     * for another reason was not cut. */
    const bool judged =
        chunk->frame_at != MDCI_NO_FRAME && !chunk->verbatim &&
        (block->fault.status == MDC_DATA || block->fault.status == MDC_CHECK ||
         block->fault.status == MDC_TRUNCATED);
    struct mdci_buffer bytes = {0};
    const size_t skip = judged ? chunk->frame_at : 0;
    enum mdc_status status = MDC_DATA;
    /* What was decoded in vain takes longer than what is read. */
    if (judged) {
        d->again_sum += AGAIN_DECODED * chunk->header.plain_size;
        status = mdci_packed_chunk_move(chunk, &bytes, &d->options.allocator);
    }
    if (status == MDC_OK)
        status = read_again(d, &bytes);
    mdci_buffer_free(&bytes, &d->options.allocator);
    block->cut_off = status == MDC_OK;
    if (block->cut_off)
        pass_to(d, skip);
    else
        d->part = PART_FAULT;
    return MDC_OK;
}

/* Where a frame may begin in a header that is not good: behind a cut, or behind
 * zeros that stand where the rest should. */
static size_t find_cut(const struct mdci_buffer *bytes, size_t from)
{
    const size_t at = find_start(bytes->data, from, bytes->size, bytes->size);
    if (at != MDCI_NO_FRAME)
        return at;
    size_t zeros = 0;
    while (zeros < bytes->size && bytes->data[zeros] == 0)
        zeros++;
    return zeros == bytes->size ? zeros : MDCI_NO_FRAME;
}

/* A header, or what follows in its record, is not as it should be. \return
 * whether it may be the start of the next frame that stands there */
static bool search_behind(struct mdc_dctx *d, enum mdc_status status)
{
    const struct mdc_allocator *allocator = &d->options.allocator;
    const bool in_record = within_record(d->part) ||
                           d->part == PART_RECORD_BODY ||
                           d->part == PART_SEEK_ENTRIES ||
                           (d->part == PART_FOOTER && d->kept.size > 0);
    const bool header = in_record ? d->keeping : d->part <= PART_FOOTER;
    /* A frame does not follow itself. */
    const size_t from = d->part <= PART_FULL_HEADER;
    if (!header || d->part == PART_PAYLOAD || d->part == PART_VERDICT ||
        d->part == PART_BLOCK_START ||
        (status == MDC_FORMAT && d->frames + d->cuts == 0) ||
        (status == MDC_UNSUPPORTED && d->part != PART_ITEM && from == 0) ||
        (status != MDC_DATA && status != MDC_TRUNCATED &&
         status != MDC_FORMAT && status != MDC_UNSUPPORTED))
        return false;
    struct mdci_buffer bytes = {0};
    const size_t kept = in_record ? d->kept.size : 0;
    if (kept + d->hold_size == 0 ||
        mdci_buffer_reserve(&bytes, allocator, kept + d->hold_size, SIZE_MAX) !=
            MDC_OK)
        return false;
    if (kept > 0)
        memcpy(bytes.data, d->kept.data, kept);
    bytes.size = kept;
    append_hold(d, &bytes);
    const size_t at = find_cut(&bytes, from);
    const bool found = at != MDCI_NO_FRAME && read_again(d, &bytes) == MDC_OK;
    mdci_buffer_free(&bytes, allocator);
    if (found)
        pass_to(d, at);
    return found;
}

/**
 * Goes on by one part.
 * \return MDC_OK; MDC_STREAM_END; MDC_NEED_INPUT; MDC_NEED_OUTPUT if blocks
 *         must leave before; what is wrong with the part
 */
static enum mdc_status walk(struct mdc_dctx *d, struct mdc_input *in)
{
    switch (d->part) {
    case PART_BLOCK_START:
        return walk_block_start(d);
    case PART_PAYLOAD:
        return walk_payload(d, in);
    case PART_VERDICT:
        return walk_verdict(d);
    case PART_SEARCH:
        return walk_search(d, in);
    case PART_CUT:
        return walk_cut(d);
    case PART_NEXT:
        MDCI_TRY(read_magic(d));
        return read_header(d);
    case PART_RECORD_BODY:
        return walk_body(d, in, PART_RECORD_CHECK);
    case PART_DICTIONARY_BODY:
        return walk_dictionary(d, in);
    case PART_SEEK_ENTRIES:
        return walk_body(d, in, PART_SEEK_LENGTH);
    case PART_FRAME_END:
        return walk_frame_end(d);
    case PART_FAULT:
        return d->used > 0 ? MDC_NEED_OUTPUT : d->fault.status;
    default:
        return walk_header(d, in);
    }
}

static void stop_walk(struct mdc_dctx *d, uint64_t offset,
                      enum mdc_status status)
{
    const bool searched = d->part == PART_SEARCH;
    if (d->used > 0)
        newest_block(d)->closed = true;
    if (searched || !search_behind(d, status))
        d->part = PART_FAULT;
    if (!searched)
        d->fault_offset = offset;
}

/* The archive ends within a payload. If another frame seems to begin in it, the
 * chunk is judged as it is. \return whether it is */
static bool judge_cut_chunk(struct mdc_dctx *d)
{
    if (d->part != PART_PAYLOAD)
        return false;
    d->chunk->frame_at = find_frame(d, d->chunk);
    if (d->chunk->frame_at == MDCI_NO_FRAME)
        return false;
    d->chunk->cut = true;
    mdci_block_decoder_put(newest_block(d), d->chunk);
    d->chunk = NULL;
    start_part(d, PART_VERDICT);
    return true;
}

/* All input was read. */
static enum mdc_status end_input(struct mdc_dctx *d, enum mdc_action action)
{
    if (action != MDC_FINISH)
        return MDC_NEED_INPUT;
    if (d->part == PART_MAGIC && d->hold_size == 0 && d->frames > 0)
        return MDC_STREAM_END;
    if (judge_cut_chunk(d))
        return MDC_OK;
    if (d->part != PART_SEARCH)
        (void)mdci_fault_set(&d->fault, MDC_TRUNCATED,
                             "unexpected end of archive");
    stop_walk(d, d->offset, MDC_TRUNCATED);
    return MDC_OK;
}

/* Goes on by one part, of what is read again as long as there is some. */
static enum mdc_status walk_on(struct mdc_dctx *d, struct mdc_input *in)
{
    struct mdc_input again = {d->again.data, d->again.size, d->again_pos};
    const bool left = d->again_pos < d->again.size;
    enum mdc_status status = walk(d, left ? &again : in);
    if (!left)
        return status;
    if (d->again.data == again.data)
        d->again_pos = again.pos;
    if (d->again_pos == d->again.size) {
        mdci_buffer_free(&d->again, &d->options.allocator);
        d->again_pos = 0;
    }
    return status == MDC_NEED_INPUT ? MDC_OK : status;
}

static enum mdc_status run(struct mdc_dctx *d, struct mdc_input *in,
                           struct mdc_output *out, enum mdc_action action)
{
    for (;;) {
        MDCI_TRY(deliver(d, out));
        enum mdc_status status = walk_on(d, in);
        if (status == MDC_NEED_INPUT) {
            if (action == MDC_FLUSH && wait_for_blocks(d))
                continue;
            status = end_input(d, action);
        } else if (status == MDC_NEED_OUTPUT) {
            wait_for_blocks(d);
            continue;
        } else if (status > MDC_NEED_OUTPUT && status != MDC_GAP) {
            if (d->part == PART_FAULT)
                return set_error(d, &d->fault, d->in_block, d->totals.blocks,
                                 d->fault_offset);
            stop_walk(d, d->part_offset, status);
            continue;
        }
        if (status != MDC_OK)
            return status;
    }
}

enum mdc_status mdci_decoder_run(struct mdc_dctx *d, struct mdc_input *in,
                                 struct mdc_output *out, enum mdc_action action)
{
    if (d->error.status != MDC_OK && d->error.status != MDC_GAP)
        return d->error.status;
    return run(d, in, out, action);
}

enum mdc_status mdci_decoder_reset(struct mdc_dctx *d)
{
    if ((d->error.status != MDC_OK && d->error.status != MDC_GAP) ||
        d->part != PART_MAGIC || d->hold_size > 0 || d->used > 0 ||
        d->again.size > 0)
        return MDC_PROG;
    d->error = (struct mdc_error){0};
    d->offset = 0;
    d->again_sum = d->cuts = d->plain_claimed = 0;
    d->frames = 0;
    d->plain_written = 0;
    d->step = 0;
    return MDC_OK;
}

uint64_t mdci_decoder_quantized(const struct mdc_dctx *d)
{
    return d->step;
}

const struct mdc_error *mdci_decoder_error(const struct mdc_dctx *d)
{
    return &d->error;
}

/* ---- Life ---------------------------------------------------------------- */

static void free_parts(struct mdc_dctx *d)
{
    const struct mdc_allocator allocator = d->options.allocator;
    for (unsigned i = 0; d->blocks && i < d->options.threads; i++)
        mdci_block_decoder_release(&d->blocks[i]);
    mdci_packed_chunk_free(d->chunk, &allocator);
    mdci_dictionary_free(&d->given, &allocator);
    mdci_dictionary_free(&d->own, &allocator);
    mdci_buffer_free(&d->body, &allocator);
    mdci_buffer_free(&d->again, &allocator);
    mdci_buffer_free(&d->kept, &allocator);
    mdci_free(&allocator, d->blocks);
    mdci_hash_free(d->content, &allocator);
    mdci_hash_free(d->record, &allocator);
    mdci_hash_free(d->entries, &allocator);
    mdci_hash_free(d->entries_read, &allocator);
    mdci_free(&allocator, d);
}

enum mdc_status mdci_decoder_new(struct mdc_dctx **decoder,
                                 const struct mdc_options *options)
{
    const struct mdc_allocator *allocator = &options->allocator;
    const unsigned threads = options->threads;
    struct mdc_dctx *d = mdci_alloc(allocator, sizeof(*d));
    *decoder = NULL;
    if (!d)
        return MDC_MEM;
    *d = (struct mdc_dctx){.options = *options, .part = PART_MAGIC};
    mdci_decoder_limit(d,
                       options->max_output ? options->max_output : UINT64_MAX);
    allocator = &d->options.allocator;
    d->blocks = mdci_alloc(allocator, threads * sizeof(*d->blocks));
    for (unsigned i = 0; d->blocks && i < threads; i++)
        d->blocks[i] = (struct mdci_block_decoder){
            .queue = &d->queue,
            .allocator = allocator,
        };
    d->content = mdci_hash_new(allocator);
    d->record = mdci_hash_new(allocator);
    d->entries = mdci_hash_new(allocator);
    d->entries_read = mdci_hash_new(allocator);
    const enum mdc_status status = mdci_dictionary_set(
        &d->given, options->dictionary, options->dictionary_size, allocator);
    if (!d->blocks || !d->content || !d->record || !d->entries ||
        !d->entries_read || status != MDC_OK ||
        mdci_queue_init(&d->queue, threads) != MDC_OK) {
        free_parts(d);
        return MDC_MEM;
    }
    *decoder = d;
    return MDC_OK;
}

uint64_t mdci_decoder_most(const struct mdc_dctx *d)
{
    return d->plain_most;
}

void mdci_decoder_limit(struct mdc_dctx *d, uint64_t most)
{
    d->plain_most = most;
}

void mdci_decoder_watch(struct mdc_dctx *d, struct mdci_watch *watch)
{
    d->blocks[0].watch = watch;
}

void mdci_decoder_free(struct mdc_dctx *d)
{
    if (!d)
        return;
    mdci_queue_stop(&d->queue);
    free_parts(d);
}
