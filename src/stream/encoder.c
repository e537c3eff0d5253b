/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file encoder.c
 * \brief From plain bytes to frames.
 *
 * Blocks go round a ring: the newest takes input; full blocks are coded by
 * workers in any order; the oldest is written out. With one thread the ring
 * has one block, coded by the caller. A flush codes the newest block as far
 * as it is and waits; the block then goes on with its codec's state. Where
 * chunks and blocks end depends on content, options and flushes alone, so the
 * bytes do, too.
 *
 * A dictionary stands in each block's buffer before the content. One that is
 * given is there from the start. With `seekable`, a full frame's own is the
 * start of its first block: it is known when that is first submitted.
 */
#include "config.h"

#include "src/stream/encoder.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/check.h"
#include "src/stream/proof.h"
#include "src/stream/stretch.h"

enum {
    /* A front end whose claim is likely, and that makes a block this many times
     * smaller, is at home there: the level's codec need not try as well. */
    AT_HOME = 6,
    /* A chunk of at most this size is not stored once the codec has learned
     * from others before: the loss of what it learned would cost more. */
    KEEP_CODED = 1024,
    WRITE_SPACE = MDCI_COMPACT_HEADER_MAX + MDCI_BLOCK_HEADER_MAX +
                  MDCI_FULL_HEADER_SIZE + MDCI_FOOTER_SIZE
};

/* What codes a block, and what proves that it restores. */
struct worker {
    struct mdci_coder coder;
    struct mdci_proof proof;
};

/* A block on its way through the ring. */
struct block_job {
    struct mdci_task task;
    struct mdc_cctx *encoder;
    struct mdci_buffer plain;  /* the dictionary and the content so far */
    struct mdci_buffer packed; /* what is to be written of it */
    size_t written;            /* of packed */

    uint64_t number;
    uint64_t offset; /* of the block in the plain data of the frame */
    size_t start;    /* of the content in plain: the dictionary's size */
    bool compact;    /* the frame is to be this block alone */
    bool trial;      /* a codec is being tried: it is no progress */
    bool complete;   /* no content will be added */
    bool submitted;  /* the worker has it, or it waits to be written */
    bool done;       /* the worker is through with it; under the lock */
    size_t hashed;   /* of plain, or in the dictionary; the owner's */
    enum mdc_status status;

    /* The worker's, from one part of the block to the next. */
    const struct mdci_codec *codec;
    struct worker *worker; /* NULL: none is taken yet */
    struct mdci_plan plan;
    struct mdci_stretches stretches; /* of plain[searched..), from there */
    size_t searched, stretch;        /* and how many are in chunks */
    struct mdci_buffer seen; /* if chunks have kinds: plain without them */
    size_t at;               /* bytes of what the codec sees in chunks */
    bool disproved;          /* a payload did not restore */
    size_t tried;            /* of packed: what a front end made of the block */
    struct mdci_buffer restored; /* with a step: what it restores to */
    bool quantized;              /* plain is that */
    bool header_written;
    size_t coded;     /* bytes of plain that are in chunks */
    size_t history;   /* start of what the codec's state has seen, in plain
                         or in seen: 0 is the dictionary's, if there is one */
    bool coder_fresh; /* the state must be started before the next chunk */
    uint64_t packed_size;
};

/* Where a frame stands. */
enum phase {
    PHASE_DATA,   /* takes input */
    PHASE_BLOCKS, /* the last block is submitted */
    PHASE_TAIL    /* the end of the frame is being written */
};

struct mdc_cctx {
    struct mdc_options options;
    const struct mdci_codec *codec;
    unsigned row;
    struct mdci_queue queue;
    struct mdc_error error;

    struct mdci_dictionary given; /* for all frames */
    struct mdci_dictionary own;   /* of this frame, embedded */
    struct mdci_buffer record;    /* of either, for a full frame */

    enum phase phase;
    bool full;              /* something of a full frame was submitted */
    uint64_t frame_size;    /* bytes of the frame that were written */
    uint64_t total_written; /* of all frames */
    uint64_t quantized;     /* plain bytes in blocks with a step */
    struct mdci_totals totals;
    struct mdci_hash *content;
    struct mdci_buffer entries; /* of the seek table */
    struct mdci_buffer tail;
    size_t tail_written;

    struct block_job *jobs;
    unsigned job_count;
    unsigned oldest; /* index in jobs */
    unsigned used;   /* jobs from the oldest to the newest */

    /* Under the lock. */
    struct worker *workers;
    struct worker **free_workers;
    unsigned free_worker_count;
    uint64_t plain_coded;
};

static unsigned job_count_for(unsigned threads)
{
    return threads == 1 ? 1 : threads + 1;
}

/* A proof's state stays when another codec's turn comes. */
static uint64_t proof_memory(const struct mdci_codec *codec,
                             const struct mdci_plan *plan,
                             const struct mdc_options *options)
{
    const uint64_t own = mdci_proof_memory(codec, plan);
    const uint64_t state =
        options->content == MDC_CONTENT_BYTES
            ? 0
            : mdci_front_end_memory(MDCI_PROVE, plan->row, plan->capacity);
    const uint64_t front = state > 0 ? state + plan->capacity : 0;
    return own > front ? own : front;
}

