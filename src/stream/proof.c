/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file proof.c
 * \brief Front ends are held to what they claim.
 */
#include "config.h"

#include "src/stream/proof.h"

#include <stdlib.h>
#include <string.h>

static enum mdc_status decode(struct mdci_proof *proof,
                              const struct mdci_claimed_chunk *chunk)
{
    const struct mdci_coder *coder = &proof->coder;
    const struct mdci_codec *codec = coder->codec;
    uint8_t *restored = proof->restored.data;
    if (codec->prove)
        return codec->prove(coder->state, chunk->coder->state, restored,
                            chunk->from, chunk->to, chunk->payload,
                            chunk->payload_size);
    return codec->decode(coder->state, restored, chunk->from, chunk->to,
                         chunk->payload, chunk->payload_size);
}

enum mdc_status mdci_proof_try(struct mdci_proof *proof,
                               const struct mdci_claimed_chunk *chunk,
                               const struct mdc_allocator *allocator, int *good)
{
    struct mdci_buffer *restored = &proof->restored;
    const struct mdci_plan *plan = &chunk->coder->plan;
    MDCI_TRY(mdci_buffer_reserve(restored, allocator, chunk->to,
                                 (size_t)mdci_plan_room(plan)));
    if (chunk->first) {
        MDCI_TRY(mdci_coder_start(&proof->coder, chunk->coder->codec,
                                  MDCI_PROVE, plan, chunk->primed, allocator));
        /* What is known before: the dictionary, if anything. */
        if (chunk->from > 0)
            memcpy(restored->data, chunk->content, chunk->from);
    }
    const enum mdc_status status = decode(proof, chunk);
    *good = status == MDC_OK &&
            memcmp(restored->data + chunk->from, chunk->content + chunk->from,
                   chunk->to - chunk->from) == 0;
#ifdef MDCI_DEBUG
    if (!*good && status != MDC_MEM)
        abort();
#endif
    return status == MDC_MEM ? MDC_MEM : MDC_OK;
}

uint64_t mdci_proof_memory(const struct mdci_codec *codec,
                           const struct mdci_plan *plan)
{
    return mdci_proof_needed(codec)
               ? mdci_state_memory(codec, MDCI_PROVE, plan) +
                     mdci_plan_room(plan)
               : 0;
}

void mdci_proof_close(struct mdci_proof *proof,
                      const struct mdc_allocator *allocator)
{
    mdci_coder_close(&proof->coder);
    mdci_buffer_free(&proof->restored, allocator);
}
