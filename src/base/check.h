/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file check.h
 * \brief The one check of the format: XXH3, 64 bits, whole or in pieces.
 */
#ifndef MDCI_CHECK_H
#define MDCI_CHECK_H

#include "src/base/memory.h"

/** XXH3 of data[size]; seed 0 is the plain hash. */
uint64_t mdci_check(const void *data, size_t size, uint64_t seed);

/** XXH3 with seed 0 of bytes that come in pieces. */
struct mdci_hash;

/** A hash of no bytes yet; NULL if memory is short. */
struct mdci_hash *mdci_hash_new(const struct mdc_allocator *allocator);
void mdci_hash_free(struct mdci_hash *hash,
                    const struct mdc_allocator *allocator);
void mdci_hash_reset(struct mdci_hash *hash);
void mdci_hash_update(struct mdci_hash *hash, const void *data, size_t size);
uint64_t mdci_hash_value(const struct mdci_hash *hash);

#endif