uint64_t mdci_encoder_memusage(const struct mdci_codec *codec,
                               const struct mdci_plan *plan,
                               const struct mdc_options *options)
{
    const unsigned threads = options->threads;
    uint64_t one = mdci_block_memory(codec, MDCI_ENCODE, plan);
    uint64_t state = mdci_state_memory(codec, MDCI_ENCODE, plan);
    if (one == UINT64_MAX || state == UINT64_MAX)
        return UINT64_MAX;
    /* Two buffers grow to more than the block: for a while there are two of
     * each, and with threads, memory managers keep some of what is freed. */
    one += mdci_plan_room(plan) / (threads > 1 ? 1 : 4);
    const uint64_t front =
        options->content == MDC_CONTENT_BYTES
            ? 0
            : mdci_front_end_memory(MDCI_ENCODE, plan->row, plan->capacity);
    if (front > 0) /* the states take turns, and both payloads are kept */
        one += plan->capacity + plan->capacity / 8;
    if (options->quantize > 0) /* what is restored, by two ways */
        one += 2 * plan->capacity;
    one += proof_memory(codec, plan, options);
    if (codec->encode) /* what lies between noise and runs */
        one += plan->capacity + mdci_stretches_memory(plan->capacity);
    if (front > state) {
        one += front - state;
        state = front;
    }
    /* Only blocks that are being coded have a state. */
    return one * threads + (one - state) * (job_count_for(threads) - threads);
}

static enum mdc_status fail(struct mdc_cctx *e, enum mdc_status status,
                            uint64_t block)
{
    e->error.status = status;
    e->error.block = block;
    e->error.offset = e->total_written;
    e->error.plain_offset = e->totals.plain_size;
    (void)snprintf(e->error.text, sizeof(e->error.text),
                   "block %" PRIu64 ": %s", block, mdc_status_text(status));
    return status;
}

static const struct mdci_dictionary *dictionary_of(const struct mdc_cctx *e)
{
    return e->own.size ? &e->own : &e->given;
}

static size_t content_size(const struct block_job *job)
{
    return job->plain.size - job->start;
}

/* ---- Coding a block: a worker's part ------------------------------------ */

static struct worker *take_worker(struct mdc_cctx *e)
{
    mdci_queue_lock(&e->queue);
    struct worker *worker = e->free_workers[--e->free_worker_count];
    mdci_queue_unlock(&e->queue);
    return worker;
}

static void give_worker(struct mdc_cctx *e, struct worker *worker)
{
    if (!worker)
        return;
    mdci_queue_lock(&e->queue);
    e->free_workers[e->free_worker_count++] = worker;
    mdci_queue_unlock(&e->queue);
}

/* What the codec sees of the block: dictionary and content, all of it or
 * without noise and runs. */
static const struct mdci_buffer *source(const struct block_job *job)
{
    return job->plan.kinds ? &job->seen : &job->plain;
}

/* Takes back what was coded of a block that nothing was written of yet. */
static void start_anew(struct block_job *job, const struct mdci_codec *codec,
                       unsigned row)
{
    job->codec = codec;
    job->plan.codec = codec->id;
    job->plan.row = row;
    job->plan.step = 0;
    job->header_written = false;
    job->coded = job->at = job->start;
    job->stretch = 0;
    job->history = 0;
    job->coder_fresh = true;
    job->disproved = false;
    job->packed_size = 0;
}

/* Codes the next `size` bytes that the codec sees. */
static enum mdc_status run_codec(struct block_job *job, size_t size,
                                 uint8_t *out, size_t *out_size)
{
    struct mdc_cctx *e = job->encoder;
    const uint8_t *content = source(job)->data + job->history;
    const size_t from = job->at - job->history;
    struct mdci_coder *coder = &job->worker->coder;
    if (job->coder_fresh)
        MDCI_TRY(mdci_coder_start(coder, job->codec, MDCI_ENCODE, &job->plan,
                                  job->history == 0, &e->options.allocator));
    if (job->plan.step > 0)
        return job->codec->encode_near(coder->state, content, size,
                                       job->restored.data, out, out_size);
    return job->codec->encode(coder->state, content, from, from + size, out,
                              out_size);
}

/* Whether a front end's payload restores. */
static enum mdc_status prove(struct block_job *job, size_t size, bool first,
                             const uint8_t *payload, size_t payload_size,
                             int *good)
{
    const size_t from = job->at - job->history;
    const struct mdci_claimed_chunk chunk = {
        .coder = &job->worker->coder,
        .first = first,
        .primed = job->history == 0,
        .content = job->plan.step > 0 ? job->restored.data
                                      : source(job)->data + job->history,
        .from = from,
        .to = from + size,
        .payload = payload,
        .payload_size = payload_size,
    };
    *good = 1;
    return mdci_proof_needed(job->codec)
               ? mdci_proof_try(&job->worker->proof, &chunk,
                                &job->encoder->options.allocator, good)
               : MDC_OK;
}

/* Codes plain[from..to), which the codec sees: chunk gets its sizes, out the
 * payload. */
static enum mdc_status make_payload(struct block_job *job, size_t from,
                                    size_t to, uint8_t *out,
                                    struct mdci_chunk *chunk)
{
    const size_t size = to - from;
    if (job->codec->encode && size > 0) {
        const bool knows = !job->coder_fresh || job->history < job->start;
        const size_t most = knows && !job->compact && size <= KEEP_CODED
                                ? size + MDCI_PAYLOAD_SLACK
                                : size - 1;
        size_t payload_size;
        int good = 0;
        if (!job->worker)
            job->worker = take_worker(job->encoder);
        MDCI_TRY(run_codec(job, size, out, &payload_size));
        if (payload_size > 0 && payload_size <= most) {
            MDCI_TRY(
                prove(job, size, job->coder_fresh, out, payload_size, &good));
            job->disproved |= !good;
        }
        job->coder_fresh = false;
        if (good) {
            chunk->payload_size = payload_size;
            job->at += size;
            return MDC_OK;
        }
    }
    job->restored.size = 0; /* nothing was moved */
    if (size > 0)
        memcpy(out, job->plain.data + from, size);
    job->at += size;
    job->history = job->at;
    job->coder_fresh = true;
    return MDC_OK;
}

