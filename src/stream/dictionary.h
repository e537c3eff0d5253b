/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file dictionary.h
 * \brief Bytes that every block of a frame knows before its first: given from
 *        outside, or embedded in the frame.
 */
#ifndef MDCI_DICTIONARY_H
#define MDCI_DICTIONARY_H

#include "src/base/buffer.h"

/** Largest dictionary. */
#define MDCI_DICTIONARY_MAX (UINT64_C(8) << 20)

/** What --seekable takes from the start of the input, at most. */
#define MDCI_SEEKABLE_DICTIONARY (UINT64_C(64) << 10)

/** Less than this is not worth a dictionary of a frame's own. */
#define MDCI_SEEKABLE_LEAST (UINT64_C(4) << 10)

/** Zeroed, it is none. */
struct mdci_dictionary {
    uint8_t *data; /**< NULL where only the size matters */
    size_t size;
    uint64_t check; /**< XXH3 of data */
};

/** What people call a dictionary by. */
static inline uint32_t mdci_dictionary_id(uint64_t check)
{
    return (uint32_t)check;
}

static inline int mdci_dictionary_same(const struct mdci_dictionary *a,
                                       const struct mdci_dictionary *b)
{
    return a->size == b->size && a->check == b->check;
}

/** Frees what *to holds and makes it a copy of data[size].
 *  \return MDC_OK or MDC_MEM (*to is none then) */
enum mdc_status mdci_dictionary_set(struct mdci_dictionary *to,
                                    const void *data, size_t size,
                                    const struct mdc_allocator *allocator);

/** Frees the data; it is none afterwards. */
void mdci_dictionary_free(struct mdci_dictionary *dictionary,
                          const struct mdc_allocator *allocator);

#endif
