/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_codec.c
 * \brief Binds the coders of points to the codec interface. A chunk stands for
 *        itself: it starts with its layout, and nothing is carried on.
 */
#include "config.h"

#include "codecs/lidar/lidar_codec.h"

#include <string.h>

#include "codecs/lidar/fit.h"
#include "codecs/lidar/lidar_layout.h"
#include "codecs/lidar/lidar_sweep.h"

enum {
    ROW_MIN = 4,
    ROW_MAX = 9,
    TABLE_BITS_MIN = 6,
    ENOUGH = 8 /* a sweep that shrinks to an eighth needs no comparison */
};

/* How a chunk is coded. */
enum method { METHOD_POINTS, METHOD_SWEEP };

enum { FIRING = MDCI_LIDAR_LASERS * MDCI_LIDAR_RECORD };

struct state {
    struct mdc_allocator allocator;
    struct mdci_numbers numbers;
    struct mdci_lidar_points points;
    struct mdci_lidar_spin spin;
    struct mdci_lidar_sweep sweep;
    unsigned firings; /* that spin has room for */
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
    const unsigned firings = most_firings(block_size);
    return sizeof(struct state) +
           (direction == MDCI_ENCODE
                ? mdci_fit_memory(firings) + bound((size_t)block_size)
                : 0) +
           (uint64_t)firings * (sizeof(*((struct state *)0)->spin.range) +
                                2 * sizeof(int32_t)) +
           mdci_numbers_table_size(table_bits(row, block_size)) +
           MDCI_NUMBER_WEIGHTS_SIZE + MDCI_NUMBER_FINAL_SIZE +
           (uint64_t)3 * MDCI_ALIGNED_OVERHEAD;
}

static void close_state(void *state)
{
    struct state *s = state;
    mdci_free_aligned(&s->allocator, s->numbers.table);
    mdci_free_aligned(&s->allocator, s->numbers.weights);
    mdci_free_aligned(&s->allocator, s->numbers.final_weights);
    mdci_free(&s->allocator, s->spin.range);
    mdci_free(&s->allocator, s->spin.azimuth);
    mdci_free(&s->allocator, s->spin.turn);
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
    n->bits = table_bits(row, block_size);
    n->table = mdci_alloc_aligned(allocator, mdci_numbers_table_size(n->bits));
    n->weights = mdci_alloc_aligned(allocator, MDCI_NUMBER_WEIGHTS_SIZE);
    n->final_weights = mdci_alloc_aligned(allocator, MDCI_NUMBER_FINAL_SIZE);
    struct mdci_lidar_spin *spin = &s->spin;
    s->firings = most_firings(block_size);
    spin->range = mdci_alloc(allocator, sizeof(*spin->range) * s->firings);
    spin->azimuth = mdci_alloc(allocator, sizeof(int32_t) * s->firings);
    spin->turn = mdci_alloc(allocator, sizeof(int32_t) * s->firings);
    if (!n->table || !n->weights || !n->final_weights || !spin->range ||
        !spin->azimuth || !spin->turn) {
        close_state(s);
        return MDC_MEM;
    }
    mdci_lidar_spin_tables(spin);
    *state = s;
    return MDC_OK;
}

static enum mdc_status reset(void *state)
{
    (void)state;
    return MDC_OK;
}

/* ---- Both directions: an encoder does not write to the chunk ------------- */

MDCI_KERNEL enum mdc_status
code_points(struct state *s, struct mdci_range_coder *rc, const int decode,
            struct mdci_lidar_layout *layout, uint8_t *chunk, size_t size)
{
    if (!mdci_lidar_code_layout(rc, decode, layout))
        return MDC_DATA;
    mdci_lidar_code_points(&s->points, &s->numbers, rc, decode, layout, chunk,
                           size);
    return MDC_OK;
}

MDCI_KERNEL enum mdc_status code_sweep(struct state *s,
                                       struct mdci_range_coder *rc,
                                       const int decode, uint8_t *chunk,
                                       size_t size)
{
    if (!mdci_lidar_code_sweep(rc, decode, &s->sweep) ||
        s->sweep.firings > s->firings || s->sweep.firings > size / FIRING)
        return MDC_DATA;
    struct mdci_lidar_sweep_coder coder = {
        .p = &s->sweep,
        .s = &s->spin,
        .n = &s->numbers,
        .rc = rc,
        .record = chunk,
    };
    mdci_lidar_code_azimuths(&s->spin, &s->numbers, rc, decode,
                             s->sweep.firings);
    mdci_lidar_code_sweep_points(&coder, decode);
    for (size_t i = (size_t)s->sweep.firings * FIRING; i < size; i++) {
        const uint32_t byte = mdci_lidar_plain(rc, decode, 8, chunk[i]);
        if (decode)
            chunk[i] = (uint8_t)byte;
    }
    return MDC_OK;
}