/* As make_payload() for a chunk that the codec does not see; of a run, the
 * content is its own pattern. */
static void copy_payload(const struct block_job *job, size_t from, size_t to,
                         uint8_t *out, struct mdci_chunk *chunk)
{
    chunk->payload_size = 0;
    size_t size = to - from;
    if (chunk->kind == MDCI_CHUNK_RUN)
        chunk->payload_size = size = job->stretches.list[job->stretch].period;
    memcpy(out, job->plain.data + from, size);
}

/* Room for a chunk of `size` bytes and all headers that may stand by it. */
static enum mdc_status reserve(struct block_job *job, size_t size)
{
    const struct mdc_options *options = &job->encoder->options;
    size_t payload = job->codec->encode ? job->codec->bound(size) : size;
    if (payload < size)
        payload = size;
    const size_t space = WRITE_SPACE + job->encoder->record.size + job->tried;
    const size_t most = (size_t)(options->block_size + options->block_size / 8);
    return mdci_buffer_reserve(&job->packed, &options->allocator,
                               job->packed.size + space + payload,
                               space + most);
}

/* The header's length is known after the payload only: the payload is made
 * behind the longest header and then moved. */
static enum mdc_status write_chunk(struct block_job *job,
                                   enum mdci_chunk_kind kind, size_t from,
                                   size_t to)
{
    MDCI_TRY(
        reserve(job, kind == MDCI_CHUNK_RUN ? MDCI_PERIOD_MAX : to - from));
    uint8_t *out = job->packed.data + job->packed.size;
    uint8_t *payload = out + MDCI_COMPACT_HEADER_MAX;
    const uint8_t *content = to > from ? job->plain.data + from : payload;
    struct mdci_chunk chunk = {.kind = kind, .plain_size = to - from};
    if (kind == MDCI_CHUNK_USUAL)
        MDCI_TRY(make_payload(job, from, to, payload, &chunk));
    else
        copy_payload(job, from, to, payload, &chunk);
    if (job->plan.step > 0 && kind == MDCI_CHUNK_USUAL &&
        chunk.payload_size > 0)
        content = job->restored.data;
    size_t header;
    if (job->compact) {
        const struct mdci_plan stored = {.codec = MDCI_CODEC_STORE};
        header = mdci_write_compact_header(
            out, chunk.payload_size ? &job->plan : &stored, &chunk, payload,
            content);
    } else {
        chunk.check = mdci_chunk_check(
            &chunk, mdci_chunk_seed(job->offset + from - job->start, &chunk),
            payload, content);
        header = mdci_write_chunk_header(out, job->plan.kinds, &chunk);
    }
    const size_t size = (size_t)mdci_chunk_packed(&chunk);
    memmove(out + header, payload, size);
    job->packed.size += header + size;
    return MDC_OK;
}

/* Called by the owner without the lock. */
static void tell_progress(struct mdc_cctx *e)
{
    if (!e->options.progress)
        return;
    mdci_queue_lock(&e->queue);
    const uint64_t coded = e->plain_coded;
    mdci_queue_unlock(&e->queue);
    e->options.progress(e->options.progress_opaque, coded, e->total_written);
}

/* With workers, the owner reports progress when it next waits for one. */
static void count_coded(struct block_job *job, size_t size)
{
    struct mdc_cctx *e = job->encoder;
    if (job->trial)
        return;
    mdci_queue_lock(&e->queue);
    e->plain_coded += size;
    const bool by_owner = e->queue.started == 0;
    mdci_queue_tell(&e->queue);
    mdci_queue_unlock(&e->queue);
    if (by_owner)
        tell_progress(e);
}

static enum mdc_status write_compact_frame(struct block_job *job)
{
    MDCI_TRY(write_chunk(job, MDCI_CHUNK_USUAL, job->start, job->plain.size));
    count_coded(job, content_size(job));
    job->coded = job->plain.size;
    const size_t size = job->packed.size;
    job->packed.size += mdci_write_footer(job->packed.data + size,
                                          size - job->tried + MDCI_FOOTER_SIZE);
    return MDC_OK;
}

static void write_block_header(struct block_job *job)
{
    const struct mdc_cctx *e = job->encoder;
    struct mdci_block_header header = {
        .plan = job->plan,
        .number = job->number,
        .memory = (mdci_stated_memory(job->codec, &job->plan) + 1023) >> 10,
        .size_known = job->complete,
        .plain_size = content_size(job),
    };
    if (job->complete)
        header.is_text = mdci_text_facts(job->plain.data + job->start,
                                         content_size(job), &header.text);
    struct mdci_buffer *packed = &job->packed;
    if (job->number == 0) {
        packed->size += mdci_write_full_header(packed->data + packed->size);
        if (e->record.size > 0)
            memcpy(packed->data + packed->size, e->record.data, e->record.size);
        packed->size += e->record.size;
    }
    const size_t size =
        mdci_write_block_header(packed->data + packed->size, &header);
    packed->size += size;
    job->packed_size += size;
    job->header_written = true;
}

