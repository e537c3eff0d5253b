/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file streaming.c
 * \brief Contexts: the encoder and the decoder behind checked arguments.
 */
#include "config.h"

#include "src/api/options.h"
#include "src/stream/decoder.h"
#include "src/stream/encoder.h"

static int valid_buffers(const struct mdc_input *in,
                         const struct mdc_output *out, enum mdc_action action)
{
    return in && out && in->pos <= in->size && out->pos <= out->size &&
           (in->data || in->pos == in->size) &&
           (out->data || out->pos == out->size) && action >= MDC_RUN &&
           action <= MDC_FINISH;
}

enum mdc_status mdc_cctx_new(mdc_cctx **ctx, const struct mdc_options *options)
{
    if (!ctx)
        return MDC_PROG;
    *ctx = NULL;
    struct mdci_settings settings;
    MDCI_TRY(mdci_settings_compress(&settings, options));
    return mdci_encoder_new(ctx, settings.codec, settings.row,
                            &settings.options);
}

enum mdc_status mdc_cctx_run(mdc_cctx *ctx, struct mdc_input *in,
                             struct mdc_output *out, enum mdc_action action)
{
    if (!ctx || !valid_buffers(in, out, action))
        return MDC_PROG;
    return mdci_encoder_run(ctx, in, out, action);
}

const struct mdc_error *mdc_cctx_error(const mdc_cctx *ctx)
{
    return mdci_encoder_error(ctx);
}

uint64_t mdc_cctx_quantized(const mdc_cctx *ctx)
{
    return mdci_encoder_quantized(ctx);
}

enum mdc_status mdc_cctx_reset(mdc_cctx *ctx)
{
    return ctx ? mdci_encoder_reset(ctx) : MDC_PROG;
}

void mdc_cctx_free(mdc_cctx *ctx)
{
    mdci_encoder_free(ctx);
}

enum mdc_status mdc_dctx_new(mdc_dctx **ctx, const struct mdc_options *options)
{
    if (!ctx)
        return MDC_PROG;
    *ctx = NULL;
    struct mdc_options settings;
    MDCI_TRY(mdci_settings_decompress(&settings, options));
    return mdci_decoder_new(ctx, &settings);
}

enum mdc_status mdc_dctx_run(mdc_dctx *ctx, struct mdc_input *in,
                             struct mdc_output *out, enum mdc_action action)
{
    if (!ctx || !valid_buffers(in, out, action))
        return MDC_PROG;
    return mdci_decoder_run(ctx, in, out, action);
}

const struct mdc_error *mdc_dctx_error(const mdc_dctx *ctx)
{
    return mdci_decoder_error(ctx);
}

uint64_t mdc_dctx_quantized(const mdc_dctx *ctx)
{
    return mdci_decoder_quantized(ctx);
}

enum mdc_status mdc_dctx_reset(mdc_dctx *ctx)
{
    return ctx ? mdci_decoder_reset(ctx) : MDC_PROG;
}

void mdc_dctx_free(mdc_dctx *ctx)
{
    mdci_decoder_free(ctx);
}

int mdc_is_archive(const void *data, size_t size)
{
    enum mdci_form form;
    struct mdci_fault fault;
    return data && mdci_read_magic(data, size, &form, &fault) == MDC_OK;
}
