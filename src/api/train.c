/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file train.c
 * \brief Dictionaries from samples.
 */
#include "config.h"

#include <string.h>

#include "codecs/codec.h"
#include "src/base/bytes.h"
#include "src/base/check.h"
#include "src/stream/dictionary.h"

uint32_t mdc_dictionary_id(const void *data, size_t size)
{
    return mdci_dictionary_id(mdci_check(data, size, 0));
}

/* The start of each sample, in equal parts as far as they are long enough. */
static size_t take_starts(uint8_t *out, size_t room, const uint8_t *samples,
                          const size_t *sizes, size_t count)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t part = (room - used + count - i - 1) / (count - i);
        const size_t n = mdci_min_size(sizes[i], part);
        memcpy(out + used, samples, n);
        used += n;
        samples += sizes[i];
    }
    return used;
}

enum mdc_status mdc_train(void *dictionary, size_t capacity, size_t *size,
                          const void *samples, const size_t *sizes,
                          size_t count)
{
    static const struct mdc_allocator no_hooks;
    size_t total = 0;
    if (!dictionary || !size || !samples || !sizes)
        return MDC_PROG;
    for (size_t i = 0; i < count; i++)
        total += sizes[i];
    if (total == 0 || capacity == 0 || capacity > MDCI_DICTIONARY_MAX)
        return MDC_OPTIONS;
    if (total <= capacity) {
        memcpy(dictionary, samples, total);
        *size = total;
        return MDC_OK;
    }
    const enum mdc_status status = mdci_choose_content(
        dictionary, capacity, size, samples, sizes, count, &no_hooks);
    if (status == MDC_DATA) {
        *size = take_starts(dictionary, capacity, samples, sizes, count);
        return MDC_OK;
    }
    return status;
}