/* The next chunk's kind and end. Chunks end at multiples of chunk_size from the
 * start of the block, but for runs; at the ends of stretches, and where the
 * content so far ends. */
static enum mdci_chunk_kind next_chunk(const struct block_job *job,
                                       size_t chunk_size, size_t *to)
{
    const size_t coded = job->coded - job->start;
    *to = mdci_min_size(job->coded - coded % chunk_size + chunk_size,
                        job->plain.size);
    if (job->stretch == job->stretches.count)
        return MDCI_CHUNK_USUAL;
    const struct mdci_stretch *next = &job->stretches.list[job->stretch];
    const size_t from = job->searched + next->from;
    const size_t end = job->searched + next->to;
    if (job->coded < from) {
        *to = mdci_min_size(*to, from);
        return MDCI_CHUNK_USUAL;
    }
    *to = next->kind == MDCI_CHUNK_RUN ? end : mdci_min_size(*to, end);
    return next->kind;
}

static enum mdc_status write_chunks(struct block_job *job)
{
    const size_t chunk_size = job->codec->whole
                                  ? content_size(job)
                                  : (size_t)job->encoder->options.chunk_size;
    MDCI_TRY(reserve(job, 0));
    if (!job->header_written)
        write_block_header(job);
    while (job->coded < job->plain.size) {
        if (mdci_queue_stopping(&job->encoder->queue))
            return MDC_PROG; /* nobody will look at it */
        const size_t before = job->packed.size;
        size_t to;
        const enum mdci_chunk_kind kind = next_chunk(job, chunk_size, &to);
        MDCI_TRY(write_chunk(job, kind, job->coded, to));
        job->packed_size += job->packed.size - before;
        count_coded(job, to - job->coded);
        job->coded = to;
        if (kind != MDCI_CHUNK_USUAL &&
            to == job->searched + job->stretches.list[job->stretch].to)
            job->stretch++;
    }
    if (job->complete) {
        job->packed.data[job->packed.size++] = MDCI_BLOCK_END;
        job->packed_size += MDCI_BLOCK_END_SIZE;
    }
    return MDC_OK;
}

static enum mdc_status write_block(struct block_job *job)
{
    return job->compact ? write_compact_frame(job) : write_chunks(job);
}

/* Keeps what the front end made of the block: of content that was moved, what
 * it restores to is the content from now on. */
static void keep_tried(struct block_job *job)
{
    if (job->restored.size == 0)
        return;
    memcpy(job->plain.data, job->restored.data, job->restored.size);
    job->quantized = true;
}

/* The front end that claims the block, or NULL. One that wants it whole gets
 * noise and runs as well. */
static enum mdc_status find_front_end(struct block_job *job,
                                      const struct mdci_codec **front,
                                      enum mdci_claim *claim)
{
    const struct mdc_cctx *e = job->encoder;
    const struct mdc_allocator *allocator = &e->options.allocator;
    *front = NULL;
    if (!job->complete || job->header_written || job->start > 0 ||
        content_size(job) == 0 || e->options.content == MDC_CONTENT_BYTES)
        return MDC_OK;
    MDCI_TRY(mdci_front_end_for(e->row, job->plain.data, job->plain.size,
                                allocator, front, claim));
    if (!job->plan.kinds)
        return MDC_OK;
    if (*front && (*front)->whole) {
        job->plan.kinds = 0;
        job->stretches.count = 0;
        return MDC_OK;
    }
    *front = NULL;
    if (job->seen.size > 0)
        MDCI_TRY(mdci_front_end_for(e->row, job->seen.data, job->seen.size,
                                    allocator, front, claim));
    /* Noise and runs would cut what one of these wants whole. */
    if (*front && (*front)->whole)
        *front = NULL;
    return MDC_OK;
}

/* Tries the front end that claims the block, if one does. *done: that is all;
 * else what it made of the block is packed[0..tried), and the block starts anew
 * behind it. */
static enum mdc_status try_front_end(struct block_job *job, bool *done)
{
    const struct mdc_cctx *e = job->encoder;
    const size_t size = content_size(job);
    const struct mdci_codec *front, *codec = job->codec;
    const unsigned row = job->plan.row;
    enum mdci_claim claim;
    *done = false;
    MDCI_TRY(find_front_end(job, &front, &claim));
    if (!front)
        return MDC_OK;
    job->codec = front;
    job->plan.codec = front->id;
    job->plan.row = e->row;
    if (front->encode_near && e->options.quantize > 0) {
        MDCI_TRY(mdci_buffer_reserve(&job->restored, &e->options.allocator,
                                     size, size));
        job->restored.size = size;
        job->plan.step = e->options.quantize;
    }
    job->trial = true;
    MDCI_TRY(write_block(job));
    job->trial = false;
    *done = !job->disproved &&
            (claim == MDCI_CLAIM_SURE ||
             (claim == MDCI_CLAIM_LIKELY && job->packed.size < size / AT_HOME));
    if (*done) {
        keep_tried(job);
        count_coded(job, size);
        return MDC_OK;
    }
    if (job->disproved)
        job->packed.size = 0;
    job->tried = job->packed.size;
    start_anew(job, codec, row);
    return MDC_OK;
}

/* Drops the larger of what the front end and the level's codec made. */
static void keep_smaller(struct block_job *job)
{
    struct mdci_buffer *packed = &job->packed;
    const size_t size = packed->size - job->tried;
    if (job->tried == 0)
        return;
    if (size <= job->tried) {
        memmove(packed->data, packed->data + job->tried, size);
        packed->size = size;
    } else {
        packed->size = job->tried;
        job->packed_size -= size - job->tried;
        keep_tried(job);
    }
    job->tried = 0;
}

