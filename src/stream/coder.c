/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file coder.c
 * \brief A codec's state, reused from block to block.
 */
#include "config.h"

#include "src/stream/coder.h"

enum { SMALL_BUFFERS = 64 << 10 };

enum mdc_status mdci_find_codec(const struct mdci_plan *plan,
                                const struct mdci_codec **codec,
                                struct mdci_fault *fault)
{
    *codec = mdci_codec_by_id(plan->codec);
    if (!*codec)
        return mdci_fault_set(fault, MDC_UNSUPPORTED, "unknown codec %u",
                              plan->codec);
    if (!(*codec)->available)
        return mdci_fault_set(fault, MDC_UNSUPPORTED,
                              "codec %s is not built in", (*codec)->name);
    if (mdci_block_memory(*codec, MDCI_DECODE, plan) == UINT64_MAX)
        return mdci_fault_set(fault, MDC_UNSUPPORTED,
                              "unknown row %u of codec %s", plan->row,
                              (*codec)->name);
    return MDC_OK;
}

enum mdc_status mdci_coder_start(struct mdci_coder *coder,
                                 const struct mdci_codec *codec,
                                 enum mdci_direction direction,
                                 const struct mdci_plan *plan,
                                 const struct mdc_allocator *allocator)
{
    if (coder->codec == codec && coder->plan.row == plan->row &&
        coder->plan.capacity == plan->capacity) {
        const enum mdc_status status = codec->reset(coder->state);
        if (status != MDC_OK)
            mdci_coder_close(coder);
        return status;
    }
    mdci_coder_close(coder);
    MDCI_TRY(codec->open(&coder->state, direction, plan->row, plan->capacity,
                         allocator));
    coder->codec = codec;
    coder->plan = *plan;
    return MDC_OK;
}

void mdci_coder_close(struct mdci_coder *coder)
{
    if (coder->codec)
        coder->codec->close(coder->state);
    *coder = (struct mdci_coder){0};
}

uint64_t mdci_block_memory(const struct mdci_codec *codec,
                           enum mdci_direction direction,
                           const struct mdci_plan *plan)
{
    const uint64_t capacity = plan->capacity;
    const uint64_t state =
        codec->memusage(direction, plan->row, capacity > 0 ? capacity : 1);
    if (state == UINT64_MAX)
        return UINT64_MAX;
    return state + capacity * 2 + capacity / 2 + SMALL_BUFFERS;
}
