/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file buffer.h
 * \brief Bytes that grow with what arrives, up to a limit.
 */
#ifndef MDCI_BUFFER_H
#define MDCI_BUFFER_H

#include "src/base/memory.h"

/** Zeroed, it is an empty buffer. */
struct mdci_buffer {
    uint8_t *data;
    size_t size;     /**< bytes in use, set by the owner */
    size_t capacity; /**< bytes allocated */
};

/**
 * Makes room for `capacity` bytes in all, keeping the bytes in use. Grows at
 * least twofold, but not above `limit`, so that many small steps stay cheap.
 * \return MDC_OK or MDC_MEM (the buffer is as it was)
 */
enum mdc_status mdci_buffer_reserve(struct mdci_buffer *buffer,
                                    const struct mdc_allocator *allocator,
                                    size_t capacity, size_t limit);

/** Frees the memory; the buffer is empty afterwards. */
void mdci_buffer_free(struct mdci_buffer *buffer,
                      const struct mdc_allocator *allocator);

#endif
