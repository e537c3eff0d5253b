/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file lzma_codec.c
 * \brief The codec on top of liblzma: one raw LZMA2 stream per block, never
 *        ended, flushed at the end of each chunk; the dictionary is the whole
 *        block.
 */
#include "config.h"

#include "codecs/lzma/lzma_codec.h"

#include <lzma.h>

struct parameters {
    unsigned row;
    uint32_t preset;
    uint32_t lc, lp, pb; /* what is best on logs: bytes have no alignment */
};

static const struct parameters rows[] = {
    {.row = 3, .preset = 9 | LZMA_PRESET_EXTREME, .lc = 4, .lp = 0, .pb = 0},
};

struct state {
    enum mdci_direction direction;
    lzma_options_lzma options;
    lzma_stream stream;
    lzma_allocator hooks;
    const struct mdc_allocator *allocator;
};

static void *alloc_hook(void *opaque, size_t count, size_t size)
{
    return size != 0 && count > SIZE_MAX / size
               ? NULL
               : mdci_alloc(opaque, count * size);
}

static void free_hook(void *opaque, void *ptr)
{
    mdci_free(opaque, ptr);
}

/* 1 if the row and the size are valid. */
static int get_options(lzma_options_lzma *options, unsigned row,
                       uint64_t block_size)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].row != row || block_size > UINT32_MAX / 4)
            continue;
        if (lzma_lzma_preset(options, rows[i].preset))
            return 0;
        options->lc = rows[i].lc;
        options->lp = rows[i].lp;
        options->pb = rows[i].pb;
        options->dict_size = block_size < LZMA_DICT_SIZE_MIN
                                 ? LZMA_DICT_SIZE_MIN
                                 : (uint32_t)block_size;
        return 1;
    }
    return 0;
}

static uint64_t memusage(enum mdci_direction direction, unsigned row,
                         uint64_t block_size, uint64_t dictionary_size)
{
    lzma_options_lzma options;
    (void)dictionary_size; /* part of the window */
    if (!get_options(&options, row, block_size))
        return UINT64_MAX;
    const lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options},
                                   {LZMA_VLI_UNKNOWN, NULL}};
    /* liblzma's figures leave out some of its fixed buffers. */
    return (64 << 10) + (direction == MDCI_ENCODE
                             ? lzma_raw_encoder_memusage(filters)
                             : lzma_raw_decoder_memusage(filters));
}

/* LZMA2 keeps incompressible data in pieces of 64 KiB with 3 bytes each. */
static size_t bound(size_t size)
{
    return size + size / 8192 + 64;
}

static enum mdc_status status_of(lzma_ret code, enum mdc_status otherwise)
{
    if (code == LZMA_OK || code == LZMA_STREAM_END)
        return MDC_OK;
    return code == LZMA_MEM_ERROR ? MDC_MEM : otherwise;
}

static enum mdc_status start(struct state *s)
{
    const lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &s->options},
                                   {LZMA_VLI_UNKNOWN, NULL}};
    return status_of(s->direction == MDCI_ENCODE
                         ? lzma_raw_encoder(&s->stream, filters)
                         : lzma_raw_decoder(&s->stream, filters),
                     MDC_OPTIONS);
}

static enum mdc_status reset(void *state)
{
    struct state *s = state;
    s->options.preset_dict = NULL;
    s->options.preset_dict_size = 0;
    return start(s);
}

static enum mdc_status prime(void *state, const uint8_t *dictionary,
                             size_t size)
{
    struct state *s = state;
    s->options.preset_dict = dictionary;
    s->options.preset_dict_size = (uint32_t)size;
    return start(s);
}

static void close_state(void *state)
{
    struct state *s = state;
    lzma_end(&s->stream);
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
        .stream = LZMA_STREAM_INIT,
        .hooks = {alloc_hook, free_hook, (void *)(uintptr_t)allocator},
        .allocator = allocator,
    };
    s->stream.allocator = &s->hooks;
    const enum mdc_status status =
        get_options(&s->options, row, block_size) ? reset(s) : MDC_OPTIONS;
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
    const size_t room = bound(to - from);
    s->stream.next_in = block + from;
    s->stream.avail_in = to - from;
    s->stream.next_out = out;
    s->stream.avail_out = room;
    lzma_ret code;
    do {
        code = lzma_code(&s->stream, LZMA_SYNC_FLUSH);
        MDCI_TRY(status_of(code, MDC_PROG));
    } while (code != LZMA_STREAM_END);
    *out_size = room - s->stream.avail_out;
    return MDC_OK;
}

static enum mdc_status decode(void *state, uint8_t *block, size_t from,
                              size_t to, const uint8_t *in, size_t in_size)
{
    struct state *s = state;
    lzma_stream *stream = &s->stream;
    stream->next_in = in;
    stream->avail_in = in_size;
    stream->next_out = block + from;
    stream->avail_out = to - from;
    while (stream->avail_out > 0) {
        /* An end mark is none of ours; no progress is LZMA_BUF_ERROR. */
        const lzma_ret code = lzma_code(stream, LZMA_RUN);
        MDCI_TRY(status_of(code, MDC_DATA));
        MDCI_CHECK(code != LZMA_STREAM_END);
    }
    /* Room for one more byte lets the decoder read on to the end of its
     * input; it must not need that room. */
    uint8_t spare;
    stream->next_out = &spare;
    stream->avail_out = 1;
    while (stream->avail_in > 0) {
        const lzma_ret code = lzma_code(stream, LZMA_RUN);
        MDCI_TRY(status_of(code, MDC_DATA));
        MDCI_CHECK(code != LZMA_STREAM_END && stream->avail_out == 1);
    }
    return MDC_OK;
}

const struct mdci_codec mdci_codec_lzma = {
    .id = MDCI_CODEC_LZMA,
    .name = "lzma",
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
