/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file encoder.h
 * \brief From plain bytes to frames: struct mdc_cctx is this encoder.
 */
#ifndef MDCI_ENCODER_H
#define MDCI_ENCODER_H

#include "src/stream/coder.h"
#include "src/stream/queue.h"

/** Bytes that an encoder takes in all, where `plan` is that of a full block;
 *  UINT64_MAX if the plan is invalid. Of the options, threads and content
 *  matter. */
uint64_t mdci_encoder_memusage(const struct mdci_codec *codec,
                               const struct mdci_plan *plan,
                               const struct mdc_options *options);

/**
 * Makes an encoder.
 * \param codec    what blocks are coded with that no front end makes smaller
 * \param row      of the codec's parameters
 * \param options  valid and without zeros that stand for a default; copied,
 *                 and so is the dictionary
 * \return MDC_OK or MDC_MEM; *encoder is NULL then
 */
enum mdc_status mdci_encoder_new(struct mdc_cctx **encoder,
                                 const struct mdci_codec *codec, unsigned row,
                                 const struct mdc_options *options);

/** As mdc_cctx_run() with valid arguments. */
enum mdc_status mdci_encoder_run(struct mdc_cctx *encoder, struct mdc_input *in,
                                 struct mdc_output *out,
                                 enum mdc_action action);

/** As mdc_cctx_quantized(). */
uint64_t mdci_encoder_quantized(const struct mdc_cctx *encoder);

const struct mdc_error *mdci_encoder_error(const struct mdc_cctx *encoder);

/** As mdc_cctx_reset(). */
enum mdc_status mdci_encoder_reset(struct mdc_cctx *encoder);

/** May be called while blocks are being coded; NULL is nothing to free. */
void mdci_encoder_free(struct mdc_cctx *encoder);

#endif
