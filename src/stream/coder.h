/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file coder.h
 * \brief A codec's state that is opened when it is first needed and reused
 *        from block to block.
 */
#ifndef MDCI_CODER_H
#define MDCI_CODER_H

#include <stdbool.h>

#include "codecs/codec.h"
#include "src/stream/frame.h"

/** The codec that a plan asks for, if this version has it and its row;
 *  MDC_UNSUPPORTED if not. */
enum mdc_status mdci_find_codec(const struct mdci_plan *plan,
                                const struct mdci_codec **codec,
                                struct mdci_fault *fault);

/** Whether a codec's state that was made for plan a serves for plan b. */
bool mdci_coder_serves(const struct mdci_codec *codec,
                       const struct mdci_plan *a, const struct mdci_plan *b);

/** Zeroed, it holds no state. */
struct mdci_coder {
    const struct mdci_codec *codec; /**< of the state; NULL: there is none */
    struct mdci_plan plan;          /**< that it was opened for */
    void *state;
};

/** Brings the state to the start of a block, opening or resetting it.
 *  \param primed  it knows the plan's dictionary, if there is one
 *  \return MDC_OK or what the codec says; there is no state then */
enum mdc_status mdci_coder_start(struct mdci_coder *coder,
                                 const struct mdci_codec *codec,
                                 enum mdci_direction direction,
                                 const struct mdci_plan *plan, bool primed,
                                 const struct mdc_allocator *allocator);

/** Frees the state, if there is one. */
void mdci_coder_close(struct mdci_coder *coder);

/** Bytes that one block takes in memory: the codec's state, the content, the
 *  payload, what growing their buffers takes, what the codec sees of it if
 *  chunks have kinds, and the dictionary; UINT64_MAX if the plan is invalid. */
uint64_t mdci_block_memory(const struct mdci_codec *codec,
                           enum mdci_direction direction,
                           const struct mdci_plan *plan);

/** What a frame states of a valid plan: what decoding its block alone takes. */
uint64_t mdci_stated_memory(const struct mdci_codec *codec,
                            const struct mdci_plan *plan);

/** Of the first, what the codec's state takes. */
uint64_t mdci_state_memory(const struct mdci_codec *codec,
                           enum mdci_direction direction,
                           const struct mdci_plan *plan);

#endif
