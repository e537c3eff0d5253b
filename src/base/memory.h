/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file memory.h
 * \brief Every allocation of the library goes through these.
 */
#ifndef MDCI_MEMORY_H
#define MDCI_MEMORY_H

#include "src/midicoth.h"

/** Allocates through the hooks (malloc if they are NULL), uninitialised;
 *  NULL on failure or if size is 0. */
void *mdci_alloc(const struct mdc_allocator *allocator, size_t size);

/** Bytes that an aligned allocation adds to its size, at most. */
#define MDCI_ALIGNED_OVERHEAD 128

/** Allocates zeroed memory, aligned to 64 bytes and, where large, advised to
 *  huge pages. Freed with mdci_free_aligned(). */
void *mdci_alloc_aligned(const struct mdc_allocator *allocator, size_t size);

void mdci_free(const struct mdc_allocator *allocator, void *ptr);
void mdci_free_aligned(const struct mdc_allocator *allocator, void *ptr);

#endif
