/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file explanation.c
 * \brief Where the bits of an archive went: it is restored by decoders that
 *        keep accounts, and what texts are is found by a survey.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "models/integer.h"
#include "src/api/options.h"
#include "src/base/bytes.h"
#include "src/stream/decoder.h"

enum {
    OUTPUT = 65536,
    TEXT_SAMPLE = 4096,
    BITS = 8 * 256, /* of a byte, in 1/256 */
    POINTS = 20000  /* that are kept */
};

struct point {
    int64_t x, y;
    uint32_t cost, hash;
};

struct block_sum {
    const char *codec;
    unsigned row;
    uint64_t plain_size, packed_size, chunks;
};

struct mdc_explain {
    struct mdci_watch watch; /* the first: it stands for all */
    struct mdc_allocator allocator;
    mdc_dctx *decoder;
    int complete; /* there was a whole frame */
    int ignored;  /* what follows is none */
    int ended;
    uint8_t output[OUTPUT];

    uint64_t packed_size, plain_size;
    uint64_t added;            /* bytes of the archive so far */
    struct mdci_buffer blocks; /* struct block_sum */
    uint64_t cost[MDCI_WAYS], size[MDCI_WAYS];

    /* Of points. */
    struct mdci_fact fact[MDCI_FACTS];
    unsigned facts;
    uint64_t off[MDCI_OFFS];
    struct mdci_buffer points; /* struct point */
    uint32_t point_count, stride;

    /* Of texts. */
    struct mdci_survey *survey; /* NULL: there was none */
    int in_text;                /* the last chunk was text */
    int measured;               /* costs of bytes are known */
    uint64_t text_cost;
};

static struct block_sum *block_at(const struct mdc_explain *x, size_t i)
{
    return (struct block_sum *)(void *)x->blocks.data + i;
}

static size_t block_count(const struct mdc_explain *x)
{
    return x->blocks.size / sizeof(struct block_sum);
}

static enum mdc_status count_chunk(struct mdc_explain *x,
                                   const struct mdci_block_decoder *block,
                                   const struct mdci_chunk *chunk,
                                   const uint8_t *content)
{
    if (content == block->plain.data + block->plan.dictionary.size ||
        x->blocks.size == 0) {
        MDCI_TRY(mdci_buffer_reserve(&x->blocks, &x->allocator,
                                     x->blocks.size + sizeof(struct block_sum),
                                     SIZE_MAX));
        x->blocks.size += sizeof(struct block_sum);
        *block_at(x, block_count(x) - 1) = (struct block_sum){
            .codec = block->codec->name, .row = block->plan.row};
    }
    struct block_sum *sum = block_at(x, block_count(x) - 1);
    sum->plain_size += chunk->plain_size;
    sum->packed_size += mdci_chunk_packed(chunk);
    sum->chunks++;
    return MDC_OK;
}

/* What no account says goes to the payload as such. */
static void count_ways(struct mdc_explain *x, const struct mdci_chunk *chunk)
{
    const struct mdci_account *account = &x->watch.account;
    const uint64_t all = mdci_chunk_packed(chunk) * BITS;
    uint64_t known = 0;
    for (unsigned i = 0; i < MDCI_WAYS; i++) {
        known += account->way[i];
        x->cost[i] += account->way[i];
        x->size[i] += account->bytes[i];
    }
    const unsigned rest =
        chunk->payload_size > 0 ? MDCI_WAY_PAYLOAD : MDCI_WAY_STORED;
    x->cost[rest] += all > known ? all - known : 0;
    if (known == 0)
        x->size[rest] += chunk->plain_size;
}

