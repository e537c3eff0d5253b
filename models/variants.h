/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * \file variants.h
 * \brief The compiled variants of the byte model, by instruction set and by
 *        shape (model_set.h), and the choice among them.
 */
#ifndef MDCI_VARIANTS_H
#define MDCI_VARIANTS_H

#include <stddef.h>
#include <stdint.h>

struct mdci_range_coder;

/** Codes block[count..to), see mdci_byte_model_code(). */
typedef int mdci_variant_fn(void *arena, struct mdci_range_coder *rc,
                            int decode, uint8_t *block, size_t to);

/** By shape. The scalar ones keep the range coder's account, if it has one. */
extern mdci_variant_fn *const mdci_variants_scalar[],
    *const mdci_variants_neon[], *const mdci_variants_avx2[],
                                     *const mdci_variants_avx512[];

/** Learners, by shape, see mdci_byte_model_learn(): these two do for all sets,
 *  since nothing is mixed. */
typedef void mdci_learner_fn(void *arena, const uint8_t *block, size_t to);
extern mdci_learner_fn *const mdci_learners_scalar[],
    *const mdci_learners_avx2[];

/** Kernels by instruction set, the widest last. All give the same bytes. */
enum mdci_kernels {
    MDCI_KERNELS_SCALAR,
    MDCI_KERNELS_NEON,
    MDCI_KERNELS_AVX2,
    MDCI_KERNELS_AVX512,
    MDCI_KERNELS_BEST = MDCI_KERNELS_AVX512
};

/** \return the kernels wanted, if they are built and this machine runs them,
 *          or else the next before them that are: scalar ones always are. Any
 *          thread may ask. */
enum mdci_kernels mdci_kernels_choose(enum mdci_kernels wanted);

/** The learners that go with what mdci_kernels_choose() returns, by shape. */
mdci_learner_fn *const *mdci_kernels_learners(enum mdci_kernels wanted);

/** The variants of what mdci_kernels_choose() returns, by shape. */
mdci_variant_fn *const *mdci_kernels_variants(enum mdci_kernels wanted);

#endif
