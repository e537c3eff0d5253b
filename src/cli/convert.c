/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file convert.c
 * \brief The loops between reading, the library, and writing.
 */
#include "config.h"

#include "src/cli/convert.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/flush.h"

/* Longer than the text of an error, with parentheses. */
enum { FAULT_TEXT = 200 };

/* What the library found wrong, as one line. */
static const char *fault_text(char text[FAULT_TEXT],
                              const struct mdc_error *error)
{
    /* The library says "where: what", people read "what (where)". */
    const char *colon = strstr(error->text, ": ");
    if (error->text[0] == '\0')
        return mdc_status_text(error->status);
    if (!colon || (strncmp(error->text, "block ", 6) != 0 &&
                   strncmp(error->text, "offset ", 7) != 0))
        return error->text;
    (void)snprintf(text, FAULT_TEXT, "%s (%.*s)", colon + 2,
                   (int)(colon - error->text), error->text);
    return text;
}

void mdci_convert_fault(struct mdci_console *console, const char *name,
                        const struct mdc_error *error)
{
    char text[FAULT_TEXT];
    mdci_error(console, name, "%s", fault_text(text, error));
}

void mdci_convert_warning(struct mdci_console *console, const char *name,
                          const struct mdc_error *error)
{
    char text[FAULT_TEXT];
    mdci_warn(console, name, "%s", fault_text(text, error));
}

static bool io_failed(struct mdci_job *job, const char *what)
{
    mdci_error(job->console, job->name, "%s: %s", what, strerror(errno));
    return false;
}

static int write_out(struct mdci_job *job, const void *data, size_t size)
{
    return job->sparse ? mdci_write_sparse(job->out, &job->holes, data, size)
                       : mdci_write_all(job->out, data, size);
}

/* Gives data[size] to where the job's result goes. */
static bool put(struct mdci_job *job, const void *data, size_t size)
{
    if (job->out >= 0 && write_out(job, data, size) != 0)
        return io_failed(job, "write error");
    if (job->survey && mdc_survey_add(job->survey, data, size) != MDC_OK) {
        mdci_error(job->console, job->name, "%s", mdc_status_text(MDC_MEM));
        return false;
    }
    if (job->explain && mdc_explain_add(job->explain, data, size) != MDC_OK) {
        mdci_convert_fault(job->console, job->name,
                           mdc_explain_error(job->explain));
        return false;
    }
    return true;
}

/* Writes what the library has put into the buffer. */
static bool drain(struct mdci_job *job)
{
    const size_t size = job->buffer.pos;
    job->buffer.pos = 0;
    return put(job, job->buffer.data, size);
}

struct mdc_options mdci_convert_options(const struct mdci_job *job)
{
    const struct mdci_request *request = job->request;
    struct mdc_options options = {.size = sizeof(options)};
    mdc_options_init(&options);
    options.level = request->level;
    options.threads = job->threads;
    options.block_size = request->block_size;
    options.seekable = request->seekable;
    options.content = request->content;
    options.quantize = request->quantize;
    options.dictionary = request->dictionary;
    options.dictionary_size = request->dictionary_size;
    options.max_output = request->max_output;
    if (job->memory_limit != UINT64_MAX)
        options.memory_limit = job->memory_limit;
    return options;
}

/* The same, with progress shown. */
static struct mdc_options make_options(struct mdci_job *job)
{
    struct mdc_options options = mdci_convert_options(job);
    options.progress = mdci_progress_update;
    options.progress_opaque = &job->contexts->progress;
    return options;
}

void mdci_contexts_free(struct mdci_contexts *contexts)
{
    mdc_cctx_free(contexts->encoder);
    mdc_dctx_free(contexts->decoder);
    contexts->encoder = NULL;
    contexts->decoder = NULL;
}

/* ---- Compressing -------------------------------------------------------- */

/* Below this, templates and models have too little to learn from: a lower level
 * is the better way to take less memory. */
#define BLOCK_LEAST (UINT64_C(64) << 10)
/* Of frames that are moved, halves of the usual blocks are whole records, but
 * not quarters; see midicoth.1. */
#define BLOCK_QUANTIZE UINT64_C(5765760)

static uint64_t usual_block(const struct mdci_request *request)
{
    return request->block_size ? request->block_size
           : request->seekable ? UINT64_C(1) << 20
           : request->quantize ? BLOCK_QUANTIZE
                               : UINT64_C(8) << 20;
}

/* The options for blocks of a size, as far as memory is concerned. A source
 * that is smaller than a block needs one thread, and memory for its size. */
