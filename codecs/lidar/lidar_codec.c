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
#include "codecs/lidar/lidar_kernel.h"
#include "codecs/lidar/lidar_layout.h"
#include "models/variants.h"

enum {
    ROW_MIN = 4,
    ROW_MAX = 9,
    TABLE_BITS_MIN = 6,
    START_WEIGHT = 450, /* of numbers */
    WEIGHT_RATE = 6,
    ENOUGH = 5,     /* what shrinks to a fifth needs no comparison */
    MUCH = 1 << 18, /* of that, slices are tried first */
    SLICES = 4,
    PART = 16,        /* they are that part of all */
    SAMPLE = 1 << 16, /* of a claim */
    SAMPLE_ROW = 4,
    FAILURES = 3,   /* fits in a row behind which no more are tried */
    COUNT_BITS = 24 /* of a part's records */
};

enum { FIRING = MDCI_LIDAR_LASERS * MDCI_LIDAR_RECORD };

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
    const struct mdci_lidar_state *s = NULL;
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
    struct mdci_lidar_state *s = state;
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
    struct mdci_lidar_state *s = mdci_alloc(allocator, sizeof(*s));
    if (!s)
        return MDC_MEM;
    struct mdci_numbers *n = &s->numbers;
    s->allocator = *allocator;
    s->step = s->points.step = 0;
    s->wide = mdci_kernels_choose(MDCI_KERNELS_BEST) >= MDCI_KERNELS_AVX2;
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
    struct mdci_lidar_state *s = state;
    s->step = s->points.step = mdci_lidar_step_of(nanometres);
}

/* ---- Both directions ----------------------------------------------------- */

