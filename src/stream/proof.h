/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file proof.h
 * \brief Decodes what a front end made of a chunk, and compares: nothing that
 *        was not seen to restore is kept.
 *
 * Front ends are the codecs that claim content (codec.h). Where MDCI_DEBUG is
 * defined, a payload that does not restore aborts the program.
 */
#ifndef MDCI_PROOF_H
#define MDCI_PROOF_H

#include "src/stream/coder.h"

/** Follows a coder from chunk to chunk. Zeroed, it holds no memory. */
struct mdci_proof {
    struct mdci_coder coder;
    struct mdci_buffer restored; /* from the start of the coder's history */
};

/** What is to be proven of a chunk. */
struct mdci_claimed_chunk {
    const struct mdci_coder *coder; /**< that made the payload, and its plan */
    int first;                      /**< the coder has just been started, */
    int primed;                     /**< knowing the dictionary */
    const uint8_t *content; /**< [to], from the start of the history; what the
                                 payload must restore to is content[from..to) */
    size_t from, to;
    const uint8_t *payload;
    size_t payload_size;
};

/** Whether what a codec makes is to be proven. */
static inline int mdci_proof_needed(const struct mdci_codec *codec)
{
    return codec->claim != NULL;
}

/** \param good  out: 1 if the payload restores to the content
 *  \return MDC_OK or MDC_MEM */
enum mdc_status mdci_proof_try(struct mdci_proof *proof,
                               const struct mdci_claimed_chunk *chunk,
                               const struct mdc_allocator *allocator,
                               int *good);

/** Bytes that a proof takes for blocks with this plan. */
uint64_t mdci_proof_memory(const struct mdci_codec *codec,
                           const struct mdci_plan *plan);

void mdci_proof_close(struct mdci_proof *proof,
                      const struct mdc_allocator *allocator);

#endif
