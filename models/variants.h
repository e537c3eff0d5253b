/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file variants.h
 * \brief The compiled variants of the byte model, by instruction set and by
 *        shape (model_set.h).
 */
#ifndef MDCI_VARIANTS_H
#define MDCI_VARIANTS_H

#include <stddef.h>
#include <stdint.h>

struct mdci_range_coder;

/** Codes block[count..to), see mdci_byte_model_code(). */
typedef int mdci_variant_fn(void *arena, struct mdci_range_coder *rc,
                            uint8_t *block, size_t to);

struct mdci_variant {
    mdci_variant_fn *encode;
    mdci_variant_fn *decode;
    void (*learn)(void *arena, const uint8_t *block, size_t to);
};

extern const struct mdci_variant mdci_variants_scalar[];
extern const struct mdci_variant mdci_variants_avx2[];
/** Decoders that keep accounts, in plain C. */
extern mdci_variant_fn *const mdci_variants_account[];

#endif