static struct mdc_options sized_options(const struct mdci_job *job,
                                        const struct mdc_options *options,
                                        uint64_t block)
{
    struct mdc_options sized = *options;
    sized.block_size = block;
    if (job->size_known && job->source_size <= block) {
        sized.threads = 1;
        sized.block_size = job->source_size < 4096 ? 4096 : job->source_size;
        sized.seekable = 0; /* one block has no dictionary of its own */
    }
    return sized;
}

uint64_t mdci_convert_memory(const struct mdci_request *request, uint64_t size)
{
    const uint64_t block = usual_block(request);
    const struct mdci_job job = {.request = request,
                                 .source_size = size,
                                 .size_known = true,
                                 .threads = 1};
    if (size > block)
        return UINT64_MAX;
    const struct mdc_options options = mdci_convert_options(&job);
    const struct mdc_options sized = sized_options(&job, &options, block);
    return mdc_memusage(&sized);
}

/* Whether one thread with blocks of a size fits into the limit. */
static bool fits(const struct mdci_job *job, const struct mdc_options *options,
                 int level, uint64_t block)
{
    struct mdc_options sized = sized_options(job, options, block);
    sized.level = level;
    sized.threads = 1;
    return mdc_memusage(&sized) <= job->memory_limit;
}

/* The largest block that fits and may be made; 0: there is none. */
static uint64_t fitting_block(const struct mdci_job *job,
                              const struct mdc_options *options, int level)
{
    const uint64_t least = options->quantize ? BLOCK_QUANTIZE / 2 : BLOCK_LEAST;
    uint64_t block = usual_block(job->request);
    while (!fits(job, options, level, block)) {
        if (block / 2 < least)
            return 0;
        block /= 2;
    }
    return block;
}

/* Says what is needed, and what would fit. */
static bool refuse_memory(const struct mdci_job *job,
                          const struct mdc_options *options)
{
    const int level_least = options->quantize ? 4 : 0;
    char need[24], have[24], other[48] = "";
    int level = options->level;
    uint64_t block = fitting_block(job, options, level);
    if (block > 0)
        (void)snprintf(other, sizeof(other),
                       "; --block-size=%" PRIu64 "K would fit", block >> 10);
    while (block == 0 && --level >= level_least)
        block = fitting_block(job, options, level);
    if (block > 0 && level < options->level)
        (void)snprintf(other, sizeof(other), "; -%d would fit", level);
    struct mdc_options sized =
        sized_options(job, options, usual_block(job->request));
    sized.threads = 1;
    mdci_error(job->console, job->name,
               "level %d needs %s of memory, the limit is %s (see -M%s)",
               options->level, mdci_size_text(need, mdc_memusage(&sized)),
               mdci_size_text(have, job->memory_limit), other);
    return false;
}

/* Takes away threads until the rest fits into the memory limit; if one does
 * not, blocks become smaller, unless their size was asked for. */
static bool fit_into_memory(struct mdci_job *job, struct mdc_options *options)
{
    const uint64_t limit = job->memory_limit;
    const uint64_t usual = usual_block(job->request);
    const uint64_t block = fitting_block(job, options, options->level);
    if (block == 0 || (block < usual && job->request->block_size > 0))
        return refuse_memory(job, options);
    struct mdc_options sized = sized_options(job, options, block);
    while (sized.threads > 1 && mdc_memusage(&sized) > limit)
        sized.threads--;
    options->threads = sized.threads;
    options->memory_limit = 0; /* it fits */
    if (block == usual)
        return true;
    options->block_size = block;
    char made[24], had[24], have[24];
    if (!job->contexts->blocks_adjusted)
        mdci_say(job->console, MDCI_WARNINGS, job->name,
                 "blocks of %s, not %s, to stay within the memory limit of "
                 "%s (see -M)",
                 mdci_size_text(made, block), mdci_size_text(had, usual),
                 mdci_size_text(have, limit));
    job->contexts->blocks_adjusted = true;
    return true;
}

static bool run_encoder(struct mdci_job *job, mdc_cctx *ctx,
                        const uint8_t *data, size_t size,
                        enum mdc_action action)
{
    struct mdc_input in = {data, size, 0};
    enum mdc_status status;
    do {
        status = mdc_cctx_run(ctx, &in, &job->buffer, action);
        if (status != MDC_OK && status != MDC_NEED_OUTPUT) {
            job->short_of_memory = status == MDC_MEM;
            mdci_convert_fault(job->console, job->name, mdc_cctx_error(ctx));
            return false;
        }
        if (!drain(job))
            return false;
    } while (status == MDC_NEED_OUTPUT);
    return true;
}

