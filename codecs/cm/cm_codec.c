/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file cm_codec.c
 * \brief Binds the engine of models/ to the codec interface: one arena a
 *        block, sized to the block. The row is the model set's.
 *
 * With a dictionary there are two arenas: one is primed with it once and kept,
 * every block starts from a copy. Without one, small blocks behind the first
 * start from an image of their common start.
 */
#include "config.h"

#include "codecs/cm/cm_codec.h"
#include <string.h>

#include "models/engine.h"
#include "models/integer.h"
#include "src/base/bytes.h"

enum {
    PIECE = 1024,
    SAMPLE = 65536,
    NEAR_LINES = 4,
    IMAGE_BLOCK = 26000 /* larger ones take several times what a start does */
};

struct cm_state {
    void *arena;
    void *primed; /* NULL until the first prime() */
    void *image;  /* NULL until the first reset(), and for large blocks */
    uint64_t block_size;
    unsigned row;
    struct mdc_allocator allocator;
};

/* The row is the level, but for logs: with the parser, or as bytes, as always
 * at the fastest level. */
#define LOG_ROWS      10
#define LOG_BYTE_ROWS 20
#define FASTEST       4

/* Lines of a usual length, with some digits or starting like one shortly
 * before: prose is better off without. */
static int is_log(const uint8_t *sample, size_t size)
{
    uint32_t heads[NEAR_LINES] = {0};
    size_t lines = 0, alike = 0, digits = 0;
    const size_t hole = mdci_hole(sample, size);
    if (size > 0 && hole == size)
        return 0;
    sample += hole;
    size = mdci_min_size(size - hole, SAMPLE);
    for (size_t i = 0; i < size; i++) {
        digits += sample[i] >= '0' && sample[i] <= '9';
        if (sample[i] != '\n' || size - i < 5)
            continue;
        const uint32_t head = mdci_load32(sample + i + 1);
        int seen = 0;
        for (size_t k = 0; k < NEAR_LINES; k++)
            seen |= heads[k] == head;
        heads[lines++ % NEAR_LINES] = head;
        alike += (size_t)seen;
    }
    return (digits * 64 >= size || alike * 2 > lines) &&
           (lines * 2048 >= size || size < 2048) &&
           mdci_has_few_controls(sample, size);
}

static unsigned choose(unsigned row, int content, const uint8_t *sample,
                       size_t size)
{
    if (content != MDC_CONTENT_LOG && !is_log(sample, size))
        return row;
    return row + (content == MDC_CONTENT_BYTES || row == FASTEST ? LOG_BYTE_ROWS
                                                                 : LOG_ROWS);
}

/* Bytes of the image that a state may make; 0 if it makes none. */
static size_t image_size(unsigned row, uint64_t block_size)
{
    return block_size <= IMAGE_BLOCK ? mdci_engine_image_size(row, block_size)
                                     : 0;
}

/* What a row's state takes; 0 if there is no such row. */
static uint64_t state_memory(unsigned row, uint64_t block_size,
                             uint64_t dictionary_size)
{
    const uint64_t size = mdci_engine_size(row, block_size);
    const uint64_t second =
        dictionary_size ? size : image_size(row, block_size);
    if (!size)
        return 0;
    return size + sizeof(struct cm_state) +
           (second ? second + MDCI_ALIGNED_OVERHEAD : 0) +
           MDCI_ALIGNED_OVERHEAD;
}

static uint64_t spare(unsigned row, uint64_t block_size,
                      uint64_t dictionary_size)
{
    return dictionary_size
               ? 0
               : state_memory(row, block_size, 0) -
                     (mdci_engine_size(row, block_size) +
                      sizeof(struct cm_state) + MDCI_ALIGNED_OVERHEAD);
}

static uint64_t memusage(enum mdci_direction direction, unsigned row,
                         uint64_t block_size, uint64_t dictionary_size)
{
    uint64_t size = state_memory(row, block_size, dictionary_size);
    /* The encoder is yet to choose; logs as bytes take no more than others. */
    if (direction == MDCI_ENCODE && size && row < LOG_ROWS) {
        const uint64_t other =
            state_memory(row + LOG_ROWS, block_size, dictionary_size);
        size = other > size ? other : size;
    }
    return size ? size : UINT64_MAX;
}

