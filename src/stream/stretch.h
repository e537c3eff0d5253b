/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file stretch.h
 * \brief Finds the stretches of a block that no codec need see: long runs of
 *        one byte, and noise that nothing makes smaller.
 *
 * What is found depends on the content alone, by integer arithmetic.
 */
#ifndef MDCI_STRETCH_H
#define MDCI_STRETCH_H

#include "src/base/memory.h"
#include "src/base/status.h"
#include "src/stream/frame.h"

/** content[from..to) of a block. */
struct mdci_stretch {
    enum mdci_chunk_kind kind; /**< MDCI_CHUNK_NOISE or MDCI_CHUNK_RUN */
    size_t from, to;
    size_t period; /**< of a run; 0: of noise */
};

struct mdci_stretches {
    struct mdci_stretch *list; /**< [count], in order, apart or side by side */
    size_t count, room;
};

/** Finds the stretches of content[size] anew.
 *  \return MDC_OK or MDC_MEM */
enum mdc_status mdci_stretches_find(struct mdci_stretches *stretches,
                                    const uint8_t *content, size_t size,
                                    const struct mdc_allocator *allocator);

/** Bytes that finding takes at most, list and tables, for content of this
 *  size. */
uint64_t mdci_stretches_memory(uint64_t size);

void mdci_stretches_free(struct mdci_stretches *stretches,
                         const struct mdc_allocator *allocator);

#endif