/* Settles the row of a block that nothing is written of yet. */
static void choose_row(struct block_job *job)
{
    const struct mdc_cctx *e = job->encoder;
    const struct mdci_buffer *seen = source(job);
    if (job->codec->choose && !job->header_written)
        job->plan.row = job->codec->choose(e->row, (int)e->options.content,
                                           seen->data + job->start,
                                           seen->size - job->start);
}

/* Codes the block as the level does. If that is by a front end that does not
 * restore it, byte models do it, unless a part of it has been written. */
static enum mdc_status code_as_level(struct block_job *job)
{
    const bool fresh = !job->header_written;
    const size_t size = job->packed.size;
    MDCI_TRY(write_block(job));
    if (!job->disproved || !fresh)
        return MDC_OK;
    unsigned row = job->encoder->row;
    const struct mdci_codec *codec = mdci_byte_codec_for_level((int)row, &row);
    job->packed.size = size;
    start_anew(job, codec, row);
    return write_block(job);
}

static enum mdc_status code_block(struct block_job *job)
{
    bool done;
    MDCI_TRY(try_front_end(job, &done));
    if (done)
        return MDC_OK;
    choose_row(job);
    MDCI_TRY(code_as_level(job));
    keep_smaller(job);
    return MDC_OK;
}

/* ---- Noise and runs ------------------------------------------------------ */

/* What lies between the stretches is what the codec sees. */
static enum mdc_status add_seen(struct block_job *job)
{
    const struct mdci_stretches *s = &job->stretches;
    struct mdci_buffer *seen = &job->seen;
    if (!job->plan.kinds)
        return MDC_OK;
    MDCI_TRY(mdci_buffer_reserve(
        seen, &job->encoder->options.allocator, job->plain.size,
        job->start + (size_t)job->encoder->options.block_size));
    if (seen->size < job->start) {
        memcpy(seen->data, job->plain.data, job->start);
        seen->size = job->start;
    }
    size_t from = job->searched;
    for (size_t i = 0; i <= s->count; i++) {
        const size_t to =
            i < s->count ? job->searched + s->list[i].from : job->plain.size;
        if (to > from)
            memcpy(seen->data + seen->size, job->plain.data + from, to - from);
        seen->size += to - from;
        from = i < s->count ? job->searched + s->list[i].to : to;
    }
    return MDC_OK;
}

static enum mdc_status find_stretches(struct block_job *job)
{
    job->searched = job->coded;
    job->stretch = 0;
    return mdci_stretches_find(&job->stretches, job->plain.data + job->searched,
                               job->plain.size - job->searched,
                               &job->encoder->options.allocator);
}

static bool is_all_stretches(const struct block_job *job)
{
    size_t size = 0;
    for (size_t i = 0; i < job->stretches.count; i++)
        size += job->stretches.list[i].to - job->stretches.list[i].from;
    return size == content_size(job) && size > 0;
}

/* Finds noise and runs in what has not been coded. Where the rest of the block
 * is not known when its header is written, there may be some in it. */
static enum mdc_status settle_kinds(struct block_job *job)
{
    if (!job->encoder->codec->encode)
        return MDC_OK;
    if (!job->compact)
        MDCI_TRY(find_stretches(job));
    const bool all =
        job->complete && !job->header_written && is_all_stretches(job);
    if (all)
        start_anew(job, mdci_codec_by_id(MDCI_CODEC_STORE), 0);
    if (!job->header_written)
        job->plan.kinds =
            !job->compact && (job->stretches.count > 0 || !job->complete);
    return job->plan.kinds ? add_seen(job) : MDC_OK;
}

static void run_job(struct mdci_task *task)
{
    struct block_job *job = (struct block_job *)task;
    struct mdc_cctx *e = job->encoder;
    if (job->complete && !job->header_written && job->start == 0)
        job->plan.capacity = job->plain.size; /* a small state for little */
    if (job->compact && job->start > 0) {
        job->plan.capacity = content_size(job);
        mdci_plan_round_up(&job->plan); /* one state for many small frames */
    }
    enum mdc_status status = settle_kinds(job);
    if (status == MDC_OK)
        status = code_block(job);
    if (job->complete || status != MDC_OK) {
        give_worker(e, job->worker);
        job->worker = NULL;
    }
    mdci_queue_lock(&e->queue);
    job->status = status;
    job->done = true;
    mdci_queue_tell(&e->queue);
    mdci_queue_unlock(&e->queue);
}

/* ---- The ring: the owner's part ----------------------------------------- */

static struct block_job *newest_job(struct mdc_cctx *e)
{
    return &e->jobs[(e->oldest + e->used - 1) % e->job_count];
}

/* Puts the dictionary, if there is one now, before the content. */
static enum mdc_status put_dictionary(struct mdc_cctx *e, struct block_job *job)
{
    const struct mdci_dictionary *dictionary = dictionary_of(e);
    struct mdci_buffer *plain = &job->plain;
    if (dictionary->size == 0)
        return MDC_OK;
    MDCI_TRY(mdci_buffer_reserve(
        plain, &e->options.allocator, plain->size + dictionary->size,
        (size_t)e->options.block_size + dictionary->size));
    memmove(plain->data + dictionary->size, plain->data, plain->size);
    memcpy(plain->data, dictionary->data, dictionary->size);
    plain->size += dictionary->size;
    job->start = job->coded = job->at = job->hashed = dictionary->size;
    job->plan.dictionary = *dictionary;
    return MDC_OK;
}

