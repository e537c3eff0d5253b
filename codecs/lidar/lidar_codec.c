/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_codec.c
 * \brief Binds the coders of points to the codec interface. A chunk stands for
 *        itself: it starts with its layout, and nothing is carried on.
 */
#define MDCI_ACCOUNT /* for explain() */
#include "config.h"

#include "codecs/lidar/lidar_codec.h"

#include <string.h>

#include "codecs/lidar/fit_image.h"
#include "codecs/lidar/fit_scan.h"
#include "codecs/lidar/lidar_facts.h"
#include "codecs/lidar/lidar_image.h"
#include "codecs/lidar/lidar_layout.h"
#include "codecs/lidar/lidar_scan.h"
#include "codecs/lidar/lidar_sweep.h"

enum {
    ROW_MIN = 4,
    ROW_MAX = 9,
    TABLE_BITS_MIN = 6,
    START_WEIGHT = 450, /* of numbers */
    WEIGHT_RATE = 6,
    ENOUGH = 5,     /* what shrinks to a fifth needs no comparison */
    COUNT_BITS = 24 /* of a part's records */
};

/* How a part of a chunk is coded. */
enum method { METHOD_POINTS, METHOD_SWEEP, METHOD_SCAN, METHOD_IMAGE };

enum { FIRING = MDCI_LIDAR_LASERS * MDCI_LIDAR_RECORD };

struct state {
    struct mdc_allocator allocator;
    struct mdci_numbers numbers;
    struct mdci_lidar_points points;
    struct mdci_lidar_spin spin;
    struct mdci_lidar_sweep sweep;
    struct mdci_vlp32 scan;
    struct mdci_vlp32_work work;
    struct mdci_image image;
    struct mdci_image_work image_work;
    unsigned firings; /* that spin has room for */
    unsigned seen;    /* points that work has room for */
    unsigned cells;   /* that image_work has room for */
    unsigned room;    /* points that it has room for */
    int64_t step;     /* see lidar_near.h */
};

/* log2 of the cache lines that a context has: as many as the row allows, or
 * as a small block can use. */
static unsigned table_bits(unsigned row, uint64_t block_size)
{
    const unsigned most = row < 6 ? 12 : row < 9 ? 14 : 15;
    unsigned bits = TABLE_BITS_MIN;
    while (bits < most && (uint64_t)16 << bits < block_size)
        bits++;
    return bits;
}

/* Firings of the largest sweep that a block may hold. */
static unsigned most_firings(uint64_t block_size)
{
    return (unsigned)mdci_min_u64(block_size / FIRING + 1, MDCI_LIDAR_FIRINGS);
}

/* Points and firings of the largest scan that a block may hold. */
static unsigned most_seen(uint64_t block_size)
{
    return (unsigned)mdci_min_u64(block_size / (4 * MDCI_LIDAR_COLUMNS_MIN) + 1,
                                  MDCI_VLP32_POINTS);
}

/* Points of the largest image that a block may hold, and its cells. */
static unsigned most_points(uint64_t block_size)
{
    return (unsigned)mdci_min_u64(block_size / (4 * MDCI_LIDAR_COLUMNS_MIN) + 1,
                                  MDCI_IMAGE_CELLS);
}

static unsigned most_cells(uint64_t block_size)
{
    return (unsigned)mdci_min_u64((uint64_t)3 * most_points(block_size),
                                  MDCI_IMAGE_CELLS);
}

static size_t bound(size_t size)
{
    return size + 64;
}