/* Where the first chunk of text has costs of its bytes, others must. */
static enum mdc_status survey_text(struct mdc_explain *x,
                                   const struct mdci_chunk *chunk,
                                   const uint8_t *content)
{
    const size_t size = (size_t)chunk->plain_size;
    const uint64_t cost = mdci_chunk_packed(chunk) * BITS;
    struct mdci_watch *watch = &x->watch;
    if (!x->survey) {
        MDCI_TRY(mdci_survey_open(&x->survey, &x->allocator));
        x->measured = watch->account.placed;
    }
    x->text_cost += cost;
    if (!x->measured)
        return mdci_survey_add(x->survey, content, NULL, size);
    if (!watch->account.placed) {
        const size_t room = size * sizeof(uint32_t);
        MDCI_TRY(
            mdci_buffer_reserve(&watch->cost, &x->allocator, room, SIZE_MAX));
        watch->account.cost = (uint32_t *)(void *)watch->cost.data;
        for (size_t i = 0; i < size; i++)
            watch->account.cost[i] = (uint32_t)(cost / size);
    }
    return mdci_survey_add(x->survey, content, watch->account.cost, size);
}

static struct point *point_at(const struct mdc_explain *x, size_t i)
{
    return (struct point *)(void *)x->points.data + i;
}

/* One of `stride` is kept, by a hash: neighbours are of different lasers. Where
 * there is no room for more, half of them have to go. */
static void keep_point(struct mdc_explain *x, const struct point *point)
{
    size_t kept = x->points.size / sizeof(*point), n = 0;
    if (point->hash % x->stride > 0)
        return;
    if (kept == POINTS) {
        x->stride *= 2;
        for (size_t i = 0; i < kept; i++)
            if (point_at(x, i)->hash % x->stride == 0)
                *point_at(x, n++) = *point_at(x, i);
        kept = n;
        x->points.size = kept * sizeof(*point);
    }
    if (kept == POINTS || point->hash % x->stride > 0)
        return;
    *point_at(x, kept) = *point;
    x->points.size += sizeof(*point);
}

static enum mdc_status look_at_points(struct mdc_explain *x, size_t size,
                                      const uint8_t *content)
{
    const struct mdci_account *account = &x->watch.account;
    MDCI_TRY(mdci_buffer_reserve(&x->points, &x->allocator,
                                 POINTS * sizeof(struct point), SIZE_MAX));
    for (unsigned i = 0; i < account->facts && x->facts < MDCI_FACTS; i++)
        x->fact[x->facts++] = account->fact[i];
    for (unsigned i = 0; i < MDCI_OFFS; i++)
        x->off[i] += account->off[i];
    size_t at = account->first - account->base;
    for (; size - at >= account->each; at += account->each) {
        struct point point = {.hash = mdci_mix32(x->point_count++) >> 8};
        mdci_point_place(content + at, &point.x, &point.y);
        for (size_t i = 0; i < account->each; i++)
            point.cost += account->cost[at + i];
        keep_point(x, &point);
    }
    return MDC_OK;
}

static enum mdc_status tell(struct mdci_watch *watch,
                            const struct mdci_block_decoder *block,
                            const struct mdci_chunk *chunk,
                            const uint8_t *content)
{
    struct mdc_explain *x = (struct mdc_explain *)watch;
    MDCI_TRY(count_chunk(x, block, chunk, content));
    count_ways(x, chunk);
    x->plain_size += chunk->plain_size;
    if (watch->account.each > 0)
        return look_at_points(x, (size_t)chunk->plain_size, content);
    const size_t size = (size_t)chunk->plain_size;
    /* A chunk may start within a long line. */
    x->in_text = mdci_is_text(content, size) ||
                 (x->in_text && mdci_has_few_controls(
                                    content, mdci_min_size(size, TEXT_SAMPLE)));
    return x->in_text ? survey_text(x, chunk, content) : MDC_OK;
}