/* Codes content that is to be the frame's own dictionary; *size is 0 if it is
 * not worth it: little repeats in it, so that it would not help either. */
static enum mdc_status code_dictionary(struct mdc_cctx *e,
                                       const struct mdci_plan *plan,
                                       const uint8_t *content, uint8_t *out,
                                       size_t *size)
{
    struct worker *worker = take_worker(e);
    enum mdc_status status =
        mdci_coder_start(&worker->coder, e->codec, MDCI_ENCODE, plan, false,
                         &e->options.allocator);
    if (status == MDC_OK)
        status = e->codec->encode(worker->coder.state, content, 0,
                                  (size_t)plan->capacity, out, size);
    give_worker(e, worker);
    if (*size > plan->capacity / 2)
        *size = 0;
    return status;
}

/* A frame's own dictionary: the start of its first block. */
static enum mdc_status make_own_dictionary(struct mdc_cctx *e,
                                           const struct mdci_buffer *plain)
{
    const struct mdc_allocator *allocator = &e->options.allocator;
    const size_t size = mdci_min_size(plain->size, MDCI_SEEKABLE_DICTIONARY);
    if (size < MDCI_SEEKABLE_LEAST || !e->codec->prime)
        return MDC_OK;
    const struct mdci_plan plan = {
        .codec = e->codec->id,
        .row = e->row,
        .capacity = size,
    };
    uint8_t *payload = mdci_alloc(allocator, e->codec->bound(size));
    size_t payload_size = 0;
    if (!payload)
        return MDC_MEM;
    enum mdc_status status =
        code_dictionary(e, &plan, plain->data, payload, &payload_size);
    if (status == MDC_OK && payload_size > 0)
        status = mdci_dictionary_set(&e->own, plain->data, size, allocator);
    if (status == MDC_OK && payload_size > 0) {
        const struct mdci_dictionary_head head = {
            .check = e->own.check,
            .size = size,
            .embedded = 1,
            .plan = plan,
        };
        status = mdci_write_dictionary(&e->record, allocator, &head, payload,
                                       payload_size);
    }
    mdci_free(allocator, payload);
    return status;
}

/* The frame will be a full one: what stands before its first block. */
static enum mdc_status start_full(struct mdc_cctx *e, struct block_job *job)
{
    e->full = true;
    if (e->given.size > 0) {
        const struct mdci_dictionary_head head = {
            .check = e->given.check,
            .size = e->given.size,
        };
        return mdci_write_dictionary(&e->record, &e->options.allocator, &head,
                                     NULL, 0);
    }
    if (!e->options.seekable)
        return MDC_OK;
    MDCI_TRY(make_own_dictionary(e, &job->plain));
    return put_dictionary(e, job);
}

/* Makes the next job of the ring the newest, empty. */
static enum mdc_status open_job(struct mdc_cctx *e)
{
    struct block_job *job = &e->jobs[(e->oldest + e->used) % e->job_count];
    e->used++;
    const struct mdci_buffer plain = job->plain, packed = job->packed;
    const struct mdci_buffer restored = job->restored, seen = job->seen;
    const struct mdci_stretches stretches = job->stretches;
    *job = (struct block_job){
        .task.run = run_job,
        .encoder = e,
        .plain = {plain.data, 0, plain.capacity},
        .packed = {packed.data, 0, packed.capacity},
        .restored = {restored.data, 0, restored.capacity},
        .seen = {seen.data, 0, seen.capacity},
        .stretches = {stretches.list, 0, stretches.room},
        .number = e->totals.blocks,
        .offset = e->totals.plain_size,
        .codec = e->codec,
        .plan =
            {
                .codec = e->codec->id,
                .row = e->row,
                .capacity = e->options.block_size,
            },
        .coder_fresh = true,
    };
    return put_dictionary(e, job);
}

/* A compact frame has room for one chunk: that is enough if there are no noise
 * and runs, or nothing but noise. */
static enum mdc_status look_at_compact(struct block_job *job, bool *compact)
{
    MDCI_TRY(find_stretches(job));
    const struct mdci_stretches *s = &job->stretches;
    *compact =
        s->count == 0 || (is_all_stretches(job) &&
                          s->list[0].kind == MDCI_CHUNK_NOISE && s->count == 1);
    return MDC_OK;
}

/* Gives the newest block to a worker, as far as it is. */
static enum mdc_status submit(struct mdc_cctx *e, bool compact, bool complete)
{
    struct block_job *job = newest_job(e);
    if (compact && e->codec->encode)
        MDCI_TRY(look_at_compact(job, &compact));
    if (!compact && !e->full)
        MDCI_TRY(start_full(e, job));
    job->compact = compact;
    job->complete = complete;
    job->submitted = true;
    job->done = false;
    job->written = 0;
    job->packed.size = 0;
    if (!compact) {
        e->totals.plain_size += job->plain.size - job->coded;
        e->totals.blocks += complete;
    }
    mdci_queue_submit(&e->queue, &job->task);
    return MDC_OK;
}

static bool is_done(struct mdc_cctx *e, const struct block_job *job, bool wait)
{
    mdci_queue_lock(&e->queue);
    while (wait && !job->done) {
        mdci_queue_wait(&e->queue);
        mdci_queue_unlock(&e->queue);
        tell_progress(e);
        mdci_queue_lock(&e->queue);
    }
    const bool done = job->done;
    mdci_queue_unlock(&e->queue);
    return done;
}