static uint64_t memusage(enum mdci_direction direction, unsigned row,
                         uint64_t block_size, uint64_t dictionary_size)
{
    (void)dictionary_size;
    if (row < ROW_MIN || row > ROW_MAX)
        return UINT64_MAX;
    const uint64_t firings = most_firings(block_size);
    const uint64_t seen = most_seen(block_size);
    const struct state *s = NULL;
    const uint64_t points = most_points(block_size);
    const uint64_t cells = most_cells(block_size) + 1;
    const struct mdci_image_work *w = NULL;
    const uint64_t fits[3] = {mdci_fit_memory((unsigned)firings),
                              mdci_scan_memory(seen),
                              mdci_image_memory(points)};
    uint64_t fit = 0;
    for (unsigned k = 0; k < 3; k++)
        fit = fit > fits[k] ? fit : fits[k];
    return sizeof *s +
           (direction == MDCI_ENCODE ? fit + bound((size_t)block_size) : 0) +
           cells * (sizeof *w->range + sizeof *w->point + sizeof *w->miss +
                    sizeof *w->lean) +
           points * (sizeof *w->cell + sizeof *w->reach + sizeof *w->tick) +
           firings * (sizeof *s->spin.range + 2 * sizeof(int32_t)) +
           seen * sizeof *s->work.slot +
           (MDCI_VLP32_FIRINGS + 1) * (sizeof *s->work.range +
                                       2 * sizeof(int32_t) + sizeof(uint32_t)) +
           mdci_numbers_size(table_bits(row, block_size)) +
           MDCI_ALIGNED_OVERHEAD;
}

static void close_state(void *state)
{
    struct state *s = state;
    mdci_free_aligned(&s->allocator, s->numbers.table);
    mdci_free(&s->allocator, s->spin.range);
    mdci_free(&s->allocator, s->spin.azimuth);
    mdci_free(&s->allocator, s->spin.turn);
    mdci_free(&s->allocator, s->work.range);
    mdci_free(&s->allocator, s->work.azimuth);
    mdci_free(&s->allocator, s->work.delay);
    mdci_free(&s->allocator, s->work.slot);
    mdci_free(&s->allocator, s->work.start);
    mdci_free(&s->allocator, s->image_work.range);
    mdci_free(&s->allocator, s->image_work.point);
    mdci_free(&s->allocator, s->image_work.miss);
    mdci_free(&s->allocator, s->image_work.lean);
    mdci_free(&s->allocator, s->image_work.cell);
    mdci_free(&s->allocator, s->image_work.reach);
    mdci_free(&s->allocator, s->image_work.tick);
    mdci_free(&s->allocator, s);
}

static enum mdc_status open_state(void **state, enum mdci_direction direction,
                                  unsigned row, uint64_t block_size,
                                  const struct mdc_allocator *allocator)
{
    (void)direction;
    if (row < ROW_MIN || row > ROW_MAX)
        return MDC_UNSUPPORTED;
    struct state *s = mdci_alloc(allocator, sizeof(*s));
    if (!s)
        return MDC_MEM;
    struct mdci_numbers *n = &s->numbers;
    s->allocator = *allocator;
    s->step = s->points.step = 0;
    const unsigned bits = table_bits(row, block_size);
    void *memory = mdci_alloc_aligned(allocator, mdci_numbers_size(bits));
    n->rate = WEIGHT_RATE;
    n->table = NULL;
    if (memory)
        mdci_numbers_put(n, bits, memory);
    struct mdci_lidar_spin *spin = &s->spin;
    s->firings = most_firings(block_size);
    spin->range = mdci_alloc(allocator, sizeof(*spin->range) * s->firings);
    spin->azimuth = mdci_alloc(allocator, sizeof(int32_t) * s->firings);
    spin->turn = mdci_alloc(allocator, sizeof(int32_t) * s->firings);
    struct mdci_vlp32_work *w = &s->work;
    s->seen = most_seen(block_size);
    w->range = mdci_alloc(allocator, sizeof *w->range * MDCI_VLP32_FIRINGS);
    w->azimuth = mdci_alloc(allocator, sizeof(int32_t) * MDCI_VLP32_FIRINGS);
    w->delay = mdci_alloc(allocator, sizeof(int32_t) * MDCI_VLP32_FIRINGS);
    w->slot = mdci_alloc(allocator, sizeof(uint32_t) * s->seen);
    w->start =
        mdci_alloc(allocator, sizeof(uint32_t) * (MDCI_VLP32_FIRINGS + 1));
    struct mdci_image_work *m = &s->image_work;
    s->room = most_points(block_size);
    s->cells = most_cells(block_size);
    const size_t cells = (size_t)s->cells + 1;
    m->range = mdci_alloc(allocator, sizeof *m->range * cells);
    m->point = mdci_alloc(allocator, sizeof *m->point * cells);
    m->miss = mdci_alloc(allocator, sizeof *m->miss * cells);
    m->lean = mdci_alloc(allocator, sizeof *m->lean * cells);
    m->cell = mdci_alloc(allocator, sizeof *m->cell * s->room);
    m->reach = mdci_alloc(allocator, sizeof *m->reach * s->room);
    m->tick = mdci_alloc(allocator, sizeof *m->tick * s->room);
    if (!memory || !spin->range || !spin->azimuth || !spin->turn || !w->range ||
        !w->azimuth || !w->delay || !w->slot || !w->start || !m->range ||
        !m->point || !m->miss || !m->lean || !m->cell || !m->reach ||
        !m->tick) {
        close_state(s);
        return MDC_MEM;
    }
    mdci_lidar_spin_tables(spin);
    mdci_vlp32_tables(w);
    *state = s;
    return MDC_OK;
}