enum mdc_status mdc_explain_new(mdc_explain **explain,
                                const struct mdc_options *options)
{
    if (!explain)
        return MDC_PROG;
    *explain = NULL;
    struct mdc_options settings;
    MDCI_TRY(mdci_settings_decompress(&settings, options));
    settings.threads = 1;
    struct mdc_explain *x = mdci_alloc(&settings.allocator, sizeof(*x));
    if (!x)
        return MDC_MEM;
    memset(x, 0, sizeof(*x));
    x->allocator = settings.allocator;
    x->watch.tell = tell;
    x->stride = 1;
    const enum mdc_status status = mdci_decoder_new(&x->decoder, &settings);
    if (status != MDC_OK) {
        mdc_explain_free(x);
        return status;
    }
    mdci_decoder_watch(x->decoder, &x->watch);
    *explain = x;
    return MDC_OK;
}

/* Restores what there is, and throws it away. */
static enum mdc_status run(struct mdc_explain *x, const void *data, size_t size,
                           enum mdc_action action)
{
    struct mdc_input in = {data, size, 0};
    for (;;) {
        struct mdc_output out = {x->output, OUTPUT, 0};
        const enum mdc_status status =
            mdci_decoder_run(x->decoder, &in, &out, action);
        if (status == MDC_NEED_OUTPUT)
            continue;
        if (status == MDC_STREAM_END) {
            x->complete = 1;
            x->packed_size = x->added - (in.size - in.pos);
            if (in.pos == in.size)
                return MDC_OK;
        } else if (status == MDC_NEED_INPUT) {
            return MDC_OK;
        } else {
            if (status != MDC_FORMAT || !x->complete)
                return status;
            x->ignored = 1;
            return MDC_OK;
        }
    }
}

enum mdc_status mdc_explain_add(mdc_explain *explain, const void *data,
                                size_t size)
{
    if (explain->ended)
        return MDC_PROG;
    if (explain->ignored)
        return MDC_OK;
    explain->added += size;
    return run(explain, data, size, MDC_RUN);
}

/* ---- The report ---------------------------------------------------------- */

/* Who gets it, and whether they still want it. */
struct reader {
    mdc_part_fn *report;
    void *opaque;
    int refused;
};

static void send(struct reader *reader, struct mdc_part part)
{
    part.size = sizeof(part);
    if (!reader->refused)
        reader->refused = reader->report(reader->opaque, &part) != 0;
}

static void send_blocks(const struct mdc_explain *x, struct reader *reader)
{
    uint64_t payloads = 0;
    for (size_t i = 0; i < block_count(x); i++)
        payloads += block_at(x, i)->packed_size;
    send(reader, (struct mdc_part){.kind = MDC_PART_ARCHIVE,
                                   .plain_size = x->plain_size,
                                   .count = block_count(x),
                                   .cost = x->packed_size * BITS});
    send(reader, (struct mdc_part){.kind = MDC_PART_FRAMES,
                                   .cost = (x->packed_size - payloads) * BITS});
    for (size_t i = 0; i < block_count(x); i++) {
        const struct block_sum *sum = block_at(x, i);
        send(reader, (struct mdc_part){.kind = MDC_PART_BLOCK,
                                       .name = sum->codec,
                                       .number = i,
                                       .row = sum->row,
                                       .count = sum->chunks,
                                       .plain_size = sum->plain_size,
                                       .cost = sum->packed_size * BITS});
    }
}