/* Writes what is left of data[size]; false if there is no room for all. */
static bool write_out(struct mdc_cctx *e, const uint8_t *data, size_t size,
                      size_t *written, struct mdc_output *out)
{
    const size_t n = mdci_min_size(size - *written, out->size - out->pos);
    if (n > 0)
        memcpy((uint8_t *)out->data + out->pos, data + *written, n);
    *written += n;
    out->pos += n;
    e->frame_size += n;
    e->total_written += n;
    return *written == size;
}

/* Takes a written block out of the ring, unless it goes on after a flush. */
static enum mdc_status retire(struct mdc_cctx *e, struct block_job *job)
{
    job->submitted = false;
    tell_progress(e);
    if (!job->compact)
        mdci_hash_update(e->content, job->plain.data + job->hashed,
                         job->plain.size - job->hashed);
    job->hashed = job->plain.size;
    e->quantized += job->quantized ? content_size(job) : 0;
    if (!job->complete)
        return MDC_OK;
    if (!job->compact) {
        const size_t most = 2 * 10;
        struct mdci_buffer *entries = &e->entries;
        entries->size = (size_t)e->totals.entries_size;
        MDCI_TRY(mdci_buffer_reserve(entries, &e->options.allocator,
                                     entries->size + most, SIZE_MAX));
        e->totals.entries_size += mdci_write_seek_entry(
            entries->data + entries->size, job->packed_size, content_size(job));
    }
    e->oldest = (e->oldest + 1) % e->job_count;
    e->used--;
    return MDC_OK;
}

/**
 * Writes blocks that are done, oldest first.
 * \param keep  blocks that may stay unwritten; it waits for the others
 * \return MDC_OK; MDC_NEED_OUTPUT; what went wrong with a block
 */
static enum mdc_status collect(struct mdc_cctx *e, struct mdc_output *out,
                               unsigned keep)
{
    while (e->used > 0 && e->jobs[e->oldest].submitted) {
        struct block_job *job = &e->jobs[e->oldest];
        if (!is_done(e, job, e->used > keep))
            return MDC_OK;
        if (job->status != MDC_OK)
            return fail(e, job->status, job->number);
        if (!write_out(e, job->packed.data, job->packed.size, &job->written,
                       out))
            return e->used > keep ? MDC_NEED_OUTPUT : MDC_OK;
        MDCI_TRY(retire(e, job));
    }
    return MDC_OK;
}

/* Takes all input. A full block is submitted once more input is there: the
 * last one of a frame may have to be compact. */
static enum mdc_status take_input(struct mdc_cctx *e, struct mdc_input *in,
                                  struct mdc_output *out)
{
    const size_t block_size = (size_t)e->options.block_size;
    while (in->pos < in->size) {
        if (e->used > 0 && !newest_job(e)->submitted &&
            content_size(newest_job(e)) == block_size)
            MDCI_TRY(submit(e, false, true));
        if (e->used == 0 || newest_job(e)->submitted) {
            MDCI_TRY(collect(e, out, e->job_count - 1));
            MDCI_TRY(open_job(e));
        }
        struct block_job *job = newest_job(e);
        struct mdci_buffer *plain = &job->plain;
        const size_t n =
            mdci_min_size(in->size - in->pos, block_size - content_size(job));
        MDCI_TRY(mdci_buffer_reserve(plain, &e->options.allocator,
                                     plain->size + n, job->start + block_size));
        memcpy(plain->data + plain->size, (const uint8_t *)in->data + in->pos,
               n);
        plain->size += n;
        in->pos += n;
    }
    return MDC_OK;
}

static enum mdc_status flush(struct mdc_cctx *e, struct mdc_output *out)
{
    if (e->used > 0 && !newest_job(e)->submitted) {
        const struct block_job *job = newest_job(e);
        const bool complete = content_size(job) == e->options.block_size;
        if (job->plain.size > job->coded)
            MDCI_TRY(submit(e, false, complete));
    }
    return collect(e, out, 0);
}

static enum mdc_status write_tail(struct mdc_cctx *e)
{
    const struct mdc_allocator *allocator = &e->options.allocator;
    struct mdci_buffer *tail = &e->tail;
    tail->size = 0;
    e->tail_written = 0;
    if (!e->full)
        return MDC_OK;
    MDCI_TRY(mdci_write_seek_table(tail, allocator, &e->totals, e->entries.data,
                                   mdci_hash_value(e->content)));
    MDCI_TRY(mdci_buffer_reserve(tail, allocator, tail->size + MDCI_FOOTER_SIZE,
                                 SIZE_MAX));
    tail->size += mdci_write_footer(
        tail->data + tail->size, e->frame_size + tail->size + MDCI_FOOTER_SIZE);
    return MDC_OK;
}

static void start_frame(struct mdc_cctx *e)
{
    e->phase = PHASE_DATA;
    e->full = false;
    e->frame_size = 0;
    e->totals = (struct mdci_totals){0};
    e->record.size = 0;
    mdci_dictionary_free(&e->own, &e->options.allocator);
    mdci_hash_reset(e->content);
}

