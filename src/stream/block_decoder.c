/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file block_decoder.c
 * \brief One block on its way from payloads to plain bytes.
 */
#include "config.h"

#include "src/stream/block_decoder.h"

#include <string.h>

#include "src/base/bytes.h"

enum {
    /* Chunks up to this size lie behind their structure: logs that are flushed
     * often have many. */
    SMALL_CHUNK = 16 << 10,
    /* What memory managers add to a piece of memory, about. */
    PIECE_OVERHEAD = 32,
    /* Room for the overhead of a usual number of queued chunks, part of what
     * mdci_block_memory() allows for small buffers. */
    QUEUE_OVERHEAD = 32 << 10
};

static uint8_t *inner_bytes(struct mdci_packed_chunk *chunk)
{
    return (uint8_t *)(chunk + 1);
}

struct mdci_packed_chunk *
mdci_packed_chunk_new(size_t size, const struct mdc_allocator *allocator)
{
    const size_t inner = size <= SMALL_CHUNK ? size : 0;
    struct mdci_packed_chunk *chunk =
        mdci_alloc(allocator, sizeof(*chunk) + inner);
    if (!chunk)
        return NULL;
    *chunk = (struct mdci_packed_chunk){.frame_at = MDCI_NO_FRAME};
    if (inner > 0)
        chunk->bytes =
            (struct mdci_buffer){.data = inner_bytes(chunk), .capacity = inner};
    return chunk;
}

void mdci_packed_chunk_free(struct mdci_packed_chunk *chunk,
                            const struct mdc_allocator *allocator)
{
    if (!chunk)
        return;
    if (chunk->bytes.data != inner_bytes(chunk))
        mdci_buffer_free(&chunk->bytes, allocator);
    mdci_free(allocator, chunk);
}

enum mdc_status mdci_packed_chunk_move(struct mdci_packed_chunk *chunk,
                                       struct mdci_buffer *to,
                                       const struct mdc_allocator *allocator)
{
    if (chunk->bytes.data == inner_bytes(chunk)) {
        MDCI_TRY(mdci_buffer_reserve(to, allocator, chunk->bytes.size,
                                     chunk->bytes.size));
        memcpy(to->data, chunk->bytes.data, chunk->bytes.size);
        to->size = chunk->bytes.size;
    } else {
        *to = chunk->bytes;
    }
    chunk->bytes = (struct mdci_buffer){0};
    return MDC_OK;
}

/* What a chunk takes while it is queued. */
static uint64_t queued_size(uint64_t size)
{
    return size + sizeof(struct mdci_packed_chunk) + 2 * PIECE_OVERHEAD;
}

/* Clean accounts for a chunk at `from`. */
static enum mdc_status start_account(const struct mdci_block_decoder *block,
                                     size_t from, size_t size)
{
    struct mdci_watch *watch = block->watch;
    const size_t room = size * sizeof(*watch->account.cost);
    MDCI_TRY(
        mdci_buffer_reserve(&watch->cost, block->allocator, room, SIZE_MAX));
    watch->account = (struct mdci_account){
        .cost = (uint32_t *)(void *)watch->cost.data, .base = from};
    if (size > 0)
        memset(watch->account.cost, 0, room);
    return MDC_OK;
}

/* Decodes content[from..to) from a payload; the codec's places count from the
 * block's history. */
static enum mdc_status run_codec(struct mdci_block_decoder *block,
                                 uint8_t *content, size_t from, size_t to,
                                 const uint8_t *payload, size_t size)
{
    const struct mdci_codec *codec = block->codec;
    content += block->history;
    from -= block->history;
    to -= block->history;
    if (!block->watch || !codec->explain)
        return codec->decode(block->coder.state, content, from, to, payload,
                             size);
    MDCI_TRY(start_account(block, from, to - from));
    return codec->explain(block->coder.state, content, from, to, payload, size,
                          &block->watch->account);
}

/* As run_codec() for plain[from..to), where the codec does not see all of it.
 */