static void send_ways(const struct mdc_explain *x, struct reader *reader)
{
    static const struct {
        const char *name, *note;
    } ways[MDCI_WAYS] = {
        [MDCI_WAY_PAYLOAD] = {"all else",
                              "sizes of parts; with zstd and lzma, which keep "
                              "no accounts, all"},
        [MDCI_WAY_STORED] = {"stored as it is", "what did not become smaller"},
        [MDCI_WAY_FIELD] = {"fields as predicted",
                            "times, numbers and names that were as expected"},
        [MDCI_WAY_REFUSED] = {"fields not as predicted",
                              "saying that they were not"},
        [MDCI_WAY_MATCH] = {"repeats",
                            "bytes that go on as an earlier place did"},
        [MDCI_WAY_SPELL] = {"bytes one by one",
                            "each by what the models expect there"},
        [MDCI_WAY_TEXTS] = {"new texts",
                            "words and lines where they first occur"},
        [MDCI_WAY_STRUCTURE] = {"templates and columns",
                                "what the lines have in common, and how each "
                                "column of values is written"},
        [MDCI_WAY_ROWS] = {"table of the log's numbers",
                           "the template of each line, and its values"},
        [MDCI_WAY_NOISE] = {"noise",
                            "values that look random, such as identifiers"},
        [MDCI_WAY_MODEL] = {"sensor and pose",
                            "what measured the points, and how it moved"},
        [MDCI_WAY_AZIMUTHS] = {"azimuths and times",
                               "where the sensor looked, and when"},
        [MDCI_WAY_RANGES] = {"ranges", "how far away the points are"},
        [MDCI_WAY_GLEAM] = {"intensities and lasers",
                            "how bright the points are, and who saw them"},
        [MDCI_WAY_X] = {"x", "where it is not as the sensor's model predicts"},
        [MDCI_WAY_Y] = {"y", "the same"},
        [MDCI_WAY_Z] = {"z", "the same"},
        [MDCI_WAY_COLUMNS] = {"other columns", "what else points have"},
    };
    for (unsigned i = 0; i < MDCI_WAYS; i++)
        if (x->cost[i] > 0 || x->size[i] > 0)
            send(reader, (struct mdc_part){.kind = MDC_PART_WAY,
                                           .name = ways[i].name,
                                           .note = ways[i].note,
                                           .number = i,
                                           .plain_size = x->size[i],
                                           .cost = x->cost[i]});
}

static void send_points(const struct mdc_explain *x, struct reader *reader)
{
    static const char *const names[MDCI_OFFS] = {
        "none",       "below a micron", "below 10 microns", "below 0.1 mm",
        "below a mm", "below a cm",     "below 10 cm",      "10 cm or more",
    };
    for (unsigned i = 0; i < x->facts; i++) {
        const struct mdci_fact *fact = &x->fact[i];
        if (fact->text)
            send(reader, (struct mdc_part){.kind = MDC_PART_SENSOR,
                                           .name = fact->text,
                                           .count = fact->value});
        else
            send(reader, (struct mdc_part){.kind = MDC_PART_FACT,
                                           .name = fact->name,
                                           .number = fact->value});
    }
    for (unsigned i = 0; i < MDCI_OFFS; i++)
        if (x->off[i] > 0)
            send(reader, (struct mdc_part){.kind = MDC_PART_RESIDUAL,
                                           .name = names[i],
                                           .number = i,
                                           .count = x->off[i]});
    for (size_t i = 0; i < x->points.size / sizeof(struct point); i++)
        send(reader, (struct mdc_part){.kind = MDC_PART_POINT,
                                       .number = i,
                                       .count = 1,
                                       .cost = point_at(x, i)->cost,
                                       .x = point_at(x, i)->x,
                                       .y = point_at(x, i)->y});
}

static void send_kinds(const struct mdc_explain *x, struct reader *reader)
{
    static const char *const names[MDCI_TEXT_KINDS] = {
        [MDCI_TEXT_TIME] = "time stamps",
        [MDCI_TEXT_NUMBER] = "numbers",
        [MDCI_TEXT_WORD] = "words",
        [MDCI_TEXT_NAME] = "identifiers",
        [MDCI_TEXT_BETWEEN] = "punctuation and blanks",
        [MDCI_TEXT_END] = "line ends",
    };
    const struct mdci_text_use *use = mdci_survey_kinds(x->survey);
    for (unsigned i = 0; i < MDCI_TEXT_KINDS; i++)
        if (use[i].count > 0)
            send(reader, (struct mdc_part){.kind = MDC_PART_TEXT,
                                           .name = names[i],
                                           .number = i,
                                           .count = use[i].count,
                                           .plain_size = use[i].plain_size,
                                           .cost = use[i].cost});
}