/* Gives all that was read to the encoder, flushing where the rules say. */
static bool feed(struct mdci_job *job, mdc_cctx *ctx,
                 struct mdci_flusher *flusher)
{
    struct mdci_reader *reader = &job->reader;
    mdci_progress_read(&job->contexts->progress, reader->total);
    while (reader->pos < reader->end) {
        const uint8_t *data = reader->data + reader->pos;
        bool flush;
        const size_t piece =
            mdci_flush_piece(flusher, data, reader->end - reader->pos, &flush);
        if (!run_encoder(job, ctx, data, piece, flush ? MDC_FLUSH : MDC_RUN))
            return false;
        reader->pos += piece;
    }
    return true;
}

/* A signal asked to end: the frame gets its end, with all that was written for
 * it so far. More than what a pipe holds is not waited for. */
static bool end_early(struct mdci_job *job, mdc_cctx *ctx,
                      struct mdci_flusher *flusher)
{
    job->reader.wake = 0;
    if (mdci_reader_more(&job->reader, 0) == MDCI_READ_SOME &&
        !feed(job, ctx, flusher))
        return false;
    return run_encoder(job, ctx, NULL, 0, MDC_FINISH);
}

/* Whether it goes on and on, and what was flushed is someone's already. */
static bool is_live(const struct mdci_job *job)
{
    const struct mdci_flush_rule *rule = &job->request->flush;
    return job->out == STDOUT_FILENO &&
           (rule->line || rule->bytes || rule->milliseconds);
}

static bool compress(struct mdci_job *job, mdc_cctx *ctx)
{
    struct mdci_flusher flusher = {.rule = job->request->flush};
    if (is_live(job) && mdci_signals_soften())
        job->reader.wake = mdci_signals_wake();
    for (;;) {
        if (!feed(job, ctx, &flusher))
            return false;
        switch (mdci_reader_more(&job->reader, mdci_flush_timeout(&flusher))) {
        case MDCI_READ_SOME:
            break;
        case MDCI_READ_TIMEOUT:
            if (!run_encoder(job, ctx, NULL, 0, MDC_FLUSH))
                return false;
            mdci_flush_done(&flusher);
            break;
        case MDCI_READ_WOKEN:
            return end_early(job, ctx, &flusher);
        case MDCI_READ_END:
            return run_encoder(job, ctx, NULL, 0, MDC_FINISH);
        case MDCI_READ_FAILED:
            return io_failed(job, "read error");
        }
    }
}

/* Nearly lossless is what was asked for, but not what all of it became. */
static void warn_of_exact(const struct mdci_job *job, const mdc_cctx *ctx)
{
    const uint64_t all = job->reader.total, moved = mdc_cctx_quantized(ctx);
    if (job->request->quantize == 0 || moved >= all)
        return;
    if (moved == 0)
        mdci_warn(job->console, job->name,
                  "is no LiDAR frame, compressed exactly");
    else
        mdci_warn(job->console, job->name,
                  "%" PRIu64 " of %" PRIu64
                  " bytes are no LiDAR frames, compressed exactly",
                  all - moved, all);
}

bool mdci_convert_compress(struct mdci_job *job)
{
    mdci_progress_work(&job->contexts->progress, MDCI_WORK_COMPRESS);
    struct mdc_options options = make_options(job);
    if (!fit_into_memory(job, &options))
        return false;
    struct mdci_contexts *kept = job->contexts;
    mdc_cctx *ctx = kept->encoder;
    enum mdc_status status = MDC_OK;
    if (!ctx || kept->threads != options.threads ||
        kept->block_size != options.block_size ||
        mdc_cctx_reset(ctx) != MDC_OK) {
        mdc_cctx_free(ctx);
        status = mdc_cctx_new(&ctx, &options);
        kept->threads = options.threads;
        kept->block_size = options.block_size;
    }
    kept->encoder = NULL;
    if (status != MDC_OK) {
        job->short_of_memory = true;
        mdci_error(job->console, job->name, "%s", mdc_status_text(status));
        return false;
    }
    const bool good = compress(job, ctx);
    mdci_signals_obey();
    if (good)
        warn_of_exact(job, ctx);
    /* To verify takes as much memory again. */
    if (good && !job->request->verify)
        kept->encoder = ctx;
    else
        mdc_cctx_free(ctx);
    return good;
}

