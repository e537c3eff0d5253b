/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file oneshot.c
 * \brief Whole buffers in one call, on top of the contexts.
 */
#include "config.h"

#include "src/base/bytes.h"
#include "src/base/status.h"
#include "src/stream/decoder.h"

#include <string.h>

enum {
    /* The smallest chunks are blocks of 4 KiB, each of which may take a block
     * header, a chunk header, an end and an entry of the seek table. A frame's
     * own dictionary shrinks to half of its size, or is left out. */
    SMALLEST_BLOCK = 4096,
    BLOCK_OVERHEAD = 128,
    FRAME_OVERHEAD = 256,
    DICTIONARY = MDCI_SEEKABLE_DICTIONARY / 2
};

size_t mdc_compress_bound(size_t size)
{
    const size_t blocks = size / SMALLEST_BLOCK + 1;
    const size_t overhead = FRAME_OVERHEAD + blocks * BLOCK_OVERHEAD +
                            mdci_min_size(size / 2, DICTIONARY);
    return size > SIZE_MAX - overhead ? SIZE_MAX : size + overhead;
}

enum mdc_status mdc_compress(void *dst, size_t dst_capacity, size_t *dst_size,
                             const void *src, size_t src_size,
                             const struct mdc_options *options)
{
    mdc_cctx *ctx;
    if (!dst_size)
        return MDC_PROG;
    MDCI_TRY(mdc_cctx_new(&ctx, options));
    struct mdc_input in = {src, src_size, 0};
    struct mdc_output out = {dst, dst_capacity, 0};
    const enum mdc_status status = mdc_cctx_run(ctx, &in, &out, MDC_FINISH);
    mdc_cctx_free(ctx);
    if (status == MDC_OK)
        *dst_size = out.pos;
    return status;
}

static int read_source(void *opaque, uint64_t offset, void *buf, size_t size)
{
    memcpy(buf, (const uint8_t *)opaque + offset, size);
    return 0;
}

/* 1 if the headers of src[src_size] are good and say that it is larger. */
static int is_larger(const void *src, size_t src_size, size_t dst_capacity)
{
    struct mdc_archive_info info = {.size = sizeof(info)};
    return src &&
           mdc_inspect(read_source, (void *)(uintptr_t)src, src_size, NULL,
                       NULL, &info, NULL) == MDC_OK &&
           info.plain_size > dst_capacity;
}

static enum mdc_status restore_all(mdc_dctx *ctx, struct mdc_input *in,
                                   struct mdc_output *out)
{
    enum mdc_status status;
    do {
        status = mdc_dctx_run(ctx, in, out, MDC_FINISH);
    } while (status == MDC_STREAM_END && in->pos < in->size);
    return status;
}

enum mdc_status mdc_decompress(void *dst, size_t dst_capacity, size_t *dst_size,
                               const void *src, size_t src_size,
                               const struct mdc_options *options)
{
    mdc_dctx *ctx;
    if (!dst_size)
        return MDC_PROG;
    MDCI_TRY(mdc_dctx_new(&ctx, options));
    const uint64_t most = mdci_decoder_most(ctx);
    struct mdc_input in = {src, src_size, 0};
    struct mdc_output out = {dst, dst_capacity, 0};
    enum mdc_status status = MDC_NEED_OUTPUT;
    if (dst_capacity < most) /* what it cannot hold is not restored either */
        mdci_decoder_limit(ctx, dst_capacity);
    if (dst_capacity >= most || !is_larger(src, src_size, dst_capacity))
        status = restore_all(ctx, &in, &out);
    mdc_dctx_free(ctx);
    if (status == MDC_OUTLIMIT && dst_capacity < most)
        return MDC_NEED_OUTPUT;
    if (status == MDC_GAP)
        return MDC_TRUNCATED;
    if (status != MDC_STREAM_END)
        return status;
    *dst_size = out.pos;
    return MDC_OK;
}
