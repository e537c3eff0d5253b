/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file verify.c
 * \brief --verify: what was written is restored and compared with the source.
 */
#include "config.h"

#include "src/cli/convert.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PIECE = 1 << 18 };

/* Compares data[size] with the source at an offset. */
static bool same_as_source(const struct mdci_job *job, uint64_t offset,
                           const uint8_t *data, size_t size)
{
    uint8_t source[4096];
    while (size > 0) {
        const size_t n = size < sizeof(source) ? size : sizeof(source);
        if (mdci_read_at(job->reader.fd, offset, source, n) != 0 ||
            memcmp(source, data, n) != 0)
            return false;
        data += n;
        offset += n;
        size -= n;
    }
    return true;
}

/* Restores archive[size], which may end anywhere, and compares. */
static enum mdc_status verify_piece(const struct mdci_job *job, mdc_dctx *ctx,
                                    const uint8_t *archive, size_t size,
                                    bool last, uint64_t *restored, bool *same)
{
    struct mdc_input in = {archive, size, 0};
    enum mdc_status status;
    do {
        struct mdc_output out = {job->buffer.data, job->buffer.size, 0};
        status = mdc_dctx_run(ctx, &in, &out, last ? MDC_FINISH : MDC_RUN);
        /* What was moved is as the checks say, but not the same. */
        *same = job->request->quantize > 0 ||
                same_as_source(job, *restored, out.data, out.pos);
        *restored += out.pos;
    } while (status == MDC_NEED_OUTPUT && *same);
    return status;
}

static bool verify(const struct mdci_job *job, mdc_dctx *ctx, uint64_t size,
                   uint8_t *archive)
{
    enum mdc_status status = MDC_NEED_INPUT;
    uint64_t restored = 0;
    bool same = true;
    for (uint64_t at = 0; at < size && same && status == MDC_NEED_INPUT;) {
        const size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;
        if (mdci_read_at(job->out, at, archive, n) != 0)
            return false;
        at += n;
        status =
            verify_piece(job, ctx, archive, n, at == size, &restored, &same);
    }
    return same && status == MDC_STREAM_END && restored == job->reader.total;
}

bool mdci_convert_verify(struct mdci_job *job)
{
    const struct mdc_options options = mdci_convert_options(job);
    struct stat target;
    mdc_dctx *ctx = NULL;
    uint8_t *archive = malloc(PIECE);
    const bool good = archive && fstat(job->out, &target) == 0 &&
                      mdc_dctx_new(&ctx, &options) == MDC_OK &&
                      verify(job, ctx, (uint64_t)target.st_size, archive);
    if (!good)
        mdci_error(job->console, job->name,
                   "the archive does not restore to it");
    mdc_dctx_free(ctx);
    free(archive);
    return good;
}
