/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lidar_codec.c
 * \brief Binds the coders of points to the codec interface. A chunk stands for
 *        itself: it starts with its layout, and nothing is carried on.
 */
#include "config.h"

#include "codecs/lidar/lidar_codec.h"

#include <string.h>

#include "codecs/lidar/lidar_layout.h"

enum { ROW_MIN = 4, ROW_MAX = 9, TABLE_BITS_MIN = 6 };

struct state {
    struct mdc_allocator allocator;
    struct mdci_numbers numbers;
    struct mdci_lidar_points points;
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

static uint64_t memusage(enum mdci_direction direction, unsigned row,
                         uint64_t block_size, uint64_t dictionary_size)
{
    (void)direction;
    (void)dictionary_size;
    if (row < ROW_MIN || row > ROW_MAX)
        return UINT64_MAX;
    return sizeof(struct state) +
           mdci_numbers_table_size(table_bits(row, block_size)) +
           MDCI_NUMBER_WEIGHTS_SIZE + MDCI_NUMBER_FINAL_SIZE +
           (uint64_t)3 * MDCI_ALIGNED_OVERHEAD;
}

static size_t bound(size_t size)
{
    return size + 64;
}

static void close_state(void *state)
{
    struct state *s = state;
    mdci_free_aligned(&s->allocator, s->numbers.table);
    mdci_free_aligned(&s->allocator, s->numbers.weights);
    mdci_free_aligned(&s->allocator, s->numbers.final_weights);
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
    if (!n->table || !n->weights || !n->final_weights) {
        close_state(s);
        return MDC_MEM;
    }
    *state = s;
    return MDC_OK;
}

static enum mdc_status reset(void *state)
{
    (void)state;
    return MDC_OK;
}

static enum mdc_status encode(void *state, const uint8_t *block, size_t from,
                              size_t to, uint8_t *out, size_t *out_size)
{
    struct state *s = state;
    struct mdci_lidar_layout layout;
    struct mdci_range_coder rc;
    *out_size = 0;
    if (!mdci_lidar_probe(block + from, to - from, &layout))
        return MDC_OK;
    mdci_lidar_find_kinds(block + from, to - from, &layout);
    mdci_numbers_start(&s->numbers);
    mdci_range_encoder_start(&rc, out, bound(to - from));
    (void)mdci_lidar_code_layout(&rc, 0, &layout);
    /* Both directions share the source; an encoder does not write. */
    mdci_lidar_code_points(&s->points, &s->numbers, &rc, 0, &layout,
                           (uint8_t *)(uintptr_t)(block + from), to - from);
    if (mdci_range_encoder_finish(&rc))
        *out_size = rc.size;
    return MDC_OK;
}

static enum mdc_status decode(void *state, uint8_t *block, size_t from,
                              size_t to, const uint8_t *in, size_t in_size)
{
    struct state *s = state;
    struct mdci_lidar_layout layout = {0};
    struct mdci_range_coder rc;
    mdci_range_decoder_start(&rc, in, in_size);
    if (!mdci_lidar_code_layout(&rc, 1, &layout))
        return MDC_DATA;
    mdci_numbers_start(&s->numbers);
    mdci_lidar_code_points(&s->points, &s->numbers, &rc, 1, &layout,
                           block + from, to - from);
    return MDC_OK;
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