static enum mdc_status finish(struct mdc_cctx *e, struct mdc_output *out)
{
    if (e->phase == PHASE_DATA) {
        if (e->used == 0 && !e->full)
            MDCI_TRY(open_job(e)); /* an empty input is a frame, too */
        /* An open block is not empty, or it is the frame's only one, or a
         * flush has left it without its end. */
        if (e->used > 0 && !newest_job(e)->submitted)
            MDCI_TRY(submit(e, !e->full, true));
        e->phase = PHASE_BLOCKS;
    }
    if (e->phase == PHASE_BLOCKS) {
        MDCI_TRY(collect(e, out, 0));
        MDCI_TRY(write_tail(e));
        e->phase = PHASE_TAIL;
    }
    if (!write_out(e, e->tail.data, e->tail.size, &e->tail_written, out))
        return MDC_NEED_OUTPUT;
    start_frame(e);
    return MDC_OK;
}

static enum mdc_status run(struct mdc_cctx *e, struct mdc_input *in,
                           struct mdc_output *out, enum mdc_action action)
{
    if (e->phase != PHASE_DATA && (action != MDC_FINISH || in->pos < in->size))
        return MDC_PROG;
    MDCI_TRY(take_input(e, in, out));
    if (action == MDC_FLUSH)
        return flush(e, out);
    if (action == MDC_FINISH)
        return finish(e, out);
    return collect(e, out, e->job_count);
}

enum mdc_status mdci_encoder_run(struct mdc_cctx *e, struct mdc_input *in,
                                 struct mdc_output *out, enum mdc_action action)
{
    if (e->error.status != MDC_OK)
        return e->error.status;
    const enum mdc_status status = run(e, in, out, action);
    if (status != MDC_OK && status != MDC_NEED_OUTPUT &&
        e->error.status == MDC_OK)
        return fail(e, status, e->totals.blocks);
    return status;
}

enum mdc_status mdci_encoder_reset(struct mdc_cctx *e)
{
    if (e->error.status != MDC_OK || e->phase != PHASE_DATA || e->used > 0 ||
        e->full)
        return MDC_PROG;
    e->total_written = 0;
    e->quantized = 0;
    e->plain_coded = 0; /* no task runs that counts */
    return MDC_OK;
}

uint64_t mdci_encoder_quantized(const struct mdc_cctx *e)
{
    return e->quantized;
}

const struct mdc_error *mdci_encoder_error(const struct mdc_cctx *e)
{
    return &e->error;
}

/* ---- Life --------------------------------------------------------------- */

static void free_parts(struct mdc_cctx *e)
{
    const struct mdc_allocator allocator = e->options.allocator;
    for (unsigned i = 0; e->jobs && i < e->job_count; i++) {
        mdci_buffer_free(&e->jobs[i].plain, &allocator);
        mdci_buffer_free(&e->jobs[i].packed, &allocator);
        mdci_buffer_free(&e->jobs[i].restored, &allocator);
        mdci_buffer_free(&e->jobs[i].seen, &allocator);
        mdci_stretches_free(&e->jobs[i].stretches, &allocator);
    }
    for (unsigned i = 0; e->workers && i < e->options.threads; i++) {
        mdci_coder_close(&e->workers[i].coder);
        mdci_proof_close(&e->workers[i].proof, &allocator);
    }
    mdci_free(&allocator, e->jobs);
    mdci_free(&allocator, e->workers);
    mdci_free(&allocator, e->free_workers);
    mdci_dictionary_free(&e->given, &allocator);
    mdci_dictionary_free(&e->own, &allocator);
    mdci_buffer_free(&e->record, &allocator);
    mdci_buffer_free(&e->entries, &allocator);
    mdci_buffer_free(&e->tail, &allocator);
    mdci_hash_free(e->content, &allocator);
    mdci_free(&allocator, e);
}

static void *alloc_array(const struct mdc_allocator *allocator, size_t count,
                         size_t size)
{
    void *array = mdci_alloc(allocator, count * size);
    if (array)
        memset(array, 0, count * size);
    return array;
}

enum mdc_status mdci_encoder_new(struct mdc_cctx **encoder,
                                 const struct mdci_codec *codec, unsigned row,
                                 const struct mdc_options *options)
{
    const struct mdc_allocator *allocator = &options->allocator;
    const unsigned threads = options->threads;
    struct mdc_cctx *e = mdci_alloc(allocator, sizeof(*e));
    *encoder = NULL;
    if (!e)
        return MDC_MEM;
    *e = (struct mdc_cctx){
        .options = *options,
        .codec = codec,
        .row = row,
        .job_count = job_count_for(threads),
        .free_worker_count = threads,
    };
    e->jobs = alloc_array(allocator, e->job_count, sizeof(*e->jobs));
    e->workers = alloc_array(allocator, threads, sizeof(*e->workers));
    e->free_workers = alloc_array(allocator, threads, sizeof(*e->free_workers));
    e->content = mdci_hash_new(allocator);
    const enum mdc_status status =
        codec->prime ? mdci_dictionary_set(&e->given, options->dictionary,
                                           options->dictionary_size, allocator)
                     : MDC_OK;
    if (!e->jobs || !e->workers || !e->free_workers || !e->content ||
        status != MDC_OK || mdci_queue_init(&e->queue, threads) != MDC_OK) {
        free_parts(e);
        return MDC_MEM;
    }
    for (unsigned i = 0; i < threads; i++)
        e->free_workers[i] = &e->workers[i];
    start_frame(e);
    *encoder = e;
    return MDC_OK;
}

void mdci_encoder_free(struct mdc_cctx *e)
{
    if (!e)
        return;
    mdci_queue_stop(&e->queue);
    free_parts(e);
}
