/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file buffer.c
 * \brief Bytes that grow with what arrives.
 */
#include "config.h"

#include "src/base/buffer.h"

#include <string.h>

#include "src/base/bytes.h"

enum { SMALLEST = 4096 };

enum mdc_status mdci_buffer_reserve(struct mdci_buffer *buffer,
                                    const struct mdc_allocator *allocator,
                                    size_t capacity, size_t limit)
{
    if (capacity <= buffer->capacity)
        return MDC_OK;
    size_t grown = buffer->capacity < SMALLEST / 2   ? SMALLEST
                   : buffer->capacity > SIZE_MAX / 2 ? SIZE_MAX
                                                     : buffer->capacity * 2;
    grown = mdci_min_size(grown, limit);
    if (grown < capacity)
        grown = capacity;
    uint8_t *data = mdci_alloc(allocator, grown);
    if (!data)
        return MDC_MEM;
    if (buffer->size > 0)
        memcpy(data, buffer->data, buffer->size);
    mdci_free(allocator, buffer->data);
    buffer->data = data;
    buffer->capacity = grown;
    return MDC_OK;
}

void mdci_buffer_free(struct mdci_buffer *buffer,
                      const struct mdc_allocator *allocator)
{
    mdci_free(allocator, buffer->data);
    *buffer = (struct mdci_buffer){0};
}
