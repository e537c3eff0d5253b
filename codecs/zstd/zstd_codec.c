/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file zstd_codec.c
 * \brief The codec on top of libzstd: one zstd frame per block, never ended,
 *        flushed at the end of each chunk; the window is the whole block.
 *
 * libzstd takes allocator hooks only in its unstable interface, so that its
 * own states come from malloc().
 */
#include "config.h"

#include "codecs/zstd/zstd_codec.h"

#include <zstd.h>
#include <zstd_errors.h>

struct parameters {
    unsigned row;
    int level;
    int hash_log; /* the level's own, stated so that memory is known */
    int chain_log;
};

static const struct parameters rows[] = {
    {.row = 1, .level = 7, .hash_log = 20, .chain_log = 19},
    {.row = 2, .level = 17, .hash_log = 22, .chain_log = 23},
};

struct state {
    enum mdci_direction direction;
    const struct parameters *parameters;
    int window_log;
    ZSTD_CCtx *encoder;
    ZSTD_DCtx *decoder;
    const struct mdc_allocator *allocator;
};

static const struct parameters *find_row(unsigned row)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].row == row)
            return &rows[i];
    return NULL;
}

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

/* The smallest window that holds a block; 10 is zstd's least. */
static int window_log_for(uint64_t block_size)
{
    int log = 10;
    while (log < 31 && (UINT64_C(1) << log) < block_size)
        log++;
    return log;
}

static uint64_t memusage(enum mdci_direction direction, unsigned row,
                         uint64_t block_size, uint64_t dictionary_size)
{
    const struct parameters *p = find_row(row);
    (void)dictionary_size; /* is used where it is */
    if (!p)
        return UINT64_MAX;
    const int log = window_log_for(block_size);
    const uint64_t window = UINT64_C(1) << log;
    if (direction == MDCI_DECODE)
        return window + (1 << 20);
    /* Tables with 4 bytes an entry (and tags of 2 in the hash table), 8 for
     * each 128 bytes of the window; the rest is what ZSTD_sizeof_CCtx() says
     * at most, rounded up. */
    const uint64_t hash = UINT64_C(6) << min_int(p->hash_log, log + 1);
    const uint64_t chain = UINT64_C(4) << min_int(p->chain_log, log + 1);
    return window + hash + chain + window / 16 + (3 << 20);
}

static size_t bound(size_t size)
{
    return ZSTD_compressBound(size) + 64;
}

static enum mdc_status status_of(size_t code, enum mdc_status otherwise)
{
    if (!ZSTD_isError(code))
        return MDC_OK;
    return ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation ? MDC_MEM
                                                                   : otherwise;
}

static enum mdc_status set(ZSTD_CCtx *encoder, ZSTD_cParameter parameter,
                           int value)
{
    return status_of(ZSTD_CCtx_setParameter(encoder, parameter, value),
                     MDC_OPTIONS);
}

static enum mdc_status start_encoder(struct state *s)
{
    const struct parameters *p = s->parameters;
    const int log = s->window_log;
    s->encoder = ZSTD_createCCtx();
    if (!s->encoder)
        return MDC_MEM;
    MDCI_TRY(set(s->encoder, ZSTD_c_compressionLevel, p->level));
    MDCI_TRY(set(s->encoder, ZSTD_c_windowLog, log));
    MDCI_TRY(set(s->encoder, ZSTD_c_hashLog, min_int(p->hash_log, log + 1)));
    return set(s->encoder, ZSTD_c_chainLog, min_int(p->chain_log, log + 1));
}

static enum mdc_status start_decoder(struct state *s)
{
    s->decoder = ZSTD_createDCtx();
    if (!s->decoder)
        return MDC_MEM;
    return status_of(
        ZSTD_DCtx_setParameter(s->decoder, ZSTD_d_windowLogMax, s->window_log),
        MDC_OPTIONS);
}

