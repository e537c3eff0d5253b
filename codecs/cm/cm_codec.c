/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file cm_codec.c
 * \brief Binds the engine of models/ to the codec interface: one arena a
 *        block, sized to the block. The row is the model set's.
 */
#include "config.h"

#include "codecs/cm/cm_codec.h"
#include "models/engine.h"

struct cm_state {
    void *arena;
    uint64_t block_size;
    unsigned row;
    struct mdc_allocator allocator;
};

static uint64_t memusage(enum mdci_direction direction, unsigned row,
                         uint64_t block_size)
{
    const size_t size = mdci_engine_size(row, block_size);
    (void)direction;
    return size ? size + sizeof(struct cm_state) + MDCI_ALIGNED_OVERHEAD
                : UINT64_MAX;
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
    mdci_engine_init(s->arena, s->row, s->block_size, 0);
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

static void close_block(void *state)
{
    struct cm_state *s = state;
    const struct mdc_allocator allocator = s->allocator;
    mdci_free_aligned(&allocator, s->arena);
    mdci_free(&allocator, s);
}

const struct mdci_codec mdci_codec_cm = {
    .id = MDCI_CODEC_CM,
    .name = "cm",
    .since_format = 1,
    .available = 1,
    .memusage = memusage,
    .bound = bound,
    .open = open_block,
    .reset = reset,
    .encode = encode,
    .decode = decode,
    .close = close_block,
};
