/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file fuzz_stream.c
 * \brief Fuzz target: any bytes as an archive, restored and inspected.
 *
 * The first byte says into what pieces input and output are cut.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/midicoth.h"
#include "tests/fuzz/fuzz_dictionary.h"

enum { MOST_PLAIN = 4 << 20 };

struct bytes {
    const uint8_t *data;
    size_t size;
};

static int read_bytes(void *opaque, uint64_t offset, void *buf, size_t size)
{
    const struct bytes *b = opaque;
    if (offset > b->size || size > b->size - offset)
        abort();
    memcpy(buf, b->data + offset, size);
    return 0;
}

/* Returns what the decoder said; *plain is the number of bytes restored, *cuts
 * that of the frames that were cut off. */
static enum mdc_status restore(const uint8_t *data, size_t size, size_t in_step,
                               size_t out_step, unsigned threads,
                               uint64_t *plain, unsigned *cuts)
{
    struct mdc_options options;
    mdc_dctx *ctx;
    mdc_options_init(&options);
    options.memory_limit = 64 << 20;
    options.threads = threads;
    options.dictionary = fuzz_dictionary;
    options.dictionary_size = sizeof(fuzz_dictionary);
    if (mdc_dctx_new(&ctx, &options) != MDC_OK)
        abort();
    uint8_t *room = malloc(out_step);
    if (!room)
        abort();
    struct mdc_input in = {data, 0, 0};
    enum mdc_status status = MDC_NEED_INPUT;
    *plain = 0;
    *cuts = 0;
    while (*plain < MOST_PLAIN) {
        if (status == MDC_NEED_INPUT)
            in.size += mdci_min_size(in_step, size - in.size);
        struct mdc_output out = {room, out_step, 0};
        status = mdc_dctx_run(ctx, &in, &out,
                              in.size == size ? MDC_FINISH : MDC_RUN);
        *plain += out.pos;
        *cuts += status == MDC_GAP;
        if (status == MDC_GAP)
            continue;
        if (status > MDC_NEED_OUTPUT ||
            (status == MDC_STREAM_END && in.pos == size))
            break;
    }
    if (status == MDC_PROG || status == MDC_OPTIONS ||
        mdc_dctx_error(ctx)->offset > size)
        abort();
    free(room);
    mdc_dctx_free(ctx);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const size_t in_step = 1 + (size_t)(data[0] & 15) * (data[0] & 15) * 50;
    const size_t out_step = 1 + (size_t)(data[0] >> 4) * 300;
    data++;
    size--;
    uint64_t plain, again;
    unsigned cuts, cuts_again;
    const enum mdc_status status =
        restore(data, size, in_step, out_step, 1, &plain, &cuts);
    /* Where a frame is cut off does not depend on the call or on threads. */
    if (cuts > 0 && plain < MOST_PLAIN &&
        (restore(data, size, size, 4096, 2, &again, &cuts_again) != status ||
         again != plain || cuts_again != cuts) &&
        status != MDC_MEMLIMIT)
        abort();

    struct bytes bytes = {data, size};
    struct mdc_archive_info info = {.size = sizeof(info)};
    struct mdc_error error;
    const enum mdc_status inspected =
        mdc_inspect(read_bytes, &bytes, size, NULL, NULL, &info, &error);
    /* What can be restored can be inspected. */
    if (status == MDC_STREAM_END && cuts == 0 &&
        (inspected != MDC_OK || info.plain_size != plain))
        abort();
    return 0;
}