/* Decodes `count` records by a method. */
static enum mdc_status decode_part(struct mdci_lidar_state *s,
                                   struct mdci_range_coder *rc,
                                   const struct mdci_lidar_layout *layout,
                                   uint32_t method, uint8_t *record,
                                   size_t count)
{
#ifdef MDCI_BUILD_AVX2
    if (s->wide && !rc->account)
        return mdci_lidar_decode_avx2(s, rc, layout, method, record, count);
#endif
    return mdci_lidar_code_part(s, rc, 1, layout, method, record, count);
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

/* Encodes `count` records by a method. */
static enum mdc_status encode_part(struct mdci_lidar_state *s,
                                   struct mdci_range_coder *rc,
                                   const struct mdci_lidar_layout *layout,
                                   uint32_t method, uint8_t *record,
                                   size_t count)
{
#ifdef MDCI_BUILD_AVX2
    if (s->wide)
        return mdci_lidar_encode_avx2(s, rc, layout, method, record, count);
#endif
    return mdci_lidar_code_part(s, rc, 0, layout, method, record, count);
}

/* A part of a chunk and what is known of it. */
struct part {
    enum mdci_lidar_method method;
    size_t count; /* records */
    enum mdc_status status;
};

/* The next part: the largest from here on of which the sensor is known. */
static struct part find_part(struct mdci_lidar_state *s,
                             const struct mdci_lidar_layout *layout,
                             const uint8_t *record, size_t count)
{
    struct part part = {MDCI_LIDAR_BY_POINTS, count, MDC_OK};
    const size_t most =
        mdci_min_size(count / MDCI_LIDAR_LASERS, (size_t)s->firings);
    if (layout->columns * 4 == MDCI_LIDAR_RECORD && most > 0) {
        const unsigned firings = mdci_sweep_end(record, (unsigned)most);
        if (is_sweep(layout, record, firings)) {
            part.count = (size_t)firings * MDCI_LIDAR_LASERS;
            part.status = mdci_fit_sweep(&s->sweep, &s->spin, record, firings,
                                         &s->allocator);
            if (part.status == MDC_OK)
                part.method = MDCI_LIDAR_BY_SWEEP;
            return part;
        }
    }
    size_t taken = mdci_min_size(count, s->room);
    int settled;
    const enum mdc_status learned =
        mdci_fit_image(&s->image, &s->image_work, layout, record, &taken,
                       s->cells, &settled, &s->allocator);
    if (learned != MDC_OK && learned != MDC_DATA) {
        part.status = learned;
        return part;
    }
    if (learned != MDC_OK || !settled) {
        part.count = mdci_scan_end(record, layout->columns, count);
        part.status =
            settled ? MDC_DATA
                    : mdci_fit_scan(&s->scan, &s->work, record, layout->columns,
                                    part.count, &s->allocator);
        if (part.status == MDC_OK)
            part.method = MDCI_LIDAR_BY_SCAN;
        if (part.status != MDC_DATA || learned != MDC_OK)
            return part;
    }
    part.method = MDCI_LIDAR_BY_IMAGE;
    part.count = taken;
    part.status = MDC_OK;
    return part;
}

/* Codes a chunk. \param fit  0: all as points
 *  \param chunk  becomes what is restored, if there is a step
 *  \param size_out  0: no room */
static enum mdc_status encode_by(struct mdci_lidar_state *s, int fit,
                                 struct mdci_lidar_layout *layout,
                                 uint8_t *chunk, size_t size, uint8_t *out,
                                 size_t *size_out)
{
    struct mdci_range_coder rc;
    const size_t each = (size_t)layout->columns * 4;
    int fitted = 0;
    unsigned failed = 0; /* fits in a row */
    *size_out = 0;
    mdci_numbers_start(&s->numbers, START_WEIGHT);
    mdci_range_encoder_start(&rc, out, bound(size));
    if (!mdci_lidar_code_layout(&rc, 0, layout))
        return MDC_OK;
    size_t left = code_ends(&rc, 0, layout, chunk, size);
    uint8_t *record = chunk + layout->phase;
    while (left > 0) {
        const size_t most = mdci_min_size(left, ((size_t)1 << COUNT_BITS) - 1);
        struct part part = {MDCI_LIDAR_BY_POINTS, most, MDC_OK};
        if (fit && failed < FAILURES)
            part = find_part(s, layout, record, most);
        if (part.status != MDC_OK && part.status != MDC_DATA)
            return part.status;
        fitted |= part.method != MDCI_LIDAR_BY_POINTS;
        failed = part.method != MDCI_LIDAR_BY_POINTS ? 0 : failed + 1;
        if (fit && !fitted)
            return MDC_OK;
        (void)mdci_lidar_plain(&rc, 0, 2, part.method);
        (void)mdci_lidar_plain(&rc, 0, COUNT_BITS, (uint32_t)part.count);
        /* What a decoder would refuse is not written. */
        if (encode_part(s, &rc, layout, part.method, record, part.count) !=
            MDC_OK)
            return MDC_OK;
        record += part.count * each;
        left -= part.count;
    }
    *size_out = mdci_range_encoder_finish(&rc) ? rc.size : 0;
    return MDC_OK;
}

/* What all would take as points, told from slices of it. */
static enum mdc_status guess_points(struct mdci_lidar_state *s,
                                    const struct mdci_lidar_layout *layout,
                                    const uint8_t *chunk, size_t size,
                                    size_t *guess)
{
    struct mdci_lidar_layout whole = *layout;
    const size_t each = (size_t)layout->columns * 4;
    const size_t slice = (size - layout->phase) / each / SLICES / PART * each;
    const size_t sample = slice * SLICES;
    uint8_t *in = mdci_alloc(&s->allocator, sample);
    uint8_t *out = mdci_alloc(&s->allocator, bound(sample));
    enum mdc_status status = MDC_MEM;
    *guess = 0;
    whole.phase = 0;
    for (size_t k = 0; in && k < SLICES; k++)
        memcpy(in + k * slice, chunk + layout->phase + k * PART * slice, slice);
    if (in && out)
        status = encode_by(s, 0, &whole, in, sample, out, guess);
    *guess = *guess > 0 ? *guess * PART : size;
    mdci_free(&s->allocator, in);
    mdci_free(&s->allocator, out);
    return status;
}

/* What is found out about a sensor beats neighbours by far, if it is found.
 *  \param tries  [2][size], the content; the first becomes what is restored */
static enum mdc_status encode_tries(struct mdci_lidar_state *s,
                                    struct mdci_lidar_layout *layout,
                                    uint8_t *const tries[2], size_t size,
                                    uint8_t *out, size_t *out_size)
{
    enum mdc_status status =
        encode_by(s, 1, layout, tries[0], size, out, out_size);
    if (status != MDC_OK || (*out_size > 0 && *out_size < size / ENOUGH))
        return status;
    /* Of much, a part tells whether all is worth a try: it learned less. */
    if (*out_size > 0 && size >= MUCH) {
        size_t guess;
        status = guess_points(s, layout, tries[1], size, &guess);
        if (status != MDC_OK || guess / 8 * 7 > *out_size)
            return status;
    }
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
    struct mdci_lidar_state *s = state;
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

static enum mdc_status decode_chunk(struct mdci_lidar_state *s,
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
            decode_part(s, rc, &layout, method, record, count);
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

/* ---- Claims -------------------------------------------------------------- */

/* Whether hardly a place is there twice: a byte model finds whatever comes
 * again. \param records  of which the first three words are the place */
static enum mdc_status seldom_again(const uint8_t *record, size_t records,
                                    size_t each,
                                    const struct mdc_allocator *allocator,
                                    int *seldom)
{
    unsigned bits = 16;
    size_t again = 0;
    while (bits < 26 && (size_t)1 << bits < 64 * records)
        bits++;
    const size_t size = (size_t)1 << (bits - 3);
    uint8_t *seen = mdci_alloc(allocator, size);
    if (!seen)
        return MDC_MEM;
    memset(seen, 0, size);
    for (size_t i = 0; i < records; i++) {
        const uint8_t *at = record + i * each;
        const uint64_t hash =
            mdci_hash64(mdci_hash64(mdci_load64(at)) + mdci_load32(at + 8)) >>
            (64 - bits);
        again += seen[hash >> 3] >> (hash & 7) & 1;
        seen[hash >> 3] |= (uint8_t)(1u << (hash & 7));
    }
    mdci_free(allocator, seen);
    *seldom = again * 20 < records;
    return MDC_OK;
}

/* What a sample of whole records takes as points, and what as bytes. */
static enum mdc_status compare(uint8_t *sample, size_t size, unsigned columns,
                               const struct mdc_allocator *allocator,
                               size_t *points, size_t *bytes)
{
    struct mdci_lidar_layout layout;
    unsigned row;
    const struct mdci_codec *rival =
        mdci_byte_codec_for_level(SAMPLE_ROW, &row);
    const size_t most = rival->bound(size);
    void *state;
    *points = *bytes = 0;
    if (!mdci_lidar_probe(sample, size, &layout) || layout.columns != columns ||
        layout.phase != 0)
        return MDC_OK;
    mdci_lidar_find_kinds(sample, size, &layout);
    uint8_t *out =
        mdci_alloc(allocator, most > bound(size) ? most : bound(size));
    if (!out)
        return MDC_MEM;
    enum mdc_status status =
        open_state(&state, MDCI_ENCODE, SAMPLE_ROW, size, allocator);
    if (status == MDC_OK) {
        status = encode_by(state, 0, &layout, sample, size, out, points);
        close_state(state);
    }
    if (status == MDC_OK)
        status = rival->open(&state, MDCI_ENCODE, row, size, allocator);
    if (status == MDC_OK) {
        status = rival->encode(state, sample, 0, size, out, bytes);
        rival->close(state);
    }
    mdci_free(allocator, out);
    return status;
}

/* Of much, a sample tells whether bytes need not be tried as well, or points
 * need not. */
static enum mdc_status sure_of(const uint8_t *content, size_t size,
                               const struct mdci_lidar_layout *layout,
                               const struct mdc_allocator *allocator,
                               enum mdci_claim *claim)
{
    const size_t each = (size_t)layout->columns * 4;
    const size_t records = (size - layout->phase) / each;
    const size_t slice = SAMPLE / SLICES / each * each;
    const uint8_t *record = content + layout->phase;
    size_t points, bytes;
    int seldom;
    MDCI_TRY(seldom_again(record, records, each, allocator, &seldom));
    uint8_t *sample = mdci_alloc(allocator, slice * SLICES);
    if (!sample)
        return MDC_MEM;
    /* At thirds: no slice has in it what one of a frame before had. */
    const size_t apart = (records - slice / each) / (SLICES - 1) * each;
    for (size_t k = 0; k < SLICES; k++)
        memcpy(sample + k * slice, record + k * apart, slice);
    const enum mdc_status status = compare(
        sample, slice * SLICES, layout->columns, allocator, &points, &bytes);
    mdci_free(allocator, sample);
    if (!seldom)
        *claim = MDCI_CLAIM_RIVAL;
    if (points == 0 || bytes == 0)
        return status;
    /* A fifth less, as bytes may learn more from all. What points save else
     * must be worth their time. */
    if (seldom && points < bytes / 5 * 4)
        *claim = MDCI_CLAIM_SURE;
    else if (points > bytes / 16 * 15)
        *claim = MDCI_CLAIM_NONE;
    return status;
}

static enum mdc_status claim(unsigned row, const uint8_t *content, size_t size,
                             const struct mdc_allocator *allocator,
                             enum mdci_claim *claim)
{
    const unsigned firings = 64; /* enough to know a sweep by */
    struct mdci_lidar_layout layout;
    *claim = MDCI_CLAIM_NONE;
    /* Digits in lines of one length look like points, too. */
    if (row < ROW_MIN || row > ROW_MAX ||
        mdci_has_few_controls(content, mdci_min_size(size, SAMPLE)) ||
        !mdci_lidar_probe(content, size, &layout))
        return MDC_OK;
    /* Little is tried both ways: of what comes again and again, bytes make
     * still less. */
    *claim = size < MUCH ? MDCI_CLAIM_RIVAL : MDCI_CLAIM_LIKELY;
    /* Sweeps become so small that nothing else is tried anyway. */
    if (size < MUCH || (layout.columns * 4 == MDCI_LIDAR_RECORD &&
                        is_sweep(&layout, content, firings)))
        return MDC_OK;
    return sure_of(content, size, &layout, allocator, claim);
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