/* ---- Restoring ---------------------------------------------------------- */

/* Restores what was read; *status says how it ended. */
static bool run_decoder(struct mdci_job *job, mdc_dctx *ctx,
                        enum mdc_action action, enum mdc_status *status)
{
    struct mdci_reader *reader = &job->reader;
    struct mdc_input in = {reader->data + reader->pos,
                           reader->end - reader->pos, 0};
    do {
        *status = mdc_dctx_run(ctx, &in, &job->buffer, action);
        if (!drain(job))
            return false;
    } while (*status == MDC_NEED_OUTPUT);
    reader->pos += in.pos;
    return true;
}

/* Reads more, if all that was read is used. If that means waiting, what was
 * read before is written out first; the action says so. */
static bool next_input(struct mdci_job *job, enum mdc_action *action)
{
    struct mdci_reader *reader = &job->reader;
    if (reader->pos < reader->end || *action == MDC_FINISH)
        return true;
    const int timeout = *action == MDC_FLUSH ? -1 : 0;
    switch (mdci_reader_more(reader, timeout)) {
    case MDCI_READ_SOME:
        *action = MDC_RUN;
        return true;
    case MDCI_READ_TIMEOUT:
        *action = MDC_FLUSH;
        return true;
    case MDCI_READ_END:
        *action = MDC_FINISH;
        return true;
    default:
        return io_failed(job, "read error");
    }
}

static bool restore(struct mdci_job *job, mdc_dctx *ctx)
{
    enum mdc_action action = MDC_RUN;
    bool complete = false; /* there was a whole frame */
    for (;;) {
        enum mdc_status status;
        if (!next_input(job, &action) ||
            !run_decoder(job, ctx, action, &status))
            return false;
        if (status == MDC_STREAM_END) {
            complete = true;
            if (action == MDC_FINISH && job->reader.pos == job->reader.end)
                return true;
        } else if (status == MDC_FORMAT && complete) {
            job->rest_ignored = true;
            mdci_warn(job->console, job->name,
                      "bytes behind the archive were ignored");
            return true;
        } else if (status == MDC_GAP) {
            /* What was lost is not in the result: the source stays. */
            job->rest_ignored = true;
            complete = true; /* what follows is a frame's header at least */
            mdci_convert_warning(job->console, job->name, mdc_dctx_error(ctx));
        } else if (status != MDC_NEED_INPUT) {
            job->short_of_memory = status == MDC_MEMLIMIT || status == MDC_MEM;
            mdci_convert_fault(job->console, job->name, mdc_dctx_error(ctx));
            return false;
        }
    }
}

bool mdci_convert_restore(struct mdci_job *job)
{
    mdci_progress_work(&job->contexts->progress, MDCI_WORK_RESTORE);
    const struct mdc_options options = make_options(job);
    struct mdci_contexts *kept = job->contexts;
    mdc_dctx *ctx = kept->decoder;
    enum mdc_status status = MDC_OK;
    if (!ctx || mdc_dctx_reset(ctx) != MDC_OK) {
        mdc_dctx_free(ctx);
        status = mdc_dctx_new(&ctx, &options);
    }
    kept->decoder = NULL;
    if (status != MDC_OK) {
        job->short_of_memory = true;
        mdci_error(job->console, job->name, "%s", mdc_status_text(status));
        return false;
    }
    bool good = restore(job, ctx);
    if (good && job->sparse && mdci_end_sparse(job->out, &job->holes) != 0)
        good = io_failed(job, "write error");
    const uint64_t step = mdc_dctx_quantized(ctx);
    char off[24];
    if (good && step > 0)
        mdci_say(job->console, MDCI_VERBOSE, job->name,
                 "warning: coordinates are up to %s m off, as --quantize "
                 "left them",
                 mdci_metres_text(off, step, 2));
    if (good)
        kept->decoder = ctx;
    else
        mdc_dctx_free(ctx);
    return good;
}

bool mdci_convert_copy(struct mdci_job *job)
{
    mdci_progress_work(&job->contexts->progress, MDCI_WORK_COPY);
    struct mdci_reader *reader = &job->reader;
    enum mdci_read_result result;
    do {
        if (!put(job, reader->data + reader->pos, reader->end - reader->pos))
            return false;
        reader->pos = reader->end;
        mdci_progress_update(&job->contexts->progress, reader->total,
                             reader->total);
        result = mdci_reader_more(reader, -1);
    } while (result == MDCI_READ_SOME);
    return result == MDCI_READ_END || io_failed(job, "read error");
}
