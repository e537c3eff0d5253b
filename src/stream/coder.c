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
    if (plan->step > 0 && !(*codec)->set_step)
        return mdci_fault_set(fault, MDC_UNSUPPORTED, "codec %s with a step",
                              (*codec)->name);
    return MDC_OK;
}

/* The block size that a state for this plan might as well be made for. */
static uint64_t round_room(const struct mdci_codec *codec,
                           const struct mdci_plan *plan)
{
    const uint64_t room = mdci_plan_room(plan);
    return codec->round ? codec->round(plan->row, room) : room;
}

bool mdci_coder_serves(const struct mdci_codec *codec,
                       const struct mdci_plan *a, const struct mdci_plan *b)
{
    struct mdci_plan as_b = *a;
    as_b.capacity = b->capacity;
    return mdci_plan_same(&as_b, b) &&
           round_room(codec, a) == round_room(codec, b);
}

static enum mdc_status start(struct mdci_coder *coder, bool primed, bool opened)
{
    const struct mdci_codec *codec = coder->codec;
    const struct mdci_dictionary *dictionary = &coder->plan.dictionary;
    if (primed && dictionary->size > 0 && codec->prime)
        return codec->prime(coder->state, dictionary->data, dictionary->size);
    return opened ? MDC_OK : codec->reset(coder->state);
}

enum mdc_status mdci_coder_start(struct mdci_coder *coder,
                                 const struct mdci_codec *codec,
                                 enum mdci_direction direction,
                                 const struct mdci_plan *plan, bool primed,
                                 const struct mdc_allocator *allocator)
{
    const bool open =
        coder->codec != codec || !mdci_coder_serves(codec, &coder->plan, plan);
    if (open) {
        mdci_coder_close(coder);
        MDCI_TRY(codec->open(&coder->state, direction, plan->row,
                             mdci_plan_room(plan), allocator));
        coder->codec = codec;
        if (plan->step > 0)
            codec->set_step(coder->state, plan->step);
    }
    coder->plan = *plan; /* an equal dictionary may be at another place */
    const enum mdc_status status = start(coder, primed, open);
    if (status != MDC_OK)
        mdci_coder_close(coder);
    return status;
}

void mdci_coder_close(struct mdci_coder *coder)
{
    if (coder->codec)
        coder->codec->close(coder->state);
    *coder = (struct mdci_coder){0};
}

uint64_t mdci_state_memory(const struct mdci_codec *codec,
                           enum mdci_direction direction,
                           const struct mdci_plan *plan)
{
    const uint64_t room = mdci_plan_room(plan);
    return codec->memusage(direction, plan->row, room > 0 ? room : 1,
                           plan->dictionary.size);
}

uint64_t mdci_block_memory(const struct mdci_codec *codec,
                           enum mdci_direction direction,
                           const struct mdci_plan *plan)
{
    const uint64_t room = mdci_plan_room(plan);
    const uint64_t state = mdci_state_memory(codec, direction, plan);
    if (state == UINT64_MAX)
        return UINT64_MAX;
    return state + room * 2 + room / 2 + (plan->kinds ? room : 0) +
           plan->dictionary.size + SMALL_BUFFERS;
}

uint64_t mdci_stated_memory(const struct mdci_codec *codec,
                            const struct mdci_plan *plan)
{
    const uint64_t room = mdci_plan_room(plan);
    const uint64_t memory = mdci_block_memory(codec, MDCI_DECODE, plan);
    return codec->spare ? memory - codec->spare(plan->row, room > 0 ? room : 1,
                                                plan->dictionary.size)
                        : memory;
}
