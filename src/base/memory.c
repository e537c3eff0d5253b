/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file memory.c
 * \brief Allocation through the caller's hooks, plain and aligned.
 */
#include "config.h"

#include "src/base/memory.h"

#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

enum {
    ALIGNMENT = 64,
    HUGE_PAGE = 2 << 20 /* below this, huge pages only waste memory */
};

void *mdci_alloc(const struct mdc_allocator *allocator, size_t size)
{
    if (size == 0)
        return NULL;
    if (allocator->alloc)
        return allocator->alloc(allocator->opaque, size);
    return malloc(size);
}

void mdci_free(const struct mdc_allocator *allocator, void *ptr)
{
    if (allocator->alloc)
        allocator->free(allocator->opaque, ptr);
    else
        free(ptr);
}

/* calloc() hands out fresh pages without touching them: a state of which
 * little is used costs little. */
static void *alloc_zeroed(const struct mdc_allocator *allocator, size_t size)
{
    if (!allocator->alloc)
        return calloc(1, size);
    void *ptr = mdci_alloc(allocator, size);
    if (ptr)
        memset(ptr, 0, size);
    return ptr;
}

static void advise_huge_pages(char *ptr, size_t size)
{
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (size < HUGE_PAGE)
        return;
    const size_t skip = (size_t)(-(uintptr_t)ptr & (HUGE_PAGE - 1));
    const size_t usable = (size - skip) & ~(size_t)(HUGE_PAGE - 1);
    if (skip < size && usable > 0)
        (void)madvise(ptr + skip, usable, MADV_HUGEPAGE);
#else
    (void)ptr;
    (void)size;
#endif
}

_Static_assert(ALIGNMENT + sizeof(void *) <= MDCI_ALIGNED_OVERHEAD,
               "aligning takes more than is said");

void *mdci_alloc_aligned(const struct mdc_allocator *allocator, size_t size)
{
    if (size == 0 || size > SIZE_MAX - MDCI_ALIGNED_OVERHEAD)
        return NULL;
    char *base = alloc_zeroed(allocator, size + ALIGNMENT + sizeof(void *));
    if (!base)
        return NULL;
    /* The pointer to free stands right before the aligned memory. */
    char *ptr = base + sizeof(void *);
    ptr += -(uintptr_t)ptr & (ALIGNMENT - 1);
    memcpy(ptr - sizeof(void *), &base, sizeof(void *));
    advise_huge_pages(ptr, size);
    return ptr;
}

void mdci_free_aligned(const struct mdc_allocator *allocator, void *ptr)
{
    if (!ptr)
        return;
    void *base;
    memcpy(&base, (char *)ptr - sizeof(void *), sizeof(void *));
    mdci_free(allocator, base);
}