/* A short chunk may grow a little: storing it would forget the block. */
static size_t bound(size_t size)
{
    return size + 64;
}

static enum mdc_status open_block(void **state, enum mdci_direction direction,
                                  unsigned row, uint64_t block_size,
                                  const struct mdc_allocator *allocator)
{
    const size_t size = mdci_engine_size(row, block_size);
    (void)direction;
    if (!size)
        return MDC_UNSUPPORTED;
    struct cm_state *s = mdci_alloc(allocator, sizeof *s);
    if (!s)
        return MDC_MEM;
    s->arena = mdci_alloc_aligned(allocator, size);
    if (!s->arena) {
        mdci_free(allocator, s);
        return MDC_MEM;
    }
    s->primed = s->image = NULL;
    s->block_size = block_size;
    s->row = row;
    s->allocator = *allocator;
    mdci_engine_init(s->arena, row, block_size, 1);
    *state = s;
    return MDC_OK;
}

static enum mdc_status reset(void *state)
{
    struct cm_state *s = state;
    if (s->image) {
        mdci_engine_restore(s->arena, s->image);
        return MDC_OK;
    }
    mdci_engine_init(s->arena, s->row, s->block_size, 0);
    const size_t size = image_size(s->row, s->block_size);
    if (size > 0 && !s->primed)
        s->image = mdci_alloc_aligned(&s->allocator, size);
    if (s->image) /* without one, the next start takes longer */
        mdci_engine_save(s->arena, s->image);
    return MDC_OK;
}

/* Learns the dictionary as if to encode it, and throws away what comes out. */
static void learn(void *arena, const uint8_t *dictionary, size_t size)
{
    /* Nine bits a byte at most, of at least 2^-22: there is always room. */
    uint8_t out[PIECE * 9 * 22 / 8 + 64];
    for (size_t to = 0; to < size;) {
        to += mdci_min_size(PIECE, size - to);
        (void)mdci_engine_encode(arena, dictionary, to, out, sizeof(out));
    }
}

static enum mdc_status prime(void *state, const uint8_t *dictionary,
                             size_t size)
{
    struct cm_state *s = state;
    const size_t arena_size = mdci_engine_size(s->row, s->block_size);
    if (!s->primed) {
        mdci_free_aligned(&s->allocator, s->image);
        s->image = NULL;
        s->primed = mdci_alloc_aligned(&s->allocator, arena_size);
        if (!s->primed)
            return MDC_MEM;
        mdci_engine_init(s->primed, s->row, s->block_size, 1);
        learn(s->primed, dictionary, size);
    }
    memcpy(s->arena, s->primed, arena_size);
    return MDC_OK;
}

static enum mdc_status encode(void *state, const uint8_t *block, size_t from,
                              size_t to, uint8_t *out, size_t *out_size)
{
    struct cm_state *s = state;
    *out_size = mdci_engine_encode(s->arena, block, to, out, bound(to - from));
    return MDC_OK;
}

static enum mdc_status decode(void *state, uint8_t *block, size_t from,
                              size_t to, const uint8_t *in, size_t in_size)
{
    struct cm_state *s = state;
    (void)from;
    mdci_engine_decode(s->arena, block, to, in, in_size);
    return MDC_OK;
}

static enum mdc_status explain(void *state, uint8_t *block, size_t from,
                               size_t to, const uint8_t *in, size_t in_size,
                               struct mdci_account *account)
{
    struct cm_state *s = state;
    (void)from;
    account->placed = 1;
    mdci_engine_explain(s->arena, block, to, in, in_size, account);
    return MDC_OK;
}

static void close_block(void *state)
{
    struct cm_state *s = state;
    const struct mdc_allocator allocator = s->allocator;
    mdci_free_aligned(&allocator, s->primed);
    mdci_free_aligned(&allocator, s->image);
    mdci_free_aligned(&allocator, s->arena);
    mdci_free(&allocator, s);
}

const struct mdci_codec mdci_codec_cm = {
    .id = MDCI_CODEC_CM,
    .name = "cm",
    .since_format = 1,
    .available = 1,
    .memusage = memusage,
    .spare = spare,
    .round = mdci_engine_round,
    .bound = bound,
    .choose = choose,
    .open = open_block,
    .reset = reset,
    .prime = prime,
    .encode = encode,
    .decode = decode,
    .explain = explain,
    .close = close_block,
};