static enum mdc_status run_codec_apart(struct mdci_block_decoder *block,
                                       size_t from, size_t to,
                                       const uint8_t *payload, size_t size)
{
    struct mdci_buffer *seen = &block->seen;
    const size_t end = seen->size + (to - from);
    MDCI_TRY(mdci_buffer_reserve(seen, block->allocator, end,
                                 (size_t)mdci_plan_room(&block->plan)));
    MDCI_TRY(run_codec(block, seen->data, seen->size, end, payload, size));
    memcpy(block->plain.data + from, seen->data + seen->size, to - from);
    seen->size = end;
    return MDC_OK;
}

static void repeat(uint8_t *out, size_t size, const uint8_t *pattern,
                   size_t period)
{
    size_t done = mdci_min_size(size, period);
    memcpy(out, pattern, done);
    while (done < size) {
        const size_t n = mdci_min_size(size - done, done);
        memcpy(out + done, out, n);
        done += n;
    }
}

/* Restores plain[from..to) from a payload that no codec made; false if one
 * did. */
static bool restore_without_codec(struct mdci_block_decoder *block, size_t from,
                                  size_t to,
                                  const struct mdci_packed_chunk *chunk)
{
    uint8_t *out = block->plain.data + from;
    const struct mdci_chunk *header = &chunk->header;
    if (header->kind == MDCI_CHUNK_RUN) {
        repeat(out, to - from, chunk->bytes.data + chunk->head,
               (size_t)header->payload_size);
        return true;
    }
    if (header->payload_size > 0)
        return false;
    if (to > from)
        memcpy(out, chunk->bytes.data + chunk->head, to - from);
    if (header->kind == MDCI_CHUNK_USUAL) {
        block->history = block->plan.kinds ? block->seen.size : to;
        block->coder_fresh = true;
    }
    return true;
}

/* Restores plain[from..to) from a payload, unchecked. */
static enum mdc_status restore(struct mdci_block_decoder *block, size_t from,
                               size_t to, const struct mdci_packed_chunk *chunk,
                               struct mdci_fault *fault)
{
    const struct mdci_codec *codec = block->codec;
    const uint8_t *payload = chunk->bytes.data + chunk->head;
    const size_t size = chunk->bytes.size - chunk->head;
    if (restore_without_codec(block, from, to, chunk))
        return MDC_OK;
    if (!codec->decode)
        return mdci_fault_set(fault, MDC_DATA, "a chunk that is not stored");
    enum mdc_status status = MDC_OK;
    if (block->coder_fresh)
        status =
            mdci_coder_start(&block->coder, codec, MDCI_DECODE, &block->plan,
                             block->history == 0, block->allocator);
    if (status == MDC_OK) {
        block->coder_fresh = false;
        status =
            block->plan.kinds
                ? run_codec_apart(block, from, to, payload, size)
                : run_codec(block, block->plain.data, from, to, payload, size);
    }
    if (status == MDC_DATA)
        return mdci_fault_set(fault, MDC_DATA, "the payload (%s) is damaged",
                              codec->name);
    if (status != MDC_OK)
        return mdci_fault_set(fault, status, "%s", mdc_status_text(status));
    return MDC_OK;
}

/* Whether content has the same header as the frame that seems to follow. */
static bool has_frame(const uint8_t *content, size_t size,
                      const struct mdci_packed_chunk *chunk)
{
    const uint8_t *header = chunk->bytes.data + chunk->frame_at;
    const size_t n = mdci_min_size(chunk->bytes.size - chunk->frame_at,
                                   MDCI_FULL_HEADER_SIZE);
    while (n >= MDCI_MAGIC_SIZE && size >= n) {
        const uint8_t *at = memchr(content, header[0], size - n + 1);
        if (!at)
            return false;
        if (memcmp(at, header, n) == 0)
            return true;
        size -= (size_t)(at + 1 - content);
        content = at + 1;
    }
    return false;
}