/* ---- Encoding ------------------------------------------------------------ */

/* Codes a chunk by a method. \return the payload's size, 0: no room */
static size_t encode_by(struct state *s, enum method method,
                        struct mdci_lidar_layout *layout, const uint8_t *chunk,
                        size_t size, uint8_t *out)
{
    struct mdci_range_coder rc;
    uint8_t *plain = (uint8_t *)(uintptr_t)chunk;
    mdci_numbers_start(&s->numbers);
    mdci_range_encoder_start(&rc, out, bound(size));
    (void)mdci_lidar_plain(&rc, 0, 2, method);
    if (method == METHOD_SWEEP)
        (void)code_sweep(s, &rc, 0, plain, size);
    else
        (void)code_points(s, &rc, 0, layout, plain, size);
    return mdci_range_encoder_finish(&rc) ? rc.size : 0;
}

/* Whether the records are those of a sweep: whole intensities up to 255, and
 * the number of the laser. */
static int is_sweep(const struct state *s,
                    const struct mdci_lidar_layout *layout,
                    const uint8_t *chunk, size_t size)
{
    const size_t firings = size / FIRING;
    if (layout->columns != 5 || layout->phase != 0 || firings < 64 ||
        firings > s->firings)
        return 0;
    for (size_t i = 0; i < firings * MDCI_LIDAR_LASERS; i++) {
        const uint8_t *at = chunk + i * MDCI_LIDAR_RECORD;
        const uint32_t gleam = mdci_load32(at + 12);
        const int64_t whole = mdci_lidar_to_decimal(gleam, 0);
        if (whole < 0 || whole > 255 || gleam != mdci_lidar_decimal(whole, 0) ||
            mdci_load32(at + 16) !=
                mdci_lidar_decimal((int64_t)(i % MDCI_LIDAR_LASERS), 0))
            return 0;
    }
    return 1;
}

/* What is found out about a sensor beats neighbours by far, if it is found. */
static enum mdc_status encode(void *state, const uint8_t *block, size_t from,
                              size_t to, uint8_t *out, size_t *out_size)
{
    struct state *s = state;
    const uint8_t *chunk = block + from;
    const size_t size = to - from;
    struct mdci_lidar_layout layout;
    *out_size = 0;
    if (!mdci_lidar_probe(chunk, size, &layout))
        return MDC_OK;
    if (is_sweep(s, &layout, chunk, size)) {
        const enum mdc_status status =
            mdci_fit_sweep(&s->sweep, &s->spin, chunk,
                           (unsigned)(size / FIRING), &s->allocator);
        if (status == MDC_OK)
            *out_size = encode_by(s, METHOD_SWEEP, &layout, chunk, size, out);
        else if (status != MDC_DATA)
            return status;
        if (*out_size > 0 && *out_size < size / ENOUGH)
            return MDC_OK;
    }
    mdci_lidar_find_kinds(chunk, size, &layout);
    uint8_t *other = mdci_alloc(&s->allocator, bound(size));
    if (!other)
        return MDC_MEM;
    const size_t other_size =
        encode_by(s, METHOD_POINTS, &layout, chunk, size, other);
    if (other_size > 0 && (*out_size == 0 || other_size < *out_size)) {
        memcpy(out, other, other_size);
        *out_size = other_size;
    }
    mdci_free(&s->allocator, other);
    return MDC_OK;
}

static enum mdc_status decode(void *state, uint8_t *block, size_t from,
                              size_t to, const uint8_t *in, size_t in_size)
{
    struct state *s = state;
    struct mdci_lidar_layout layout = {0};
    struct mdci_range_coder rc;
    mdci_range_decoder_start(&rc, in, in_size);
    mdci_numbers_start(&s->numbers);
    switch (mdci_lidar_plain(&rc, 1, 2, 0)) {
    case METHOD_POINTS:
        return code_points(s, &rc, 1, &layout, block + from, to - from);
    case METHOD_SWEEP:
        return code_sweep(s, &rc, 1, block + from, to - from);
    default:
        return MDC_DATA;
    }
}

static int probe(unsigned row, const uint8_t *content, size_t size)
{
    struct mdci_lidar_layout layout;
    return row >= ROW_MIN && row <= ROW_MAX &&
           mdci_lidar_probe(content, size, &layout);
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
    .close = close_state,
    .probe = probe,
};