static enum mdc_status reset(void *state)
{
    (void)state;
    return MDC_OK;
}

static void set_step(void *state, uint64_t nanometres)
{
    struct state *s = state;
    s->step = s->points.step = mdci_lidar_step_of(nanometres);
}

/* ---- Both directions: an encoder writes where it moves a coordinate ------ */

MDCI_OUTLINE enum mdc_status code_sweep(struct state *s,
                                        struct mdci_range_coder *rc,
                                        const int decode, uint8_t *record,
                                        size_t count)
{
    if (!mdci_lidar_code_sweep(rc, decode, &s->sweep) ||
        s->sweep.firings > s->firings ||
        count != (size_t)s->sweep.firings * MDCI_LIDAR_LASERS)
        return MDC_DATA;
    MDCI_LIDAR_WAY(rc, MDCI_WAY_MODEL);
    struct mdci_lidar_sweep_coder coder = {
        .p = &s->sweep,
        .s = &s->spin,
        .n = &s->numbers,
        .rc = rc,
        .record = record,
        .step = s->step,
    };
    mdci_lidar_code_azimuths(&s->spin, &s->numbers, rc, decode,
                             s->sweep.firings);
    MDCI_LIDAR_WAY(rc, MDCI_WAY_AZIMUTHS);
    mdci_lidar_code_sweep_points(&coder, decode);
    MDCI_LIDAR_FACTS(rc, mdci_lidar_sweep_facts, &s->sweep, &s->spin);
    return MDC_OK;
}

MDCI_OUTLINE enum mdc_status
code_scan(struct state *s, struct mdci_range_coder *rc, const int decode,
          const struct mdci_lidar_layout *layout, uint8_t *record, size_t count)
{
    if (count > s->seen || !mdci_vlp32_code(rc, decode, &s->scan) ||
        s->scan.firings > count)
        return MDC_DATA;
    s->scan.count = (uint32_t)count;
    MDCI_LIDAR_WAY(rc, MDCI_WAY_MODEL);
    struct mdci_scan_coder coder = {
        .p = &s->scan,
        .w = &s->work,
        .n = &s->numbers,
        .rc = rc,
        .layout = layout,
        .columns = &s->points,
        .record = record,
        .step = s->step,
    };
    if (!mdci_scan_code(&coder, decode))
        return MDC_DATA;
    MDCI_LIDAR_FACTS(rc, mdci_vlp32_facts, &s->scan, &s->work);
    return MDC_OK;
}

