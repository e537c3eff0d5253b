/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file block_decoder.c
 * \brief One block on its way from payloads to plain bytes.
 */
#include "config.h"

#include "src/stream/block_decoder.h"

#include <string.h>

#include "src/base/bytes.h"

void mdci_packed_chunk_free(struct mdci_packed_chunk *chunk,
                            const struct mdc_allocator *allocator)
{
    if (!chunk)
        return;
    mdci_buffer_free(&chunk->payload, allocator);
    mdci_free(allocator, chunk);
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
                                 const struct mdci_buffer *payload)
{
    const struct mdci_codec *codec = block->codec;
    content += block->history;
    from -= block->history;
    to -= block->history;
    if (!block->watch || !codec->explain)
        return codec->decode(block->coder.state, content, from, to,
                             payload->data, payload->size);
    MDCI_TRY(start_account(block, from, to - from));
    return codec->explain(block->coder.state, content, from, to, payload->data,
                          payload->size, &block->watch->account);
}

/* As run_codec() for plain[from..to), where the codec does not see all of it.
 */
static enum mdc_status run_codec_apart(struct mdci_block_decoder *block,
                                       size_t from, size_t to,
                                       const struct mdci_buffer *payload)
{
    struct mdci_buffer *seen = &block->seen;
    const size_t size = to - from;
    MDCI_TRY(mdci_buffer_reserve(seen, block->allocator, seen->size + size,
                                 (size_t)mdci_plan_room(&block->plan)));
    MDCI_TRY(
        run_codec(block, seen->data, seen->size, seen->size + size, payload));
    memcpy(block->plain.data + from, seen->data + seen->size, size);
    seen->size += size;
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
        repeat(out, to - from, chunk->payload.data,
               (size_t)header->payload_size);
        return true;
    }
    if (header->payload_size > 0)
        return false;
    if (to > from)
        memcpy(out, chunk->payload.data, to - from);
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
        status = block->plan.kinds
                     ? run_codec_apart(block, from, to, &chunk->payload)
                     : run_codec(block, block->plain.data, from, to,
                                 &chunk->payload);
    }
    if (status == MDC_DATA)
        return mdci_fault_set(fault, MDC_DATA, "the payload (%s) is damaged",
                              codec->name);
    if (status != MDC_OK)
        return mdci_fault_set(fault, status, "%s", mdc_status_text(status));
    return MDC_OK;
}

static enum mdc_status decode_chunk(struct mdci_block_decoder *block,
                                    const struct mdci_packed_chunk *chunk,
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
    MDCI_TRY(restore(block, from, to, chunk, fault));
    const uint8_t *content =
        to > from ? block->plain.data + from : (const uint8_t *)chunk;
    if (mdci_chunk_check(&chunk->header, chunk->seed, chunk->payload.data,
                         content) != chunk->header.check)
        return mdci_fault_set(fault, MDC_CHECK, "content check does not match");
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
        const uint64_t offset = chunk->offset;
        mdci_packed_chunk_free(chunk, block->allocator);

        mdci_queue_lock(queue);
        if (status == MDC_OK) {
            block->plain.size += size;
        } else {
            block->fault = fault;
            block->fault_offset = offset;
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
    mdci_coder_close(&block->coder);
    mdci_buffer_free(&block->plain, block->allocator);
    mdci_buffer_free(&block->seen, block->allocator);
    block->memory = 0;
}