/* A used zstd state may choose otherwise than a fresh one, and the bytes must
 * not depend on what a thread did before: always begin afresh. */
static enum mdc_status reset(void *state)
{
    struct state *s = state;
    ZSTD_freeCCtx(s->encoder);
    ZSTD_freeDCtx(s->decoder);
    s->encoder = NULL;
    s->decoder = NULL;
    return s->direction == MDCI_ENCODE ? start_encoder(s) : start_decoder(s);
}

/* libzstd takes a dictionary of plain content for one frame: ours. */
static enum mdc_status prime(void *state, const uint8_t *dictionary,
                             size_t size)
{
    struct state *s = state;
    MDCI_TRY(reset(s));
    return status_of(s->direction == MDCI_ENCODE
                         ? ZSTD_CCtx_refPrefix(s->encoder, dictionary, size)
                         : ZSTD_DCtx_refPrefix(s->decoder, dictionary, size),
                     MDC_OPTIONS);
}

static void close_state(void *state)
{
    struct state *s = state;
    ZSTD_freeCCtx(s->encoder);
    ZSTD_freeDCtx(s->decoder);
    mdci_free(s->allocator, s);
}

static enum mdc_status open_state(void **state, enum mdci_direction direction,
                                  unsigned row, uint64_t block_size,
                                  const struct mdc_allocator *allocator)
{
    struct state *s = mdci_alloc(allocator, sizeof(*s));
    if (!s)
        return MDC_MEM;
    *s = (struct state){
        .direction = direction,
        .parameters = find_row(row),
        .window_log = window_log_for(block_size),
        .allocator = allocator,
    };
    const enum mdc_status status = reset(s);
    if (status != MDC_OK) {
        close_state(s);
        return status;
    }
    *state = s;
    return MDC_OK;
}

static enum mdc_status encode(void *state, const uint8_t *block, size_t from,
                              size_t to, uint8_t *out, size_t *out_size)
{
    struct state *s = state;
    ZSTD_inBuffer input = {block + from, to - from, 0};
    ZSTD_outBuffer output = {out, bound(to - from), 0};
    size_t left;
    do {
        left = ZSTD_compressStream2(s->encoder, &output, &input, ZSTD_e_flush);
        MDCI_TRY(status_of(left, MDC_PROG));
    } while (left != 0 && output.pos < output.size);
    *out_size = output.pos;
    return left == 0 ? MDC_OK : MDC_PROG;
}

static enum mdc_status decode(void *state, uint8_t *block, size_t from,
                              size_t to, const uint8_t *in, size_t in_size)
{
    struct state *s = state;
    ZSTD_inBuffer input = {in, in_size, 0};
    ZSTD_outBuffer output = {block + from, to - from, 0};
    /* Once the output is full, room for one more byte lets the decoder read
     * on to the end of its input; it must not need that room. */
    uint8_t spare;
    ZSTD_outBuffer rest = {&spare, 1, 0};
    while (input.pos < input.size || output.pos < output.size) {
        ZSTD_outBuffer *target = output.pos < output.size ? &output : &rest;
        const size_t in_before = input.pos, out_before = output.pos;
        const size_t left = ZSTD_decompressStream(s->decoder, target, &input);
        MDCI_TRY(status_of(left, MDC_DATA));
        MDCI_CHECK(left != 0); /* the frame of a block has no end */
        MDCI_CHECK(rest.pos == 0);
        MDCI_CHECK(input.pos > in_before || output.pos > out_before);
    }
    return MDC_OK;
}

const struct mdci_codec mdci_codec_zstd = {
    .id = MDCI_CODEC_ZSTD,
    .name = "zstd",
    .since_format = 1,
    .available = 1,
    .verbatim = 1,
    .memusage = memusage,
    .bound = bound,
    .open = open_state,
    .reset = reset,
    .prime = prime,
    .encode = encode,
    .decode = decode,
    .close = close_state,
};