MDCI_OUTLINE enum mdc_status code_image(struct state *s,
                                        struct mdci_range_coder *rc,
                                        const int decode,
                                        const struct mdci_lidar_layout *layout,
                                        uint8_t *record, size_t count)
{
    const size_t cells = mdci_min_size(s->cells, count * MDCI_IMAGE_SPARSE);
    if (count > s->room ||
        !mdci_image_code(rc, decode, &s->image, (uint32_t)cells))
        return MDC_DATA;
    MDCI_LIDAR_WAY(rc, MDCI_WAY_MODEL);
    struct mdci_image_coder coder = {
        .p = &s->image,
        .w = &s->image_work,
        .n = &s->numbers,
        .rc = rc,
        .layout = layout,
        .record = record,
        .move = s->step,
        .count = (uint32_t)count,
    };
    if (!mdci_image_code_points(&coder, decode))
        return MDC_DATA;
    MDCI_LIDAR_FACTS(rc, mdci_image_facts, &s->image, count);
    return MDC_OK;
}

/* Codes `count` records by a method. */
MDCI_KERNEL enum mdc_status
code_part(struct state *s, struct mdci_range_coder *rc, const int decode,
          const struct mdci_lidar_layout *layout, uint32_t method,
          uint8_t *record, size_t count)
{
    switch (method) {
    case METHOD_POINTS:
        mdci_lidar_code_points(&s->points, &s->numbers, rc, decode, layout,
                               record, count);
        MDCI_LIDAR_FACTS(rc, mdci_lidar_points_facts, layout, count);
        return MDC_OK;
    case METHOD_SWEEP:
        return layout->columns * 4 == MDCI_LIDAR_RECORD
                   ? code_sweep(s, rc, decode, record, count)
                   : MDC_DATA;
    case METHOD_SCAN:
        return code_scan(s, rc, decode, layout, record, count);
    case METHOD_IMAGE:
        return code_image(s, rc, decode, layout, record, count);
    default:
        return MDC_DATA;
    }
}

/* What lies before the first record and behind the last.
 * \return how many records there are */
MDCI_KERNEL size_t code_ends(struct mdci_range_coder *rc, const int decode,
                             const struct mdci_lidar_layout *layout,
                             uint8_t *chunk, size_t size)
{
    const size_t each = (size_t)layout->columns * 4;
    const size_t count = (size - layout->phase) / each;
    const size_t end = layout->phase + count * each;
    mdci_lidar_code_bytes(rc, decode, chunk, layout->phase);
    mdci_lidar_code_bytes(rc, decode, chunk + end, size - end);
    return count;
}

/* ---- Encoding ------------------------------------------------------------ */

/* Whether the records are those of a sweep: whole intensities up to 255, and
 * the number of the laser. */
static int is_sweep(const struct mdci_lidar_layout *layout,
                    const uint8_t *record, unsigned firings)
{
    if (layout->phase != 0 || firings < 64)
        return 0;
    for (size_t i = 0; i < (size_t)firings * MDCI_LIDAR_LASERS; i++) {
        const uint8_t *at = record + i * MDCI_LIDAR_RECORD;
        const uint32_t gleam = mdci_load32(at + 12);
        const int64_t whole = mdci_lidar_to_decimal(gleam, 0);
        if (whole < 0 || whole > 255 || gleam != mdci_lidar_decimal(whole, 0) ||
            mdci_load32(at + 16) !=
                mdci_lidar_decimal((int64_t)(i % MDCI_LIDAR_LASERS), 0))
            return 0;
    }
    return 1;
}

/* A part of a chunk and what is known of it. */
struct part {
    enum method method;
    size_t count; /* records */
    enum mdc_status status;
};

/* The next part: the largest from here on of which the sensor is known. */
static struct part find_part(struct state *s,
                             const struct mdci_lidar_layout *layout,
                             const uint8_t *record, size_t count)
{
    struct part part = {METHOD_POINTS, count, MDC_OK};
    const size_t most =
        mdci_min_size(count / MDCI_LIDAR_LASERS, (size_t)s->firings);
    if (layout->columns * 4 == MDCI_LIDAR_RECORD && most > 0) {
        const unsigned firings = mdci_sweep_end(record, (unsigned)most);
        if (is_sweep(layout, record, firings)) {
            part.count = (size_t)firings * MDCI_LIDAR_LASERS;
            part.status = mdci_fit_sweep(&s->sweep, &s->spin, record, firings,
                                         &s->allocator);
            if (part.status == MDC_OK)
                part.method = METHOD_SWEEP;
            return part;
        }
    }
    size_t taken = mdci_min_size(count, s->room);
    int exact = 0;
    const enum mdc_status learned =
        mdci_fit_image(&s->image, &s->image_work, layout, record, &taken,
                       s->cells, &exact, &s->allocator);
    if (learned != MDC_OK && learned != MDC_DATA) {
        part.status = learned;
        return part;
    }
    if (learned != MDC_OK || !exact) {
        part.count = mdci_scan_end(record, layout->columns, count);
        part.status = mdci_fit_scan(&s->scan, &s->work, record, layout->columns,
                                    part.count, &s->allocator);
        if (part.status == MDC_OK)
            part.method = METHOD_SCAN;
        if (part.status != MDC_DATA || learned != MDC_OK)
            return part;
    }
    part.method = METHOD_IMAGE;
    part.count = taken;
    part.status = MDC_OK;
    return part;
}

