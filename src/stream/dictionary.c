/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file dictionary.c
 * \brief Owning a dictionary.
 */
#include "config.h"

#include "src/stream/dictionary.h"

#include <string.h>

#include "src/base/check.h"

enum mdc_status mdci_dictionary_set(struct mdci_dictionary *to,
                                    const void *data, size_t size,
                                    const struct mdc_allocator *allocator)
{
    mdci_dictionary_free(to, allocator);
    if (size == 0)
        return MDC_OK;
    to->data = mdci_alloc(allocator, size);
    if (!to->data)
        return MDC_MEM;
    memcpy(to->data, data, size);
    to->size = size;
    to->check = mdci_check(data, size, 0);
    return MDC_OK;
}

void mdci_dictionary_free(struct mdci_dictionary *dictionary,
                          const struct mdc_allocator *allocator)
{
    mdci_free(allocator, dictionary->data);
    *dictionary = (struct mdci_dictionary){0};
}
