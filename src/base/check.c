/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file check.c
 * \brief Wrappers of xxHash.
 *
 * The functions are inlined from the header: the layout of the state, which we
 * allocate ourselves, is no part of the shared library's promise.
 */
#include "config.h"

#include "src/base/check.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

struct mdci_hash {
    XXH3_state_t state;
};

uint64_t mdci_check(const void *data, size_t size, uint64_t seed)
{
    return XXH3_64bits_withSeed(data, size, seed);
}

struct mdci_hash *mdci_hash_new(const struct mdc_allocator *allocator)
{
    struct mdci_hash *hash = mdci_alloc_aligned(allocator, sizeof(*hash));
    if (hash)
        mdci_hash_reset(hash);
    return hash;
}

void mdci_hash_free(struct mdci_hash *hash,
                    const struct mdc_allocator *allocator)
{
    mdci_free_aligned(allocator, hash);
}

void mdci_hash_reset(struct mdci_hash *hash)
{
    XXH3_64bits_reset(&hash->state);
}

void mdci_hash_update(struct mdci_hash *hash, const void *data, size_t size)
{
    if (size > 0)
        XXH3_64bits_update(&hash->state, data, size);
}

uint64_t mdci_hash_value(const struct mdci_hash *hash)
{
    return XXH3_64bits_digest(&hash->state);
}