/* Of a chunk that may be cut: whether the frame that seems to follow may be
 * part of the content, which is an archive, or has one. What is stored stands
 * there as it is; what a codec left of the content tells by itself, and front
 * ends leave there what they cannot decode. */
static bool is_verbatim(const struct mdci_block_decoder *block,
                        const uint8_t *content, size_t size,
                        const struct mdci_packed_chunk *chunk)
{
    const bool inside = chunk->frame_at >= chunk->head;
    if (chunk->header.kind == MDCI_CHUNK_RUN)
        return false; /* a frame is longer than what is repeated */
    if (chunk->header.payload_size == 0 || block->codec->verbatim)
        return inside;
    return has_frame(content, size, chunk);
}

/* Restores as much as there is of a chunk whose payload is not whole, to see
 * what it is. */
static enum mdc_status decode_cut(struct mdci_block_decoder *block, size_t from,
                                  size_t to,
                                  const struct mdci_packed_chunk *chunk,
                                  struct mdci_fault *fault)
{
    if (chunk->header.payload_size > 0 &&
        chunk->header.kind == MDCI_CHUNK_USUAL) {
        memset(block->plain.data + from, 0, to - from);
        (void)restore(block, from, to, chunk, fault);
    }
    return mdci_fault_set(fault, MDC_TRUNCATED, "unexpected end of archive");
}

static enum mdc_status decode_chunk(struct mdci_block_decoder *block,
                                    struct mdci_packed_chunk *chunk,
                                    struct mdci_fault *fault)
{
    const size_t from = block->plain.size;
    const size_t to = from + (size_t)chunk->header.plain_size;
    /* The owner may be copying from the buffer that is to be moved. */
    mdci_queue_lock(block->queue);
    const enum mdc_status status =
        mdci_buffer_reserve(&block->plain, block->allocator, to,
                            (size_t)mdci_plan_room(&block->plan));
    mdci_queue_unlock(block->queue);
    if (status != MDC_OK)
        return mdci_fault_set(fault, status, "%s", mdc_status_text(status));
    if (block->watch)
        block->watch->account = (struct mdci_account){0};
    const uint8_t *content =
        to > from ? block->plain.data + from : (const uint8_t *)chunk;
    const bool suspect = chunk->frame_at != MDCI_NO_FRAME;
    if (suspect && to > from)
        memset(block->plain.data + from, 0, to - from);
    enum mdc_status restored = chunk->cut
                                   ? decode_cut(block, from, to, chunk, fault)
                                   : restore(block, from, to, chunk, fault);
    if (restored == MDC_OK && mdci_chunk_check(&chunk->header, chunk->seed,
                                               chunk->bytes.data + chunk->head,
                                               content) != chunk->header.check)
        restored =
            mdci_fault_set(fault, MDC_CHECK, "content check does not match");
    if (restored != MDC_OK && suspect)
        chunk->verbatim = is_verbatim(block, content, to - from, chunk);
    MDCI_TRY(restored);
    if (block->watch && block->watch->tell(block->watch, block, &chunk->header,
                                           content) != MDC_OK)
        return mdci_fault_set(fault, MDC_MEM, "%s", mdc_status_text(MDC_MEM));
    return MDC_OK;
}

static void run_block(struct mdci_task *task)
{
    struct mdci_block_decoder *block = (struct mdci_block_decoder *)task;
    struct mdci_queue *queue = block->queue;
    mdci_queue_lock(queue);
    while (block->first && !block->fault.status && !queue->stopping) {
        struct mdci_packed_chunk *chunk = block->first;
        block->first = chunk->next;
        mdci_queue_unlock(queue);

        struct mdci_fault fault = {0};
        const enum mdc_status status = decode_chunk(block, chunk, &fault);
        const size_t size = (size_t)chunk->header.plain_size;
        const uint64_t queued = queued_size(chunk->bytes.capacity);
        if (status == MDC_OK)
            mdci_packed_chunk_free(chunk, block->allocator);

        mdci_queue_lock(queue);
        if (status == MDC_OK) {
            block->plain.size += size;
            block->queued -= queued;
        } else {
            block->fault = fault;
            block->fault_offset = chunk->offset;
            block->failed = chunk;
        }
        mdci_queue_tell(queue);
    }
    block->busy = false;
    mdci_queue_tell(queue);
    mdci_queue_unlock(queue);
}

