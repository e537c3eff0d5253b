/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file options.c
 * \brief Defaults, limits and memory of options.
 */
#include "config.h"

#include "src/api/options.h"

#include <string.h>

#include "src/base/bytes.h"
#include "src/stream/encoder.h"

#define SIZE_LEAST     (UINT64_C(4) << 10)
#define BLOCK_DEFAULT  (UINT64_C(8) << 20)
#define CHUNK_DEFAULT  (UINT64_C(1) << 20)
#define SEEKABLE_BLOCK (UINT64_C(1) << 20)
/* Records of 3 to 16 columns fit into it without a rest: the next block starts
 * with a record, too. */
#define QUANTIZE_BLOCK (UINT64_C(4) * 720720 * 2)
#define QUANTIZE_LEVEL 4

void mdc_options_init(struct mdc_options *options)
{
    *options = (struct mdc_options){
        .size = sizeof(*options),
        .level = MDC_LEVEL_DEFAULT,
        .threads = 1,
    };
}

/* The caller's structure may be shorter or longer than ours. */
static enum mdc_status copy_options(struct mdc_options *to,
                                    const struct mdc_options *from)
{
    mdc_options_init(to);
    if (!from)
        return MDC_OK;
    if (from->size < sizeof(from->size))
        return MDC_OPTIONS;
    /* What a newer program asks for must not be passed over. */
    const uint8_t *bytes = (const uint8_t *)from;
    for (size_t i = sizeof(*to); i < from->size; i++)
        if (bytes[i] != 0)
            return MDC_OPTIONS;
    memcpy(to, from, from->size < sizeof(*to) ? from->size : sizeof(*to));
    to->size = sizeof(*to);
    if (to->threads < 1 || to->threads > MDCI_THREADS_MAX ||
        !to->allocator.alloc != !to->allocator.free ||
        !to->dictionary != !to->dictionary_size ||
        to->dictionary_size > MDCI_DICTIONARY_MAX ||
        to->content < MDC_CONTENT_AUTO || to->content > MDC_CONTENT_LIDAR)
        return MDC_OPTIONS;
    return MDC_OK;
}

static enum mdc_status settle(struct mdci_settings *settings,
                              const struct mdc_options *options)
{
    struct mdc_options *o = &settings->options;
    MDCI_TRY(copy_options(o, options));
    if (o->block_size == 0)
        o->block_size = o->seekable   ? SEEKABLE_BLOCK
                        : o->quantize ? QUANTIZE_BLOCK
                                      : BLOCK_DEFAULT;
    if (o->chunk_size == 0)
        o->chunk_size =
            o->block_size < CHUNK_DEFAULT ? o->block_size : CHUNK_DEFAULT;
    settings->codec = o->content == MDC_CONTENT_BYTES
                          ? mdci_byte_codec_for_level(o->level, &settings->row)
                          : mdci_codec_for_level(o->level, &settings->row);
    if (!settings->codec || !settings->codec->available ||
        o->block_size < SIZE_LEAST || o->block_size > MDCI_BLOCK_MAX ||
        o->chunk_size < SIZE_LEAST || o->chunk_size > o->block_size)
        return MDC_OPTIONS;
    if (o->quantize > 0 &&
        (o->quantize > MDC_QUANTIZE_MAX || o->level < QUANTIZE_LEVEL ||
         o->seekable || o->dictionary_size > 0 ||
         (o->content != MDC_CONTENT_AUTO && o->content != MDC_CONTENT_LIDAR)))
        return MDC_OPTIONS;
    return MDC_OK;
}

static uint64_t memory_of(const struct mdci_settings *settings)
{
    const struct mdc_options *o = &settings->options;
    struct mdci_plan plan = {
        .codec = settings->codec->id,
        .row = settings->row,
        .capacity = o->block_size,
    };
    if (settings->codec->prime && o->dictionary_size > 0) {
        plan.dictionary.size = o->dictionary_size;
        mdci_plan_round_up(&plan); /* a compact frame does */
    } else if (settings->codec->prime && o->seekable) {
        plan.dictionary.size =
            (size_t)mdci_min_u64(o->block_size, MDCI_SEEKABLE_DICTIONARY);
    }
    return mdci_encoder_memusage(settings->codec, &plan, o);
}

uint64_t mdc_memusage(const struct mdc_options *options)
{
    struct mdci_settings settings;
    if (settle(&settings, options) != MDC_OK)
        return UINT64_MAX;
    return memory_of(&settings);
}

enum mdc_status mdci_settings_compress(struct mdci_settings *settings,
                                       const struct mdc_options *options)
{
    MDCI_TRY(settle(settings, options));
    struct mdc_options *o = &settings->options;
    if (o->memory_limit == 0)
        return MDC_OK;
    while (o->threads > 1 && memory_of(settings) > o->memory_limit)
        o->threads--;
    return memory_of(settings) > o->memory_limit ? MDC_MEMLIMIT : MDC_OK;
}

enum mdc_status mdci_settings_decompress(struct mdc_options *settings,
                                         const struct mdc_options *options)
{
    return copy_options(settings, options);
}