/* Codes a chunk. \param fit  0: all as points
 *  \param chunk  becomes what is restored, if there is a step
 *  \param size_out  0: no room */
static enum mdc_status encode_by(struct state *s, int fit,
                                 struct mdci_lidar_layout *layout,
                                 uint8_t *chunk, size_t size, uint8_t *out,
                                 size_t *size_out)
{
    struct mdci_range_coder rc;
    const size_t each = (size_t)layout->columns * 4;
    int fitted = 0;
    *size_out = 0;
    mdci_numbers_start(&s->numbers, START_WEIGHT);
    mdci_range_encoder_start(&rc, out, bound(size));
    if (!mdci_lidar_code_layout(&rc, 0, layout))
        return MDC_OK;
    size_t left = code_ends(&rc, 0, layout, chunk, size);
    uint8_t *record = chunk + layout->phase;
    while (left > 0) {
        const size_t most = mdci_min_size(left, ((size_t)1 << COUNT_BITS) - 1);
        struct part part = {METHOD_POINTS, most, MDC_OK};
        if (fit)
            part = find_part(s, layout, record, most);
        if (part.status != MDC_OK && part.status != MDC_DATA)
            return part.status;
        fitted |= part.method != METHOD_POINTS;
        if (fit && !fitted)
            return MDC_OK;
        (void)mdci_lidar_plain(&rc, 0, 2, part.method);
        (void)mdci_lidar_plain(&rc, 0, COUNT_BITS, (uint32_t)part.count);
        /* What a decoder would refuse is not written. */
        if (code_part(s, &rc, 0, layout, part.method, record, part.count) !=
            MDC_OK)
            return MDC_OK;
        record += part.count * each;
        left -= part.count;
    }
    *size_out = mdci_range_encoder_finish(&rc) ? rc.size : 0;
    return MDC_OK;
}

/* What is found out about a sensor beats neighbours by far, if it is found.
 *  \param tries  [2][size], the content; the first becomes what is restored */
static enum mdc_status encode_tries(struct state *s,
                                    struct mdci_lidar_layout *layout,
                                    uint8_t *const tries[2], size_t size,
                                    uint8_t *out, size_t *out_size)
{
    enum mdc_status status =
        encode_by(s, 1, layout, tries[0], size, out, out_size);
    if (status != MDC_OK || (*out_size > 0 && *out_size < size / ENOUGH))
        return status;
    uint8_t *other = mdci_alloc(&s->allocator, bound(size));
    size_t other_size;
    if (!other)
        return MDC_MEM;
    status = encode_by(s, 0, layout, tries[1], size, other, &other_size);
    if (other_size > 0 && (*out_size == 0 || other_size < *out_size)) {
        memcpy(out, other, other_size);
        *out_size = other_size;
        if (tries[1] != tries[0])
            memcpy(tries[0], tries[1], size);
    }
    mdci_free(&s->allocator, other);
    return status;
}