/* Estimates add up to what all texts took; large ones are less exact. */
static uint64_t scaled(const struct mdc_explain *x, uint64_t cost,
                       uint64_t total)
{
    const uint64_t all = x->text_cost;
    if (x->measured)
        return cost;
    for (; total >> 31; total >>= 1)
        cost >>= 1;
    return total ? all / total * cost + all % total * cost / total : 0;
}

struct ranked {
    unsigned number;
    struct mdci_template_use use;
};

static int by_cost(const void *a, const void *b)
{
    const struct ranked *one = a, *two = b;
    if (one->use.cost != two->use.cost)
        return one->use.cost < two->use.cost ? 1 : -1;
    return one->number < two->number ? -1 : 1;
}

static void send_template(const struct mdc_explain *x, struct reader *reader,
                          const struct ranked *ranked, uint64_t total)
{
    const struct mdci_template_use *use = &ranked->use;
    send(reader, (struct mdc_part){.kind = MDC_PART_TEMPLATE,
                                   .number = ranked->number,
                                   .text = use->text,
                                   .text_size = use->text_size,
                                   .example = use->example,
                                   .example_size = use->example_size,
                                   .count = use->lines,
                                   .plain_size = use->plain_size,
                                   .cost = scaled(x, use->cost, total),
                                   .estimated = !x->measured});
    for (unsigned k = 0; k < use->slots; k++) {
        struct mdci_slot_use slot;
        mdci_survey_slot(x->survey, ranked->number, k, &slot);
        send(reader, (struct mdc_part){.kind = MDC_PART_SLOT,
                                       .number = k,
                                       .example = slot.example,
                                       .example_size = slot.example_size,
                                       .count = use->lines,
                                       .plain_size = slot.plain_size,
                                       .cost = scaled(x, slot.cost, total),
                                       .estimated = !x->measured});
    }
}

/* The most expensive first. */
static enum mdc_status send_templates(const struct mdc_explain *x,
                                      struct reader *reader)
{
    struct mdci_template_use use;
    uint64_t total = 0;
    size_t count = 0;
    for (unsigned i = 0; mdci_survey_next(x->survey, &i, &use); count++)
        total += use.cost;
    struct ranked *ranked =
        mdci_alloc(&x->allocator, (count + 1) * sizeof(*ranked));
    if (!ranked)
        return MDC_MEM;
    count = 0;
    for (unsigned i = 0; mdci_survey_next(x->survey, &i, &use);)
        ranked[count++] = (struct ranked){i - 1, use};
    qsort(ranked, count, sizeof(*ranked), by_cost);
    for (size_t i = 0; i < count; i++)
        send_template(x, reader, &ranked[i], total);
    mdci_free(&x->allocator, ranked);
    return MDC_OK;
}

enum mdc_status mdc_explain_report(mdc_explain *explain, mdc_part_fn *report,
                                   void *opaque)
{
    struct reader reader = {report, opaque, 0};
    if (!explain->ended) {
        if (!explain->ignored)
            MDCI_TRY(run(explain, NULL, 0, MDC_FINISH));
        if (explain->survey)
            MDCI_TRY(mdci_survey_end(explain->survey));
        explain->ended = 1;
    }
    send_blocks(explain, &reader);
    send_ways(explain, &reader);
    send_points(explain, &reader);
    if (explain->survey && explain->measured)
        send_kinds(explain, &reader);
    if (explain->survey)
        MDCI_TRY(send_templates(explain, &reader));
    return reader.refused ? MDC_IO : MDC_OK;
}

const struct mdc_error *mdc_explain_error(const mdc_explain *explain)
{
    return mdci_decoder_error(explain->decoder);
}

void mdc_explain_free(mdc_explain *explain)
{
    if (!explain)
        return;
    const struct mdc_allocator allocator = explain->allocator;
    mdci_decoder_free(explain->decoder);
    if (explain->survey)
        mdci_survey_close(explain->survey);
    mdci_buffer_free(&explain->blocks, &allocator);
    mdci_buffer_free(&explain->points, &allocator);
    mdci_buffer_free(&explain->watch.cost, &allocator);
    mdci_free(&allocator, explain);
}
