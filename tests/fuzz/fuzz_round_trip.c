/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_round_trip.c
 * \brief Fuzz target: any content comes back from any level, with flushes at
 *        any places, and is there after each of them.
 *
 * The first byte is the level and whether there is a dictionary, the second
 * how often there is a flush.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/midicoth.h"
#include "tests/fuzz/fuzz_dictionary.h"

/* Compresses data[size]; flushes behind every `part` bytes. */
static size_t compress(const uint8_t *data, size_t size, size_t part,
                       const struct mdc_options *options, uint8_t *packed,
                       size_t room)
{
    mdc_cctx *ctx;
    if (mdc_cctx_new(&ctx, options) != MDC_OK)
        abort();
    struct mdc_output out = {packed, room, 0};
    struct mdc_input in = {data, 0, 0};
    do {
        in.size += mdci_min_size(part, size - in.size);
        if (mdc_cctx_run(ctx, &in, &out,
                         in.size < size ? MDC_FLUSH : MDC_FINISH) != MDC_OK)
            abort();
    } while (in.size < size);
    mdc_cctx_free(ctx);
    return out.pos;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct mdc_options options;
    mdc_options_init(&options);
    options.level = data[0] % 7;
    options.threads = 1 + data[0] / 7 % 2;
    if (data[0] / 14 % 3 == 1) {
        options.dictionary = fuzz_dictionary;
        options.dictionary_size = sizeof(fuzz_dictionary);
    }
    options.seekable = data[0] / 14 % 3 == 2;
    options.block_size = 8192;
    options.chunk_size = 4096;
    const uint8_t flush_root = data[1];
    data += 2;
    size -= 2;
    if (options.level > 3)
        size = mdci_min_size(size, 1000); /* the models are slow */
    const size_t part = flush_root ? (size_t)flush_root * flush_root : size + 1;
    const size_t parts = size / part + 1;
    const size_t room = mdc_compress_bound(size) + parts * 100;
    uint8_t *packed = malloc(room), *back = malloc(size + 1);
    if (!packed || !back)
        abort();
    const size_t packed_size =
        compress(data, size, part, &options, packed, room);
    size_t back_size;
    if (mdc_decompress(back, size, &back_size, packed, packed_size, &options) !=
            MDC_OK ||
        back_size != size || memcmp(back, data, size) != 0)
        abort();
    free(packed);
    free(back);
    return 0;
}