static enum mdc_status encode(void *state, const uint8_t *block, size_t from,
                              size_t to, uint8_t *out, size_t *out_size)
{
    const size_t size = to - from;
    struct mdci_lidar_layout layout;
    *out_size = 0;
    if (!mdci_lidar_probe(block + from, size, &layout))
        return MDC_OK;
    mdci_lidar_find_kinds(block + from, size, &layout);
    /* Nothing is written there, as there is no step. */
    uint8_t *chunk = (uint8_t *)(uintptr_t)block + from;
    uint8_t *const tries[2] = {chunk, chunk};
    return encode_tries(state, &layout, tries, size, out, out_size);
}

static enum mdc_status encode_near(void *state, const uint8_t *block,
                                   size_t size, uint8_t *restored, uint8_t *out,
                                   size_t *out_size)
{
    struct state *s = state;
    struct mdci_lidar_layout layout;
    *out_size = 0;
    if (!mdci_lidar_probe(block, size, &layout) ||
        !mdci_lidar_is_frame(block, size, &layout))
        return MDC_OK;
    mdci_lidar_find_kinds(block, size, &layout);
    uint8_t *const tries[2] = {restored, mdci_alloc(&s->allocator, size)};
    if (!tries[1])
        return MDC_MEM;
    memcpy(tries[0], block, size);
    memcpy(tries[1], block, size);
    const enum mdc_status status =
        encode_tries(s, &layout, tries, size, out, out_size);
    mdci_free(&s->allocator, tries[1]);
    return status;
}

/* ---- Decoding ------------------------------------------------------------ */

static enum mdc_status decode_chunk(struct state *s,
                                    struct mdci_range_coder *rc, uint8_t *chunk,
                                    size_t size)
{
    struct mdci_lidar_layout layout = {0};
    mdci_numbers_start(&s->numbers, START_WEIGHT);
    if (!mdci_lidar_code_layout(rc, 1, &layout) || layout.phase > size)
        return MDC_DATA;
    const size_t each = (size_t)layout.columns * 4;
    size_t left = code_ends(rc, 1, &layout, chunk, size);
    uint8_t *record = chunk + layout.phase;
    while (left > 0) {
        const uint32_t method = mdci_lidar_plain(rc, 1, 2, 0);
        const size_t count = mdci_lidar_plain(rc, 1, COUNT_BITS, 0);
        if (count < 1 || count > left)
            return MDC_DATA;
        MDCI_LIDAR_PART(rc, (size_t)(record - chunk), each);
        const enum mdc_status status =
            code_part(s, rc, 1, &layout, method, record, count);
        if (status != MDC_OK)
            return status;
        record += count * each;
        left -= count;
    }
    return MDC_OK;
}

static enum mdc_status explain(void *state, uint8_t *block, size_t from,
                               size_t to, const uint8_t *in, size_t in_size,
                               struct mdci_account *account)
{
    struct mdci_range_coder rc;
    mdci_range_decoder_start(&rc, in, in_size);
    rc.account = account;
    return decode_chunk(state, &rc, block + from, to - from);
}

static enum mdc_status decode(void *state, uint8_t *block, size_t from,
                              size_t to, const uint8_t *in, size_t in_size)
{
    struct mdci_range_coder rc;
    mdci_range_decoder_start(&rc, in, in_size);
    return decode_chunk(state, &rc, block + from, to - from);
}

static enum mdc_status claim(unsigned row, const uint8_t *content, size_t size,
                             const struct mdc_allocator *allocator,
                             enum mdci_claim *claim)
{
    struct mdci_lidar_layout layout;
    (void)allocator;
    *claim = row >= ROW_MIN && row <= ROW_MAX &&
                     mdci_lidar_probe(content, size, &layout)
                 ? MDCI_CLAIM_LIKELY
                 : MDCI_CLAIM_NONE;
    return MDC_OK;
}

const struct mdci_codec mdci_codec_lidar = {
    .id = MDCI_CODEC_LIDAR,
    .name = "lidar",
    .since_format = 2,
    .available = 1,
    .memusage = memusage,
    .bound = bound,
    .open = open_state,
    .reset = reset,
    .encode = encode,
    .decode = decode,
    .set_step = set_step,
    .encode_near = encode_near,
    .explain = explain,
    .close = close_state,
    .claim = claim,
    .whole = 1,
};