enum mdc_status mdci_block_decoder_start(struct mdci_block_decoder *block,
                                         const struct mdci_codec *codec,
                                         const struct mdci_plan *plan,
                                         uint64_t number)
{
    const struct mdci_dictionary *dictionary = &plan->dictionary;
    block->task.run = run_block;
    block->codec = codec;
    block->plan = *plan;
    block->number = number;
    block->closed = false;
    block->cut_off = false;
    block->queued = 0;
    block->coder_fresh = true;
    block->history = 0;
    block->plain.size = 0;
    block->taken = dictionary->size;
    MDCI_TRY(mdci_buffer_reserve(&block->plain, block->allocator,
                                 dictionary->size, SIZE_MAX));
    if (dictionary->size > 0)
        memcpy(block->plain.data, dictionary->data, dictionary->size);
    block->plain.size = dictionary->size;
    block->seen.size = 0;
    if (!plan->kinds || dictionary->size == 0)
        return MDC_OK;
    MDCI_TRY(mdci_buffer_reserve(&block->seen, block->allocator,
                                 dictionary->size, SIZE_MAX));
    memcpy(block->seen.data, dictionary->data, dictionary->size);
    block->seen.size = dictionary->size;
    return MDC_OK;
}

bool mdci_block_decoder_has_room(struct mdci_block_decoder *block,
                                 uint64_t size)
{
    const uint64_t most = mdci_plan_room(&block->plan) + QUEUE_OVERHEAD;
    mdci_queue_lock(block->queue);
    const bool room = block->queued == 0 || block->fault.status != MDC_OK ||
                      block->queued + queued_size(size) <= most;
    mdci_queue_unlock(block->queue);
    return room;
}

void mdci_block_decoder_put(struct mdci_block_decoder *block,
                            struct mdci_packed_chunk *chunk)
{
    chunk->next = NULL;
    mdci_queue_lock(block->queue);
    if (block->first)
        block->last->next = chunk;
    else
        block->first = chunk;
    block->last = chunk;
    block->queued += queued_size(chunk->bytes.capacity);
    const bool start = !block->busy && !block->fault.status;
    block->busy |= start;
    mdci_queue_unlock(block->queue);
    if (start)
        mdci_queue_submit(block->queue, &block->task);
}

struct mdci_block_news mdci_block_decoder_look(struct mdci_block_decoder *block,
                                               bool wait)
{
    mdci_queue_lock(block->queue);
    while (wait && block->busy && block->taken == block->plain.size)
        mdci_queue_wait(block->queue);
    const struct mdci_block_news news = {
        .ready = block->plain.size - block->taken,
        .busy = block->busy,
        .failed = block->fault.status != MDC_OK,
    };
    mdci_queue_unlock(block->queue);
    return news;
}

void mdci_block_decoder_take(struct mdci_block_decoder *block, uint8_t *out,
                             size_t size)
{
    mdci_queue_lock(block->queue);
    memcpy(out, block->plain.data + block->taken, size);
    block->taken += size;
    mdci_queue_unlock(block->queue);
}

void mdci_block_decoder_release(struct mdci_block_decoder *block)
{
    while (block->first) {
        struct mdci_packed_chunk *chunk = block->first;
        block->first = chunk->next;
        mdci_packed_chunk_free(chunk, block->allocator);
    }
    mdci_packed_chunk_free(block->failed, block->allocator);
    block->failed = NULL;
    block->fault = (struct mdci_fault){0};
    block->queued = 0;
    mdci_coder_close(&block->coder);
    mdci_buffer_free(&block->plain, block->allocator);
    mdci_buffer_free(&block->seen, block->allocator);
    block->memory = 0;
}
