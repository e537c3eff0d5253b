/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file decoder.h
 * \brief From frames to plain bytes: struct mdc_dctx is this decoder.
 */
#ifndef MDCI_DECODER_H
#define MDCI_DECODER_H

#include "src/stream/block_decoder.h"

/**
 * Makes a decoder.
 * \param options  valid; level and sizes are not looked at; copied, and so is
 *                 the dictionary
 * \return MDC_OK or MDC_MEM; *decoder is NULL then
 */
enum mdc_status mdci_decoder_new(struct mdc_dctx **decoder,
                                 const struct mdc_options *options);

/** As mdc_dctx_run() with valid arguments. */
enum mdc_status mdci_decoder_run(struct mdc_dctx *decoder, struct mdc_input *in,
                                 struct mdc_output *out,
                                 enum mdc_action action);

/** The most bytes that the decoder restores; UINT64_MAX: there is no limit. */
uint64_t mdci_decoder_most(const struct mdc_dctx *decoder);

/** Sets that, before the first run. */
void mdci_decoder_limit(struct mdc_dctx *decoder, uint64_t most);

/** Lets `watch` see all chunks; the decoder has one thread. */
void mdci_decoder_watch(struct mdc_dctx *decoder, struct mdci_watch *watch);

/** As mdc_dctx_quantized(). */
uint64_t mdci_decoder_quantized(const struct mdc_dctx *decoder);

const struct mdc_error *mdci_decoder_error(const struct mdc_dctx *decoder);

/** As mdc_dctx_reset(). */
enum mdc_status mdci_decoder_reset(struct mdc_dctx *decoder);

/** May be called while blocks are being decoded; NULL is nothing to free. */
void mdci_decoder_free(struct mdc_dctx *decoder);

#endif
